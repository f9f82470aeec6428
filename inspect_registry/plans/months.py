"""Use cases of a month: open it, make its checks from the draws, walk it to publication, withdraw a check."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import DepartmentId
from inspect_registry.db import Tx
from inspect_registry.enterprises import service as enterprises
from inspect_registry.errors import Place
from inspect_registry.identifiers import new_uid
from inspect_registry.plans import month_store, store
from inspect_registry.plans.draw import Method
from inspect_registry.plans.draw_shapes import CommitDraw, SeedDraft
from inspect_registry.plans.drawing import blocked_now, commit, quiet_now, reveal
from inspect_registry.plans.errors import (
    CheckUnknown,
    DrawNotDrawn,
    MonthOver,
    PlanElementMissing,
    PlanReasonMissing,
    PlanStepForbidden,
)
from inspect_registry.plans.lifecycle import PlanState, PlanStep, after, may_change
from inspect_registry.plans.lookups import acting_department, departments_by_id, monthly_plan_of
from inspect_registry.plans.model import (
    Check,
    CheckId,
    CheckState,
    DrawRow,
    MonthlyPlan,
    NewCheck,
    Step,
    Task,
    TaskMode,
)
from inspect_registry.plans.records import CheckLine, check_entries
from inspect_registry.plans.views import DepartmentRef, department_ref
from inspect_registry.plans.volume import window
from inspect_registry.workdays import Calendar

PAGE_MAX = 500
_ACTIONS = {
    PlanStep.SUBMIT: ledger.Action.MONTHLY_PLAN_SUBMITTED,
    PlanStep.RETURN: ledger.Action.MONTHLY_PLAN_RETURNED,
    PlanStep.REVIEW: ledger.Action.MONTHLY_PLAN_REVIEWED,
    PlanStep.FILE: ledger.Action.MONTHLY_PLAN_FILED,
    PlanStep.PUBLISH: ledger.Action.MONTHLY_PLAN_PUBLISHED,
    PlanStep.CLOSE: ledger.Action.MONTHLY_PLAN_CLOSED,
}


class MonthOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a department's month needs, for programs: one seed for all its draws."""

    department: DepartmentId
    month: dt.date
    seed: str
    seed_source: str
    appeared_at: dt.datetime | None = None


class GeneratedMonth(msgspec.Struct, frozen=True, kw_only=True):
    """What a department's month has become."""

    plan: MonthlyPlan
    draws: int
    checks: int


class MonthlyPlanView(msgspec.Struct, frozen=True, kw_only=True):
    """One department's plan of a month."""

    uid: str
    department: DepartmentRef
    month: dt.date
    state: PlanState
    number: str | None
    provisional: bool
    checks: int
    steps: list[Step]
    created_at: dt.datetime
    submitted_at: dt.datetime | None
    filed_at: dt.datetime | None
    published_at: dt.datetime | None


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
async def draft_monthly_plan(tx: Tx, month: dt.date, department: str = "") -> MonthlyPlanView:
    """Open a department's plan of a month. Raises MonthOver, MonthAlreadyPlanned."""
    whose = await acting_department(tx, department, max(tx.today, month))
    plan = await _open(tx, whose.id, month)
    return await monthly_plan(tx, plan.uid)


@act(Permission.MONTHLY_PLAN_EDIT)
async def make_checks(tx: Tx, plan_uid: str) -> MonthlyPlanView:
    """Make checks of every drawn task that has none yet. Raises DrawNotDrawn, PlanStepForbidden."""
    plan = await monthly_plan_of(tx, plan_uid, lock=True)
    may_change(plan.state)
    draws = await month_store.draws_of_monthly_plan(tx, plan.id)
    waiting = [draw for draw in draws if draw.drawn_at is None]
    if waiting or not draws:
        raise DrawNotDrawn(
            f"还有 {len(waiting)} 项任务已提交名单、尚未抽取" if waiting else "本月还没有抽取任何任务",
            rule="check-from-draw",
            remedy="请先完成抽取",
        )
    await _add_checks(tx, plan, draws)
    return await monthly_plan(tx, plan.uid)


@act(Permission.MONTHLY_PLAN_EDIT)
async def generate_month(tx: Tx, order: MonthOrder) -> GeneratedMonth:
    """Open a department's month, draw every task in force, and make the checks, in one act."""
    plan = await _open(tx, order.department, order.month)
    last = _last_day(plan.month)
    tasks = await store.tasks_in_force(tx, order.department, plan.month, last)
    urns = [
        await commit(tx, plan, task, CommitDraw(task=task.uid))
        for task in tasks
        if task.selection is not Method.TARGETED
    ]
    committed = {urn.draw: urn for urn in urns}
    seed = SeedDraft(seed=order.seed, source=order.seed_source, appeared_at=order.appeared_at)
    draws = await month_store.draws_of_monthly_plan(tx, plan.id)
    for draw in draws:
        await reveal(tx, draw, seed, committed[draw.uid])
    drawn = await month_store.draws_of_monthly_plan(tx, plan.id)
    checks = await _add_checks(tx, plan, drawn)
    return GeneratedMonth(plan=plan, draws=len(drawn), checks=checks)


