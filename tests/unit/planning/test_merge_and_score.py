"""The exact merging of one premises and the measures, against brute force."""

import random
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.planner.exact import optimum
from inspect_registry.planning.bounds import stabbing_bound
from inspect_registry.planning.loading import lay_out
from inspect_registry.planning.merge import Span, fewest_days, most_checks, span_of
from inspect_registry.planning.problem import Plan, Used
from inspect_registry.planning.score import floor_of, measure
from inspect_registry.planning.situation import Situation
from inspect_registry.planning.tightbound import tight_bound
from tests.planner_builders import a_check, a_placement, a_plan, a_premises, a_problem, a_small_district, an_inspector

DAYS = 8


def spans_of(rng: random.Random, quiet: frozenset[int]) -> list[tuple[Span, frozenset[int]]]:
    """Random spans with the sets of their allowed days."""
    made = []
    for _ in range(rng.randint(1, 6)):
        start = rng.randrange(DAYS)
        window = range(start, min(DAYS, start + rng.randint(1, 5)))
        exempt = rng.random() < 0.4
        days = frozenset(d for d in window if exempt or d not in quiet)
        if days:
            loud = max((d for d in days if d not in quiet), default=-1)
            span = Span(
                start=min(days),
                end=max(days),
                last_loud=loud,
                exempt=exempt,
                checks=rng.randint(1, 3),
                mergeable=True,
                departments=frozenset({1}),
            )
            made.append((span, days))
    return made


@settings(max_examples=150)
@given(st.integers(0, 10**6))
def test_fewest_days_is_what_trying_every_set_of_days_finds(seed: int) -> None:
    rng = random.Random(seed)
    quiet = frozenset(d for d in range(DAYS) if rng.random() < 0.35)
    rows = spans_of(rng, quiet)
    tried = next(
        n
        for n in range(DAYS + 1)
        for chosen in combinations(range(DAYS), n)
        if all(days & set(chosen) for _, days in rows)
    )
    assert fewest_days([span for span, _ in rows], quiet) == tried


@settings(max_examples=150)
@given(st.integers(0, 10**6), st.integers(0, 4))
def test_most_checks_is_what_trying_every_set_of_days_finds(seed: int, cap: int) -> None:
    rows = spans_of(random.Random(seed), frozenset())
    tried = max(
        sum(span.checks for span, days in rows if days & set(chosen))
        for chosen in combinations(range(DAYS), min(cap, DAYS))
    )
    assert most_checks([span for span, _ in rows], cap) == tried


def floor(problem: object) -> tuple[int, int, int]:
    found = floor_of(Situation(problem, Plan()))  # type: ignore[arg-type]
    return found.lb_visits, found.forced_unserved, found.impossible


def test_checks_that_stand_alone_are_visits_of_their_own_in_the_bound() -> None:
    checks = (a_check(1), a_check(2), a_check(3, mergeable=False), a_check(4, onsite=False))
    assert floor(a_problem(checks=checks)) == (2, 0, 0)


def test_caps_alone_force_checks_out() -> None:
    checks = (
        a_check(1, start=0, end=1),
        a_check(2, start=3, end=4),
        a_check(3, start=8, end=9),
        a_check(4, start=8, end=9, exempt=True),
    )
    assert floor(a_problem(checks=checks, premises=(a_premises(cap_total=2),))) == (3, 1, 0)
    used = (Used(premises=1, department=1, count=2),)
    assert floor(a_problem(checks=checks, premises=(a_premises(cap_department=2),), used=used)) == (3, 3, 0)


def test_checks_without_an_allowed_day_are_left_out() -> None:
    assert floor(a_problem(nonwork_days=(5, 6), checks=(a_check(1, start=5, end=6), a_check(2)))) == (1, 0, 1)


def test_a_span_is_tightened_to_allowed_days() -> None:
    s = Situation(a_problem(nonwork_days=(5, 6), quiet_days=(4,), checks=(a_check(start=2, end=6),)), Plan())
    span = span_of(s, s.units[0])
    assert span is not None
    assert (span.start, span.end, span.last_loud) == (2, 3, 3)


def test_cost_weighs_visits_and_unserved_checks() -> None:
    checks = (a_check(1), a_check(2), a_check(3, mandatory=True))
    measures = measure(a_problem(checks=checks), a_plan(a_placement(1)))
    assert (measures.cost, measures.visits, measures.unserved, measures.unserved_mandatory) == (1 + 3 + 30, 1, 2, 1)
    assert measures.cost_ratio == 34.0


def test_the_cost_ratio_is_never_below_one() -> None:
    assert measure(a_problem(), a_plan(a_placement())).cost_ratio == 1.0
    assert measure(a_problem(checks=()), a_plan()).cost_ratio == 1.0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_the_quick_bound_never_exceeds_the_exact_one(seed: int) -> None:
    problem = a_small_district(seed, checks=20)
    assert stabbing_bound(*lay_out(problem).core) <= floor(problem)[0]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_the_tight_bound_never_exceeds_the_proven_optimum(seed: int, tight: bool) -> None:
    problem = a_small_district(seed, checks=9, tight=tight)
    answer = optimum(problem, seconds=20)
    assert answer.proven
    assert answer.cost is not None
    assert floor(problem)[0] <= tight_bound(problem).visits
    assert tight_bound(problem).cost <= answer.cost


def test_the_tight_bound_knows_caps() -> None:
    checks = tuple(a_check(k, start=k, end=k, mandatory=k == 1) for k in range(3))
    bound = tight_bound(a_problem(checks=checks, premises=(a_premises(cap_total=1),)))
    assert (bound.visits, bound.caps, bound.cost) == (3, 4, 7)


def test_the_tight_bound_knows_the_size_of_visits() -> None:
    checks = tuple(a_check(k, minutes=100) for k in range(3))
    assert tight_bound(a_problem(checks=checks)).visits == 2


def test_the_tight_bound_knows_peoples_time_in_every_stretch_of_days() -> None:
    premises = tuple(a_premises(k) for k in range(6))
    checks = tuple(a_check(k, premises=k, start=2, end=3, minutes=180) for k in range(6))
    assert (
        tight_bound(a_problem(premises=premises, checks=checks)).people == 4.0
    )  # Four of six find two days of two people.


def test_the_tight_bound_adds_what_caps_and_what_people_force_elsewhere() -> None:
    """Six premises short of people as above; a seventh, of another department, may be visited once and not twice."""
    premises = (*(a_premises(k) for k in range(6)), a_premises(6, cap_total=1))
    short = tuple(a_check(k, premises=k, start=2, end=3, minutes=180) for k in range(6))
    capped = tuple(a_check(10 + d, premises=6, department=2, matter=21, start=d, end=d) for d in (0, 4))
    bound = tight_bound(a_problem(premises=premises, checks=(*short, *capped)))
    assert (bound.visits, bound.caps, bound.people) == (8, 2, 4.0)
    assert bound.cost == 8 + 2 + 4
    # Where the capped premises are the ones short of people, the same checks are not paid for twice.
    together = tight_bound(a_problem(premises=(a_premises(0, cap_total=1),), checks=short[:1] + tuple(
        a_check(k, premises=0, start=2, end=3, minutes=180, mergeable=False) for k in range(1, 6)
    )))  # fmt: skip
    assert together.cost == together.visits + together.caps


def test_the_tight_bound_knows_certificates() -> None:
    assert tight_bound(a_problem(inspectors=(an_inspector(1, matters=(12,)), an_inspector(2, matters=(12,))))).cost == 3
