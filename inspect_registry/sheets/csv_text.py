"""CSV as Chinese offices save it: GB18030, UTF-8 with or without a byte-order mark, UTF-16; comma, semicolon or tab."""

import codecs
import csv
import io
from collections import Counter
from itertools import islice

from inspect_registry.sheets.errors import SheetDamaged, SheetEncodingUnknown
from inspect_registry.sheets.model import Sheet, Workbook

CELL_CHARACTERS_MAX = 1_000_000
_DELIMITERS = (",", "\t", ";", "|")


def decode(content: bytes) -> tuple[str, str]:
    """Return the text and the encoding found; ambiguous bytes are read as UTF-8 first, as GB18030 else."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _strictly(content, encoding), encoding
    sample = content[:4096]
    if sample.count(0) > len(sample) // 8:
        # Only ASCII written as UTF-16 has this many zero bytes: delimiters and digits of an unmarked UTF-16 file.
        encoding = "utf-16-be" if sample[0::2].count(0) > sample[1::2].count(0) else "utf-16-le"
        return _strictly(content, encoding), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _strictly(content, "gb18030"), "gb18030"


def read_csv(content: bytes, name: str) -> Workbook:
    """Read CSV bytes as a workbook of one sheet; a record is a row, as a spreadsheet program counts them."""
    text, encoding = decode(content)
    previous = csv.field_size_limit(CELL_CHARACTERS_MAX)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise SheetDamaged(f"CSV 无法读取：{error}", remedy="请检查引号是否成对，或另存为 .xlsx") from error
    finally:
        csv.field_size_limit(previous)
    return Workbook(sheets=(Sheet(name=name, rows=rows),), kind="csv", encoding=encoding)


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise SheetEncodingUnknown(
            f"第 {error.start + 1} 个字节起不是 {encoding} 文字",
            remedy="请在表格软件中另存为“CSV UTF-8”或 .xlsx",
        ) from error


def _delimiter(text: str) -> str:
    """Choose the delimiter under which most of the first records have the same number of cells; a comma in doubt."""
    start = text[:50_000]

    def evenness(mark: str) -> tuple[int, int, bool]:
        widths = Counter(
            len(row) for row in islice(csv.reader(io.StringIO(start, newline=""), delimiter=mark), 30) if row
        )
        width, rows = max(widths.items(), key=lambda found: (found[0] > 1, found[1], found[0]), default=(0, 0))
        return (rows if width > 1 else 0, width, mark == ",")

    return max(_DELIMITERS, key=evenness)
