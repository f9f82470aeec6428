"""What-ifs change what they name and nothing else; comparisons count what differs and nothing else."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.planning.problem import Placement, Plan
from inspect_registry.visits.asking import problem_of
from inspect_registry.visits.differences import (
    PlaceKind,
    differences_of,
    disturbed_days,
    figures_of,
    loads_of_both,
    places_of,
    served_lines,
)
from inspect_registry.visits.errors import ScenarioUnsound
from inspect_registry.visits.loads import loads_of
from inspect_registry.visits.month import CapUsed
from inspect_registry.visits.run_rows import LoadRow, PlannedCheckRow, Purpose, RunRow, UnservedLine
from inspect_registry.visits.scenario import IMAGINED, MoreInspectors, Scenario, afresh, alone, imagined, told
from tests.unit.visits.test_merging import a_check, a_month, an_inspector, placed

DEPARTMENTS = {"seven": 7, "eight": 8}


def test_nothing_imagined_is_the_month_itself() -> None:
    month = a_month(a_check(1))
    assert imagined(month, Scenario(), DEPARTMENTS) == month
    assert told(Scenario(), {}) == "条件不变"


def test_more_inspectors_are_certified_for_what_their_department_checks_and_there_every_day() -> None:
    month = a_month(a_check(1, matters=[41, 42]), a_check(2, department=8))
    more = Scenario(
        more_inspectors=(MoreInspectors(department="seven", count=2), MoreInspectors(department="eight", count=1))
    )
    added = imagined(month, more, DEPARTMENTS).inspectors[len(month.inspectors) :]
    assert [(one.department, sorted(one.matters)) for one in added] == [(7, [41, 42])] * 2 + [(8, [41])]
    assert len({one.id for one in added}) == 3
    assert all(one.id >= IMAGINED for one in added)
    assert told(more, {"seven": "市监", "eight": "消防"}) == "市监增加2名执法人员；消防增加1名执法人员"


def test_quiet_days_are_replaced() -> None:
    month = imagined(a_month(a_check(1)), Scenario(quiet_days=(7, 7, 3)), DEPARTMENTS)
    assert month.limits.quiet_days == (date(2026, 12, 3), date(2026, 12, 7))
    assert imagined(month, Scenario(quiet_days=()), DEPARTMENTS).limits.quiet_days == ()
    assert told(Scenario(quiet_days=()), {}) == "不设安静期"


def test_a_quiet_day_that_the_month_does_not_have_is_refused() -> None:
    december = a_month(a_check(1))
    last = imagined(december, Scenario(quiet_days=(31,)), DEPARTMENTS)
    assert last.limits.quiet_days == (date(2026, 12, 31),)
    november = msgspec.structs.replace(december, first=date(2026, 11, 1), last=date(2026, 11, 30))
    with pytest.raises(ScenarioUnsound, match="2026年11月没有31日") as caught:
        imagined(november, Scenario(quiet_days=(30, 31)), DEPARTMENTS)
    assert [place.text for place in caught.value.places] == ["31"]


@pytest.mark.parametrize("department", ["nobody", "eight"])
def test_a_department_without_checks_cannot_be_helped(department: str) -> None:
    with pytest.raises(ScenarioUnsound):
        imagined(
            a_month(a_check(1)),
            Scenario(more_inspectors=(MoreInspectors(department=department, count=1),)),
            DEPARTMENTS,
        )


def test_afresh_frees_everything_and_gives_back_what_this_month_used_up() -> None:
    stands = a_check(1, fixed=True, visit=5, day=date(2026, 12, 8), inspectors=[71, 72], approved=True, declined=True)
    caps = tuple(CapUsed(enterprise=1, department=who, cap=None, used=2) for who in (0, 7))
    fresh = afresh(a_month(stands, caps=caps, today=date(2026, 12, 20)), today=date(2026, 12, 1))
    (check,) = fresh.checks
    assert (check.visit, check.day, check.fixed, check.declined, check.inspectors) == (None, None, False, False, [])
    assert [cap.used for cap in fresh.caps] == [1, 1]
    assert problem_of(fresh).nonwork_days == (4,), "days that are past are open again"
    assert alone(fresh).limits.departments_max == 1


def row(check: int, day: int, knock: int | None, department: str = "市监", premises: int = 11) -> PlannedCheckRow:
    return PlannedCheckRow(
        check=check, premises=premises, premises_uid=f"p{premises}", enterprise=f"店{premises}", department=7,
        short_name=department, day=date(2026, 12, day), knock=knock, inspectors=[71, 72],
    )  # fmt: skip


def kinds(before: list[PlannedCheckRow], after: list[PlannedCheckRow]) -> list[PlaceKind]:
    return [line.kind for line in places_of(before, after)]


def test_places_are_told_by_what_became_of_their_visits() -> None:
    both = [row(1, 3, 1), row(2, 3, 1, "消防")]
    assert kinds(both, both) == []
    assert kinds(both, [row(1, 3, 8), row(2, 3, 8, "消防")]) == [], "numbers of visits mean nothing"
    assert kinds(both, [row(1, 4, 1), row(2, 4, 1, "消防")]) == [PlaceKind.MOVED]
    assert kinds(both, [row(1, 3, 1), row(2, 5, 2, "消防")]) == [PlaceKind.MORE]
    assert kinds([row(1, 3, 1), row(2, 5, 2)], both) == [PlaceKind.FEWER]
    assert kinds(both, [row(1, 3, 1), row(3, 3, 1, "消防")]) == [PlaceKind.REGROUPED]
    assert kinds(both, []) == [PlaceKind.FEWER]
    assert kinds([row(1, 3, None)], [row(1, 9, None)]) == [], "desk work knocks on no door"
    (line,) = places_of(both, [])
    assert (line.before[0].departments, line.before[0].checks, line.after) == (["市监", "消防"], 2, [])


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 28), st.integers(1, 4)), unique_by=lambda one: one[0]))
def test_a_plan_does_not_differ_from_itself_in_another_order(rows: list[tuple[int, int, int]]) -> None:
    day_of = {knock: day for _, day, knock in rows}
    plan = [row(check, day_of[knock], knock, premises=knock) for check, _, knock in rows]
    back = list(reversed(plan))
    assert places_of(plan, back) == []
    found = differences_of(plan, back)
    assert (found.moved, found.dropped, found.added, found.regrouped) == ((), (), (), ())


def line(check: str, *, mandatory: bool = False, department: int = 7) -> UnservedLine:
    return UnservedLine(
        check=check, department="市监", department_id=department, enterprise="店", matters=["事项"], mandatory=mandatory,
        rules=["H8"], sentence="人员不足", remedy="增加人员",
    )  # fmt: skip


def run(visits: int, naive: int, *unserved: UnservedLine, **measures: int) -> RunRow:
    return RunRow(
        uid="run", month=date(2026, 12, 1), purpose=Purpose.MERGE, scenario=Scenario(), seed=0, effort=0, checks=9, visits=visits,
        naive_visits=naive, unserved=list(unserved), measures=measures, changes=[], created_at=datetime(2026, 11, 20, tzinfo=UTC),
    )  # fmt: skip


def test_figures_say_what_is_better_and_leave_out_what_one_run_did_not_count() -> None:
    first, second = (
        run(10, 15, line("a"), line("b", mandatory=True), joint_visits=3),
        run(8, 0, line("a"), joint_visits=4),
    )
    told_ = {one.key: one for one in figures_of(first, second, (9, 9))}
    assert "avoided" not in told_
    assert (told_["visits"].before, told_["visits"].after, told_["visits"].better) == (10, 8, True)
    assert told_["unserved_mandatory"].better is True
    assert told_["joint_visits"].better is None
    assert told_["disturbed_days"].better is None
    counted = {one.key: one for one in figures_of(first, run(9, 15), (9, 9))}
    assert (counted["avoided"].before, counted["avoided"].after, counted["avoided"].better) == (5, 6, True)


def test_served_checks_are_those_that_only_one_run_leaves_out() -> None:
    first, second = run(1, 1, line("a"), line("b"), line("c", department=8)), run(1, 1, line("b"))
    assert [one.check for one in served_lines(first, second, None)] == ["a", "c"]
    assert [one.check for one in served_lines(first, second, 7)] == ["a"]
    assert served_lines(second, first, None) == []


def test_loads_stand_side_by_side_and_nobody_is_no_percentage() -> None:
    first = [LoadRow(department=7, short_name="市监", booked=50, available=200, visits=3)]
    second = [
        LoadRow(department=8, short_name="消防", booked=0, available=0, visits=0),
        LoadRow(department=7, short_name="市监", booked=100, available=200, visits=5),
    ]
    seven, eight = loads_of_both(first, second)
    assert (seven.department, seven.before, seven.after, seven.visits_after) == ("市监", 25.0, 50.0, 5)
    assert (eight.department, eight.before, eight.after) == ("消防", None, None)


def test_disturbed_days_count_a_place_once_a_day() -> None:
    assert disturbed_days([row(1, 3, 1), row(2, 3, 2), row(3, 4, 3), row(4, 4, None), row(5, 3, 4, premises=12)]) == 3


def test_load_counts_minutes_of_everybody_and_the_overhead_of_each_visit_once() -> None:
    month = a_month(a_check(1), a_check(2, minutes=30), inspectors=(an_inspector(71), an_inspector(72)))
    problem = problem_of(month)
    together = Plan(placements=(placed(1), placed(2)))
    (seven,) = loads_of(problem, together)
    assert seven.booked == 2 * (60 + 30) + 2 * problem.visit_overhead
    assert seven.visits == 1
    apart = Plan(placements=(placed(1), placed(2, day=6, visit=2)))
    assert loads_of(problem, apart)[0].booked == seven.booked + 2 * problem.visit_overhead
    desk = Plan(placements=(Placement(check=1, day=3, visit=None, inspectors=(71, 72), lead=None),))
    assert loads_of(problem, desk)[0].booked == 120
    days = problem.horizon - len(problem.nonwork_days)
    assert seven.available == 2 * days * problem.day_minutes


def test_a_scenario_survives_its_way_through_the_database() -> None:
    scenario = Scenario(merging=False, quiet_days=(1,), more_inspectors=(MoreInspectors(department="x", count=2),))
    assert msgspec.convert(msgspec.to_builtins(scenario), Scenario) == scenario
    assert msgspec.to_builtins(Scenario()) == {}
