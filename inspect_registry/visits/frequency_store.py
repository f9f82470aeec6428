"""The statement about who is inspected often."""

import msgspec

from inspect_registry.db import SqlFile, Tx

SQL = SqlFile(__file__, "frequency.sql")


class FrequentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One department's, or (empty) all departments', visits to one enterprise in a year."""

    enterprise: str
    """uid."""
    name: str
    department: str
    """Short name; empty where all departments are counted together."""
    cap: int
    used: int
    exempt_used: int


async def frequent_rows(tx: Tx, year: int, warns: int, department: int | None, limit: int) -> list[FrequentRow]:
    """Return who was visited often in a year, the most visited first."""
    return await tx.many(SQL["frequent"], FrequentRow, year, warns, department, limit)
