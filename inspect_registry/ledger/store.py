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
    PrivateRow,
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
