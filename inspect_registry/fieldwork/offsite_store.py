"""Statements about off-site checks: one function each."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.fieldwork.model import OffsiteMeans, OffsiteState

SQL = SqlFile(__file__, "offsite.sql")


class OffsiteObject(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at."""

    premises: int
    enterprise: int
    matter: int
    matter_code: str
    offsite_possible: bool


class OffsiteRow(msgspec.Struct, frozen=True, kw_only=True):
    """One off-site check."""

    id: int
    uid: str
    department: int
    enterprise: int
    premises: int
    means: OffsiteMeans
    observation: str
    problem: bool
    state: OffsiteState
    found_at: datetime
    found_by: int
    sufficient: bool | None
    reviewed_at: datetime | None
    action: str
    acted_at: datetime | None
    matter_code: str
    enterprise_name: str


async def offsite_object(tx: Tx, premises: str, matter: str) -> OffsiteObject | None:
    """The place and the department's matter, in force today."""
    return await tx.maybe(SQL["offsite_object"], OffsiteObject, premises, tx.actor.department, matter, tx.today)


async def find_offsite(
    tx: Tx, uid: str, what: OffsiteObject, *, means: OffsiteMeans, observation: str, problem: bool
) -> int:
    """Store what was seen from afar."""
    return await tx.value(
        SQL["find_offsite"],
        int,
        uid,
        tx.actor.department,
        what.enterprise,
        what.premises,
        what.matter,
        means,
        observation,
        problem,
        tx.now,
        tx.actor.person,
    )


async def lock_offsite(tx: Tx, uid: str) -> int | None:
    """Lock an off-site check about to change."""
    return await tx.maybe_value(SQL["lock_offsite"], int, uid)


async def offsite_checks(tx: Tx, ids: Collection[int]) -> list[OffsiteRow]:
    """Off-site checks as people read them."""
    return await tx.many(SQL["offsite_checks"], OffsiteRow, list(ids))


async def open_offsite(tx: Tx, department: int | None, limit: int) -> list[int]:
    """Off-site checks whose loop is open."""
    return await tx.values(SQL["open_offsite"], int, department, limit)


async def review_offsite(tx: Tx, offsite: int, *, sufficient: bool) -> None:
    """Note that a second person has looked."""
    await tx.execute(SQL["review_offsite"], offsite, sufficient, tx.now, tx.actor.person)


async def act_offsite(tx: Tx, offsite: int, action: str) -> None:
    """Close the loop."""
    await tx.execute(SQL["act_offsite"], offsite, action, tx.now)
