"""The papers: what they say when read back, how they look to a decoder, and that no text is taken for markup."""

import io
import sys

import pypdf
import pytest
import zxingcpp

from inspect_registry.documents.announcement import announcement_pdf
from inspect_registry.documents.breaking import NEVER_FIRST
from inspect_registry.documents.errors import GlyphMissing
from inspect_registry.documents.notice import notice_pdf
from inspect_registry.documents.record import record_pdf
from inspect_registry.documents.wording import FIVE_PROHIBITIONS, RIGHTS
from tests.documents_builders import (
    a_notice,
    a_record,
    an_announced_visit,
    an_announcement,
    fonts_of,
    lines_of,
    picture_of,
    text_of,
)

HOSTILE = (
    '<img src="file:///etc/passwd"/>',
    '<img src="http://127.0.0.1:9/x.png"/>',
    "<unichar name='pi'/>",
    "<font color=\"__import__('os')\">公司</font>",
    "</para><para>&lt;&amp;",
)


def test_the_announcement_reads_back() -> None:
    text = text_of(announcement_pdf(an_announcement()))
    assert "嘉检公告〔2026〕12号" in text
    assert "关于公布上海市嘉定区2026年12月涉企行政检查计划的公告" in text
    assert "本月计划入企检查3次，涉及经营主体2户、检查主体1个。其中综合一次查1次，因合并减少入企1次。" in text
    assert "上海安亭好味道餐饮有限公司" in text
    assert "2026年11月5日" in text
    assert "—1—" in text


def test_a_correction_says_so_and_why() -> None:
    text = text_of(announcement_pdf(an_announcement(revision=2, reason="两家企业停业")))
    assert "关于更正" in text
    assert "更正原因：两家企业停业" in text


def test_a_month_without_named_visits_is_announced_too() -> None:
    assert "本月没有事前公布对象名单的检查" in text_of(announcement_pdf(an_announcement(named=())))


def test_the_notice_says_everything_that_it_must() -> None:
    notice = a_notice()
    text = text_of(notice_pdf(notice))
    for officer in notice.officers:
        assert officer.name in text
        assert officer.certificate_no in text
    assert "区市场监管局本年度第1次（上限2次）" in text
    assert "区应急管理局本年度第1次（未设上限）" in text
    assert "《中华人民共和国食品安全法》第一百一十条" in text
    assert "日常检查嘉检计〔2026〕3号" in text
    assert all(name in text for name, _ in FIVE_PROHIBITIONS)
    assert all(right[:12] in text for right in RIGHTS)
    assert "第1页共2页" in text
    assert "第2页共2页" in text
    assert "留痕台账条目abc" in text_of(notice_pdf(a_notice(footer="留痕台账条目 abc")))


def test_the_notice_s_code_is_read_by_an_independent_decoder() -> None:
    address = "HTTPS://JIANCHA.EXAMPLE.GOV.CN/C/" + "ABCDEF2345" * 15
    pdf = notice_pdf(a_notice(code_url=address))
    pictures = [picture_of(pdf, page) for page in range(2)]
    assert [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)] == [address]


def test_the_record_gives_local_times_and_every_answer() -> None:
    text = text_of(record_pdf(a_record()))
    assert "2026年12月8日9时05分至2026年12月8日10时00分" in text
    assert "问：是否申请回避？" in text
    assert "不符合缺日期" in text
    assert "以上笔录已阅，记录无误" in text


def test_a_refused_signature_is_recorded_with_its_witness() -> None:
    text = text_of(record_pdf(a_record(refusal="当事人拒绝签名", witness="社区工作人员")))
    assert "当事人未签名，理由：当事人拒绝签名。见证人：社区工作人员。" in text


@pytest.mark.parametrize("pdf", [announcement_pdf(an_announcement()), notice_pdf(a_notice()), record_pdf(a_record())])
def test_every_font_in_use_is_embedded(pdf: bytes) -> None:
    fonts = fonts_of(pdf)
    assert any("NotoSerifSC" in name for name in fonts)
    assert all(embedded for name, embedded in fonts.items() if "Helvetica" not in name), fonts


def test_long_papers_keep_chinese_lines_in_order() -> None:
    findings = "现场检查发现（一）“三防”设施不全；（二）台账缺失。" * 40
    lines = lines_of(record_pdf(a_record(findings=findings)))
    assert len(lines) > 60
    assert not [line for line in lines if line[0] in NEVER_FIRST]


def test_a_long_paragraph_goes_on_on_the_next_page() -> None:
    pdf = record_pdf(a_record(findings="甲" * 3000))
    assert text_of(pdf).count("甲") == 3000
    assert len(fonts_of(pdf)) >= 2


def test_equal_papers_are_equal_files() -> None:
    assert announcement_pdf(an_announcement()) == announcement_pdf(an_announcement())
    assert announcement_pdf(an_announcement()) != announcement_pdf(an_announcement(visits=4))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markup_in_a_name_is_printed_as_text(hostile: str) -> None:
    text = text_of(announcement_pdf(an_announcement(named=(an_announced_visit(enterprise=hostile),))))
    assert "".join(hostile.split()) in text
    assert "".join(hostile.split()) in text_of(notice_pdf(a_notice(enterprise=hostile)))
    assert "".join(hostile.split()) in text_of(record_pdf(a_record(findings=hostile)))


_OPENED: list[tuple[str, str]] = []
_WATCHING = [False]


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _WATCHING[0] and event in ("open", "socket.connect", "urllib.Request", "subprocess.Popen", "os.system"):
        _OPENED.append((event, str(arguments[0] if event == "open" else arguments)))


sys.addaudithook(_watch)


def test_markup_opens_no_file_and_no_address() -> None:
    announcement_pdf(an_announcement())  # Fonts are loaded.
    _OPENED.clear()
    _WATCHING[0] = True
    try:
        for hostile in HOSTILE:
            notice_pdf(a_notice(enterprise=hostile, address=hostile))
        assert _OPENED == []
        open("/dev/null").close()  # noqa: PTH123
        assert len(_OPENED) == 1, "the watch itself must work"
    finally:
        _WATCHING[0] = False


def test_a_character_without_glyph_stops_the_paper() -> None:
    with pytest.raises(GlyphMissing):
        notice_pdf(a_notice(enterprise="上海🍜面馆"))


def test_one_rare_name_does_not_stop_a_month_s_announcement_and_is_marked() -> None:
    named = (an_announced_visit(enterprise="上海🍜面馆"), an_announced_visit())
    text = text_of(announcement_pdf(an_announcement(named=named)))
    assert "上海〓面馆" in text
    assert "〓表示字库未收录的字" in text
    assert "〓" not in text_of(announcement_pdf(an_announcement()))


def test_eight_hundred_visits_are_announced_whole() -> None:
    named = tuple(an_announced_visit(enterprise=f"上海第{number}号商贸有限公司") for number in range(800))
    pdf = announcement_pdf(an_announcement(named=named))
    text = text_of(pdf)
    assert all(f"上海第{number}号商贸有限公司" in text for number in range(800))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert [page for page in pages if len(page) < 60] == [], "no page but the body's is nearly empty"
    (listing,) = [
        page for page in pages if "事前公布的检查对象名单" in page and "附件2" in page and "附件：" not in page
    ]
    assert "上海第0号商贸有限公司" in "".join(listing.split())
