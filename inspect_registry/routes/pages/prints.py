"""Pages of printing many papers at once: ask for them, watch how far it is, fetch the file. No step needs a script."""

from datetime import date
from typing import Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from inspect_registry.actor import Role
from inspect_registry.clock import day_of
from inspect_registry.db import Acting
from inspect_registry.documents import printing
from inspect_registry.documents.errors import NothingToPrint
from inspect_registry.documents.model import DocumentKind
from inspect_registry.documents.printing import PrintForm, PrintOrder, PrintView
from inspect_registry.errors import RegistryError, refusal_of
from inspect_registry.jobs.model import JobState
from inspect_registry.routes.frame import only
from inspect_registry.routes.templates import page

ISSUERS: Final = [only(Role.CLERK, Role.HEAD, Role.INSPECTOR)]
KINDS: Final = (
    (DocumentKind.NOTICE.value, "行政检查通知书"),
    (DocumentKind.RECORD.value, "现场检查笔录"),
    (DocumentKind.RESULT.value, "检查结果告知书"),
)
FORMS: Final = ((PrintForm.PDF.value, "一个PDF，直接打印"), (PrintForm.ZIP.value, "每份一个PDF，装在ZIP里"))


class PrintTyped(msgspec.Struct, frozen=True):
    """The order as typed."""

    kind: str = DocumentKind.RECORD.value
    first: str = ""
    last: str = ""
    form: str = PrintForm.PDF.value


@get("/prints", operation_id="printsPage", guards=ISSUERS, include_in_schema=False)
async def form(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the form, for today's records."""
    today = day_of(request.app.state.database.clock.now()).isoformat()
    return _form(request, PrintTyped(first=today, last=today), None)


@post("/prints", operation_id="printsForm", guards=ISSUERS, include_in_schema=False, status_code=303)
async def order(
    request: Request[Any, Any, Any],
    acting: NamedDependency[Acting],
    data: URLEncodedBody[PrintTyped],
) -> Response[Any]:
    """Ask for the papers and go to where they can be watched; a refusal shows the form as it was typed."""
    try:
        ordered = await printing.order(acting, _wanted(data))
    except RegistryError as error:
        return _form(request, data, error)
    return Redirect(f"/prints/{ordered.uid}", status_code=303)


@get("/prints/{uid:str}", operation_id="printPage", guards=ISSUERS, include_in_schema=False)
async def state(request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]) -> Response[str]:
    """Show how far it is, or the file."""
    return page(request, "print_job.html", **_shown(await printing.state(acting, uid)))


@post(
    "/prints/{uid:str}/cancellation", operation_id="printCancelForm", guards=ISSUERS, include_in_schema=False,
    status_code=303,
)  # fmt: skip
async def cancel(acting: NamedDependency[Acting], uid: FromPath[str]) -> Redirect:
    """Ask it to end."""
    await printing.cancel(acting, uid)
    return Redirect(f"/prints/{uid}", status_code=303)


def _wanted(typed: PrintTyped) -> PrintOrder:
    """Read an order. Raises NothingToPrint for what is no kind, no form or no day."""
    try:
        return PrintOrder(
            kind=DocumentKind(typed.kind),
            form=PrintForm(typed.form),
            first=date.fromisoformat(typed.first),
            last=date.fromisoformat(typed.last),
        )
    except ValueError as error:
        raise NothingToPrint("请选择文书的种类、形式和起止日期。", rule="print-range") from error


def _form(request: Request[Any, Any, Any], typed: PrintTyped, error: RegistryError | None) -> Response[str]:
    return page(
        request,
        "prints.html",
        status=error.status if error else 200,
        typed=msgspec.to_builtins(typed),
        kinds=KINDS,
        forms=FORMS,
        days=printing.MOST_DAYS,
        problem=msgspec.to_builtins(refusal_of(error)) if error else None,
    )


def _shown(job: PrintView) -> dict[str, Any]:
    return {
        "job": msgspec.to_builtins(job),
        "under_way": job.state in {JobState.WAITING, JobState.RUNNING},
        "failed": job.state is JobState.FAILED,
    }


handlers = [form, order, state, cancel]
