"""One row of a plan table → one task and its problems, column by column."""

import re
from collections.abc import Callable, Collection
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
from inspect_registry.plans.cells.text import has_control_characters, is_nothing, is_undetermined, plain, tidy
from inspect_registry.plans.cells.values import Frequency, Note, Period, Trouble
from inspect_registry.plans.headers import Column, Header, Heading
from inspect_registry.plans.stated import CellProblem, TaskNote, TaskRow
from inspect_registry.sheets.model import Sheet, column_letters, row_number

CELL_CHARACTERS_MAX = 4_000
_CONSTANT = re.compile(r"^[=>＝]=?\s*[\d.]+\s*(?:[%％次户家个]\S*)?$")
_FORMULA = re.compile(r"^[=＝]\s*[^\d=\s].*|^[=＝].*[+*/&!(]", re.DOTALL)
_AMOUNTS: dict[Column, AmountKind] = {
    Column.RATIO: "ratio",
    Column.RATIO_OR_COUNT: "ratio_or_count",
    Column.COUNT: "count",
    Column.FREQUENCY: "frequency",
    Column.CAP: "cap",
}
_OWN_COLUMNS = {
    "ratio": {Column.RATIO, Column.RATIO_OR_COUNT},
    "count": {Column.COUNT},
    "frequency": {Column.FREQUENCY},
    "cap": {Column.CAP},
}
"""Where two columns of a row disagree, the column made for the field stands until somebody settles it."""
_WANTED = {
    Column.DEPARTMENT: "检查主体（部门全称）",
    Column.OBJECTS: "检查对象范围",
    Column.MODE: "检查方式，例如 现场检查、书面检查",
    Column.MATTERS: "检查事项",
    Column.PERIOD: "检查时间，例如 3月-5月、全年",
    Column.RATIO: "检查比例或数量，例如 5%、20户",
}
"""The statutory elements: a column that is there must be filled (上海市优化营商环境条例第六十二条)."""


class RowReader:
    """Reads the rows under one header."""

    def __init__(self, sheet: Sheet, header: Header, year: int) -> None:
        self.sheet = sheet
        self.header = header
        self.year = year
        self._labels = _labels(header)
        self._serial = {heading.index for heading in header.headings if heading.column is Column.SERIAL}
        self.unknown_headings = [
            heading.text for heading in header.headings if heading.column is Column.UNKNOWN and heading.text
        ]

    def is_serial(self, column: int) -> bool:
        """Tell whether a column only numbers the rows."""
        return column in self._serial

    def read(self, index: int, texts: list[str]) -> tuple[TaskRow, list[CellProblem]]:
        """Read one row, its merged cells filled, by its index from 0."""
        row = _Row(self.sheet, index, self.year)
        for column, text in enumerate(texts):
            if not text.strip():
                continue
            label = self._labels.get(column) or _distinct(column_letters(column), column, row.cells)
            row.cells[label] = visible(text)
        for heading in self.header.headings:
            text = texts[heading.index] if heading.index < len(texts) else ""
            row.take(heading, self._labels[heading.index], text)
        row.finish(self.header)
        task = TaskRow(
            sheet=self.sheet.name,
            row=row_number(index),
            cells=row.cells,
            notes=tuple(row.notes),
            **{field: value for field, value in row.values.items() if value is not None},  # type: ignore[arg-type]  # by name
        )
        return task, row.problems


