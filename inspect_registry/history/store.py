"""Queries about facts: one function each."""

import datetime as dt
from collections.abc import Sequence

from inspect_registry.catalogue.model import DepartmentId, Level
from inspect_registry.db import SqlFile, Tx
from inspect_registry.enterprises.model import EnterpriseId
from inspect_registry.history.model import Attendance, Counted, Fact, LastAttendance, NewFact

SQL = SqlFile(__file__, "history.sql")


async def add_facts(tx: Tx, new: Sequence[NewFact]) -> int:
    """Remember facts."""
    return await tx.execute(
        SQL["add_facts"],
        [f.enterprise for f in new],
        [f.premises for f in new],
        [f.department for f in new],
        [f.matter_code for f in new],
        [f.day for f in new],
        [f.onsite for f in new],
        [f.level.value for f in new],
        [f.exempt for f in new],
        [f.sufficient for f in new],
        [f.visit_uid for f in new],
    )


async def add_attendances(tx: Tx, new: Sequence[Attendance]) -> int:
    """Remember who was there."""
    return await tx.execute(
        SQL["add_attendances"],
        [one.enterprise for one in new],
        [one.department for one in new],
        [one.day for one in new],
        [one.inspector for one in new],
    )


async def last_attendances(
    tx: Tx, department: DepartmentId, enterprises: Sequence[EnterpriseId], before: dt.date
) -> list[LastAttendance]:
    """Return who was there at a department's latest visit to each enterprise."""
    return await tx.many(SQL["last_attendances"], LastAttendance, department, list(enterprises), before)


async def facts_of(tx: Tx, enterprise: EnterpriseId, since: dt.date) -> list[Fact]:
    """Return what happened at one enterprise, newest first."""
    return await tx.many(SQL["facts_of"], Fact, enterprise, since)


async def facts_about(
    tx: Tx,
    enterprises: Sequence[EnterpriseId],
    matter_codes: Sequence[str],
    since: dt.date,
    levels: Sequence[Level],
    *,
    onsite: bool | None,
) -> list[Fact]:
    """Return facts about some matters at some enterprises."""
    return await tx.many(
        SQL["facts_about"],
        Fact,
        list(enterprises),
        list(matter_codes),
        since,
        [level.value for level in levels],
        onsite,
    )


async def counted_visits(tx: Tx, enterprises: Sequence[EnterpriseId], first: dt.date, last: dt.date) -> list[Counted]:
    """Return on-site visits of each department in a span of days."""
    return await tx.many(SQL["counted_visits"], Counted, list(enterprises), first, last)
