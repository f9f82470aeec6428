"""Plans as they are stored and handed on: annual plans and their tasks, monthly plans, draws, checks."""

import datetime as dt
from enum import StrEnum
from typing import Any, NewType

import msgspec

from inspect_registry.catalogue.model import DepartmentId, MatterId
from inspect_registry.enterprises.model import EnterpriseId, PremisesId
from inspect_registry.plans.cells.amounts import ClassAmount
from inspect_registry.plans.cells.values import Bounds, Frequency
from inspect_registry.plans.draw import Exclusion, Method
from inspect_registry.plans.lifecycle import PlanState
from inspect_registry.plans.stated import TaskNote
from inspect_registry.plans.volume import Volume

AnnualPlanId = NewType("AnnualPlanId", int)
TaskId = NewType("TaskId", int)
MonthlyPlanId = NewType("MonthlyPlanId", int)
DrawId = NewType("DrawId", int)
CheckId = NewType("CheckId", int)


class TaskMode(StrEnum):
    """Whether somebody comes to the premises."""

    ONSITE = "onsite"
    OFFSITE = "offsite"


class TaskKind(StrEnum):
    """检查类型 of the national 解答."""

    ROUTINE = "routine"
    """日常检查."""
    SPECIAL = "special"
    """专项检查."""
    CASE = "case"
    """个案检查."""


class CheckState(StrEnum):
    """How far a check has come; the visit that serves it moves it on."""

    PLANNED = "planned"
    SCHEDULED = "scheduled"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Parsed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The amounts of a task as the grammar read them, or as somebody typed them."""

    ratio: Bounds | None = None
    count: Bounds | None = None
    frequency: Frequency | None = None
    cap: int | None = None
    """Inspections a year per enterprise by this department; None = the cap in force by rule."""
    by_class: tuple[ClassAmount, ...] = ()
    upstream_code: str = ""
    """Its number in the city's system, where it has one of its own."""
    notes: tuple[TaskNote, ...] = ()

    @property
    def volume(self) -> Volume:
        """What the task says of its size."""
        return Volume(ratio=self.ratio, count=self.count, frequency=self.frequency)


