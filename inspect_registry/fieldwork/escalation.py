"""What nobody did in time goes up: once for each missed day, into the ledger and to the coordinating office.

《市场监督管理行政处罚信息公示规定》第九条至第十一条 and 《上海市优化营商环境条例》第六十二条
ask for publication, telling and rectification in time; who supervises must see what is not done.
A department sees its own, the coordinator and the auditor see all.
"""

from collections import Counter
from itertools import groupby
from types import MappingProxyType
from typing import Final

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import SYSTEM, Role
from inspect_registry.db import Database, Tx
from inspect_registry.fieldwork import escalation_store
from inspect_registry.fieldwork.escalation_store import Escalation, LateKind, LateRow
from inspect_registry.identifiers import new_uid
from inspect_registry.jobs import service as notices

LATE_TEXT: Final = MappingProxyType(
    {
        LateKind.ORDER: "责令改正逾期未办结",
        LateKind.TELLING: "检查结果未当日告知企业",
        LateKind.PUBLICATION: "检查结果逾期未公开",
        LateKind.WITHDRAWAL: "撤销的结果逾期未撤下",
        LateKind.OBJECTION_MARK: "异议逾期未标注",
        LateKind.OBJECTION_DECISION: "异议逾期未处理",
    }
)
NOTICE_KIND: Final = "late"
LARGEST_PAGE: Final = 500
_LOOKS_AT_ALL: Final = frozenset({Role.SYSTEM, Role.COORDINATOR, Role.AUDITOR})


async def look_after(database: Database, office: str) -> int:
    """Escalate what has become late; safe to repeat. `office` is a mail address, empty for no mail."""
    return await escalate(database.acting(SYSTEM), office)


@act(Permission.LATENESS_ESCALATE)
async def escalate(tx: Tx, office: str) -> int:
    """Note what passed its day since the last look, one entry for each department; returns how many things."""
    late = await escalation_store.newly_late(tx)
    if not late:
        return 0
    await escalation_store.add_escalations(tx, late)
    drafts = []
    for department, rows in groupby(late, key=lambda one: one.department):
        mine = list(rows)
        drafts.append(
            ledger.Draft(
                action=ledger.Action.LATENESS_ESCALATED,
                subject=ledger.Subject("lateness", new_uid(tx.random)),
                department=department,
                public={kind.value: number for kind, number in Counter(one.kind for one in mine).items()},
                private=mine,
            )
        )
    await ledger.append_many(tx, drafts)
    if office:
        await notices.notify_office(tx, office, NOTICE_KIND, f"逾期事项提醒：{len(late)} 件", _message(late))
    return len(late)


@reads(Permission.LATENESS_READ)
async def escalated(tx: Tx, limit: int = 100) -> list[Escalation]:
    """List what was escalated: the acting department's, or all."""
    department = None if tx.actor.role in _LOOKS_AT_ALL else tx.actor.department
    return await escalation_store.escalations(tx, department, max(1, min(limit, LARGEST_PAGE)))


def _message(late: list[LateRow]) -> str:
    """Say how many of what each department owes; the message names no enterprise."""
    lines = []
    for name, rows in groupby(late, key=lambda one: one.department_name):
        counted = Counter(one.kind for one in rows)
        lines.append(f"{name}：" + "；".join(f"{LATE_TEXT[kind]} {number} 件" for kind, number in counted.items()))
    return "\n".join(["以下事项已超过规定的期限，请督促办理：", "", *lines, "", "请登录系统查看明细。"])
