"""What the inspector's pages at the door show: today's visits, and a record with what was typed, saved or not.

A form that is refused is shown again as it was typed, with a way to each field that is wrong.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from inspect_registry.catalogue import leniency
from inspect_registry.catalogue.leniency import LeniencyItem
from inspect_registry.clock import shanghai
from inspect_registry.codes.model import CodeState, InspectorCode
from inspect_registry.errors import RegistryError, refusal_of
from inspect_registry.fieldwork.model import (
    ANSWER_TEXT,
    DISPOSITION_TEXT,
    AnswerValue,
    DispositionKind,
    InspectionState,
    PresentRole,
    Signature,
    SignatureSide,
)
from inspect_registry.fieldwork.views import InspectionView, PointView
from inspect_registry.routes.door_forms import COMPANION_ROWS, Typed, places_of, words_in
from inspect_registry.visits.lifecycle import LIVE, VISIT_TEXT
from inspect_registry.visits.model import VisitState
from inspect_registry.visits.views import PartView, VisitView

ROLE_TEXT = {PresentRole.ASSISTANT: "辅助人员", PresentRole.THIRD_PARTY: "第三方机构人员"}
SIDE_TEXT = {SignatureSide.INSPECTOR: "执法人员", SignatureSide.ENTERPRISE: "当事人", SignatureSide.WITNESS: "见证人"}


def visits_context(visits: Sequence[VisitView], codes: Sequence[InspectorCode]) -> dict[str, Any]:
    """Shape the list of where an inspector goes today: what each department looks at, and the code to show there."""
    of_visit = {one.visit_uid: one for one in codes}
    return {
        "visits": [
            {
                "uid": one.uid,
                "enterprise": one.enterprise,
                "address": one.address,
                "joint": one.joint,
                "state": VISIT_TEXT[one.state],
                "begun": one.state is VisitState.UNDER_WAY,
                "code": of_visit[one.uid].uid if one.uid in of_visit else "",
                "arrived": one.uid in of_visit and of_visit[one.uid].state is CodeState.PRESENTED,
                "shares": [
                    {"department": part.short_name, "matters": [matter.name for matter in part.matters]}
                    for part in one.parts
                    if part.state in LIVE
                ],
            }
            for one in visits
        ]
    }


def share_of(visit: VisitView, record: InspectionView) -> PartView | None:
    """Return the share of a visit that a record is about."""
    return next((part for part in visit.parts if part.department == record.department), None)


def record_context(
    record: InspectionView,
    part: PartView | None,
    items: Sequence[LeniencyItem],
    *,
    typed: Typed | None = None,
    problem: RegistryError | None = None,
    section: str = "",
) -> dict[str, Any]:
    """Shape one record, prompting from `items`; `typed` replaces what is saved where a form was refused."""
    typed = typed or {}
    failing = [point for point in record.points if _value(point, typed) is AnswerValue.FAILS]
    crew = {one.uid: one.name for one in record.present} | {
        one.uid: one.name for one in (part.inspectors if part else [])
    }
    return {
        "record": msgspec.to_builtins(record),
        "open": record.state is InspectionState.OPEN,
        "problem": msgspec.to_builtins(refusal_of(problem)) if problem else None,
        "places": places_of(problem, typed, record) if problem else [],
        "section": section,
        "matters": _matters(record, typed),
        "answered": sum(_value(point, typed) is not None for point in record.points),
        "answer_texts": [(value.value, text) for value, text in ANSWER_TEXT.items()],
        "failing": [_finding(record, point, typed, items) for point in failing],
        "dispositions": [
            (kind.value, text) for kind, text in DISPOSITION_TEXT.items() if kind is not DispositionKind.NO_PROBLEM
        ],
        "door": _door(record, typed, crew),
        "roles": [(role.value, text) for role, text in ROLE_TEXT.items()],
        "hands": _hands(record),
        "signed": [
            {
                "who": SIDE_TEXT[one.side],
                "name": one.name,
                "position": one.position,
                "current": one.current,
                "means": one.means.value,
            }
            for one in record.signatures
        ],
    }


def _matters(record: InspectionView, typed: Typed) -> list[dict[str, Any]]:
    matters: dict[str, dict[str, Any]] = {}
    for point in record.points:
        matter = matters.setdefault(
            point.matter_code, {"name": point.matter, "version": point.matter_version, "points": []}
        )
        value = _value(point, typed)
        reason = words_in(typed, f"reason.{point.criterion}") if f"reason.{point.criterion}" in typed else point.reason
        matter["points"].append(
            {
                "criterion": point.criterion,
                "position": point.position,
                "text": point.text,
                "basis": point.basis,
                "important": point.important,
                "value": value.value if value else "",
                "reason": reason,
            }
        )
    return list(matters.values())


def _value(point: PointView, typed: Typed) -> AnswerValue | None:
    chosen = words_in(typed, f"value.{point.criterion}")
    return AnswerValue(chosen) if chosen in set(AnswerValue) else point.value


def _finding(record: InspectionView, point: PointView, typed: Typed, items: Sequence[LeniencyItem]) -> dict[str, Any]:
    """One failing criterion with its finding as typed, else as saved, else empty with the criterion's own clause."""
    uid = point.criterion
    fields = _typed_finding(typed, uid) if f"facts.{uid}" in typed else _saved_finding(record, point)
    prompts = leniency.prompts(fields["facts"], point.matter_code, record.day, items)
    return {**fields, "criterion": uid, "text": point.text, "prompts": [_prompt(item, fields) for item in prompts]}


