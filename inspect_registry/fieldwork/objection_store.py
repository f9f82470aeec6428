"""Statements about objections: one function each."""

from collections.abc import Collection
from datetime import date, datetime

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.fieldwork.model import InspectionId, ObjectionState

SQL = SqlFile(__file__, "objection.sql")


class ObjectionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One objection."""

    id: int
    uid: str
    state: ObjectionState
    words: str
    department: int
    enterprise: int
    raised_at: datetime
    mark_due: date
    decide_due: date
    marked_at: datetime | None
    decided_at: datetime | None
    decision: str
    inspection_uid: str
    recorded_by: int


async def raise_objection(
    tx: Tx, uid: str, inspection: InspectionId, *, department: int, words: str, mark_due: date, decide_due: date
) -> int:
    """Store an objection of the acting enterprise."""
    return await tx.value(
        SQL["raise_objection"],
        int,
        uid,
        inspection,
        department,
        tx.actor.enterprise,
        words,
        tx.now,
        mark_due,
        decide_due,
    )


async def lock_objection(tx: Tx, uid: str) -> int | None:
    """Lock an objection about to change."""
    return await tx.maybe_value(SQL["lock_objection"], int, uid)


async def objections(tx: Tx, ids: Collection[int]) -> list[ObjectionRow]:
    """Objections as people read them."""
    return await tx.many(SQL["objections"], ObjectionRow, list(ids))


async def objections_of_visit(tx: Tx, visit: str) -> list[int]:
    """Every objection to the records of one visit."""
    return await tx.values(SQL["objections_of_visit"], int, visit)


async def open_objections(tx: Tx, department: int | None, enterprise: int | None, limit: int) -> list[int]:
    """Objections that wait."""
    return await tx.values(SQL["open_objections"], int, department, enterprise, limit)


async def mark_objection(tx: Tx, objection: int) -> None:
    """Show the result as objected to."""
    await tx.execute(SQL["mark_objection"], objection, tx.now)


async def decide_objection(tx: Tx, objection: int, state: ObjectionState, decision: str) -> None:
    """Uphold or reject."""
    await tx.execute(SQL["decide_objection"], objection, state, decision, tx.now)
