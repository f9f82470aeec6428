"""责令改正通知书: what must be put right, on the spot or by a date.

Content: domain.md 4.5 (当事人、违法事实、违反条款、依据、当场或者限期、逾期后果、复议六十日、诉讼六个月、送达);
《中华人民共和国行政处罚法》第二十八条; 《食品生产经营监督检查管理办法》第三十三条 (written time limit).
"""

from datetime import date

import msgspec
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether

from inspect_registry.documents.forms import LABEL, Common, Officer, chinese_day, head, seal_and_day, sheet_of
from inspect_registry.documents.paper import Sheet
from inspect_registry.documents.setting import FLUSH, SMALL, Prose, caption, grid

TITLE = "责令改正通知书"
BASIS = "《中华人民共和国行政处罚法》第二十八条第一款"
LATE = "逾期不改正或者改正后仍不符合要求的，本机关将依法处理。"
REMEDIES = (
    "如不服本决定，可以自收到本通知书之日起六十日内向有管辖权的行政复议机关申请行政复议，"
    "也可以自收到本通知书之日起六个月内依法向人民法院提起行政诉讼。"
)
"""Periods by 行政复议法 第二十条 and 行政诉讼法 第四十六条; sample wording, the courts decide what can be sued."""


class OrderedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to put right."""

    facts: str
    clause: str
    demand: str
    due: date | None
    """None: on the spot."""

    @property
    def term(self) -> str:
        """Say until when."""
        return f"{chinese_day(self.due)}前改正" if self.due else "当场改正"


class Order(Common, frozen=True, kw_only=True):
    """What one order to rectify says."""

    enterprise: str
    enterprise_code: str
    address: str
    inspected_on: date
    record: str
    """Number of the on-site record, or empty."""
    items: tuple[OrderedItem, ...]
    officers: tuple[Officer, ...]
    contact: str
    issued_on: date


def set_order(content: Order) -> tuple[Sheet, list[Flowable]]:
    """Set the order to rectify."""
    body = msgspec.structs.replace(SMALL, leading=22)
    seen = f"{chinese_day(content.inspected_on)}，本机关执法人员"
    seen += "、".join(f"{one.name}（执法证号{one.certificate_no}）" for one in content.officers)
    seen += f"在{content.address}对你单位实施检查，发现下列问题"
    seen += f"（见现场检查笔录 {content.record}）。" if content.record else "。"
    rows = [["序号", "违法事实", "违反的规定", "改正要求", "期限"]]
    rows += [
        [str(number), one.facts, one.clause, one.demand or "立即改正", one.term]
        for number, one in enumerate(content.items, start=1)
    ]
    story: list[Flowable] = [
        *head(content, TITLE),
        Prose(
            f"{content.enterprise}（{content.enterprise_code}）：", msgspec.structs.replace(FLUSH, size=12, leading=22)
        ),
        Prose(seen, body),
        Prose(f"依据{BASIS}的规定，现责令你单位按下列要求改正：", msgspec.structs.replace(body, after=4)),
        grid(rows, [11 * mm, 43 * mm, 38 * mm, 38 * mm, 26 * mm]),
        *caption("改正以后"),
        Prose(f"请在期限内改正，并将改正情况和证明材料提交本机关复查。{LATE}", body),
        *caption("救济途径"),
        Prose(REMEDIES, body),
        Prose(f"联系方式：{content.contact}。", body),
        KeepTogether(
            [
                *seal_and_day(content.department, content.issued_on),
                grid(
                    [["签收人", "", "签收时间", "　　年　　月　　日　　时"]],
                    [LABEL, 52 * mm, LABEL, 52 * mm],
                    head=0,
                    head_columns=(0, 2),
                ),
            ]
        ),
    ]
    return sheet_of(content, TITLE), story
