"""Use cases of an annual plan's life: submit, return, review, file, publish, close, revise.

Permission, then lock, then rule, then rows, then ledger; each act in one transaction. What a plan says is written in
drafting.py, months and draws in months.py and draws.py.
"""

import datetime as dt
from typing import Any

import msgspec

from inspect_registry import ledger, rules
from inspect_registry.access import Permission, act
from inspect_registry.catalogue import service as catalogue
from inspect_registry.db import Tx
from inspect_registry.errors import Place
from inspect_registry.identifiers import new_uid
from inspect_registry.plans import store
from inspect_registry.plans.consent import check_consent
from inspect_registry.plans.drafting import check_none_open, problems_left
from inspect_registry.plans.elements import FIVE_ELEMENTS, SPECIAL_BASIS, campaign_faults, faults, unsettled_places
from inspect_registry.plans.errors import PlanElementMissing, PlanReasonMissing, PlanStepForbidden, PlanUnsettled
from inspect_registry.plans.lifecycle import PlanState, PlanStep, after
from inspect_registry.plans.lookups import annual_plan_of
from inspect_registry.plans.model import AnnualPlan, Task, TaskDraft
from inspect_registry.plans.reading import annual_plan_view
from inspect_registry.plans.revision import differences, digest
from inspect_registry.plans.views import AnnualPlanView

_ACTIONS = {
    PlanStep.SUBMIT: ledger.Action.ANNUAL_PLAN_SUBMITTED,
    PlanStep.RETURN: ledger.Action.ANNUAL_PLAN_RETURNED,
    PlanStep.REVIEW: ledger.Action.ANNUAL_PLAN_REVIEWED,
    PlanStep.FILE: ledger.Action.ANNUAL_PLAN_FILED,
    PlanStep.PUBLISH: ledger.Action.ANNUAL_PLAN_PUBLISHED,
    PlanStep.CLOSE: ledger.Action.ANNUAL_PLAN_CLOSED,
}
_PLACES_SHOWN = 100


@act(Permission.ANNUAL_PLAN_SUBMIT)
async def submit_annual_plan(tx: Tx, uid: str) -> AnnualPlanView:
    """Hand a draft to the coordinator. Raises PlanUnsettled, PlanElementMissing, PlanStepForbidden."""
    plan = await annual_plan_of(tx, uid, lock=True)
    after(plan.state, PlanStep.SUBMIT)
    tasks = await store.tasks_of_plan(tx, plan.id)
    if problems_left(tasks):
        raise PlanUnsettled(
            f"还有 {problems_left(tasks)} 处需要处理",
            rule="plan-settled",
            basis=FIVE_ELEMENTS,
            remedy="请逐处更正，或说明处理意见",
            places=unsettled_places(tasks)[:_PLACES_SHOWN],
        )
    wanted = sorted({matter for task in tasks for matter in task.matters})
    matters = await catalogue.matters_by_id(tx, wanted) if wanted else {}
    found = campaign_faults(plan, tx.today)
    found += faults(tasks, plan.year, matters, rules.whole("frequency.cap.department", on=tx.today))
    if found:
        raise PlanElementMissing(
            found[0].place.message,
            rule=found[0].rule,
            basis=found[0].basis,
            remedy="请按各处说明补正后重新提交",
            places=tuple(fault.place for fault in found[:_PLACES_SHOWN]),
        )
    return await _step(tx, plan, PlanStep.SUBMIT, tasks=tasks)


@act(Permission.ANNUAL_PLAN_REVIEW)
async def return_annual_plan(tx: Tx, uid: str, reason: str) -> AnnualPlanView:
    """Give a plan back to its department, with the reason. Raises PlanReasonMissing, PlanStepForbidden."""
    plan = await annual_plan_of(tx, uid, lock=True)
    return await _step(tx, plan, PlanStep.RETURN, reason=_given(reason, "请说明退回的理由"))


