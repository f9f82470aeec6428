"""Matters that nobody has carried out for five years: listed for cancellation (国办发〔2024〕54号问题解答).

Years are counted from the day after the last inspection, as periods by the year are (民法典第二百零一条、第二百零二条):
a matter last carried out on 2021-11-20 is unused for five years from 2026-11-21 on. Off-site inspections count as
carried out; what was only planned, or only had its code issued, does not: it is told beside, because it is idle work.
"""

import datetime as dt

import msgspec

from inspect_registry import rules
from inspect_registry.access import Permission, reads
from inspect_registry.db import Tx
from inspect_registry.effectiveness import store
from inspect_registry.workdays import months_later


class UnusedMatter(msgspec.Struct, frozen=True, kw_only=True):
    """One published matter to be cancelled, or to be kept with a reason."""

    code: str
    name: str
    department: str
    """Code."""
    department_name: str
    published_on: dt.date
    """First version."""
    last_done: dt.date | None
    """Last inspection; None = never in this register."""
    planned: int
    """Published tasks of the period that name it."""
    issued: int
    """Inspection codes of the period issued for it."""


@reads(Permission.MEASURE_READ)
async def unused_matters(tx: Tx, on: dt.date | None = None) -> list[UnusedMatter]:
    """Return the matters in force on a day (today), published and last carried out more than five years before."""
    day = on or tx.today
    since = months_later(day, -12 * rules.whole("catalogue.unused_years", on=max(day, _RULE_SINCE)))
    return [
        msgspec.convert(row, UnusedMatter, from_attributes=True) for row in await store.unused_matters(tx, day, since)
    ]


_RULE_SINCE = dt.date(2025, 5, 8)
"""First day of the rule; the list as of an earlier day is made by the same number of years."""
