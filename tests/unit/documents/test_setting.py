"""Type on paper: how paragraphs break over pages, how cells choose their font, how a code is drawn."""

import msgspec
import pytest
import zxingcpp
from reportlab.platypus import PageBreak

from inspect_registry.codes.qr import matrix_of
from inspect_registry.documents.paper import LedgerMark, Sheet, make_pdf
from inspect_registry.documents.setting import BODY, CELL, Prose, QrCode, caption, grid
from tests.documents_builders import fonts_of, lines_of, picture_of, text_of

SHEET = Sheet(title="试", author="局")
LINE = BODY.leading


def test_a_paragraph_that_fits_is_not_split() -> None:
    prose = Prose("甲" * 30)
    assert prose.split(442, 10 * LINE) == [prose]


def test_a_paragraph_leaves_two_lines_at_least_on_each_side() -> None:
    prose = Prose("甲" * 28 * 5)
    assert prose.split(442, 1.5 * LINE) == []
    head, tail = prose.split(442, 4.5 * LINE)
    assert (len(head._lines or head._given), len(tail._given)) == (4, 2)
    three = Prose("甲" * 60)
    assert three.split(442, 2.5 * LINE) == []


def test_nothing_is_lost_where_a_paragraph_is_split() -> None:
    text = "".join(chr(0x4E00 + number) for number in range(900))
    assert text in text_of(make_pdf(SHEET, [Prose(text)])).replace("第1页共2页", "").replace("第2页共2页", "")


def test_only_the_first_line_is_indented() -> None:
    prose = Prose("甲" * 100)
    prose.wrap(442, 1000)
    assert len(prose._lines[0]) == len(prose._lines[1]) - 2


@pytest.mark.parametrize("align", ["left", "centre", "right", "justify"])
def test_every_alignment_keeps_the_text_inside_the_type_area(align: str) -> None:
    style = msgspec.structs.replace(BODY, align=align)
    pdf = make_pdf(SHEET, [Prose("检查通知书，" * 30, style)])
    picture = picture_of(pdf, scale=1).convert("L")
    left, right = picture.crop((0, 90, 76, 700)), picture.crop((530, 90, 595, 700))
    assert left.getextrema() == right.getextrema() == (255, 255)


def test_a_caption_does_not_stand_alone_at_the_foot_of_a_page() -> None:
    table = grid([["甲", "乙"], *[[str(n), str(n)] for n in range(6)]], [200, 200])
    pdf = make_pdf(SHEET, [Prose("占位\n" * 20), *caption("表题"), table])
    first = picture_of(pdf, 0)
    assert first is not None
    lines = lines_of(pdf)
    assert lines.index("第 2 页　共 2 页") > lines.index("表题") > lines.index("第 1 页　共 2 页")


def test_a_head_row_is_repeated_on_every_page() -> None:
    pdf = make_pdf(SHEET, [grid([["名称", "数量"], *[[f"第{n}行", str(n)] for n in range(80)]], [200, 200])])
    assert text_of(pdf).count("名称数量") >= 3


def test_a_cell_takes_the_other_font_where_only_that_one_has_the_character() -> None:
    rare = "\U00030edd"  # In Noto Sans SC alone, of the two.
    pdf = make_pdf(SHEET, [grid([["头"], [f"字{rare}"]], [200], style=CELL)])
    assert rare in text_of(pdf)
    assert any("NotoSansSC" in name for name in fonts_of(pdf))


def test_a_code_of_two_centimetres_is_read() -> None:
    address = "HTTPS://JIANCHA.EXAMPLE.GOV.CN/C/" + "ABCDE23456" * 22
    pdf = make_pdf(SHEET, [QrCode(matrix_of(address), side=20 / 25.4 * 72 * 1.25)])
    (code,) = zxingcpp.read_barcodes(picture_of(pdf, scale=6))
    assert code.text == address


def test_page_numbers_of_official_papers_stand_between_dashes() -> None:
    sheet = msgspec.structs.replace(SHEET, pages="dash")
    text = text_of(make_pdf(sheet, [Prose("一"), PageBreak(), Prose("二")]))
    assert "—1—" in text
    assert "—2—" in text


def test_footer_and_mark_stand_on_every_page() -> None:
    sheet = msgspec.structs.replace(SHEET, footer="留痕台账条目甲", mark="演示数据")
    pdf = make_pdf(sheet, [Prose("一"), PageBreak(), Prose("二")])
    assert text_of(pdf).count("留痕台账条目甲") == 2
    assert text_of(pdf).count("演示数据") == 2
    assert fonts_of(pdf)


def test_every_page_names_the_ledger_entry_and_the_first_shows_its_address_as_a_code() -> None:
    address = "https://jiancha.example.gov.cn/log/about/document/" + "abcdefghij234567klmnopqrst"
    mark = LedgerMark(entry="document/abcdefghij234567klmnopqrst", address=address)
    pages = [Prose("一"), PageBreak(), Prose("二")]
    for kind in ("dash", "of"):
        sheet = msgspec.structs.replace(SHEET, footer="文书编号", pages=kind, ledger=mark)
        pdf = make_pdf(sheet, pages)
        assert text_of(pdf).count("台账条目document/abcdefghij234567klmnopqrst") == 2
        assert text_of(pdf).count(address) == 2
        (code,) = zxingcpp.read_barcodes(picture_of(pdf, scale=6))
        assert code.text == address
    assert "台账条目" not in text_of(make_pdf(SHEET, pages))
