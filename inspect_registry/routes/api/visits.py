"""Visits over JSON: proposals, answers, approval, where an inspector goes today."""

import datetime as dt
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from inspect_registry.db import Acting
from inspect_registry.routes.frame import signed_in
from inspect_registry.routes.queries import LongPageSize, PageSize, Uid, Year
from inspect_registry.visits import listing, service
from inspect_registry.visits.frequency import Frequent, frequent
from inspect_registry.visits.model import VisitState
from inspect_registry.visits.service import Approved
from inspect_registry.visits.views import VisitView


class Why(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reason in words."""

    reason: Annotated[str, msgspec.Meta(max_length=2000)]


class MonthOnly(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One month, named by any of its days."""

    month: dt.date


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """How many shares were confirmed at once."""

    confirmed: int


@get("/visits", operation_id="listVisits", guards=[signed_in])
async def list_visits(
    acting: NamedDependency[Acting],
    month: FromQuery[dt.date],
    standing: FromQuery[VisitState | None] = None,
    after: Uid = "",
    limit: PageSize = 100,
) -> list[VisitView]:
    """List a month's visits of the acting department (of all, for those who see all), by uid."""
    return await listing.visits_of_month(acting, month.replace(day=1), standing, after, limit)


@get("/visits/proposals", operation_id="listJointProposals", guards=[signed_in])
async def proposals(
    acting: NamedDependency[Acting],
    month: FromQuery[dt.date],
    after: Uid = "",
    limit: PageSize = 100,
) -> list[VisitView]:
    """List joint visits that wait for the acting department's answer, with the reasons of the merge."""
    return await listing.joint_proposals(acting, month.replace(day=1), after, limit)


@get("/visits/today", operation_id="listTodaysVisits", guards=[signed_in])
async def today(acting: NamedDependency[Acting], day: FromQuery[dt.date | None] = None) -> list[VisitView]:
    """List where the acting inspector goes today, or on another day."""
    return await listing.todays_visits(acting, day)


@get("/visits/mine", operation_id="listOwnVisits", guards=[signed_in])
async def mine(acting: NamedDependency[Acting], limit: PageSize = 50) -> list[VisitView]:
    """List the acting enterprise's visits: announced ones once approved, the others once begun."""
    return await listing.own_visits(acting, limit)


@get("/visits/frequency", operation_id="listFrequentlyVisited", guards=[signed_in])
async def frequently_visited(
    acting: NamedDependency[Acting],
    year: Year,
    limit: LongPageSize = 100,
) -> list[Frequent]:
    """List enterprises whose cap of the year is used up, or that had many visits outside the caps (counted apart)."""
    return await frequent(acting, year, limit)


@get("/visits/overdue-approvals", operation_id="listOverdueApprovals", guards=[signed_in])
async def overdue_approvals(acting: NamedDependency[Acting], limit: PageSize = 100) -> list[VisitView]:
    """List emergency visits whose approval was not back-filled in time."""
    return await listing.overdue_approvals(acting, limit)


@get("/visits/{uid:str}", operation_id="readVisit", guards=[signed_in])
async def read_visit(acting: NamedDependency[Acting], uid: FromPath[str]) -> VisitView:
    """Read one visit."""
    return await listing.visit(acting, uid)


@post("/visits/{uid:str}/confirmation", operation_id="confirmVisit", guards=[signed_in], status_code=200)
async def confirm(acting: NamedDependency[Acting], uid: FromPath[str]) -> VisitView:
    """Take part with the acting department."""
    return await service.confirm(acting, uid)


@post("/visits/{uid:str}/refusal", operation_id="declineVisit", guards=[signed_in], status_code=200)
async def decline(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Why]) -> VisitView:
    """Do not take part; the checks are planned anew, the other departments go on."""
    return await service.decline(acting, uid, data.reason)


@post("/visits/{uid:str}/approval", operation_id="approveVisit", guards=[signed_in], status_code=200)
async def approve(acting: NamedDependency[Acting], uid: FromPath[str]) -> VisitView:
    """Approve the acting department's share."""
    return await service.approve_visit(acting, uid)


@post("/visits/{uid:str}/cancellation", operation_id="cancelVisit", guards=[signed_in], status_code=200)
async def cancel(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Why]) -> VisitView:
    """Call a visit off before it begins."""
    return await service.cancel(acting, uid, data.reason)


@post("/visits/confirmations", operation_id="confirmMonth", guards=[signed_in], status_code=200)
async def confirm_month(acting: NamedDependency[Acting], data: JSONBody[MonthOnly]) -> Confirmed:
    """Take part in all that the acting department was asked for in a month."""
    return Confirmed(confirmed=await service.confirm_month(acting, data.month.replace(day=1)))


@post("/visits/approvals", operation_id="approveMonth", guards=[signed_in], status_code=200)
async def approve_month(acting: NamedDependency[Acting], data: JSONBody[MonthOnly]) -> Approved:
    """Approve all confirmed shares of the acting department in a month; what a rule forbids is listed."""
    return await service.approve_month(acting, data.month.replace(day=1))


handlers = [
    list_visits, proposals, today, mine, frequently_visited, overdue_approvals, read_visit, confirm,
    decline, approve, cancel, confirm_month, approve_month,
]  # fmt: skip
