"""Plans as people read them: names and outside identities, never inner ids."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from inspect_registry.catalogue.model import Department, DepartmentId, Matter, MatterId
from inspect_registry.plans.lifecycle import PlanState
from inspect_registry.plans.model import AnnualPlan, Step, Task, Unsettled, Upload
from inspect_registry.plans.report import Json, bounds_json, frequency_json


class DepartmentRef(msgspec.Struct, frozen=True, kw_only=True):
    """A department in a few words."""

    uid: str
    code: str
    name: str


class MatterRef(msgspec.Struct, frozen=True, kw_only=True):
    """A matter in a few words."""

    uid: str
    code: str
    name: str


class TaskView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of an annual plan."""

    uid: str
    position: int
    name: str
    kind: str
    matters: list[MatterRef]
    joint_departments: list[DepartmentRef]
    objects: str
    mode: str
    selection: str
    ratio: Json | None = None
    count: Json | None = None
    frequency: Json | None = None
    cap: int | None = None
    starts: dt.date | None = None
    ends: dt.date | None = None
    basis: str = ""
    upstream_code: str = ""
    cells: dict[str, str] = {}
    problems: list[Unsettled] = []
    sheet: str = ""
    row: int = 0


class UploadView(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it was handed in."""

    file_name: str
    sha256: str
    problems: list[Unsettled]
    skipped: list[Any]
    uploaded_at: dt.datetime


class AnnualPlanLine(msgspec.Struct, frozen=True, kw_only=True):
    """One annual plan in a list."""

    uid: str
    department: DepartmentRef
    year: int
    campaign: str
    revision: int
    title: str
    state: PlanState
    number: str | None
    upstream_plan_code: str
    """In the city's system (全市统一综合执法系统); empty where it has none."""
    published_at: dt.datetime | None


class SpecialPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One special campaign (专项检查) with what binds it."""

    plan: AnnualPlanLine
    approval_document: str
    approved_on: dt.date | None
    emergency: bool
    publish_due: dt.date
    late: bool
    """Not published by then, or published later."""
    number_in_year: int
    """Which of the department's campaigns in this year it is."""


class AnnualPlanView(msgspec.Struct, frozen=True, kw_only=True):
    """One annual plan with everything in it."""

    uid: str
    department: DepartmentRef
    year: int
    campaign: str
    approval_document: str
    approved_on: dt.date | None
    emergency: bool
    revision: int
    title: str
    state: PlanState
    number: str | None
    reason: str
    changes: list[Any]
    unsettled: int
    """How many cells must be settled before it can be submitted."""
    tasks: list[TaskView]
    uploads: list[UploadView]
    steps: list[Step]
    created_at: dt.datetime
    submitted_at: dt.datetime | None
    filed_at: dt.datetime | None
    published_at: dt.datetime | None


def department_ref(department: Department) -> DepartmentRef:
    """Say who a department is."""
    return DepartmentRef(uid=department.uid, code=department.code, name=department.name)


def plan_line(plan: AnnualPlan, departments: Mapping[DepartmentId, Department]) -> AnnualPlanLine:
    """Shape one plan for a list."""
    return AnnualPlanLine(
        uid=plan.uid,
        department=department_ref(departments[plan.department]),
        year=plan.year,
        campaign=plan.campaign,
        revision=plan.revision,
        title=plan.title,
        state=plan.state,
        number=plan.number,
        upstream_plan_code=plan.upstream_plan_code,
        published_at=plan.published_at,
    )


def plan_view(
    plan: AnnualPlan,
    tasks: Sequence[TaskView],
    uploads: Sequence[Upload],
    steps: Sequence[Step],
    departments: Mapping[DepartmentId, Department],
) -> AnnualPlanView:
    """Shape one plan with its tasks."""
    return AnnualPlanView(
        uid=plan.uid,
        department=department_ref(departments[plan.department]),
        year=plan.year,
        campaign=plan.campaign,
        approval_document=plan.approval_document,
        approved_on=plan.approved_on,
        emergency=plan.emergency,
        revision=plan.revision,
        title=plan.title,
        state=plan.state,
        number=plan.number,
        reason=plan.reason,
        changes=plan.changes,
        unsettled=sum(len(task.problems) for task in tasks),
        tasks=list(tasks),
        uploads=[
            UploadView(
                file_name=upload.file_name,
                sha256=upload.digest.hex(),
                problems=upload.problems,
                skipped=upload.skipped,
                uploaded_at=upload.uploaded_at,
            )
            for upload in uploads
        ],
        steps=list(steps),
        created_at=plan.created_at,
        submitted_at=plan.submitted_at,
        filed_at=plan.filed_at,
        published_at=plan.published_at,
    )


def task_view(
    task: Task, departments: Mapping[DepartmentId, Department], matters: Mapping[MatterId, Matter]
) -> TaskView:
    """Shape one task."""
    return TaskView(
        uid=task.uid,
        position=task.position,
        name=task.name,
        kind=task.kind.value,
        matters=[
            MatterRef(uid=matters[one].uid, code=matters[one].code, name=matters[one].name) for one in task.matters
        ],
        joint_departments=[department_ref(departments[one]) for one in task.joint_departments],
        objects=task.objects,
        mode=task.mode.value,
        selection=task.selection.value,
        ratio=bounds_json(task.parsed.ratio),
        count=bounds_json(task.parsed.count),
        frequency=frequency_json(task.parsed.frequency),
        cap=task.parsed.cap,
        starts=task.starts,
        ends=task.ends,
        basis=task.basis,
        upstream_code=task.parsed.upstream_code,
        cells=task.cells,
        problems=list(task.problems),
        sheet=task.source_sheet,
        row=task.source_row,
    )
