"""Two searchers at once: their plans join without breaking a rule, and the result depends on nothing but the input."""

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.planner.instances import generate
from inspect_registry.planning import searchers
from inspect_registry.planning.construction import build
from inspect_registry.planning.extraction import plan_of
from inspect_registry.planning.free import free_row, has_skill, level_of
from inspect_registry.planning.layout import (
    A_HOME,
    C_SKILL,
    CHECK_WIDTH,
    E_COUNTED,
    ENT_WIDTH,
    LEVELS,
    NOWHERE,
    P_COUNTED,
    PAIR_WIDTH,
    R_FIRST,
    R_MINUTES,
    R_VISITS,
    R_WIDTH,
    T_DIRTY,
    T_MOVED,
    T_SWITCHES,
    T_UNSERVED,
    T_VISITS,
    U_DAY,
    UNIT_WIDTH,
    Layout,
)
from inspect_registry.planning.loading import lay_out
from inspect_registry.planning.problem import Problem
from inspect_registry.planning.rules import violations
from inspect_registry.planning.score import measure
from inspect_registry.planning.searchers import TwoSearchers
from inspect_registry.planning.solve import Effort, Trial, solve

WARM, WORK = 300, 2_000_000
RUNNING = (T_VISITS, T_UNSERVED, T_SWITCHES, T_MOVED)


def a_crowded_month(seed: int = 3, checks: int = 1300, premises: int = 500) -> Problem:
    return generate(checks=checks, load=1.3, seed=seed, premises=premises)


def built(problem: Problem) -> Layout:
    layout = lay_out(problem, seed=5, switch_weight=50, minute_weight=48)
    build(layout)
    return layout


def whole_plan(layout: Layout) -> None:
    """Make the present plan the one `plan_of` reads."""
    layout.core.table("dirty")[:] = range(len(layout.core.table("units", UNIT_WIDTH)))
    layout.core.t[T_DIRTY] = len(layout.core.table("dirty"))
    searchers.save_best(*layout.core)


def test_every_join_is_lawful_and_leaves_three_equal_plans() -> None:
    problem = a_crowded_month()
    layout = built(problem)
    two = TwoSearchers(layout.core)
    for temperature in (WARM, 100, 20):
        two.search(WORK, temperature)
        for copy in two.copies:
            for name, width, column in (("units", UNIT_WIDTH, U_DAY), ("ents", ENT_WIDTH, E_COUNTED)):
                assert (copy.table(name, width)[:, column] == layout.core.table(name, width)[:, column]).all()
            served = layout.core.table("units", UNIT_WIDTH)[:, U_DAY] != NOWHERE
            assert served.any()
            assert [copy.t[k] for k in RUNNING] == [layout.core.t[k] for k in RUNNING]
        whole_plan(layout)
        plan = plan_of(problem, layout)
        assert violations(problem, plan) == []
        measures = measure(problem, plan)
        assert (measures.visits, measures.zone_switches) == (layout.core.t[T_VISITS], layout.core.t[T_SWITCHES])
    two.close()


def test_both_searchers_change_the_plan_and_the_best_is_kept() -> None:
    layout = built(a_crowded_month())
    two = TwoSearchers(layout.core)
    before = two.best
    two.trial(WORK, WARM)
    assert all(copy.t[T_DIRTY] > 20 for copy in two.copies)
    two.close()
    two = TwoSearchers(layout.core)
    for _ in range(4):
        two.search(WORK, 50)
    assert two.best < before
    two.close()


def test_each_searcher_keeps_to_his_days_and_caps() -> None:
    layout = built(a_crowded_month())
    two = TwoSearchers(layout.core)
    before = layout.core.table("units", UNIT_WIDTH)[:, U_DAY].copy()
    two.trial(WORK, WARM)
    days = [_changed_days(copy.table("units", UNIT_WIDTH)[:, U_DAY], before) for copy in two.copies]
    assert all(days)
    assert not days[0] & days[1]
    pairs = [copy.table("pairs", PAIR_WIDTH)[:, P_COUNTED] for copy in two.copies]
    base = layout.core.table("pairs", PAIR_WIDTH)[:, P_COUNTED]
    assert not ((pairs[0] > base) & (pairs[1] > base)).any()
    two.close()