class Unsettled(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of an upload that must be settled before the plan can be submitted."""

    id: str
    """Distinct within the plan."""
    sheet: str
    row: int
    column: str
    field: str
    code: str
    message: str
    text: str


class AnnualPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of one department's plan of a year, or of one special campaign."""

    id: AnnualPlanId
    uid: str
    department: DepartmentId
    year: int
    campaign: str
    approval_document: str
    approved_on: dt.date | None
    emergency: bool
    """A special campaign that began before its approval; the approval must be there before it is published."""
    revision: int
    title: str
    state: PlanState
    number: str | None
    reason: str
    changes: list[Any]
    upstream_plan_code: str
    created_at: dt.datetime
    submitted_at: dt.datetime | None
    reviewed_at: dt.datetime | None
    filed_at: dt.datetime | None
    published_at: dt.datetime | None
    closed_at: dt.datetime | None


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an annual plan."""

    id: TaskId
    uid: str
    plan: AnnualPlanId
    position: int
    name: str
    kind: TaskKind
    matters: list[MatterId]
    joint_departments: list[DepartmentId]
    objects: str
    mode: TaskMode
    selection: Method
    starts: dt.date | None
    ends: dt.date | None
    basis: str
    cells: dict[str, str]
    parsed: Parsed
    problems: list[Unsettled]
    source_sheet: str
    source_row: int


class TaskDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A task as somebody hands it in."""

    name: str
    matters: tuple[MatterId, ...] = ()
    joint_departments: tuple[DepartmentId, ...] = ()
    objects: str = ""
    kind: TaskKind = TaskKind.ROUTINE
    mode: TaskMode = TaskMode.ONSITE
    selection: Method = Method.RANDOM
    ratio: Bounds | None = None
    count: Bounds | None = None
    frequency: Frequency | None = None
    cap: int | None = None
    starts: dt.date | None = None
    ends: dt.date | None = None
    basis: str = ""
    by_class: tuple[ClassAmount, ...] = ()
    upstream_code: str = ""
    notes: tuple[TaskNote, ...] = ()
    cells: dict[str, str] = {}
    problems: tuple[Unsettled, ...] = ()
    source_sheet: str = ""
    source_row: int = 0

    @property
    def parsed(self) -> Parsed:
        """The amounts as they are stored."""
        return Parsed(
            ratio=self.ratio,
            count=self.count,
            frequency=self.frequency,
            cap=self.cap,
            by_class=self.by_class,
            upstream_code=self.upstream_code,
            notes=self.notes,
        )


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it was handed in, without its content."""

    file_name: str
    digest: bytes
    problems: list[Unsettled]
    skipped: list[Any]
    uploaded_at: dt.datetime


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step in the life of a plan."""

    step: str
    state: PlanState
    reason: str
    person: int
    taken_at: dt.datetime


class MonthlyPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One department's plan of a month."""

    id: MonthlyPlanId
    uid: str
    department: DepartmentId
    month: dt.date
    state: PlanState
    number: str | None
    provisional: bool
    created_at: dt.datetime
    submitted_at: dt.datetime | None
    reviewed_at: dt.datetime | None
    filed_at: dt.datetime | None
    published_at: dt.datetime | None
    closed_at: dt.datetime | None


class DrawRow(msgspec.Struct, frozen=True, kw_only=True):
    """One draw as stored. Pool, weights and salt are internal: weights follow the secret class."""

    id: DrawId
    uid: str
    task: TaskId
    monthly_plan: MonthlyPlanId
    department: DepartmentId
    attempt: int
    method: Method
    algorithm: str
    wanted: int
    pool_size: int
    pool_hash: bytes
    pool: list[EnterpriseId]
    weights: list[int]
    excluded: list[Exclusion]
    salt: bytes
    committed_at: dt.datetime
    seed: str | None
    seed_source: str
    seed_independent: bool
    drawn: list[EnterpriseId]
    drawn_at: dt.datetime | None
    superseded: bool
    reason: str
    override_reason: str


class DrawTurn(msgspec.Struct, frozen=True, kw_only=True):
    """What the next step of a draw asks of it: everything but its pool, weights and salt."""

    id: DrawId
    uid: str
    task: TaskId
    department: DepartmentId
    method: Method
    committed_at: dt.datetime
    drawn_at: dt.datetime | None
    superseded: bool
    override_reason: str


class DrawResult(DrawTurn, frozen=True, kw_only=True):
    """A draw with what came out of it, without its pool."""

    drawn: list[EnterpriseId]


def turn_of(row: DrawRow) -> DrawTurn:
    """Return the part of a stored draw that its next step asks for."""
    return msgspec.convert(row, DrawTurn, from_attributes=True)


class DrawHead(msgspec.Struct, frozen=True, kw_only=True):
    """What may be said of a draw inside and outside: everything but pool, weights and salt."""

    uid: str
    task: TaskId
    monthly_plan: MonthlyPlanId
    department: DepartmentId
    attempt: int
    method: Method
    algorithm: str
    wanted: int
    pool_size: int
    excluded_size: int
    pool_hash: bytes
    committed_at: dt.datetime
    seed: str | None
    seed_source: str
    seed_independent: bool
    drawn_size: int
    drawn_at: dt.datetime | None
    superseded: bool
    reason: str


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One premises to be checked on some matters in a window of days, both ends inclusive."""

    id: CheckId
    uid: str
    monthly_plan: MonthlyPlanId
    department: DepartmentId
    task: TaskId
    draw: DrawId | None
    enterprise: EnterpriseId
    premises: PremisesId
    starts: dt.date
    ends: dt.date
    onsite: bool
    exempt: bool
    mandatory: bool
    override_reason: str
    state: CheckState
    withdrawn_reason: str
    matters: list[MatterId]


class NewCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A check to be stored."""

    uid: str
    task: TaskId
    draw: DrawId | None
    enterprise: EnterpriseId
    premises: PremisesId
    starts: dt.date
    ends: dt.date
    onsite: bool
    mandatory: bool
    override_reason: str
    matters: tuple[MatterId, ...]
