"""A whole district, made in the database itself: the same rows for the same sizes, on any machine.

Shares follow domain.md: 65 / 25 / 8.5 / 1.5 % of the enterprises in class A, B, C, D; some activities are everywhere,
most are rare; 20 departments, two of which (fire, work safety) have a matter that
fits everybody; five matters and tasks each.
Chance is SHA-256 of a row's number, so no generator's state is involved.
"""

import datetime as dt

import asyncpg

from inspect_registry.db import SqlFile

YEAR = 2026
DEPARTMENTS, MATTERS, INSPECTORS = 20, 5, 40

# Ten activities with the share of enterprises, in thousandths, that carry each on.
ACTIVITIES = (
    ("retail", 230), ("catering", 90), ("food-sale", 70), ("transport", 40), ("hazardous", 15), ("device", 15),
    ("drug", 15), ("prepaid", 30), ("construction", 25), ("lodging", 15),
)  # fmt: skip

SQL = SqlFile(__file__, "district.sql")


async def load(owner: asyncpg.Connection, *, enterprises: int, checks: int, month: dt.date) -> None:
    """Fill an empty schema; `checks` are what all tasks together take in one month."""
    names, shares = [name for name, _ in ACTIVITIES], [share for _, share in ACTIVITIES]
    async with owner.transaction():
        await owner.execute(SQL["places"].sql)
        await owner.execute(SQL["authorities"].sql, DEPARTMENTS)
        await owner.execute(SQL["subjects"].sql, MATTERS, names)
        await owner.execute(SQL["officers"].sql, INSPECTORS)
        await owner.execute(SQL["certified"].sql)
        await owner.execute(SQL["firms"].sql, enterprises, names, shares)
        await owner.execute(SQL["doors"].sql)
        await owner.execute(SQL["classes"].sql)
        await owner.execute(SQL["facts"].sql, enterprises, enterprises, DEPARTMENTS * MATTERS)
        await owner.execute(SQL["plans"].sql, month.year)
        await owner.execute(SQL["tasks"].sql, checks // (DEPARTMENTS * MATTERS), month.year)
    await owner.execute("ANALYZE")
