"""The one entry of the planner: from a problem to a plan, its measures and its reasons.

Effort is counted in work units (one unit is about a thousand looks at an inspector's day), not in time: the same
problem, seed and effort give the same plan on any machine. `stop` may only end the same course of search earlier.
"""

import math
from collections.abc import Callable
from contextlib import closing

import msgspec

from .anneal import anneal
from .bounds import stabbing_bound
from .construction import build, lost_locked
from .errors import LockedChecksDoNotFit, PlanningProblemFlawed
from .explanation import Reasons, explain
from .extraction import plan_of
from .flaws import flaws_of, place
from .keeping import objective, restore_best
from .layout import T_RANDOM, T_UNSERVED, T_VISITS, T_WORK, UNITS, Layout
from .loading import lay_out
from .problem import Plan, Problem
from .recreate import polish
from .score import Measures, measure
from .searchers import OneSearcher, TwoSearchers
from .warm import adopt

WORK_PER_UNIT = 1000
UNITS_PER_SECOND = 30_000
"""Of a rather slow machine; a faster one comes to the end of the course earlier and goes on in short reheats."""
HOT, COLD = 300, 15  # Temperatures in thousandths of a visit.
REHEAT = 100
WARM_START = 60
"""Temperature at which a warm re-plan begins: published visits are not shaken."""
MINUTE_WEIGHT = 48
SWITCH_WEIGHT = 50
MOVED_WEIGHT = 20
WARM_MOVED_WEIGHT = 1900
"""Against a warm plan a moved check weighs more than a saved visit and less than a served check."""
STEPS = 200
LEAST_FOR_TWO = 1000  # Units of a plan.
SHORT_COURSE = 2000  # Work units.
RESCUES = 50
RESCUE_WORK = 200_000
TRIAL_WORK = 8_000_000


class Effort(msgspec.Struct, frozen=True, kw_only=True):
    """How much work the search may do, and the length of the course it plans for."""

    units: int
    course: int
    """Work units over which the search cools down; equal to `units` unless the search is stopped by time."""

    @staticmethod
    def of(units: int) -> "Effort":
        return Effort(units=units, course=units)

    @staticmethod
    def for_seconds(seconds: float) -> "Effort":
        """Return a course for so many seconds; without a `stop` it ends with the course."""
        return Effort.of(max(int(seconds * UNITS_PER_SECOND), 0))


ONE_SECOND = Effort.of(UNITS_PER_SECOND)
Trial = Callable[[], int]
"""Does some of the search's work, and returns how many units."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Where the search stands."""

    units: int
    cost: int
    bound: int
    visits: int
    unserved: int


