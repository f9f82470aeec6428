"""One typed function for each query of publication.sql."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.ledger import Action
from inspect_registry.publication.checking import CheckRow
from inspect_registry.publication.disclosure import PlannedRow, ResultRow
from inspect_registry.publication.snapshot import ReleaseKind

_APPROVALS = (Action.VISIT_APPROVED, Action.VISIT_BACKFILLED)
SQL = SqlFile(__file__, "publication.sql")


class NewestRelease(msgspec.Struct, frozen=True, kw_only=True):
    """The release that should be in force."""

    number: int
    manifest_hash: bytes
    published_at: datetime


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One published revision of a month."""

    month: date
    revision: int
    reason: str
    published_at: datetime
    summary: dict[str, object]
    release: str
    logged: bool


class NewRelease(msgspec.Struct, frozen=True, kw_only=True):
    """A release to keep."""

    uid: str
    number: int
    kind: ReleaseKind
    month: date | None
    revision: int | None
    reason: str
    manifest_hash: bytes
    files: int
    bytes: int
    summary: object
    plan: object


class DrawLine(msgspec.Struct, frozen=True, kw_only=True):
    """One draw that may be shown, without its pool."""

    uid: str
    month: date
    department: str
    task: str
    method: str
    attempt: int
    reason: str
    drawn: int
    independent: bool


class CrewLine(msgspec.Struct, frozen=True, kw_only=True):
    """One draw of inspectors that may be shown, without its roster."""

    uid: str
    month: date
    department: str
    attempt: int


class FilingRow(msgspec.Struct, frozen=True, kw_only=True):
    """How one department stands with its plan of a year."""

    department: str
    plan: int | None
    plan_number: str
    revision: int
    published_at: datetime | None
    first_published_at: datetime | None


class TaskRow(msgspec.Struct, frozen=True, kw_only=True):
    """One task of a published plan."""

    plan: int
    name: str
    objects: str
    mode: str
    selection: str
    parsed: dict[str, object]
    starts: date | None
    ends: date | None
    matters: list[str]
    joint_departments: list[str]


async def lock_releases(tx: Tx, region: int) -> None:
    """Let no other release be made until this transaction ends."""
    await tx.execute(SQL["lock_releases"], region)


async def newest_release(tx: Tx) -> NewestRelease | None:
    """Return the release that should be in force."""
    return await tx.maybe(SQL["newest_release"], NewestRelease)


async def month_entries(tx: Tx) -> list[EntryRow]:
    """Return every published revision, newest first."""
    return await tx.many(SQL["month_entries"], EntryRow)


async def published_plan(tx: Tx, month: date, revision: int) -> dict[str, object] | None:
    """Return what one revision said, as it was stored."""
    return await tx.maybe_value(SQL["published_plan"], dict[str, object], month, revision)


async def add_release(tx: Tx, new: NewRelease) -> None:
    """Keep a release for ever."""
    await tx.execute(
        SQL["add_release"],
        new.uid,
        new.number,
        new.kind.value,
        new.month,
        new.revision,
        new.reason,
        new.manifest_hash,
        new.files,
        new.bytes,
        new.summary,
        new.plan,
        tx.now,
        tx.actor.person,
    )


async def planned_rows(tx: Tx, month: date) -> list[PlannedRow]:
    """Return a month's planned and approved visits by matter. Not for the public."""
    return await tx.many(SQL["planned_rows"], PlannedRow, month)


async def unpublished_visits(tx: Tx, month: date, uids: Sequence[str]) -> list[int]:
    """Return those of the named visits that no release has named before."""
    return await tx.values(SQL["unpublished_visits"], int, month, list(uids))


async def filed_monthly_plans(tx: Tx, month: date) -> list[str]:
    """Return the monthly plans that wait for publication."""
    return await tx.values(SQL["filed_monthly_plans"], str, month)


async def month_is_provisional(tx: Tx, month: date) -> bool:
    """Say whether the month's working days are not official yet."""
    return await tx.value(SQL["month_is_provisional"], bool, month)


async def avoided_visits(tx: Tx, month: date) -> int | None:
    """Return how many visits the month's newest merge avoids; None where it was never merged."""
    return await tx.maybe_value(SQL["avoided_visits"], int, month)


async def result_rows(tx: Tx, first: date, last: date, today: date) -> list[ResultRow]:
    """Return the closed records of these days. Not for the public."""
    return await tx.many(SQL["result_rows"], ResultRow, first, last, today)


async def touched_months(tx: Tx, before: date, since: datetime) -> list[date]:
    """Return months before a day in which a public result has gone since a moment."""
    return await tx.values(SQL["touched_months"], date, before, since)


async def unpublished_inspections(tx: Tx, uids: Sequence[str]) -> list[int]:
    """Return those of the shown records that no release has shown before."""
    return await tx.values(SQL["unpublished_inspections"], int, list(uids))


async def planned_visits_of_month(tx: Tx, month: date) -> int:
    """Count a month's planned visits, named or not."""
    return await tx.value(SQL["planned_visits_of_month"], int, month)


async def plan_check_rows(tx: Tx, month: date) -> list[CheckRow]:
    """Return what the files of a month's plan must say."""
    return await tx.many(SQL["plan_check_rows"], CheckRow, month, [action.value for action in _APPROVALS])


async def result_check_rows(tx: Tx, first: date, last: date) -> list[CheckRow]:
    """Return what the files of these days' results must say."""
    return await tx.many(SQL["result_check_rows"], CheckRow, first, last)


async def shown_draws(tx: Tx, since: date) -> list[DrawLine]:
    """Return the draws that may be shown, newest month first."""
    return await tx.many(SQL["shown_draws"], DrawLine, since)


async def shown_crew_draws(tx: Tx, since: date) -> list[CrewLine]:
    """Return the draws of inspectors that may be shown, newest month first."""
    return await tx.many(SQL["shown_crew_draws"], CrewLine, since)


async def annual_filings(tx: Tx, year: int, on: date) -> list[FilingRow]:
    """Return how each department stands with its plan of the year."""
    return await tx.many(SQL["annual_filings"], FilingRow, year, on)


async def published_tasks(tx: Tx, plans: Sequence[int]) -> list[TaskRow]:
    """Return the tasks of published plans, in their order."""
    return await tx.many(SQL["published_tasks"], TaskRow, list(plans))


async def years_with_plans(tx: Tx) -> list[int]:
    """Return the years that have published annual plans, newest first."""
    return await tx.values(SQL["years_with_plans"], int)
