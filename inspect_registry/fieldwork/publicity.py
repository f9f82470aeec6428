"""The clocks of publication: results public within 20 working days, revoked ones down within 3; how many are left.

《食品生产经营监督检查管理办法》第三十九条, 《政府信息公开条例》第二十六条; 《市场监督管理行政处罚信息公示规定》第九条至
第十一条. The days stand in the record since it was closed or revoked; a release stops the clock.
"""

from collections.abc import Collection
from datetime import date

import msgspec

from inspect_registry.access import Permission, reads
from inspect_registry.actor import SEES_ALL_DEPARTMENTS, Role
from inspect_registry.catalogue import holidays
from inspect_registry.db import Tx
from inspect_registry.fieldwork import publicity_store
from inspect_registry.workdays import Calendar

LARGEST_PAGE = 500


class PublicityClock(msgspec.Struct, frozen=True, kw_only=True):
    """One result that waits: what for, until when, how much is left."""

    uid: str
    department: str
    visit: str
    withdrawal: bool
    """It was revoked and has to be taken down; else it has to be published."""
    told: bool
    """The enterprise has it in writing; before that no release shows it."""
    due: date
    """Last day in time."""
    working_days_left: int
    """After today, up to the last day; how many too late when negative."""
    late: bool


@reads(Permission.INSPECTION_READ)
async def publicity_clocks(tx: Tx, *, late: bool = False, limit: int = 100) -> list[PublicityClock]:
    """List results that wait to be published or taken down, of the acting department or all; the most urgent first."""
    if tx.actor.role is Role.ENTERPRISE:
        return []
    department = None if tx.actor.role in SEES_ALL_DEPARTMENTS else tx.actor.department
    rows = await publicity_store.waiting_results(
        tx, department, tx.today if late else None, max(1, min(limit, LARGEST_PAGE))
    )
    calendar = await holidays.calendar(tx)
    return [
        PublicityClock(
            uid=row.uid,
            department=row.department,
            visit=row.visit,
            withdrawal=row.withdrawal,
            told=row.told,
            due=row.due,
            working_days_left=days_left(calendar, tx.today, row.due),
            late=tx.today > row.due,
        )
        for row in rows
    ]


async def mark_withdrawn(tx: Tx, inspections: Collection[str]) -> int:
    """Note that a release has taken these down (called by publication, whose act appends the entry)."""
    return await publicity_store.mark_withdrawn(tx, inspections)


def days_left(calendar: Calendar, today: date, due: date) -> int:
    """Count working days after today up to the last day; negative: after the last day up to today."""
    if today <= due:
        return sum(day > today for day in calendar.workdays(today, due))
    return -sum(day > due for day in calendar.workdays(due, today))
