"""Queries about inputs of grades and negative records: one function each."""

import datetime as dt
from collections.abc import Collection, Sequence

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.enterprises.credit.model import (
    Ended,
    Field,
    GradeInput,
    Measure,
    NewInput,
    Outcome,
    RecordId,
    Scale,
)
from inspect_registry.enterprises.model import EnterpriseId

SQL = SqlFile(__file__, "credit.sql")


class InputRow(GradeInput, frozen=True, kw_only=True):
    """One stored input; the id is where the next page begins."""

    id: int


class NewRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A negative record about to be kept."""

    uid: str
    outcome: Outcome
    field: Field
    measure: Measure
    performed_on: dt.date | None


class RecordRow(msgspec.Struct, frozen=True, kw_only=True):
    """One negative record with whom it is about."""

    id: RecordId
    uid: str
    part: int
    department: int
    department_name: str
    enterprise: EnterpriseId
    enterprise_uid: str
    enterprise_name: str
    contact: str
    inspection: str
    field: Field
    measure: Measure
    simplified: bool
    measure_document: str
    measure_on: dt.date | None
    found_on: dt.date
    published_on: dt.date | None
    performed_on: dt.date | None
    publicity_ended_on: dt.date | None
    ended_on: dt.date | None
    ended_why: Ended | None
    repeated: bool


class RepairedPart(msgspec.Struct, frozen=True, kw_only=True):
    """One share whose record was repaired."""

    part: int
    ended_on: dt.date | None


async def add_inputs(tx: Tx, new: Sequence[tuple[Outcome, NewInput]]) -> int:
    """Enter inputs."""
    return await tx.execute(
        SQL["add_inputs"],
        [outcome.enterprise for outcome, _ in new],
        [outcome.department for outcome, _ in new],
        [outcome.inspection for outcome, _ in new],
        [one.scale.value for _, one in new],
        [one.kind.value for _, one in new],
        [one.feeds_from for _, one in new],
        [one.counts_to for _, one in new],
        [one.rule for _, one in new],
        [one.rule_from for _, one in new],
        [one.basis for _, one in new],
    )


async def end_inputs(tx: Tx, inspections: Collection[str], day: dt.date, why: Ended) -> int:
    """End what records fed in."""
    return await tx.execute(SQL["end_inputs"], list(inspections), day, why.value)


async def inputs_of_month(
    tx: Tx, month: dt.date, scale: Scale | None, enterprise: EnterpriseId | None, limit: int, after: int
) -> list[InputRow]:
    """Return inputs that have begun by a month."""
    return await tx.many(
        SQL["inputs_of_month"], InputRow, month, scale.value if scale else None, enterprise, limit, after
    )


async def resting_on_ended(
    tx: Tx, ids: Sequence[EnterpriseId], month: dt.date, why: Collection[Ended]
) -> list[EnterpriseId]:
    """Return enterprises whose class in force rests on a record that has ended since."""
    return await tx.values(SQL["resting_on_ended"], EnterpriseId, list(ids), month, [one.value for one in why])


async def keep_records(tx: Tx, new: Sequence[NewRecord]) -> int:
    """Keep negative records."""
    return await tx.execute(
        SQL["keep_records"],
        [one.uid for one in new],
        [one.outcome.part for one in new],
        [one.outcome.department for one in new],
        [one.outcome.enterprise for one in new],
        [one.outcome.inspection for one in new],
        [one.field.value for one in new],
        [one.measure.value for one in new],
        [one.outcome.day for one in new],
        [one.performed_on for one in new],
        tx.now,
    )


async def end_records(tx: Tx, parts: Collection[int], day: dt.date, why: Ended) -> int:
    """End the records of shares."""
    return await tx.execute(SQL["end_records"], list(parts), day, why.value)


async def repaired_parts(tx: Tx, parts: Collection[int]) -> list[RepairedPart]:
    """Return those shares whose record was repaired."""
    return await tx.many(SQL["repaired_parts"], RepairedPart, list(parts))


async def performed(tx: Tx, part: int, day: dt.date) -> int:
    """Note that the orders of a share are obeyed."""
    return await tx.execute(SQL["performed"], part, day)


async def mark_records_published(tx: Tx, inspections: Collection[str], day: dt.date) -> int:
    """Begin the publicity of records."""
    return await tx.execute(SQL["mark_records_published"], list(inspections), day)


async def record_by_uid(tx: Tx, uid: str) -> RecordId | None:
    """Return the inside identity of a record that the actor may see."""
    return await tx.maybe_value(SQL["record_by_uid"], RecordId, uid)


async def lock_record(tx: Tx, record: RecordId) -> RecordId | None:
    """Hold a record; None where the actor may not."""
    return await tx.maybe_value(SQL["lock_record"], RecordId, record)


async def records(tx: Tx, ids: Collection[RecordId]) -> list[RecordRow]:
    """Return records, newest first."""
    return await tx.many(SQL["records"], RecordRow, list(ids))


async def records_of(
    tx: Tx, enterprise: int | None, department: int | None, *, alive: bool, limit: int
) -> list[RecordId]:
    """Return the identities of records, newest first."""
    return await tx.values(SQL["records_of"], RecordId, enterprise, department, alive, limit)


async def note_measure(
    tx: Tx, record: RecordId, measure: Measure, *, simplified: bool, document: str, day: dt.date
) -> int:
    """Note what a case ended with."""
    return await tx.execute(SQL["note_measure"], record, measure.value, simplified, document, day)


async def note_performance(tx: Tx, record: RecordId, day: dt.date) -> int:
    """Note that the duties are done."""
    return await tx.execute(SQL["note_performance"], record, day)


async def public_penalties(tx: Tx) -> list[RecordId]:
    """Return records of decided cases that are public."""
    return await tx.values(SQL["public_penalties"], RecordId)


async def end_publicity(tx: Tx, ids: Collection[RecordId], day: dt.date) -> int:
    """End the publicity of records."""
    return await tx.execute(SQL["end_publicity"], list(ids), day)


async def repair_record(tx: Tx, record: RecordId, day: dt.date) -> int:
    """Mark a record as repaired."""
    return await tx.execute(SQL["repair_record"], record, day)
