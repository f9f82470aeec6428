"""Statements about visits and their shares: one function each."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from inspect_registry.db import SqlFile, Tx
from inspect_registry.visits.model import PartState, VisitId, VisitPartId, VisitState
from inspect_registry.visits.rows import (
    InspectorRow,
    LockedVisit,
    MatterRow,
    PartRow,
    QuotaRow,
    QuotaUse,
    VisitChange,
    VisitHead,
)

SQL = SqlFile(__file__, "visits.sql")
QUOTA_SQL = SqlFile(__file__, "quota.sql")


async def visit_heads(tx: Tx, visits: Collection[VisitId]) -> list[VisitHead]:
    """Visits as people read them."""
    return await tx.many(SQL["visit_heads"], VisitHead, list(visits))


async def visit_id(tx: Tx, uid: str) -> VisitId | None:
    """The visit of this uid, if the actor may see it."""
    return await tx.maybe_value(SQL["visit_id"], VisitId, uid)


async def lock_visits(tx: Tx, visits: Collection[VisitId]) -> list[LockedVisit]:
    """Lock visits about to change."""
    return await tx.many(SQL["lock_visits"], LockedVisit, sorted(visits))


async def visits_of_month(
    tx: Tx, month: date, *, state: VisitState | None, department: int | None, after: str, limit: int
) -> list[VisitId]:
    """A page of a month's visits."""
    return await tx.values(SQL["visits_of_month"], VisitId, month, state, department, after, limit)


async def joint_proposals(tx: Tx, month: date, *, department: int | None, after: str, limit: int) -> list[VisitId]:
    """Joint visits that wait for an answer."""
    return await tx.values(SQL["joint_proposals"], VisitId, month, department, after, limit)


async def standing_visits(
    tx: Tx, month: date, *, department: int | None, after: str, limit: int, least: int
) -> list[VisitId]:
    """Joint visits that stand, whatever their answers."""
    return await tx.values(SQL["standing_visits"], VisitId, month, department, after, limit, least)


async def visits_of_inspector(tx: Tx, inspector: int, day: date) -> list[VisitId]:
    """Where this inspector goes that day."""
    return await tx.values(SQL["visits_of_inspector"], VisitId, inspector, day)


async def visits_of_enterprise(tx: Tx, enterprise: int, limit: int | None) -> list[VisitId]:
    """What an enterprise may see of its visits, the newest first; no limit = all."""
    return await tx.values(SQL["visits_of_enterprise"], VisitId, enterprise, limit)


async def parts_of_visits(tx: Tx, visits: Collection[VisitId]) -> list[PartRow]:
    """Every department's share."""
    return await tx.many(SQL["parts_of_visits"], PartRow, list(visits))


async def matters_of_parts(tx: Tx, parts: Collection[VisitPartId]) -> list[MatterRow]:
    """What these shares may check."""
    return await tx.many(SQL["matters_of_parts"], MatterRow, list(parts))


async def inspectors_of_parts(tx: Tx, parts: Collection[VisitPartId]) -> list[InspectorRow]:
    """Who goes for these shares."""
    return await tx.many(SQL["inspectors_of_parts"], InspectorRow, list(parts))


async def awaiting_answer(tx: Tx, month: date, department: int | None) -> list[VisitId]:
    """Visits in which an answer is awaited."""
    return await tx.values(SQL["awaiting_answer"], VisitId, month, department)


async def awaiting_approval(tx: Tx, month: date, department: int | None) -> list[VisitId]:
    """Visits in which an approval is awaited."""
    return await tx.values(SQL["awaiting_approval"], VisitId, month, department)


async def overdue_approvals(tx: Tx, department: int | None, limit: int) -> list[VisitId]:
    """Emergency visits that nobody approved in time."""
    return await tx.values(SQL["overdue_approvals"], VisitId, department, tx.today, limit)


async def confirm_parts(tx: Tx, parts: Collection[VisitPartId]) -> int:
    """Departments take part."""
    return await tx.execute(SQL["confirm_parts"], list(parts), tx.now)


