"""The months' plans: what the next revision will say, what earlier ones said, and which month is still to come."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from inspect_registry import rules
from inspect_registry.db import Tx
from inspect_registry.publication import checking, store
from inspect_registry.publication.checking import CheckRow
from inspect_registry.publication.dates import month_after, month_slug
from inspect_registry.publication.disclosure import month_plan
from inspect_registry.publication.errors import MonthUnchanged
from inspect_registry.publication.figures import month_entry
from inspect_registry.publication.kept import Before
from inspect_registry.publication.snapshot import Coming, MonthEntry, MonthPlan


async def next_plan(tx: Tx, month: date, reason: str) -> MonthPlan:
    """Read a month as it stands now: its first revision, or the next one with the difference to the last.

    Raises MonthUnchanged when the next one would say what the last one says.
    """
    revisions = [row.revision for row in await store.month_entries(tx) if row.month == month]
    before = await stored_plan(tx, month, max(revisions)) if revisions else None
    rows = await store.planned_rows(tx, month)
    provisional = await store.month_is_provisional(tx, month)
    avoided = await store.avoided_visits(tx, month)
    plan = await asyncio.to_thread(
        lambda: month_plan(
            rows,
            month=month,
            before=before,
            reason=reason,
            published_at=tx.now,
            provisional=provisional,
            avoided=avoided,
        )
    )
    if before and (plan.visits, plan.unnamed, plan.provisional) == (
        before.visits,
        before.unnamed,
        before.provisional,
    ):
        raise MonthUnchanged(
            f"{month_slug(month)}第{before.revision}版已经这样公布",
            remedy="内容没有变化，不需要更正",
        )
    return plan


async def stored_plan(tx: Tx, month: date, revision: int) -> MonthPlan:
    """Return a revision as it was published. Raises LookupError where there is none."""
    stored = await store.published_plan(tx, month, revision)
    if stored is None:
        raise LookupError(f"no revision {revision} of {month}")
    return msgspec.convert(stored, MonthPlan)


async def entries(tx: Tx) -> list[MonthEntry]:
    """Return the lines of every published revision."""
    return [_entry(row) for row in await store.month_entries(tx)]


async def plans_to_make(
    tx: Tx, plan: MonthPlan | None, published: Sequence[MonthEntry], before: Before
) -> list[MonthPlan]:
    """Return the revisions whose pages are to be made: `plan`, and those that the release before does not have."""
    plans = [plan] if plan else []
    for entry in published:
        newest = entry.revision == max(one.revision for one in published if one.month == entry.month)
        if not before.has_plan(entry.month, entry.revision) or (
            plan is None and newest and not before.has_plan(entry.month)
        ):
            plans.append(await stored_plan(tx, entry.month, entry.revision))
    return plans


def own_entry(plan: MonthPlan, rows: Iterable[CheckRow], departments: Iterable[str]) -> MonthEntry:
    """Return the line that the month to be published will have in the list of months."""
    planned = [row for row in rows if row.kind in checking.PLAN_KINDS]
    return msgspec.structs.replace(month_entry(plan), checked=checking.lines(planned, departments))


def coming(today: date, published: set[date]) -> Coming | None:
    """Return the next month while its plan is not due yet (publication.monthly_plan.day of the month before it)."""
    month = month_after(today.replace(day=1))
    day = today.replace(day=rules.whole("publication.monthly_plan.day", on=today))
    return Coming(month=month, day=day) if month not in published and today <= day else None


def _entry(row: store.EntryRow) -> MonthEntry:
    entry = msgspec.convert(row.summary, MonthEntry)
    return msgspec.structs.replace(entry, release=row.release, logged=row.logged)
