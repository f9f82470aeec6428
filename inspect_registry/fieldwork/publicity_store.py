"""Statements about the publication of results: one function each."""

from collections.abc import Collection
from datetime import date

import msgspec

from inspect_registry.db import SqlFile, Tx

SQL = SqlFile(__file__, "publicity.sql")


class WaitingResult(msgspec.Struct, frozen=True, kw_only=True):
    """One result that waits to be published, or to be taken down."""

    uid: str
    department: str
    visit: str
    withdrawal: bool
    told: bool
    due: date


async def waiting_results(tx: Tx, department: int | None, due_before: date | None, limit: int) -> list[WaitingResult]:
    """Return results that wait, the most urgent first."""
    return await tx.many(SQL["waiting_results"], WaitingResult, department, due_before, limit)


async def mark_withdrawn(tx: Tx, uids: Collection[str]) -> int:
    """Note that a release has taken revoked results down."""
    return await tx.execute(SQL["mark_withdrawn"], list(uids), tx.now)
