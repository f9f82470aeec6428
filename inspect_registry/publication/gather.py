"""From the database to a Snapshot: reads rows, passes them through disclosure, joins nothing else."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from inspect_registry import ledger, rules
from inspect_registry.catalogue import listings
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.listing import ListKind
from inspect_registry.catalogue.model import Department, DepartmentKind, Matter, Mode
from inspect_registry.db import Tx
from inspect_registry.ledger import Action
from inspect_registry.publication import annual, checking, drawn, listed_store, store
from inspect_registry.publication.checking import CheckRow
from inspect_registry.publication.dates import month_after, month_before, month_slug
from inspect_registry.publication.disclosure import (
    ResultRow,
    left_on,
    month_plan,
    results,
    withdrawn,
)
from inspect_registry.publication.errors import MonthUnchanged
from inspect_registry.publication.figures import month_entry
from inspect_registry.publication.kept import Before
from inspect_registry.publication.listed import PublicListing, public_listings
from inspect_registry.publication.proving import Check, LogFigures
from inspect_registry.publication.snapshot import (
    AnnualPlans,
    AnnualTask,
    Coming,
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
from inspect_registry.workdays import months_later

RESULT_MONTHS = 13
"""Months of results that are made anew with each release; pages of older ones are taken over."""
_KINDS = {
    DepartmentKind.AGENCY: "行政机关",
    DepartmentKind.AUTHORISED: "法律、法规授权的组织",
    DepartmentKind.DELEGATED: "受委托的组织",
}
_METHODS = {Mode.ONSITE: "现场检查", Mode.OFFSITE: "非现场检查"}


async def snapshot(
    tx: Tx,
    site: Site,
    plan: MonthPlan | None,
    own: MonthEntry | None,
    rows: Sequence[CheckRow],
    log: LogFigures | None,
    before: Before,
) -> Snapshot:
    """Read everything that one release shows, with `plan` as the month that it publishes and `own` as its entry.

    `rows` is what the files have to say (check_rows). The plans of months that `before` does not have are
    read from their rows, so that a lost folder is made anew.
    """
    departments = await catalogue.departments(tx)
    matters = await catalogue.matters(tx)
    entries = [_entry(row) for row in await store.month_entries(tx)]
    plans = [plan] if plan else []
    for entry in entries:
        newest = entry.revision == max(one.revision for one in entries if one.month == entry.month)
        if not before.has_plan(entry.month, entry.revision) or (
            plan is None and newest and not before.has_plan(entry.month)
        ):
            plans.append(await stored_plan(tx, entry.month, entry.revision))
    if own:
        entries = [own, *entries]
    entries.sort(key=lambda entry: (entry.month, entry.revision), reverse=True)
    shown = await _results(tx)
    draws = await drawn.shown(tx, _first_result_month(tx.today), before.draws)
    return Snapshot(
        site=site,
        today=tx.today,
        towns=tuple(PublicTown(code=town.code, name=town.name) for town in await catalogue.towns(tx)),
        departments=tuple(_department(one) for one in departments if _listed(one, tx.today)),
        matters=await _matters(tx, matters, departments),
        annual=await _annual(tx),
        months=tuple(entries),
        plans=tuple(plans),
        results=shown,
        lists=await _lists(tx),
        coming=_coming(tx.today, {entry.month for entry in entries}),
        draws=draws.draws,
        crew_draws=draws.crews,
        draw_months=draws.months,
        log=log,
        entries=await _numbers(tx, shown),
        checks=_checks(entries, shown, rows, [one.code for one in departments]),
    )


async def _numbers(tx: Tx, months: Iterable[MonthResults]) -> dict[str, int]:
    """Return the leaf number of each shown record: of its newest closing or correction."""
    uids = [result.uid for month in months for result in month.results]
    actions = (Action.INSPECTION_CLOSED, Action.INSPECTION_CORRECTED)
    return {uid: int(number) for uid, number in (await ledger.numbers_of(tx, "inspection", uids, actions)).items()}


async def check_rows(tx: Tx, plan: MonthPlan | None) -> list[CheckRow]:
    """Read what the tables and the ledger say about the month to be published and about the results."""
    planned = await store.plan_check_rows(tx, plan.month) if plan else []
    spans = await _result_spans(tx)
    return [
        *planned,
        *[row for first, last in spans for row in await store.result_check_rows(tx, first, last)],
    ]


async def department_codes(tx: Tx) -> list[str]:
    """Return the departments' codes in their order."""
    return [one.code for one in await catalogue.departments(tx)]


