"""The planner at work for a month: solve, and count what departments going alone would need. Pure; seconds of CPU."""

from collections.abc import Callable

import msgspec

from inspect_registry.planning.errors import LockedChecksDoNotFit
from inspect_registry.planning.explanation import explain
from inspect_registry.planning.naive import planned_alone
from inspect_registry.planning.problem import Problem
from inspect_registry.planning.score import measure
from inspect_registry.planning.solve import Effort, Progress, Solution, solve
from inspect_registry.visits.asking import problem_of, warm_plan_of
from inspect_registry.visits.errors import NothingToPlan
from inspect_registry.visits.month import Month
from inspect_registry.visits.orders import MergeOrder
from inspect_registry.visits.scenario import afresh, alone
from inspect_registry.visits.settling import settled
from inspect_registry.visits.standing import with_promises_held

Told = Callable[[str, Progress | None], None]
"""Hears which stage has begun, or how far the search is."""
SEARCH, ALONE = "search", "alone"
SETTLING = 4
"""Leaving alone what need not change gets this part of the search's effort, each time it is tried."""


class Solved:
    """The planner's answer on its way to the store."""

    def __init__(self, month: Month, problem: Problem, solution: Solution, naive_visits: int) -> None:
        self.month = month
        self.problem = problem
        self.solution = solution
        self.naive_visits = naive_visits

    def __repr__(self) -> str:
        """Say nothing of the content, so that repeats of one order have one fingerprint."""
        return "solved"


def plan_month(
    month: Month,
    order: MergeOrder,
    told: Told | None = None,
    stop: Callable[[], bool] | None = None,
    *,
    counted_alone: bool = True,
) -> Solved:
    """Plan a month; asked to stop, keep the best plan so far. Raises NothingToPlan when nothing is left to plan."""
    month = with_promises_held(month)
    if not month.asked:
        raise NothingToPlan("该月的待查项都已开始或者已过期。", remedy="不需要重新合并。")

    def hear(progress: Progress) -> None:
        if told is not None:
            told(SEARCH, progress)

    month, found = _searched(month, order, hear, stop)
    problem = problem_of(month)
    plan = settled(month, found.plan, Effort.of(found.effort.units // SETTLING), order.seed)
    solution = msgspec.structs.replace(
        found, plan=plan, measures=measure(problem, plan), reasons=explain(problem, plan)
    )
    if not counted_alone:
        return Solved(month, problem, solution, 0)
    if told is not None:
        told(ALONE, None)
    return Solved(month, problem, solution, visits_alone(month, solution, solution.effort, order.seed))


def _searched(
    month: Month, order: MergeOrder, hear: Callable[[Progress], None], stop: Callable[[], bool] | None
) -> tuple[Month, Solution]:
    """Search; where promises ask more of somebody's day than there is, they keep their day and not his."""
    while True:
        try:
            return month, solve(
                problem_of(month),
                effort=Effort.for_seconds(order.seconds),
                seed=order.seed,
                warm=warm_plan_of(month),
                progress=hear,
                stop=stop,
                explained=False,
                measured=False,
            )
        except LockedChecksDoNotFit as error:
            lost = {place.text for place in error.places}
            eased = tuple(
                msgspec.structs.replace(one, held=False) if str(one.id) in lost else one for one in month.checks
            )
            if eased == month.checks:
                raise
            month = msgspec.structs.replace(month, checks=eased)


def visits_alone(month: Month, solution: Solution, effort: Effort, seed: int) -> int:
    """Return how many visits the month's served checks need under the same rules with every department alone.

    The whole month is planned again from its first day, with as much effort as the merge got: what has begun and what
    was answered counts like the rest. Checks that would then find no place are not counted, so it is never too many.
    """
    served = {one.check for one in solution.plan.placements}
    served |= {check.id for check in month.checks if check.visit is not None and (check.begun or check.fixed)}
    if not served:
        return 0
    apart = alone(afresh(month, today=month.first))
    checks = tuple(check for check in apart.checks if check.id in served)
    problem = problem_of(msgspec.structs.replace(apart, checks=checks))
    return len(planned_alone(problem, served, effort=effort, seed=seed).visits())
