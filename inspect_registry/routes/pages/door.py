"""The inspector's pages at the door: today's visits, and the record from the first answer to its closing.

Every step is a plain form that works without script. The script keeps what is typed on the phone, saves on the way,
sends files, and lets people sign by hand.
"""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from inspect_registry.actor import Role
from inspect_registry.catalogue import listings
from inspect_registry.codes import service as codes
from inspect_registry.db import Acting
from inspect_registry.errors import NotFound, RegistryError
from inspect_registry.fieldwork import drafts, evidence, followup, service, signatures
from inspect_registry.fieldwork.model import DraftSection
from inspect_registry.publication.rendering import FOLDER
from inspect_registry.routes import door_forms, door_pages
from inspect_registry.routes.door_forms import Typed
from inspect_registry.routes.frame import only, open_to_all
from inspect_registry.routes.templates import page
from inspect_registry.visits import listing

AT_THE_DOOR: Final = [only(Role.INSPECTOR)]
FORM_BYTES: Final = 512 * 1024
"""A checklist of sixty criteria with long reasons is far below."""


@get("/inspector/visits", operation_id="inspectorVisitsPage", guards=AT_THE_DOOR, include_in_schema=False)
async def visits(request: Request[Any, Any, Any], acting: NamedDependency[Acting]) -> Response[str]:
    """List where the inspector goes today."""
    return await _visits(request, acting)


@post(
    "/inspector/visits/{visit:str}/record", operation_id="openRecordForm", guards=AT_THE_DOOR, include_in_schema=False,
    status_code=303,
)  # fmt: skip
async def open_record(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], visit: FromPath[str]
) -> Response[Any]:
    """Open the department's record of a visit, or go on with it."""
    reason = (await _typed(request)).get("late_reason", [""])[0]
    try:
        record = await service.open_inspection(acting, visit, reason[:2000])
    except RegistryError as error:
        return await _visits(request, acting, problem=error, visit=visit, reason=reason)
    return Redirect(f"/inspector/records/{record.uid}", status_code=303)


@get("/inspector/records/{uid:str}", operation_id="recordPage", guards=AT_THE_DOOR, include_in_schema=False)
async def record_page(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]
) -> Response[str]:
    """Show one record with everything that can still be done."""
    return await _record(request, acting, uid)


@post(
    "/inspector/records/{uid:str}/{step:str}", operation_id="recordForm", guards=AT_THE_DOOR, include_in_schema=False,
    status_code=303, request_max_body_size=FORM_BYTES,
)  # fmt: skip
async def record_form(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str], step: FromPath[str]
) -> Response[Any]:
    """Do one step and show the record again; what is refused comes back as it was typed, with the reason."""
    if step not in _STEPS:
        raise NotFound
    take, section = _STEPS[step]
    typed = await _typed(request)
    try:
        await take(acting, uid, typed)
    except RegistryError as error:
        if section in set(DraftSection):
            with contextlib.suppress(RegistryError):  # of a record that was closed meanwhile, say: the page tells it
                await drafts.keep(acting, uid, DraftSection(section), typed)
        return await _record(request, acting, uid, typed=typed, problem=error, section=section)
    return Redirect(f"/inspector/records/{uid}?saved={section}#{section}", status_code=303)


async def _answers(acting: Acting, uid: str, typed: Typed) -> None:
    await service.save_answers(acting, uid, door_forms.answers_of(typed))


async def _findings(acting: Acting, uid: str, typed: Typed) -> None:
    await service.save_findings(acting, uid, door_forms.findings_of(typed))


async def _door(acting: Acting, uid: str, typed: Typed) -> None:
    await signatures.note_door(acting, uid, door_forms.door_of(typed))


async def _closing(acting: Acting, uid: str, _typed: Typed) -> None:
    await service.close_inspection(acting, uid, door_forms.closing_of(await service.sheet(acting, uid)))


async def _telling(acting: Acting, uid: str, _typed: Typed) -> None:
    await followup.tell_result(acting, uid)


async def _discard(acting: Acting, uid: str, _typed: Typed) -> None:
    for one in await drafts.drafts_of(acting, uid):
        await drafts.keep(acting, uid, one.section, {})


_STEPS: Final[Mapping[str, tuple[Callable[[Acting, str, Typed], Awaitable[None]], str]]] = {
    "answers": (_answers, "answers"),
    "findings": (_findings, "findings"),
    "door": (_door, "door"),
    "closing": (_closing, "closing"),
    "telling": (_telling, "closing"),
    "discard": (_discard, "answers"),
}
"""What each form of the record does, and the section in which its refusal is shown."""


@get("/door.js", operation_id="doorScript", guards=[open_to_all], include_in_schema=False, actorless=True)
async def script() -> Response[bytes]:
    """Serve the script of the record."""
    return _file("door.js", "text/javascript; charset=utf-8")


@get("/drafts.js", operation_id="draftsScript", guards=[open_to_all], include_in_schema=False, actorless=True)
async def drafts_script() -> Response[bytes]:
    """Serve the script that keeps what is typed."""
    return _file("drafts.js", "text/javascript; charset=utf-8")


@get("/files.js", operation_id="filesScript", guards=[open_to_all], include_in_schema=False, actorless=True)
async def files_script() -> Response[bytes]:
    """Serve the script that sends files."""
    return _file("files.js", "text/javascript; charset=utf-8")


@get("/door.css", operation_id="doorStyle", guards=[open_to_all], include_in_schema=False, actorless=True)
async def style() -> Response[bytes]:
    """Serve the style of the record."""
    return _file("door.css", "text/css; charset=utf-8")


def _file(name: str, kind: str) -> Response[bytes]:
    content = (FOLDER / "door" / name).read_bytes()
    return Response(content, media_type=kind, headers={"cache-control": "no-cache"})


async def _typed(request: Request[Any, Any, Any]) -> Typed:
    form = await request.form()
    return {name: [value for value in form.getall(name) if isinstance(value, str)] or [""] for name in form}


async def _record(
    request: Request[Any, Any, Any],
    acting: Acting,
    uid: str,
    *,
    typed: Typed | None = None,
    problem: RegistryError | None = None,
    section: str = "",
) -> Response[str]:
    record = await service.sheet(acting, uid)
    waiting = (
        {}
        if problem
        else {name: values for one in await drafts.drafts_of(acting, uid) for name, values in one.typed.items()}
    )
    part = door_pages.share_of(await listing.visit(acting, record.visit), record)
    items = await listings.leniency_items(acting)
    context = door_pages.record_context(record, part, items, typed=typed or waiting, problem=problem, section=section)
    files = await evidence.evidence_of(acting, uid)
    return page(
        request,
        "door_record.html",
        status=problem.status if problem else 200,
        waiting=bool(waiting),
        files=[{"name": one.name, "kind": one.kind.value, "size": one.size, "uid": one.uid} for one in files],
        **context,
    )


async def _visits(
    request: Request[Any, Any, Any],
    acting: Acting,
    *,
    problem: RegistryError | None = None,
    visit: str = "",
    reason: str = "",
) -> Response[Any]:
    context = door_pages.visits_context(await listing.todays_visits(acting), await codes.codes_today(acting))
    told = {"title": problem.title, "detail": problem.detail, "remedy": problem.remedy} if problem else None
    return page(
        request,
        "door_visits.html",
        status=problem.status if problem else 200,
        problem=told,
        asked=visit,
        reason=reason,
        **context,
    )


handlers = [visits, open_record, record_page, record_form, script, drafts_script, files_script, style]
