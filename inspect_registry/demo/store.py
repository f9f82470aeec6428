"""What the loader asks of the district it is making: one function for each query."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import msgspec

from inspect_registry.db import SqlFile, Tx

SQL: Final = SqlFile(__file__, "demo.sql")


class ApprovedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One approved visit."""

    visit: int
    uid: str
    day: dt.date
    enterprise: int
    code: str
    """uid of its live code; empty where none is issued."""


class Crew(msgspec.Struct, frozen=True, kw_only=True):
    """One department's people in one visit."""

    visit: int
    department: int
    inspectors: list[int]
    uids: list[str]


async def state_of_demo(tx: Tx) -> str:
    """Say whether the demo district is loaded, half loaded, or not begun."""
    return await tx.value(SQL["state_of_demo"], str)


async def approved_visits(tx: Tx, first: dt.date, last: dt.date) -> list[ApprovedVisit]:
    """Return the approved visits of a span of days."""
    return await tx.many(SQL["approved_visits"], ApprovedVisit, first, last)


async def crews(tx: Tx, visits: Sequence[int]) -> list[Crew]:
    """Return the live shares of some visits with their inspectors."""
    return await tx.many(SQL["crews"], Crew, list(visits))
