"""Comparing two runs of a month, and ordering what-ifs to compare with."""

from typing import Annotated

import msgspec

from inspect_registry.access import Permission, reads
from inspect_registry.db import Tx
from inspect_registry.visits import run_store
from inspect_registry.visits.differences import (
    RunComparison,
    differences_of,
    disturbed_days,
    figures_of,
    loads_of_both,
    places_of,
    served_lines,
)
from inspect_registry.visits.errors import RunNotFound, RunsNotComparable
from inspect_registry.visits.run_rows import Purpose, RunRow
from inspect_registry.visits.scenario import told
from inspect_registry.visits.service import own_department

LARGEST_PAGE = 200


class PageOfPlaces(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of the list of places is wanted."""

    start: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_PAGE)] = 100


@reads(Permission.MERGE_READ)
async def compare_runs(tx: Tx, before: str, after: str, page: PageOfPlaces) -> RunComparison:
    """Show what the second run does otherwise than the first. Raises RunNotFound and RunsNotComparable."""
    first, second = await run_store.run_by_uid(tx, before), await run_store.run_by_uid(tx, after)
    if first is None or second is None:
        raise RunNotFound
    if first.month != second.month:
        raise RunsNotComparable(remedy="请选择同一个月的两个方案。")
    rows = [await run_store.planned_checks_of_run(tx, one.id) for one in (first, second)]
    loads = [await run_store.loads_of_run(tx, one.id) for one in (first, second)]
    names = {one.uid: one.short_name for one in await run_store.departments_that_plan(tx)}
    difference = differences_of(*rows)
    places = places_of(*rows)
    department = own_department(tx)
    return RunComparison(
        before=first.uid,
        after=second.uid,
        before_told=_told(first, names),
        after_told=_told(second, names),
        month=first.month,
        figures=figures_of(first, second, (disturbed_days(rows[0]), disturbed_days(rows[1]))),
        loads=loads_of_both(*loads),
        moved=len(difference.moved),
        regrouped=len(difference.regrouped),
        places=places[page.start : page.start + page.limit],
        places_total=len(places),
        newly_served=served_lines(first, second, department),
        no_longer_served=served_lines(second, first, department),
    )


def _told(run: RunRow, names: dict[str, str]) -> str:
    return "正式安排" if run.purpose is Purpose.MERGE else f"假设：{told(run.scenario, names)}"
