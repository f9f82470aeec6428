"""From the database to a Snapshot: what each room of this package reads, put together; joins nothing else."""

from collections.abc import Iterable, Sequence
from datetime import date

from inspect_registry.catalogue import service as catalogue
from inspect_registry.db import Tx
from inspect_registry.publication import checking, drawn, inspected, planned, registered, store
from inspect_registry.publication.checking import CheckRow
from inspect_registry.publication.kept import Before
from inspect_registry.publication.proving import Check, LogFigures
from inspect_registry.publication.snapshot import MonthEntry, MonthPlan, MonthResults, Site, Snapshot


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
    entries = await planned.entries(tx)
    plans = await planned.plans_to_make(tx, plan, entries, before)
    if own:
        entries = [own, *entries]
    entries.sort(key=lambda entry: (entry.month, entry.revision), reverse=True)
    shown = await inspected.months_of_results(tx)
    draws = await drawn.shown(tx, inspected.first_month(tx.today), before.draws)
    return Snapshot(
        site=site,
        today=tx.today,
        towns=await registered.towns(tx),
        departments=registered.departments(departments, tx.today),
        matters=await registered.matters_in_force(tx, await catalogue.matters(tx), departments),
        annual=await registered.annual_plans(tx),
        months=tuple(entries),
        plans=tuple(plans),
        results=shown,
        lists=await registered.open_lists(tx),
        coming=planned.coming(tx.today, {entry.month for entry in entries}),
        draws=draws.draws,
        crew_draws=draws.crews,
        draw_months=draws.months,
        log=log,
        entries=await inspected.leaf_numbers(tx, shown),
        checks=_checks(entries, shown, rows, [one.code for one in departments]),
    )


async def check_rows(tx: Tx, plan: MonthPlan | None) -> list[CheckRow]:
    """Read what the tables and the ledger say about the month to be published and about the results."""
    of_plan = await store.plan_check_rows(tx, plan.month) if plan else []
    spans = await inspected.result_spans(tx)
    return [
        *of_plan,
        *[row for first, last in spans for row in await store.result_check_rows(tx, first, last)],
    ]


async def department_codes(tx: Tx) -> list[str]:
    """Return the departments' codes in their order."""
    return [one.code for one in await catalogue.departments(tx)]


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
