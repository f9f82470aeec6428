"""What the inspector's pages at the door read from forms and show: a record with what was typed, saved or not.

A form that is refused is shown again as it was typed; nothing here judges, the services do.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from inspect_registry.catalogue import leniency
from inspect_registry.catalogue.leniency import LeniencyItem
from inspect_registry.clock import SHANGHAI, shanghai
from inspect_registry.errors import RegistryError, refusal_of
from inspect_registry.fieldwork.errors import TimeNotPossible
from inspect_registry.fieldwork.model import (
    ANSWER_TEXT,
    DISPOSITION_TEXT,
    AnswerValue,
    DispositionKind,
    InspectionState,
    Leniency,
    PresentRole,
    Signature,
    SignatureSide,
)
from inspect_registry.fieldwork.views import (
    AnswerInput,
    ClosingInput,
    Companion,
    FindingInput,
    InspectionView,
    PointView,
)
from inspect_registry.visits.lifecycle import LIVE, VISIT_TEXT
from inspect_registry.visits.model import VisitState
from inspect_registry.visits.views import PartView, VisitView

Typed = Mapping[str, list[str]]
"""A form as posted: every value of every field."""
COMPANION_ROWS = 3
ROLE_TEXT = {PresentRole.ASSISTANT: "辅助人员", PresentRole.THIRD_PARTY: "第三方机构人员"}
SIDE_TEXT = {SignatureSide.INSPECTOR: "执法人员", SignatureSide.ENTERPRISE: "当事人", SignatureSide.WITNESS: "见证人"}


def answers_of(typed: Typed) -> list[AnswerInput]:
    """Read the answers that were chosen; a criterion without a choice stays unanswered."""
    return [
        AnswerInput(
            criterion=name.removeprefix("value."),
            value=AnswerValue(values[0]),
            reason=_one(typed, f"reason.{name.removeprefix('value.')}"),
        )
        for name, values in typed.items()
        if name.startswith("value.") and values[0] in set(AnswerValue)
    ]


def findings_of(typed: Typed) -> list[FindingInput]:
    """Read one finding for each criterion whose facts were written."""
    criteria = [name.removeprefix("facts.") for name, values in typed.items() if name.startswith("facts.") if values[0]]
    return [
        FindingInput(
            criterion=one,
            facts=_one(typed, f"facts.{one}"),
            clause=_one(typed, f"clause.{one}"),
            disposition=DispositionKind(_one(typed, f"disposition.{one}") or DispositionKind.GUIDANCE),
            demand=_one(typed, f"demand.{one}"),
            due=_day(typed, f"due.{one}"),
            leniency=_leniency(typed, one),
            third_party_opinion=f"third.{one}" in typed,
            own_observation=_one(typed, f"own.{one}"),
            leniency_declined=_one(typed, f"declined.{one}"),
        )
        for one in criteria
    ]


def door_of(typed: Typed) -> ClosingInput:
    """Read who was there, when, and how it ends. Raises TimeNotPossible for a time that is none."""
    companions = [
        Companion(name=name, role=PresentRole(_one(typed, f"companion_role.{row}") or PresentRole.ASSISTANT))
        for row in range(COMPANION_ROWS)
        if (name := _one(typed, f"companion.{row}"))
    ]
    return ClosingInput(
        present=typed.get("present", []),
        companions=companions,
        started_at=_instant(typed, "started_at"),
        ended_at=_instant(typed, "ended_at"),
        signature=Signature(_one(typed, "signature") or Signature.SIGNED),
        signature_note=_one(typed, "signature_note"),
        notes=_one(typed, "notes"),
    )


def closing_of(record: InspectionView) -> ClosingInput:
    """Return how a record ends as it was noted at the door. Raises TimeNotPossible where nothing was noted."""
    if record.started_at is None or record.ended_at is None or record.signature is None:
        raise TimeNotPossible(
            "还没有登记到场人员和起止时间。", rule="times-possible", remedy="请先在“到场人员和时间”中填写并保存。"
        )
    return ClosingInput(
        present=[one.uid for one in record.present],
        companions=[Companion(name=one["name"], role=PresentRole(one["role"])) for one in record.companions],
        started_at=record.started_at,
        ended_at=record.ended_at,
        signature=record.signature,
        signature_note=record.signature_note,
        notes=record.notes,
    )


def visits_context(visits: list[VisitView]) -> dict[str, Any]:
    """Shape the list of where an inspector goes today, with what each department looks at."""
    return {
        "visits": [
            {
                "uid": one.uid,
                "enterprise": one.enterprise,
                "address": one.address,
                "joint": one.joint,
                "state": VISIT_TEXT[one.state],
                "begun": one.state is VisitState.UNDER_WAY,
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
        reason = _one(typed, f"reason.{point.criterion}") if f"reason.{point.criterion}" in typed else point.reason
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
    chosen = _one(typed, f"value.{point.criterion}")
    return AnswerValue(chosen) if chosen in set(AnswerValue) else point.value


def _finding(record: InspectionView, point: PointView, typed: Typed, items: Sequence[LeniencyItem]) -> dict[str, Any]:
    """One failing criterion with its finding as typed, else as saved, else empty with the criterion's own clause."""
    uid = point.criterion
    fields = _typed_finding(typed, uid) if f"facts.{uid}" in typed else _saved_finding(record, point)
    prompts = leniency.prompts(fields["facts"], point.matter_code, record.day, items)
    return {**fields, "criterion": uid, "text": point.text, "prompts": [_prompt(item, fields) for item in prompts]}