async def drop_parts(tx: Tx, parts: Collection[VisitPartId], state: PartState, reason: str) -> None:
    """Departments decline or are withdrawn; their checks go back to the pool."""
    await tx.execute(SQL["drop_parts"], list(parts), state, reason, tx.now)


async def free_checks(tx: Tx, parts: Collection[VisitPartId]) -> None:
    """Put the checks of dropped shares back into the pool."""
    await tx.execute(SQL["free_checks"], list(parts))


async def approve_parts(tx: Tx, parts: Collection[VisitPartId]) -> int:
    """Heads approve."""
    return await tx.execute(SQL["approve_parts"], list(parts), tx.now, tx.actor.person)


async def advance_visits(tx: Tx, changes: Sequence[VisitChange]) -> None:
    """Let visits follow their shares."""
    await tx.execute(
        SQL["advance_visits"],
        [change.id for change in changes],
        [change.state for change in changes],
        [change.lead for change in changes],
        [change.cancel_reason for change in changes],
        tx.now,
        tx.actor.person,
    )


async def backfill_approval(tx: Tx, visit: VisitId) -> None:
    """Approve an emergency visit that has begun."""
    await tx.execute(SQL["backfill_approval"], visit, tx.now, tx.actor.person)


async def start_visit(tx: Tx, visit: VisitId, when: datetime) -> None:
    """Begin a visit."""
    await tx.execute(SQL["start_visit"], visit, when)


async def record_visit(tx: Tx, visit: VisitId) -> None:
    """Every share has its record."""
    await tx.execute(SQL["record_visit"], visit, tx.now)


async def close_visit(tx: Tx, visit: VisitId) -> None:
    """End a visit."""
    await tx.execute(SQL["close_visit"], visit, tx.now)


async def finish_visits(tx: Tx, finished: Sequence[tuple[VisitId, VisitState, datetime]]) -> None:
    """Begin, record and perhaps close visits at once, as (visit, state, started)."""
    await tx.execute(
        SQL["finish_visits"],
        [one[0] for one in finished],
        [one[1] for one in finished],
        [one[2] for one in finished],
        tx.now,
    )


async def mark_published(tx: Tx, visits: Collection[VisitId]) -> int:
    """Note that a release names these visits."""
    return await tx.execute(SQL["mark_published"], list(visits), tx.now)


async def link_trigger(tx: Tx, uid: str, trigger: int, approval_due: date | None) -> None:
    """Note why an unplanned visit is made."""
    await tx.execute(SQL["link_trigger"], uid, trigger, approval_due)


async def make_quota_rows(tx: Tx, asked: Sequence[QuotaUse], caps: Sequence[int], bases: Sequence[str]) -> None:
    """Make the year's rows where they are missing."""
    await tx.execute(
        QUOTA_SQL["make_quota_rows"],
        [one.enterprise for one in asked],
        [one.department for one in asked],
        [one.year for one in asked],
        list(caps),
        list(bases),
    )


async def lock_quotas(tx: Tx, asked: Sequence[QuotaUse]) -> list[QuotaRow]:
    """Lock rows about to be used up."""
    return await tx.many(
        QUOTA_SQL["lock_quotas"],
        QuotaRow,
        [one.enterprise for one in asked],
        [one.department for one in asked],
        [one.year for one in asked],
    )


async def use_quotas(tx: Tx, uses: Sequence[QuotaUse]) -> None:
    """Count visits; each row at most once in `uses`."""
    await tx.execute(
        QUOTA_SQL["use_quotas"],
        [one.enterprise for one in uses],
        [one.department for one in uses],
        [one.year for one in uses],
        [one.used for one in uses],
        [one.exempt_used for one in uses],
    )


async def mark_counted(tx: Tx, visits: Collection[VisitId], *, counted: bool) -> None:
    """Note whether these visits are counted for all departments together."""
    await tx.execute(QUOTA_SQL["mark_counted"], list(visits), counted)


async def quotas_of(tx: Tx, enterprises: Collection[int], year: int) -> list[QuotaRow]:
    """How often these enterprises were visited this year."""
    return await tx.many(QUOTA_SQL["quotas_of"], QuotaRow, list(enterprises), year)
