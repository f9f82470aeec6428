"""Pages of the log for people: how it is and how to check it, one leaf proved in the browser, one subject, receipts.

The first two are made from the published files alone; the database is asked about a subject and about one's receipts.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import anyio
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from inspect_registry.actor import Role
from inspect_registry.clock import Clock, SystemClock, day_of, shanghai
from inspect_registry.db import Acting, Database
from inspect_registry.ledger import addresses, reading, receipts, showing
from inspect_registry.ledger.places import Places
from inspect_registry.ledger.reading import RECEIPTS_PAGE, ReceiptLine
from inspect_registry.ledger.showing import ShownLog
from inspect_registry.ledger.words import act_words, subject_words
from inspect_registry.publication.rendering import FOLDER
from inspect_registry.routes.frame import open_to_all, signed_in
from inspect_registry.routes.templates import page

SCRIPTS: Final = {name: FOLDER / "log" / name for name in ("entry.js", "receipt.js", "verify.js")}
STAMP_LATE: Final = timedelta(days=2)
_PROOF: Final = ".tlog-proof"
_ENTERPRISE_WORDS: Final = (
    "与本企业有关的检查码、检查记录和责令改正，每一件都有回执。",
    "还没有与本企业有关的登记。",
)
_DEPARTMENT_WORDS: Final = ("本部门签发的检查码和办结的检查记录。", "本部门还没有签发检查码或者办结检查记录。")


@get("/log", operation_id="logPage", guards=[open_to_all], include_in_schema=False, actorless=True)
async def now(request: Request[Any, Any, Any]) -> Response[str]:
    """Show how the log is and how anybody can check it."""
    settings = request.app.state.settings
    log = await anyio.to_thread.run_sync(showing.shown_log, Places(settings.var))
    known = _shown(log, _clock(request).now()) if log else {"log": None}
    return page(request, "log_now.html", public_url=settings.public_url, **known)


@get("/log/entries", operation_id="findEntryPage", guards=[open_to_all], include_in_schema=False, actorless=True)
async def find(number: FromQuery[str] = "") -> Redirect:
    """Lead to the page of the leaf that was asked for by its number."""
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise NotFoundException
    return Redirect(addresses.entry(int(number)), status_code=303)


@get("/log/entries/{name:str}", operation_id="entryPage", guards=[open_to_all], include_in_schema=False, actorless=True)
async def entry(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[str]:
    """Show one leaf with its proof, which the reader's browser checks; or the proof as a file (`.tlog-proof`)."""
    wanted = name.removesuffix(_PROOF)
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 19):
        raise NotFoundException
    places, number = Places(request.app.state.settings.var), int(wanted)
    if name != wanted:
        proof = await anyio.to_thread.run_sync(receipts.published_proof, places.published, number)
        headers = {"content-disposition": f'attachment; filename="{name}"', "access-control-allow-origin": "*"}
        return Response(str(proof), media_type="text/plain; charset=utf-8", headers=headers)
    shown = await anyio.to_thread.run_sync(showing.shown_entry, places, number)
    return page(
        request,
        "log_entry.html",
        entry=shown,
        words=act_words(shown.leaf.action),
        subject_words=subject_words(shown.leaf.subject.kind),
        at=_moment(datetime.fromisoformat(shown.leaf.at)),
    )


@get("/log/about/{kind:str}/{uid:str}", operation_id="aboutPage", guards=[open_to_all], include_in_schema=False)
async def about(
    request: Request[Any, Any, Any], database: NamedDependency[Database], kind: FromPath[str], uid: FromPath[str]
) -> Response[str]:
    """Show what the log says about one subject, numbered or not."""
    acts = await reading.acts_about(database, kind[:40], uid[:120])
    return page(
        request,
        "log_about.html",
        kind_words=subject_words(kind),
        uid=uid,
        acts=[
            {
                "words": act_words(act.leaf.action), "action": act.leaf.action, "department": act.leaf.department,
                "at": _moment(datetime.fromisoformat(act.leaf.at)), "number": act.number,
            }
            for act in acts
        ],
        pending=any(act.number is None for act in acts),
    )  # fmt: skip


@get("/me/receipts", operation_id="receiptsPage", guards=[signed_in], include_in_schema=False)
async def my_receipts(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], below: FromQuery[int | None] = None
) -> Response[str]:
    """Show the receipts that the acting person may fetch, newest first, fifty on a page."""
    found = await reading.receipts_for(acting, below)
    numbered = [one.number for one in found if one.number is not None]
    older = numbered[-1] if len(found) == RECEIPTS_PAGE and numbered else None
    lead, empty = _ENTERPRISE_WORDS if acting.actor.role is Role.ENTERPRISE else _DEPARTMENT_WORDS
    lines = [_receipt(one) for one in found]
    return page(request, "receipts.html", receipts=lines, older=older, lead=lead, empty=empty)


@get("/log/{name:str}", operation_id="logScript", guards=[open_to_all], include_in_schema=False, actorless=True)
async def script(name: FromPath[str]) -> Response[bytes]:
    """Return a script of these pages."""
    if name not in SCRIPTS:
        raise NotFoundException
    return Response(await anyio.Path(SCRIPTS[name]).read_bytes(), media_type="text/javascript; charset=utf-8")


def _shown(log: ShownLog, now: datetime) -> dict[str, Any]:
    facts = {"origin": log.origin, "size": log.size, "root": log.root, "log_key": log.log_key}
    witnesses = [{"name": one.name, "at": one.at and _moment(one.at)} for one in log.witnesses]
    return {
        "log": facts | {"witnessed": log.witnessed, "witnesses": witnesses},
        "counted": log.counted,
        "counted_at": _moment(log.counted.at) if log.counted else "",
        "stamps": [str(day) for day in log.stamps],
        "stamp_late": bool(log.stamps) and log.stamps[0] + STAMP_LATE < day_of(now),
    }


def _receipt(one: ReceiptLine) -> dict[str, Any]:
    return {
        "words": act_words(one.action),
        "kind": one.subject.kind,
        "uid": one.subject.uid,
        "at": _moment(datetime.fromisoformat(one.at)),
        "department": one.department,
        "number": one.number,
    }


def _moment(instant: datetime) -> str:
    local = shanghai(instant)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S}"


def _clock(request: Request[Any, Any, Any]) -> Clock:
    database = request.app.state.database
    return database.clock if database is not None else SystemClock()


handlers = [now, find, entry, about, my_receipts, script]
