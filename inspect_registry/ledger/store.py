"""One function for each query of ledger.sql: the application's side of the ledger."""

from collections.abc import Sequence
from datetime import datetime

from inspect_registry.db import SqlFile, Tx
from inspect_registry.ledger.model import (
    AppendedRow,
    DepartmentCode,
    EntryId,
    EntryRow,
    HeadRow,
    LeafNumber,
    NumberedSubject,
    PrivateRow,
    ReceiptRow,
    StatusRow,
)

SQL = SqlFile(__file__, "ledger.sql")


async def append(tx: Tx, columns: Sequence[Sequence[object]], at: datetime) -> list[AppendedRow]:
    """Add entries given as the ten columns of the query; an empty answer means that nothing was added."""
    return await tx.many(SQL["append"], AppendedRow, *columns, at)


async def department_codes(tx: Tx) -> list[DepartmentCode]:
    """Return the public code of every department."""
    return await tx.many(SQL["department_codes"], DepartmentCode)


async def head(tx: Tx) -> HeadRow:
    """Return the one row of the head."""
    return await tx.one(SQL["head"], HeadRow)


async def entry(tx: Tx, entry: EntryId) -> EntryRow | None:
    """Return one entry."""
    return await tx.maybe(SQL["entry"], EntryRow, entry)


async def entry_at(tx: Tx, number: LeafNumber) -> EntryRow | None:
    """Return the entry of a leaf number."""
    return await tx.maybe(SQL["entry_at"], EntryRow, number)


async def entries_of(tx: Tx, kind: str, uid: str) -> list[EntryRow]:
    """Return what happened to one subject, oldest first; the first 200 acts."""
    return await tx.many(SQL["entries_of"], EntryRow, kind, uid)


async def private_of(tx: Tx, entry: EntryId) -> PrivateRow | None:
    """Return an entry's private part where the actor may see it."""
    return await tx.maybe(SQL["private_of"], PrivateRow, entry)


async def public_number(tx: Tx, entry: EntryId) -> LeafNumber | None:
    """Return the leaf number of an entry that a published checkpoint covers."""
    number = await tx.maybe_value(SQL["public_number"], int, entry)
    return None if number is None else LeafNumber(number)


async def erase_private(tx: Tx, entries: Sequence[EntryId], erased_in: EntryId) -> int:
    """Destroy salts and records; returns how many there were."""
    return await tx.execute(SQL["erase_private"], list(entries), erased_in)


async def status(tx: Tx) -> StatusRow:
    """Return how the log is doing."""
    return await tx.one(SQL["status"], StatusRow)


async def act_about(tx: Tx, kind: str, uid: str, actions: Sequence[str]) -> EntryRow | None:
    """Return the newest act of these kinds about one subject."""
    return await tx.maybe(SQL["act_about"], EntryRow, kind, uid, list(actions))


async def numbers_of(tx: Tx, kind: str, uids: Sequence[str], actions: Sequence[str]) -> list[NumberedSubject]:
    """Return the number of the newest published act of these kinds about each subject that has one."""
    return await tx.many(SQL["numbers_of"], NumberedSubject, kind, list(uids), list(actions))


async def receipts_of_enterprise(tx: Tx, enterprise: int, below: EntryId, most: int) -> list[ReceiptRow]:
    """Return the acts whose receipts an enterprise may fetch, newest first."""
    return await tx.many(SQL["receipts_of_enterprise"], ReceiptRow, enterprise, below, most)


async def receipts_of_department(tx: Tx, department: int, below: EntryId, most: int) -> list[ReceiptRow]:
    """Return the codes issued and checks closed of a department, newest first."""
    return await tx.many(SQL["receipts_of_department"], ReceiptRow, department, below, most)


async def witnessed_note(tx: Tx) -> str | None:
    """Return the newest checkpoint that enough witnesses have signed."""
    return await tx.maybe_value(SQL["witnessed_note"], str)
