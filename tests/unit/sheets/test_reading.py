"""Files as offices send them, and files that want to hurt."""

import io
import resource
import time
import zipfile

import openpyxl
import pytest

from inspect_registry.sheets.errors import (
    SheetDamaged,
    SheetEncodingUnknown,
    SheetFormatUnknown,
    SheetSuspicious,
    SheetTooLarge,
)
from inspect_registry.sheets.model import Merge, column_letters, filled_down
from inspect_registry.sheets.reading import read_table
from tests.plan_tables import xlsx_of

TEXT = "任务名称,检查比例\r\n水质检查,５％\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_that_offices_use_is_read(encoding: str) -> None:
    book = read_table(TEXT.encode(encoding), "计划.csv")
    assert book.sheets[0].rows == [["任务名称", "检查比例"], ["水质检查", "５％"]]
    assert book.sheets[0].name == "计划"


def test_bytes_in_no_encoding_are_refused() -> None:
    with pytest.raises(SheetEncodingUnknown, match="第 1 个字节"):
        read_table(b"\xff\xff\xff,\x81", "a.csv")


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_the_delimiter_is_found(mark: str) -> None:
    rows = read_table(f"名称{mark}比例\n甲、乙{mark}5%\n".encode(), "a.csv").sheets[0].rows
    assert rows == [["名称", "比例"], ["甲、乙", "5%"]]


def test_marks_inside_cells_do_not_decide_the_delimiter() -> None:
    text = '名称,部门,比例\n甲,"一局;二局;三局;四局;五局",5%\n乙,"一局;二局;三局;四局;六局",6%\n'
    rows = read_table(text.encode(), "a.csv").sheets[0].rows
    assert rows[1] == ["甲", "一局;二局;三局;四局;五局", "5%"]
    titled = "某区2026年度计划;仅供参考\n名称,比例\n甲,5%\n乙,6%\n"
    assert read_table(titled.encode(), "a.csv").sheets[0].rows[2] == ["甲", "5%"]


def test_a_line_break_inside_a_cell_does_not_shift_the_rows() -> None:
    rows = read_table('名称,比例\n"甲\n乙",5%\n丙,6%\n'.encode(), "a.csv").sheets[0].rows
    assert rows[1] == ["甲\n乙", "5%"]
    assert rows[2] == ["丙", "6%"]


def test_a_workbook_is_read_as_its_cells_show_it_whatever_its_name() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "计划"
    sheet["A1"], sheet["B1"], sheet["C1"] = "合并", 0.05, 1
    sheet["B1"].number_format = "0%"
    sheet["B2"], sheet["B2"].number_format = 0.005, "0%"
    sheet["B3"], sheet["B3"].number_format = 0.07, "0.00%"
    import datetime as dt

    sheet["C2"], sheet["C2"].number_format = dt.date(2026, 10, 1), 'm"月"'
    sheet["C3"], sheet["C3"].number_format = dt.date(2026, 3, 5), 'm"月"d"日"'
    sheet["D2"], sheet["D2"].number_format = dt.date(2026, 10, 1), 'yyyy"年"m"月"'
    sheet["D3"], sheet["D3"].number_format = dt.date(2026, 10, 1), "yyyy-mm-dd"
    sheet["E1"] = "=SUM(B1:B3)"
    sheet["E9"] = "=1"
    sheet.merge_cells("A1:A3")
    read = read_table(xlsx_of(book), "计划.xls")
    assert read.kind == "xlsx"
    rows = read.sheets[0].rows
    assert rows[0] == ["合并", "5%", "1", "", "=SUM(B1:B3)"]
    assert rows[1][1:4] == ["0.5%", "10月", "2026年10月"]
    assert rows[2][1:4] == ["7%", "3月5日", "2026-10-01"]
    assert read.sheets[0].formulas == {(0, 4), (8, 4)}
    assert read.sheets[0].merges == (Merge(0, 0, 2, 0),)
    assert [row[0] for row in filled_down(read.sheets[0])[:3]] == ["合并"] * 3


