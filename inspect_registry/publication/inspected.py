"""Results of inspections that were carried out: of which months, and where their records stand in the ledger."""

import asyncio
from collections.abc import Iterable
from datetime import date, timedelta

from inspect_registry import ledger
from inspect_registry.db import Tx
from inspect_registry.ledger import Action
from inspect_registry.publication import store
from inspect_registry.publication.dates import month_before
from inspect_registry.publication.disclosure import ResultRow, left_on, results, withdrawn
from inspect_registry.publication.snapshot import MonthResults
from inspect_registry.workdays import months_later

RESULT_MONTHS = 13
"""Months of results that are read anew with each release; pages of older ones are taken over."""


async def months_of_results(tx: Tx) -> tuple[MonthResults, ...]:
    this_month = tx.today.replace(day=1)
    spans = await result_spans(tx)
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


async def result_spans(tx: Tx) -> list[tuple[date, date]]:
    """Return the spans of days whose results are made anew: the last months, and older ones that lost a result.

    Pages of older months are taken over from the release before; without this a revoked or repaired result of long ago
    would stay public.
    """
    window = first_month(tx.today)
    newest = await store.newest_release(tx)
    touched = await store.touched_months(tx, window, newest.published_at) if newest else []
    return [
        *((month, months_later(month, 1) - timedelta(days=1)) for month in touched),
        (window, tx.today),
    ]


def first_month(today: date) -> date:
    first = today.replace(day=1)
    for _ in range(RESULT_MONTHS - 1):
        first = month_before(first)
    return first


async def leaf_numbers(tx: Tx, months: Iterable[MonthResults]) -> dict[str, int]:
    """Return the leaf number of each shown record: of its newest closing or correction."""
    uids = [result.uid for month in months for result in month.results]
    actions = (Action.INSPECTION_CLOSED, Action.INSPECTION_CORRECTED)
    return {uid: int(number) for uid, number in (await ledger.numbers_of(tx, "inspection", uids, actions)).items()}


def _recent(this_month: date, found: Iterable[date]) -> list[date]:
    """Return this month, the last one, and every other that has results, newest first."""
    return sorted({this_month, month_before(this_month), *found}, reverse=True)
