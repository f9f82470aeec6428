"""The whole planning problem for CP-SAT: the judge of small instances, and a rival on large ones."""

from collections import defaultdict

import msgspec
from ortools.sat.python import cp_model

from inspect_registry.planning.problem import Check, Problem
from inspect_registry.planning.situation import Plan, Situation


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What CP-SAT found."""

    cost: int | None
    bound: float
    proven: bool
    seconds: float


def optimum(problem: Problem, *, seconds: float, workers: int = 1, slots: int | None = None) -> Answer:
    """Minimise the cost exactly; slots limits the visits of one premises (all that could be needed when left out)."""
    model = _Model(problem, slots)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    status = solver.solve(model.model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return Answer(
        cost=round(solver.objective_value) if found else None,
        bound=solver.best_objective_bound,
        proven=status == cp_model.OPTIMAL,
        seconds=solver.wall_time,
    )


class _Model:
    def __init__(self, problem: Problem, slots: int | None) -> None:
        self.p = problem
        self.s = Situation(problem, Plan())
        self.model = cp_model.CpModel()
        self.place: dict[tuple[int, int, int], cp_model.IntVar] = {}  # unit, slot, day; slot -1 is desk work
        self.used: dict[tuple[int, int], dict[int, cp_model.IntVar]] = defaultdict(
            dict
        )  # inspector, day: slot, takes part
        self.minutes: dict[tuple[int, int], list[tuple[int, cp_model.IntVar]]] = defaultdict(list)
        self.visits: list[cp_model.IntVar] = []
        self.of_unit: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        self.slots_of_unit: dict[int, list[int]] = defaultdict(list)
        unserved: list[tuple[int, cp_model.IntVar]] = []
        self.units = [u for u in self.s.units if self.s.allowed_days(u)]
        by_premises: dict[int, list[int]] = defaultdict(list)
        for index, unit in enumerate(self.units):
            by_premises[unit[0].premises].append(index)
        for premises, members in by_premises.items():
            self._premises(premises, members, slots)
        for index, unit in enumerate(self.units):
            served = (
                [v for (u, _, _), v in self.place.items() if u == index]
                if len(self.units) < 60
                else self.of_unit[index]
            )
            left = self.model.new_bool_var("")
            self.model.add(sum(served) + left == 1)
            if any(c.locked for c in unit):
                self.model.add(left == 0)
            unserved.append((sum(problem.unserved_cost(c) for c in unit), left))
        self._inspector_days()
        self.model.minimize(problem.weights.visit * sum(self.visits) + sum(w * v for w, v in unserved))

    def _premises(  # noqa: C901, PLR0912  # One premises' whole model, read from top to bottom.
        self, premises: int, members: list[int], slots: int | None
    ) -> None:
        m, s = self.model, self.s
        onsite = [u for u in members if self.units[u][0].onsite]
        number = min(len(onsite), slots or len(onsite))
        part: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
        for u in members:
            unit = self.units[u]
            for slot in range(number) if unit[0].onsite else (-1,):
                self.slots_of_unit[u].append(slot)
                for day in s.allowed_days(unit):
                    x = m.new_bool_var("")
                    self.place[u, slot, day] = x
                    self.of_unit[u].append(x)
        every_day = sorted({d for u in onsite for d in s.allowed_days(self.units[u])})
        days = dict.fromkeys(range(number), every_day)
        counted_all, counted_by = [], defaultdict(list)
        place = s.premises[premises]
        for slot in range(number):
            on = {d: m.new_bool_var("") for d in days[slot]}
            m.add(sum(on.values()) <= 1)
            self.visits += on.values()
            there = {u: [self.place[u, slot, d] for d in days[slot] if (u, slot, d) in self.place] for u in onsite}
            for u in onsite:
                for d in days[slot]:
                    if (u, slot, d) in self.place:
                        m.add(self.place[u, slot, d] <= on[d])
            self._size(slot, onsite, there, part)
            counted = m.new_bool_var("")
            for u in onsite:
                if any(not c.exempt for c in self.units[u]):
                    m.add(sum(there[u]) <= counted)
            counted_all.append(counted)
            for department, taking in part.items():
                if department[0] == slot:
                    both = m.new_bool_var("")
                    m.add(both >= counted + taking[0] - 1)
                    counted_by[department[1]].append(both)
            part.clear()
        m.add(sum(counted_all) <= place.cap_total)
        for department, visits in counted_by.items():
            m.add(sum(visits) <= max(place.cap_department - s.used.get((premises, department), 0), 0))
        for u in members:
            self._people(premises, u)

    def _size(self, slot: int, onsite: list[int], there: dict, part: dict) -> None:
        m = self.model
        minutes: dict[int, list] = defaultdict(list)
        for u in onsite:
            share: dict[int, int] = defaultdict(int)
            for c in self.units[u]:
                share[c.department] += c.minutes
            over = max(share.values()) > self.p.max_visit_minutes
            if over or any(not c.mergeable for c in self.units[u]):
                for other in onsite:
                    if other != u:
                        m.add(sum(there[u]) + sum(there[other]) <= 1)
            for department, n in share.items():
                taking = part[slot, department] or [m.new_bool_var("")]
                part[slot, department] = taking
                m.add(sum(there[u]) <= taking[0])
                if not over:
                    minutes[department].append(n * sum(there[u]))
        m.add(sum(taking[0] for (k, _), taking in part.items() if k == slot) <= self.p.max_departments)
        for shares in minutes.values():
            m.add(sum(shares) <= self.p.max_visit_minutes)

    def _people(self, premises: int, u: int) -> None:
        m = self.model
        for c in self.units[u]:
            for day in self.s.allowed_days(self.units[u]):
                here = [(k, v) for k in self._slots_of(u) if (v := self.place.get((u, k, day))) is not None]
                able = [i for i in self.p.inspectors if self._able(i, c, day)]
                serving = []
                for inspector in able:
                    a = m.new_bool_var("")
                    serving.append(a)
                    self.minutes[inspector.id, day].append((c.minutes, a))
                    for slot, x in here:
                        if slot >= 0:
                            z = self._takes_part(inspector.id, day, premises, slot)
                            m.add(z >= a + x - 1)
                m.add(sum(serving) == c.inspectors * sum(v for _, v in here))

    def _slots_of(self, u: int) -> list[int]:
        return (
            sorted({k for (w, k, _) in self.place if w == u})
            if len(self.place) < 4000
            else list(range(-1, len(self.units)))
        )

    def _able(self, inspector, c: Check, day: int) -> bool:
        return (
            inspector.department == c.department
            and c.matter in inspector.matters
            and day not in self.s.days_off[inspector.id]
            and (inspector.id, c.premises) not in self.s.recusals
        )

    def _takes_part(self, inspector: int, day: int, premises: int, slot: int) -> cp_model.IntVar:
        key = premises * 1000 + slot
        going = self.used[inspector, day]
        if key not in going:
            going[key] = self.model.new_bool_var("")
        return going[key]

    def _inspector_days(self) -> None:
        m, p = self.model, self.p
        for key in self.minutes.keys() | self.used.keys():
            visits = list(self.used[key].items())
            m.add(sum(z for _, z in visits) <= p.visits_per_inspector_day)
            load = sum(n * a for n, a in self.minutes[key]) + p.visit_overhead * sum(z for _, z in visits)
            m.add(load <= p.day_minutes)
            zones: dict[int, cp_model.IntVar] = {}
            for place, z in visits:
                zone = self.s.premises[place // 1000].zone
                zones.setdefault(zone, m.new_bool_var(""))
                m.add(z <= zones[zone])
            for a, va in zones.items():
                for b, vb in zones.items():
                    if a < b and b not in p.near[a]:
                        m.add(va + vb <= 1)