def own_entry(plan: MonthPlan, rows: Iterable[CheckRow], departments: Iterable[str]) -> MonthEntry:
    """Return the line that the month to be published will have in the list of months."""
    planned = [row for row in rows if row.kind in checking.PLAN_KINDS]
    return msgspec.structs.replace(month_entry(plan), checked=checking.lines(planned, departments))


def _checks(
    entries: Iterable[MonthEntry],
    shown: Iterable[MonthResults],
    rows: Iterable[CheckRow],
    departments: list[str],
) -> tuple[Check, ...]:
    newest: dict[date, MonthEntry] = {}
    for entry in entries:
        if entry.month not in newest or newest[entry.month].revision < entry.revision:
            newest[entry.month] = entry
    plans = [Check(month=entry.month, revision=entry.revision, lines=entry.checked) for entry in newest.values()]
    by_month: dict[date, list[CheckRow]] = {}
    for row in rows:
        if row.kind not in checking.PLAN_KINDS:
            by_month.setdefault(row.month, []).append(row)
    results = [
        Check(
            month=month.month,
            lines=checking.lines(by_month.get(month.month, ()), departments),
        )
        for month in shown
    ]
    return tuple(
        sorted(
            [*plans, *results],
            key=lambda check: (check.month, check.revision),
            reverse=True,
        )
    )


def _coming(today: date, published: set[date]) -> Coming | None:
    """Return the next month while its plan is not due yet (publication.monthly_plan.day of the month before it)."""
    month = month_after(today.replace(day=1))
    day = today.replace(day=rules.whole("publication.monthly_plan.day", on=today))
    return Coming(month=month, day=day) if month not in published and today <= day else None


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


async def _lists(tx: Tx) -> tuple[PublicListing, ...]:
    entries = await listings.history(tx)
    quiet = [one.subject for one in entries if one.kind is ListKind.QUIET_ENTERPRISE]
    return public_listings(entries, await listed_store.listed_enterprises(tx, quiet))


def _entry(row: store.EntryRow) -> MonthEntry:
    entry = msgspec.convert(row.summary, MonthEntry)
    return msgspec.structs.replace(entry, release=row.release, logged=row.logged)


def _listed(department: Department, today: date) -> bool:
    return department.valid_from <= today and (department.valid_to is None or department.valid_to >= today)


def _department(one: Department) -> PublicDepartment:
    return PublicDepartment(code=one.code, name=one.name, short_name=one.short_name, kind=_KINDS[one.kind])


async def _matters(tx: Tx, matters: Sequence[Matter], departments: Sequence[Department]) -> tuple[PublicMatter, ...]:
    codes = {one.id: one.code for one in departments}
    shown = [one for one in matters if one.in_force(tx.today)]
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
    spans = await _result_spans(tx)
    rows = [row for first, last in spans for row in await store.result_rows(tx, first, last, tx.today)]
    shown = await asyncio.to_thread(results, rows)
    by_month: dict[date, list[int]] = {}
    for place, result in enumerate(shown):
        by_month.setdefault(result.day.replace(day=1), []).append(place)
    gone: dict[date, list[ResultRow]] = {}
    for row in rows:
        if left_on(row) is not None:
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


async def _result_spans(tx: Tx) -> list[tuple[date, date]]:
    """Return the spans of days whose results are made anew: the last months, and older ones that lost a result.

    Pages of older months are taken over from the release before; without this a revoked or repaired result of long ago
    would stay public.
    """
    window = _first_result_month(tx.today)
    newest = await store.newest_release(tx)
    touched = await store.touched_months(tx, window, newest.published_at) if newest else []
    return [
        *((month, months_later(month, 1) - timedelta(days=1)) for month in touched),
        (window, tx.today),
    ]


def _first_result_month(today: date) -> date:
    first = today.replace(day=1)
    for _ in range(RESULT_MONTHS - 1):
        first = month_before(first)
    return first


def _recent(this_month: date, found: Iterable[date]) -> list[date]:
    """Return this month, the last one, and every other that has results, newest first."""
    return sorted({this_month, month_before(this_month), *found}, reverse=True)
