"""The whole application with one handler more: the yardstick, one asyncpg read by primary key.

The yardstick reads the same row from the same table through the application's main pool, as any handler would, and
answers its JSON text; guards, middleware and headers are the same for both. The rate limit is lifted for both.
"""

from typing import Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from inspect_registry import app as composition
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.routes import outer, registered
from inspect_registry.routes.frame import open_to_all

outer.READS_PER_MINUTE = 10**9
QUERY = "SELECT uid, state, page FROM verdict WHERE uid = $1"


@get("/yardstick/{uid:str}", operation_id="yardstick", guards=[open_to_all], include_in_schema=False)
async def yardstick(database: NamedDependency[Database], uid: FromPath[str]) -> Response[Any]:
    """Answer one row by its primary key."""
    async with database.connection() as connection:
        row = await connection.fetchrow(QUERY, uid)
    return Response(row["page"].encode(), media_type=MediaType.JSON)


def application() -> outer.Outer:
    """Return the application as the environment describes it, with the yardstick."""
    registered.API.append(yardstick)
    return composition.create(from_environment())
