"""What people hand in about plans: uploads, tasks typed by hand, changes, draws. Codes and uids, never inner ids."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import msgspec
from msgspec import UNSET, UnsetType

from inspect_registry.errors import Place
from inspect_registry.plans.cells.values import Bounds, Frequency
from inspect_registry.plans.draw import Method
from inspect_registry.plans.elements import FIVE_ELEMENTS
from inspect_registry.plans.errors import TaskAgainstRule, TaskUnsound
from inspect_registry.plans.model import Task, TaskKind, TaskMode

TEXT_MAX = 2_000
COUNT_MAX = 10_000_000
TIMES_MAX = 366


class AnnualUpload(msgspec.Struct, frozen=True, kw_only=True):
    """One spreadsheet with a department's plan."""

    year: int
    filename: str
    content: bytes
    department: str = ""
    """Code or uid; empty = the actor's own."""
    campaign: str = ""
    """Name of a special campaign; empty = the plan of the year."""
    approval_document: str = ""
    """批准文号 of a special campaign."""
    approved_on: dt.date | None = None
    emergency: bool = False
    """The campaign began before its approval, which must be there before it is published."""
    upstream_plan_code: str = ""
    """In the city's system; empty = the number that all rows of the table have, where they have one."""


class TaskInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A task typed by hand."""

    name: str
    matters: list[str]
    """Codes or uids of published matters."""
    objects: str
    starts: dt.date
    ends: dt.date
    basis: str = ""
    """Empty = the legal basis of the matters."""
    joint_departments: list[str] = []
    kind: TaskKind = TaskKind.ROUTINE
    mode: TaskMode = TaskMode.ONSITE
    selection: Method = Method.RANDOM
    ratio: Bounds | None = None
    count: Bounds | None = None
    frequency: Frequency | None = None
    cap: int | None = None


class TaskChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """New values of some fields of a task; what is left out stays. Settles the problems of the fields it sets."""

    name: str | UnsetType = UNSET
    matters: list[str] | UnsetType = UNSET
    joint_departments: list[str] | UnsetType = UNSET
    objects: str | UnsetType = UNSET
    kind: TaskKind | UnsetType = UNSET
    mode: TaskMode | UnsetType = UNSET
    selection: Method | UnsetType = UNSET
    ratio: Bounds | UnsetType | None = UNSET
    count: Bounds | UnsetType | None = UNSET
    frequency: Frequency | UnsetType | None = UNSET
    cap: int | UnsetType | None = UNSET
    starts: dt.date | UnsetType = UNSET
    ends: dt.date | UnsetType = UNSET
    basis: str | UnsetType = UNSET


PROBLEM_FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "matters": ("matters", "joint_matters"),
    "joint_departments": ("joint_departments", "is_joint"),
    "objects": ("objects",),
    "kind": ("kind",),
    "mode": ("mode",),
    "selection": ("is_random", "kind"),
    "ratio": ("ratio", "ratio_or_count", "count"),
    "count": ("ratio", "ratio_or_count", "count"),
    "frequency": ("frequency",),
    "cap": ("cap",),
    "starts": ("period",),
    "ends": ("period",),
    "basis": ("basis",),
}
"""Which problems a change of a field settles, by the problem's field (headers.Column)."""


def changed_fields(change: TaskChange) -> tuple[str, ...]:
    """Return the names of the fields that a change sets."""
    return tuple(name for name in change.__struct_fields__ if getattr(change, name) is not UNSET)


def check_task(task: Task) -> None:
    """Pass a task whose fields can be stored. Raises TaskUnsound with every place."""
    places: list[Place] = []

    def fault(field: str, message: str, text: object = "") -> None:
        places.append(Place(field=field, message=message, text=str(text)[:100]))

    for field in ("name", "objects", "basis"):
        text = getattr(task, field)
        if len(text) > TEXT_MAX:
            fault(field, f"不能超过 {TEXT_MAX} 个字")
        if "\0" in text:
            fault(field, "含有不可见的控制字符")
    _check_bounds("ratio", task.parsed.ratio, Decimal(100), fault)
    _check_bounds("count", task.parsed.count, Decimal(COUNT_MAX), fault)
    frequency = task.parsed.frequency
    if frequency is not None:
        _check_bounds("frequency", Bounds(min=frequency.min, max=frequency.max), Decimal(TIMES_MAX), fault)
    if task.parsed.cap is not None and not 0 <= task.parsed.cap <= TIMES_MAX:
        fault("cap", f"上限应为 0 至 {TIMES_MAX} 次", task.parsed.cap)
    if task.starts is not None and task.ends is not None and task.starts > task.ends:
        raise TaskAgainstRule(
            f"检查时间的起点 {task.starts} 晚于终点 {task.ends}",
            rule="plan-period",
            basis=FIVE_ELEMENTS,
            remedy="请调换起止时间；检查时间应在计划年度之内",
            places=(*places, Place(field="starts", text=task.starts.isoformat(), message="起点晚于终点")),
        )
    if places:
        raise TaskUnsound(places[0].message, rule="task-sound", remedy="请按各处说明更正", places=tuple(places))


def _check_bounds(field: str, bounds: Bounds | None, highest: Decimal, fault: Callable[..., None]) -> None:
    if bounds is None:
        return
    if bounds.min is None and bounds.max is None:
        fault(field, "应写明下限、上限或两者")
    for value in (bounds.min, bounds.max):
        if value is not None and not (value.is_finite() and 0 <= value <= highest):
            fault(field, f"应在 0 至 {highest} 之间", value)
            return
        if field == "count" and value is not None and value != value.to_integral_value():
            fault(field, "数量应为整数", value)
    if bounds.is_inverted():
        fault(field, "下限大于上限", f"{bounds.min}-{bounds.max}")
