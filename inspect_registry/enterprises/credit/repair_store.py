"""Queries about applications for repair: one function each."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.enterprises.credit.model import Paper, RecordId, RepairId, RepairState

SQL = SqlFile(__file__, "repair.sql")


class NewRepair(msgspec.Struct, frozen=True, kw_only=True):
    """An application about to be stored."""

    uid: str
    record: RecordId
    department: int
    enterprise: int
    papers: Sequence[Paper]
    commitment: str
    on_behalf: bool
    decide_due: dt.date
    provisional: bool


class RepairRow(msgspec.Struct, frozen=True, kw_only=True):
    """One stored application."""

    id: RepairId
    uid: str
    record: RecordId
    record_uid: str
    department: int
    enterprise: int
    state: RepairState
    papers: list[dict[str, Any]]
    commitment: str
    applied_on: dt.date
    applied_by: int
    on_behalf: bool
    decide_due: dt.date
    provisional: bool
    judged_on: dt.date | None
    decided_on: dt.date | None
    decision: str
    unmet: list[str]
    share_due: dt.date | None
    shared_on: dt.date | None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision about to be stored."""

    state: RepairState
    words: str
    unmet: Sequence[str]
    judged_on: dt.date
    share_due: dt.date | None = None
    provisional: bool = False


async def add_repair(tx: Tx, new: NewRepair) -> RepairId:
    """Store an application of the actor, today."""
    return await tx.value(
        SQL["add_repair"],
        RepairId,
        new.uid,
        new.record,
        new.department,
        new.enterprise,
        msgspec.json.encode(new.papers).decode(),
        new.commitment,
        tx.today,
        tx.now,
        tx.actor.person,
        new.on_behalf,
        new.decide_due,
        new.provisional,
    )


async def repair_by_uid(tx: Tx, uid: str) -> RepairId | None:
    """Return the inside identity of an application that the actor may see."""
    return await tx.maybe_value(SQL["repair_by_uid"], RepairId, uid)


async def lock_repair(tx: Tx, repair: RepairId) -> RepairState:
    """Hold an application and return its state."""
    return await tx.value(SQL["lock_repair"], RepairState, repair)


async def repairs(tx: Tx, ids: Collection[RepairId]) -> list[RepairRow]:
    """Return applications."""
    return await tx.many(SQL["repairs"], RepairRow, list(ids))


async def waiting_repairs(tx: Tx, department: int | None, enterprise: int | None, limit: int) -> list[RepairId]:
    """Return applications that wait."""
    return await tx.values(SQL["waiting_repairs"], RepairId, department, enterprise, limit)


async def repairs_of_records(tx: Tx, records: Collection[RecordId]) -> list[RepairId]:
    """Return every application for some records."""
    return await tx.values(SQL["repairs_of_records"], RepairId, list(records))


async def decide_repair(tx: Tx, repair: RepairId, decided: Decision) -> int:
    """Store the actor's decision of today."""
    return await tx.execute(
        SQL["decide_repair"],
        repair,
        decided.state.value,
        tx.now,
        tx.today,
        tx.actor.person,
        decided.words,
        list(decided.unmet),
        decided.judged_on,
        decided.share_due,
        decided.provisional,
    )


async def withdraw_repair(tx: Tx, repair: RepairId) -> int:
    """Store that the applicant took it back."""
    return await tx.execute(SQL["withdraw_repair"], repair, tx.now)


async def unshared_repairs(tx: Tx) -> list[RepairId]:
    """Return granted applications whose record the next release drops."""
    return await tx.values(SQL["unshared_repairs"], RepairId)


async def mark_shared(tx: Tx, ids: Collection[RepairId], day: dt.date) -> int:
    """Note that publication has stopped."""
    return await tx.execute(SQL["mark_shared"], list(ids), day)