@act(Permission.ANNUAL_PLAN_REVIEW)
async def review_annual_plan(tx: Tx, uid: str, opinion: str) -> AnnualPlanView:
    """Pass the legal review (法制审核), with the opinion. Raises PlanReasonMissing, PlanStepForbidden."""
    plan = await annual_plan_of(tx, uid, lock=True)
    return await _step(tx, plan, PlanStep.REVIEW, reason=_given(opinion, "请填写法制审核意见"))


@act(Permission.ANNUAL_PLAN_FILE)
async def file_annual_plan(tx: Tx, uid: str, number: str = "") -> AnnualPlanView:
    """File a plan (备案): it gets its number, or keeps the one of the revision before."""
    plan = await annual_plan_of(tx, uid, lock=True)
    department = await catalogue.department(tx, plan.department)
    campaign = f"-Z{plan.uid[:6].upper()}" if plan.campaign else ""
    given = plan.number or number.strip()[:60] or f"JH{plan.year}-{department.code.upper()}{campaign}"
    return await _step(tx, plan, PlanStep.FILE, number=given)


@act(Permission.ANNUAL_PLAN_EDIT)
async def approve_campaign(tx: Tx, uid: str, document: str, approved_on: dt.date) -> AnnualPlanView:
    """Note the approval of a special campaign that began in an emergency. Raises PlanElementMissing."""
    plan = await annual_plan_of(tx, uid, lock=True)
    if not plan.campaign or plan.approved_on is not None or plan.state is PlanState.CLOSED:
        raise PlanStepForbidden("该计划不需要补办专项批准", rule="special-approved", basis=SPECIAL_BASIS)
    noted = msgspec.structs.replace(plan, approval_document=document.strip()[:100], approved_on=approved_on)
    found = campaign_faults(noted, tx.today)
    if found:
        raise PlanElementMissing(found[0].place.message, rule=found[0].rule, basis=found[0].basis)
    await store.approve_campaign(tx, plan.id, noted.approval_document, approved_on)
    await ledger.append(
        tx,
        ledger.Action.ANNUAL_PLAN_REVISED,
        ledger.Subject("annual_plan", plan.uid),
        department=plan.department,
        public={"approval": noted.approval_document[:120], "approved_on": approved_on.isoformat()},
    )
    return await annual_plan_view(tx, plan.uid)


@act(Permission.ANNUAL_PLAN_PUBLISH)
async def publish_annual_plan(tx: Tx, uid: str) -> AnnualPlanView:
    """Publish a filed plan; the revision before it is closed, and what changed is kept for the public."""
    plan = await annual_plan_of(tx, uid, lock=True)
    after(plan.state, PlanStep.PUBLISH)
    if plan.campaign and plan.approved_on is None:
        raise PlanElementMissing(
            f"专项检查“{plan.campaign}”尚未补办批准",
            rule="special-approved",
            basis=SPECIAL_BASIS,
            remedy="请登记批准文号和批准日期后公布",
        )
    await check_consent(tx, plan)
    tasks = await store.tasks_of_plan(tx, plan.id)
    changes: list[Any] = []
    earlier = await store.published_before(tx, plan.department, plan.year, plan.campaign)
    if earlier is not None:
        changes = msgspec.to_builtins(differences(await store.tasks_of_plan(tx, earlier.id), tasks))
        await _move(tx, earlier, PlanStep.CLOSE, reason=f"由第 {plan.revision} 次修订取代")
    return await _step(tx, plan, PlanStep.PUBLISH, tasks=tasks, changes=changes)


@act(Permission.ANNUAL_PLAN_PUBLISH)
async def close_annual_plan(tx: Tx, uid: str, reason: str) -> AnnualPlanView:
    """Close a published plan: carried out, or ended early, with the reason."""
    plan = await annual_plan_of(tx, uid, lock=True)
    return await _step(tx, plan, PlanStep.CLOSE, reason=_given(reason, "请说明办结或终止的情况"))


