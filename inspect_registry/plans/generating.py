"""A month made in one go (生成月度计划): every task in force is committed, drawn, and becomes checks.

One department's month is one act, or two: committing, and drawing once the seed has appeared. What stands already is
left as it is, so that a run that was broken off goes on where it stopped.
"""

import datetime as dt
from collections.abc import Sequence

import msgspec

from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import Department, DepartmentId
from inspect_registry.db import Tx
from inspect_registry.plans import crew_store, month_store, store
from inspect_registry.plans.crew_drawing import commit_crews, reveal_crews
from inspect_registry.plans.crew_shapes import CommitCrews
from inspect_registry.plans.draw import Method
from inspect_registry.plans.draw_shapes import CommitDraw, SeedDraft
from inspect_registry.plans.drawing import Committed, commit, committed, reveal
from inspect_registry.plans.lifecycle import OPEN_STATES
from inspect_registry.plans.model import MonthlyPlan, Task
from inspect_registry.plans.month_checks import add_checks
from inspect_registry.plans.months import last_day, open_month
from inspect_registry.plans.population import Population, population


class MonthOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a department's month needs, for programs: one seed for all its draws."""

    department: DepartmentId
    month: dt.date
    seed: str
    seed_source: str
    appeared_at: dt.datetime | None = None


class GeneratedMonth(msgspec.Struct, frozen=True, kw_only=True):
    """What a department's month has become."""

    plan: MonthlyPlan
    draws: int
    checks: int


class CommittedMonth(msgspec.Struct, frozen=True, kw_only=True):
    """Draws of a department's month that wait for their seed, still in memory."""

    draws: tuple[Committed, ...] = ()

    def __repr__(self) -> str:
        """Say nothing of the pools, so that repeats of one order have one fingerprint."""
        return f"committed month of {len(self.draws)} draws"


class _Uncommitted(msgspec.Struct, frozen=True, kw_only=True):
    """What is still to be committed for a department's month."""

    plan: MonthlyPlan | None
    """None where the month is not opened yet."""
    tasks: list[Task]
    """Drawn without naming anybody, and without a draw."""


@act(Permission.MONTHLY_PLAN_GENERATE)
async def generate_month(tx: Tx, order: MonthOrder) -> GeneratedMonth:
    """Open a department's month, draw every task in force, and make the checks, in one act.

    Inspectors are drawn with the same seed. It is there when the draws are committed, so they are not independent.
    Raises MonthAlreadyPlanned, MonthOver.
    """
    month = order.month.replace(day=1)
    plan = await open_month(tx, order.department, month)
    who = await _whom(tx, month, [await catalogue.department(tx, order.department)])
    found = await _to_commit(tx, order.department, month)
    waiting = await _commit_tasks(tx, plan, found.tasks if found else [], who)
    seed = SeedDraft(seed=order.seed, source=order.seed_source, appeared_at=order.appeared_at)
    made = await _draw(tx, plan, waiting, seed, who)
    await _draw_crews(tx, plan, seed)
    await _draw_crews(tx, plan, seed)
    return made


@reads(Permission.MONTHLY_PLAN_GENERATE)
async def uncommitted(tx: Tx, month: dt.date, departments: Sequence[Department]) -> list[Department]:
    """Return the departments whose month is to be opened, or is open and has tasks without a draw."""
    first = month.replace(day=1)
    return [one for one in departments if await _to_commit(tx, one.id, first) is not None]


@reads(Permission.MONTHLY_PLAN_GENERATE)
async def district_population(tx: Tx, month: dt.date, departments: Sequence[Department]) -> Population:
    """Read whom the tasks of these departments may be drawn from in a month."""
    return await _whom(tx, month.replace(day=1), departments)


