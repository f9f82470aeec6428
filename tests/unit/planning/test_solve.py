"""The planner as a whole: lawful, complete, deterministic, as good as the proven optimum where that is known."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.planner.exact import optimum
from benchmarks.planner.instances import generate
from inspect_registry.planning.errors import LockedChecksDoNotFit, PlanningProblemFlawed
from inspect_registry.planning.problem import Problem
from inspect_registry.planning.rules import violations
from inspect_registry.planning.score import measure
from inspect_registry.planning.situation import Situation
from inspect_registry.planning.solve import Effort, Progress, Solution, solve
from inspect_registry.planning.tightbound import tight_bound
from tests.planner_builders import a_check, a_premises, a_problem, a_small_district, an_inspector

LITTLE = Effort.of(40)


def plan(problem: Problem, effort: Effort = LITTLE, seed: int = 0) -> Solution:
    return solve(problem, effort=effort, seed=seed, explained=False)


def test_overlapping_checks_of_two_departments_become_one_visit() -> None:
    checks = (a_check(1, start=0, end=4), a_check(2, department=2, matter=21, start=3, end=8))
    solution = plan(a_problem(checks=checks))
    (visit,) = solution.plan.visits()
    assert visit.checks == (1, 2)
    assert visit.day in (3, 4)
    assert visit.lead in (1, 2)
    assert solution.measures is not None
    assert solution.measures.cost == 1


def test_the_fewest_visits_of_one_premises_stab_all_windows() -> None:
    windows = ((0, 2), (1, 3), (2, 5), (6, 7), (7, 9))
    checks = tuple(a_check(k, start=a, end=b, minutes=20) for k, (a, b) in enumerate(windows, start=1))
    assert len(plan(a_problem(checks=checks)).plan.visits()) == 2


def test_an_impossible_check_is_listed_and_the_rest_planned() -> None:
    solution = plan(a_problem(nonwork_days=(5, 6), checks=(a_check(1, start=5, end=6), a_check(2))))
    assert solution.impossible == (1,)
    assert [p.check for p in solution.plan.placements] == [2]


def test_statutory_checks_come_before_ordinary_ones() -> None:
    people = (an_inspector(1), an_inspector(2))
    premises = tuple(a_premises(k) for k in (1, 2, 3))
    checks = tuple(a_check(k, premises=k, minutes=200, start=0, end=0, mandatory=k == 3) for k in (1, 2, 3))
    solution = plan(a_problem(premises=premises, inspectors=people, checks=checks, day_minutes=300))
    assert [p.check for p in solution.plan.placements] == [3]


def test_a_locked_check_stays_and_draws_others_to_its_day() -> None:
    checks = (a_check(1, published_day=4, locked=True), a_check(2, department=2, matter=21))
    (visit,) = plan(a_problem(checks=checks)).plan.visits()
    assert (visit.day, visit.checks) == (4, (1, 2))


def test_of_plans_of_equal_cost_the_published_day_is_kept() -> None:
    checks = tuple(a_check(k, premises=k, published_day=d) for k, d in ((1, 3), (2, 7)))
    solution = plan(a_problem(premises=(a_premises(1), a_premises(2)), checks=checks))
    assert {p.check: p.day for p in solution.plan.placements} == {1: 3, 2: 7}


def test_locked_checks_that_exclude_each_other_are_refused() -> None:
    checks = tuple(a_check(k, premises=k, minutes=300, published_day=0, locked=True) for k in (1, 2))
    problem = a_problem(premises=(a_premises(1), a_premises(2)), checks=checks)
    with pytest.raises(LockedChecksDoNotFit) as caught:
        plan(problem)
    assert caught.value.places[0].sheet == "items.csv"


def test_a_flawed_problem_is_refused_with_file_row_and_reason() -> None:
    with pytest.raises(PlanningProblemFlawed) as caught:
        plan(a_problem(checks=(a_check(1), a_check(2, premises=99))))
    (place,) = caught.value.places
    assert (place.sheet, place.row, place.column) == ("items.csv", 3, "ent")
    assert "99" in place.message


def test_an_empty_problem_has_an_empty_plan() -> None:
    assert plan(a_problem(checks=())).plan.placements == ()


UNUSUAL = {
    "nobody works": a_problem(inspectors=()),
    "nothing at all": a_problem(premises=(), checks=(), inspectors=()),
    "no visits a day": a_problem(visits_per_inspector_day=0, checks=(a_check(1), a_check(2, onsite=False))),
    "large identities": a_problem(premises=(a_premises(2**40),), checks=(a_check(2**45, premises=2**40),)),
    "a department without people": a_problem(checks=(a_check(1, department=-3),)),
    "sixty checks of no minutes": a_problem(checks=tuple(a_check(k, minutes=0) for k in range(60))),
    "a window without end": a_problem(checks=(a_check(1, start=-50, end=10**9),)),
    "a bundle of too many departments": a_problem(
        max_departments=1, checks=(a_check(1, bundle=1), a_check(2, bundle=1, department=2, matter=21))
    ),
    "every check over the limit of a visit": a_problem(max_visit_minutes=0, checks=(a_check(1), a_check(2))),
    "one day": a_problem(horizon=1, checks=(a_check(1, start=0, end=0),)),
}


@pytest.mark.parametrize("name", sorted(UNUSUAL))
def test_unusual_problems_get_lawful_plans_with_reasons(name: str) -> None:
    problem = UNUSUAL[name]
    solution = solve(problem, effort=LITTLE)
    assert violations(problem, solution.plan) == []
    assert solution.measures is not None
    assert solution.reasons is not None
    assert len(solution.reasons.unserved) == len(problem.checks) - len(solution.plan.placements)
    assert tight_bound(problem).cost <= solution.measures.cost


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000), size=st.integers(1, 40), tight=st.booleans())
def test_no_rule_is_broken_and_nothing_is_lost_or_served_twice(seed: int, size: int, tight: bool) -> None:
    problem = a_small_district(seed, checks=size, tight=tight)
    solution = plan(problem, seed=seed)
    assert violations(problem, solution.plan) == []
    served = Counter(p.check for p in solution.plan.placements)
    assert all(n == 1 for n in served.values())
    unserved = {c.id for c in Situation(problem, solution.plan).unserved}
    assert served.keys() | unserved | set(solution.impossible) == {c.id for c in problem.checks}


@pytest.mark.parametrize("quiet", ["none", "first-week", "last-days", "alternate"])
@pytest.mark.parametrize("load", [0.85, 1.3])
def test_no_rule_is_broken_in_realistic_months(quiet: str, load: float) -> None:
    problem = generate(checks=600, load=load, seed=3, premises=800, quiet=quiet)
    solution = plan(problem, Effort.of(500))
    assert violations(problem, solution.plan) == []


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_same_seed_and_effort_give_the_same_plan(seed: int) -> None:
    problem = a_small_district(seed, checks=25)
    assert plan(problem, seed=seed).plan == plan(problem, seed=seed).plan


def test_an_earlier_stop_is_the_beginning_of_the_same_course() -> None:
    problem = generate(checks=300, seed=1, premises=400)
    looks = iter([False, False, True])
    stopped = solve(problem, effort=Effort.of(8765), seed=5, stop=lambda: next(looks), explained=False)
    assert 0 < stopped.effort.units < 8765
    assert solve(problem, effort=stopped.effort, seed=5, explained=False).plan == stopped.plan


def test_progress_is_told_and_never_gets_worse_than_the_bound() -> None:
    told: list[Progress] = []
    solve(generate(checks=300, seed=1, premises=400), effort=Effort.of(4000), progress=told.append, explained=False)
    assert len(told) > 10
    assert all(p.cost >= p.bound for p in told)
    assert [p.units for p in told] == sorted(p.units for p in told)


def test_at_least_95_of_100_tiny_instances_reach_the_proven_optimum() -> None:
    reached = 0
    for seed in range(40):
        problem = a_small_district(1000 + seed, checks=10, tight=seed % 2 == 0)
        answer = optimum(problem, seconds=10)
        solution = plan(problem, Effort.of(300))
        assert answer.proven
        assert solution.measures is not None
        assert answer.cost is not None
        assert solution.measures.cost >= answer.cost
        reached += solution.measures.cost == answer.cost
    assert reached >= 38


def test_more_effort_is_not_worse_on_a_crowded_month() -> None:
    problem = generate(checks=600, load=1.3, seed=2, premises=800)
    first, later = plan(problem, Effort.of(0)), plan(problem, Effort.of(5000))
    assert first.measures is not None
    assert later.measures is not None
    assert later.measures.cost < first.measures.cost


def without(problem: Problem, check: int) -> Problem:
    return msgspec.structs.replace(problem, checks=tuple(c for c in problem.checks if c.id != check))


def test_a_warm_plan_is_kept_when_nothing_changed() -> None:
    problem = generate(checks=400, seed=4, premises=500)
    before = plan(problem, Effort.of(4000))
    after = solve(problem, warm=before.plan, effort=LITTLE, explained=False)
    assert {p.check: p.day for p in before.plan.placements}.items() <= {
        p.check: p.day for p in after.plan.placements
    }.items()


def test_a_small_change_moves_almost_nothing_else() -> None:
    problem = generate(checks=1000, seed=5, premises=1300)
    before = plan(problem, Effort.of(4000)).plan
    ill = problem.inspectors[0]
    changed = msgspec.structs.replace(
        without(problem, problem.checks[10].id),
        inspectors=tuple(msgspec.structs.replace(i, off_days=(6, 7, 8)) if i is ill else i for i in problem.inspectors),
    )
    after = solve(changed, warm=before, effort=Effort.of(2000), explained=False)
    assert violations(changed, after.plan) == []
    days = {p.check: p.day for p in after.plan.placements}
    others = [p for p in before.placements if not (ill.id in p.inspectors and p.day in (6, 7, 8)) and p.check in days]
    moved = sum(days[p.check] != p.day for p in others)
    assert moved <= 0.005 * len(others)
    assert measure(changed, after.plan).unserved <= measure(problem, before).unserved + 20
