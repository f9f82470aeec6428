"""Rows as the statements of this room return them: field names and types are the columns'."""

from datetime import date, datetime
from typing import Any

import msgspec

from inspect_registry.fieldwork.model import (
    DispositionKind,
    FindingId,
    InspectionId,
    InspectionState,
    RectificationId,
    RectificationState,
    Signature,
)


class InspectionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one department's record, with its visit."""

    id: InspectionId
    uid: str
    part: int
    department: int
    version: int
    state: InspectionState
    present: list[int]
    assistants: list[dict[str, Any]]
    late_reason: str
    started_at: datetime | None
    ended_at: datetime | None
    signature: Signature | None
    signature_note: str
    result: str
    notes: str
    opened_at: datetime
    opened_by: int
    closed_at: datetime | None
    told_at: datetime | None
    publish_due: date | None
    publish_provisional: bool
    published_at: datetime | None
    revoked_at: datetime | None
    revoke_reason: str
    withdraw_due: date | None
    correction_reason: str
    second_person: int | None
    visit: int
    visit_uid: str
    day: date
    enterprise: int
    premises: int
    exempt: bool
    department_name: str
    enterprise_uid: str
    enterprise_name: str
    address: str


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version in the list of versions."""

    id: InspectionId
    uid: str
    version: int
    state: InspectionState
    correction_reason: str
    opened_at: datetime
    closed_at: datetime | None
    result: str


class KnownCriterion(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion that somebody named."""

    id: int
    uid: str
    of_this_share: bool


class FindingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One stored finding."""

    id: FindingId
    uid: str
    criterion: int
    position: int
    text: str
    clause: str
    disposition: DispositionKind
    demand: str
    due: date | None
    leniency: dict[str, Any] | None
    third_party_opinion: bool
    own_observation: str
    leniency_declined: str


class PersonPresent(msgspec.Struct, frozen=True, kw_only=True):
    """One inspector who was named as present."""

    id: int
    uid: str
    name: str
    department: int
    valid_from: date
    valid_to: date
    state: str


class RectificationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One order to put right, with the finding and the visits around it."""

    id: RectificationId
    uid: str
    state: RectificationState
    department: int
    enterprise: int
    demand: str
    due: date
    provisional: bool
    evidence_text: str
    ordered_at: datetime
    evidence_at: datetime | None
    rechecked_at: datetime | None
    recheck_passed: bool | None
    recheck_note: str
    closed_at: datetime | None
    inspection_uid: str
    visit: int
    visit_uid: str
    premises_uid: str
    facts: str
    clause: str
    matter_code: str
    recheck_visit_uid: str | None


class LateResult(msgspec.Struct, frozen=True, kw_only=True):
    """One record whose result was not told or not published in time."""

    uid: str
    department: str
    visit: str
    closed_at: datetime
    told_at: datetime | None
    publish_due: date
    untold: bool
    unpublished: bool