def _typed_finding(typed: Typed, criterion: str) -> dict[str, Any]:
    names = ("facts", "clause", "disposition", "demand", "due", "own", "declined", "education", "justification")
    item = words_in(typed, f"leniency.{criterion}")
    return {name: words_in(typed, f"{name}.{criterion}") for name in names} | {
        "third": f"third.{criterion}" in typed,
        "item": item,
        "met": typed.get(f"condition.{criterion}.{item}", []),
    }


def _saved_finding(record: InspectionView, point: PointView) -> dict[str, Any]:
    saved = next((one for one in record.findings if one.criterion == point.criterion), None)
    cited = (saved.leniency if saved else None) or {}
    return {
        "facts": saved.facts if saved else "",
        "clause": saved.clause if saved else point.basis,
        "disposition": (saved.disposition if saved else DispositionKind.GUIDANCE).value,
        "demand": saved.demand if saved else "",
        "due": str(saved.due or "") if saved else "",
        "own": saved.own_observation if saved else "",
        "declined": saved.leniency_declined if saved else "",
        "third": saved.third_party_opinion if saved else False,
        "education": cited.get("education", ""),
        "justification": cited.get("justification", ""),
        "item": f"{cited['list']}|{cited['version']}|{cited['item']}" if cited else "",
        "met": cited.get("conditions_met", []),
    }


def _prompt(item: LeniencyItem, fields: dict[str, Any]) -> dict[str, Any]:
    value = f"{item.list}|{item.version}|{item.item}"
    chosen = fields["item"] == value
    return {
        "value": value,
        "list": item.list,
        "violation": item.violation,
        "basis": item.basis,
        "kind": DISPOSITION_TEXT[DispositionKind(item.kind)],
        "sample": item.sample,
        "chosen": chosen,
        "conditions": [
            {"code": one.code, "text": one.text, "met": chosen and one.code in fields["met"]} for one in item.conditions
        ],
    }


def _door(record: InspectionView, typed: Typed, crew: Mapping[str, str]) -> dict[str, Any]:
    mine = "started_at" in typed
    there = set(typed.get("present", [])) if mine else {one.uid for one in record.present}
    companions = [
        {"name": words_in(typed, f"companion.{row}"), "role": words_in(typed, f"companion_role.{row}")}
        for row in range(COMPANION_ROWS)
    ]
    if not mine:
        companions = [*record.companions, *({"name": "", "role": ""},) * COMPANION_ROWS][:COMPANION_ROWS]
    return {
        "crew": [{"uid": uid, "name": name, "there": uid in there} for uid, name in crew.items()],
        "companions": companions,
        "started_at": words_in(typed, "started_at") if mine else _local(record.started_at),
        "ended_at": words_in(typed, "ended_at") if mine else _local(record.ended_at),
        "signature": words_in(typed, "signature") if mine else (record.signature or Signature.SIGNED).value,
        "signature_note": words_in(typed, "signature_note") if mine else record.signature_note,
        "notes": words_in(typed, "notes") if mine else record.notes,
    }


def _hands(record: InspectionView) -> list[dict[str, str]]:
    """Who has still to sign what the record says now."""
    if not record.content:
        return []
    done = {(one.side, one.inspector) for one in record.signatures if one.current}
    refused = record.signature is Signature.REFUSED
    other = SignatureSide.WITNESS if refused else SignatureSide.ENTERPRISE
    wanted = [(SignatureSide.INSPECTOR, one.uid, one.name) for one in record.present] + [(other, "", "")]
    return [
        {
            "side": side.value,
            "who": SIDE_TEXT[side],
            "inspector": uid,
            "name": name,
            "content": record.witness_content if side is SignatureSide.WITNESS else record.content,
        }
        for side, uid, name in wanted
        if (side, uid) not in done
    ]


def _local(instant: datetime | None) -> str:
    return f"{shanghai(instant):%Y-%m-%dT%H:%M}" if instant else ""
