"""Draws of inspectors as people ask for them and read them, and as they are published."""

import datetime as dt
from typing import Annotated

import msgspec

from inspect_registry.plans.crew_draw import Crew, Line, Member
from inspect_registry.plans.draw import Exclusion

_Reason = Annotated[str, msgspec.Meta(max_length=500)]


class CommitCrews(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For whom inspectors are to be drawn."""

    enterprises: list[str] = []
    """uids; empty = every enterprise of the month that has nobody yet, or all where each has somebody."""
    reason: _Reason = ""
    """Why inspectors are drawn again."""
    rotation_reason: _Reason = ""
    """Why somebody may go where he went last time; empty = he may not."""


class DrawnInspector(msgspec.Struct, frozen=True, kw_only=True):
    """One inspector who was drawn."""

    uid: str
    name: str
    certificate: str
    stand_in: bool


class CrewView(msgspec.Struct, frozen=True, kw_only=True):
    """Who was drawn for one enterprise."""

    enterprise: str
    enterprise_name: str
    matters: tuple[str, ...]
    inspectors: list[DrawnInspector]
    """Empty: too few were eligible."""


class CrewDrawView(msgspec.Struct, frozen=True, kw_only=True):
    """One draw of inspectors as its department sees it."""

    uid: str
    monthly_plan: str
    attempt: int
    algorithm: str
    roster: int
    away: dict[str, int]
    """How many cannot go at all, by reason."""
    enterprises: int
    excluded: dict[str, int]
    """How many times somebody cannot go to one enterprise, by reason."""
    most: int
    commitment: str
    committed_at: dt.datetime
    seed: str | None
    seed_source: str
    seed_independent: bool
    drawn_at: dt.datetime | None
    crews: list[CrewView]
    short: int
    """Enterprises for which too few were eligible."""
    reason: str
    rotation_reason: str


class CrewProof(msgspec.Struct, frozen=True, kw_only=True):
    """What is published of a draw of inspectors once its month is closed: everything, so that anybody repeats it."""

    algorithm: str
    draw: str
    reserves: int
    most: int
    roster: list[Member]
    away: list[Exclusion]
    lines: list[Line]
    commitment: str
    committed_at: dt.datetime
    seed: str | None
    seed_source: str
    seed_independent: bool
    crews: list[Crew]
