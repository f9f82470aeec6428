"""Words of the room: what a visit, a department's part of it and the acts on them are.

Pure values; how they are stored is `store.py`, what may follow what is `lifecycle.py`, what the law asks is `rules.py`.
"""

from datetime import date
from enum import StrEnum
from typing import NewType

import msgspec

VisitId = NewType("VisitId", int)
VisitPartId = NewType("VisitPartId", int)


class VisitState(StrEnum):
    """How far one knock on one door has come; never ahead of any department that still takes part."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    APPROVED = "approved"
    UNDER_WAY = "under_way"
    RECORDED = "recorded"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class PartState(StrEnum):
    """What one department has answered to its share of a visit; its approval is a time beside the state."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class PartStep(StrEnum):
    """What can be done with one department's share."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    APPROVE = "approve"
    WITHDRAW = "withdraw"


class VisitStep(StrEnum):
    """What can happen to the visit as a whole."""

    START = "start"
    RECORD = "record"
    CLOSE = "close"
    CANCEL = "cancel"


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How far one department's share has come."""

    state: PartState
    approved: bool = False


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """What must be known of one inspector on the day of a visit to judge whether he may go."""

    inspector: int
    name: str
    department: int
    certificate_from: date
    """First day the certificate is valid."""
    certificate_to: date
    """Last day the certificate is valid."""
    suspended: bool = False
    on_leave: bool = False
    recused: bool = False
    """回避 towards this enterprise has been decided."""
    matters: frozenset[int] = frozenset()
    """Matters the certificate covers."""
    undrawn: bool = False
    """Inspectors were drawn for every check of the share, and he is none of them."""


class CheckDraft(msgspec.Struct, frozen=True, kw_only=True):
    """One check as the merge rules see it."""

    check: int
    department: int
    premises: int
    window_start: date
    window_end: date
    """Inclusive."""
    announced: bool = True
    """False: the law wants it not told in advance (飞行检查, 突击检查)."""
    exempt: bool = False
    """Not bound by quiet days and caps, e.g. a re-check or an enterprise's own request."""
    inspectors_needed: int = 2
