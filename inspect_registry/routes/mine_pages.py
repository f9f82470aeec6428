"""What the enterprise's own pages show: visits with a word for how they stand, results, orders, objections, papers."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec

from inspect_registry.clock import shanghai
from inspect_registry.documents.model import DocumentView
from inspect_registry.errors import RegistryError, refusal_of
from inspect_registry.fieldwork.evidence import EvidenceView
from inspect_registry.fieldwork.model import ANSWER_TEXT, AnswerValue, ObjectionState, RectificationState
from inspect_registry.fieldwork.objections import ObjectionView
from inspect_registry.fieldwork.views import InspectionView, RectificationView
from inspect_registry.visits.lifecycle import LIVE
from inspect_registry.visits.model import VisitState
from inspect_registry.visits.views import VisitView

WORDS_MOST: Final = 5000
"""What a form's words may be at most before they are judged."""
STATE_TEXT: Final = {
    VisitState.APPROVED: "已安排",
    VisitState.UNDER_WAY: "检查中",
    VisitState.RECORDED: "已有结果",
    VisitState.CLOSED: "已办结",
    VisitState.CANCELLED: "已取消",
}
"""How a visit stands, in an enterprise's words."""
OBJECTION_TEXT: Final = {
    ObjectionState.RAISED: "已收到，等待标注",
    ObjectionState.MARKED: "办理中，结果旁已标明有异议",
    ObjectionState.UPHELD: "异议成立",
    ObjectionState.REJECTED: "异议不成立",
}
_TO_ANSWER: Final = frozenset({RectificationState.ORDERED, RectificationState.EVIDENCE_GIVEN})


def visits_context(visits: Sequence[VisitView], orders: Sequence[RectificationView]) -> dict[str, Any]:
    """Shape the list: orders that wait, visits to come (nearest first), visits that were (newest first)."""
    coming = [one for one in visits if one.state in {VisitState.APPROVED, VisitState.UNDER_WAY}]
    past = [one for one in visits if one not in coming]
    return {
        "orders": [_order(one, []) for one in orders if one.state in _TO_ANSWER],
        "coming": [_line(one) for one in coming],
        "past": [_line(one) for one in reversed(past)],
    }


def visit_context(
    visit: VisitView,
    records: Sequence[InspectionView],
    *,
    objections: Sequence[ObjectionView],
    papers: Sequence[DocumentView],
    files: Sequence[EvidenceView],
    problem: RegistryError | None = None,
    subject: str = "",
    words: str = "",
) -> dict[str, Any]:
    """Shape one visit; `words` are shown again where what they were typed for (`subject`) was refused."""
    there = {one.uid for one in records} | {order.uid for one in records for order in one.rectifications}
    return {
        "visit": _line(visit) | {"cancel_reason": visit.cancel_reason, "shares": _shares(visit)},
        "records": [_record(one, files, objections) for one in records],
        "papers": [
            {
                "uid": one.uid, "title": one.title, "number": one.number, "day": _day(shanghai(one.issued_at).date()),
                "delivered": one.delivered, "void": one.void_reason,
            }
            for one in papers
        ],
        "problem": msgspec.to_builtins(refusal_of(problem)) if problem else None,
        "stray": subject not in there,
        "subject": subject,
        "words": words,
    }  # fmt: skip


def _line(visit: VisitView) -> dict[str, Any]:
    live = [part for part in visit.parts if part.state in LIVE]
    return {
        "uid": visit.uid,
        "day": _day(visit.day),
        "state": STATE_TEXT.get(visit.state, ""),
        "cancelled": visit.state is VisitState.CANCELLED,
        "address": visit.address,
        "joint": visit.joint,
        "departments": [part.department for part in live],
        "matters": [matter.name for part in live for matter in part.matters],
    }


def _shares(visit: VisitView) -> list[dict[str, Any]]:
    return [
        {
            "department": part.department,
            "matters": [matter.name for matter in part.matters],
            "inspectors": [{"name": one.name, "certificate": one.certificate} for one in part.inspectors],
        }
        for part in visit.parts
        if part.state in LIVE
    ]


def _record(
    record: InspectionView, files: Sequence[EvidenceView], objections: Sequence[ObjectionView]
) -> dict[str, Any]:
    counted = {value: sum(point.value is value for point in record.points) for value in AnswerValue}
    mine = [one for one in objections if one.inspection in {version.uid for version in record.versions}]
    return {
        "uid": record.uid,
        "department": record.department,
        "result": record.result_text,
        "closed": _day(shanghai(record.closed_at).date()) if record.closed_at else "",
        "version": record.version,
        "revoked": record.revoked_at is not None,
        "publish_due": _day(record.publish_due) if record.publish_due else "",
        "counts": [(ANSWER_TEXT[value], number) for value, number in counted.items() if number],
        "findings": [
            {"facts": one.facts, "clause": one.clause, "disposition": one.disposition_text} for one in record.findings
        ],
        "orders": [_order(one, files) for one in record.rectifications],
        "objections": [
            {
                "words": one.words, "state": OBJECTION_TEXT[one.state], "raised": _day(shanghai(one.raised_at).date()),
                "due": _day(one.decide_due), "decision": one.decision,
            }
            for one in mine
        ],
        "may_object": not any(one.state in {ObjectionState.RAISED, ObjectionState.MARKED} for one in mine),
    }  # fmt: skip


def _order(order: RectificationView, files: Sequence[EvidenceView]) -> dict[str, Any]:
    return {
        "uid": order.uid,
        "visit": order.visit,
        "facts": order.facts,
        "clause": order.clause,
        "demand": order.demand,
        "due": _day(order.due),
        "provisional": order.provisional,
        "overdue": order.overdue,
        "state": order.state_text,
        "said": order.evidence,
        "note": order.recheck_note,
        "may_answer": order.state in _TO_ANSWER,
        "files": [{"uid": one.uid, "name": one.name} for one in files if one.rectification == order.uid],
    }


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
