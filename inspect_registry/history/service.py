"""Use cases around what has been inspected: remember it, and answer plans, caps and lists."""

import datetime as dt
from collections.abc import Sequence

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue.model import DepartmentId, Level
from inspect_registry.db import Tx
from inspect_registry.enterprises.model import EnterpriseId
from inspect_registry.history import store
from inspect_registry.history.model import Attendance, Counted, Fact, NewFact
from inspect_registry.identifiers import new_uid


async def remember(tx: Tx, new: Sequence[NewFact]) -> int:
    """Remember what an act of its own has just recorded (fieldwork); that act's ledger entry covers it."""
    return await store.add_facts(tx, new)


async def remember_attendance(tx: Tx, new: Sequence[Attendance]) -> int:
    """Remember who was there, as an act of its own has just recorded it; that act's ledger entry covers it."""
    return await store.add_attendances(tx, new)


@reads(Permission.ENTERPRISE_READ)
async def last_there(
    tx: Tx, department: DepartmentId, enterprises: Sequence[EnterpriseId], before: dt.date
) -> dict[EnterpriseId, set[int]]:
    """Return which officers were at some enterprises at a department's latest visit before a day."""
    found: dict[EnterpriseId, set[int]] = {}
    for one in await store.last_attendances(tx, department, enterprises, before):
        found.setdefault(one.enterprise, set()).add(one.inspector)
    return found


@act(Permission.ENTERPRISE_CHANGE)
async def import_facts(tx: Tx, new: Sequence[NewFact], source: str) -> int:
    """Enter what was inspected elsewhere or earlier: by other levels, or before this registry began."""
    added = await store.add_facts(tx, new)
    subject = ledger.Subject("import", new_uid(tx.random))
    await ledger.append(tx, ledger.Action.HISTORY_IMPORTED, subject, public={"rows": added}, private={"source": source})
    return added


@reads(Permission.ENTERPRISE_READ)
async def facts_of(tx: Tx, enterprise: EnterpriseId, since: dt.date) -> list[Fact]:
    """Return what happened at one enterprise since a day, newest first."""
    return await store.facts_of(tx, enterprise, since)


@reads(Permission.ENTERPRISE_READ)
async def counted_visits(tx: Tx, enterprises: Sequence[EnterpriseId], year: int) -> list[Counted]:
    """Return how often each department was on site at some enterprises in a year; a visit counts once."""
    return await store.counted_visits(tx, enterprises, dt.date(year, 1, 1), dt.date(year, 12, 31))


@reads(Permission.ENTERPRISE_READ)
async def inspected_since(
    tx: Tx,
    enterprises: Sequence[EnterpriseId],
    matter_codes: Sequence[str],
    since: dt.date,
    levels: Sequence[Level] = tuple(Level),
    *,
    onsite: bool | None = None,
) -> list[Fact]:
    """Return facts about some matters at some enterprises: the superior's three months, fresh off-site results."""
    return await store.facts_about(tx, enterprises, matter_codes, since, levels, onsite=onsite)
