"""Statements about relaxations: one function each."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.visits.run_rows import RelaxationKind, Way

SQL = SqlFile(__file__, "relaxations.sql")


class RelaxationState(StrEnum):
    """Whether a proposal is decided."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Decider(StrEnum):
    """Who decides a proposal."""

    DEPARTMENT = "department"
    COORDINATOR = "coordinator"


class CheckKey(msgspec.Struct, frozen=True, kw_only=True):
    """One check and whose it is."""

    id: int
    department: int
    enterprise: int


class RelaxationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One proposed change."""

    id: int
    uid: str
    month: date
    check: str
    department: int
    short_name: str
    enterprise: int
    enterprise_name: str
    kind: RelaxationKind
    decider: Decider
    sentence: str
    starts: date | None
    ends: date | None
    days: list[date]
    amount: int
    state: RelaxationState
    reason: str
    proposed_at: datetime
    decided_at: datetime | None


async def check_named(tx: Tx, uid: str) -> CheckKey | None:
    """One check by uid."""
    return await tx.maybe(SQL["check_named"], CheckKey, uid)


async def add_relaxations(
    tx: Tx, month: date, run: int, check: CheckKey, ways: Sequence[tuple[str, Decider, Way]]
) -> None:
    """Store proposals as (uid, who decides, what)."""
    await tx.execute(
        SQL["add_relaxations"],
        [uid for uid, _, _ in ways],
        month,
        run,
        check.id,
        check.department,
        [way.kind.value for _, _, way in ways],
        [decider.value for _, decider, _ in ways],
        [way.sentence for _, _, way in ways],
        [way.starts for _, _, way in ways],
        [way.ends for _, _, way in ways],
        ["{" + ",".join(map(str, way.days)) + "}" for _, _, way in ways],
        ["{" + ",".join(map(str, way.matters)) + "}" for _, _, way in ways],
        [way.amount for _, _, way in ways],
        tx.now,
        tx.actor.person,
    )


async def relaxations(tx: Tx, month: date | None, uid: str | None, most: int) -> list[RelaxationRow]:
    """Proposals that the actor may see."""
    return await tx.many(SQL["relaxations"], RelaxationRow, month, uid, most)


async def decide_relaxation(tx: Tx, uid: str, state: RelaxationState, reason: str) -> int:
    """Decide a proposal; 0 when somebody else was first."""
    return await tx.execute(SQL["decide_relaxation"], uid, state.value, reason, tx.now, tx.actor.person)


async def raise_cap(tx: Tx, enterprise: int, department: int, year: int, more: int, basis: str) -> None:
    """Raise one cap of one year."""
    await tx.execute(SQL["raise_cap"], enterprise, department, year, more, basis)
