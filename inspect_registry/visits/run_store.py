"""Statements about runs of the planner: one function each; a run is stored in three statements."""

from collections.abc import Collection, Sequence
from datetime import date

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.planning.problem import Plan
from inspect_registry.visits.loads import Load
from inspect_registry.visits.run_rows import LoadRow, PlannedCheckRow, RunLine, RunRow, Waiting

SQL = SqlFile(__file__, "runs.sql")


class DepartmentName(msgspec.Struct, frozen=True, kw_only=True):
    """One department by both identities."""

    id: int
    uid: str
    short_name: str


class PlannedMonth(msgspec.Struct, frozen=True, kw_only=True):
    """One month that can be merged."""

    month: date
    checks: int
    newest: str | None
    """Uid of its newest merge."""


async def add_run(tx: Tx, run: RunRow) -> int:
    """Store one run of the planner; returns its id."""
    return await tx.value(
        SQL["add_run"],
        int,
        run.uid,
        run.month,
        run.purpose.value,
        run.scenario,
        run.seed,
        run.effort,
        run.checks,
        run.visits,
        run.naive_visits,
        run.unserved,
        run.measures,
        run.changes,
        run.created_at,
    )


async def add_planned_checks(tx: Tx, run: int, days: Sequence[date], plan: Plan) -> None:
    """Store how the run planned the checks; `days` are the month's."""
    rows = plan.placements
    await tx.execute(
        SQL["add_planned_checks"],
        run,
        [one.check for one in rows],
        [days[one.day] for one in rows],
        [one.visit for one in rows],
        [one.lead for one in rows],
        ["{" + ",".join(map(str, one.inspectors)) + "}" for one in rows],
    )


async def add_loads(tx: Tx, run: int, loads: Sequence[Load]) -> None:
    """Store how busy the departments are in the run."""
    await tx.execute(
        SQL["add_loads"],
        run,
        [one.department for one in loads],
        [one.booked for one in loads],
        [one.available for one in loads],
        [one.visits for one in loads],
    )


async def last_run(tx: Tx, month: date) -> RunRow | None:
    """The newest merge of a month."""
    return await tx.maybe(SQL["last_run"], RunRow, month)


async def run_by_uid(tx: Tx, uid: str) -> RunRow | None:
    """One run, whatever its purpose."""
    return await tx.maybe(SQL["run_by_uid"], RunRow, uid)


async def waiting_for_a_merge(tx: Tx, month: date, explained: Collection[str]) -> Waiting:
    """What the next merge has to look at."""
    return await tx.one(SQL["waiting_for_a_merge"], Waiting, month, tx.today, list(explained))


async def runs_of_month(tx: Tx, month: date, most: int) -> list[RunLine]:
    """The month's runs, newest first."""
    return await tx.many(SQL["runs_of_month"], RunLine, month, most)


async def planned_checks_of_run(tx: Tx, run: int) -> list[PlannedCheckRow]:
    """How a run planned the checks that the actor may see."""
    return await tx.many(SQL["planned_checks_of_run"], PlannedCheckRow, run)


async def loads_of_run(tx: Tx, run: int) -> list[LoadRow]:
    """How busy the departments are in a run."""
    return await tx.many(SQL["loads_of_run"], LoadRow, run)


async def departments_that_plan(tx: Tx) -> list[DepartmentName]:
    """Departments by name."""
    return await tx.many(SQL["departments_that_plan"], DepartmentName)


async def merges_with_plans(tx: Tx, most: int) -> list[PlannedMonth]:
    """Months that can be merged."""
    return await tx.many(SQL["merges_with_plans"], PlannedMonth, most)
