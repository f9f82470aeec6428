"""Find what an act is about, and the catalogue around it: shared by the use cases of plans."""

import datetime as dt
from collections.abc import Sequence

from inspect_registry.actor import Role
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.errors import DepartmentUnknown, MatterUnknown
from inspect_registry.catalogue.model import Department, DepartmentId, Matter, MatterId
from inspect_registry.db import Tx
from inspect_registry.errors import NotAllowed, Place
from inspect_registry.plans import month_store, store
from inspect_registry.plans.elements import PUBLISHED_ONLY
from inspect_registry.plans.errors import DepartmentNotListed, PlanUnknown, TaskAgainstRule, TaskUnknown
from inspect_registry.plans.model import AnnualPlan, MonthlyPlan, Task

LISTED_BASIS = "《国务院办公厅关于严格规范涉企行政检查的意见》（国办发〔2024〕54号）：检查主体应经确认并公告"
_EVERYWHERE = frozenset({Role.COORDINATOR, Role.SYSTEM})


async def departments_by_id(tx: Tx) -> dict[DepartmentId, Department]:
    """Return every department ever listed."""
    return {one.id: one for one in await catalogue.departments(tx)}


async def acting_department(tx: Tx, named: str, on: dt.date) -> Department:
    """Return the department an act is for: the actor's own, or the named one for those who act for all.

    Raises DepartmentUnknown, NotAllowed; an unlisted or expired department may not plan.
    """
    if named:
        department = await catalogue.department_by_code(tx, named)
    elif tx.actor.department:
        department = await catalogue.department(tx, DepartmentId(tx.actor.department))
    else:
        raise DepartmentUnknown("请指明检查主体")
    if tx.actor.role not in _EVERYWHERE and department.id != tx.actor.department:
        raise NotAllowed("只能办理本部门的计划")
    if not department.listed_on(on):
        raise DepartmentNotListed(
            f"{department.name}在 {on} 不是已公告的检查主体",
            rule="department-listed",
            basis=LISTED_BASIS,
            remedy="请先办理检查主体公告",
            places=(Place(field="department", text=department.name, message=f"{on} 时不在检查主体名录中"),),
        )
    return department


async def annual_plan_of(tx: Tx, uid: str, *, lock: bool = False) -> AnnualPlan:
    """Return one annual plan. Raises PlanUnknown."""
    found = await (store.annual_plan_locked(tx, uid) if lock else store.annual_plan_by_uid(tx, uid))
    if found is None:
        raise PlanUnknown
    return found


async def monthly_plan_of(tx: Tx, uid: str, *, lock: bool = False) -> MonthlyPlan:
    """Return one monthly plan. Raises PlanUnknown."""
    found = await (month_store.monthly_plan_locked(tx, uid) if lock else month_store.monthly_plan_by_uid(tx, uid))
    if found is None:
        raise PlanUnknown
    return found


async def task_of(tx: Tx, uid: str) -> tuple[Task, AnnualPlan]:
    """Return one task with its plan, the plan locked. Raises TaskUnknown."""
    task = await store.task_by_uid(tx, uid)
    plan = await store.annual_plan_by_id(tx, task.plan) if task else None
    if task is None or plan is None:
        raise TaskUnknown
    return task, await annual_plan_of(tx, plan.uid, lock=True)


async def matters_named(tx: Tx, named: Sequence[str], department: DepartmentId, on: dt.date) -> tuple[MatterId, ...]:
    """Return the department's published matters by code or uid. Raises TaskUnsound with every place."""
    found: list[Matter] = []
    places: list[Place] = []
    for index, one in enumerate(named):
        try:
            matter = await catalogue.matter_by_code(tx, one, on)
        except MatterUnknown:
            message = "不是已公布的检查事项，未经公布的不得实施"
            places.append(Place(field=f"matters[{index}]", text=one[:60], message=message))
            continue
        if matter.department != department:
            places.append(Place(field=f"matters[{index}]", text=one[:60], message="是其他部门的检查事项"))
        found.append(matter)
    if places:
        raise TaskAgainstRule(
            places[0].message,
            rule="matter-published",
            basis=PUBLISHED_ONLY,
            remedy="请填写本部门已公布的检查事项的编码",
            places=tuple(places),
        )
    return tuple(dict.fromkeys(matter.id for matter in found))


async def departments_named(tx: Tx, named: Sequence[str]) -> tuple[DepartmentId, ...]:
    """Return departments by code or uid. Raises TaskUnsound with every place."""
    found: list[DepartmentId] = []
    places: list[Place] = []
    for index, one in enumerate(named):
        try:
            department = await catalogue.department_by_code(tx, one)
        except DepartmentUnknown:
            department = None
        if department is not None and department.listed_on(tx.today):
            found.append(department.id)
        else:
            message = "不是已公告的检查主体，或者已不在名录中"
            places.append(Place(field=f"joint_departments[{index}]", text=one[:60], message=message))
    if places:
        raise TaskAgainstRule(
            places[0].message,
            rule="department-listed",
            basis=LISTED_BASIS,
            remedy="请填写已公告的检查主体的代码",
            places=tuple(places),
        )
    return tuple(dict.fromkeys(found))
