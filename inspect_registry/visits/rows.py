"""Rows as the statements of this room return them: field names and types are the columns'."""

from datetime import date, datetime
from typing import Any

import msgspec

from inspect_registry.visits.model import PartState, VisitId, VisitPartId, VisitState


class VisitHead(msgspec.Struct, frozen=True, kw_only=True):
    """One visit with the words a person needs."""

    id: VisitId
    uid: str
    month: date
    day: date
    state: VisitState
    enterprise: int
    premises: int
    lead: int
    trigger: int | None
    exempt: bool
    announced: bool
    emergency: bool
    approval_due: date | None
    reasons: list[dict[str, Any]]
    cancel_reason: str
    counted: bool
    approved_at: datetime | None
    published_at: datetime | None
    started_at: datetime | None
    recorded_at: datetime | None
    closed_at: datetime | None
    enterprise_uid: str
    enterprise_name: str
    premises_uid: str
    address: str
    lead_name: str


class LockedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One visit about to change."""

    id: VisitId
    uid: str
    state: VisitState
    enterprise: int
    premises: int
    day: date
    lead: int
    exempt: bool
    emergency: bool
    approval_due: date | None
    counted: bool
    published_at: datetime | None


class PartRow(msgspec.Struct, frozen=True, kw_only=True):
    """One department's share."""

    id: VisitPartId
    uid: str
    visit: VisitId
    department: int
    state: PartState
    reason: str
    answer_due: date | None
    minutes: int
    counted: bool
    approved_at: datetime | None
    department_uid: str
    department_name: str
    short_name: str


class MatterRow(msgspec.Struct, frozen=True, kw_only=True):
    """One matter of one share."""

    part: VisitPartId
    matter: int
    uid: str
    code: str
    name: str
    min_inspectors: int


class InspectorRow(msgspec.Struct, frozen=True, kw_only=True):
    """One inspector of one share."""

    part: VisitPartId
    inspector: int
    uid: str
    name: str
    certificate: str
    department: int
    valid_from: date
    valid_to: date
    state: str
    on_leave: bool
    recused: bool
    matters: list[int]
    undrawn: bool
    """Every check of the share has drawn inspectors, and he is none of them."""


class QuotaRow(msgspec.Struct, frozen=True, kw_only=True):
    """Counted visits of one department (0 = all together) to one enterprise in one year."""

    enterprise: int
    department: int
    year: int
    cap: int
    used: int
    exempt_used: int


class QuotaUse(msgspec.Struct, frozen=True, kw_only=True):
    """What to add to one quota row; negative gives back."""

    enterprise: int
    department: int
    year: int
    used: int = 0
    exempt_used: int = 0


class VisitChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a visit becomes after its shares changed."""

    id: VisitId
    state: VisitState
    lead: int
    cancel_reason: str = ""
