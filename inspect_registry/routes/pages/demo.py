"""`/demo`, in demo mode only: who one can be, and how to sign in.

What it shows was written by the loader of the demo district (`demo.json` in var/), because this room is below demo/.
"""

from typing import Any

import anyio
import msgspec
from litestar import Request, Response, get

from inspect_registry.errors import NotFound
from inspect_registry.routes.frame import open_to_all
from inspect_registry.routes.templates import page

FILE = "demo.json"


class DemoAccount(msgspec.Struct, frozen=True, kw_only=True):
    """One published account."""

    account: str
    name: str
    place: str
    purpose: str


class DemoGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts of one role."""

    label: str
    accounts: list[DemoAccount]


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """What visitors of the demo need."""

    password: str
    groups: list[DemoGroup]
    workday: str = ""
    """On a rest day, when nobody inspects: the next working day, such as 2026-11-23."""


@get("/demo", operation_id="demoPage", guards=[open_to_all], include_in_schema=False)
async def demo_page(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the published accounts. Raises NotFound outside demo mode."""
    settings = request.app.state.settings
    file = anyio.Path(settings.var / FILE)
    if not settings.demo or not await file.exists():
        raise NotFound
    told = msgspec.json.decode(await file.read_bytes(), type=Demo)
    return page(request, "demo.html", **msgspec.to_builtins(told))


handlers = [demo_page]
