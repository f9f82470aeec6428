"""Readings of annual plans: one plan with everything in it, the plans of a year, who is late."""

import datetime as dt
from collections.abc import Sequence

from inspect_registry import rules
from inspect_registry.access import Permission, reads
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import DepartmentId
from inspect_registry.clock import day_of
from inspect_registry.db import Tx
from inspect_registry.enterprises import service as enterprises
from inspect_registry.enterprises.credit.effects import lightened as resting_on_ended
from inspect_registry.enterprises.model import DeviceLevel, EnterpriseId
from inspect_registry.history import service as history
from inspect_registry.plans import store
from inspect_registry.plans.arrangement import Arrangement, arranged
from inspect_registry.plans.errors import TaskUnknown
from inspect_registry.plans.lookups import annual_plan_of, departments_by_id
from inspect_registry.plans.minimums import MinimumLine, conflicts, guaranteed, longest, minimums_in_force
from inspect_registry.plans.model import AnnualPlan, Task, TaskMode
from inspect_registry.plans.views import (
    AnnualPlanLine,
    AnnualPlanView,
    DepartmentRef,
    SpecialPlan,
    TaskView,
    department_ref,
    plan_line,
    plan_view,
    task_view,
)
from inspect_registry.plans.volume import yearly
from inspect_registry.workdays import months_later

SPECIAL_SINCE = dt.date(2026, 1, 1)
"""First day on which the rule of one month is in force; campaigns before it are shown with the same month."""


@reads(Permission.ANNUAL_PLAN_READ)
async def annual_plan_view(tx: Tx, uid: str) -> AnnualPlanView:
    """Return one plan with its tasks, uploads and steps. Raises PlanUnknown."""
    plan = await annual_plan_of(tx, uid)
    tasks = await task_views(tx, await store.tasks_of_plan(tx, plan.id))
    uploads = await store.uploads(tx, plan.id)
    steps = await store.steps_of_annual_plan(tx, plan.id)
    return plan_view(plan, tasks, uploads, steps, await departments_by_id(tx))


@reads(Permission.ANNUAL_PLAN_READ)
async def annual_plans(tx: Tx, year: int, department: DepartmentId | None = None) -> list[AnnualPlanLine]:
    """Return the plans of a year that the actor may see, newest revision first."""
    departments = await departments_by_id(tx)
    return [plan_line(plan, departments) for plan in await store.annual_plans(tx, year, department)]


@reads(Permission.ANNUAL_PLAN_READ)
async def task_views(tx: Tx, tasks: Sequence[Task]) -> list[TaskView]:
    """Shape tasks with the names of their matters and departments."""
    departments = await departments_by_id(tx)
    wanted = sorted({matter for task in tasks for matter in task.matters})
    matters = await catalogue.matters_by_id(tx, wanted) if wanted else {}
    return [task_view(task, departments, matters) for task in tasks]


@reads(Permission.ANNUAL_PLAN_READ)
async def published_tasks(tx: Tx, first: dt.date, last: dt.date, department: DepartmentId | None = None) -> list[Task]:
    """Return the tasks of published plans whose period touches some days."""
    return await store.tasks_in_force(tx, department, first, last)


@reads(Permission.CREDIT_CLASS_READ)
async def minimum_conflicts(tx: Tx, task_uid: str) -> list[MinimumLine]:
    """Return where a statutory minimum demands more than a task's cap allows or the task guarantees.

    Raises TaskUnknown.
    """
    task = await store.task_by_uid(tx, task_uid)
    if task is None:
        raise TaskUnknown
    on = task.starts or tx.today
    known = minimums_in_force(on)
    matters = list((await catalogue.matters_by_id(tx, task.matters)).values())
    kinds = await enterprises.kinds_for(tx, task.matters)
    ids = [one for kind in kinds for one in kind.enterprises]
    levels: dict[EnterpriseId, list[DeviceLevel]] = {}
    for row in await enterprises.device_levels(tx, ids, on):
        levels.setdefault(row.enterprise, []).append(row.level)
    done: dict[EnterpriseId, list[dt.date]] = {}
    since = dt.date(on.year - longest(known) + 1, 1, 1)
    for fact in await history.inspected_since(tx, ids, [matter.code for matter in matters], since):
        done.setdefault(fact.enterprise, []).append(fact.day)
    return conflicts(
        kinds,
        matters,
        known,
        year=on.year,
        grades=await enterprises.food_risk_grades(tx, ids, on),
        levels=levels,
        done=done,
        cap=task.parsed.cap if task.parsed.cap is not None else rules.whole("frequency.cap.department", on=on),
        planned=guaranteed(task.selection, task.parsed.frequency),
    )


@reads(Permission.CREDIT_CLASS_READ)
async def class_arrangement(tx: Tx, task_uid: str) -> Arrangement:
    """Return how many checks a year the tables by credit class and risk ask for, beside a task. Raises TaskUnknown."""
    task = await store.task_by_uid(tx, task_uid)
    if task is None:
        raise TaskUnknown
    on = task.starts or tx.today
    matters = await catalogue.matters_by_id(tx, task.matters) if task.matters else {}
    ids = [one for kind in await enterprises.kinds_for(tx, task.matters) for one in kind.enterprises]
    return arranged(
        ids,
        await enterprises.credit_classes(tx, ids, on),
        await resting_on_ended(tx, ids, on.replace(day=1)),
        on=on,
        key_risk=any(one.key_risk for one in matters.values()),
        onsite=task.mode is TaskMode.ONSITE,
        cap=task.parsed.cap if task.parsed.cap is not None else rules.whole("frequency.cap.department", on=on),
        planned=yearly(task.parsed.volume, len(ids)),
    )


@reads(Permission.ANNUAL_PLAN_READ)
async def special_plans(tx: Tx, year: int) -> list[SpecialPlan]:
    """Return a year's special campaigns, each with the last day for its publication and its number in the year."""
    departments = await departments_by_id(tx)
    months = rules.whole("publication.special_plan.months", on=max(tx.today, SPECIAL_SINCE))
    found: list[SpecialPlan] = []
    count: dict[DepartmentId, int] = {}
    newest: dict[tuple[DepartmentId, str], AnnualPlan] = {}
    for plan in await store.annual_plans(tx, year, None):
        if plan.campaign:
            newest.setdefault((plan.department, plan.campaign), plan)
    for plan in sorted(newest.values(), key=lambda one: one.created_at):
        count[plan.department] = count.get(plan.department, 0) + 1
        due = months_later(plan.approved_on or day_of(plan.created_at), months)
        published = day_of(plan.published_at) if plan.published_at else None
        found.append(
            SpecialPlan(
                plan=plan_line(plan, departments),
                approval_document=plan.approval_document,
                approved_on=plan.approved_on,
                emergency=plan.emergency,
                publish_due=due,
                late=(published or tx.today) > due,
                number_in_year=count[plan.department],
            )
        )
    return found


@reads(Permission.ANNUAL_PLAN_READ)
async def late_departments(tx: Tx, year: int) -> list[DepartmentRef]:
    """Return who has no published plan of a year, once the day for it has passed; before that nobody is late."""
    month_and_day = rules.text("publication.annual_plan.last_day", on=dt.date(year, 1, 1))
    if tx.today <= dt.date.fromisoformat(f"{year}-{month_and_day}"):
        return []
    departments = await departments_by_id(tx)
    return [department_ref(departments[one]) for one in await store.late_departments(tx, year, tx.today)]
