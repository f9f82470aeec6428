"""What one merge of a month reads, and what it proposes: plain data between the store and the pure files. Pure."""

from datetime import date
from typing import Any

import msgspec

from inspect_registry.planning.problem import Weights


class PlannableCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One check of the month and where it stands."""

    id: int
    uid: str
    department: int
    enterprise: int
    premises: int
    starts: date
    ends: date
    """Inclusive; an accepted relaxation of the window is in it."""
    onsite: bool = True
    """False: a desk check (书面检查), which takes people's minutes but knocks on no door."""
    exempt: bool
    lifted: bool = False
    """Quiet days do not hold it off: an accepted relaxation."""
    mandatory: bool
    matters: list[int]
    minutes: int
    min_inspectors: int
    mergeable: bool
    announced: bool
    visit: int | None
    day: date | None
    fixed: bool
    """Its visit is published, answered or begun: a re-plan leaves it alone."""
    begun: bool
    approved: bool
    """Its share is approved: the caps hold it already."""
    inspectors: list[int]
    """Of its whole share."""
    crew: list[int] = []
    """Those of them who go for this check, as the newest merge planned it."""
    declined: bool
    """Its department has declined a joint visit for it: from now on it goes alone."""
    allowed_inspectors: list[int] = []
    """Drawn for it (双随机): only these may go; empty = anyone certified of the department."""
    shaken: str = ""
    """Why its fixed visit cannot stay as it was, in Chinese: it is planned anew, as near to it as possible."""
    held: bool = False
    """The planner leaves its day and its crew as they stand: a promise, or a proposal that need not change."""


class PlannedPremises(msgspec.Struct, frozen=True, kw_only=True):
    """One place to be visited."""

    id: int
    enterprise: int
    name: str
    """Of the enterprise; for sentences."""
    zone: int
    open_mask: int


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """One zone and which zones may share an inspector's day with it."""

    zone: int
    near: list[int]


class PlannedInspector(msgspec.Struct, frozen=True, kw_only=True):
    """One inspector with his certificate and absences."""

    id: int
    department: int
    valid_from: date
    valid_to: date
    matters: list[int]
    absent: list[date]


class PlannedRecusal(msgspec.Struct, frozen=True, kw_only=True):
    """One inspector who does not go to one place."""

    inspector: int
    premises: int


class CapUsed(msgspec.Struct, frozen=True, kw_only=True):
    """What one enterprise has had this year from one department (0 = all together)."""

    enterprise: int
    department: int
    cap: int | None
    """None: the cap of the parameters."""
    used: int


class Occupied(msgspec.Struct, frozen=True, kw_only=True):
    """One day on which a department already has a visit to a place."""

    premises: int
    department: int
    day: date
    visit: int


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Parameters in force for the month."""

    nonwork_days: tuple[date, ...]
    """By the calendar; days that are past are nobody's working days either, but `Month.today` says which."""
    quiet_days: tuple[date, ...]
    visits_per_day: int
    day_minutes: int
    visit_overhead: int
    departments_max: int
    visit_minutes_max: int
    cap_department: int
    cap_enterprise: int
    weights: Weights = Weights()


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """One 一业一查 bundle of the catalogue: matters of one trade that are checked in one visit."""

    id: int
    name: str
    lead: int
    matters: list[int]


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one merge reads."""

    first: date
    last: date
    today: date
    checks: tuple[PlannableCheck, ...]
    premises: tuple[PlannedPremises, ...]
    zones: tuple[Zone, ...]
    inspectors: tuple[PlannedInspector, ...]
    recusals: tuple[PlannedRecusal, ...]
    caps: tuple[CapUsed, ...]
    occupied: tuple[Occupied, ...]
    limits: Limits
    bundles: tuple[Bundle, ...] = ()
    departments: dict[int, str] = {}
    """Short names, for sentences."""
    matters: dict[int, str] = {}
    """Names, for sentences."""

    @property
    def asked(self) -> list[PlannableCheck]:
        """What the planner is asked: not what has begun or is past, nor windows that do not touch the month."""
        return [check for check in self.checks if self._is_asked(check)]

    def _is_asked(self, check: PlannableCheck) -> bool:
        past = (check.fixed or not check.onsite) and check.day is not None and check.day < self.today
        return not check.begun and not past and max(check.starts, self.first) <= min(check.ends, self.last)


class NewPart(msgspec.Struct, frozen=True, kw_only=True):
    """One department's share of a new visit."""

    department: int
    minutes: int
    counted: bool
    checks: tuple[int, ...]
    matters: tuple[int, ...]
    inspectors: tuple[int, ...]


class NewVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One proposal as it will be stored."""

    enterprise: int
    premises: int
    day: date
    lead: int
    exempt: bool
    announced: bool
    parts: tuple[NewPart, ...]
    reasons: tuple[dict[str, Any], ...] = ()
    moved_from: int | None = None
    """The promised visit that this one replaces."""

    @property
    def checks(self) -> tuple[int, ...]:
        """Every check that the visit serves."""
        return tuple(check for part in self.parts for check in part.checks)


class NewDeskCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One desk check as it will be stored."""

    check: int
    department: int
    day: date
    inspectors: tuple[int, ...]


class Proposals(msgspec.Struct, frozen=True, kw_only=True):
    """What a solution means for the month."""

    new: tuple[NewVisit, ...]
    kept: frozenset[int]
    """Visits that the solution found again as they are."""
    told: dict[int, tuple[dict[str, Any], ...]]
    """Why they are as they are, as this solution says it."""
    clashes: tuple[int, ...]
    """Checks that would make a second visit of one department on one day: left out."""
    desk: tuple[NewDeskCheck, ...] = ()
