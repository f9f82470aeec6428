"""Monthly plans, draws and checks over JSON."""

import datetime as dt
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from inspect_registry.db import Acting
from inspect_registry.jobs.model import JobView
from inspect_registry.plans import crew_drawing, disclosure, drawing, month_checks, month_orders, months
from inspect_registry.plans.crew_shapes import CommitCrews, CrewDrawView, CrewProof
from inspect_registry.plans.draw_shapes import CommitDraw, DrawProof, DrawView, SeedDraft
from inspect_registry.plans.month_checks import CheckView
from inspect_registry.plans.month_orders import MonthOrdered, MonthWork
from inspect_registry.plans.months import MonthlyPlanView
from inspect_registry.plans.replay import MonthReplay, replay_month
from inspect_registry.routes.api.plans import Why
from inspect_registry.routes.frame import signed_in
from inspect_registry.routes.queries import LongPageSize, Uid


class NewMonth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which month to plan."""

    month: dt.date
    """Any day of the month."""
    department: Annotated[str, msgspec.Meta(max_length=60)] = ""
    """Code or uid; empty = one's own."""


@post("/monthly-plans", operation_id="draftMonthlyPlan", guards=[signed_in], status_code=201)
async def draft(acting: NamedDependency[Acting], data: JSONBody[NewMonth]) -> MonthlyPlanView:
    """Open a department's plan of a month."""
    return await months.draft_monthly_plan(acting, data.month, data.department)


@get("/monthly-plans", operation_id="listMonthlyPlans", guards=[signed_in])
async def list_plans(acting: NamedDependency[Acting], month: FromQuery[dt.date]) -> list[MonthlyPlanView]:
    """List the plans of a month: one's own, and every published one."""
    return await months.monthly_plans(acting, month)


@post("/months", operation_id="orderMonth", guards=[signed_in], status_code=202)
async def order_month(acting: NamedDependency[Acting], data: JSONBody[MonthWork]) -> MonthOrdered:
    """Order a whole month: one's department's, or every department's. Without a seed its draws are only committed."""
    return await month_orders.order_month(acting, data)


@get("/months/{uid:str}", operation_id="readMonthOrder", guards=[signed_in])
async def read_month_order(acting: NamedDependency[Acting], uid: FromPath[str]) -> JobView:
    """Tell how far a month that one has ordered is, department by department."""
    return await month_orders.month_job(acting, uid)


@get("/monthly-plans/{uid:str}", operation_id="readMonthlyPlan", guards=[signed_in])
async def read_plan(acting: NamedDependency[Acting], uid: FromPath[str]) -> MonthlyPlanView:
    """Read one plan of a month."""
    return await months.monthly_plan(acting, uid)


@post("/monthly-plans/{uid:str}/draws", operation_id="commitDraw", guards=[signed_in], status_code=201)
async def commit(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[CommitDraw]) -> DrawView:
    """Fix the pool, weights and number of a draw and commit to them, before any seed exists."""
    return await drawing.commit_draw(acting, uid, data)


@post("/draws/{uid:str}/seed", operation_id="seedDraw", guards=[signed_in], status_code=200)
async def seed(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[SeedDraft]) -> DrawView:
    """Give a committed draw its seed, and draw."""
    return await drawing.seed_draw(acting, uid, data)


@get("/draws/{uid:str}", operation_id="readDraw", guards=[signed_in])
async def read_draw(acting: NamedDependency[Acting], uid: FromPath[str]) -> DrawView:
    """Read one draw."""
    return await drawing.draw(acting, uid)


@get("/draws/{uid:str}/proof", operation_id="readDrawProof", guards=[signed_in])
async def read_proof(acting: NamedDependency[Acting], uid: FromPath[str]) -> DrawProof:
    """Read what may be published of a draw: input of `inspect-registry draw verify`."""
    return await disclosure.draw_proof(acting, uid)


@post("/monthly-plans/{uid:str}/crew-draws", operation_id="commitCrewDraw", guards=[signed_in], status_code=201)
async def commit_crews(
    acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[CommitCrews]
) -> CrewDrawView:
    """Fix the roster, exclusions and enterprises of a draw of inspectors and commit to them, before any seed exists."""
    return await crew_drawing.commit_crew_draw(acting, uid, data)


@get("/monthly-plans/{uid:str}/crew-draws", operation_id="listCrewDraws", guards=[signed_in])
async def list_crew_draws(acting: NamedDependency[Acting], uid: FromPath[str]) -> list[CrewDrawView]:
    """List the draws of inspectors of a month, those that were made again too."""
    return await crew_drawing.crew_draws(acting, uid)


