"""What merges and what-ifs reached, as told to people: no planner is needed to read it.

A department reads its own unserved checks and changes; the coordinator and the auditor read all. Enterprises read none:
a run names checks that the law wants unannounced.
"""

from datetime import date
from typing import Any

import msgspec

from inspect_registry.access import Permission, reads
from inspect_registry.db import Tx
from inspect_registry.visits import merge_store, run_store
from inspect_registry.visits.errors import NothingToPlan, RunNotFound
from inspect_registry.visits.merge_store import DeskLine
from inspect_registry.visits.run_rows import Change, Purpose, RunLine, RunRow, UnservedLine, Waiting
from inspect_registry.visits.run_store import DepartmentName, PlannedMonth
from inspect_registry.visits.scenario import Scenario
from inspect_registry.visits.service import own_department

MOST_RUNS = 50
MOST_MONTHS = 24
LARGEST_PAGE = 200


class MergeRunView(msgspec.Struct, frozen=True, kw_only=True):
    """What one run reached."""

    uid: str
    month: date
    purpose: Purpose
    scenario: Scenario
    seed: int
    checks: int
    visits: int
    joint_visits: int
    naive_visits: int
    """Visits that the same checks would need with every department planned alone, under the same rules."""
    avoided: int
    kept: int
    withdrawn: int
    unserved: list[UnservedLine]
    changes: list[Change]
    measures: dict[str, Any]


def view_of(row: RunRow, department: int | None = None) -> MergeRunView:
    """Shape a run for an answer; with a department, what concerns it."""
    counts = {name: int(row.measures.get(name, 0)) for name in ("joint_visits", "kept", "withdrawn")}
    return MergeRunView(
        uid=row.uid,
        month=row.month,
        purpose=row.purpose,
        scenario=row.scenario,
        seed=row.seed,
        checks=row.checks,
        visits=row.visits,
        naive_visits=row.naive_visits,
        avoided=max(row.naive_visits - row.visits, 0),
        unserved=[one for one in row.unserved if department in {None, one.department_id}],
        changes=[one for one in row.changes if department is None or department in one.department_ids],
        measures=row.measures,
        **counts,
    )


@reads(Permission.MERGE_READ)
async def last_run(tx: Tx, month: date) -> MergeRunView:
    """Show the newest merge of a month. Raises NothingToPlan when there was none."""
    row = await run_store.last_run(tx, month.replace(day=1))
    if row is None:
        raise NothingToPlan(remedy="该月尚未合并。")
    return view_of(row, own_department(tx))


@reads(Permission.MERGE_READ)
async def waiting_for_a_merge(tx: Tx, month: date) -> Waiting:
    """Count what happened since the month's newest merge; nothing where there was none."""
    row = await run_store.last_run(tx, month.replace(day=1))
    if row is None:
        return Waiting(checks=0, visits=0)
    return await run_store.waiting_for_a_merge(tx, row.month, [one.check for one in row.unserved])


@reads(Permission.MERGE_READ)
async def run(tx: Tx, uid: str) -> MergeRunView:
    """Show one run. Raises RunNotFound."""
    row = await run_store.run_by_uid(tx, uid)
    if row is None:
        raise RunNotFound
    return view_of(row, own_department(tx))


@reads(Permission.MERGE_READ)
async def runs_of_month(tx: Tx, month: date) -> list[RunLine]:
    """List the month's runs, newest first."""
    return await run_store.runs_of_month(tx, month.replace(day=1), MOST_RUNS)


@reads(Permission.MERGE_READ)
async def months(tx: Tx) -> list[PlannedMonth]:
    """List the months that can be merged, newest first."""
    return await run_store.merges_with_plans(tx, MOST_MONTHS)


@reads(Permission.MERGE_READ)
async def departments(tx: Tx) -> list[DepartmentName]:
    """List the departments that a what-if can name."""
    return await run_store.departments_that_plan(tx)


@reads(Permission.MERGE_READ)
async def desk_checks(tx: Tx, month: date, after: str = "", limit: int = 100) -> list[DeskLine]:
    """Show a page of a month's desk checks: of the actor's department, or of all."""
    return await merge_store.desk_checks(tx, month.replace(day=1), after, max(1, min(limit, LARGEST_PAGE)))