class _Row:
    """One row being read: values by field name of TaskRow."""

    def __init__(self, sheet: Sheet, index: int, year: int) -> None:
        self.sheet, self.index, self.year = sheet, index, year
        self.cells: dict[str, str] = {}
        self.values: dict[str, object] = {}
        self.notes: list[TaskNote] = []
        self.problems: list[CellProblem] = []
        self.troubled: set[Column] = set()

    def take(self, heading: Heading, label: str, text: str) -> None:
        """Read one cell into the values."""
        if not text.strip():
            return
        if self._refused(heading, label, text):
            return
        reader = _READERS.get(heading.column)
        if reader is not None:
            reader(self, heading, label, text)

    def _refused(self, heading: Heading, label: str, text: str) -> bool:
        """Report a cell that must not be read at all."""
        formula = (self.index, heading.index) in self.sheet.formulas or bool(_FORMULA.match(text.strip()))
        if formula and not _CONSTANT.match(text.strip()):
            message = "这是公式，系统只读写出的文字，不计算公式；请改成数值或文字"
            self.problem(heading, label, text, Trouble(code="cell-is-formula", message=message))
            return True
        if has_control_characters(text):
            message = "含有不可见的控制字符；请重新输入这一格"
            self.problem(heading, label, text, Trouble(code="cell-has-control-characters", message=message))
            return True
        if len(text) > CELL_CHARACTERS_MAX:
            message = f"超过 {CELL_CHARACTERS_MAX} 个字；请精简"
            self.problem(heading, label, text, Trouble(code="cell-too-long", message=message))
            return True
        return False

    def put(self, field: str, value: object, heading: Heading, label: str, text: str) -> None:
        """Set a value; a second cell of the row may repeat it but not say otherwise."""
        if value is None or value in ("", ()):
            return
        earlier = self.values.get(field)
        if isinstance(earlier, Frequency) and isinstance(value, Frequency) and _agree(earlier, value):
            value = earlier if earlier.per else value
            earlier = None
        if earlier is not None and earlier != value:
            if heading.column in _OWN_COLUMNS.get(field, ()):
                self.values[field] = value
            message = "与本行另一列所写不一致；请核对后改成一致"
            self.problem(heading, label, text, Trouble(code="cell-contradicts", message=message))
            return
        self.values[field] = value

    def note(self, label: str, notes: tuple[Note, ...]) -> None:
        """Keep the remarks on a cell."""
        self.notes.extend(TaskNote(column=label, code=note.code, text=note.text) for note in notes)

    def problem(self, heading: Heading, label: str, text: str, trouble: Trouble) -> None:
        """Report a cell."""
        self.troubled.add(heading.column)
        self.problems.append(
            CellProblem(
                sheet=self.sheet.name,
                row=row_number(self.index),
                column=label,
                code=trouble.code,
                message=trouble.message,
                text=visible(text),
                field=heading.column.value,
            )
        )

    def finish(self, header: Header) -> None:
        """Report the statutory columns that stay empty."""
        present = {heading.column: heading for heading in reversed(header.headings)}
        amount = present.get(Column.RATIO) or present.get(Column.RATIO_OR_COUNT) or present.get(Column.COUNT)
        amounts = {Column.RATIO, Column.RATIO_OR_COUNT, Column.COUNT}
        states_amount = any(self.values.get(field) for field in ("ratio", "count"))
        if amount and not states_amount and not self.troubled & amounts:
            self._missing(amount, Column.RATIO)
        for column, field in (
            (Column.DEPARTMENT, "department"),
            (Column.OBJECTS, "objects"),
            (Column.MODE, "mode"),
            (Column.MATTERS, "matters"),
            (Column.PERIOD, "period"),
        ):
            if column in present and not self.values.get(field) and column not in self.troubled:
                self._missing(present[column], column)
        self._check_ends(present)
        if "department" not in self.values and Column.DEPARTMENT not in present and self.values.get("lead_office"):
            self.notes.append(TaskNote(column="", code="office-for-department", text=str(self.values["lead_office"])))

    def _check_ends(self, present: dict[Column, Heading]) -> None:
        """Report two ends of a period that are missing or the wrong way round."""
        start, end = present.get(Column.PERIOD_START), present.get(Column.PERIOD_END)
        if start is None or end is None or {Column.PERIOD_START, Column.PERIOD_END} & self.troubled:
            return
        period = self.values.get("period")
        if not isinstance(period, Period):
            self._missing(start, Column.PERIOD)
        elif period.start and period.end and period.start > period.end:
            message = f"起点 {period.start} 晚于终点 {period.end}；请调换"
            written = self.cells.get(end.text, "")
            self.problem(end, end.text, written, Trouble(code="period-inverted", message=message))

    def _missing(self, heading: Heading, element: Column) -> None:
        written = next((self.cells[key] for key in (heading.text,) if key in self.cells), "")
        message = f"缺少法定要素，请填写{_WANTED[element]}"
        self.problem(heading, heading.text, written, Trouble(code="element-missing", message=message))


def visible(text: str) -> str:
    """Write control characters and lone surrogates so that they can be stored, sent and seen."""
    if not has_control_characters(text):
        return text
    return "".join(_picture(character) if has_control_characters(character) else character for character in text)


def _picture(character: str) -> str:
    number = ord(character)
    return chr(0x2400 + number) if number < 0x20 else "␡" if number == 0x7F else f"\\u{number:04x}"


def _agree(one: Frequency, other: Frequency) -> bool:
    """Tell whether two cells state the same frequency, one of them perhaps without its time."""
    same = (one.min, one.max) == (other.min, other.max)
    return same and (one.per == other.per or one.per is None or other.per is None)


