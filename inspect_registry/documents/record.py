"""现场检查笔录: what was checked and found on site, signed page by page.

Content: domain.md 4.5: times to the minute, place, whom, officers with certificate numbers, recorder, the notice given
(identity, withdrawal, statement) as question and answer, what was found, attachments, signatures or why there are none.
"""

from datetime import datetime

import msgspec
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether

from inspect_registry.clock import shanghai
from inspect_registry.documents.notice import Officer
from inspect_registry.documents.paper import LedgerMark, Sheet, make_pdf
from inspect_registry.documents.setting import NOTE, SMALL, TITLE, Prose, caption, grid

_LABEL = 26 * mm
_REFERENCE = msgspec.structs.replace(SMALL, align="centre", first_indent=0, after=6)


class AnsweredCriterion(msgspec.Struct, frozen=True, kw_only=True):
    """One checklist point and what was found."""

    matter: str
    criterion: str
    answer: str
    """Such as 符合, 不符合, 不适用."""
    note: str = ""


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One question of the officers and the answer."""

    question: str
    answer: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What one on-site record says."""

    department: str
    title: str = "现场检查笔录"
    reference: str = ""
    """Its 发文字号; empty on a draft."""
    code_no: str
    """Number of the code (检查码) that was shown."""
    started_at: datetime
    ended_at: datetime
    address: str
    enterprise: str
    enterprise_code: str
    present: str
    """Who was present for the enterprise, with position; never an identity number."""
    officers: tuple[Officer, ...]
    recorder: str
    told: tuple[Exchange, ...]
    answers: tuple[AnsweredCriterion, ...]
    findings: str
    """What was seen, in words; kept as written, line ends included."""
    statement: str
    """What the enterprise said to it."""
    attachments: tuple[str, ...]
    refusal: str = ""
    """Why the enterprise did not sign; empty where it signs."""
    witness: str = ""
    footer: str = ""
    ledger: LedgerMark | None = None
    mark: str = ""


def record_pdf(content: Record) -> bytes:
    """Make the record's file."""
    story: list[Flowable] = [
        Prose(content.department, msgspec.structs.replace(TITLE, size=18, leading=28, before=0, after=0)),
        Prose(content.title, msgspec.structs.replace(TITLE, before=0, after=6)),
        *([Prose(content.reference, _REFERENCE)] if content.reference else []),
        grid(_facts(content), [_LABEL, 130 * mm], head=0, head_columns=(0,)),
        *caption("告知和询问"),
        *[
            Prose(text, SMALL)
            for exchange in content.told
            for text in (f"问：{exchange.question}", f"答：{exchange.answer}")
        ],
        *caption("检查要点和结果"),
        grid(_answers(content), [10 * mm, 38 * mm, 62 * mm, 18 * mm, 28 * mm]),
        *caption("现场情况"),
        *[Prose(line, SMALL) for line in (content.findings or "未发现问题。").split("\n")],
        *caption("当事人陈述"),
        Prose(content.statement or "无。", SMALL),
        *caption("附件"),
        Prose("；".join(content.attachments) or "无。", SMALL),
        KeepTogether(_signatures(content)),
    ]
    sheet = Sheet(
        title=f"{content.title} {content.code_no}",
        author=content.department,
        top=25 * mm,
        footer=content.footer,
        ledger=content.ledger,
        mark=content.mark,
    )
    return make_pdf(sheet, story)


def _facts(content: Record) -> list[list[str]]:
    officers = "\n".join(f"{one.name}　执法证号 {one.certificate_no}　{one.department}" for one in content.officers)
    return [
        ["检查码编号", content.code_no],
        ["检查时间", f"{_minute(content.started_at)} 至 {_minute(content.ended_at)}"],
        ["检查地点", content.address],
        ["检查对象", f"{content.enterprise}\n{content.enterprise_code}"],
        ["现场负责人", content.present or "未到场"],
        ["检查人员", officers],
        ["记录人", content.recorder],
    ]


def _answers(content: Record) -> list[list[str]]:
    rows = [["序号", "检查事项", "检查要点", "结果", "说明"]]
    rows += [
        [str(number), one.matter, one.criterion, one.answer, one.note]
        for number, one in enumerate(content.answers, start=1)
    ]
    return rows


def _signatures(content: Record) -> list[Flowable]:
    if content.refusal:
        words = f"当事人未签名，理由：{content.refusal}。见证人：{content.witness or '（另附音像记录）'}。"
    else:
        words = "以上笔录已阅，记录无误。（由当事人逐页签名）"
    rows = [
        ["当事人签名", "", "日期", "　　年　　月　　日"],
        ["执法人员签名", "", "日期", "　　年　　月　　日"],
    ]
    return [
        Prose(words, msgspec.structs.replace(NOTE, before=10, after=6)),
        grid(rows, [_LABEL, 52 * mm, 20 * mm, 58 * mm], head=0, head_columns=(0, 2)),
    ]


def _minute(instant: datetime) -> str:
    local = shanghai(instant)
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"
