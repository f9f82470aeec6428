"""Each hard rule broken and kept, with named days and named people."""

import subprocess
import sys

import pytest

from inspect_registry.planning.problem import Plan, Problem, Recusal, Used
from inspect_registry.planning.rules import HARD, HARD_BY_ID, SOFT, violations
from inspect_registry.planning.situation import Situation
from tests.planner_builders import a_check, a_placement, a_plan, a_premises, a_problem, an_inspector

HAIRDRESSER, NEXT_DOOR = 1, 2
ANN, BOB, CAT, DAN = 1, 2, 3, 4


def broken(problem: Problem, plan: Plan) -> set[str]:
    return {v.rule for v in violations(problem, plan)}


SCORER = "inspect_registry.planning.rules, inspect_registry.planning.score"
SOLVER = "inspect_registry.planning.solve"


@pytest.mark.parametrize(("modules", "solves"), [(SCORER, False), (SOLVER, True)], ids=["scorer", "planted: solver"])
def test_the_scorer_is_apart_from_the_solver(modules: str, solves: bool) -> None:
    """What judges a plan loads nothing of what makes it: neither the compiled core nor its arrays."""
    program = f"import {modules}, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    core = {f"inspect_registry.planning.{name}" for name in ("layout", "placing", "anneal", "crew", "compiled")}
    assert bool(core.intersection(loaded)) == ("numba" in loaded) == solves


def two_premises(**changes: object) -> Problem:
    return a_problem(premises=(a_premises(1, zone=0), a_premises(2, zone=2)), **changes)


def a_joint_problem(**changes: object) -> Problem:
    """One check of department 1 and one of department 2 at the same premises."""
    checks = (a_check(1), a_check(2, department=2, matter=21))
    return a_problem(**{"checks": checks, **changes})


def together(day: int = 0, lead: int | None = 1) -> Plan:
    return a_plan(a_placement(1, day=day, lead=lead), a_placement(2, day=day, inspectors=(CAT, DAN), lead=lead))


def apart(first: int = 0, second: int = 1) -> Plan:
    return a_plan(a_placement(1, day=first), a_placement(2, day=second, visit=2, inspectors=(CAT, DAN)))


def test_every_rule_states_its_sentence_and_source() -> None:
    assert [rule.id for rule in HARD] == [f"H{n}" for n in range(1, 14)]
    assert [rule.id for rule in SOFT] == [f"S{n}" for n in range(1, 7)]
    for rule in (*HARD, *SOFT):
        assert rule.sentence
        assert rule.basis


def test_h1_a_check_served_once_is_kept() -> None:
    assert broken(a_problem(), a_plan(a_placement())) == set()


def test_h1_an_unknown_check_and_one_served_twice_are_broken() -> None:
    assert "H1" in broken(a_problem(), a_plan(a_placement(), a_placement(99, visit=2)))
    assert "H1" in broken(a_problem(), a_plan(a_placement(), a_placement(1, day=3, visit=2)))


def test_h2_the_last_day_of_the_window_is_kept() -> None:
    assert broken(a_problem(checks=(a_check(start=2, end=4),)), a_plan(a_placement(day=4))) == set()


@pytest.mark.parametrize("day", [1, 5])
def test_h2_a_day_outside_the_window_is_broken(day: int) -> None:
    assert broken(a_problem(checks=(a_check(start=2, end=4),)), a_plan(a_placement(day=day))) == {"H2"}


def test_h3_a_working_day_is_kept_and_a_holiday_broken() -> None:
    problem = a_problem(nonwork_days=(5, 6))
    assert broken(problem, a_plan(a_placement(day=4))) == set()
    assert broken(problem, a_plan(a_placement(day=5))) == {"H3"}


def test_h4_quiet_days_are_kept_by_exempt_and_desk_checks() -> None:
    assert broken(a_problem(quiet_days=(0,), checks=(a_check(exempt=True),)), a_plan(a_placement())) == set()
    assert broken(a_problem(quiet_days=(0,), checks=(a_check(onsite=False),)), a_plan(a_placement(visit=None))) == set()


def test_h4_an_ordinary_visit_on_a_quiet_day_is_broken() -> None:
    assert broken(a_problem(quiet_days=(0,)), a_plan(a_placement())) == {"H4"}


def test_h5_open_on_tuesday_is_kept_and_closed_on_monday_broken() -> None:
    problem = a_problem(premises=(a_premises(open_weekdays=0b0000010),))
    assert broken(problem, a_plan(a_placement(day=1))) == set()
    assert broken(problem, a_plan(a_placement(day=0))) == {"H5"}


def test_h6_two_departments_at_one_door_are_kept() -> None:
    assert broken(a_joint_problem(), together()) == set()


def test_h6_one_visit_at_two_doors_or_on_two_days_is_broken() -> None:
    problem = two_premises(checks=(a_check(1), a_check(2, premises=2, department=2, matter=21)))
    assert "H6" in broken(problem, together())
    plan = a_plan(a_placement(1, lead=1), a_placement(2, day=1, inspectors=(CAT, DAN), lead=1))
    assert "H6" in broken(a_joint_problem(), plan)


