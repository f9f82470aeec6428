"""现场检查笔录: what was checked and found on site, signed page by page.

Content: domain.md 4.5: times to the minute, place, whom, officers with certificate numbers, recorder, the notice given
(identity, withdrawal, statement) as question and answer, what was found, attachments, signatures or why there are none.
"""

from datetime import datetime

import msgspec
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether

from inspect_registry.documents.forms import (
    Common,
    Hand,
    Officer,
    chinese_minute,
    facts,
    head,
    officers_text,
    sheet_of,
    signatures,
)
from inspect_registry.documents.hand import Lines
from inspect_registry.documents.paper import Sheet, make_pdf
from inspect_registry.documents.setting import NOTE, SMALL, Prose, caption, grid

TITLE = "现场检查笔录"
BLANK_HANDS = (Hand(label="当事人\n签名"), Hand(label="执法人员\n签名"), Hand(label="执法人员\n签名"))
"""Lines for a pen, where the record was not signed on a phone."""


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


class Record(Common, frozen=True, kw_only=True):
    """What one on-site record says."""

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
    version: str = ""
    """Such as: 第2版（更正）, with why; empty for a first version."""
    hands: tuple[Hand, ...] = BLANK_HANDS
    initial: Lines = ()
    """The enterprise's handwriting, for the foot of each page."""


def record_pdf(content: Record) -> bytes:
    """Make the record's file."""
    return make_pdf(*set_record(content))


def set_record(content: Record) -> tuple[Sheet, list[Flowable]]:
    """Set the record."""
    story: list[Flowable] = [
        *head(content, TITLE),
        facts(_facts(content)),
        *caption("告知和询问"),
        *[
            Prose(text, SMALL)
            for exchange in content.told
            for text in (f"问：{exchange.question}", f"答：{exchange.answer}")
        ],
        *caption("检查要点和结果"),
        grid(_answers(content), [11 * mm, 37 * mm, 62 * mm, 18 * mm, 28 * mm]),
        *caption("现场情况"),
        *[Prose(line, SMALL) for line in (content.findings or "未发现问题。").split("\n")],
        *caption("当事人陈述"),
        Prose(content.statement or "无。", SMALL),
        *caption("附件"),
        Prose("；".join(content.attachments) or "无。", SMALL),
        KeepTogether(
            [Prose(_closing(content), msgspec.structs.replace(NOTE, before=10, after=6)), signatures(content.hands)]
        ),
    ]
    return sheet_of(content, TITLE, initial=content.initial), story


def _facts(content: Record) -> list[tuple[str, str]]:
    rows = [
        ("检查码编号", content.code_no),
        ("检查时间", f"{chinese_minute(content.started_at)} 至 {chinese_minute(content.ended_at)}"),
        ("检查地点", content.address),
        ("检查对象", f"{content.enterprise}\n{content.enterprise_code}"),
        ("现场负责人", content.present or "未到场"),
        ("检查人员", officers_text(content.officers)),
        ("记录人", content.recorder),
    ]
    return [*rows, ("版本", content.version)] if content.version else rows


def _answers(content: Record) -> list[list[str]]:
    rows = [["序号", "检查事项", "检查要点", "结果", "说明"]]
    rows += [
        [str(number), one.matter, one.criterion, one.answer, one.note]
        for number, one in enumerate(content.answers, start=1)
    ]
    return rows


def _closing(content: Record) -> str:
    if content.refusal:
        return f"当事人未签名，理由：{content.refusal}。见证人：{content.witness or '（另附音像记录）'}。"
    return "以上笔录已阅，记录无误。（由当事人逐页签名）"
