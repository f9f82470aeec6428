"""Annual plans in the database: one typed function for each query of plans.sql."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from inspect_registry.catalogue.model import DepartmentId
from inspect_registry.db import SqlFile, Tx
from inspect_registry.plans.lifecycle import PlanState
from inspect_registry.plans.model import AnnualPlan, AnnualPlanId, MonthlyPlanId, Step, Task, TaskDraft, TaskId, Upload

SQL = SqlFile(__file__, "plans.sql")


async def annual_plan_by_uid(tx: Tx, uid: str) -> AnnualPlan | None:
    """Return one revision, if the actor may see it."""
    return await tx.maybe(SQL["annual_plan_by_uid"], AnnualPlan, uid)


async def annual_plan_locked(tx: Tx, uid: str) -> AnnualPlan | None:
    """Return one revision and hold it until the transaction ends."""
    return await tx.maybe(SQL["annual_plan_locked"], AnnualPlan, uid)


async def annual_plan_by_id(tx: Tx, plan: AnnualPlanId) -> AnnualPlan | None:
    """Return one revision, if the actor may see it."""
    return await tx.maybe(SQL["annual_plan_by_id"], AnnualPlan, plan)


async def annual_plans(tx: Tx, year: int, department: DepartmentId | None) -> list[AnnualPlan]:
    """Return the plans of a year."""
    return await tx.many(SQL["annual_plans"], AnnualPlan, year, department)


async def published_before(tx: Tx, department: DepartmentId, year: int, campaign: str) -> AnnualPlan | None:
    """Return the revision in force and hold it."""
    return await tx.maybe(SQL["published_before"], AnnualPlan, department, year, campaign)


async def open_annual_plan(tx: Tx, department: DepartmentId, year: int, campaign: str) -> AnnualPlan | None:
    """Return the revision that is being worked on and hold it."""
    return await tx.maybe(SQL["open_annual_plan"], AnnualPlan, department, year, campaign)


async def add_annual_plan(
    tx: Tx,
    uid: str,
    *,
    department: DepartmentId,
    year: int,
    campaign: str,
    approval_document: str,
    approved_on: dt.date | None,
    emergency: bool,
    revision: int,
    title: str,
    number: str | None,
    reason: str,
    upstream_plan_code: str,
) -> AnnualPlan:
    """Open a draft."""
    return await tx.one(
        SQL["add_annual_plan"],
        AnnualPlan,
        uid,
        department,
        year,
        campaign,
        approval_document,
        revision,
        title,
        number,
        reason,
        tx.now,
        approved_on,
        emergency,
        upstream_plan_code,
    )


async def move_annual_plan(
    tx: Tx, plan: AnnualPlanId, state: PlanState, number: str | None = None, changes: list[Any] | None = None
) -> AnnualPlan:
    """Take a plan to its next state."""
    return await tx.one(SQL["move_annual_plan"], AnnualPlan, plan, state.value, tx.now, number, changes)


async def approve_campaign(tx: Tx, plan: AnnualPlanId, document: str, day: dt.date) -> int:
    """Note the approval of a special campaign."""
    return await tx.execute(SQL["approve_campaign"], plan, document, day)


async def add_upload(tx: Tx, plan: AnnualPlanId, upload: Upload, content: bytes) -> None:
    """Keep a file as it came."""
    await tx.execute(
        SQL["add_upload"],
        plan,
        upload.file_name,
        upload.digest,
        content,
        upload.problems,
        upload.skipped,
        upload.uploaded_at,
        tx.actor.person,
    )


async def uploads(tx: Tx, plan: AnnualPlanId) -> list[Upload]:
    """Return the files of a plan, newest first."""
    return await tx.many(SQL["uploads"], Upload, plan)


async def add_tasks(
    tx: Tx, plan: AnnualPlanId, uids: Sequence[str], drafts: Sequence[TaskDraft], first_position: int
) -> int:
    """Add tasks in the given order."""
    return await tx.execute(
        SQL["add_tasks"],
        plan,
        list(uids),
        [first_position + index for index in range(len(drafts))],
        [draft.name for draft in drafts],
        [draft.kind.value for draft in drafts],
        [_lists(draft) for draft in drafts],
        [draft.objects for draft in drafts],
        [draft.mode.value for draft in drafts],
        [draft.selection.value for draft in drafts],
        [draft.starts for draft in drafts],
        [draft.ends for draft in drafts],
        [draft.basis for draft in drafts],
        [draft.cells for draft in drafts],
        [draft.parsed for draft in drafts],
        [draft.source_sheet for draft in drafts],
        [draft.source_row for draft in drafts],
    )


def _lists(draft: TaskDraft) -> dict[str, object]:
    """Return a task's lists as one JSON value: an array of arrays cannot be ragged in a query's parameter."""
    return {"matters": draft.matters, "joint_departments": draft.joint_departments, "problems": draft.problems}


async def tasks_of_plan(tx: Tx, plan: AnnualPlanId) -> list[Task]:
    """Return a plan's tasks in their order."""
    return await tx.many(SQL["tasks_of_plan"], Task, plan)


