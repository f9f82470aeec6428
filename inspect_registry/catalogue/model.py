"""Who may inspect, and what: towns, departments, matters with their criteria, bundles.

Leaves out what a matter may cost an enterprise in visits (rules/) and who is certified for it (inspectors/).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NewType

import msgspec

DepartmentId = NewType("DepartmentId", int)
MatterId = NewType("MatterId", int)
CriterionId = NewType("CriterionId", int)
BundleId = NewType("BundleId", int)


class DepartmentKind(StrEnum):
    """On what ground an authority inspects."""

    AGENCY = "agency"
    """行政机关."""
    AUTHORISED = "authorised"
    """法律、法规授权的组织."""
    DELEGATED = "delegated"
    """受委托组织."""


class Level(StrEnum):
    """Where an authority stands; a lower one does not repeat what a higher one has just inspected."""

    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"


class Mode(StrEnum):
    """How a matter is inspected."""

    ONSITE = "onsite"
    OFFSITE = "offsite"


class Disclosure(StrEnum):
    """What may be said before the inspection; an unannounced matter never joins an announced visit."""

    NAMED = "named"
    """事前公示名单."""
    NUMBERS = "numbers"
    """事前只公示数量."""
    AFTERWARDS = "afterwards"
    """事后公示."""


class Town(msgspec.Struct, frozen=True, kw_only=True):
    """One town or sub-district."""

    code: str
    name: str
    zone: int
    near: list[int]


class Department(msgspec.Struct, frozen=True, kw_only=True):
    """One listed authority that may inspect."""

    id: DepartmentId
    uid: str
    code: str
    name: str
    short_name: str
    sort_key: str
    uscc: str
    kind: DepartmentKind
    level: Level
    domain: str
    phone: str
    mandate: str
    """委托书 of a delegated organisation: number, who delegates what until when, and where it is published."""
    needs_city_consent: bool
    valid_from: dt.date
    valid_to: dt.date | None

    def listed_on(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one published matter."""

    id: MatterId
    uid: str
    code: str
    version: int
    department: DepartmentId
    name: str
    sort_key: str
    object_class: str
    industries: list[str]
    tags: list[str]
    basis: list[str]
    mode: Mode
    disclosure: Disclosure
    disclosure_basis: str
    mergeable: bool
    offsite_possible: bool
    mandatory: bool
    min_inspectors: int
    minutes: int
    key_risk: bool
    sample: bool
    prepare: str
    published_on: dt.date
    withdrawn_on: dt.date | None
    """First day on which it no longer holds: withdrawn, or followed by the next version."""
    change_reason: str = ""
    """Why this version was made; empty for the first."""
    withdrawn_reason: str = ""

    def in_force(self, day: dt.date) -> bool:
        """Whether this version may be planned, coded and recorded then (未经公布的不得实施)."""
        return self.published_on <= day and (self.withdrawn_on is None or day < self.withdrawn_on)

    def applies_to(self, industry: str, tags: Iterable[str]) -> bool:
        return applies(self.industries, self.tags, industry, tags)


def applies(industries: Sequence[str], activities: Sequence[str], industry: str, tags: Iterable[str]) -> bool:
    """Whether an enterprise is an object of what is limited to these lines and activities.

    Lines are prefixes of the main code. Where both are given both must fit, because a main code alone does not say
    which licences an enterprise holds, and a licence alone makes no line of business; nothing given means everybody.
    """
    line_fits = not industries or any(industry.startswith(prefix) for prefix in industries)
    return line_fits and (not activities or not set(activities).isdisjoint(tags))


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One point of a matter's checklist."""

    id: CriterionId
    uid: str
    matter: MatterId
    position: int
    text: str
    basis: str
    important: bool


class BundleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one 一业一查 bundle as stored, with its matters."""

    id: BundleId
    uid: str
    code: str
    version: int
    name: str
    lead: DepartmentId
    industries: list[str]
    tags: list[str]
    sample: bool
    published_on: dt.date
    withdrawn_on: dt.date | None
    change_reason: str
    matters: list[MatterId]

    def in_force(self, day: dt.date) -> bool:
        return self.published_on <= day and (self.withdrawn_on is None or day < self.withdrawn_on)


class NewDepartment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An authority to be listed."""

    code: str
    name: str
    short_name: str
    uscc: str
    kind: DepartmentKind = DepartmentKind.AGENCY
    level: Level = Level.DISTRICT
    domain: str = ""
    phone: str = ""
    mandate: str = ""
    """委托书; a delegated organisation must have one."""
    needs_city_consent: bool = False
    valid_from: dt.date
    valid_to: dt.date | None = None


class NewCriterion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checklist point to be published with its matter."""

    text: str
    basis: str
    important: bool = False


class MatterContent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one version of a matter says."""

    name: str
    object_class: str
    industries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    basis: tuple[str, ...]
    mode: Mode = Mode.ONSITE
    disclosure: Disclosure = Disclosure.NAMED
    disclosure_basis: str = ""
    mergeable: bool = True
    offsite_possible: bool = False
    mandatory: bool = False
    min_inspectors: int = 2
    minutes: int = 60
    key_risk: bool = False
    sample: bool = False
    prepare: str = ""
    criteria: tuple[NewCriterion, ...]


class NewMatter(MatterContent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A matter to be published with its criteria."""

    code: str
    department: DepartmentId
    published_on: dt.date


class BundleContent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one version of a 一业一查 bundle says, but its matters."""

    name: str
    industries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sample: bool = False


class NewBundle(BundleContent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A 一业一查 bundle to be made."""

    code: str
    lead: DepartmentId
    published_on: dt.date | None = None
    """None = today."""
    matters: tuple[MatterId, ...]
