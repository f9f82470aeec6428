"""The ledger over JSON: how it is doing, one leaf, its proof, its receipt."""

import contextlib
from datetime import datetime
from typing import Any, Final

import anyio
import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from prometheus_client import Gauge

from inspect_registry.clock import day_of
from inspect_registry.db import Acting, Database
from inspect_registry.errors import Unavailable
from inspect_registry.ledger import reading, receipts
from inspect_registry.ledger.health import LedgerHealth, LedgerState
from inspect_registry.ledger.places import Places
from inspect_registry.ledger.reading import PublicEntry, ReceiptLine
from inspect_registry.routes.frame import open_to_all, signed_in
from inspect_registry.routes.standing import waiter_of

_PENDING: Final = Gauge("registry_ledger_pending_entries", "Registered acts that have no number yet")
_PENDING_AGE: Final = Gauge("registry_ledger_pending_seconds", "Age of the oldest act without a number; alarm over 60")
_UNWITNESSED: Final = Gauge("registry_ledger_unwitnessed_leaves", "Published leaves without a witnessed checkpoint")
_STAMP_AGE: Final = Gauge("registry_ledger_stamp_days", "Days since the newest RFC 3161 time stamp; -1: never")
NEVER: Final = -1
_FROZEN: Final = Gauge("registry_ledger_frozen", "1 when nothing may be written (docs/trust.md)")


class LogStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the log is doing, as everybody may know."""

    size: int
    """Numbered leaves."""
    published_size: int
    """Leaves below the published checkpoint."""
    witnessed_size: int
    """Leaves below the newest checkpoint that enough witnesses signed."""
    pending: int
    """Registered acts that have no number yet."""
    oldest_pending_at: datetime | None
    last_published_at: datetime | None
    frozen: bool
    state: LedgerState
    """The worst that can be said of the log now."""


class EntryNumber(msgspec.Struct, frozen=True, kw_only=True):
    """Where an act stands in the published log; None: registered, its number is pending."""

    number: int | None


def observed(health: LedgerHealth) -> LedgerHealth:
    """Put the state of the log into the metrics; done by whoever asks for it, health checks first of all."""
    _PENDING.set(health.pending)
    _PENDING_AGE.set(health.oldest_pending_seconds)
    _UNWITNESSED.set(health.unwitnessed)
    _FROZEN.set(health.state is LedgerState.FROZEN)
    return health


async def observe_ledger(request: Request[Any, Any, Any]) -> None:
    """Look at the log before the metrics are told, so that its figures are never those of an earlier question."""
    days = await anyio.to_thread.run_sync(Places(request.app.state.settings.var).published.stamped_days)
    _STAMP_AGE.set((day_of(request.app.state.database.clock.now()) - days[0]).days if days else NEVER)
    with contextlib.suppress(Unavailable):  # The database is away: health says so, and the last figures stay.
        _, health = await reading.status_of(request.app.state.database)
        observed(health)


@get("/ledger/status", operation_id="ledgerStatus", guards=[open_to_all])
async def status(database: NamedDependency[Database]) -> LogStatus:
    """Say how long the log is, how much waits for a number, and whether it has stopped."""
    row, health = await reading.status_of(database)
    state = observed(health).state
    return msgspec.convert(msgspec.structs.asdict(row) | {"frozen": row.frozen is not None, "state": state}, LogStatus)


@get("/ledger/entries/{number:int}", operation_id="ledgerEntry", guards=[open_to_all])
async def entry(database: NamedDependency[Database], number: FromPath[int]) -> PublicEntry:
    """Return one public leaf."""
    return await reading.entry_of(database, number)


@get("/ledger/subjects/{kind:str}/{uid:str}", operation_id="ledgerEntriesAbout", guards=[open_to_all])
async def about(database: NamedDependency[Database], kind: FromPath[str], uid: FromPath[str]) -> list[PublicEntry]:
    """Return the public leaves about one code, visit, plan or record, oldest first, with their numbers."""
    return await reading.entries_about(database, kind[:40], uid[:120])


@get("/ledger/subjects/{kind:str}/{uid:str}/number", operation_id="ledgerNumber", guards=[open_to_all])
async def number_of(
    request: Request[Any, Any, Any], database: NamedDependency[Database], kind: FromPath[str], uid: FromPath[str]
) -> Response[EntryNumber]:
    """Wait up to 3 s for the newest act about a subject to be public: 200 with its number, else 202 and ask again."""
    number = await reading.number_about(database, kind[:40], uid[:120], waiter_of(request))
    return Response(EntryNumber(number=number), status_code=202 if number is None else 200)


@get("/ledger/receipts", operation_id="listReceipts", guards=[signed_in])
async def receipt_list(acting: NamedDependency[Acting], below: FromQuery[int | None] = None) -> list[ReceiptLine]:
    """List the acts whose receipts the acting person may fetch, newest first; `below` a number: the next 50."""
    return await reading.receipts_for(acting, below)


@get("/ledger/entries/{number:int}/proof", operation_id="ledgerProof", guards=[open_to_all], media_type="text/plain")
async def proof(request: Request[Any, Any, Any], number: FromPath[int]) -> str:
    """Return the proof that a leaf is in the published log (C2SP tlog-proof); made from files, no database."""
    folder = Places(request.app.state.settings.var).published
    return str(await anyio.to_thread.run_sync(receipts.published_proof, folder, number))


@get("/ledger/entries/{number:int}/receipt", operation_id="ledgerReceipt", guards=[signed_in])
async def receipt(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], number: FromPath[int]
) -> Response[bytes]:
    """Return the receipt with the private record, for those who may see it: departments and enterprises their own."""
    data = await reading.receipt_for(acting, number, Places(request.app.state.settings.var))
    name = f'attachment; filename="receipt-{number}.zip"'
    return Response(data, media_type="application/zip", headers={"content-disposition": name})


handlers = [status, entry, about, number_of, receipt_list, proof, receipt]
