"""Words of the room: documented reasons (触发事由) that may lead to a visit outside the plan."""

from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NewType

import msgspec

TriggerId = NewType("TriggerId", int)


class TriggerKind(StrEnum):
    """The closed list of reasons; requirement 30 of the domain."""

    COMPLAINT = "complaint"
    TRANSFER = "transfer"
    DATA = "data"
    SUPERIOR = "superior"
    REQUEST = "request"
    RECHECK = "recheck"
    ACCIDENT = "accident"


KIND_TEXT: Final = MappingProxyType(
    {
        TriggerKind.COMPLAINT: "投诉举报",
        TriggerKind.TRANSFER: "转办交办",
        TriggerKind.DATA: "数据监测",
        TriggerKind.SUPERIOR: "上级部署",
        TriggerKind.REQUEST: "企业申请",
        TriggerKind.RECHECK: "复查",
        TriggerKind.ACCIDENT: "事故",
    }
)


class TriggerState(StrEnum):
    """proposed → approved by the head (→ used: a visit came of it), or rejected with a reason."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    USED = "used"


class TriggerDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a department hands in; ids are the outside ones."""

    kind: TriggerKind
    premises: str
    matters: tuple[str, ...]
    facts: str
    """What is said to be wrong, in words."""
    source_number: str
    """Number of the complaint ticket, transfer letter, data alarm or order; its form is the source's own."""
    received_at: datetime
    emergency: bool = False
    rectification: str | None = None
    """The order to rectify that a re-check follows up."""
