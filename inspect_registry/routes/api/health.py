"""Health: is the process alive, can it serve."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from inspect_registry.actor import SYSTEM
from inspect_registry.db import Database
from inspect_registry.db.database import SQL
from inspect_registry.errors import Unavailable
from inspect_registry.ledger.health import LedgerState
from inspect_registry.ledger.reading import status_of
from inspect_registry.routes.api.ledger import observed
from inspect_registry.routes.frame import open_to_all


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked of, and what it said."""

    status: str
    database: str = "unknown"
    ledger: str = "unknown"


@get("/health/live", operation_id="live", guards=[open_to_all], include_in_schema=False)
async def live() -> Health:
    """Say that the process answers; asks nobody else."""
    return Health(status="ok")


@get("/health/ready", operation_id="ready", guards=[open_to_all], include_in_schema=False)
async def ready(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Health]:
    """Say whether requests can be served now: 503 without the database, degraded when the ledger is late or frozen."""
    del request
    try:
        async with database.transaction(SYSTEM, read_only=True) as tx:
            await tx.value(SQL["alive"], int)
        _, health = await status_of(database)
    except Unavailable:
        return Response(Health(status="unavailable", database="unreachable"), status_code=503)
    state = observed(health).state
    status = "ok" if state in (LedgerState.OK, LedgerState.UNWITNESSED) else "degraded"
    return Response(Health(status=status, database="ok", ledger=state.value))


handlers = [live, ready]
