"""Use cases of a month's checks (待查项): make them from the draws, take one out, read them."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue import holidays
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import DepartmentId, MatterId
from inspect_registry.db import Tx
from inspect_registry.enterprises import service as enterprises
from inspect_registry.enterprises.model import EnterpriseId
from inspect_registry.identifiers import new_uid
from inspect_registry.plans import month_store, store
from inspect_registry.plans.errors import CheckUnknown, DrawNotDrawn, PlanStepForbidden
from inspect_registry.plans.lifecycle import PlanState, may_change
from inspect_registry.plans.lookups import monthly_plan_of
from inspect_registry.plans.model import (
    Check,
    CheckId,
    CheckState,
    DrawResult,
    MonthlyPlan,
    NewCheck,
    Task,
    TaskMode,
)
from inspect_registry.plans.months import MonthlyPlanView, given_reason, last_day, monthly_plan
from inspect_registry.plans.population import Population, drawn_population, quiet_now
from inspect_registry.plans.records import CheckLine, check_entries
from inspect_registry.plans.volume import window
from inspect_registry.workdays import Calendar

PAGE_MAX = 500


class CheckView(msgspec.Struct, frozen=True, kw_only=True):
    """One check as its department sees it."""

    uid: str
    enterprise: str
    """uid."""
    enterprise_name: str
    address: str
    task: str
    """uid."""
    matters: list[str]
    """Codes."""
    starts: dt.date
    ends: dt.date
    onsite: bool
    state: CheckState
    withdrawn_reason: str


@act(Permission.MONTHLY_PLAN_EDIT)
async def make_checks(tx: Tx, plan_uid: str) -> MonthlyPlanView:
    """Make checks of every drawn task that has none yet. Raises DrawNotDrawn, PlanStepForbidden."""
    plan = await monthly_plan_of(tx, plan_uid, lock=True)
    may_change(plan.state)
    draws = await month_store.draw_results(tx, plan.id)
    waiting = [draw for draw in draws if draw.drawn_at is None]
    if waiting or not draws:
        raise DrawNotDrawn(
            f"还有 {len(waiting)} 项任务已提交名单、尚未抽取" if waiting else "本月还没有抽取任何任务",
            rule="check-from-draw",
            remedy="请先完成抽取",
        )
    await add_checks(tx, plan, draws)
    return await monthly_plan(tx, plan.uid)


@act(Permission.MONTHLY_PLAN_EDIT)
async def withdraw_check(tx: Tx, check_uid: str, reason: str) -> CheckView:
    """Take a planned check out, with the reason; once a visit serves it, the visit must be cancelled instead."""
    check = await month_store.check_by_uid(tx, check_uid)
    if check is None:
        raise CheckUnknown
    if not await month_store.withdraw_check(tx, check.id, given_reason(reason)):
        raise PlanStepForbidden("该待查项已安排检查或已撤下", rule="check-lifecycle", remedy="请取消对应的检查")
    await ledger.append(
        tx,
        ledger.Action.CHECK_REMOVED,
        ledger.Subject("check", check.uid),
        department=check.department,
        private={"reason": reason},
    )
    return (await _check_views(tx, await month_store.checks_by_id(tx, [check.id])))[0]


async def mark_checks(tx: Tx, ids: Sequence[CheckId], state: CheckState) -> int:
    """Move checks along with the visits that serve them; joins the visit's act, whose entry says it."""
    return await month_store.move_checks(tx, ids, state)


@reads(Permission.MONTHLY_PLAN_READ)
async def checks_of_plan(tx: Tx, plan_uid: str, after_check: str = "", limit: int = 100) -> list[CheckView]:
    """Return the checks of a plan, page by page; withdrawn ones say so."""
    plan = await monthly_plan_of(tx, plan_uid)
    start = await month_store.check_by_uid(tx, after_check) if after_check else None
    found = await month_store.checks_of_plan(
        tx, plan.id, start.id if start else CheckId(0), max(1, min(limit, PAGE_MAX))
    )
    return await _check_views(tx, found)


@reads(Permission.MONTHLY_PLAN_READ)
async def checks_of_month(
    tx: Tx,
    month: dt.date,
    states: Sequence[PlanState] = (PlanState.FILED, PlanState.PUBLISHED),
    department: DepartmentId | None = None,
) -> list[Check]:
    """Return the live checks of a month whose plans have come so far: what the merge works on."""
    return await month_store.checks_of_month(tx, month.replace(day=1), states, department)