async def task_by_uid(tx: Tx, uid: str) -> Task | None:
    """Return one task, if the actor may see it."""
    return await tx.maybe(SQL["task_by_uid"], Task, uid)


async def tasks_by_id(tx: Tx, tasks: Sequence[TaskId]) -> list[Task]:
    """Return some tasks, as far as the actor may see them."""
    return await tx.many(SQL["tasks_by_id"], Task, list(tasks))


async def tasks_in_force(tx: Tx, department: DepartmentId | None, first: dt.date, last: dt.date) -> list[Task]:
    """Return the tasks of published plans whose period touches some days."""
    return await tx.many(SQL["tasks_in_force"], Task, department, first, last)


async def change_task(tx: Tx, task: Task) -> Task:
    """Write a task's fields."""
    return await tx.one(
        SQL["change_task"],
        Task,
        task.id,
        task.name,
        task.kind.value,
        list(task.matters),
        list(task.joint_departments),
        task.objects,
        task.mode.value,
        task.selection.value,
        task.starts,
        task.ends,
        task.basis,
        task.parsed,
        list(task.problems),
    )


async def last_position(tx: Tx, plan: AnnualPlanId) -> int:
    """Return the highest position of a plan's tasks."""
    return await tx.value(SQL["last_position"], int, plan)


async def remove_task(tx: Tx, task: TaskId) -> int:
    """Take a task out."""
    return await tx.execute(SQL["remove_task"], task)


async def remove_tasks(tx: Tx, plan: AnnualPlanId) -> int:
    """Take every task out."""
    return await tx.execute(SQL["remove_tasks"], plan)


async def add_steps(
    tx: Tx,
    plans: Sequence[tuple[AnnualPlanId | None, MonthlyPlanId | None, DepartmentId]],
    step: str,
    state: PlanState,
    reason: str,
) -> int:
    """Note one step of many plans."""
    return await tx.execute(
        SQL["add_steps"],
        [annual for annual, _, _ in plans],
        [monthly for _, monthly, _ in plans],
        [department for _, _, department in plans],
        step,
        state.value,
        reason,
        tx.actor.person,
        tx.now,
    )


async def steps_of_annual_plan(tx: Tx, plan: AnnualPlanId) -> list[Step]:
    """Return a plan's life."""
    return await tx.many(SQL["steps_of_annual_plan"], Step, plan)


async def steps_of_monthly_plan(tx: Tx, plan: MonthlyPlanId) -> list[Step]:
    """Return a plan's life."""
    return await tx.many(SQL["steps_of_monthly_plan"], Step, plan)


async def late_departments(tx: Tx, year: int, on: dt.date) -> list[DepartmentId]:
    """Return listed authorities without a published plan."""
    return await tx.values(SQL["late_departments"], DepartmentId, year, on)
