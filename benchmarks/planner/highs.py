"""HiGHS on the aggregated model: visits on days and minutes by department and day; people are assigned afterwards.

The model is a relaxation (a department's people are one sum of minutes, everybody certified, one journey a visit), so
its bound holds. The greedy makes a lawful plan of its answer: the days HiGHS chose are tried first.
"""

import math
import time
from collections import defaultdict

import highspy
import msgspec
import numpy as np

from benchmarks.planner.greedy import plain_greedy
from inspect_registry.planning.problem import Check, Plan, Problem
from inspect_registry.planning.situation import Situation

Terms = list[tuple[int, float]]
FEASIBLE = 2  # kSolutionStatusFeasible


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What HiGHS found for the aggregated model, and the plan made of it."""

    plan: Plan | None
    bound: float | None
    aggregated_cost: int | None


def staffed(problem: Problem, *, seconds: float) -> Answer:
    """Solve the aggregated model and staff its days; building the model counts as time."""
    start = time.monotonic()
    model = _Model(problem)
    values, bound, cost = model.solve(max(seconds - (time.monotonic() - start), 0.1))
    if values is None:
        return Answer(plan=None, bound=bound, aggregated_cost=None)
    days = {c.id: day for (u, day), x in model.place.items() if values[x] > 0.5 for c in model.units[u]}
    return Answer(plan=plain_greedy(problem, days), bound=bound, aggregated_cost=cost)


class _Model:
    def __init__(self, problem: Problem) -> None:
        self.p = problem
        self.s = Situation(problem, Plan())
        self.costs: list[float] = []
        self.most: list[float] = []
        self.whole: list[bool] = []
        self.rows: list[tuple[float, float, Terms]] = []
        self.place: dict[tuple[int, int], int] = {}  # unit, day
        self.load: dict[tuple[int, int], Terms] = defaultdict(list)  # department, day: minutes
        self.units = [u for u in self.s.units if self.s.allowed_days(u)]
        by_premises: dict[int, list[int]] = defaultdict(list)
        for u, unit in enumerate(self.units):
            left = self.column(sum(problem.unserved_cost(c) for c in unit), 0 if any(c.locked for c in unit) else 1)
            for day in self.s.allowed_days(unit):
                self.place[u, day] = self.column(0.0)
            days = self.s.allowed_days(unit)
            self.rows.append((1, 1, [(left, 1.0), *((self.place[u, d], 1.0) for d in days)]))
            by_premises[unit[0].premises].append(u)
        for premises, members in by_premises.items():
            self._premises(premises, members)
        self._people()

    def column(self, cost: float, most: float = 1, *, whole: bool = True) -> int:
        self.costs.append(cost)
        self.most.append(most)
        self.whole.append(whole)
        return len(self.costs) - 1

    def at_most(self, most: float, terms: Terms) -> None:
        merged: dict[int, float] = defaultdict(float)  # HiGHS does not bear a column twice in a row.
        for x, n in terms:
            merged[x] += n
        self.rows.append((-math.inf, most, list(merged.items())))

    def _premises(self, premises: int, members: list[int]) -> None:
        counted: Terms = []
        counted_by: dict[int, Terms] = defaultdict(list)
        together: dict[int, list[int]] = defaultdict(list)
        for u in members:
            for day in self.s.allowed_days(self.units[u]):
                if not self.units[u][0].onsite:
                    self._work(day, u)
                elif not self.units[u][0].mergeable:
                    self._visit(day, [u], counted, counted_by)
                else:
                    together[day].append(u)
        for day, units in together.items():
            self._visit(day, units, counted, counted_by)
        place = self.s.premises[premises]
        if len(counted) > place.cap_total:
            self.at_most(place.cap_total, counted)
        for department, terms in counted_by.items():
            left = max(place.cap_department - self.s.used[premises, department], 0)
            if len(terms) > left:
                self.at_most(left, terms)

    def _visit(self, day: int, units: list[int], counted: Terms, counted_by: dict[int, Terms]) -> None:
        visits = self.column(self.p.weights.visit, len(units))
        minutes: dict[int, Terms] = defaultdict(list)
        persons: dict[int, list[tuple[int, int]]] = defaultdict(list)
        counting: dict[int, list[int]] = defaultdict(list)
        for u in units:
            x = self.place[u, day]
            self.at_most(0, [(x, 1.0), (visits, -1.0)])
            self._work(day, u)
            share: dict[int, list[Check]] = defaultdict(list)
            for c in self.units[u]:
                share[c.department].append(c)
            for department, checks in share.items():
                # A unit over the limit stands alone in one visit: it fills one, no more.
                whole = min(sum(c.minutes for c in checks), self.p.max_visit_minutes)
                minutes[department].append((x, float(whole)))
                persons[department].append((x, max(c.inspectors for c in checks)))
                if any(not c.exempt for c in self.units[u]):
                    counting[department].append(x)
        for department, terms in minutes.items():
            if sum(n for _, n in terms) > self.p.max_visit_minutes:
                self.at_most(0, [*terms, (visits, -float(self.p.max_visit_minutes))])
            journeys = self.column(0.0, max(n for _, n in persons[department]), whole=False)
            for x, n in persons[department]:
                self.at_most(0, [(x, float(n)), (journeys, -1.0)])
            self.load[department, day].append((journeys, float(self.p.visit_overhead)))
        if len(minutes) > self.p.max_departments:
            taking = [self._any([x for x, _ in terms]) for terms in minutes.values()]
            self.at_most(0, [*((w, 1.0) for w in taking), (visits, -float(self.p.max_departments))])
        if counting:
            counted.append((self._any(sorted({x for xs in counting.values() for x in xs})), 1.0))
        for department, xs in counting.items():
            counted_by[department].append((self._any(xs), 1.0))

    def _any(self, xs: list[int]) -> int:
        if len(xs) == 1:
            return xs[0]
        some = self.column(0.0, whole=False)
        for x in xs:
            self.at_most(0, [(x, 1.0), (some, -1.0)])
        return some

    def _work(self, day: int, u: int) -> None:
        """Ask for minutes; journeys are asked for by the visit."""
        for c in self.units[u]:
            self.load[c.department, day].append((self.place[u, day], float(c.inspectors * c.minutes)))

    def _people(self) -> None:
        capacity: dict[tuple[int, int], int] = defaultdict(int)
        for inspector in self.p.inspectors:
            for day in set(range(self.p.horizon)) - set(inspector.off_days):
                capacity[inspector.department, day] += self.p.day_minutes
        for key, asked in self.load.items():
            self.at_most(capacity[key], asked)

    def solve(self, seconds: float) -> tuple[list[float] | None, float | None, int | None]:
        """Return values, bound and cost; each is None where HiGHS has none yet."""
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.costs), len(self.rows)
        lp.col_cost_ = np.array(self.costs, dtype=np.float64)
        lp.col_lower_, lp.col_upper_ = np.zeros(len(self.costs)), np.array(self.most, dtype=np.float64)
        lp.integrality_ = [
            highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous for whole in self.whole
        ]
        lp.row_lower_ = np.array([low if low > -math.inf else -highspy.kHighsInf for low, _, _ in self.rows])
        lp.row_upper_ = np.array([high for _, high, _ in self.rows], dtype=np.float64)
        lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0, *(len(terms) for _, _, terms in self.rows)], dtype=np.int32)
        lp.a_matrix_.index_ = np.array([x for _, _, terms in self.rows for x, _ in terms], dtype=np.int32)
        lp.a_matrix_.value_ = np.array([n for _, _, terms in self.rows for _, n in terms], dtype=np.float64)
        h = highspy.Highs()
        h.silent()
        h.setOptionValue("time_limit", float(seconds))
        h.setOptionValue("threads", 1)
        h.passModel(lp)
        h.run()
        info = h.getInfo()
        bound = info.mip_dual_bound if math.isfinite(info.mip_dual_bound) and abs(info.mip_dual_bound) < 1e15 else None
        if info.primal_solution_status != FEASIBLE:
            return None, bound, None
        return list(h.getSolution().col_value), bound, round(info.objective_function_value)
