"""Write tables out, so that no cell of ours can become a formula in the reader's spreadsheet program (ASVS V1.2.10).

CSV has no types, so a dangerous first character gets an apostrophe before it; XLSX cells are written as typed text.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter

Cell = str | int | float | Decimal | date | None
_DANGEROUS = frozenset("=+-@|\t\r\n\0" + "＝＋－＠｜")
_CELL_CHARACTERS_MAX = 32_767
_WIDEST = 48  # Characters; a longer text is cut on the screen, not in the file.
# A fixed time in the file's properties: the same rows give the same bytes, so a published file can be compared.
_CREATED = datetime(2020, 1, 1)  # noqa: DTZ001  # the format knows no time zone


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write CSV in UTF-8 with a byte-order mark, which every office program opens with the right characters."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([_harmless(cell) for cell in header])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8", errors="replace")


def xlsx_bytes(sheet_name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write one sheet as XLSX; texts stay texts, numbers numbers, days days. Columns are as wide as what they hold."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"created": _CREATED})
        sheet = book.add_worksheet(sheet_name)
        bold = book.add_format({"bold": True, "text_wrap": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        for column, cell in enumerate(header):
            sheet.write_string(0, column, cell, bold)
        widths = {column: _width(cell) for column, cell in enumerate(header)}
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if value is None:
                    continue
                widths[column] = max(widths.get(column, 0), _width(value))
                if isinstance(value, str):
                    sheet.write_string(number, column, value[:_CELL_CHARACTERS_MAX])
                elif isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                else:
                    sheet.write_number(number, column, value)
        for column, width in widths.items():
            sheet.set_column(column, column, min(width + 2, _WIDEST))
    return stream.getvalue()


def _width(cell: Cell) -> int:
    """Return how many columns of a screen it takes: two for a Chinese character, which is three bytes."""
    text = str(cell)
    return (len(text.encode("utf-8", errors="replace")) + len(text)) // 2


def _harmless(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = cell.replace("\0", "␀")
        return f"'{text}" if text[:1] in _DANGEROUS or text.startswith("␀") else text
    return str(cell)
