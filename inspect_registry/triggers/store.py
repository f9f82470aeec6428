"""Statements about triggers: one function each."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.triggers.model import TriggerId, TriggerKind, TriggerState

SQL = SqlFile(__file__, "triggers.sql")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The place that a clue is about."""

    id: int
    enterprise: int


class NamedMatter(msgspec.Struct, frozen=True, kw_only=True):
    """One matter in force."""

    id: int
    uid: str
    code: str


class TriggerRow(msgspec.Struct, frozen=True, kw_only=True):
    """One documented reason."""

    id: TriggerId
    uid: str
    department: int
    enterprise: int
    premises: int
    kind: TriggerKind
    source_number: str
    facts: str
    matters: list[int]
    emergency: bool
    rectification: str
    state: TriggerState
    received_at: datetime
    created_at: datetime
    reason: str
    enterprise_name: str
    premises_uid: str
    address: str
    matter_codes: list[str]


class NewTrigger(msgspec.Struct, frozen=True, kw_only=True):
    """One reason about to be stored."""

    uid: str
    department: int
    enterprise: int
    premises: int
    kind: TriggerKind
    source_number: str
    facts: str
    matters: tuple[int, ...]
    emergency: bool
    origin_visit: int | None
    rectification: str
    received_at: datetime


async def place_of(tx: Tx, uid: str) -> Place | None:
    """The place of this uid, while its enterprise is open."""
    return await tx.maybe(SQL["place_of"], Place, uid)


async def matters_named(tx: Tx, department: int, names: Sequence[str]) -> list[NamedMatter]:
    """Matters of the department in force today."""
    return await tx.many(SQL["matters_named"], NamedMatter, department, list(names), tx.today)


async def add_trigger(tx: Tx, new: NewTrigger) -> TriggerId:
    """Store a reason."""
    return await tx.value(
        SQL["add_trigger"],
        TriggerId,
        new.uid,
        new.department,
        new.enterprise,
        new.premises,
        new.kind,
        new.source_number,
        new.facts,
        list(new.matters),
        new.emergency,
        new.origin_visit,
        new.rectification,
        new.received_at,
        tx.now,
    )


async def trigger_of_uid(tx: Tx, uid: str) -> TriggerId | None:
    """Lock the reason of this uid, if the actor may see it."""
    return await tx.maybe_value(SQL["trigger_of_uid"], TriggerId, uid)


async def triggers(tx: Tx, ids: Collection[TriggerId]) -> list[TriggerRow]:
    """Reasons as people read them."""
    return await tx.many(SQL["triggers"], TriggerRow, list(ids))


async def triggers_in(tx: Tx, department: int | None, state: TriggerState | None, limit: int) -> list[TriggerId]:
    """Reasons in a state."""
    return await tx.values(SQL["triggers_in"], TriggerId, department, state, limit)


async def settle_trigger(tx: Tx, trigger: TriggerId, state: TriggerState, reason: str) -> None:
    """Approve, reject or use a reason."""
    await tx.execute(SQL["settle_trigger"], trigger, state, reason, tx.now)
