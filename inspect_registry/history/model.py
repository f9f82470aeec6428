"""What has been inspected: one fact for each matter at each enterprise on a day."""

import datetime as dt
from typing import NewType

import msgspec

from inspect_registry.catalogue.model import DepartmentId, Level
from inspect_registry.enterprises.model import EnterpriseId, PremisesId

FactId = NewType("FactId", int)


class NewFact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that was inspected, to be remembered."""

    enterprise: EnterpriseId
    premises: PremisesId | None = None
    department: DepartmentId
    matter_code: str
    """Code, not version: a fact stays a fact when the matter gets a new version."""
    day: dt.date
    onsite: bool = True
    level: Level = Level.DISTRICT
    exempt: bool = False
    """Of a kind that does not count towards caps."""
    sufficient: bool = True
    """The result is enough to do without an on-site check for a while."""
    visit_uid: str = ""
    """Facts of one visit count once; empty for what was imported alone."""


class Fact(NewFact, frozen=True, kw_only=True):
    """A remembered fact."""

    id: FactId


class Attendance(msgspec.Struct, frozen=True, kw_only=True):
    """One officer was at one enterprise for a department on a day."""

    enterprise: EnterpriseId
    department: DepartmentId
    day: dt.date
    inspector: int
    """`inspector.id`; officers stand beside this room, not below it."""


class LastAttendance(msgspec.Struct, frozen=True, kw_only=True):
    """One officer of a department's latest visit to an enterprise."""

    enterprise: EnterpriseId
    inspector: int


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """How often one department was at one enterprise in a year: counted and exempt visits apart."""

    enterprise: EnterpriseId
    department: DepartmentId
    counted: int
    exempt: int