@act(Permission.MONTHLY_PLAN_GENERATE)
async def commit_month(tx: Tx, department: DepartmentId, month: dt.date, who: Population) -> CommittedMonth:
    """Open a department's month where it is not yet open, and commit the draw of every task that has none."""
    first = month.replace(day=1)
    found = await _to_commit(tx, department, first)
    if found is None:
        return CommittedMonth()
    plan = found.plan or await open_month(tx, department, first)
    return CommittedMonth(draws=tuple(await _commit_tasks(tx, plan, found.tasks, who)))


@act(Permission.MONTHLY_PLAN_GENERATE)
async def draw_month(
    tx: Tx, department: DepartmentId, month: dt.date, seed: SeedDraft, waiting: CommittedMonth, who: Population | None
) -> GeneratedMonth | None:
    """Draw what a department has committed for a month, and make the checks; None where its month is not open.

    Inspectors of these checks are committed, and drawn when this is called again with a seed that appeared since.
    `waiting` may hold draws that are still in memory; others are read. Without `who` only the drawn are read. Raises
    SeedUnsound.
    """
    plans = await month_store.monthly_plans(tx, month.replace(day=1), department)
    if not plans or plans[0].state not in OPEN_STATES:
        return None
    at_hand = {one.row.uid: one for one in waiting.draws}
    draws = [
        at_hand.get(one.uid) or await _read(tx, one.uid)
        for one in await month_store.draw_results(tx, plans[0].id)
        if one.drawn_at is None
    ]
    made = await _draw(tx, plans[0], draws, seed, who)
    await _draw_crews(tx, plans[0], seed)
    return made


async def _whom(tx: Tx, month: dt.date, departments: Sequence[Department]) -> Population:
    found = [await store.tasks_in_force(tx, one.id, month, last_day(month)) for one in departments]
    matters = {matter for tasks in found for task in tasks for matter in task.matters}
    return await population(tx, month, matters, departments)


async def _to_commit(tx: Tx, department: DepartmentId, first: dt.date) -> _Uncommitted | None:
    """Return what is to be committed for a department's month; None where there is nothing to do."""
    plans = await month_store.monthly_plans(tx, first, department)
    if plans and plans[0].state not in OPEN_STATES:
        return None
    standing = {draw.task for draw in await month_store.draw_results(tx, plans[0].id)} if plans else set()
    tasks = await store.tasks_in_force(tx, department, first, last_day(first))
    new = [one for one in tasks if one.selection is not Method.TARGETED and one.id not in standing]
    return _Uncommitted(plan=plans[0] if plans else None, tasks=new) if new or (tasks and not plans) else None


async def _commit_tasks(tx: Tx, plan: MonthlyPlan, tasks: Sequence[Task], who: Population) -> list[Committed]:
    return [await commit(tx, plan, task, CommitDraw(task=task.uid), who) for task in tasks]


async def _read(tx: Tx, uid: str) -> Committed:
    row = await month_store.draw_locked(tx, uid)
    if row is None:
        raise LookupError(uid)  # It stood in this transaction a moment ago.
    return await committed(tx, row)


async def _draw(
    tx: Tx, plan: MonthlyPlan, waiting: Sequence[Committed], seed: SeedDraft, who: Population | None
) -> GeneratedMonth:
    for one in waiting:
        await reveal(tx, one, seed)
    draws = await month_store.draw_results(tx, plan.id)
    return GeneratedMonth(plan=plan, draws=len(draws), checks=await add_checks(tx, plan, draws, who))


async def _draw_crews(tx: Tx, plan: MonthlyPlan, seed: SeedDraft) -> None:
    """Draw the inspectors that wait for this seed, and commit to drawing those that nobody has thought of yet."""
    for row in await crew_store.crew_draws_of_plan(tx, plan.id):
        if row.drawn_at is None:
            await reveal_crews(tx, plan, row, seed)
    before = {line.enterprise for row in await crew_store.crew_draws_of_plan(tx, plan.id) for line in row.urn.lines}
    new = {check.uid for check in await crew_store.crew_checks(tx, plan.id)} - before
    if new:
        await commit_crews(tx, plan, CommitCrews(enterprises=sorted(new)))
