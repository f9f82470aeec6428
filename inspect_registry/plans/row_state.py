"""One row of a plan table being read: its values so far, its remarks and its problems; knows no single column."""

import re

from inspect_registry.plans.cells.text import has_control_characters
from inspect_registry.plans.cells.values import Frequency, Note, Period, Trouble
from inspect_registry.plans.headers import Column, Header, Heading
from inspect_registry.plans.stated import CellProblem, TaskNote
from inspect_registry.sheets.model import Sheet, row_number

CELL_CHARACTERS_MAX = 4_000
_CONSTANT = re.compile(r"^[=>＝]=?\s*[\d.]+\s*(?:[%％次户家个]\S*)?$")
_FORMULA = re.compile(r"^[=＝]\s*[^\d=\s].*|^[=＝].*[+*/&!(]", re.DOTALL)
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


class Row:
    """One row being read: values by field name of TaskRow."""

    def __init__(self, sheet: Sheet, index: int, year: int) -> None:
        self.sheet, self.index, self.year = sheet, index, year
        self.cells: dict[str, str] = {}
        self.values: dict[str, object] = {}
        self.notes: list[TaskNote] = []
        self.problems: list[CellProblem] = []
        self.troubled: set[Column] = set()

    def admits(self, heading: Heading, label: str, text: str) -> bool:
        """Say whether a cell may be read; one that must not be read at all is reported."""
        formula = (self.index, heading.index) in self.sheet.formulas or bool(_FORMULA.match(text.strip()))
        if formula and not _CONSTANT.match(text.strip()):
            message = "这是公式，系统只读写出的文字，不计算公式；请改成数值或文字"
            self.problem(heading, label, text, Trouble(code="cell-is-formula", message=message))
            return False
        if has_control_characters(text):
            message = "含有不可见的控制字符；请重新输入这一格"
            self.problem(heading, label, text, Trouble(code="cell-has-control-characters", message=message))
            return False
        if len(text) > CELL_CHARACTERS_MAX:
            message = f"超过 {CELL_CHARACTERS_MAX} 个字；请精简"
            self.problem(heading, label, text, Trouble(code="cell-too-long", message=message))
            return False
        return True

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
