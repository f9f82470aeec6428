"""What a plan table states: tasks, remarks, cells to be settled, rows that are no tasks."""

import msgspec

from inspect_registry.plans.cells.amounts import ClassAmount
from inspect_registry.plans.cells.names import Selection
from inspect_registry.plans.cells.values import Bounds, Frequency, Period


class CellProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One cell that must be settled; `field` is the task's field it would have filled."""

    sheet: str
    row: int
    """As the file shows it, from 1."""
    column: str
    """The header's text."""
    code: str
    message: str
    text: str
    """As written; control characters are shown by their pictures."""
    field: str = ""


class TaskNote(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A remark on a cell that was understood."""

    column: str
    code: str
    text: str = ""


class TaskRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One task as its row states it; what the row does not state is None or empty."""

    sheet: str
    row: int
    name: str = ""
    matters: tuple[str, ...] = ()
    department: str | None = None
    joint_departments: tuple[str, ...] = ()
    lead_office: str | None = None
    supporting_offices: tuple[str, ...] = ()
    objects: str = ""
    mode: str = ""
    """As written; `on_site` is what it means."""
    on_site: bool | None = None
    kind: str = ""
    selection: Selection | None = None
    ratio: Bounds | None = None
    count: Bounds | None = None
    frequency: Frequency | None = None
    cap: int | None = None
    by_class: tuple[ClassAmount, ...] = ()
    period: Period | None = None
    basis: str = ""
    joint: bool | None = None
    upstream_code: str = ""
    """The plan's or task's number in the office's own or the city's system."""
    notes: tuple[TaskNote, ...] = ()
    cells: dict[str, str] = {}
    """Every cell of the row as written, by its header."""


class SkippedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row with text that is no task."""

    sheet: str
    row: int
    reason: str
    """`title`, `header`, `note`, `section`, `total`, `serial-only`, `hidden-sheet` or `no-table`."""
    text: str


class ReadPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan table says."""

    tasks: tuple[TaskRow, ...]
    problems: tuple[CellProblem, ...]
    skipped: tuple[SkippedRow, ...]
    unknown_columns: tuple[str, ...]
