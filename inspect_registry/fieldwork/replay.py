"""Replay one visit from its plan line to its end, out of the ledger.

The story is read from the leaves, not from the tables that the acts changed; each private record is held against the
commitment in its leaf, so that a record rewritten behind the registry's back shows as not intact.
"""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec

from inspect_registry.access import Permission, reads
from inspect_registry.db import Tx
from inspect_registry.fieldwork import replay_store
from inspect_registry.fieldwork.replay_store import EntryAbout, SubjectRow
from inspect_registry.ledger.leaf import commit, decode_leaf
from inspect_registry.visits import service as visits

ACTION_TEXT: Final = MappingProxyType(
    {
        "act.refused": "提交被规则拒绝",
        "annual_plan.drafted": "起草年度检查计划",
        "annual_plan.submitted": "提交年度检查计划",
        "annual_plan.reviewed": "年度检查计划经法制审核",
        "annual_plan.filed": "年度检查计划备案",
        "annual_plan.published": "年度检查计划公布",
        "monthly_plan.drafted": "起草月度检查计划",
        "monthly_plan.submitted": "提交月度检查计划",
        "monthly_plan.reviewed": "月度检查计划经法制审核",
        "monthly_plan.filed": "月度检查计划备案",
        "monthly_plan.published": "月度检查计划公布",
        "draw.committed": "抽取范围和权重固定",
        "draw.drawn": "完成抽取",
        "trigger.recorded": "登记触发事由",
        "trigger.accepted": "触发事由经批准",
        "trigger.rejected": "触发事由不予立项",
        "trigger.closed": "触发事由转为检查",
        "visit.proposed": "提出检查安排",
        "visit.confirmed": "部门确认参加",
        "visit.declined": "部门谢绝参加",
        "visit.approved": "负责人批准",
        "visit.backfilled": "补办批准",
        "visit.started": "检查开始",
        "visit.recorded": "各部门记录齐备",
        "visit.closed": "检查办结",
        "visit.cancelled": "检查取消",
        "code.issued": "签发检查码",
        "code.revoked": "撤销检查码",
        "code.closed": "检查码关闭",
        "arrival.confirmed": "企业现场核验",
        "arrival.refused": "现场核验未通过",
        "inspection.opened": "开始记录",
        "inspection.saved": "记录检查要点",
        "inspection.closed": "记录办结",
        "inspection.corrected": "记录更正",
        "finding.recorded": "记录发现问题",
        "signature.taken": "留取签名",
        "document.issued": "出具文书",
        "document.voided": "作废文书",
        "document.delivered": "送达文书",
        "evidence.added": "登记证据",
        "notice.sent": "结果告知企业",
        "rectification.ordered": "责令改正",
        "rectification.answered": "企业提交改正材料",
        "recheck.closed": "复查",
        "rectification.closed": "改正办结",
        "grade_input.noted": "结果记为分级输入",
        "credit_record.decided": "登记处理决定",
        "credit_record.performed": "登记义务履行完毕",
        "credit_publicity.ended": "公示期届满，停止公示",
        "credit_repair.applied": "申请信用修复",
        "credit_repair.withdrawn": "撤回信用修复申请",
        "credit_repair.refused": "不予信用修复",
        "credit_repair.granted": "准予信用修复",
        "credit_repair.shared": "修复结果共享，停止公示",
    }
)


class TimelineLine(msgspec.Struct, frozen=True, kw_only=True):
    """One act around the visit."""

    at: datetime
    action: str
    text: str
    subject_kind: str
    subject: str
    department: str
    """Public code; empty for an act of no single department."""
    public: dict[str, int | str]
    entry: int
    """`ledger_entry.id`, for the receipt."""
    leaf_number: int | None
    """Place in the log; None until the sequencer has taken it."""
    actor_role: str
    """Empty where the private part is hidden from the reader or lawfully erased."""
    record: Any = None
    intact: bool | None = None
    """Whether the private record is the one that the leaf commits to; None where it cannot be read."""


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """The whole story of one visit."""

    visit: str
    lines: list[TimelineLine]


class _Private(msgspec.Struct, frozen=True):
    actor: dict[str, Any]
    record: Any = None


@reads(Permission.LEDGER_READ)
async def replay(tx: Tx, visit: str, also: Sequence[SubjectRow] = ()) -> Timeline:
    """Tell what happened around one visit, in order, out of the ledger. Raises VisitNotFound.

    `also` names things of the rooms above, such as papers.
    """
    facts = await visits.facts_by_uid(tx, visit)
    subjects = [*await replay_store.subjects_of_visit(tx, facts.head.id), *also]
    return Timeline(visit=visit, lines=[_line(entry) for entry in await replay_store.entries_about(tx, subjects)])


def _line(entry: EntryAbout) -> TimelineLine:
    leaf = decode_leaf(entry.leaf)
    private, intact = _private_of(entry, leaf.commitment)
    return TimelineLine(
        at=entry.appended_at,
        action=leaf.action,
        text=ACTION_TEXT.get(leaf.action, leaf.action),
        subject_kind=leaf.subject.kind,
        subject=leaf.subject.uid,
        department=leaf.department,
        public=leaf.public,
        entry=entry.id,
        leaf_number=entry.leaf_index,
        actor_role=str(private.actor.get("role", "")) if private else "",
        record=private.record if private else None,
        intact=intact,
    )


def _private_of(entry: EntryAbout, commitment: str) -> tuple[_Private | None, bool | None]:
    if entry.salt is None or entry.record is None:
        return None, None
    intact = hmac.compare_digest(commit(entry.salt, entry.record), base64.b64decode(commitment))
    try:
        return msgspec.json.decode(entry.record, type=_Private), intact
    except msgspec.MsgspecError:
        return None, False
