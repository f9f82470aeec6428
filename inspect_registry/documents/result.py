"""检查结果告知书: the result, told to the enterprise in writing on the same day.

Content: 《食品生产经营监督检查管理办法》第三十五条 (result told in writing on the spot); 国办发〔2024〕54号;
《上海市优化营商环境条例》 (results are published; the enterprise may object).
"""

from datetime import date, datetime

import msgspec
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether

from inspect_registry.documents.forms import (
    LABEL,
    Common,
    Officer,
    chinese_day,
    chinese_minute,
    facts,
    head,
    numbered,
    officers_text,
    seal_and_day,
    sheet_of,
)
from inspect_registry.documents.paper import Sheet
from inspect_registry.documents.setting import FLUSH, SMALL, Prose, caption, grid

TITLE = "行政检查结果告知书"
_FINE = msgspec.structs.replace(SMALL, size=11, leading=17)


class ToldFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One problem as the enterprise is told it."""

    facts: str
    clause: str
    disposition: str
    demand: str = ""


class Result(Common, frozen=True, kw_only=True):
    """What one result notice says."""

    enterprise: str
    enterprise_code: str
    address: str
    started_at: datetime
    ended_at: datetime
    matters: tuple[str, ...]
    officers: tuple[Officer, ...]
    count: str
    """第N次（上限M次）."""
    tally: tuple[tuple[str, int], ...]
    """How many points had which answer, such as (符合, 12)."""
    result: str
    findings: tuple[ToldFinding, ...]
    version: str = ""
    publish_by: date | None = None
    contact: str
    issued_on: date


def set_result(content: Result) -> tuple[Sheet, list[Flowable]]:
    """Set the result notice."""
    tally = "，".join(f"{answer}{number}项" for answer, number in content.tally if number)
    rights = _rights(content)
    story: list[Flowable] = [
        *head(content, TITLE),
        Prose(f"{content.enterprise}：", msgspec.structs.replace(FLUSH, size=12, leading=22)),
        Prose(
            "本机关对你单位实施的行政检查已经结束，现将检查结果告知如下：",
            msgspec.structs.replace(SMALL, leading=22, after=4),
        ),
        facts(
            [
                ("检查对象", f"{content.enterprise}\n{content.enterprise_code}"),
                ("检查地点", content.address),
                ("检查时间", f"{chinese_minute(content.started_at)} 至 {chinese_minute(content.ended_at)}"),
                ("检查事项", "\n".join(content.matters)),
                ("检查人员", officers_text(content.officers)),
                ("检查频次", content.count),
                ("要点结论", tally or "无"),
                ("检查结果", content.result),
                *([("版本", content.version)] if content.version else []),
            ]
        ),
        *_findings(content),
        *caption("公示和你单位的权利"),
        *numbered(rights[:-1], _FINE),
        KeepTogether(
            [
                *numbered([rights[-1]], _FINE, start=len(rights)),
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


def _findings(content: Result) -> list[Flowable]:
    if not content.findings:
        return [*caption("发现的问题和处理"), Prose("本次检查未发现问题。", SMALL)]
    rows = [["序号", "问题", "违反的规定", "处理"]]
    for number, one in enumerate(content.findings, start=1):
        rows.append([str(number), one.facts, one.clause, f"{one.disposition}\n{one.demand}".strip()])
    return [*caption("发现的问题和处理"), grid(rows, [11 * mm, 57 * mm, 44 * mm, 44 * mm])]


def _rights(content: Result) -> list[str]:
    published = (
        f"本检查结果将于{chinese_day(content.publish_by)}前依法公示。" if content.publish_by else "本检查结果依法公示。"
    )
    return [
        published,
        "认为检查结果有误的，可以向本机关提出异议，本机关在1个工作日内作出异议标注，并在规定期限内处理、答复。",
        "你单位有权陈述、申辩；可以对本次检查作出评价，也可以向执法监督机构投诉或者拨打12345。",
        f"联系方式：{content.contact}。",
    ]
