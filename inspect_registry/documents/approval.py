"""检查审批表: what the head of a department approved before the visit, and on what ground.

Content: 国办发〔2024〕54号 (实施检查须经负责人批准);
domain.md 4.5 (检查审批表: 任务来源、检查频次、协助人员人数事先确定).
"""

from datetime import date, datetime

import msgspec
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from inspect_registry.documents.forms import (
    Common,
    Officer,
    chinese_minute,
    facts,
    head,
    officers_text,
    seal_and_day,
    sheet_of,
)
from inspect_registry.documents.notice import CheckedMatter, Count
from inspect_registry.documents.paper import Sheet
from inspect_registry.documents.setting import NOTE, Prose, caption, grid

TITLE = "行政检查审批表"


class Approval(Common, frozen=True, kw_only=True):
    """What one approval form says."""

    enterprise: str
    enterprise_code: str
    address: str
    kind: str
    source: str
    reason: str
    """Why: the plan's task, or the trigger's facts."""
    window: str
    method: str
    matters: tuple[CheckedMatter, ...]
    officers: tuple[Officer, ...]
    assistants: str
    counts: tuple[Count, ...]
    joint: str
    """The other departments of a joint visit; empty where it goes alone."""
    proposed: str
    """Who asked for it, and when."""
    approver: str
    approved_at: datetime
    late: str = ""
    """For an approval given after the fact (紧急情况): what the law asks for; empty otherwise."""
    issued_on: date


def set_approval(content: Approval) -> tuple[Sheet, list[Flowable]]:
    """Set the approval form."""
    story: list[Flowable] = [
        *head(content, TITLE),
        facts(
            [
                ("检查对象", f"{content.enterprise}\n{content.enterprise_code}"),
                ("检查地点", content.address),
                ("任务来源", f"{content.kind}　{content.source}"),
                ("检查理由", content.reason),
                ("拟检查时间", content.window),
                ("检查方式", content.method),
                ("检查人员", officers_text(content.officers)),
                ("协助人员", content.assistants or "无"),
                ("检查频次", "\n".join(str(count) for count in content.counts)),
                ("联合检查部门", content.joint or "无"),
            ]
        ),
        *caption("检查事项、依据"),
        grid(
            [["检查事项", "依据"], *[[one.name, "\n".join(one.basis)] for one in content.matters]],
            [60 * mm, 96 * mm],
        ),
        *caption("审批"),
        facts(
            [
                ("承办意见", f"拟按上列事项、时间和人员实施检查，请审批。\n{content.proposed}"),
                ("负责人意见", f"同意。\n{content.approver}　{chinese_minute(content.approved_at)}"),
                *([("补办说明", content.late)] if content.late else []),
            ]
        ),
        Prose(
            "审批在登记系统中由本人登录作出，时间由系统记录，留痕台账可以核对。",
            msgspec.structs.replace(NOTE, before=6),
        ),
        *seal_and_day(content.department, content.issued_on),
    ]
    return sheet_of(content, TITLE), story
