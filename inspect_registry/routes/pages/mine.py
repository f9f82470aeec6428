"""An enterprise's own pages: its visits, what was found, its papers; where it answers an order and objects to a result.

Each step is a plain form that works without script; the script keeps what is typed on the phone, and sends photos.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from inspect_registry.actor import Role
from inspect_registry.db import Acting
from inspect_registry.documents import service as documents
from inspect_registry.errors import NotFound, RegistryError
from inspect_registry.fieldwork import evidence, followup, objections, told
from inspect_registry.routes import mine_pages
from inspect_registry.routes.frame import only
from inspect_registry.routes.templates import page
from inspect_registry.visits import listing

OWN: Final = [only(Role.ENTERPRISE)]
FORM_BYTES: Final = 64 * 1024


@get("/me/visits", operation_id="ownVisitsPage", guards=OWN, include_in_schema=False)
async def visits(request: Request[Any, Any, Any], acting: NamedDependency[Acting]) -> Response[str]:
    """List an enterprise's visits, what it has to do first."""
    orders = await followup.rectifications(acting)
    return page(request, "mine.html", **mine_pages.visits_context(await listing.own_visits(acting), orders))


@get("/me/visits/{uid:str}", operation_id="ownVisitPage", guards=OWN, include_in_schema=False)
async def visit(request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]) -> Response[str]:
    """Show one visit with its results, papers, orders and objections."""
    return await _visit(request, acting, uid)


@post(
    "/me/visits/{uid:str}/{step:str}/{subject:str}", operation_id="ownVisitForm", guards=OWN, include_in_schema=False,
    status_code=303, request_max_body_size=FORM_BYTES,
)  # fmt: skip
async def say(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str], step: FromPath[str],
    subject: FromPath[str],
) -> Response[Any]:  # fmt: skip
    """Answer an order, or object to a record; what is refused comes back as it was typed, with the reason."""
    if step not in _STEPS:
        raise NotFound
    words = str((await request.form()).get("words", ""))[: mine_pages.WORDS_MOST]
    try:
        await _STEPS[step](acting, subject, words)
    except RegistryError as error:
        return await _visit(request, acting, uid, problem=error, subject=subject, words=words)
    return Redirect(f"/me/visits/{uid}?saved={step}-{subject}#{step}-{subject}", status_code=303)


_STEPS: Final[Mapping[str, Callable[[Acting, str, str], Awaitable[Any]]]] = {
    "answer": followup.give_evidence,
    "objection": objections.object_to,
}
"""What each form does with the words that were typed."""


async def _visit(
    request: Request[Any, Any, Any],
    acting: Acting,
    uid: str,
    *,
    problem: RegistryError | None = None,
    subject: str = "",
    words: str = "",
) -> Response[str]:
    seen = await listing.visit(acting, uid)
    records = await told.records_of(acting, uid)
    context = mine_pages.visit_context(
        seen,
        records,
        objections=await told.objections_of(acting, uid),
        papers=await documents.documents_of(acting, uid),
        files=[one for record in records for one in await evidence.evidence_of(acting, record.uid)],
        problem=problem,
        subject=subject,
        words=words,
    )
    return page(request, "mine_visit.html", status=problem.status if problem else 200, **context)


handlers = [visits, visit, say]
