"""The inspector's page of a visit's papers: drawing up, handing over, the case file; only signing needs a script."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from inspect_registry.actor import Role
from inspect_registry.db import Acting
from inspect_registry.documents import service as documents
from inspect_registry.documents.model import DocumentKind
from inspect_registry.errors import RegistryError, refusal_of
from inspect_registry.fieldwork import service
from inspect_registry.fieldwork.views import InspectionView
from inspect_registry.publication.rendering import FOLDER
from inspect_registry.routes.api.documents import press_of
from inspect_registry.routes.frame import only, open_to_all
from inspect_registry.routes.templates import page

INSPECTORS = [only(Role.INSPECTOR)]
_OF_RECORD = {
    DocumentKind.RECORD: documents.issue_record,
    DocumentKind.RESULT: documents.issue_result,
    DocumentKind.ORDER: documents.issue_order,
}
_WANTED = (
    (DocumentKind.APPROVAL.value, "检查审批表"),
    (DocumentKind.RECORD.value, "现场检查笔录"),
    (DocumentKind.RESULT.value, "检查结果告知书"),
    (DocumentKind.ORDER.value, "责令改正通知书"),
)
_HANDED_OVER = frozenset({DocumentKind.NOTICE, DocumentKind.RESULT, DocumentKind.ORDER})


@get("/inspector/records/{uid:str}/papers", operation_id="papersPage", guards=INSPECTORS, include_in_schema=False)
async def papers(request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]) -> Response[str]:
    """Show the papers of the record's visit."""
    return await _papers(request, acting, await service.sheet(acting, uid), None)


@post(
    "/inspector/records/{uid:str}/papers", operation_id="papersForm", guards=INSPECTORS, include_in_schema=False,
    status_code=303,
)  # fmt: skip
async def draw_up(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]
) -> Response[str] | Redirect:
    """Draw one up; a refusal is shown on the page."""
    record, kind = await service.sheet(acting, uid), str((await request.form()).get("kind", ""))
    try:
        if kind == DocumentKind.APPROVAL:
            await documents.issue_approval(acting, record.visit, press_of(request))
        elif kind in _OF_RECORD:
            await _OF_RECORD[DocumentKind(kind)](acting, uid, press_of(request))
    except RegistryError as error:
        return await _papers(request, acting, record, error)
    return Redirect(f"/inspector/records/{uid}/papers", status_code=303)


@get("/pad.js", operation_id="padScript", guards=[open_to_all], include_in_schema=False, actorless=True)
async def pad_script() -> Response[bytes]:
    """Serve the script of the box to sign in."""
    return _script("pad.js")


@get("/papers.js", operation_id="papersScript", guards=[open_to_all], include_in_schema=False, actorless=True)
async def papers_script() -> Response[bytes]:
    """Serve the script of handing over."""
    return _script("papers.js")


def _script(name: str) -> Response[bytes]:
    content = (FOLDER / "door" / name).read_bytes()
    return Response(content, media_type="text/javascript; charset=utf-8", headers={"cache-control": "no-cache"})


async def _papers(
    request: Request[Any, Any, Any], acting: Acting, record: InspectionView, error: RegistryError | None
) -> Response[str]:
    drawn = await documents.documents_of(acting, record.visit)
    waiting = [one for one in drawn if one.kind in _HANDED_OVER and not one.delivered and not one.void_reason]
    return page(
        request,
        "door_papers.html",
        status=error.status if error else 200,
        record=msgspec.to_builtins(record),
        papers=msgspec.to_builtins(drawn),
        open_papers=msgspec.to_builtins(waiting),
        crew=msgspec.to_builtins(record.present),
        wanted=_WANTED,
        problem=({"detail": "", "remedy": "", "places": []} | msgspec.to_builtins(refusal_of(error)))
        if error
        else None,
    )


handlers = [papers, draw_up, pad_script, papers_script]
