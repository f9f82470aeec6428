"""The open lists over JSON: what holds on a day, the history, what is due for review, and the keeper's changes."""

import datetime as dt
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from inspect_registry.catalogue import listings
from inspect_registry.catalogue.listing import KeyIndustryInput, LeniencyInput, ListEntry, Listing, ListKind
from inspect_registry.clock import day_of
from inspect_registry.db import Acting
from inspect_registry.routes.frame import signed_in


class ListingView(ListEntry, frozen=True, kw_only=True):
    """One version of one entry of one list."""

    review_due: bool


class Ending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which entry ends, and why."""

    subject: Annotated[str, msgspec.Meta(max_length=200)]
    reason: Annotated[str, msgspec.Meta(max_length=500)]


@get("/lists", operation_id="readLists", guards=[signed_in])
async def read(
    acting: NamedDependency[Acting], kind: FromQuery[ListKind | None] = None, on: FromQuery[dt.date | None] = None
) -> list[ListingView]:
    """Read one list or all: every version, or with `on` what held on that day."""
    found = await listings.history(acting, kind)
    return [_view(acting, one) for one in found if on is None or one.in_force(on)]


@get("/lists/due", operation_id="listsDueForReview", guards=[signed_in])
async def due(acting: NamedDependency[Acting]) -> list[ListingView]:
    """Read the entries whose day of review has come, the longest overdue first."""
    return [_view(acting, one) for one in await listings.due_for_review(acting)]


@post("/lists/key-industry", operation_id="enterKeyIndustry", guards=[signed_in], status_code=201)
async def enter_key_industry(acting: NamedDependency[Acting], data: JSONBody[KeyIndustryInput]) -> ListingView:
    """Put an industry under comprehensive supervision."""
    return _view(acting, await listings.enter_key_industry(acting, data))


@post("/lists/key-industry/change", operation_id="changeKeyIndustry", guards=[signed_in], status_code=201)
async def change_key_industry(acting: NamedDependency[Acting], data: JSONBody[KeyIndustryInput]) -> ListingView:
    """Make the next version of an industry's entry; the one before ends the day before."""
    return _view(acting, await listings.change_key_industry(acting, data))


@post("/lists/leniency/{kind:str}", operation_id="enterLeniency", guards=[signed_in], status_code=201)
async def enter_leniency(
    acting: NamedDependency[Acting], kind: FromPath[ListKind], data: JSONBody[LeniencyInput]
) -> ListingView:
    """Put an item on the no-penalty or no-coercion list."""
    return _view(acting, await listings.enter_leniency(acting, kind, data))


@post("/lists/leniency/{kind:str}/change", operation_id="changeLeniency", guards=[signed_in], status_code=201)
async def change_leniency(
    acting: NamedDependency[Acting], kind: FromPath[ListKind], data: JSONBody[LeniencyInput]
) -> ListingView:
    """Make the next version of an item; the one before ends the day before."""
    return _view(acting, await listings.change_leniency(acting, kind, data))


@post("/lists/{kind:str}/end", operation_id="endListing", guards=[signed_in], status_code=200)
async def end(acting: NamedDependency[Acting], kind: FromPath[ListKind], data: JSONBody[Ending]) -> ListingView:
    """End an entry with today as its last day, with the reason."""
    return _view(acting, await listings.end_listing(acting, kind, data.subject, data.reason))


def _view(acting: Acting, one: Listing) -> ListingView:
    today = day_of(acting.database.clock.now())
    shown = {field: getattr(one, field) for field in ListEntry.__struct_fields__}
    return ListingView(review_due=one.review_due(today), **shown)


handlers = [read, due, enter_key_industry, change_key_industry, enter_leniency, change_leniency, end]
