"""The record's forms as they come in: what was typed, read into what the services take, and where it was refused.

Nothing here judges, the services do; a place that they name becomes a way back to its field.
"""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, TypeVar

import msgspec

from inspect_registry.clock import SHANGHAI
from inspect_registry.errors import Invalid, Place, RegistryError
from inspect_registry.fieldwork.errors import TimeNotPossible
from inspect_registry.fieldwork.model import AnswerValue, DispositionKind, PresentRole, Signature
from inspect_registry.fieldwork.views import AnswerInput, ClosingInput, Companion, FindingInput, InspectionView

T = TypeVar("T", bound=msgspec.Struct)
Typed = Mapping[str, list[str]]
"""A form as posted: every value of every field."""
COMPANION_ROWS: Final = 3
_PLACES_SHOWN: Final = 12
_FIELDS: Final = {
    "facts": ("facts", "事实"), "clause": ("clause", "违反的条款"), "demand": ("demand", "改正要求"),
    "due": ("due", "改正期限"), "own_observation": ("own", "执法人员自己看到的情况"),
    "leniency_declined": ("declined", "仍然移送立案的理由"), "education": ("education", "教育指导的内容"),
    "justification": ("justification", "适用的理由"),
}  # fmt: skip
"""A finding's fields: the form's name for each, and its label."""
_DOOR: Final = {
    "started_at": ("started", "开始"), "ended_at": ("ended", "结束"), "notes": ("notes", "现场情况"),
    "signature_note": ("note", "拒签的原因和见证情况"),
}  # fmt: skip


def answers_of(typed: Typed) -> list[AnswerInput]:
    """Read the answers that were chosen; a criterion without a choice stays unanswered."""
    return [
        AnswerInput(
            criterion=name.removeprefix("value."),
            value=AnswerValue(values[0]),
            reason=words_in(typed, f"reason.{name.removeprefix('value.')}"),
        )
        for name, values in typed.items()
        if name.startswith("value.") and values[0] in set(AnswerValue)
    ]


def findings_of(typed: Typed) -> list[FindingInput]:
    """Read one finding for each criterion whose facts were written. Raises Invalid, TimeNotPossible."""
    criteria = [name.removeprefix("facts.") for name, values in typed.items() if name.startswith("facts.") if values[0]]
    return [
        _taken(
            FindingInput,
            f"findings.{number}",
            {
                "criterion": criterion,
                "facts": words_in(typed, f"facts.{criterion}"),
                "clause": words_in(typed, f"clause.{criterion}"),
                "disposition": words_in(typed, f"disposition.{criterion}") or DispositionKind.GUIDANCE.value,
                "demand": words_in(typed, f"demand.{criterion}"),
                "due": _day(typed, f"due.{criterion}"),
                "leniency": _leniency(typed, criterion),
                "third_party_opinion": f"third.{criterion}" in typed,
                "own_observation": words_in(typed, f"own.{criterion}"),
                "leniency_declined": words_in(typed, f"declined.{criterion}"),
            },
        )
        for number, criterion in enumerate(criteria)
    ]


def door_of(typed: Typed) -> ClosingInput:
    """Read who was there, when, and how it ends. Raises Invalid, TimeNotPossible for a time that is none."""
    companions = [
        {"name": name, "role": words_in(typed, f"companion_role.{row}") or PresentRole.ASSISTANT.value}
        for row in range(COMPANION_ROWS)
        if (name := words_in(typed, f"companion.{row}"))
    ]
    return _taken(
        ClosingInput,
        "closing",
        {
            "present": typed.get("present", []),
            "companions": companions,
            "started_at": _instant(typed, "started_at"),
            "ended_at": _instant(typed, "ended_at"),
            "signature": words_in(typed, "signature") or Signature.SIGNED.value,
            "signature_note": words_in(typed, "signature_note"),
            "notes": words_in(typed, "notes"),
        },
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


def places_of(error: RegistryError, typed: Typed, record: InspectionView) -> list[dict[str, str]]:
    """Say for each place of a refusal which field it is, with what is wrong there and the way to it."""
    answered = [name.removeprefix("value.") for name in typed if name.startswith("value.")]
    found = [name.removeprefix("facts.") for name, values in typed.items() if name.startswith("facts.") and values[0]]
    named = [_place(place, record, answered, found) for place in error.places[:_PLACES_SHOWN]]
    return [one for one in named if one]


def _place(place: Place, record: InspectionView, answered: list[str], found: list[str]) -> dict[str, str]:
    texts = {point.criterion: f"{point.position}．{point.text[:24]}" for point in record.points}
    what = place.message or (f"“{place.text}”" if place.text else "")
    match place.field.split("."):
        case ["answers", number, *_] if number.isdigit() and int(number) < len(answered):
            criterion = answered[int(number)]
            return {"at": f"reason-{criterion}", "label": texts.get(criterion, ""), "words": what}
        case ["answers", criterion] if criterion in texts:
            return {"at": f"point-{criterion}", "label": texts[criterion], "words": ""}
        case ["findings", number, *_, field] if number.isdigit() and int(number) < len(found) and field in _FIELDS:
            name, label = _FIELDS[field]
            criterion = found[int(number)]
            return {"at": f"{name}-{criterion}", "label": f"{texts.get(criterion, '')}：{label}", "words": what}
        case ["closing", field] if field in _DOOR:
            unsigned = field == "signature_note" and record.signature is Signature.SIGNED
            name, label = ("hands", "签名") if unsigned else _DOOR[field]
            return {"at": name, "label": label, "words": "还没有签名" if unsigned else what}
        case ["closing", "companions", number, _]:
            return {"at": f"companion-{number}", "label": "随行人员的姓名", "words": what}
    return {}


def _taken(kind: type[T], at: str, values: dict[str, Any]) -> T:
    """Take a form's values as the API would: the same lengths, the same choices. Raises Invalid with the place."""
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        field = str(error).rpartition("`$.")[2].rstrip("`").replace("[", ".").replace("]", "")
        raise Invalid(
            "有一处太长，或者不在可选的范围内。",
            remedy="请改正后再保存。",
            places=(Place(field=f"{at}.{field}", message="太长，或者不在可选的范围内"),),
        ) from error


def _leniency(typed: Typed, criterion: str) -> dict[str, Any] | None:
    parts = words_in(typed, f"leniency.{criterion}").split("|")
    if len(parts) != 3:
        return None
    return {
        "list": parts[0],
        "version": parts[1],
        "item": parts[2],
        "conditions_met": typed.get(f"condition.{criterion}.{'|'.join(parts)}", []),
        "education": words_in(typed, f"education.{criterion}"),
        "justification": words_in(typed, f"justification.{criterion}"),
    }


def words_in(typed: Typed, name: str) -> str:
    """Return the first value of a field, without space around it; empty where it was not sent."""
    return typed.get(name, [""])[0].strip()


def _day(typed: Typed, name: str) -> date | None:
    text = unicodedata.normalize("NFKC", words_in(typed, name))
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise TimeNotPossible(
            f"“{text[:20]}”不是日期。", rule="times-possible", remedy="请写成2026-12-05这样。"
        ) from error


def _instant(typed: Typed, name: str) -> datetime:
    """Read a time of a phone's clock as one in Shanghai. Raises TimeNotPossible."""
    text = unicodedata.normalize("NFKC", words_in(typed, name))
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise TimeNotPossible(
            "没有填写检查的起止时间。" if not text else f"“{text[:20]}”不是时间。",
            rule="times-possible",
            remedy="请填写日期和时间。",
        ) from error
    return local.replace(tzinfo=SHANGHAI) if local.tzinfo is None else local
