"""Words of the room: documented reasons (触发事由) that may lead to a visit outside the plan."""

from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final, NewType

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
    """What a department hands in; identities are the outside ones."""

    kind: TriggerKind
    premises: Annotated[str, msgspec.Meta(max_length=40)]
    matters: Annotated[list[str], msgspec.Meta(min_length=1, max_length=50)]
    """Codes or uids of the department's own matters."""
    facts: Annotated[str, msgspec.Meta(max_length=5000)]
    """What is said to be wrong, in words."""
    source_number: Annotated[str, msgspec.Meta(max_length=200)]
    """Number of the complaint ticket, transfer letter, data alarm or order; its form is the source's own."""
    received_at: datetime
    emergency: bool = False


class TriggerView(msgspec.Struct, frozen=True, kw_only=True):
    """One documented reason as people read it."""

    uid: str
    kind: TriggerKind
    kind_text: str
    state: TriggerState
    enterprise: str
    premises: str
    address: str
    matters: list[str]
    facts: str
    source_number: str
    emergency: bool
    rectification: str
    received_at: datetime
    registered_at: datetime
    reason: str
