"""The compiled core and the plain rule functions agree, move by move, on random plans."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_registry.planning import preferences, rules
from inspect_registry.planning.extraction import leading_department, plan_of
from inspect_registry.planning.keeping import save_best
from inspect_registry.planning.layout import (
    A_TRIAL,
    C_PEOPLE,
    CHECK_WIDTH,
    E_ACTIVE,
    E_BASE,
    ENT_WIDTH,
    KIND_DESK,
    NOWHERE,
    S_DAY,
    SLOT_WIDTH,
    T_DIRTY,
    T_MOVED,
    T_SWITCHES,
    T_UNSERVED,
    T_VISITS,
    U_COUNT,
    U_DAY,
    U_ENT,
    U_FIRST,
    U_KIND,
    U_SLOT,
    UNIT_WIDTH,
    Layout,
)
from inspect_registry.planning.loading import lay_out
from inspect_registry.planning.placing import free_slot, place, remove
from inspect_registry.planning.problem import Placement, Plan, Problem
from inspect_registry.planning.situation import Situation
from inspect_registry.planning.warm import may_stand, people_may_serve
from tests.planner_builders import a_small_district, some_closed


class Walk:
    """A random walk through plans: every proposed move is asked of the core and of the rules."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem = problem
        self.rng = random.Random(seed)
        self.layout: Layout = lay_out(problem)
        self.core = self.layout.core
        self.units = self.core.table("units", UNIT_WIDTH)
        self.checks = self.core.table("checks", CHECK_WIDTH)
        self.asked = {True: 0, False: 0}

    def plan(self) -> Plan:
        self.core.table("dirty")[:] = range(len(self.units))
        self.core.t[T_DIRTY] = len(self.units)
        save_best(*self.core)
        return plan_of(self.problem, self.layout)

    def people_for(self, unit: int) -> list[int]:
        """Mostly colleagues of the right department, sometimes anybody, sometimes somebody twice."""
        people: list[int] = []
        for check in self.members(unit):
            wanted = int(self.checks[check, C_PEOPLE])
            department = self.problem.checks[self.layout.check_rows[check]].department
            pool = [
                k for k, i in enumerate(self.layout.inspector_ids) if i // 100 == department or self.rng.random() < 0.1
            ]
            team = self.rng.sample(pool, min(wanted, len(pool)))
            people += team + [self.rng.choice(pool)] * (wanted - len(team))
        return people

    def members(self, unit: int) -> range:
        return range(self.units[unit, U_FIRST], self.units[unit, U_FIRST] + self.units[unit, U_COUNT])

    def propose(self) -> None:
        waiting = [u for u in range(len(self.units)) if self.units[u, U_DAY] == NOWHERE]
        if not waiting:
            return
        unit = self.rng.choice(waiting)
        ent = self.core.table("ents", ENT_WIDTH)[self.units[unit, U_ENT]]
        slots = self.core.table("active")[ent[E_BASE] : ent[E_BASE] + ent[E_ACTIVE]].tolist()
        slot, day = int(free_slot(self.core.m, self.units[unit, U_ENT])), self.rng.randrange(self.problem.horizon)
        if self.units[unit, U_KIND] == KIND_DESK:
            slot = NOWHERE
        elif slots and self.rng.random() < 0.6:
            slot = self.rng.choice(slots)
            day = int(self.core.table("slots", SLOT_WIDTH)[slot, S_DAY])
        people = self.people_for(unit)
        self.core.table("trial")[: len(people)] = people
        fast = bool(may_stand(*self.core, unit, slot, day) and people_may_serve(*self.core, unit, slot, day))
        self.core.table("trial")[: len(people)] = people
        assert fast == (not rules.violations(self.problem, self.with_unit(unit, slot, day, people))), (
            unit,
            slot,
            day,
            people,
        )
        self.asked[fast] += 1
        if fast:
            place(*self.core, unit, slot, day, int(self.core.m[A_TRIAL]))

    def with_unit(self, unit: int, slot: int, day: int, people: list[int]) -> Plan:
        """Return the present plan with one more unit, its visit's lead named anew."""
        rows = {p.check: p for p in self.plan().placements}
        hosts = [int(self.layout.check_ids[c]) for u in range(len(self.units)) if slot != NOWHERE and self.units[u, U_DAY] != NOWHERE and self.units[u, U_SLOT] == slot for c in self.members(u)]  # fmt: skip
        visit = None if slot == NOWHERE else (rows[hosts[0]].visit if hosts else 10_000)
        for check in self.members(unit):
            wanted = int(self.checks[check, C_PEOPLE])
            team, people = tuple(int(self.layout.inspector_ids[k]) for k in people[:wanted]), people[wanted:]
            ident = int(self.layout.check_ids[check])
            rows[ident] = Placement(check=ident, day=day, visit=visit, inspectors=team)
        situation = Situation(self.problem, Plan(placements=tuple(rows.values())))
        if visit is not None:
            together = [p for p in rows.values() if p.visit == visit]
            lead = leading_department([situation.checks[p.check] for p in together])
            rows |= {
                p.check: Placement(check=p.check, day=p.day, visit=visit, inspectors=p.inspectors, lead=lead)
                for p in together
            }
        return Plan(placements=tuple(rows.values()))

    def take_one_back(self) -> None:
        served = [u for u in range(len(self.units)) if self.units[u, U_DAY] != NOWHERE]
        if served:
            remove(*self.core, self.rng.choice(served))

    def totals_agree(self) -> None:
        situation, t = Situation(self.problem, self.plan()), self.core.t
        weights = self.problem.weights
        unserved = weights.ordinary * preferences.unserved_ordinary(
            situation
        ) + weights.mandatory * preferences.unserved_mandatory(situation)
        assert t[T_VISITS] == preferences.visits(situation)
        assert t[T_UNSERVED] == unserved
        assert t[T_SWITCHES] == preferences.zone_switches(situation)
        assert t[T_MOVED] == preferences.moved(situation)


def walk(seed: int, steps: int = 30) -> Walk:
    problem = a_small_district(seed, checks=14)
    walker = Walk(some_closed(problem, seed) if seed % 2 else problem, seed)
    for _ in range(steps):
        walker.propose()
        if walker.rng.random() < 0.15:
            walker.take_one_back()
    walker.totals_agree()
    return walker


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_every_move_is_judged_alike_and_totals_stay_true(seed: int) -> None:
    walk(seed)


def test_the_walks_meet_both_answers() -> None:
    asked = [walk(seed, steps=60).asked for seed in range(40)]
    assert sum(a[True] for a in asked) > 60
    assert sum(a[False] for a in asked) > 60


@pytest.mark.parametrize("damage", ["caps", "size", "zones", "company"])
def test_a_core_that_forgot_a_rule_would_be_caught(damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant a fault: hide one rule from the plain side, and see the walk fail."""
    forgotten = {"caps": "H10", "size": "H11", "zones": "H9", "company": "H12"}[damage]
    monkeypatch.setattr(rules, "HARD", tuple(rule for rule in rules.HARD if rule.id != forgotten))
    with pytest.raises(AssertionError):
        for seed in range(200):
            walk(seed)
