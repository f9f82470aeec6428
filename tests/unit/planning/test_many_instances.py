"""The independent scorer finds nothing on random instances of all sizes, loads and quiet-day rules."""

import random

import msgspec
import pytest

from benchmarks.planner.instances import SHARE_OF_DAYS, generate
from inspect_registry.planning.problem import Plan, Problem
from inspect_registry.planning.rules import HARD, violations
from inspect_registry.planning.solve import Effort, solve

SHORT = 16
QUIET = ("none", "first-week", "last-days", "alternate")


def any_instance(number: int) -> Problem:
    """Draw everything that shapes an instance; every eighth is big enough for two searchers."""
    rng = random.Random(f"instance {number}")
    checks = rng.randint(1100, 2500) if number % 8 == 0 else rng.choice((5, 20, 60, 150, 400))
    problem = generate(
        checks=checks,
        load=rng.choice((0.5, 0.85, 1.0, 1.15, 1.3, 2.0)),
        seed=number,
        horizon=rng.choice((14, 30, 60)),
        premises=max(checks // rng.choice((1, 3, 10)), 2),
        quiet=QUIET[number % len(QUIET)],
        zones=rng.choice((1, 3, 12, 80)),
        reading=rng.choice(sorted(SHARE_OF_DAYS)),
    )
    return msgspec.structs.replace(
        problem,
        visits_per_inspector_day=rng.choice((1, 3, 5)),
        day_minutes=rng.choice((300, 420, 480)),
        max_departments=rng.choice((1, 2, 4)),
        max_visit_minutes=rng.choice((90, 240)),
        # Locked checks may exclude each other once people have shorter days; that is refused, and tested elsewhere.
        checks=tuple(msgspec.structs.replace(c, locked=False) if number % 3 else c for c in problem.checks),
    )


def lawful(number: int) -> Plan:
    """Plan the instance whichever way its number says, and return the plan without violations."""
    problem = any_instance(number)
    if number % 3 == 0:
        problem = msgspec.structs.replace(problem, visits_per_inspector_day=5, day_minutes=420)
    plan = solve(problem, effort=Effort.of(2500 if number % 8 == 0 else 300), seed=number, explained=False).plan
    assert violations(problem, plan) == []
    return plan


@pytest.mark.parametrize("number", range(SHORT))
def test_random_instances_get_lawful_plans(number: int) -> None:
    assert lawful(number).placements


@pytest.mark.long
@pytest.mark.parametrize("first", range(SHORT, 200, 23))
def test_two_hundred_random_instances_get_lawful_plans(first: int) -> None:
    assert sum(len(lawful(number).placements) for number in range(first, min(first + 23, 200))) > 500


def test_a_damaged_plan_of_each_instance_is_caught() -> None:
    """Plant faults: each plan, with one placement moved to the day before the horizon, or given other people."""
    found = set()
    for number in range(1, 8):
        problem, plan = any_instance(number), lawful(number)
        victim, *others = plan.placements
        for damage in ({"day": -1}, {"inspectors": (-7, -8)}, {"visit": 10**6 if victim.visit is None else None}):
            damaged = Plan(placements=(msgspec.structs.replace(victim, **damage), *others))
            broken = {v.rule for v in violations(problem, damaged)}
            assert broken
            found |= broken
        found |= {v.rule for v in violations(problem, Plan(placements=(*plan.placements, victim)))}
    assert {"H1", "H2", "H6", "H8"} <= found <= {rule.id for rule in HARD}
