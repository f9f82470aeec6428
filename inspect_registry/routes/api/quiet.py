"""The quiet lists (无感监管, 无事不扰) over JSON."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from inspect_registry.db import Acting
from inspect_registry.plans import quiet
from inspect_registry.plans.quiet import QuietInput, QuietRenewal, QuietView
from inspect_registry.routes.frame import signed_in


class Ending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an entry ends."""

    reason: Annotated[str, msgspec.Meta(max_length=500)]


@get("/quiet", operation_id="listQuiet", guards=[signed_in])
async def list_quiet(acting: NamedDependency[Acting]) -> list[QuietView]:
    """List enterprises and matters that planned on-site checks leave alone."""
    return await quiet.quiet_lists(acting)


@post("/quiet", operation_id="enterQuiet", guards=[signed_in], status_code=201)
async def enter(acting: NamedDependency[Acting], data: JSONBody[QuietInput]) -> QuietView:
    """Put an enterprise or a matter on its list, with reason and day of review."""
    return await quiet.enter_quiet(acting, data)


@post("/quiet/{uid:str}/renew", operation_id="renewQuiet", guards=[signed_in], status_code=201)
async def renew(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[QuietRenewal]) -> QuietView:
    """Keep an entry after its review, as a new version."""
    return await quiet.renew_quiet(acting, uid, data)


@post("/quiet/{uid:str}/end", operation_id="endQuiet", guards=[signed_in], status_code=200)
async def end(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Ending]) -> QuietView:
    """Take an entry off its list, with the reason."""
    return await quiet.end_quiet(acting, uid, data.reason)


handlers = [list_quiet, enter, renew, end]
