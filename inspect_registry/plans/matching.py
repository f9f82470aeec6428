"""From the words of a table to the catalogue: departments, matters, and a task to be stored.

Nothing is guessed: a name that fits no listed department or published matter becomes a problem that names the nearest.
"""

import datetime as dt
import difflib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, TypeVar

import msgspec

from inspect_registry.catalogue.model import Department, DepartmentId, Matter, MatterId, Mode
from inspect_registry.pinyin import fold
from inspect_registry.plans.cells.text import plain
from inspect_registry.plans.draw import Method
from inspect_registry.plans.model import TaskDraft, TaskKind, TaskMode, Unsettled
from inspect_registry.plans.stated import CellProblem, TaskNote, TaskRow

_SELECTION = {"random": Method.RANDOM, "targeted": Method.TARGETED, "full": Method.FULL}
T = TypeVar("T")
CODE_MAX: Final = 60
HINTS_MAX: Final = 100
"""Unknown names of one upload that are compared with the catalogue."""
_TOWN_WORDS = ("区", "市", "县", "上海市", "嘉定区", "上海市嘉定区")


class Directory:
    """The part of the catalogue that one department's table can speak of, ready for many look-ups."""

    def __init__(
        self, department: Department, departments: Sequence[Department], matters: Sequence[Matter], year: int
    ) -> None:
        self.department = department
        """Whose plan it is."""
        self.matters = matters
        """Of that department, in force."""
        self.year = year
        self._matters = _by_name((name, one) for one in matters for name in (fold(one.name), fold(one.code)))
        self._departments = _by_name((_bare(name), one) for one in departments for name in (one.name, one.short_name))
        self._matter_names = [one.name for one in matters]
        self._department_names = [one.short_name for one in departments]
        self._hints: dict[tuple[str, bool], str] = {}

    def matter_named(self, text: str) -> Matter | None:
        """Find the published matter that a table means, by its name or code."""
        return self._matters.get(fold(text))

    def department_named(self, text: str) -> Department | None:
        """Find the listed department that a table means, with or without 区 or 市 before it."""
        return self._departments.get(_bare(text))

    def nearest(self, text: str, *, matters: bool) -> str:
        """Say which names are near an unknown one; only for the first HINTS_MAX, because comparing is slow."""
        key = (text, matters)
        if key not in self._hints:
            if len(self._hints) >= HINTS_MAX:
                return ""
            names, cutoff = (self._matter_names, 0.3) if matters else (self._department_names, 0.4)
            near = difflib.get_close_matches(text[:60], names, n=3, cutoff=cutoff)
            self._hints[key] = f"；相近的有：{'、'.join(near)}" if near else ""
        return self._hints[key]