def _changed_days(after: npt.NDArray[np.int32], before: npt.NDArray[np.int32]) -> set[int]:
    """Return the days from which, or to which, units have gone."""
    moved = after != before
    return (set(after[moved].tolist()) | set(before[moved].tolist())) - {NOWHERE}


def test_caps_granted_to_both_would_be_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant a fault: both searchers may use up what is left of every cap."""

    def to_both(table: object, cap: int, counted: int, whole: object, granted: object) -> None:
        table[:, cap] = whole  # type: ignore[index]  # The table is an array.

    monkeypatch.setattr(searchers, "_grant", to_both)
    problem = a_crowded_month(premises=130)
    layout = built(problem)
    two = TwoSearchers(layout.core)
    found: set[str] = set()
    for _ in range(12):
        two.search(WORK, 400)
        whole_plan(layout)
        found |= {v.rule for v in violations(problem, plan_of(problem, layout))}
    two.close()
    assert found == {"H10"}


def test_the_same_input_and_effort_give_the_same_plan_however_the_threads_run() -> None:
    problem = a_crowded_month(seed=4)
    first = solve(problem, effort=Effort.of(9000), seed=1)
    assert solve(problem, effort=Effort.of(9000), seed=1).plan == first.plan
    assert solve(problem, effort=Effort.of(9000), seed=2).plan != first.plan


def test_a_trial_leaves_no_trace_and_a_stopped_run_can_be_repeated() -> None:
    problem = a_crowded_month(seed=4)

    def pace(trial: Trial) -> int:
        assert trial() > 0
        return 9000

    looks = iter(range(1000))
    stopped = solve(problem, effort=Effort(units=10**9, course=1), seed=1, pace=pace, stop=lambda: next(looks) >= 6)
    assert stopped.effort.course == 9000
    assert 0 < stopped.effort.units < 9000
    assert solve(problem, effort=stopped.effort, seed=1).plan == stopped.plan


def test_the_sets_of_free_people_say_what_the_rota_says() -> None:
    """After a search, for every inspector, day and level."""
    problem = a_crowded_month()
    layout = built(problem)
    two = TwoSearchers(layout.core)
    two.search(WORK, WARM)
    m, t = layout.core
    people = len(layout.inspector_ids)
    rota = layout.core.table("rota", R_FIRST + R_WIDTH * problem.visits_per_inspector_day)
    badge = layout.core.table("badge")
    seen: set[bool] = set()
    for day in range(problem.horizon):
        for inspector in range(people):
            row = rota[day * people + inspector]
            left = problem.day_minutes - row[R_MINUTES] if row[R_VISITS] < problem.visits_per_inspector_day else -1
            for level in range(t[LEVELS]):
                word = m[free_row(m, t, day, level, m[m[A_HOME] + inspector]) + badge[inspector] // 32]
                is_in = bool(word >> (badge[inspector] % 32) & 1)
                assert is_in == (level <= level_of(t, left)), (day, inspector, level)
                seen.add(is_in)
    assert seen == {True, False}
    two.close()


def test_certificates_are_in_the_sets_of_skills() -> None:
    problem = a_crowded_month(checks=3000)
    layout = lay_out(problem)
    by_id = {i.id: i for i in problem.inspectors}
    checks = layout.core.table("checks", CHECK_WIDTH)
    answers: set[bool] = set()
    for index in range(0, len(checks), 101):
        check = problem.checks[layout.check_rows[index]]
        for k, ident in enumerate(layout.inspector_ids.tolist()):
            person = by_id[ident]
            if person.department == check.department:
                answer = bool(has_skill(layout.core.m, checks[index, C_SKILL], k))
                assert answer == (check.matter in person.matters)
                answers.add(answer)
    assert answers == {True, False}