def _typed_finding(typed: Typed, criterion: str) -> dict[str, Any]:
    names = ("facts", "clause", "disposition", "demand", "due", "own", "declined", "education", "justification")
    item = _one(typed, f"leniency.{criterion}")
    return {name: _one(typed, f"{name}.{criterion}") for name in names} | {
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
        {"name": _one(typed, f"companion.{row}"), "role": _one(typed, f"companion_role.{row}")}
        for row in range(COMPANION_ROWS)
    ]
    if not mine:
        companions = [*record.companions, *({"name": "", "role": ""},) * COMPANION_ROWS][:COMPANION_ROWS]
    return {
        "crew": [{"uid": uid, "name": name, "there": uid in there} for uid, name in crew.items()],
        "companions": companions,
        "started_at": _one(typed, "started_at") if mine else _local(record.started_at),
        "ended_at": _one(typed, "ended_at") if mine else _local(record.ended_at),
        "signature": _one(typed, "signature") if mine else (record.signature or Signature.SIGNED).value,
        "signature_note": _one(typed, "signature_note") if mine else record.signature_note,
        "notes": _one(typed, "notes") if mine else record.notes,
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


def _leniency(typed: Typed, criterion: str) -> Leniency | None:
    parts = _one(typed, f"leniency.{criterion}").split("|")
    if len(parts) != 3:
        return None
    return Leniency(
        list=parts[0],
        version=parts[1],
        item=parts[2],
        conditions_met=tuple(typed.get(f"condition.{criterion}.{'|'.join(parts)}", [])),
        education=_one(typed, f"education.{criterion}"),
        justification=_one(typed, f"justification.{criterion}"),
    )


def _one(typed: Typed, name: str) -> str:
    return typed.get(name, [""])[0].strip()


def _day(typed: Typed, name: str) -> date | None:
    text = _one(typed, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise TimeNotPossible(
            f"“{text[:20]}”不是日期。", rule="times-possible", remedy="请写成2026-12-05这样。"
        ) from error


def _instant(typed: Typed, name: str) -> datetime:
    """Read a time of a phone's clock as one in Shanghai. Raises TimeNotPossible."""
    text = _one(typed, name)
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise TimeNotPossible(
            "没有填写检查的起止时间。" if not text else f"“{text[:20]}”不是时间。",
            rule="times-possible",
            remedy="请填写日期和时间。",
        ) from error
    return local.replace(tzinfo=SHANGHAI) if local.tzinfo is None else local


def _local(instant: datetime | None) -> str:
    return f"{shanghai(instant):%Y-%m-%dT%H:%M}" if instant else ""
