"""送达回证: which papers were handed to whom, when, where and how, and who signed for them.

Content: 《中华人民共和国行政处罚法》第六十一条 (七日内送达、依照民事诉讼法);
《中华人民共和国民事诉讼法》第八十七条至第八十九条 (送达回证; 签收; 拒收的留置送达, 见证人或者拍照、录像).
"""

from datetime import datetime

import msgspec
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

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
from inspect_registry.documents.paper import Sheet
from inspect_registry.documents.setting import NOTE, Prose, caption, grid

TITLE = "送达回证"


class DeliveredPaper(msgspec.Struct, frozen=True, kw_only=True):
    """One paper that was handed over, told by its hash."""

    title: str
    number: str
    uid: str
    sha256: str


class Delivery(Common, frozen=True, kw_only=True):
    """What one delivery receipt says."""

    enterprise: str
    enterprise_code: str
    place: str
    method: str
    """直接送达, or 留置送达."""
    delivered_at: datetime
    papers: tuple[DeliveredPaper, ...]
    officers: tuple[Officer, ...]
    refusal: str = ""
    hands: tuple[Hand, ...] = ()


def set_delivery(content: Delivery) -> tuple[Sheet, list[Flowable]]:
    """Set the delivery receipt."""
    rows = [["序号", "文书", "文号", "文书编号和文件摘要（SHA-256 前16位）"]]
    rows += [
        [str(number), one.title, one.number, f"{one.uid}\n{one.sha256[:16]}"]
        for number, one in enumerate(content.papers, start=1)
    ]
    story: list[Flowable] = [
        *head(content, TITLE),
        facts(
            [
                ("受送达人", f"{content.enterprise}\n{content.enterprise_code}"),
                ("送达地点", content.place),
                ("送达方式", content.method),
                ("送达时间", chinese_minute(content.delivered_at)),
                ("送达人", officers_text(content.officers)),
                *([("拒收理由", content.refusal)] if content.refusal else []),
            ]
        ),
        *caption("送达的文书"),
        grid(rows, [11 * mm, 41 * mm, 46 * mm, 58 * mm]),
        *caption("签名"),
        signatures(content.hands),
        Prose(
            "受送达人是单位的，由法定代表人、主要负责人或者负责收件的人签收；拒绝签收的，送达人注明理由，由见证人签名，文书留在送达地点，即视为送达。",
            msgspec.structs.replace(NOTE, before=8),
        ),
    ]
    return sheet_of(content, TITLE), story
