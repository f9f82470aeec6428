"""Runs of the planner as stored and as told: what each reached, whom it left out and why, what it changed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from inspect_registry.visits.scenario import Scenario


class Purpose(StrEnum):
    """What a run was made for."""

    MERGE = "merge"
    WHAT_IF = "what_if"


class RelaxationKind(StrEnum):
    """What is changed so that an unserved check finds a place."""

    CAP_DEPARTMENT = "cap-department"
    CAP_TOTAL = "cap-total"
    PEOPLE = "people"
    QUIET = "quiet"
    WINDOW = "window"


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One change that would help, as somebody can propose it."""

    kind: RelaxationKind
    sentence: str
    department: str
    """Short name of the department concerned."""
    starts: date | None = None
    ends: date | None = None
    days: list[date] = []
    matters: list[int] = []
    amount: int = 1


class UnservedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One check that has no place, why, and what would give it one."""

    check: str
    """Its uid."""
    department: str
    department_id: int
    enterprise: str
    matters: list[str]
    mandatory: bool
    rules: list[str]
    sentence: str
    remedy: str
    ways: list[Way] = []
    """All of them together serve the check."""
    bundle: str = ""
    """The 一业一查 bundle that is served whole or not at all."""


class ChangeKind(StrEnum):
    """What a re-plan did with a visit."""

    MOVED = "moved"
    RESTAFFED = "restaffed"
    DROPPED = "dropped"
    NEW = "new"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One visit that a re-plan moved, gave other people, dropped or added."""

    kind: ChangeKind
    enterprise: str
    departments: list[str]
    """Short names."""
    department_ids: list[int]
    before: str = ""
    """Uid of the promised visit that no longer stands."""
    after: str = ""
    """Uid of the visit that stands now."""
    day_before: date | None = None
    day_after: date | None = None
    published: bool = False
    """The old day was public; the old announcement is kept."""
    reason: str = ""


class RunRow(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the planner."""

    id: int = 0
    """0 until it is stored."""
    uid: str
    month: date
    purpose: Purpose
    scenario: Scenario
    seed: int
    effort: int
    checks: int
    visits: int
    naive_visits: int
    unserved: list[UnservedLine]
    measures: dict[str, Any]
    changes: list[Change]
    created_at: datetime


class RunLine(msgspec.Struct, frozen=True, kw_only=True):
    """One run in a list."""

    uid: str
    purpose: Purpose
    scenario: Scenario
    visits: int
    naive_visits: int
    unserved: int
    changes: int
    created_at: datetime


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What happened since the newest merge that the next one has to look at."""

    checks: int
    """Added, or free again because a department declined or a visit was called off."""
    visits: int
    """Coming ones, one of whose people can no longer go."""
    late: list[str] = []
    """Short names of the departments that have not answered in time."""


class PlannedCheckRow(msgspec.Struct, frozen=True, kw_only=True):
    """How one run planned one check, with what a person needs to read it."""

    check: int
    premises: int
    premises_uid: str
    enterprise: str
    department: int
    short_name: str
    day: date
    knock: int | None
    inspectors: list[int]


class LoadRow(msgspec.Struct, frozen=True, kw_only=True):
    """How busy one department is in one run."""

    department: int
    short_name: str
    booked: int
    available: int
    visits: int