def _labels(header: Header) -> dict[int, str]:
    """Name every column by its header's text, made distinct by its letters where two are alike."""
    labels: dict[int, str] = {}
    for heading in header.headings:
        text = heading.text or column_letters(heading.index)
        labels[heading.index] = _distinct(text, heading.index, labels.values())
    return labels


def _distinct(label: str, column: int, taken: Collection[str]) -> str:
    """Return a label that is not taken, with the column's letters as often as that needs."""
    while label in taken:
        label = f"{label}({column_letters(column)})"
    return label


def _amounts(row: _Row, heading: Heading, label: str, text: str) -> None:
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


def _period(row: _Row, heading: Heading, label: str, text: str) -> None:
    read = read_period(text, row.year, months_header=heading.is_months)
    row.note(label, read.notes)
    row.put("period", read.period, heading, label, text)
    if read.trouble:
        row.problem(heading, label, text, read.trouble)


def _period_end(row: _Row, heading: Heading, label: str, text: str) -> None:
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


def _department(row: _Row, heading: Heading, label: str, text: str) -> None:
    read = read_departments(text)
    if read.trouble:
        row.problem(heading, label, text, read.trouble)
    lead = read.lead or next(iter(read.names), None)
    others = read.names if read.lead else read.names[1:]
    row.put("department", lead, heading, label, text)
    _join(row, others)


def _joint_departments(row: _Row, heading: Heading, label: str, text: str) -> None:
    read = read_departments(text)
    if read.trouble:
        row.problem(heading, label, text, read.trouble)
    if read.lead and "department" not in row.values:
        row.values["department"] = read.lead
    _join(row, read.names)


def _join(row: _Row, names: tuple[str, ...]) -> None:
    earlier = row.values.get("joint_departments", ())
    if names and isinstance(earlier, tuple):
        row.values["joint_departments"] = tuple(dict.fromkeys((*earlier, *names)))


def _offices(row: _Row, heading: Heading, label: str, text: str) -> None:
    read = read_departments(text)
    lead = read.lead or (read.names[0] if read.names else None)
    supporting = read.names if read.lead else read.names[1:]
    row.put("lead_office", lead, heading, label, text)
    row.put("supporting_offices", supporting, heading, label, text)


def _matters(row: _Row, heading: Heading, label: str, text: str) -> None:
    matters = read_matters(text)
    if len(plain(text)) <= 20 and is_undetermined(text):
        message = "检查事项尚未确定；请写出已公布的事项名称"
        row.problem(heading, label, text, Trouble(code="cell-undetermined", message=message))
        return
    earlier = row.values.get("matters", ())
    if isinstance(earlier, tuple):
        row.values["matters"] = tuple(dict.fromkeys((*earlier, *matters)))


def _mode(row: _Row, heading: Heading, label: str, text: str) -> None:
    if is_undetermined(text) and read_on_site(text) is None:
        message = "检查方式尚未确定；请写明现场检查、书面检查等"
        row.problem(heading, label, text, Trouble(code="cell-undetermined", message=message))
        return
    row.put("mode", tidy(text), heading, label, text)
    row.put("on_site", read_on_site(text), heading, label, text)
    row.values.setdefault("selection", read_selection(text))


def _kind(row: _Row, heading: Heading, label: str, text: str) -> None:
    row.put("kind", tidy(text), heading, label, text)
    if read_selection(text) and plain(text) not in {"专项", "专项检查", "重点检查"}:
        row.values["selection"] = read_selection(text)


def _is_random(row: _Row, heading: Heading, label: str, text: str) -> None:
    answer = read_yes(text)
    if answer is None:
        _yes_wanted(row, heading, label, text)
    elif answer:
        row.values["selection"] = "random"


def _is_joint(row: _Row, heading: Heading, label: str, text: str) -> None:
    answer = read_yes(text)
    if answer is None:
        _yes_wanted(row, heading, label, text)
    row.put("joint", answer, heading, label, text)


def _yes_wanted(row: _Row, heading: Heading, label: str, text: str) -> None:
    row.problem(heading, label, text, Trouble(code="cell-unreadable", message="请填“是”或“否”"))


def _words(field: str) -> Callable[[_Row, Heading, str, str], None]:
    def read(row: _Row, heading: Heading, label: str, text: str) -> None:
        if heading.column is Column.OBJECTS and len(plain(text)) <= 20 and is_undetermined(text):
            message = "检查对象尚未确定；请写明对象范围"
            row.problem(heading, label, text, Trouble(code="cell-undetermined", message=message))
        elif not is_nothing(text) and field not in row.values:
            row.values[field] = tidy(text)

    return read


_READERS: dict[Column, Callable[[_Row, Heading, str, str], None]] = {
    Column.NAME: _words("name"),
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
