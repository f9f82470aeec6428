"""Publishing over JSON: a month of the whole district, and the living pages."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from inspect_registry.db import Acting
from inspect_registry.errors import Malformed
from inspect_registry.publication import service
from inspect_registry.publication.service import Published, Publishing
from inspect_registry.routes.frame import signed_in


class PublishMonth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a published month is published again; empty the first time."""

    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """What a refresh brought; None when nothing had changed."""

    release: Published | None


def publisher(request: Request[Any, Any, Any]) -> Publishing:
    """Return this process's publisher."""
    state = request.app.state
    if "publishing" not in state:
        state["publishing"] = service.publishing(state.settings)
    return state["publishing"]  # type: ignore[no-any-return]  # put there above


def month_of(text: str) -> date:
    """Read a month as addresses write it. Raises Malformed."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise Malformed(f"“{text[:20]}”不是月份", remedy="月份写作 2026-12") from error


@post("/months/{month:str}/publish", operation_id="publishMonth", guards=[signed_in], status_code=200)
async def publish_month(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], month: FromPath[str], data: JSONBody[PublishMonth]
) -> Published:
    """Publish a month's plan for the whole district, or a correction of it with its reason."""
    return await service.publish_month(acting, publisher(request), month_of(month), data.reason)


@post("/releases/refresh", operation_id="refreshPublicSite", guards=[signed_in], status_code=200)
async def refresh(request: Request[Any, Any, Any], acting: NamedDependency[Acting]) -> Refreshed:
    """Make the living pages anew: results, annual plans, departments and matters."""
    return Refreshed(release=await service.refresh(acting, publisher(request)))


handlers = [publish_month, refresh]