@act(Permission.MONTHLY_PLAN_SUBMIT)
async def submit_monthly_plan(tx: Tx, uid: str) -> MonthlyPlanView:
    """Hand a month to the coordinator. Raises PlanElementMissing for a month without checks."""
    plan = await monthly_plan_of(tx, uid, lock=True)
    after(plan.state, PlanStep.SUBMIT)
    if not await month_store.count_checks(tx, plan.id):
        raise PlanElementMissing("本月计划中没有待查项", rule="plan-elements", remedy="请先抽取并生成待查项")
    return await _step(tx, plan, PlanStep.SUBMIT)


@act(Permission.MONTHLY_PLAN_FILE)
async def return_monthly_plan(tx: Tx, uid: str, reason: str) -> MonthlyPlanView:
    """Give a month back to its department, with the reason."""
    plan = await monthly_plan_of(tx, uid, lock=True)
    return await _step(tx, plan, PlanStep.RETURN, reason=_given(reason))


@act(Permission.MONTHLY_PLAN_FILE)
async def review_monthly_plan(tx: Tx, uid: str, opinion: str) -> MonthlyPlanView:
    """Pass the legal review, with the opinion."""
    plan = await monthly_plan_of(tx, uid, lock=True)
    return await _step(tx, plan, PlanStep.REVIEW, reason=_given(opinion))


@act(Permission.MONTHLY_PLAN_FILE)
async def file_monthly_plan(tx: Tx, uid: str) -> MonthlyPlanView:
    """File a month: it gets its number and goes into the merge."""
    plan = await monthly_plan_of(tx, uid, lock=True)
    department = await catalogue.department(tx, plan.department)
    return await _step(tx, plan, PlanStep.FILE, number=f"JH{plan.month:%Y%m}-{department.code.upper()}")


@act(Permission.MONTHLY_PLAN_PUBLISH)
async def publish_monthly_plan(tx: Tx, uid: str) -> MonthlyPlanView:
    """Publish a filed month; the release that shows it is publication's."""
    plan = await monthly_plan_of(tx, uid, lock=True)
    return await _step(tx, plan, PlanStep.PUBLISH)


@act(Permission.MONTHLY_PLAN_PUBLISH)
async def close_monthly_plan(tx: Tx, uid: str, reason: str) -> MonthlyPlanView:
    """Close a month that was carried out."""
    plan = await monthly_plan_of(tx, uid, lock=True)
    return await _step(tx, plan, PlanStep.CLOSE, reason=_given(reason))


@act(Permission.MONTHLY_PLAN_EDIT)
async def withdraw_check(tx: Tx, check_uid: str, reason: str) -> CheckView:
    """Take a planned check out, with the reason; once a visit serves it, the visit must be cancelled instead."""
    check = await month_store.check_by_uid(tx, check_uid)
    if check is None:
        raise CheckUnknown
    if not await month_store.withdraw_check(tx, check.id, _given(reason)):
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
async def monthly_plan(tx: Tx, uid: str) -> MonthlyPlanView:
    """Return one plan of a month. Raises PlanUnknown."""
    return await _plan_view(tx, await monthly_plan_of(tx, uid))


@reads(Permission.MONTHLY_PLAN_READ)
async def monthly_plans(tx: Tx, month: dt.date) -> list[MonthlyPlanView]:
    """Return the plans of a month that the actor may see."""
    return [await _plan_view(tx, plan) for plan in await month_store.monthly_plans(tx, month.replace(day=1), None)]


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


async def _open(tx: Tx, department: DepartmentId, month: dt.date) -> MonthlyPlan:
    first = month.replace(day=1)
    if _last_day(first) < tx.today:
        raise MonthOver(f"{first:%Y-%m} 已经结束", rule="month-not-over", places=(Place(field="month"),))
    calendar = await catalogue.calendar(tx)
    provisional = not calendar.is_official(first.year)
    plan = await month_store.add_monthly_plan(tx, new_uid(tx.random), department, first, provisional=provisional)
    await store.add_steps(tx, [(None, plan.id, department)], "draft", plan.state, "")
    await ledger.append(
        tx,
        ledger.Action.MONTHLY_PLAN_DRAFTED,
        ledger.Subject("monthly_plan", plan.uid),
        department=department,
        public={"month": f"{first:%Y-%m}", "provisional": int(provisional)},
    )
    return plan


async def _add_checks(tx: Tx, plan: MonthlyPlan, draws: Sequence[DrawRow]) -> int:
    """Make the checks of drawn tasks; those that a draw has made already stay."""
    calendar = await catalogue.calendar(tx)
    present = await month_store.checks_of_plan(tx, plan.id, CheckId(0), 1_000_000)
    made = {check.draw for check in present}
    new: list[NewCheck] = []
    for draw in draws:
        task = await store.task_by_id(tx, draw.task)
        if draw.id in made or task is None or not draw.drawn:
            continue
        new += await _checks_of_draw(tx, plan, draw, task, calendar)
    if new:
        await month_store.add_checks(tx, plan.id, plan.department, new)
        await ledger.append(
            tx,
            ledger.Action.CHECK_ADDED,
            ledger.Subject("monthly_plan", plan.uid),
            department=plan.department,
            public={"checks": len(new), "month": f"{plan.month:%Y-%m}"},
        )
        await ledger.append_many(tx, check_entries(plan.uid, await _check_lines(tx, new)))
    return len(new)


