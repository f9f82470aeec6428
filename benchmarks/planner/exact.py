"""The whole planning problem for CP-SAT: the judge of small instances, and a rival on large ones.

A visit is a premises, a day and a number among that day's visits there. Where everything that could be done there
that day fits into one visit, there is only one number: two visits could be joined without loss. Numbers are dealt
out in the order of the first unit in them, so that no plan is counted twice.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from ortools.sat.python import cp_model

from inspect_registry.planning.extraction import leading_department
from inspect_registry.planning.problem import Check, Inspector, Placement, Plan, Problem
from inspect_registry.planning.situation import Situation

Var = cp_model.IntVar
Unit = tuple[Check, ...]
LARGE = 30_000  # Decisions who serves a check on which day.


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What CP-SAT found within the time."""

    plan: Plan | None
    cost: int | None
    bound: float
    proven: bool
    """Never true where the visits of a day at one premises were limited to fewer than might be needed."""
    seconds: float


def optimum(
    problem: Problem, *, seconds: float, workers: int = 1, slots: int | None = None, hint: Plan | None = None
) -> Answer:
    """Minimise the cost exactly; building the model counts as time.

    `slots` limits the visits of one premises on one day (all that could be needed when left out); `hint` is a lawful
    plan to start from.
    """
    start = time.monotonic()
    model = _Model(problem, slots)
    if hint is not None:
        model.start_from(hint)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds - (time.monotonic() - start), 0.1)
    solver.parameters.num_workers = workers
    solver.parameters.linearization_level = 2
    if len(model.serves) > LARGE:  # The whole presolve would take all of the time.
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
        solver.parameters.max_presolve_iterations = 1
    status = solver.solve(model.model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return Answer(
        plan=model.plan(solver) if found else None,
        cost=round(solver.objective_value) if found else None,
        bound=solver.best_objective_bound,
        proven=status == cp_model.OPTIMAL and not model.is_restricted,
        seconds=time.monotonic() - start,
    )


class _Model:
    def __init__(self, problem: Problem, slots: int | None) -> None:
        self.p = problem
        self.s = Situation(problem, Plan())
        self.slots = slots
        self.is_restricted = False
        self.model = cp_model.CpModel()
        self.place: dict[tuple[int, int, int], Var] = {}  # unit, day, number of the visit; -1 for desk work
        self.serves: dict[tuple[int, int, int], Var] = {}  # check, day, inspector
        self.reasons: dict[int, tuple[Var, list[tuple[Var, ...]]]] = {}  # Helpers are true when one list holds.
        self.visits: list[Var] = []
        self.going: dict[tuple[int, int], list[tuple[int, Var]]] = defaultdict(list)  # inspector, day: zone, goes
        self.minutes: dict[tuple[int, int], list[tuple[int, Var]]] = defaultdict(list)
        self.able: dict[tuple[int, int], list[Inspector]] = defaultdict(list)
        for inspector in problem.inspectors:
            for matter in inspector.matters:
                self.able[inspector.department, matter].append(inspector)
        self.units = [u for u in self.s.units if self.s.allowed_days(u)]
        self.days = [
            [d for d in self.s.allowed_days(u) if all(len(self._able(c, d)) >= c.inspectors for c in u)]
            for u in self.units
        ]
        by_premises: dict[int, list[int]] = defaultdict(list)
        for index, unit in enumerate(self.units):
            by_premises[unit[0].premises].append(index)
        for premises, members in by_premises.items():
            self._premises(premises, members)
        self._inspector_days()
        lost = list(self._unserved())
        self.model.minimize(problem.weights.visit * sum(self.visits) + sum(w * v for w, v in lost))

    def _able(self, check: Check, day: int) -> list[Inspector]:
        return [
            i
            for i in self.able[check.department, check.matter]
            if day not in self.s.days_off[i.id] and (i.id, check.premises) not in self.s.recusals
        ]

    def _helper(self, *reasons: tuple[Var, ...]) -> Var:
        """Return a variable that must be true when all of any one list are; a lone reason is its own helper."""
        if len(reasons) == 1 and len(reasons[0]) == 1:
            return reasons[0][0]
        helper = self.model.new_bool_var("")
        self.reasons[helper.index] = (helper, list(reasons))
        for every in reasons:
            # Linear, so that the relaxation knows of it.
            self.model.add(helper >= sum(every) - (len(every) - 1))
        return helper

    def _unserved(self) -> Iterator[tuple[int, Var]]:
        placed: dict[int, list[Var]] = defaultdict(list)
        for (u, _, _), x in self.place.items():
            placed[u].append(x)
        for u, unit in enumerate(self.units):
            if any(c.locked for c in unit):
                self.model.add_exactly_one(placed[u])
                continue
            left = self.model.new_bool_var("")
            self.reasons[left.index] = (left, [tuple(x.negated() for x in placed[u])])
            self.model.add_exactly_one([left, *placed[u]])
            yield sum(self.p.unserved_cost(c) for c in unit), left

    def _stands_alone(self, unit: Unit) -> bool:
        return not all(c.mergeable for c in unit) or max(_minutes(unit).values()) > self.p.max_visit_minutes

    def _premises(self, premises: int, members: Sequence[int]) -> None:
        """Make all visits of one premises, day by day."""
        counted: list[Var] = []
        counted_by: dict[int, list[Var]] = defaultdict(list)
        together: dict[int, list[int]] = defaultdict(list)
        for u in members:
            for day in self.days[u]:
                if not self.units[u][0].onsite:
                    self._desk(u, day)
                elif self._stands_alone(self.units[u]):
                    self._visits_of_day(day, [u], 1, counted, counted_by)
                else:
                    together[day].append(u)
        for day, units in together.items():
            self._visits_of_day(day, units, self._numbers(units), counted, counted_by)
        place = self.s.premises[premises]
        if len(counted) > place.cap_total:
            self.model.add(sum(counted) <= place.cap_total)
        for department, visits in counted_by.items():
            left = max(place.cap_department - self.s.used[premises, department], 0)
            if len(visits) > left:
                self.model.add(sum(visits) <= left)

    def _numbers(self, units: Sequence[int]) -> int:
        """Return how many visits of one day could be needed for these, when none of them can be joined lawfully.

        Joining spares a visit unless it is too long or has too many departments, or would make exempt checks count.
        So among visits that count, and among those that do not, at most one is light: the others have more than
        half of the minutes allowed to one department, or more than half of the departments allowed.
        """
        classes = len({all(c.exempt for c in self.units[u]) for u in units})
        minutes = _minutes(c for u in units for c in self.units[u])
        needed = classes
        if max(minutes.values()) > self.p.max_visit_minutes:
            needed += sum(n // (self.p.max_visit_minutes // 2 + 1) for n in minutes.values())
        if len(minutes) > self.p.max_departments:
            needed += sum(len(_minutes(self.units[u])) for u in units) // (self.p.max_departments // 2 + 1)
        needed = min(needed, len(units))
        if self.slots is not None and needed > self.slots:
            self.is_restricted = True
            return self.slots
        return needed

    def _desk(self, u: int, day: int) -> None:
        self.place[u, day, -1] = x = self.model.new_bool_var("")
        for check in self.units[u]:
            self._team(check, day, x)

    def _visits_of_day(
        self, day: int, units: Sequence[int], numbers: int, counted: list[Var], counted_by: dict[int, list[Var]]
    ) -> None:
        m = self.model
        for number in range(numbers):
            for order, u in enumerate(units):
                if order >= number:
                    self.place[u, day, number] = m.new_bool_var("")
                    if number:
                        earlier = [x for v in units[:order] if (x := self.place.get((v, day, number - 1))) is not None]
                        m.add_bool_or([self.place[u, day, number].negated(), *earlier])
        for number in range(numbers):
            here = {u: x for u in units if (x := self.place.get((u, day, number))) is not None}
            self.visits.append(self._helper(*((x,) for x in here.values())))
            self._size(here)
            self._counted(here, counted, counted_by)
        self._people(day, units, numbers)

    def _size(self, here: dict[int, Var]) -> None:
        by_department: dict[int, list[tuple[int, Var]]] = defaultdict(list)
        for u, x in here.items():
            for department, minutes in _minutes(self.units[u]).items():
                by_department[department].append((minutes, x))
        if len(here) > 1 and len(by_department) > self.p.max_departments:
            taking = [self._helper(*((x,) for _, x in shares)) for shares in by_department.values()]
            self.model.add(sum(taking) <= self.p.max_departments)
        for shares in by_department.values():
            if len(here) > 1 and sum(n for n, _ in shares) > self.p.max_visit_minutes:
                self.model.add(sum(n * x for n, x in shares) <= self.p.max_visit_minutes)
        if len(here) == 1:
            (u, x), *_ = here.items()
            if len(_minutes(self.units[u])) > self.p.max_departments:
                self.model.add(x == 0)

    def _counted(self, here: dict[int, Var], counted: list[Var], counted_by: dict[int, list[Var]]) -> None:
        """A visit counts when it holds a check that is not exempt, and then for all departments that take part."""
        counting = [(x,) for u, x in here.items() if not all(c.exempt for c in self.units[u])]
        if not counting:
            return
        counts = self._helper(*counting)
        counted.append(counts)
        taking: dict[int, list[tuple[Var, ...]]] = defaultdict(list)
        for u, x in here.items():
            for department in _minutes(self.units[u]):
                taking[department].append((x,) if (x,) in counting else (x, counts))
        for department, reasons in taking.items():
            counted_by[department].append(self._helper(*reasons))

    def _people(self, day: int, units: Sequence[int], numbers: int) -> None:
        """Everybody who serves a check of a visit goes on that visit, once."""
        goes: dict[tuple[int, int], list[tuple[Var, ...]]] = defaultdict(list)
        for u in units:
            placed = [(k, x) for k in range(numbers) if (x := self.place.get((u, day, k))) is not None]
            for check in self.units[u]:
                for inspector, serves in self._team(check, day, sum(x for _, x in placed)):
                    for k, x in placed:
                        goes[inspector, k].append((serves,) if numbers == 1 else (serves, x))
        zone = self.s.premises[self.units[units[0]][0].premises].zone
        for (inspector, _), reasons in goes.items():
            self.going[inspector, day].append((zone, self._helper(*reasons)))

    def _team(self, check: Check, day: int, served: cp_model.LinearExprT) -> list[tuple[int, Var]]:
        team = []
        for inspector in self._able(check, day):
            self.serves[check.id, day, inspector.id] = serves = self.model.new_bool_var("")
            self.minutes[inspector.id, day].append((check.minutes, serves))
            team.append((inspector.id, serves))
        self.model.add(sum(serves for _, serves in team) == check.inspectors * served)
        return team

    def _inspector_days(self) -> None:
        m, p = self.model, self.p
        for key, work in self.minutes.items():
            going = self.going[key]
            if len(going) > p.visits_per_inspector_day:
                m.add(sum(z for _, z in going) <= p.visits_per_inspector_day)
            if sum(n for n, _ in work) + p.visit_overhead * len(going) > p.day_minutes:
                m.add(sum(n * a for n, a in work) + p.visit_overhead * sum(z for _, z in going) <= p.day_minutes)
            zones = {zone for zone, _ in going}
            apart = [(a, b) for a in zones for b in zones if a < b and b not in p.near[a]]
            inside = {
                zone: self._helper(*((z,) for at, z in going if at == zone))
                for zone in {z for pair in apart for z in pair}
            }
            for a, b in apart:
                m.add_at_most_one([inside[a], inside[b]])

    def start_from(self, plan: Plan) -> None:
        """Hint every variable with its value in the plan."""
        values: dict[int, bool] = {}
        placed = {p.check: p for p in plan.placements}
        visits: dict[tuple[int, int], list[int | None]] = defaultdict(list)  # Visits of a premises and day, in order.
        true = set()
        for u, unit in enumerate(self.units):
            row = placed.get(unit[0].id)
            if row is None:
                continue
            number = -1
            if row.visit is not None:
                alone = self._stands_alone(unit)
                there = visits[unit[0].premises, row.day]
                if not alone and row.visit not in there:
                    there.append(row.visit)
                number = 0 if alone else there.index(row.visit)
            true.add((u, row.day, number))
        for key, x in self.place.items():
            values[x.index] = key in true
        for (check, day, inspector), serves in self.serves.items():
            row = placed.get(check)
            values[serves.index] = row is not None and row.day == day and inspector in row.inspectors
        for index, (_, reasons) in self.reasons.items():
            values[index] = any(all(_value(values, v) for v in every) for every in reasons)
        for index, value in values.items():
            self.model.add_hint(self.model.get_bool_var_from_proto_index(index), value)

    def plan(self, solver: cp_model.CpSolver) -> Plan:
        """Read the plan that was found."""
        team: dict[int, list[int]] = defaultdict(list)
        for (check, _, inspector), serves in self.serves.items():
            if solver.boolean_value(serves):
                team[check].append(inspector)
        visits: dict[tuple[int, ...], list[Check]] = defaultdict(list)
        days: dict[int, tuple[int, tuple[int, ...]]] = {}
        for (u, day, number), x in self.place.items():
            if solver.boolean_value(x):
                alone = number >= 0 and self._stands_alone(self.units[u])
                key = (self.units[u][0].premises, day, number, u if alone else -1)
                for check in self.units[u]:
                    visits[key].append(check)
                    days[check.id] = (day, key)
        numbers = {key: n for n, key in enumerate((k for k in visits if k[2] >= 0), 1)}
        leads = {key: leading_department(checks) for key, checks in visits.items()}
        return Plan(
            placements=tuple(
                Placement(
                    check=check,
                    day=day,
                    visit=numbers.get(key),
                    inspectors=tuple(team[check]),
                    lead=leads[key] if key in numbers else None,
                )
                for check, (day, key) in days.items()
            )
        )


def _minutes(checks: Iterable[Check]) -> Counter[int]:
    minutes: Counter[int] = Counter()
    for check in checks:
        minutes[check.department] += check.minutes
    return minutes


def _value(values: dict[int, bool], literal: cp_model.LiteralT) -> bool:
    """Read a literal; negated ones have negative indices."""
    return values[literal.index] if literal.index >= 0 else not values[-literal.index - 1]
