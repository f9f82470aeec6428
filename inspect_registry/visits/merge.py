"""The merge of a whole district's month: read, solve, store.

Reading and storing are transactions of their own; solving, which takes seconds of CPU, happens between them in a thread
and holds none. What changed in between is found when storing: a check that got another live place meanwhile violates
visit_check_served_once, a proposal that was answered meanwhile raises MonthChangedMeanwhile, and the month is merged
again from what then stands.
"""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act
from inspect_registry.db import Acting, Tx
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action, Subject
from inspect_registry.visits import merge_store, replanning, run_store, runs
from inspect_registry.visits.answering import joint_visits, proposals_of, whole_plan
from inspect_registry.visits.errors import MonthChangedMeanwhile
from inspect_registry.visits.loads import loads_of
from inspect_registry.visits.month_reading import month_to_plan
from inspect_registry.visits.naming import readable
from inspect_registry.visits.orders import MergeOrder, WhatIfOrder
from inspect_registry.visits.proposing import propose
from inspect_registry.visits.run_rows import Change, Purpose, RunRow, UnservedLine
from inspect_registry.visits.runs import MergeRunView, view_of
from inspect_registry.visits.scenario import Scenario, imagined
from inspect_registry.visits.solving import Solved, Told, plan_month
from inspect_registry.visits.told import sentences, unserved_lines

AS_IT_IS = Scenario()
ATTEMPTS = 3
"""So often a month is planned when departments answer while the planner works."""


async def merge_month(
    acting: Acting,
    month: date,
    *,
    seconds: float = 2.0,
    seed: int = 0,
    told: Told | None = None,
    stop: Callable[[], bool] | None = None,
) -> MergeRunView:
    """Merge the month's checks into visits; a further call re-plans and keeps what is published or answered.

    Raises NothingToPlan for a month without filed checks.
    """
    order = MergeOrder(month=month.replace(day=1), seconds=seconds, seed=seed)
    for attempt in range(1, ATTEMPTS + 1):
        facts = await month_to_plan(acting, order.month)
        solved = await asyncio.to_thread(plan_month, facts, order, told, stop)
        try:
            return await store_solution(acting, order, solved)
        except MonthChangedMeanwhile:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError


async def try_month(
    acting: Acting, order: WhatIfOrder, *, told: Told | None = None, stop: Callable[[], bool] | None = None
) -> MergeRunView:
    """Plan the month under another condition and keep the run to compare with; no visit changes."""
    facts = await month_to_plan(acting, order.month.replace(day=1))
    departments = {one.uid: one.id for one in await runs.departments(acting)}
    month = imagined(facts, order.scenario, departments)
    merge = MergeOrder(month=facts.first, seconds=order.seconds, seed=order.seed)
    solved = await asyncio.to_thread(plan_month, month, merge, told, stop, counted_alone=False)
    return await store_trial(acting, order, solved)


@act(Permission.MERGE_RUN)
async def store_solution(tx: Tx, order: MergeOrder, solved: Solved) -> MergeRunView:
    """Store what the planner found: new proposals in, loose ones that it did not find again out, moves told."""
    month, solution = solved.month, solved.solution
    before = await replanning.promised(tx, month.first)
    proposals = proposals_of(month, solution.plan, sentences(solution, readable(month)))
    gone = await replanning.withdraw_replaced(tx, month, proposals)
    uids = await propose(tx, month.first, proposals.new)
    await merge_store.tell_reasons(tx, proposals.told)
    changes = await replanning.tell_changes(tx, month, proposals, uids, gone)
    await replanning.nothing_was_silent(tx, month.first, before, gone)
    await replanning.replace_desk_checks(tx, month, proposals.desk)
    fixed = len({check.visit for check in month.checks if check.fixed and check.visit})
    run = _run(
        tx,
        solved,
        purpose=Purpose.MERGE,
        seed=order.seed,
        visits=len(proposals.new) + len(proposals.kept) + fixed,
        unserved=unserved_lines(solved, proposals.clashes),
        more={
            "kept": len(proposals.kept),
            "withdrawn": len(gone),
            "joint_visits": joint_visits(month, whole_plan(month, solution.plan, proposals.clashes)),
        },
        changes=changes,
    )
    await _store_run(tx, run, solved, proposals.clashes)
    await _log(tx, Action.VISIT_MERGED, run, solution.effort.units)
    return view_of(run)


@act(Permission.MERGE_RUN)
async def store_trial(tx: Tx, order: WhatIfOrder, solved: Solved) -> MergeRunView:
    """Store the run of a what-if: nothing but the run."""
    run = _run(
        tx,
        solved,
        purpose=Purpose.WHAT_IF,
        seed=order.seed,
        visits=len(solved.solution.plan.visits()),
        unserved=unserved_lines(solved, ()),
        scenario=order.scenario,
    )
    await _store_run(tx, run, solved, ())
    await _log(tx, Action.MERGE_TRIED, run, solved.solution.effort.units)
    return view_of(run)


def _run(
    tx: Tx,
    solved: Solved,
    *,
    purpose: Purpose,
    seed: int,
    visits: int,
    unserved: list[UnservedLine],
    scenario: Scenario = AS_IT_IS,
    more: dict[str, int] | None = None,
    changes: list[Change] | None = None,
) -> RunRow:
    measures: dict[str, Any] = msgspec.to_builtins(solved.solution.measures) or {}
    return RunRow(
        uid=new_uid(tx.random),
        month=solved.month.first,
        purpose=purpose,
        scenario=scenario,
        seed=seed,
        effort=solved.solution.effort.units,
        checks=len(solved.month.checks),
        visits=visits,
        naive_visits=solved.naive_visits,
        unserved=unserved,
        measures={**measures, **(more or {})},
        changes=changes or [],
        created_at=tx.now,
    )


async def _store_run(tx: Tx, run: RunRow, solved: Solved, clashes: tuple[int, ...]) -> None:
    """Keep the run with its whole plan, so that it can be compared with others later."""
    stored = await run_store.add_run(tx, run)
    days = [solved.month.first + timedelta(days=day) for day in range(solved.problem.horizon)]
    await run_store.add_planned_checks(tx, stored, days, whole_plan(solved.month, solved.solution.plan, clashes))
    await run_store.add_loads(tx, stored, loads_of(solved.problem, solved.solution.plan))


async def _log(tx: Tx, action: Action, run: RunRow, effort: int) -> None:
    await ledger.append(
        tx,
        action,
        Subject("merge_run", run.uid),
        public={
            "month": f"{run.month:%Y-%m}",
            "checks": run.checks,
            "visits": run.visits,
            "naive_visits": run.naive_visits,
            "unserved": len(run.unserved),
            "changes": len(run.changes),
            **{name: run.measures[name] for name in ("kept", "withdrawn") if name in run.measures},
        },
        private={"seed": run.seed, "effort": effort, "measures": run.measures, "scenario": run.scenario},
    )
