"""Readings of annual plans: one plan with everything in it, the plans of a year, who is late."""

import datetime as dt
from collections.abc import Sequence

from inspect_registry import rules
from inspect_registry.access import Permission, reads
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import DepartmentId
from inspect_registry.db import Tx
from inspect_registry.plans import store
from inspect_registry.plans.lookups import annual_plan_of, departments_by_id
from inspect_registry.plans.model import Task
from inspect_registry.plans.views import (
    AnnualPlanLine,
    AnnualPlanView,
    DepartmentRef,
    TaskView,
    department_ref,
    plan_line,
    plan_view,
    task_view,
)


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


@reads(Permission.ANNUAL_PLAN_READ)
async def late_departments(tx: Tx, year: int) -> list[DepartmentRef]:
    """Return who has no published plan of a year, once the day for it has passed; before that nobody is late."""
    month_and_day = rules.text("publication.annual_plan.last_day", on=dt.date(year, 1, 1))
    if tx.today <= dt.date.fromisoformat(f"{year}-{month_and_day}"):
        return []
    departments = await departments_by_id(tx)
    return [department_ref(departments[one]) for one in await store.late_departments(tx, year, tx.today)]
