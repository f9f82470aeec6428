"""One typed function for each query of effectiveness.sql."""

import datetime as dt

import msgspec

from inspect_registry.db import SqlFile, Tx

SQL = SqlFile(__file__, "effectiveness.sql")


class UnusedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One published matter that nobody has carried out for long."""

    code: str
    name: str
    department: str
    department_name: str
    published_on: dt.date
    last_done: dt.date | None
    planned: int
    issued: int


async def unused_matters(tx: Tx, on: dt.date, since: dt.date) -> list[UnusedRow]:
    """Return the matters in force on a day that were neither new nor carried out since another."""
    return await tx.many(SQL["unused_matters"], UnusedRow, on, since)
