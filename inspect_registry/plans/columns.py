"""How each column of a plan table is read into a row: one reader for each kind of column."""

import re
from collections.abc import Callable
from datetime import date

from inspect_registry.plans.cells.amounts import AmountKind, read_amounts
from inspect_registry.plans.cells.names import (
    read_departments,
    read_matters,
    read_on_site,
    read_selection,
    read_yes,
)
from inspect_registry.plans.cells.periods import read_period
from inspect_registry.plans.cells.text import is_nothing, is_undetermined, plain, tidy
from inspect_registry.plans.cells.values import Period, Trouble
from inspect_registry.plans.headers import Column, Heading
from inspect_registry.plans.row_state import Row

_AMOUNTS: dict[Column, AmountKind] = {
    Column.RATIO: "ratio",
    Column.RATIO_OR_COUNT: "ratio_or_count",
    Column.COUNT: "count",
    Column.FREQUENCY: "frequency",
    Column.CAP: "cap",
}


def _amounts(row: Row, heading: Heading, label: str, text: str) -> None:
    kind = _AMOUNTS[heading.column]
    if kind == "cap" and re.search(r"频[次率].*[及和与、/].*上限", plain(heading.text)):
        kind = "frequency"
    read = read_amounts(text, kind, percent_header=heading.is_percent)
    if read.trouble:
        row.problem(heading, label, text, read.trouble)
        return
    row.note(label, read.notes)
    for field in ("ratio", "count", "frequency", "cap", "by_class"):
        row.put(field, getattr(read, field), heading, label, text)
    if heading.column in {Column.RATIO, Column.RATIO_OR_COUNT} and "selection" not in row.values:
        selection = read_selection(text)
        if selection in {"full", "random"}:
            row.values["selection"] = selection


def _period(row: Row, heading: Heading, label: str, text: str) -> None:
    read = read_period(text, row.year, months_header=heading.is_months)
    row.note(label, read.notes)
    row.put("period", read.period, heading, label, text)
    if read.trouble:
        row.problem(heading, label, text, read.trouble)


def _period_end(row: Row, heading: Heading, label: str, text: str) -> None:
    """Read one of two columns that give the first and the last day apart."""
    read = read_period(text, row.year, months_header=heading.is_months)
    row.note(label, read.notes)
    if read.period is not None:
        first = heading.column is Column.PERIOD_START
        day = (read.period.start or read.period.end) if first else (read.period.end or read.period.start)
        row.values["period"] = _with_end(row.values.get("period"), day, first=first)
    if read.trouble:
        row.problem(heading, label, text, read.trouble)


def _with_end(earlier: object, day: date | None, *, first: bool) -> Period:
    period = earlier if isinstance(earlier, Period) else Period()
    return Period(start=day, end=period.end) if first else Period(start=period.start, end=day)


def _department(row: Row, heading: Heading, label: str, text: str) -> None:
    read = read_departments(text)
    if read.trouble:
        row.problem(heading, label, text, read.trouble)
    lead = read.lead or next(iter(read.names), None)
    others = read.names if read.lead else read.names[1:]
    row.put("department", lead, heading, label, text)
    _join(row, others)


def _joint_departments(row: Row, heading: Heading, label: str, text: str) -> None:
    read = read_departments(text)
    if read.trouble:
        row.problem(heading, label, text, read.trouble)
    leads = row.values.setdefault("department", read.lead) if read.lead else None
    _join(row, read.names if read.lead == leads else (str(read.lead), *read.names))


def _join(row: Row, names: tuple[str, ...]) -> None:
    earlier = row.values.get("joint_departments", ())
    if names and isinstance(earlier, tuple):
        row.values["joint_departments"] = tuple(dict.fromkeys((*earlier, *names)))


def _offices(row: Row, heading: Heading, label: str, text: str) -> None:
    read = read_departments(text)
    if read.trouble:
        row.problem(heading, label, text, read.trouble)
    lead = read.lead or (read.names[0] if read.names else None)
    supporting = read.names if read.lead else read.names[1:]
    row.put("lead_office", lead, heading, label, text)
    row.put("supporting_offices", supporting, heading, label, text)


def _matters(row: Row, heading: Heading, label: str, text: str) -> None:
    matters = read_matters(text)
    if len(plain(text)) <= 20 and is_undetermined(text):
        message = "检查事项尚未确定；请写出已公布的事项名称"
        row.problem(heading, label, text, Trouble(code="cell-undetermined", message=message))
        return
    earlier = row.values.get("matters", ())
    if isinstance(earlier, tuple):
        row.values["matters"] = tuple(dict.fromkeys((*earlier, *matters)))


def _mode(row: Row, heading: Heading, label: str, text: str) -> None:
    if is_undetermined(text) and read_on_site(text) is None:
        message = "检查方式尚未确定；请写明现场检查、书面检查等"
        row.problem(heading, label, text, Trouble(code="cell-undetermined", message=message))
        return
    row.put("mode", tidy(text), heading, label, text)
    row.put("on_site", read_on_site(text), heading, label, text)
    row.values.setdefault("selection", read_selection(text))


def _kind(row: Row, heading: Heading, label: str, text: str) -> None:
    row.put("kind", tidy(text), heading, label, text)
    if read_selection(text) and plain(text) not in {"专项", "专项检查", "重点检查"}:
        row.values["selection"] = read_selection(text)


def _is_random(row: Row, heading: Heading, label: str, text: str) -> None:
    answer = read_yes(text)
    if answer is None:
        _yes_wanted(row, heading, label, text)
    elif answer:
        row.values["selection"] = "random"


def _is_joint(row: Row, heading: Heading, label: str, text: str) -> None:
    answer = read_yes(text)
    if answer is None:
        _yes_wanted(row, heading, label, text)
    row.put("joint", answer, heading, label, text)


def _yes_wanted(row: Row, heading: Heading, label: str, text: str) -> None:
    row.problem(heading, label, text, Trouble(code="cell-unreadable", message="请填“是”或“否”"))


def _words(field: str) -> Callable[[Row, Heading, str, str], None]:
    def read(row: Row, heading: Heading, label: str, text: str) -> None:
        if heading.column is Column.OBJECTS and len(plain(text)) <= 20 and is_undetermined(text):
            message = "检查对象尚未确定；请写明对象范围"
            row.problem(heading, label, text, Trouble(code="cell-undetermined", message=message))
        elif not is_nothing(text) and field not in row.values:
            row.values[field] = tidy(text)

    return read


READERS: dict[Column, Callable[[Row, Heading, str, str], None]] = {
    Column.NAME: _words("name"),
    Column.PLAN_NUMBER: _words("upstream_code"),
    Column.OBJECTS: _words("objects"),
    Column.BASIS: _words("basis"),
    Column.MATTERS: _matters,
    Column.DEPARTMENT: _department,
    Column.JOINT_DEPARTMENTS: _joint_departments,
    Column.OFFICES: _offices,
    Column.MODE: _mode,
    Column.KIND: _kind,
    Column.IS_RANDOM: _is_random,
    Column.IS_JOINT: _is_joint,
    Column.PERIOD: _period,
    Column.PERIOD_START: _period_end,
    Column.PERIOD_END: _period_end,
    **dict.fromkeys(_AMOUNTS, _amounts),
}
