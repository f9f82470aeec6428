"""What we write can never become a formula in somebody's spreadsheet program."""

import csv
import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.sheets.reading import read_table
from inspect_registry.sheets.writing import csv_bytes, xlsx_bytes

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "|cmd",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "｜x",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_dangerous_text_gets_an_apostrophe_in_csv(text: str) -> None:
    rows = list(csv.reader(io.StringIO(csv_bytes(["名称"], [[text]]).decode("utf-8-sig"), newline="")))
    assert rows[1][0].startswith("'")
    assert rows[1][0][1:] == text.replace("\0", "␀")


def test_a_harmless_text_and_numbers_stay_as_they_are() -> None:
    content = csv_bytes(["名称", "数", "日"], [["安亭镇", -5, date(2026, 3, 1)], ["甲", Decimal("0.5"), None]])
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[1:] == [["安亭镇", "-5", "2026-03-01"], ["甲", "0.5", ""]]


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    content = xlsx_bytes("表", ["名称"], [[text] for text in DANGEROUS if "\0" not in text])
    xml = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert not read_table(content, "a.xlsx").sheets[0].formulas


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_no_text_starts_a_formula_in_csv(rows: list[list[str]]) -> None:
    written = csv_bytes(["=甲", "乙"], rows).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(written, newline="")):
        assert not any(cell[:1] in "=+-@|\t\r\n\0" for cell in row if cell)


def test_a_column_is_as_wide_as_what_it_holds_and_never_wider_than_a_screen_bears() -> None:
    rows = [["嘉定区人力资源和社会保障局", 1, "长" * 500]]
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes("表", ["检查主体", "次数", "依据"], rows))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    widths = [float(found) for found in re.findall(r'<col min="\d+" max="\d+" width="([\d.]+)"', sheet)]
    assert [round(width) for width in widths] == [29, 7, 49]  # Two for each Chinese character, and a little room.
