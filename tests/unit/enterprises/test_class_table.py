"""The monthly table of classes: what is read, and that every row that is not is named."""

import io

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry import cli, identifiers
from inspect_registry.enterprises.class_table import CLASS, NUMBER, class_of, read_classes
from inspect_registry.enterprises.model import CreditRiskClass
from inspect_registry.sheets.model import Sheet, Workbook
from inspect_registry.sheets.reading import read_table
from tests.district_builders import a_uscc

A, B, C, D = CreditRiskClass


def a_book(*rows: list[str], header: list[str] | None = None) -> Workbook:
    sheet = Sheet(name="分类", rows=[header or ["序号", "企业名称", NUMBER, CLASS], *rows])
    return Workbook(sheets=(sheet,), kind="xlsx")


def a_row(number: str, written: str) -> list[str]:
    return ["1", "某企业", number, written]


def told(book: Workbook, rows_max: int = 100) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.message) for fault in read_classes(book, rows_max=rows_max).faults]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("A", A), ("a", A), ("Ａ", A), (" B ", B), ("C类", C), ("ｄ级", D), ("信用风险低", A), ("信用风险一般", B),
        ("信用风险较高", C), ("信用风险高", D), ("", None), ("E", None), ("AB", None), ("0", None), ("A+", None),
        ("一级", None), ("笑脸", None), ("优", None), ("高", None), ("M", None),
    ],
)  # fmt: skip
def test_a_class_is_read_in_any_width_and_values_of_other_scales_are_not(written, meant):
    assert class_of(written) is meant


def test_columns_are_found_by_their_headers_whatever_stands_around_them():
    rows = [["11月分类结果"], [], ["信用 风险等级", "备注", "统一社会信用代码（注册号）"], ["b", "", a_uscc(1).lower()]]
    table = read_classes(Workbook(sheets=(Sheet(name="x", rows=rows),), kind="csv"), rows_max=100)
    assert table.faults == ()
    assert [(line.row, line.number, line.credit_class) for line in table.lines] == [(4, a_uscc(1), B)]


def test_every_faulty_cell_is_named_with_its_row_and_no_class_in_the_words():
    wrong = a_uscc(2)[:-1] + ("0" if a_uscc(2)[-1] != "0" else "1")
    book = a_book(a_row(a_uscc(1), "A"), a_row(wrong, "Z"), a_row("", "B"), ["", "", "", ""], a_row(a_uscc(3), ""))
    found = told(book)
    assert [(row, column) for row, column, _ in found] == [(3, NUMBER), (3, CLASS), (4, NUMBER), (6, CLASS)]
    assert found[3][2] == "没有填分类"
    (line,) = read_classes(book, rows_max=100).lines
    assert line.row == 2


def test_a_repeated_number_is_a_fault_even_with_the_same_class():
    book = a_book(a_row(a_uscc(1), "A"), a_row(f" {a_uscc(1).lower()} ", "A"))
    assert told(book) == [(3, NUMBER, "与第 2 行重复")]


def test_registration_numbers_count_too():
    number = identifiers.make_reg_no("31011460012345")
    assert [line.number for line in read_classes(a_book(a_row(number, "C")), rows_max=9).lines] == [number]


@pytest.mark.parametrize(
    ("book", "word"),
    [
        (a_book(header=["名称", "代码"]), "没有找到"),
        (a_book(), "没有数据行"),
        (Workbook(sheets=(), kind="xlsx"), "没有找到"),
        (a_book(*[a_row(a_uscc(n), "A") for n in range(4)]), "一次最多导入 3 行"),
    ],
)
def test_a_file_that_is_no_such_table_is_one_fault(book, word):
    table = read_classes(book, rows_max=3)
    assert table.lines == ()
    (fault,) = table.faults
    assert word in fault.message


def test_a_workbook_reads_like_a_csv():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("十一月").write_column(0, 0, [NUMBER, a_uscc(1), a_uscc(2)])
        book.worksheets()[0].write_column(0, 1, [CLASS, "A", "D类"])
    csv = f"{NUMBER},{CLASS}\n{a_uscc(1)},A\n{a_uscc(2)},D类\n".encode("gb18030")
    read = [read_classes(read_table(content, "x"), rows_max=9) for content in (file.getvalue(), csv)]
    assert [[(line.number, line.credit_class) for line in table.lines] for table in read] == [
        [(a_uscc(1), A), (a_uscc(2), D)]
    ] * 2


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=8)), max_size=12))
def test_any_text_is_read_or_named_and_never_lost(cells):
    book = a_book(*[a_row(number, written) for number, written in cells])
    table = read_classes(book, rows_max=100)
    named = {fault.row for fault in table.faults} | {line.row for line in table.lines}
    assert named >= {place for place, _ in enumerate(cells, start=2)} or not cells
    assert len({line.number for line in table.lines}) + sum(f.message.startswith("与") for f in table.faults) == len(
        table.lines
    )


def test_the_command_tells_faults_and_prints_no_class_that_is_right(tmp_path, capsys):
    file = tmp_path / "分类.csv"
    file.write_text(f"{NUMBER},{CLASS}\n{a_uscc(1)},D\n{a_uscc(2)},Q\n", encoding="utf-8")
    assert cli.main(["import", "credit-classes", str(file), "--check"]) == 1
    shown = capsys.readouterr().out
    assert "第 3 行" in shown
    assert "可读 1 行，1 处有误" in shown
    assert a_uscc(1) not in shown
    file.write_text(f"{NUMBER},{CLASS}\n{a_uscc(1)},D\n", encoding="utf-8")
    assert cli.main(["import", "credit-classes", str(file), "--check", "--json"]) == 0
    assert '"rows": 1' in capsys.readouterr().out
    assert cli.main(["import", "credit-classes", str(tmp_path / "none"), "--check"]) == 2
