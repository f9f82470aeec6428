"""Use cases of a department's month: open it, walk it to publication, read it. Its checks are in month_checks.py."""

import datetime as dt

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue import holidays
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import DepartmentId
from inspect_registry.db import Tx
from inspect_registry.errors import Place
from inspect_registry.identifiers import new_uid
from inspect_registry.plans import crew_store, month_store, store
from inspect_registry.plans.errors import CrewNotDrawn, MonthOver, PlanElementMissing, PlanReasonMissing
from inspect_registry.plans.lifecycle import PlanState, PlanStep, after
from inspect_registry.plans.lookups import acting_department, departments_by_id, monthly_plan_of
from inspect_registry.plans.model import MonthlyPlan, Step
from inspect_registry.plans.views import DepartmentRef, department_ref

_ACTIONS = {
    PlanStep.SUBMIT: ledger.Action.MONTHLY_PLAN_SUBMITTED,
    PlanStep.RETURN: ledger.Action.MONTHLY_PLAN_RETURNED,
    PlanStep.REVIEW: ledger.Action.MONTHLY_PLAN_REVIEWED,
    PlanStep.FILE: ledger.Action.MONTHLY_PLAN_FILED,
    PlanStep.PUBLISH: ledger.Action.MONTHLY_PLAN_PUBLISHED,
    PlanStep.CLOSE: ledger.Action.MONTHLY_PLAN_CLOSED,
}


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


@act(Permission.MONTHLY_PLAN_EDIT)
async def draft_monthly_plan(tx: Tx, month: dt.date, department: str = "") -> MonthlyPlanView:
    """Open a department's plan of a month. Raises MonthOver, MonthAlreadyPlanned."""
    whose = await acting_department(tx, department, max(tx.today, month))
    plan = await open_month(tx, whose.id, month)
    return await monthly_plan(tx, plan.uid)


@act(Permission.MONTHLY_PLAN_SUBMIT)
async def submit_monthly_plan(tx: Tx, uid: str) -> MonthlyPlanView:
    """Hand a month to the coordinator. Raises PlanElementMissing for a month without checks, CrewNotDrawn."""
    plan = await monthly_plan_of(tx, uid, lock=True)
    after(plan.state, PlanStep.SUBMIT)
    if not await month_store.count_checks(tx, plan.id):
        raise PlanElementMissing("本月计划中没有待查项", rule="plan-elements", remedy="请先抽取并生成待查项")
    without = await crew_store.crewless_checks(tx, plan.id)
    if without:
        raise CrewNotDrawn(
            f"有 {without} 个随机抽取的待查项尚未随机选派执法检查人员，或符合条件的人员不足",
            rule="crew-drawn",
            basis="《优化营商环境条例》第五十四条",
            remedy="请完成选派；人员不足的，可说明理由后放开轮换再次选派，或者撤下待查项",
        )
    return await _step(tx, plan, PlanStep.SUBMIT)


@act(Permission.MONTHLY_PLAN_FILE)
async def return_monthly_plan(tx: Tx, uid: str, reason: str) -> MonthlyPlanView:
    """Give a month back to its department, with the reason."""
    plan = await monthly_plan_of(tx, uid, lock=True)
    return await _step(tx, plan, PlanStep.RETURN, reason=given_reason(reason))


@act(Permission.MONTHLY_PLAN_FILE)
async def review_monthly_plan(tx: Tx, uid: str, opinion: str) -> MonthlyPlanView:
    """Pass the legal review, with the opinion."""
    plan = await monthly_plan_of(tx, uid, lock=True)
    return await _step(tx, plan, PlanStep.REVIEW, reason=given_reason(opinion))


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
    return await _step(tx, plan, PlanStep.CLOSE, reason=given_reason(reason))


@reads(Permission.MONTHLY_PLAN_READ)
async def monthly_plan(tx: Tx, uid: str) -> MonthlyPlanView:
    """Return one plan of a month. Raises PlanUnknown."""
    return await _plan_view(tx, await monthly_plan_of(tx, uid))


@reads(Permission.MONTHLY_PLAN_READ)
async def monthly_plans(tx: Tx, month: dt.date) -> list[MonthlyPlanView]:
    """Return the plans of a month that the actor may see."""
    return [await _plan_view(tx, plan) for plan in await month_store.monthly_plans(tx, month.replace(day=1), None)]


async def open_month(tx: Tx, department: DepartmentId, month: dt.date) -> MonthlyPlan:
    """Open a department's plan of a month; joins the caller's transaction. Raises MonthOver, MonthAlreadyPlanned."""
    first = month.replace(day=1)
    if last_day(first) < tx.today:
        raise MonthOver(f"{first:%Y-%m} 已经结束", rule="month-not-over", places=(Place(field="month"),))
    calendar = await holidays.calendar(tx)
    provisional = calendar.count(first, last_day(first)).provisional
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


def given_reason(text: str) -> str:
    """Return a reason as it is stored. Raises PlanReasonMissing."""
    if not text.strip() or len(text) > 1_000 or "\0" in text:
        raise PlanReasonMissing("请说明理由（1 至 1000 字）", places=(Place(field="reason", text=text[:100]),))
    return text.strip()


def last_day(month: dt.date) -> dt.date:
    """Return the last day of a month."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