def _by_name(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    """Index things by name; a name that two of them have finds none."""
    found: dict[str, T] = {}
    ambiguous: set[str] = set()
    for name, one in pairs:
        if found.setdefault(name, one) is not one:
            ambiguous.add(name)
    return {name: one for name, one in found.items() if name not in ambiguous}


def task_draft(row: TaskRow, problems: Sequence[CellProblem], directory: Directory) -> TaskDraft:
    """Make a task to be stored from what a row states, with everything that must be settled."""
    unsettled = [_unsettled(problem) for problem in problems]
    matters, matter_troubles = _matters(row, directory)
    joint, joint_troubles = _joint_departments(row, directory)
    unsettled += [*_department_troubles(row, directory), *matter_troubles, *joint_troubles]
    found = [matter for matter in directory.matters if matter.id in matters]
    notes = list(row.notes)
    starts = row.period.start if row.period else None
    ends = row.period.end if row.period else None
    if ends is not None and starts is None:
        starts = dt.date(directory.year, 1, 1)
        notes.append(TaskNote(column="", code="start-of-year", text=starts.isoformat()))
    if starts is not None and ends is None:
        ends = dt.date(directory.year, 12, 31)
        notes.append(TaskNote(column="", code="end-of-year", text=ends.isoformat()))
    on_site = row.on_site if row.on_site is not None else all(matter.mode is Mode.ONSITE for matter in found)
    return TaskDraft(
        name=row.name or "；".join(row.matters) or row.objects,
        matters=tuple(matters),
        joint_departments=joint,
        objects=row.objects or "、".join(dict.fromkeys(matter.object_class for matter in found)),
        kind=TaskKind.SPECIAL if "专项" in row.kind else TaskKind.CASE if "个案" in row.kind else TaskKind.ROUTINE,
        mode=TaskMode.ONSITE if on_site else TaskMode.OFFSITE,
        selection=_selection(row),
        ratio=row.ratio,
        count=row.count,
        frequency=row.frequency,
        cap=row.cap,
        starts=starts,
        ends=ends,
        basis=row.basis or "；".join(dict.fromkeys(basis for matter in found for basis in matter.basis)),
        by_class=row.by_class,
        upstream_code=row.upstream_code[:CODE_MAX],
        notes=tuple(notes),
        cells=row.cells,
        problems=tuple(
            msgspec.structs.replace(one, id=f"{row.sheet}-{row.row}-{number}")
            for number, one in enumerate(unsettled, start=1)
        ),
        source_sheet=row.sheet,
        source_row=row.row,
    )


def _selection(row: TaskRow) -> Method:
    if row.selection is not None:
        return _SELECTION[row.selection]
    whole = row.ratio is not None and row.ratio.min == Decimal(100)
    return Method.FULL if whole else Method.RANDOM


def _bare(name: str) -> str:
    folded = fold(name)
    for word in sorted(_TOWN_WORDS, key=len, reverse=True):
        folded = folded.removeprefix(fold(word))
    return folded.replace("委员会", "委").replace("监督管理局", "监管局").replace("管理局", "局")


def _unsettled(problem: CellProblem) -> Unsettled:
    return Unsettled(
        id="",
        sheet=problem.sheet,
        row=problem.row,
        column=problem.column,
        field=problem.field,
        code=problem.code,
        message=problem.message,
        text=problem.text,
    )


def _trouble(row: TaskRow, field: str, code: str, message: str, text: str) -> Unsettled:
    column = next((heading for heading, cell in row.cells.items() if plain(text) and plain(text) in plain(cell)), "")
    return Unsettled(
        id="", sheet=row.sheet, row=row.row, column=column, field=field, code=code, message=message, text=text
    )


def _matters(row: TaskRow, directory: Directory) -> tuple[list[MatterId], list[Unsettled]]:
    found: list[MatterId] = []
    troubles = []
    for name in row.matters:
        matter = directory.matter_named(name)
        if matter is not None:
            found.append(matter.id)
            continue
        message = f"不是本部门已公布的检查事项，未经公布的不得实施{directory.nearest(name, matters=True)}"
        troubles.append(_trouble(row, "matters", "matter-unknown", message, name))
    return list(dict.fromkeys(found)), troubles


def _joint_departments(row: TaskRow, directory: Directory) -> tuple[tuple[DepartmentId, ...], list[Unsettled]]:
    found: list[DepartmentId] = []
    troubles = []
    for name in row.joint_departments:
        department = directory.department_named(name)
        if department is not None:
            found.append(department.id)
            continue
        message = f"不是已公告的检查主体{directory.nearest(name, matters=False)}"
        troubles.append(_trouble(row, "joint_departments", "department-unknown", message, name))
    return tuple(dict.fromkeys(one for one in found if one != directory.department.id)), troubles


def _department_troubles(row: TaskRow, directory: Directory) -> list[Unsettled]:
    if row.department is None:
        return []
    department = directory.department_named(row.department)
    if department is None:
        message = f"不是已公告的检查主体{directory.nearest(row.department, matters=False)}"
        return [_trouble(row, "department", "department-unknown", message, row.department)]
    if department.id != directory.department.id:
        message = f"这是{department.name}的任务，不能列入{directory.department.name}的计划"
        return [_trouble(row, "department", "department-not-yours", message, row.department)]
    return []