@act(Permission.ANNUAL_PLAN_EDIT)
async def revise_annual_plan(tx: Tx, uid: str, reason: str) -> AnnualPlanView:
    """Open a numbered revision of a published plan, a copy to be changed. Raises PlanStepForbidden, PlanAlreadyOpen."""
    plan = await annual_plan_of(tx, uid, lock=True)
    if plan.state is not PlanState.PUBLISHED:
        raise PlanStepForbidden("只有已公布的计划可以修订", rule="plan-lifecycle", basis=FIVE_ELEMENTS)
    await check_none_open(tx, plan.department, plan.year, plan.campaign)
    revision = await store.add_annual_plan(
        tx,
        new_uid(tx.random),
        department=plan.department,
        year=plan.year,
        campaign=plan.campaign,
        approval_document=plan.approval_document,
        approved_on=plan.approved_on,
        emergency=plan.emergency,
        revision=plan.revision + 1,
        title=plan.title,
        number=plan.number,
        reason=_given(reason, "请说明修订的原因"),
        upstream_plan_code=plan.upstream_plan_code,
    )
    drafts = [_copied(task) for task in await store.tasks_of_plan(tx, plan.id)]
    await store.add_tasks(tx, revision.id, [new_uid(tx.random) for _ in drafts], drafts, 1)
    await store.add_steps(tx, [(revision.id, None, plan.department)], "revise", revision.state, revision.reason)
    await ledger.append(
        tx,
        ledger.Action.ANNUAL_PLAN_REVISED,
        ledger.Subject("annual_plan", revision.uid),
        department=plan.department,
        public={"of": plan.uid, "revision": revision.revision},
        private={"reason": revision.reason},
    )
    return await annual_plan_view(tx, revision.uid)


async def _step(
    tx: Tx,
    plan: AnnualPlan,
    step: PlanStep,
    *,
    reason: str = "",
    number: str | None = None,
    tasks: list[Task] | None = None,
    changes: list[Any] | None = None,
) -> AnnualPlanView:
    await _move(tx, plan, step, reason=reason, number=number, tasks=tasks, changes=changes)
    return await annual_plan_view(tx, plan.uid)


async def _move(
    tx: Tx,
    plan: AnnualPlan,
    step: PlanStep,
    *,
    reason: str = "",
    number: str | None = None,
    tasks: list[Task] | None = None,
    changes: list[Any] | None = None,
) -> AnnualPlan:
    """Take one step: state, note and ledger entry."""
    state = after(plan.state, step)
    moved = await store.move_annual_plan(tx, plan.id, state, number, changes)
    await store.add_steps(tx, [(plan.id, None, plan.department)], step.value, state, reason)
    public: dict[str, int | str] = {"year": plan.year, "revision": plan.revision}
    if moved.number:
        public["number"] = moved.number
    if tasks is not None:
        public |= {"tasks": len(tasks), "digest": digest(tasks)}
    await ledger.append(
        tx,
        _ACTIONS[step],
        ledger.Subject("annual_plan", plan.uid),
        department=plan.department,
        public=public,
        private={"reason": reason},
    )
    return moved


def _copied(task: Task) -> TaskDraft:
    return TaskDraft(
        name=task.name,
        matters=tuple(task.matters),
        joint_departments=tuple(task.joint_departments),
        objects=task.objects,
        kind=task.kind,
        mode=task.mode,
        selection=task.selection,
        ratio=task.parsed.ratio,
        count=task.parsed.count,
        frequency=task.parsed.frequency,
        cap=task.parsed.cap,
        starts=task.starts,
        ends=task.ends,
        basis=task.basis,
        by_class=task.parsed.by_class,
        upstream_code=task.parsed.upstream_code,
        notes=task.parsed.notes,
        cells=task.cells,
        source_sheet=task.source_sheet,
        source_row=task.source_row,
    )


def _given(text: str, wanted: str) -> str:
    if not text.strip() or len(text) > 1_000 or "\0" in text:
        raise PlanReasonMissing(f"{wanted}（1 至 1000 字）", places=(Place(field="reason", text=text[:100]),))
    return text.strip()
