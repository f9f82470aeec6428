"""The monthly table of 企业信用风险分类 as offices send it: which enterprise has which class; pure.

Two columns are looked for by their headers, in any order, among others that are ignored. Every cell that cannot be read
is a fault of its own; no row is guessed. The class typed stands in a fault's text only, never in its message.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import msgspec

from inspect_registry.enterprises.model import CreditRiskClass
from inspect_registry.errors import Place
from inspect_registry.identifiers import BadNumberError, fold_number, parse_reg_no, parse_uscc
from inspect_registry.sheets.model import Sheet, Workbook, row_number

NUMBER: Final = "统一社会信用代码"
CLASS: Final = "信用风险分类"
HEADER_ROWS_MAX: Final = 10
"""A title and notes may stand above the header."""
_NUMBER_WORDS: Final = re.compile(r"社会信用代码|信用代码|注册号")
_CLASS_WORDS: Final = re.compile(r"(信用)?风险(分类|类别|等级)|^分类(结果)?$|^类别$")
_LETTER: Final = re.compile(r"([A-D])(?:类|级)?")
_WORDS: Final = {
    "信用风险低": CreditRiskClass.A,
    "信用风险一般": CreditRiskClass.B,
    "信用风险较高": CreditRiskClass.C,
    "信用风险高": CreditRiskClass.D,
}
_REG_NO_LENGTH: Final = 15


class ClassLine(msgspec.Struct, frozen=True, kw_only=True):
    """One readable row."""

    sheet: str
    row: int
    """As the file shows it, from 1."""
    number: str
    """统一社会信用代码 or 注册号, folded, with right check characters."""
    credit_class: CreditRiskClass


class ClassTable(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says: its readable rows, and a fault for each that is not."""

    lines: tuple[ClassLine, ...]
    faults: tuple[Place, ...]


def read_classes(book: Workbook, *, rows_max: int) -> ClassTable:
    """Read every sheet that has both columns; a file without any, or with too many rows, is one fault."""
    lines: list[ClassLine] = []
    faults: list[Place] = []
    found = False
    for sheet in book.sheets:
        header = _header(sheet)
        if header is None:
            continue
        found = True
        if len(sheet.rows) - header[0] - 1 + len(lines) > rows_max:
            message = f"一次最多导入 {rows_max} 行，请拆分后分次导入"
            return ClassTable(lines=(), faults=(Place(sheet=sheet.name, message=message),))
        _read(sheet, header, lines, faults)
    if not found:
        message = f"没有找到“{NUMBER}”和“{CLASS}”两列的表头"
        faults.append(Place(sheet=book.sheets[0].name if book.sheets else "", message=message))
    elif not lines and not faults:
        faults.append(Place(message="表格里没有数据行"))
    return ClassTable(lines=tuple(lines), faults=(*faults, *_repeated(lines)))


def class_of(text: str) -> CreditRiskClass | None:
    """Read one cell: a letter, with 类 or 级, in any width and case, or the class in words; None for anything else."""
    bare = _bare(text)
    letter = _LETTER.fullmatch(bare.upper())
    if letter:
        return CreditRiskClass(letter.group(1))
    return _WORDS.get(bare)


def _read(sheet: Sheet, header: tuple[int, int, int], lines: list[ClassLine], faults: list[Place]) -> None:
    top, number_at, class_at = header
    for index in range(top + 1, len(sheet.rows)):
        number, written = sheet.text(index, number_at), sheet.text(index, class_at)
        if not any(text.strip() for text in sheet.rows[index]):
            continue
        row = row_number(index)
        folded = fold_number(number)
        wrong = _number_fault(folded)
        credit_class = class_of(written)
        if wrong:
            faults.append(Place(sheet=sheet.name, row=row, column=NUMBER, text=number[:60], message=wrong))
        if credit_class is None:
            message = "不是已知的分类，可填 A、B、C、D" if written.strip() else "没有填分类"
            faults.append(Place(sheet=sheet.name, row=row, column=CLASS, text=written[:60], message=message))
        if not wrong and credit_class is not None:
            lines.append(ClassLine(sheet=sheet.name, row=row, number=folded, credit_class=credit_class))


def _header(sheet: Sheet) -> tuple[int, int, int] | None:
    for index, texts in enumerate(sheet.rows[:HEADER_ROWS_MAX]):
        names = [_bare(text) for text in texts]
        numbers = [place for place, name in enumerate(names) if _NUMBER_WORDS.search(name)]
        classes = [place for place, name in enumerate(names) if _CLASS_WORDS.search(name) and place not in numbers]
        if numbers and classes:
            return index, numbers[0], classes[0]
    return None


def _number_fault(folded: str) -> str:
    if not folded:
        return "没有填代码"
    try:
        (parse_reg_no if len(folded) == _REG_NO_LENGTH else parse_uscc)(folded)
    except BadNumberError as fault:
        return str(fault)
    return ""


def _repeated(lines: Sequence[ClassLine]) -> list[Place]:
    first: dict[str, ClassLine] = {}
    faults = []
    for line in lines:
        earlier = first.setdefault(line.number, line)
        if earlier is not line:
            where = (
                f"第 {earlier.row} 行" if earlier.sheet == line.sheet else f"工作表“{earlier.sheet}”第 {earlier.row} 行"
            )
            message = f"与{where}重复"
            faults.append(Place(sheet=line.sheet, row=line.row, column=NUMBER, text=line.number, message=message))
    return faults


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