def test_h6_a_check_that_stands_alone_may_not_be_merged() -> None:
    checks = (a_check(1, mergeable=False), a_check(2, department=2, matter=21))
    assert broken(a_problem(checks=checks), together()) == {"H6"}
    assert broken(a_problem(checks=checks), apart()) == set()


def test_h6_a_desk_check_in_a_visit_and_an_on_site_check_without_one_are_broken() -> None:
    assert broken(a_problem(checks=(a_check(onsite=False),)), a_plan(a_placement())) == {"H6"}
    assert broken(a_problem(), a_plan(a_placement(visit=None))) == {"H6"}


def test_h7_a_bundle_is_whole_or_absent() -> None:
    problem = a_joint_problem(checks=(a_check(1, bundle=5), a_check(2, department=2, matter=21, bundle=5)))
    assert broken(problem, together()) == set()
    assert broken(problem, a_plan()) == set()
    assert broken(problem, apart(0, 0)) == {"H7"}
    assert broken(problem, a_plan(a_placement(1))) == {"H7"}


def test_h8_two_certified_colleagues_are_kept() -> None:
    assert broken(a_problem(), a_plan(a_placement(inspectors=(BOB, ANN)))) == set()


@pytest.mark.parametrize("people", [(ANN,), (ANN, ANN), (ANN, BOB, 5), (ANN, CAT), (ANN, 99), (ANN, 6), (ANN, 7)])
def test_h8_wrong_people_are_broken(people: tuple[int, ...]) -> None:
    further = (an_inspector(5), an_inspector(6, matters=(12,)), an_inspector(7, off_days=(0,)))
    problem = a_problem(inspectors=(*a_problem().inspectors, *further))
    assert "H8" in broken(problem, a_plan(a_placement(inspectors=people)))


def test_h8_a_recused_inspector_is_broken_only_at_that_door() -> None:
    problem = a_problem(recusals=(Recusal(inspector=ANN, premises=1),))
    assert broken(problem, a_plan(a_placement())) == {"H8"}
    elsewhere = two_premises(recusals=(Recusal(inspector=ANN, premises=2),))
    assert broken(elsewhere, a_plan(a_placement())) == set()


def a_full_day(count: int, minutes: int = 60, **changes: object) -> tuple[Problem, Plan]:
    """`count` visits of Ann and Bob on one day, each at another door."""
    premises = tuple(a_premises(k, zone=k % 2) for k in range(1, count + 1))
    checks = tuple(a_check(k, premises=k, minutes=minutes) for k in range(1, count + 1))
    return a_problem(premises=premises, checks=checks, **changes), a_plan(
        *(a_placement(k, visit=k) for k in range(1, count + 1))
    )


def test_h9_three_visits_a_day_are_kept_and_four_broken() -> None:
    assert broken(*a_full_day(3)) == set()
    assert broken(*a_full_day(4)) == {"H9"}


def test_h9_minutes_count_the_overhead_of_each_visit() -> None:
    assert broken(*a_full_day(3, minutes=110)) == set()  # 3 × (110 + 30) = 420
    assert broken(*a_full_day(3, minutes=111)) == {"H9"}


def test_h9_several_checks_in_one_visit_cost_one_overhead() -> None:
    checks = (a_check(1, minutes=170), a_check(2, minutes=170))
    plan = a_plan(a_placement(1), a_placement(2))
    assert broken(a_problem(checks=checks, day_minutes=370, max_visit_minutes=400), plan) == set()
    assert broken(a_problem(checks=checks, day_minutes=369, max_visit_minutes=400), plan) == {"H9"}


def test_h9_desk_minutes_count_too() -> None:
    checks = (a_check(1, minutes=300), a_check(2, minutes=120, onsite=False))
    plan = a_plan(a_placement(1), a_placement(2, visit=None))
    assert broken(a_problem(checks=checks, max_visit_minutes=400), plan) == {"H9"}


def test_h9_zones_of_one_day_are_pairwise_near() -> None:
    premises = (a_premises(1, zone=0), a_premises(2, zone=1), a_premises(3, zone=2))
    checks = tuple(a_check(k, premises=k) for k in (1, 2, 3))
    near = a_plan(a_placement(1), a_placement(2, visit=2))
    far = a_plan(a_placement(1), a_placement(3, visit=2))
    assert broken(a_problem(premises=premises, checks=checks), near) == set()
    assert broken(a_problem(premises=premises, checks=checks), far) == {"H9"}


def test_h10_total_cap_counts_visits_with_a_check_that_is_not_exempt() -> None:
    once = (a_premises(cap_total=1),)
    assert broken(a_joint_problem(premises=once), together()) == set()
    assert broken(a_joint_problem(premises=once), apart()) == {"H10"}
    exempt = (a_check(1), a_check(2, department=2, matter=21, exempt=True))
    assert broken(a_problem(premises=once, checks=exempt), apart()) == set()


