"""Health: is the process alive, can it serve."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from inspect_registry.actor import SYSTEM
from inspect_registry.db import Database
from inspect_registry.db.database import SQL
from inspect_registry.errors import Unavailable
from inspect_registry.routes.frame import open_to_all


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked of, and what it said."""

    status: str
    database: str = "unknown"


@get("/health/live", operation_id="live", guards=[open_to_all], include_in_schema=False)
async def live() -> Health:
    """Say that the process answers; asks nobody else."""
    return Health(status="ok")


@get("/health/ready", operation_id="ready", guards=[open_to_all], include_in_schema=False)
async def ready(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Health]:
    """Say whether requests can be served now; 503 when the database does not answer."""
    del request
    try:
        async with database.transaction(SYSTEM, read_only=True) as tx:
            await tx.value(SQL["alive"], int)
    except Unavailable:
        return Response(Health(status="unavailable", database="unreachable"), status_code=503)
    return Response(Health(status="ok", database="ok"))


handlers = [live, ready]
