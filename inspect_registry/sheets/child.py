"""The process that unpacks workbooks: reads one from standard input, writes its cells as JSON to standard output.

Started by reading.py and by nothing else. It gives itself hard limits of memory and CPU before it reads a byte, can
create no file, and is thrown away after one workbook: whatever a hostile file does, it does here.
"""

import io
import resource
import sys
import zipfile

import msgspec
import python_calamine

from inspect_registry.sheets.cell_text import shown
from inspect_registry.sheets.model import Merge, Sheet
from inspect_registry.sheets.xlsx_marks import DocumentTypeError, Marks, marks_by_sheet

MEMORY_BYTES_MAX = 768 * 1024 * 1024
"""Address space, not use: the interpreter and its libraries already reserve some 200 MB of it."""
CPU_SECONDS_MAX = 12
ROWS_MAX = 20_000
COLUMNS_MAX = 300
CELLS_MAX = 2_000_000


class Outcome(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the child says: sheets, or why there are none."""

    sheets: list[Sheet] = []
    failure: str = ""
    """One of `locked`, `damaged`, `too-large`, `suspicious`."""
    detail: str = ""


def read(content: bytes) -> Outcome:
    """Read a workbook's sheets; every failure is an outcome."""
    try:
        marks = _marks(content)
        return Outcome(sheets=_sheets(content, marks))
    except python_calamine.PasswordError:
        return Outcome(failure="locked")
    except DocumentTypeError:
        return Outcome(failure="suspicious", detail="文件内部含有文档类型声明（DTD）")
    except MemoryError:
        return Outcome(failure="too-large", detail="打开文件所需的内存超过上限")
    except _TooManyCells as error:
        return Outcome(failure="too-large", detail=str(error))
    except Exception as error:  # noqa: BLE001 - a hostile file may raise anything, and the parent needs an answer
        return Outcome(failure="damaged", detail=type(error).__name__)


class _TooManyCells(Exception):
    pass


def _marks(content: bytes) -> dict[str, Marks]:
    if not content.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return marks_by_sheet(archive)


def _sheets(content: bytes, marks: dict[str, Marks]) -> list[Sheet]:
    sheets = []
    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        for about in book.sheets_metadata:
            if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
            sheets.append(_sheet(sheet, marks.get(about.name) or Marks(formulas={}, formats={}), hidden=hidden))
    return sheets


def _sheet(sheet: python_calamine.CalamineSheet, marks: Marks, *, hidden: bool) -> Sheet:
    last_row, last_column = sheet.end or (-1, -1)
    if last_row >= ROWS_MAX or last_column >= COLUMNS_MAX or (last_row + 1) * (last_column + 1) > CELLS_MAX:
        raise _TooManyCells(
            f"工作表“{sheet.name}”用到第 {last_row + 1} 行、第 {last_column + 1} 列，"
            f"上限为 {ROWS_MAX} 行、{COLUMNS_MAX} 列；请删去表格之外的内容"
        )
    rows = [
        [shown(value, marks.formats.get((row, column))) for column, value in enumerate(values)]
        for row, values in enumerate(sheet.to_python(skip_empty_area=False))
    ]
    for (row, column), formula in marks.formulas.items():
        if row >= ROWS_MAX or column >= COLUMNS_MAX:
            raise _TooManyCells(f"工作表“{sheet.name}”在第 {row + 1} 行有公式，上限为 {ROWS_MAX} 行")
        rows.extend([] for _ in range(row + 1 - len(rows)))
        rows[row].extend([""] * (column + 1 - len(rows[row])))
        rows[row][column] = formula
    merges = tuple(Merge(top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ())
    return Sheet(name=sheet.name, rows=rows, formulas=frozenset(marks.formulas), merges=merges, hidden=hidden)


def main() -> None:
    """Limit this process, then read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    outcome = read(sys.stdin.buffer.read())
    sys.stdout.buffer.write(msgspec.json.encode(outcome))


if __name__ == "__main__":
    main()