@reads(Permission.MONTHLY_PLAN_READ)
async def checks_by_id(tx: Tx, ids: Sequence[CheckId]) -> dict[CheckId, Check]:
    """Return some checks."""
    return {check.id: check for check in await month_store.checks_by_id(tx, ids)}


async def add_checks(tx: Tx, plan: MonthlyPlan, draws: Sequence[DrawResult], who: Population | None = None) -> int:
    """Make the checks of drawn tasks; those that a draw has made already stay. Joins the caller's transaction."""
    calendar = await holidays.calendar(tx)
    made = set(await month_store.draws_with_checks(tx, plan.id))
    waiting = [draw for draw in draws if draw.id not in made and draw.drawn]
    tasks = {one.id: one for one in await store.tasks_by_id(tx, [draw.task for draw in waiting])}
    if who is None:
        matters = {matter for task in tasks.values() for matter in task.matters}
        drawn = sorted({one for draw in waiting for one in draw.drawn})
        who = await drawn_population(tx, plan.month, matters, [await catalogue.department(tx, plan.department)], drawn)
    new: list[NewCheck] = []
    for draw in waiting:
        new += await _checks_of_draw(tx, plan, draw, tasks[draw.task], calendar, who)
    if new:
        await month_store.add_checks(tx, plan.id, plan.department, new)
        await ledger.append(
            tx,
            ledger.Action.CHECK_ADDED,
            ledger.Subject("monthly_plan", plan.uid),
            department=plan.department,
            public={"checks": len(new), "month": f"{plan.month:%Y-%m}"},
        )
        await ledger.append_many(tx, check_entries(plan.uid, await _check_lines(tx, new, draws, who)))
    return len(new)


async def _check_lines(
    tx: Tx, new: Sequence[NewCheck], draws: Sequence[DrawResult], who: Population
) -> list[CheckLine]:
    """Write checks by outside identities, as they stand in the ledger."""
    uids = {draw.id: draw.uid for draw in draws}
    names = await month_store.enterprise_uids(tx, sorted({check.enterprise for check in new}))
    return [
        CheckLine(
            check=check.uid,
            draw=uids[check.draw] if check.draw else "",
            enterprise=names[check.enterprise],
            starts=check.starts,
            ends=check.ends,
            matters=[who.matters[one].code for one in check.matters],
        )
        for check in new
    ]


async def _checks_of_draw(
    tx: Tx, plan: MonthlyPlan, draw: DrawResult, task: Task, calendar: Calendar, who: Population
) -> list[NewCheck]:
    days = window(task.starts or plan.month, task.ends or last_day(plan.month), plan.month, calendar)
    if days is None:
        return []
    places = {one.enterprise: one for one in reversed(await enterprises.premises_of(tx, draw.drawn))}
    department = await catalogue.department(tx, plan.department)
    blocked = who.blocked(plan, task, department, overridden=bool(draw.override_reason))
    _, quiet = await quiet_now(tx, plan, task, who)

    def left(enterprise: EnterpriseId) -> tuple[MatterId, ...]:
        barred = blocked.get(enterprise, {})
        return tuple(one.id for one in who.matters_of(task) if one.id not in quiet and one.id not in barred)

    return [
        NewCheck(
            uid=new_uid(tx.random),
            task=task.id,
            draw=draw.id,
            enterprise=enterprise,
            premises=places[enterprise].id,
            starts=days.starts,
            ends=days.ends,
            onsite=task.mode is TaskMode.ONSITE,
            mandatory=any(matter.mandatory for matter in who.matters_of(task)),
            override_reason=draw.override_reason,
            matters=matters,
        )
        for enterprise in draw.drawn
        if (matters := left(enterprise))
    ]


async def _check_views(tx: Tx, checks: Sequence[Check]) -> list[CheckView]:
    names = await enterprises.enterprises_by_id(tx, sorted({check.enterprise for check in checks}))
    places = {one.id: one for one in await enterprises.premises_of(tx, sorted(names))}
    wanted = sorted({matter for check in checks for matter in check.matters})
    matters = await catalogue.matters_by_id(tx, wanted) if wanted else {}
    tasks = {one.id: one.uid for one in await store.tasks_by_id(tx, sorted({check.task for check in checks}))}
    return [
        CheckView(
            uid=check.uid,
            enterprise=names[check.enterprise].uid,
            enterprise_name=names[check.enterprise].name,
            address=places[check.premises].address,
            task=tasks[check.task],
            matters=[matters[one].code for one in check.matters],
            starts=check.starts,
            ends=check.ends,
            onsite=check.onsite,
            state=check.state,
            withdrawn_reason=check.withdrawn_reason,
        )
        for check in checks
    ]
