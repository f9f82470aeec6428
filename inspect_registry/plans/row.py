"""One row of a plan table → one task and its problems, column by column."""

from collections.abc import Collection

from inspect_registry.plans.columns import READERS
from inspect_registry.plans.headers import Column, Header
from inspect_registry.plans.row_state import Row, visible
from inspect_registry.plans.stated import CellProblem, TaskRow
from inspect_registry.sheets.model import Sheet, column_letters, row_number


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
        row = Row(self.sheet, index, self.year)
        for column, text in enumerate(texts):
            if not text.strip():
                continue
            label = self._labels.get(column) or _distinct(column_letters(column), column, row.cells)
            row.cells[label] = visible(text)
        for heading in self.header.headings:
            text = texts[heading.index] if heading.index < len(texts) else ""
            label = self._labels[heading.index]
            reader = READERS.get(heading.column)
            if text.strip() and row.admits(heading, label, text) and reader is not None:
                reader(row, heading, label, text)
        row.finish(self.header)
        task = TaskRow(
            sheet=self.sheet.name,
            row=row_number(index),
            cells=row.cells,
            notes=tuple(row.notes),
            **{field: value for field, value in row.values.items() if value is not None},  # type: ignore[arg-type]  # by name
        )
        return task, row.problems


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
