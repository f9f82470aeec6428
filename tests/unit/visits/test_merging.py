"""From a month to the planner's problem and back, without a planner: caps, certificates, what stands still, clashes."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.planning.problem import Placement, Plan
from inspect_registry.visits.answering import proposals_of
from inspect_registry.visits.asking import problem_of, warm_plan_of
from inspect_registry.visits.month import (
    CapUsed,
    Limits,
    Month,
    Occupied,
    PlannableCheck,
    PlannedInspector,
    PlannedPremises,
    Zone,
)
from inspect_registry.visits.sharing import share

FIRST = date(2026, 12, 1)


def a_check(number: int, **facts) -> PlannableCheck:
    values = {
        "id": number,
        "uid": f"check{number}",
        "department": 7,
        "enterprise": 1,
        "premises": 11,
        "starts": FIRST,
        "ends": date(2026, 12, 31),
        "exempt": False,
        "mandatory": False,
        "matters": [41],
        "minutes": 60,
        "min_inspectors": 2,
        "mergeable": True,
        "announced": True,
        "visit": None,
        "day": None,
        "fixed": False,
        "begun": False,
        "approved": False,
        "inspectors": [],
        "declined": False,
    }
    return PlannableCheck(**values | facts)


def an_inspector(number: int, **facts) -> PlannedInspector:
    values = {
        "id": number,
        "department": 7,
        "valid_from": date(2024, 1, 1),
        "valid_to": date(2027, 1, 1),
        "matters": [41, 42],
        "absent": [],
    }
    return PlannedInspector(**values | facts)


def a_month(*checks: PlannableCheck, **facts) -> Month:
    values = {
        "first": FIRST,
        "last": date(2026, 12, 31),
        "today": date(2026, 11, 20),
        "checks": checks,
        "premises": (PlannedPremises(id=11, enterprise=1, name="一号店", zone=4, open_mask=31),),
        "zones": (Zone(zone=4, near=[9]), Zone(zone=9, near=[9])),
        "inspectors": (an_inspector(71), an_inspector(72)),
        "recusals": (),
        "caps": (),
        "occupied": (),
        "limits": Limits(
            nonwork_days=(date(2026, 12, 5),),
            quiet_days=(date(2026, 12, 1),),
            visits_per_day=4,
            day_minutes=360,
            visit_overhead=40,
            departments_max=5,
            visit_minutes_max=240,
            cap_department=2,
            cap_enterprise=4,
        ),
    }
    return Month(**values | facts)


def placed(
    check: int, *, day: int = 3, visit: int = 1, lead: int = 7, inspectors: tuple[int, ...] = (71, 72)
) -> Placement:
    return Placement(check=check, day=day, visit=visit, inspectors=inspectors, lead=lead)


def test_days_are_counted_from_the_first_and_nearness_becomes_symmetric() -> None:
    problem = problem_of(a_month(a_check(1, starts=date(2026, 12, 3), ends=date(2027, 1, 9))))
    assert (problem.horizon, problem.nonwork_days, problem.quiet_days) == (31, (4,), (0,))
    assert (problem.checks[0].start, problem.checks[0].end) == (2, 30)
    assert problem.near == ((0, 1), (0, 1))
    assert problem.premises[0].zone == 0


def test_only_who_is_certified_for_every_matter_of_a_check_covers_it() -> None:
    month = a_month(
        a_check(1, matters=[41, 42]), a_check(2, matters=[41]), inspectors=(an_inspector(71, matters=[41]),)
    )
    problem = problem_of(month)
    by_check = {check.id: check.matter for check in problem.checks}
    assert set(problem.inspectors[0].matters) == {by_check[2]}


def test_leave_and_an_expiring_certificate_are_off_days() -> None:
    one = an_inspector(71, absent=[date(2026, 12, 10)], valid_to=date(2026, 12, 29))
    problem = problem_of(a_month(a_check(1), inspectors=(one,)))
    assert problem.inspectors[0].off_days == (9, 29, 30)


def test_what_begun_is_past_or_outside_the_month_is_not_asked() -> None:
    month = a_month(
        a_check(1, begun=True, fixed=True, visit=5, day=date(2026, 12, 2)),
        a_check(2, fixed=True, visit=6, day=date(2026, 12, 2)),
        a_check(3, starts=date(2027, 1, 4), ends=date(2027, 1, 8)),
        a_check(4),
        today=date(2026, 12, 7),
    )
    assert [check.id for check in problem_of(month).checks] == [4]


def test_what_stands_is_locked_and_a_declined_check_goes_alone() -> None:
    month = a_month(
        a_check(1, fixed=True, visit=5, day=date(2026, 12, 8), inspectors=[71, 72]), a_check(2, declined=True)
    )
    fixed, declined = problem_of(month).checks
    assert (fixed.locked, fixed.published_day, fixed.mergeable) == (True, 7, True)
    assert (declined.locked, declined.mergeable) == (False, False)
    warm = warm_plan_of(month)
    assert warm is not None
    assert [(one.check, one.day, one.inspectors) for one in warm.placements] == [(1, 7, (71, 72))]


def test_the_rest_of_a_cap_is_shared_among_an_enterprises_places() -> None:
    places = tuple(
        PlannedPremises(id=place, enterprise=1, name="一号店", zone=4, open_mask=31) for place in (11, 12, 13)
    )
    checks = [a_check(place, premises=place) for place in (11, 12, 13)]
    month = a_month(*checks, premises=places, caps=(CapUsed(enterprise=1, department=0, cap=None, used=2),))
    problem = problem_of(month)
    assert [one.cap_total for one in problem.premises] == [1, 1, 0]
    taken = {used.premises: used.count for used in problem.used}
    assert sum(one.cap_department - taken.get(one.id, 0) for one in problem.premises) == 2


def test_an_approved_visit_is_not_counted_against_the_cap_twice_and_an_answered_one_not_for_free() -> None:
    def left(*, approved: bool, used: int) -> int:
        stands = a_check(1, fixed=True, visit=5, day=date(2026, 12, 8), inspectors=[71, 72], approved=approved)
        caps = tuple(CapUsed(enterprise=1, department=who, cap=None, used=used) for who in (0, 7))
        problem = problem_of(a_month(stands, a_check(2), caps=caps))
        (place,) = problem.premises
        return place.cap_department - sum(one.count for one in problem.used)

    assert left(approved=True, used=1) == left(approved=False, used=0) == 2
    assert left(approved=False, used=2) == 1, "what stands there stays, nothing is added"


@given(st.integers(-3, 30), st.lists(st.integers(1, 9), unique=True, min_size=1), st.data())
def test_sharing_loses_nothing_and_gives_nothing_away(amount: int, places: list[int], data) -> None:
    standing = {place: data.draw(st.integers(0, 2)) for place in places}
    shares = share(amount, places, standing)
    assert sum(shares.values()) == max(amount, sum(standing.values()))
    assert all(shares[place] >= standing[place] for place in places)


def test_a_planned_visit_of_two_departments_becomes_one_proposal_with_its_lead_and_people() -> None:
    month = a_month(a_check(1), a_check(2, department=8, exempt=True), a_check(3, minutes=30, matters=[42]))
    plan = Plan(placements=(placed(1), placed(2, inspectors=(81, 82)), placed(3, inspectors=(72, 73))))
    (visit,) = proposals_of(month, plan, {1: [{"kind": "merged"}]}).new
    assert (visit.day, visit.lead, visit.exempt, visit.announced) == (date(2026, 12, 4), 7, False, True)
    seven, eight = visit.parts
    assert (seven.checks, seven.matters, seven.inspectors, seven.minutes) == ((1, 3), (41, 42), (71, 72, 73), 90)
    assert (eight.counted, eight.checks) == (False, (2,))
    assert visit.reasons == ({"kind": "merged"},)


def test_a_visit_found_again_is_kept_and_a_moved_one_is_new() -> None:
    stands = a_check(1, visit=5, day=date(2026, 12, 4), inspectors=[71, 72])
    month = a_month(stands, occupied=(Occupied(premises=11, department=7, day=date(2026, 12, 4), visit=5),))
    assert proposals_of(month, Plan(placements=(placed(1),)), {}).kept == {5}
    moved = proposals_of(month, Plan(placements=(placed(1, day=6),)), {})
    assert (len(moved.new), moved.kept) == (1, frozenset())


def test_a_second_visit_of_one_department_on_one_day_is_a_clash() -> None:
    month = a_month(a_check(1), a_check(2, mergeable=False))
    found = proposals_of(month, Plan(placements=(placed(1), placed(2, visit=2))), {})
    assert (len(found.new), found.clashes) == (1, (2,))
    taken = msgspec.structs.replace(
        month, occupied=(Occupied(premises=11, department=7, day=date(2026, 12, 4), visit=99),)
    )
    assert proposals_of(taken, Plan(placements=(placed(1),)), {}).clashes == (1,)


@pytest.mark.parametrize("fixed", [True, False])
def test_a_fixed_check_is_never_proposed_again(fixed: bool) -> None:
    month = a_month(a_check(1, fixed=fixed, visit=5, day=date(2026, 12, 4), inspectors=[71, 72]))
    found = proposals_of(month, Plan(placements=(placed(1, inspectors=(72, 73)),)), {})
    assert len(found.new) == (0 if fixed else 1)
