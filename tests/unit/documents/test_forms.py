"""All papers of an inspection: what each says, golden; handwriting, faces, hostile names and the pages' foot."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_registry.documents.breaking import NEVER_FIRST, NEVER_LAST
from inspect_registry.documents.errors import GlyphMissing
from inspect_registry.documents.fonts import HEI, SONG, runs_of, text_width
from inspect_registry.documents.forms import Common
from inspect_registry.documents.issuing import refuse_missing_glyphs
from inspect_registry.documents.model import DocumentKind
from inspect_registry.documents.paper import LedgerMark
from inspect_registry.documents.papers import PAPERS, pdf_of_content
from tests.documents_builders import (
    a_delivery,
    a_hand_of,
    a_notice,
    a_record,
    a_result,
    an_approval,
    an_order,
    fonts_of,
    lines_of,
    picture_of,
    text_of,
)

GOLDEN = Path(__file__).parents[2] / "data" / "papers"
MARK = LedgerMark(entry="document/abc", address="https://jiancha.example.gov.cn/log/about/document/abc")
FOOT = {"footer": "文书编号 abc，已记入留痕台账", "ledger": MARK, "mark": "演示数据"}
HANDS = (a_hand_of("当事人\n签名", "王某（店长）"), a_hand_of("执法人员\n签名", "李明"))
PAPERS_BUILT = {
    DocumentKind.APPROVAL: lambda **more: an_approval(**FOOT | more),
    DocumentKind.NOTICE: lambda **more: a_notice(**FOOT | more),
    DocumentKind.RECORD: lambda **more: a_record(**FOOT | {"hands": HANDS, "initial": HANDS[0].lines} | more),
    DocumentKind.RESULT: lambda **more: a_result(**FOOT | more),
    DocumentKind.ORDER: lambda **more: an_order(**FOOT | more),
    DocumentKind.DELIVERY: lambda **more: a_delivery(**FOOT | more),
}
KINDS = list(PAPERS_BUILT)
HOSTILE = [
    '<img src="file:///etc/passwd"/>公司',
    '<a href="http://127.0.0.1:9/">公司</a>',
    "公司&amp;&lt;b&gt;",
    "</para><para><font color=\"__import__('os').system('x')\">",
    "=HYPERLINK(1)",
]


def _pdf(kind: DocumentKind, **more: object) -> bytes:
    return pdf_of_content(kind, PAPERS_BUILT[kind](**more))


def test_every_kind_is_built_here() -> None:
    assert set(KINDS) == set(DocumentKind) == set(PAPERS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_of_a_paper_is_the_golden_one(kind: DocumentKind) -> None:
    found = "\n".join(lines_of(_pdf(kind))) + "\n"
    golden = GOLDEN / f"{kind.value}.txt"
    if os.environ.get("WRITE_GOLDEN"):
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_a_snapshot_gives_the_same_bytes_every_time(kind: DocumentKind) -> None:
    assert _pdf(kind) == _pdf(kind)
    assert _pdf(kind) != _pdf(kind, enterprise="上海另一家有限公司")


@pytest.mark.parametrize("kind", KINDS)
def test_every_font_is_in_the_file_and_the_file_is_small(kind: DocumentKind) -> None:
    pdf = _pdf(kind)
    assert all(embedded for name, embedded in fonts_of(pdf).items() if "Helvetica" not in name)
    assert len(pdf) < 180_000


@pytest.mark.parametrize("kind", KINDS)
def test_head_number_pages_and_foot_stand_on_it(kind: DocumentKind) -> None:
    content = PAPERS_BUILT[kind]()
    text = text_of(pdf_of_content(kind, content))
    for words in (
        content.department,
        PAPERS[kind].title,
        content.number,
        "第1页共",
        "台账条目document/abc",
        "演示数据",
    ):
        assert words in text, words


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_markup_in_a_name_is_text(kind: DocumentKind, hostile: str) -> None:
    assert "".join(hostile.split()) in text_of(_pdf(kind, enterprise=hostile))


@pytest.mark.parametrize(
    "character", ["🍜", "\u200f", "\u202e", "\x00", "\x07", "\ufffe", "𠮷"], ids=lambda one: f"U+{ord(one):04X}"
)
def test_what_no_face_has_is_refused_with_its_place(character: str) -> None:
    with pytest.raises(GlyphMissing) as refused:
        refuse_missing_glyphs(a_result(enterprise=f"上海{character}记"))
    (place,) = refused.value.places
    assert place.field == "enterprise"
    assert f"U+{ord(character):04X}" in refused.value.detail
    with pytest.raises(GlyphMissing):
        pdf_of_content(DocumentKind.RESULT, a_result(enterprise=f"上海{character}记"))


def test_all_places_with_missing_characters_are_told_at_once() -> None:
    content = a_notice(enterprise="上海🍜", prepare=("证照", "台账🧾"))
    with pytest.raises(GlyphMissing) as refused:
        refuse_missing_glyphs(content)
    assert [place.field for place in refused.value.places] == ["enterprise", "prepare.1"]


ONLY_SONG = "\u9ff0"
ONLY_HEI = "\U00030edd"


@pytest.mark.parametrize("name", ["㐂记", "龘龘", f"{ONLY_SONG}某", f"{ONLY_HEI}某", f"{ONLY_SONG}和{ONLY_HEI}"])
@pytest.mark.parametrize("kind", KINDS)
def test_rare_names_are_set_from_both_faces_and_read_back(kind: DocumentKind, name: str) -> None:
    assert name in text_of(_pdf(kind, enterprise=name))


def test_the_faces_differ_as_the_test_above_takes_it() -> None:
    assert [face for face, _ in runs_of(f"甲{ONLY_HEI}{ONLY_SONG}", SONG)] == [SONG, HEI, SONG]
    assert "".join(run for _, run in runs_of(f"甲{ONLY_HEI}{ONLY_SONG}乙", SONG)) == f"甲{ONLY_HEI}{ONLY_SONG}乙"
    assert text_width(f"甲{ONLY_HEI}", SONG, 10) == pytest.approx(20)


def test_handwriting_is_drawn_where_it_belongs_and_on_each_page() -> None:
    bare, signed = a_record(hands=(HANDS[0],)), a_record(hands=(HANDS[0],), initial=HANDS[0].lines)
    ink = [
        _dark(picture_of(pdf_of_content(DocumentKind.RECORD, one)), 0.2, 0.90, 0.36, 0.935) for one in (bare, signed)
    ]
    assert ink[1] > ink[0] + 50


def test_a_signature_without_strokes_leaves_the_line_for_a_pen() -> None:
    text = text_of(pdf_of_content(DocumentKind.RECORD, a_record()))
    assert text.count("年月日") == 3


def test_a_signature_of_an_older_version_says_so() -> None:
    note = "签名所签为更正前的版本，本版未重新签名"
    hand = HANDS[0].__class__(
        label="当事人\n签名", name="王某", lines=HANDS[0].lines, on="2026年12月8日\n10时02分", note=note
    )
    text = text_of(pdf_of_content(DocumentKind.RECORD, a_record(hands=(hand,), version="第2版（更正）：地址有误")))
    assert note in text
    assert "第2版（更正）：地址有误" in text


_PHRASES = st.tuples(
    st.sampled_from(["", "（", "《", "“"]),
    st.text(alphabet="检查记录当事人12ab", min_size=1, max_size=12),
    st.sampled_from(["", "，", "。", "）。", "》、", "”；", "？！"]),
)


@given(st.lists(_PHRASES, min_size=1, max_size=60))
@settings(max_examples=40, deadline=None)
def test_no_line_of_a_paper_begins_or_ends_with_a_forbidden_mark(phrases: list[tuple[str, str, str]]) -> None:
    words = "".join(f"{before}{word}{after}" for before, word, after in phrases)
    lines = lines_of(pdf_of_content(DocumentKind.RECORD, a_record(findings=words)))
    assert "".join("".join(words).split()) in "".join("".join(lines).split())
    assert not [line for line in lines if line[0] in NEVER_FIRST]
    assert not [line for line in lines if line[-1] in NEVER_LAST and not words.endswith(line[-1])]


def test_a_replacement_says_what_it_replaces() -> None:
    content: Common = a_result(replaces="本文书替换《行政检查结果告知书》（嘉市监检告〔2026〕4号）：地址有误")
    assert "本文书替换《行政检查结果告知书》（嘉市监检告〔2026〕4号）：地址有误" in text_of(
        pdf_of_content(DocumentKind.RESULT, content)
    )


def test_an_order_tells_terms_consequences_and_remedies() -> None:
    text = text_of(_pdf(DocumentKind.ORDER))
    for words in (
        "当场改正",
        "2026年12月15日前改正",
        "六十日内",
        "六个月内",
        "《中华人民共和国行政处罚法》第二十八条第一款",
    ):
        assert words in text, words


def test_a_seal_never_stands_alone_on_a_page() -> None:
    """GB/T 9704: no page that carries the seal and no words of the text."""
    for number in range(1, 14):
        findings = a_result().findings * number
        lines = lines_of(pdf_of_content(DocumentKind.RESULT, a_result(findings=findings)))
        seal = next(place for place, line in enumerate(lines) if line.endswith("（印章）"))
        assert not lines[seal - 1].startswith(("第", "https", "台账", "文书编号")), number


def _dark(picture: object, left: float, top: float, right: float, bottom: float) -> int:
    width, height = picture.size  # type: ignore[attr-defined]
    part = picture.convert("L").crop((int(left * width), int(top * height), int(right * width), int(bottom * height)))  # type: ignore[attr-defined]
    return sum(1 for value in part.tobytes() if value < 100)
