"""A spreadsheet as text: what the file shows in each cell, and where.

Rows and columns are counted from 0 here; `row_number` turns an index into what a person sees in the file.
"""

from collections.abc import Iterator

import msgspec


class Merge(msgspec.Struct, frozen=True, array_like=True):
    """One merged area, all four bounds inclusive and counted from 0."""

    top: int
    left: int
    bottom: int
    right: int


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet: its cells as the text that the file shows."""

    name: str
    rows: list[list[str]]
    """Row 0 is the file's row 1, column 0 its column A; rows may differ in length."""
    formulas: frozenset[tuple[int, int]] = frozenset()
    """Cells that the program takes for a formula; their text is the formula, never its value."""
    merges: tuple[Merge, ...] = ()
    hidden: bool = False

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell, empty outside the sheet."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return ""


class Workbook(msgspec.Struct, frozen=True, kw_only=True):
    """All sheets of one file, in its order."""

    sheets: tuple[Sheet, ...]
    kind: str
    """What the content is, whatever the name says: `csv`, `xlsx` or `xls`."""
    encoding: str = ""
    """The character encoding that was found, for CSV."""


def row_number(index: int) -> int:
    """Return the number that the file shows for a row index."""
    return index + 1


def column_letters(index: int) -> str:
    """Return the letters that a spreadsheet program shows for a column index."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def filled_down(sheet: Sheet) -> list[list[str]]:
    """Return the rows with each merged area's text repeated downwards in its first column.

    Only where the sheet says merged: an empty cell that is not merged stays empty.
    """
    rows = [list(row) for row in sheet.rows]
    for merge in sheet.merges:
        text = sheet.text(merge.top, merge.left)
        if not text:
            continue
        for index in range(merge.top + 1, min(merge.bottom, len(rows) - 1) + 1):
            row = rows[index]
            row.extend([""] * (merge.left + 1 - len(row)))
            if not row[merge.left]:
                row[merge.left] = text
    return rows


def cells(sheet: Sheet) -> Iterator[tuple[int, int, str]]:
    """Walk over the cells that hold text."""
    for row, texts in enumerate(sheet.rows):
        for column, text in enumerate(texts):
            if text:
                yield row, column, text