async def _check_lines(tx: Tx, new: Sequence[NewCheck]) -> list[CheckLine]:
    """Write checks by outside identities, as they stand in the ledger."""
    draws: dict[int, str] = {}
    names = await enterprises.enterprises_by_id(tx, sorted({check.enterprise for check in new}))
    matters = await catalogue.matters_by_id(tx, sorted({one for check in new for one in check.matters}))
    for draw in await month_store.draw_uids(tx, sorted({check.draw for check in new if check.draw})):
        draws[draw.id] = draw.uid
    return [
        CheckLine(
            check=check.uid,
            draw=draws[check.draw] if check.draw else "",
            enterprise=names[check.enterprise].uid,
            starts=check.starts,
            ends=check.ends,
            matters=[matters[one].code for one in check.matters],
        )
        for check in new
    ]


async def _checks_of_draw(tx: Tx, plan: MonthlyPlan, draw: DrawRow, task: Task, calendar: Calendar) -> list[NewCheck]:
    days = window(task.starts or plan.month, task.ends or _last_day(plan.month), plan.month, calendar)
    if days is None:
        return []
    matters = (await catalogue.matters_by_id(tx, task.matters)).values()
    places = {one.enterprise: one for one in reversed(await enterprises.premises_of(tx, draw.drawn))}
    blocked = await blocked_now(tx, plan, task, draw.drawn, overridden=bool(draw.override_reason))
    _, quiet = await quiet_now(tx, plan, task)
    left = {one: [m for m in task.matters if m not in quiet and m not in blocked.get(one, {})] for one in draw.drawn}
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
            mandatory=any(matter.mandatory for matter in matters),
            override_reason=draw.override_reason,
            matters=tuple(left[enterprise]),
        )
        for enterprise in draw.drawn
        if left[enterprise]
    ]


async def _step(
    tx: Tx, plan: MonthlyPlan, step: PlanStep, *, reason: str = "", number: str | None = None
) -> MonthlyPlanView:
    state = after(plan.state, step)
    moved = await month_store.move_monthly_plan(tx, plan.id, state, number)
    await store.add_steps(tx, [(None, plan.id, plan.department)], step.value, state, reason)
    checks = await month_store.count_checks(tx, plan.id)
    public: dict[str, int | str] = {"month": f"{plan.month:%Y-%m}", "checks": checks}
    if moved.number:
        public["number"] = moved.number
    await ledger.append(
        tx,
        _ACTIONS[step],
        ledger.Subject("monthly_plan", plan.uid),
        department=plan.department,
        public=public,
        private={"reason": reason},
    )
    return await _plan_view(tx, moved)


async def _plan_view(tx: Tx, plan: MonthlyPlan) -> MonthlyPlanView:
    departments = await departments_by_id(tx)
    return MonthlyPlanView(
        uid=plan.uid,
        department=department_ref(departments[plan.department]),
        month=plan.month,
        state=plan.state,
        number=plan.number,
        provisional=plan.provisional,
        checks=await month_store.count_checks(tx, plan.id),
        steps=await store.steps_of_monthly_plan(tx, plan.id),
        created_at=plan.created_at,
        submitted_at=plan.submitted_at,
        filed_at=plan.filed_at,
        published_at=plan.published_at,
    )


async def _check_views(tx: Tx, checks: Sequence[Check]) -> list[CheckView]:
    names = await enterprises.enterprises_by_id(tx, sorted({check.enterprise for check in checks}))
    places = {one.id: one for one in await enterprises.premises_of(tx, sorted(names))}
    wanted = sorted({matter for check in checks for matter in check.matters})
    matters = await catalogue.matters_by_id(tx, wanted) if wanted else {}
    tasks = {one: await store.task_by_id(tx, one) for one in {check.task for check in checks}}
    return [
        CheckView(
            uid=check.uid,
            enterprise=names[check.enterprise].uid,
            enterprise_name=names[check.enterprise].name,
            address=places[check.premises].address,
            task=task.uid if (task := tasks[check.task]) else "",
            matters=[matters[one].code for one in check.matters],
            starts=check.starts,
            ends=check.ends,
            onsite=check.onsite,
            state=check.state,
            withdrawn_reason=check.withdrawn_reason,
        )
        for check in checks
    ]


def _given(text: str) -> str:
    if not text.strip() or len(text) > 1_000 or "\0" in text:
        raise PlanReasonMissing("请说明理由（1 至 1000 字）", places=(Place(field="reason", text=text[:100]),))
    return text.strip()


def _last_day(month: dt.date) -> dt.date:
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
