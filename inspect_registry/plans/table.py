"""A whole plan table → tasks, problems by cell, and the rows that are no tasks. Nothing typed is lost."""

import re
from collections.abc import Iterable

from inspect_registry.plans.cells.text import plain, tidy
from inspect_registry.plans.headers import Header, find_header, header_score, is_header_again
from inspect_registry.plans.row import RowReader
from inspect_registry.plans.stated import CellProblem, ReadPlan, SkippedRow, TaskRow
from inspect_registry.sheets.model import Sheet, Workbook, filled_down, row_number

_FOOTER = re.compile(
    r"^\(?(?:填表说明|填写说明|填报说明|说明|备注|附注?|注意事项|注|填表人|填报人|填报单位|填报日期|审核人|审批人|联系人|联系电话|制表人?|经办人|负责人|单位负责人|分管领导)"
    r"(?::.*|\d?[、.].*|\)?)$|^(?:本表|以上|上述).{4,}|^※"
)
_TOTAL = re.compile(r"^(?:合\s*计|总\s*计|小\s*计|共\s*计)")


class _Reading:
    """What has been read so far."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.tasks: list[TaskRow] = []
        self.problems: list[CellProblem] = []
        self.skipped: list[SkippedRow] = []
        self.unknown: dict[str, None] = {}
        self.seen: dict[tuple[str, ...], TaskRow] = {}


def read_plan(workbook: Workbook, year: int) -> ReadPlan:
    """Read every visible sheet of a plan table for a plan of `year`."""
    reading = _Reading(year)
    tables = 0
    for sheet in workbook.sheets:
        header = None if sheet.hidden else find_header(sheet)
        if header is None:
            _skip_all(reading, sheet, "hidden-sheet" if sheet.hidden else "no-table", range(len(sheet.rows)))
        else:
            tables += 1
            _skip_all(reading, sheet, "title", range(header.first_row))
            _skip_all(reading, sheet, "header", range(header.first_row, header.last_row + 1))
            _read_sheet(reading, sheet, header)
    if not tables:
        sheet_name = workbook.sheets[0].name if workbook.sheets else ""
        message = "没有找到表头；表头应有任务名称、检查事项、检查对象、检查比例、检查时间等列"
        reading.problems.append(
            CellProblem(sheet=sheet_name, row=1, column="", code="header-not-found", message=message, text="")
        )
    return ReadPlan(
        tasks=tuple(reading.tasks),
        problems=tuple(reading.problems),
        skipped=tuple(reading.skipped),
        unknown_columns=tuple(reading.unknown),
    )


def _read_sheet(reading: _Reading, sheet: Sheet, header: Header) -> None:
    rows = filled_down(sheet)
    reader = RowReader(sheet, header, reading.year)
    reading.unknown.update(dict.fromkeys(reader.unknown_headings))
    in_notes = False
    for index in range(header.last_row + 1, len(rows)):
        texts = sheet.rows[index]
        filled = [column for column, text in enumerate(texts) if text.strip()]
        if not filled:
            continue
        if is_header_again(texts, reader.header) or _is_new_header(texts):
            again = find_header(sheet, index, rows_max=1)
            if again is not None and not is_header_again(texts, reader.header):
                reader = RowReader(sheet, again, reading.year)
                reading.unknown.update(dict.fromkeys(reader.unknown_headings))
            _skip(reading, sheet, index, "header")
            continue
        reason = _why_no_task(texts, filled, reader, in_notes=in_notes)
        if reason:
            in_notes = in_notes or reason == "note"
            _skip(reading, sheet, index, reason)
            continue
        in_notes = False
        _take(reading, *reader.read(index, rows[index]))


def _take(reading: _Reading, task: TaskRow, problems: Iterable[CellProblem]) -> None:
    reading.problems.extend(problems)
    serials = {heading for heading in task.cells if tidy(heading) in {"序号", "编号", "序", "号"}}
    key = (task.sheet, *(text for heading, text in task.cells.items() if heading not in serials))
    earlier = reading.seen.setdefault(key, task)
    if earlier is not task:
        reading.problems.append(
            CellProblem(
                sheet=task.sheet,
                row=task.row,
                column="",
                code="row-duplicate",
                message=f"与第 {earlier.row} 行完全相同；请删去一行，或写明不同之处",
                text=task.name,
                field="row",
            )
        )
    reading.tasks.append(task)


def _is_new_header(texts: list[str]) -> bool:
    return not any(character.isdigit() for text in texts for character in text) and header_score(texts) >= 5


def _why_no_task(texts: list[str], filled: list[int], reader: RowReader, *, in_notes: bool) -> str:
    first = tidy(texts[filled[0]])
    if _TOTAL.match(first):
        return "total"
    if _FOOTER.match(plain(first)) and len(filled) <= 3:
        return "note"
    if in_notes and len(filled) <= 2:
        return "note"
    if all(reader.is_serial(column) for column in filled):
        return "serial-only" if first.isdigit() else "section"
    if len(filled) == 1 and (filled[0] == 0 or len(first) > 40):
        return "section"
    return ""


def _skip_all(reading: _Reading, sheet: Sheet, reason: str, rows: range) -> None:
    for index in rows:
        _skip(reading, sheet, index, reason)


def _skip(reading: _Reading, sheet: Sheet, index: int, reason: str) -> None:
    text = " ".join(tidy(cell) for cell in sheet.rows[index] if cell.strip())
    if text:
        reading.skipped.append(SkippedRow(sheet=sheet.name, row=row_number(index), reason=reason, text=text))