def test_only_merged_cells_are_filled_down() -> None:
    book = openpyxl.Workbook()
    for row in (["部门", "事项"], ["甲局", "一"], [None, "二"], [None, "三"]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    sheet = read_table(xlsx_of(book), "a.xlsx").sheets[0]
    assert [row[0] for row in filled_down(sheet)] == ["部门", "甲局", "甲局", ""]


def test_hidden_sheets_say_so() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("字典").sheet_state = "hidden"
    assert [sheet.hidden for sheet in read_table(xlsx_of(book), "a.xlsx").sheets] == [False, True]


def a_zip(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def an_xlsx_with(**members: bytes) -> bytes:
    """A good workbook with members replaced or added (dots written as __)."""
    good = zipfile.ZipFile(io.BytesIO(xlsx_of(openpyxl.Workbook())))
    parts = {name: good.read(name) for name in good.namelist()}
    return a_zip(parts | {name.replace("__", "."): content for name, content in members.items()})


def test_a_small_file_that_unpacks_to_200_mb_is_refused_within_two_seconds() -> None:
    bomb = an_xlsx_with(**{"xl/worksheets/sheet1__xml": b"<row/>" * (200_000_000 // 6)})
    assert len(bomb) < 600_000
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    started = time.monotonic()
    with pytest.raises(SheetTooLarge, match="50 MB"):
        read_table(bomb, "a.xlsx")
    assert time.monotonic() - started < 2
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - before < 100_000


def test_a_bomb_that_lies_about_its_size_dies_in_the_child() -> None:
    bomb = bytearray(an_xlsx_with(**{"xl/worksheets/sheet1__xml": b"<row/>" * (200_000_000 // 6)}))
    real = (200_000_000 // 6 * 6).to_bytes(4, "little")
    lie = (60_000).to_bytes(4, "little")
    while (at := bomb.find(real)) >= 0:
        bomb[at : at + 4] = lie
    with pytest.raises((SheetTooLarge, SheetDamaged)):
        read_table(bytes(bomb), "a.xlsx")


def test_other_hostile_archives_are_refused() -> None:
    many = an_xlsx_with(**{f"x{number}": b"" for number in range(60)})
    with pytest.raises(SheetSuspicious, match="部件"):
        read_table(many, "a.xlsx")
    with pytest.raises(SheetSuspicious, match="路径"):
        read_table(an_xlsx_with(**{"../../etc/passwd": b"x"}), "a.xlsx")
    with pytest.raises(SheetSuspicious, match="压缩比"):
        read_table(an_xlsx_with(**{"xl/media": b"0" * 40_000_000}), "a.xlsx")


def test_growing_entities_are_refused() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><styleSheet>&b;</styleSheet>'
    with pytest.raises((SheetSuspicious, SheetDamaged)):
        read_table(an_xlsx_with(**{"xl/styles__xml": laughs}), "a.xlsx")


def test_a_stray_cell_at_the_end_of_the_world_is_refused_quickly() -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "a", "b"
    started = time.monotonic()
    with pytest.raises(SheetTooLarge):
        read_table(xlsx_of(book), "a.xlsx")
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", SheetFormatUnknown),
        (b"  \r\n ", SheetFormatUnknown),
        (b"%PDF-1.7 ...", SheetFormatUnknown),
        ("<html><table><tr><td>假 xls</td></tr></table></html>".encode(), SheetFormatUnknown),
        (b"PK\x03\x04 truncated", SheetDamaged),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 not really", SheetDamaged),
        (a_zip({"word/document.xml": b"<w/>"}), SheetFormatUnknown),
        (a_zip({"xl/workbook.xml": b"<broken"}), SheetDamaged),
        (b"a" * (5 * 1024 * 1024 + 1), SheetTooLarge),
        (b'a,"' + b"b" * 1_100_000 + b'"', SheetDamaged),
    ],
    ids=["empty", "blank", "pdf", "html", "broken-zip", "broken-xls", "docx", "broken-xml", "too-big", "huge-cell"],
)
def test_what_is_no_table_is_refused_by_name(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_table(content, "a.xls")


def test_columns_have_the_letters_that_people_see() -> None:
    assert [column_letters(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
