"""Statements of the replay: what a visit touched, and what the ledger says about it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from inspect_registry.db import SqlFile, Tx

SQL = SqlFile(__file__, "replay.sql")


class SubjectRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that acts were done to."""

    kind: str
    uid: str


class EntryAbout(msgspec.Struct, frozen=True, kw_only=True):
    """One ledger entry with its private part, if the actor may read it and it was not erased."""

    id: int
    leaf: bytes
    leaf_index: int | None
    appended_at: datetime
    salt: bytes | None
    record: bytes | None


async def subjects_of_visit(tx: Tx, visit: int) -> list[SubjectRow]:
    """Everything around one visit."""
    return await tx.many(SQL["subjects_of_visit"], SubjectRow, visit)


async def entries_about(tx: Tx, subjects: Sequence[SubjectRow]) -> list[EntryAbout]:
    """What the ledger says about these subjects."""
    return await tx.many(
        SQL["entries_about"], EntryAbout, [one.kind for one in subjects], [one.uid for one in subjects]
    )
