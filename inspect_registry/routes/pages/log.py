"""The published log as files, under /log/: any web server or mirror could serve them just as well.

No database is asked. Names are those of C2SP tlog-tiles and nothing else is reachable here.
"""

import re
from typing import Any, Final

import anyio
from litestar import MediaType, Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from inspect_registry.ledger.places import Places
from inspect_registry.ledger.publication import CHECKPOINT, FIGURES, POLICY, STAMPED_DAYS, STAMPS
from inspect_registry.routes.frame import open_to_all
from inspect_registry.routes.templates import page

_TILE: Final = re.compile(r"/?([0-9]{1,2}|entries)/(x[0-9]{3}/){0,6}[0-9]{3}(\.p/[1-9][0-9]{0,2})?")
_STAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.(tsr|checkpoint)")
_IMMUTABLE: Final = "public, max-age=31536000, immutable"


@get("/log/checkpoint", operation_id="logCheckpoint", guards=[open_to_all], include_in_schema=False, actorless=True)
async def checkpoint(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return the newest signed checkpoint."""
    return await _file(request, CHECKPOINT, "text/plain; charset=utf-8", "no-cache")


@get("/log/policy.txt", operation_id="logPolicy", guards=[open_to_all], include_in_schema=False, actorless=True)
async def policy(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return the policy: whose signatures a checkpoint should bear."""
    return await _file(request, POLICY, "text/plain; charset=utf-8", "no-cache")


@get("/log/figures.json", operation_id="logFigures", guards=[open_to_all], include_in_schema=False, actorless=True)
async def figures(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return the count of silences: codes nobody presented, arrivals without a result, and so on."""
    return await _file(request, FIGURES, "application/json", "no-cache")


@get("/log/receipt", operation_id="receiptPage", guards=[open_to_all], include_in_schema=False, actorless=True)
async def receipt_page(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the page that checks a receipt in the reader's own browser."""
    return page(request, "receipt.html")


@get(
    "/log/timestamps/{name:str}",
    operation_id="logTimestamp",
    guards=[open_to_all],
    include_in_schema=False,
    actorless=True,
)
async def timestamp(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """Return a day's checkpoint or its RFC 3161 time stamp."""
    if name == STAMPED_DAYS:
        return await _file(request, f"{STAMPS}/{name}", "text/plain; charset=utf-8", "no-cache")
    if _STAMP.fullmatch(name) is None:
        raise NotFoundException
    kind = "application/timestamp-reply" if name.endswith(".tsr") else "text/plain; charset=utf-8"
    return await _file(request, f"{STAMPS}/{name}", kind, _IMMUTABLE)


@get("/log/tile/{name:path}", operation_id="logTile", guards=[open_to_all], include_in_schema=False, actorless=True)
async def tile(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """Return a tile or an entry bundle; these never change."""
    if _TILE.fullmatch(name) is None:
        raise NotFoundException
    return await _file(request, f"tile/{name.lstrip('/')}", "application/octet-stream", _IMMUTABLE)


async def _file(request: Request[Any, Any, Any], name: str, kind: str, caching: str) -> Response[bytes]:
    path = anyio.Path(Places(request.app.state.settings.var).published.root / name)
    try:
        data = await path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise NotFoundException from error
    headers = {
        "cache-control": caching,
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
    }
    return Response(data, media_type=MediaType.TEXT if kind.startswith("text") else kind, headers=headers)


handlers = [checkpoint, policy, figures, receipt_page, timestamp, tile]
