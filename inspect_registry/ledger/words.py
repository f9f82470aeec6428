"""Chinese words for acts and subjects that people meet on pages of the log.

Every act's full meaning is in docs/ledger-actions.md; an act without a word here is shown as its own name.
"""

from typing import Final

from inspect_registry.ledger.actions import Action

ACTS: Final[dict[str, str]] = {
    Action.ANNUAL_PLAN_FILED: "年度计划备案",
    Action.ANNUAL_PLAN_PUBLISHED: "年度计划公布",
    Action.ARRIVAL_CONFIRMED: "到场确认",
    Action.ARRIVAL_REFUSED: "到场确认被拒绝",
    Action.CODE_CLOSED: "检查码关闭",
    Action.CODE_ISSUED: "检查码签发",
    Action.CODE_PRESENTED: "检查码出示",
    Action.CODE_REVOKED: "检查码撤销",
    Action.DOCUMENT_ISSUED: "文书制作",
    Action.ENTRY_ERASED: "依法删除非公开部分",
    Action.EVIDENCE_ADDED: "证据存入",
    Action.INSPECTION_CLOSED: "检查记录办结",
    Action.INSPECTION_CORRECTED: "检查记录更正",
    Action.INSPECTION_OPENED: "检查记录开启",
    Action.INSPECTION_SAVED: "检查记录保存",
    Action.LATENESS_ESCALATED: "逾期事项上报",
    Action.LEDGER_RECOVERED: "台账恢复",
    Action.MONTHLY_PLAN_FILED: "月度计划备案",
    Action.MONTHLY_PLAN_PUBLISHED: "月度计划公布",
    Action.RECTIFICATION_ANSWERED: "整改反馈",
    Action.RECTIFICATION_CLOSED: "整改办结",
    Action.RECTIFICATION_ORDERED: "责令改正",
    Action.REFUSED: "操作被规则拒绝",
    Action.RELEASE_PUBLISHED: "公示发布",
    Action.REPORT_FILED: "收到反映",
    Action.SIGNATURE_TAKEN: "签名",
    Action.VISIT_APPROVED: "检查批准",
    Action.VISIT_BACKFILLED: "事后补录",
    Action.VISIT_CANCELLED: "检查取消",
    Action.VISIT_CLOSED: "检查结束",
    Action.VISIT_CONFIRMED: "部门确认参加",
    Action.VISIT_DECLINED: "部门不参加",
    Action.VISIT_MERGED: "合并为综合一次查",
    Action.VISIT_MOVED: "检查改期",
    Action.VISIT_PROPOSED: "检查拟定",
    Action.VISIT_RECORDED: "检查记录齐备",
    Action.VISIT_STARTED: "检查开始",
}
SUBJECTS: Final[dict[str, str]] = {
    "annual_plan": "年度计划",
    "code": "检查码",
    "document": "文书",
    "entry": "台账条目",
    "inspection": "检查记录",
    "lateness": "逾期事项",
    "monthly_plan": "月度计划",
    "rectification": "责令改正",
    "release": "公示发布",
    "report": "反映",
    "visit": "检查",
}


def act_words(action: str) -> str:
    """Return how people call an act."""
    return ACTS.get(action, action)


def subject_words(kind: str) -> str:
    """Return how people call a kind of subject."""
    return SUBJECTS.get(kind, kind)