@post("/crew-draws/{uid:str}/seed", operation_id="seedCrewDraw", guards=[signed_in], status_code=200)
async def seed_crews(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[SeedDraft]) -> CrewDrawView:
    """Give a committed draw of inspectors its seed, and draw."""
    return await crew_drawing.seed_crew_draw(acting, uid, data)


@get("/crew-draws/{uid:str}/proof", operation_id="readCrewProof", guards=[signed_in])
async def read_crew_proof(acting: NamedDependency[Acting], uid: FromPath[str]) -> CrewProof:
    """Read everything of a draw of inspectors: input of `inspect-registry draw verify`."""
    return await disclosure.crew_proof(acting, uid)


@post("/monthly-plans/{uid:str}/checks", operation_id="makeChecks", guards=[signed_in], status_code=200)
async def make_checks(acting: NamedDependency[Acting], uid: FromPath[str]) -> MonthlyPlanView:
    """Make the checks of every drawn task, each with its window of days."""
    return await month_checks.make_checks(acting, uid)


@get("/monthly-plans/{uid:str}/checks", operation_id="listChecks", guards=[signed_in])
async def list_checks(
    acting: NamedDependency[Acting],
    uid: FromPath[str],
    after: Uid = "",
    limit: LongPageSize = 100,
) -> list[CheckView]:
    """List a plan's checks, page by page."""
    return await month_checks.checks_of_plan(acting, uid, after, limit)


@post("/checks/{uid:str}/withdraw", operation_id="withdrawCheck", guards=[signed_in], status_code=200)
async def withdraw(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Why]) -> CheckView:
    """Take a planned check out, with the reason."""
    return await month_checks.withdraw_check(acting, uid, data.reason)


@post("/monthly-plans/{uid:str}/submit", operation_id="submitMonthlyPlan", guards=[signed_in], status_code=200)
async def submit(acting: NamedDependency[Acting], uid: FromPath[str]) -> MonthlyPlanView:
    """Hand a month to the coordinator."""
    return await months.submit_monthly_plan(acting, uid)


@post("/monthly-plans/{uid:str}/return", operation_id="returnMonthlyPlan", guards=[signed_in], status_code=200)
async def give_back(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Why]) -> MonthlyPlanView:
    """Give a month back to its department, with the reason."""
    return await months.return_monthly_plan(acting, uid, data.reason)


@post("/monthly-plans/{uid:str}/review", operation_id="reviewMonthlyPlan", guards=[signed_in], status_code=200)
async def review(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Why]) -> MonthlyPlanView:
    """Pass the legal review, with the opinion."""
    return await months.review_monthly_plan(acting, uid, data.reason)


@post("/monthly-plans/{uid:str}/file", operation_id="fileMonthlyPlan", guards=[signed_in], status_code=200)
async def file_plan(acting: NamedDependency[Acting], uid: FromPath[str]) -> MonthlyPlanView:
    """File a month: it gets its number and goes into the merge."""
    return await months.file_monthly_plan(acting, uid)


@post("/monthly-plans/{uid:str}/publish", operation_id="publishMonthlyPlan", guards=[signed_in], status_code=200)
async def publish(acting: NamedDependency[Acting], uid: FromPath[str]) -> MonthlyPlanView:
    """Mark a filed month as published."""
    return await months.publish_monthly_plan(acting, uid)


@post("/monthly-plans/{uid:str}/close", operation_id="closeMonthlyPlan", guards=[signed_in], status_code=200)
async def close(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Why]) -> MonthlyPlanView:
    """Close a month that was carried out."""
    return await months.close_monthly_plan(acting, uid, data.reason)


@get("/monthly-plans/{uid:str}/replay", operation_id="replayMonth", guards=[signed_in])
async def replay(acting: NamedDependency[Acting], uid: FromPath[str]) -> MonthReplay:
    """Make a month again from its ledger entries and compare it with the register (auditor, coordinator)."""
    return await replay_month(acting, uid)


handlers = [
    replay,
    commit_crews,
    list_crew_draws,
    seed_crews,
    read_crew_proof,
    order_month,
    read_month_order,
    draft,
    list_plans,
    read_plan,
    commit,
    seed,
    read_draw,
    read_proof,
    make_checks,
    list_checks,
    withdraw,
    submit,
    give_back,
    review,
    file_plan,
    publish,
    close,
]
