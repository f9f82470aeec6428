"""Who inspects: certified officers, what they are certified for, when they are away, whom they must not inspect."""

import datetime as dt
from enum import StrEnum
from typing import NewType

import msgspec

from inspect_registry.catalogue.model import DepartmentId, MatterId
from inspect_registry.enterprises.model import EnterpriseId

InspectorId = NewType("InspectorId", int)


class InspectorState(StrEnum):
    """Whether the certificate may be used."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class Inspector(msgspec.Struct, frozen=True, kw_only=True):
    """One officer with the certificate that lets him inspect."""

    id: InspectorId
    uid: str
    department: DepartmentId
    name: str
    sort_key: str
    certificate: str
    valid_from: dt.date
    valid_to: dt.date
    """Last valid day."""
    state: InspectorState

    def certified_on(self, day: dt.date) -> bool:
        """Whether the certificate holds that day; asked when a code is issued and again at the door."""
        return self.state is InspectorState.ACTIVE and self.valid_from <= day <= self.valid_to


class Qualified(msgspec.Struct, frozen=True, kw_only=True):
    """One officer may inspect one matter."""

    inspector: InspectorId
    department: DepartmentId
    matter: MatterId


class Leave(msgspec.Struct, frozen=True, kw_only=True):
    """One absence, both days included."""

    inspector: InspectorId
    first: dt.date
    last: dt.date


class Recusal(msgspec.Struct, frozen=True, kw_only=True):
    """One 回避: this officer does not inspect this enterprise (行政处罚法第四十三条)."""

    inspector: InspectorId
    enterprise: EnterpriseId
    reason: str
    declared_on: dt.date


class NewInspector(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An officer to be enrolled."""

    department: DepartmentId
    name: str
    certificate: str
    valid_from: dt.date
    valid_to: dt.date
    state: InspectorState = InspectorState.ACTIVE
    matters: tuple[MatterId, ...] = ()