def test_h10_department_cap_less_what_is_used() -> None:
    checks = (a_check(1), a_check(2))
    plan = a_plan(a_placement(1), a_placement(2, day=1, visit=2))
    assert broken(a_problem(checks=checks, premises=(a_premises(cap_department=2),)), plan) == set()
    used = (Used(premises=1, department=1, count=1),)
    assert broken(a_problem(checks=checks, premises=(a_premises(cap_department=2),), used=used), plan) == {"H10"}


def test_h11_departments_in_one_visit_are_limited() -> None:
    assert broken(a_joint_problem(max_departments=2), together()) == set()
    assert broken(a_joint_problem(max_departments=1), together()) == {"H11"}


def test_h11_minutes_of_a_department_are_limited_but_one_long_check_may_stand_alone() -> None:
    two = a_plan(a_placement(1), a_placement(2))
    assert broken(a_problem(checks=(a_check(1, minutes=90), a_check(2, minutes=90))), two) == set()
    assert broken(a_problem(checks=(a_check(1, minutes=90), a_check(2, minutes=91))), two) == {"H11"}
    assert broken(a_problem(checks=(a_check(1, minutes=200),)), a_plan(a_placement())) == set()
    long_and_joint = (a_check(1, minutes=200), a_check(2, department=2, matter=21))
    assert broken(a_problem(checks=long_and_joint), together()) == {"H11"}


def test_h12_a_locked_check_stands_on_its_day() -> None:
    problem = a_problem(checks=(a_check(published_day=3, locked=True),))
    assert broken(problem, a_plan(a_placement(day=3))) == set()
    assert broken(problem, a_plan(a_placement(day=4))) == {"H12"}
    assert broken(problem, a_plan()) == {"H12"}


def test_h12_nobody_joins_what_was_promised_in_just_this_company() -> None:
    promised = a_check(1, closed=True)
    assert broken(a_problem(checks=(promised,)), a_plan(a_placement())) == set()
    assert broken(a_problem(checks=(promised, a_check(2, department=2, matter=21))), together()) == {"H12"}
    company = (a_check(1, closed=True, bundle=5), a_check(2, department=2, matter=21, closed=True, bundle=5))
    assert broken(a_problem(checks=company), together()) == set()


@pytest.mark.parametrize(("lead", "expected"), [(1, set()), (2, set()), (None, {"H13"}), (7, {"H13"})])
def test_h13_a_joint_visit_has_a_lead_that_takes_part(lead: int | None, expected: set[str]) -> None:
    assert broken(a_joint_problem(), together(lead=lead)) == expected


def test_h13_one_visit_has_one_lead() -> None:
    plan = a_plan(a_placement(1, lead=1), a_placement(2, inspectors=(CAT, DAN), lead=2))
    assert broken(a_joint_problem(), plan) == {"H13"}


def test_a_violation_names_the_checks_and_says_so_in_chinese() -> None:
    (violation,) = violations(a_problem(nonwork_days=(0,)), a_plan(a_placement()))
    assert violation.checks == (1,)
    assert violation.visit == 1
    assert "非工作日" in violation.detail
    assert HARD_BY_ID["H3"].sentence == "非工作日不安排检查"


def soft(problem: Problem, plan: Plan) -> dict[str, float]:
    situation = Situation(problem, plan)
    return {rule.id: rule.amount(situation) for rule in SOFT}


def test_s1_to_s3_count_visits_and_what_is_left() -> None:
    checks = (a_check(1), a_check(2), a_check(3, mandatory=True))
    amounts = soft(a_problem(checks=checks), a_plan(a_placement(1)))
    assert (amounts["S1"], amounts["S2"], amounts["S3"]) == (1, 1, 1)


def test_s2_leaves_out_checks_without_any_allowed_day() -> None:
    problem = a_problem(nonwork_days=(5, 6), checks=(a_check(1, start=5, end=6), a_check(2)))
    assert soft(problem, a_plan())["S2"] == 1


def test_s4_counts_zones_beyond_the_first_of_each_persons_day() -> None:
    premises = (a_premises(1, zone=0), a_premises(2, zone=1))
    problem = a_problem(premises=premises, checks=(a_check(1), a_check(2, premises=2)))
    assert soft(problem, a_plan(a_placement(1), a_placement(2, visit=2)))["S4"] == 2
    assert soft(problem, a_plan(a_placement(1), a_placement(2, day=1, visit=2)))["S4"] == 0


def test_s5_counts_published_checks_on_other_days() -> None:
    problem = a_problem(checks=(a_check(1, published_day=2), a_check(2)))
    assert soft(problem, a_plan(a_placement(1, day=2), a_placement(2)))["S5"] == 0
    assert soft(problem, a_plan(a_placement(1, day=3), a_placement(2)))["S5"] == 1


def test_s6_is_zero_when_colleagues_work_alike() -> None:
    people = (an_inspector(1), an_inspector(2), an_inspector(3), an_inspector(4))
    problem = a_problem(inspectors=people, checks=(a_check(1), a_check(2)))
    assert soft(problem, a_plan(a_placement(1), a_placement(2, visit=2, inspectors=(3, 4))))["S6"] == 0
    assert soft(problem, a_plan(a_placement(1)))["S6"] == 1