class Solution(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    plan: Plan
    measures: Measures | None
    impossible: tuple[int, ...]
    """Checks without any allowed day: listed, and left out."""
    reasons: Reasons | None
    effort: Effort
    """`units` is what was reached: `solve` with this effort gives the same plan again."""


def solve(
    problem: Problem,
    *,
    effort: Effort = ONE_SECOND,
    seed: int = 0,
    warm: Plan | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    pace: Callable[[Trial], int] | None = None,
    explained: bool = True,
    measured: bool = True,
) -> Solution:
    """Plan the checks. Deterministic in everything but `stop`, which is asked several times a second, and `pace`.

    `pace` is given a trial of the search, which leaves no trace in the plan; it returns the course to take, say, by
    the time the trial took. The course is reported with the solution.

    Raises PlanningProblemFlawed for a problem that contradicts itself, and LockedChecksDoNotFit when locked checks
    exclude each other.
    """
    flaws = flaws_of(problem)
    if flaws:
        raise PlanningProblemFlawed(f"共 {len(flaws)} 处错误", places=tuple(flaws[:1000]))
    layout = lay_out(
        problem,
        seed=seed,
        switch_weight=SWITCH_WEIGHT,
        minute_weight=MINUTE_WEIGHT,
        moved_weight=MOVED_WEIGHT if warm is None else WARM_MOVED_WEIGHT,
    )
    if warm is not None:
        adopt(layout, warm)
    build(layout)
    _rescue_locked(layout)
    if pace is not None:
        effort = Effort(units=effort.units, course=pace(lambda: _trial(layout, effort)))
    reached = _improve(layout, effort, HOT if warm is None else WARM_START, progress, stop)
    restore_best(*layout.core)
    polish(*layout.core)
    _refuse_lost_locked(problem, layout)
    plan = plan_of(problem, layout)
    return Solution(
        plan=plan,
        measures=measure(problem, plan) if measured else None,
        impossible=layout.impossible,
        reasons=explain(problem, plan) if explained else None,
        effort=Effort(units=reached, course=effort.course),
    )


def _rescue_locked(layout: Layout) -> None:
    """Search on, whatever the effort, while a locked check has no place: it may only need somebody else's people."""
    t = layout.core.t
    for _ in range(RESCUES):
        if len(lost_locked(layout)) == 0:
            break
        anneal(*layout.core, int(t[T_WORK]) + RESCUE_WORK, HOT, int(objective(layout.core.t)))
        restore_best(*layout.core)


def _searcher(layout: Layout, effort: Effort) -> OneSearcher | TwoSearchers:
    """Return two searchers where the plan and the effort are worth copying the plan."""
    many = int(layout.core.t[UNITS]) >= LEAST_FOR_TWO and effort.course >= SHORT_COURSE
    return TwoSearchers(layout.core) if many else OneSearcher(layout.core)


def _trial(layout: Layout, effort: Effort) -> int:
    """Work on copies of the plan; return the units done."""
    kept = int(layout.core.t[T_RANDOM])
    with closing(_searcher(layout, effort)) as searcher:
        work = max(TRIAL_WORK, searcher.least_stretch)
        searcher.trial(work, HOT)
    layout.core.t[T_RANDOM] = kept
    return work // WORK_PER_UNIT


def _improve(
    layout: Layout,
    effort: Effort,
    hot: int,
    progress: Callable[[Progress], None] | None,
    stop: Callable[[], bool] | None,
) -> int:
    """Anneal along the course; return the units of work reached."""
    bound = int(stabbing_bound(*layout.core))
    limit = effort.units * WORK_PER_UNIT
    done = 0
    with closing(_searcher(layout, effort)) as searcher:
        # Whole work units, so that a stopped run can be repeated to the very step.
        step = max(effort.course // STEPS * WORK_PER_UNIT, searcher.least_stretch) // WORK_PER_UNIT * WORK_PER_UNIT
        while True:
            if progress is not None:
                progress(_progress(layout, done, bound))
            if done >= limit or (stop is not None and stop()):
                return done // WORK_PER_UNIT
            temperature = _temperature(done, effort.course * WORK_PER_UNIT, hot)
            target = min((done // step + 1) * step, done + searcher.most_stretch, limit)
            target = max(target // WORK_PER_UNIT * WORK_PER_UNIT, done + WORK_PER_UNIT)
            searcher.search(target - done, temperature)
            done = target


def _progress(layout: Layout, done: int, bound: int) -> Progress:
    t = layout.core.t
    return Progress(
        units=done // WORK_PER_UNIT,
        cost=int(t[T_VISITS] + t[T_UNSERVED]),
        bound=bound,
        visits=int(t[T_VISITS]),
        unserved=int(layout.core.table("waiting_n").sum()),
    )


def _temperature(done: int, course: int, hot: int) -> int:
    """Cool geometrically along the course; after it, again and again from a lower temperature over half its length."""
    if done >= course:
        hot, course, done = min(hot, REHEAT), max(course // 2, 1), (done - course) % max(course // 2, 1)
    return round(math.pow(COLD / hot, done / course) * hot)


def _refuse_lost_locked(problem: Problem, layout: Layout) -> None:
    lost = layout.checks_of(lost_locked(layout))
    if lost:
        rows = {check.id: row for row, check in enumerate(problem.checks)}
        message = "与其他锁定的检查争用人员或次数，无法保留在公布日"
        raise LockedChecksDoNotFit(
            places=tuple(place("items.csv", rows[check], "locked", check, message) for check in lost)
        )
