"""From the database to a Snapshot: reads rows, passes them through disclosure, joins nothing else."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import date

import msgspec

from inspect_registry import rules
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import Department, DepartmentKind, Matter, Mode
from inspect_registry.db import Tx
from inspect_registry.fieldwork import leniency
from inspect_registry.publication import annual, store
from inspect_registry.publication.dates import month_before, month_slug
from inspect_registry.publication.disclosure import ResultRow, month_plan, results, withdrawn
from inspect_registry.publication.errors import MonthUnchanged
from inspect_registry.publication.figures import month_entry
from inspect_registry.publication.snapshot import (
    AnnualPlans,
    AnnualTask,
    Leniency,
    MonthEntry,
    MonthPlan,
    MonthResults,
    PublicCriterion,
    PublicDepartment,
    PublicMatter,
    PublicTown,
    Site,
    Snapshot,
)

RESULT_MONTHS = 13
"""Months of results that are made anew with each release; pages of older ones are taken over."""
_KINDS = {
    DepartmentKind.AGENCY: "行政机关",
    DepartmentKind.AUTHORISED: "法律、法规授权的组织",
    DepartmentKind.DELEGATED: "受委托的组织",
}
_METHODS = {Mode.ONSITE: "现场检查", Mode.OFFSITE: "非现场检查"}


async def snapshot(tx: Tx, site: Site, plan: MonthPlan | None, holds: Callable[[date, int], bool]) -> Snapshot:
    """Read everything that one release shows, with `plan` as the month that it publishes.

    `holds` says whether the release before has the pages of a month's revision; the plans of those it has not are read
    from their rows, so that a lost folder is made anew.
    """
    departments = await catalogue.departments(tx)
    matters = await catalogue.matters(tx)
    entries = [_entry(row) for row in await store.month_entries(tx)]
    plans = [plan] if plan else []
    for entry in entries:
        newest = entry.revision == max(one.revision for one in entries if one.month == entry.month)
        if not holds(entry.month, entry.revision) or (plan is None and newest and not holds(entry.month, 0)):
            plans.append(await stored_plan(tx, entry.month, entry.revision))
    if plan:
        entries = [month_entry(plan), *entries]
    entries.sort(key=lambda entry: (entry.month, entry.revision), reverse=True)
    return Snapshot(
        site=site,
        towns=tuple(PublicTown(code=town.code, name=town.name) for town in await catalogue.towns(tx)),
        departments=tuple(_department(one) for one in departments if _listed(one, tx.today)),
        matters=await _matters(tx, matters, departments),
        annual=await _annual(tx),
        months=tuple(entries),
        plans=tuple(plans),
        results=await _results(tx),
        leniency=_leniency(),
    )


async def next_plan(tx: Tx, month: date, reason: str) -> MonthPlan:
    """Read a month as it stands now: its first revision, or the next one with the difference to the last.

    Raises MonthUnchanged when the next one would say what the last one says.
    """
    revisions = [row.revision for row in await store.month_entries(tx) if row.month == month]
    before = await stored_plan(tx, month, max(revisions)) if revisions else None
    rows = await store.planned_rows(tx, month)
    provisional = await store.month_is_provisional(tx, month)
    plan = await asyncio.to_thread(
        lambda: month_plan(
            rows, month=month, before=before, reason=reason, published_at=tx.now, provisional=provisional
        )
    )
    if before and (plan.visits, plan.unnamed, plan.provisional) == (before.visits, before.unnamed, before.provisional):
        raise MonthUnchanged(f"{month_slug(month)}第{before.revision}版已经这样公布", remedy="内容没有变化，不需要更正")
    return plan


async def stored_plan(tx: Tx, month: date, revision: int) -> MonthPlan:
    """Return a revision as it was published. Raises LookupError where there is none."""
    stored = await store.published_plan(tx, month, revision)
    if stored is None:
        raise LookupError(f"no revision {revision} of {month}")
    return msgspec.convert(stored, MonthPlan)


def _leniency() -> tuple[Leniency, ...]:
    items = sorted(leniency.items(), key=lambda item: (item.kind, item.effective_from, item.list), reverse=True)
    return tuple(
        Leniency(
            name=item.list,
            version=item.version,
            item=item.item,
            coercion=item.kind == "no_coercion",
            violation=item.violation,
            conditions=tuple(condition.text for condition in item.conditions),
            basis=item.basis,
            sample=item.sample,
            effective_from=item.effective_from,
            effective_to=item.effective_to,
        )
        for item in items
    )


def _entry(row: store.EntryRow) -> MonthEntry:
    return msgspec.convert(row.summary, MonthEntry)


def _listed(department: Department, today: date) -> bool:
    return department.valid_from <= today and (department.valid_to is None or department.valid_to >= today)


def _department(one: Department) -> PublicDepartment:
    return PublicDepartment(code=one.code, name=one.name, short_name=one.short_name, kind=_KINDS[one.kind])


async def _matters(tx: Tx, matters: Sequence[Matter], departments: Sequence[Department]) -> tuple[PublicMatter, ...]:
    codes = {one.id: one.code for one in departments}
    shown = [one for one in matters if one.published_on <= tx.today and one.withdrawn_on is None]
    criteria: dict[int, list[PublicCriterion]] = {}
    for point in await catalogue.criteria(tx, [one.id for one in shown]):
        public = PublicCriterion(text=point.text, basis=point.basis, key=point.important)
        criteria.setdefault(point.matter, []).append(public)
    return tuple(
        PublicMatter(
            code=one.code,
            name=one.name,
            department=codes[one.department],
            basis=tuple(one.basis),
            criteria=tuple(criteria.get(one.id, ())),
            objects=one.object_class,
            method=_METHODS[one.mode],
            prepare=one.prepare,
            sample=one.sample,
        )
        for one in shown
    )


async def _annual(tx: Tx) -> tuple[AnnualPlans, ...]:
    years = sorted({tx.today.year, *await store.years_with_plans(tx)}, reverse=True)
    return tuple([await _year(tx, year) for year in years])


async def _year(tx: Tx, year: int) -> AnnualPlans:
    deadline = _deadline(year)
    rows = await store.annual_filings(tx, year, min(tx.today, date(year, 12, 31)))
    tasks: dict[int, list[store.TaskRow]] = {}
    for task in await store.published_tasks(tx, [row.plan for row in rows if row.plan is not None]):
        tasks.setdefault(task.plan, []).append(task)
    return AnnualPlans(
        year=year,
        deadline=deadline,
        filings=tuple(
            annual.filing(
                department=row.department,
                published_at=row.published_at,
                first_published_at=row.first_published_at,
                plan_number=row.plan_number,
                revision=row.revision,
                deadline=deadline,
                today=tx.today,
                tasks=[_task(task) for task in tasks.get(row.plan or 0, ())],
            )
            for row in rows
        ),
    )


def _deadline(year: int) -> date:
    month, day = rules.text("publication.annual_plan.last_day", on=date(year, 12, 31)).split("-")
    return date(year, int(month), int(day))


def _task(row: store.TaskRow) -> AnnualTask:
    return annual.task(
        name=row.name,
        matters=row.matters,
        objects=row.objects,
        mode=row.mode,
        selection=row.selection,
        parsed=row.parsed,
        starts=row.starts,
        ends=row.ends,
        joint_departments=row.joint_departments,
    )


async def _results(tx: Tx) -> tuple[MonthResults, ...]:
    this_month = tx.today.replace(day=1)
    first = this_month
    for _ in range(RESULT_MONTHS - 1):
        first = month_before(first)
    rows = await store.result_rows(tx, first, tx.today, tx.today)
    shown = await asyncio.to_thread(results, rows)
    by_month: dict[date, list[int]] = {}
    for place, result in enumerate(shown):
        by_month.setdefault(result.day.replace(day=1), []).append(place)
    gone: dict[date, list[ResultRow]] = {}
    for row in rows:
        if row.revoked_at is not None:
            gone.setdefault(row.day.replace(day=1), []).append(row)
    months = _recent(this_month, [*by_month, *gone])
    return tuple(
        [
            MonthResults(
                month=month,
                results=tuple(shown[place] for place in by_month.get(month, ())),
                visits=len({shown[place].visit for place in by_month.get(month, ())}),
                planned=await store.planned_visits_of_month(tx, month) if month < this_month else 0,
                withdrawn=withdrawn(gone.get(month, ())),
            )
            for month in months
        ]
    )


def _recent(this_month: date, found: Iterable[date]) -> list[date]:
    """Return this month, the last one, and every other that has results, newest first."""
    return sorted({this_month, month_before(this_month), *found}, reverse=True)
