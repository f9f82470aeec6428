"""The planner's problem and its answer as plain data.

Days are integers 0..horizon-1 counted from `Problem.start_date`; identities are the caller's own integers.
What a well-formed problem is, is decided in `flaws.py`; what a lawful plan is, in `rules.py`.
"""

from datetime import date, timedelta
from itertools import groupby
from typing import NewType

import msgspec

CheckId = NewType("CheckId", int)
DepartmentId = NewType("DepartmentId", int)
InspectorId = NewType("InspectorId", int)
MatterId = NewType("MatterId", int)
PremisesId = NewType("PremisesId", int)


class Premises(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """One address where one enterprise works."""

    id: int
    zone: int
    open_weekdays: int = 127
    """Bit w is set when it is open on weekday w (Monday 0)."""
    cap_total: int
    """Most counted visits within the horizon; a visit counts when it holds a check that is not exempt."""
    cap_department: int
    """The same for any one department, before `Used` is subtracted."""
    grade: str = ""
    """Information only."""


class Used(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """Counted visits of one department to one premises that are already used up."""

    premises: int
    department: int
    count: int


class Inspector(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """One certified officer of one department."""

    id: int
    department: int
    matters: tuple[int, ...]
    off_days: tuple[int, ...] = ()


class Recusal(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """An inspector who may not inspect one premises (回避)."""

    inspector: int
    premises: int


class Check(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """One matter to be checked at one premises within a window of days (待查项)."""

    id: int
    department: int
    premises: int
    matter: int
    start: int
    end: int
    """Inclusive."""
    minutes: int
    """Spent by every one of its inspectors."""
    inspectors: int = 2
    onsite: bool = True
    """False: a desk check, which takes minutes but no visit."""
    mergeable: bool = True
    """False: alone in its visit, because it may not be announced or stands under its own law."""
    exempt: bool = False
    """True: not bound by quiet days and caps."""
    bundle: int | None = None
    """一业一查: all checks of a bundle in one visit, or none served."""
    mandatory: bool = False
    published_day: int | None = None
    locked: bool = False
    """True: must stand on its published day."""
    closed: bool = False
    """True: promised in just this company: with its bundle it is a whole visit, and nobody joins it."""


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one visit and one unserved check cost (dated parameters of the caller; defaults are the district's)."""

    visit: int = 1
    ordinary: int = 3
    mandatory: int = 30


class Problem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything the planner may know."""

    start_date: date
    horizon: int
    nonwork_days: tuple[int, ...] = ()
    quiet_days: tuple[int, ...] = ()
    visits_per_inspector_day: int
    day_minutes: int
    visit_overhead: int
    """Minutes one inspector loses for each on-site visit."""
    max_departments: int
    max_visit_minutes: int
    """Of one department inside one visit."""
    near: tuple[tuple[int, ...], ...]
    """near[z]: the zones that may share an inspector's day with z; symmetric, contains z."""
    premises: tuple[Premises, ...]
    used: tuple[Used, ...] = ()
    inspectors: tuple[Inspector, ...] = ()
    recusals: tuple[Recusal, ...] = ()
    checks: tuple[Check, ...] = ()
    weights: Weights = Weights()

    def weekday(self, day: int) -> int:
        """Weekday of a day, Monday 0."""
        return (self.start_date.weekday() + day) % 7

    def date_of(self, day: int) -> date:
        return self.start_date + timedelta(days=day)

    def unserved_cost(self, check: Check) -> int:
        return self.weights.mandatory if check.mandatory else self.weights.ordinary


class Placement(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """One served check: its day, its visit, its people."""

    check: int
    day: int
    visit: int | None
    """None for a desk check."""
    inspectors: tuple[int, ...]
    lead: int | None = None
    """Leading department of the visit (牵头部门); required when two or more take part."""


class PlannedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """The placements that share one visit id."""

    id: int
    placements: tuple[Placement, ...]

    @property
    def day(self) -> int:
        return self.placements[0].day

    @property
    def lead(self) -> int | None:
        return self.placements[0].lead

    @property
    def checks(self) -> tuple[int, ...]:
        return tuple(p.check for p in self.placements)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The served checks; whatever is missing here is unserved."""

    placements: tuple[Placement, ...] = ()

    def visits(self) -> tuple[PlannedVisit, ...]:
        """Group the placements by visit, in the order of visit ids."""
        onsite = sorted((p for p in self.placements if p.visit is not None), key=_visit_of)
        return tuple(PlannedVisit(id=visit, placements=tuple(rows)) for visit, rows in groupby(onsite, key=_visit_of))

    def desk_work(self) -> tuple[Placement, ...]:
        return tuple(p for p in self.placements if p.visit is None)


def _visit_of(placement: Placement) -> int:
    return -1 if placement.visit is None else placement.visit
