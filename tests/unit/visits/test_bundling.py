"""Trade bundles: what is bound, what is left apart and why; no check becomes impossible by being bound."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.planning.problem import Plan
from inspect_registry.planning.situation import Situation
from inspect_registry.visits.asking import problem_of
from inspect_registry.visits.bundling import bundled
from inspect_registry.visits.month import Bundle, Month, PlannedPremises
from tests.unit.visits.test_merging import a_check, a_month, an_inspector

CANYIN = Bundle(id=1, name="餐饮一业一查", lead=8, matters=[41, 42])


def with_bundles(month: Month, *bundles: Bundle) -> Month:
    return Month(**{name: getattr(month, name) for name in month.__struct_fields__} | {"bundles": bundles})


def numbers(month: Month) -> dict[int, int]:
    return bundled(month).number_of()


def reason(month: Month) -> str:
    (one,) = bundled(month).unbound
    assert bundled(month).bound == ()
    return one.reason


def test_checks_of_one_place_whose_matters_belong_to_the_bundle_are_bound() -> None:
    month = with_bundles(a_month(a_check(1), a_check(2, department=8, matters=[42]), a_check(3, matters=[43])), CANYIN)
    assert numbers(month) == {1: 0, 2: 0}
    assert {check.id: check.bundle for check in problem_of(month).checks} == {1: 0, 2: 0, 3: None}


def test_other_places_and_single_checks_are_not_bound() -> None:
    places = tuple(PlannedPremises(id=place, enterprise=1, name="店", zone=4, open_mask=127) for place in (11, 12))
    month = a_month(a_check(1), a_check(2, premises=12, department=8, matters=[42]), premises=places)
    assert numbers(with_bundles(month, CANYIN)) == {}


def test_what_must_go_alone_stands_still_or_was_declined_is_not_bound() -> None:
    for facts in (
        {"mergeable": False},
        {"announced": False, "mergeable": False},
        {"declined": True},
        {"onsite": False},
        {"fixed": True, "visit": 5, "day": date(2026, 12, 8), "inspectors": [71, 72]},
        {"shaken": "请假", "visit": 5, "day": date(2026, 12, 8), "inspectors": [71, 72]},
    ):
        month = with_bundles(a_month(a_check(1), a_check(2, department=8, **facts)), CANYIN)
        assert numbers(month) == {}, facts


def test_windows_that_never_meet_on_an_open_day_leave_the_checks_apart_and_say_why() -> None:
    early = a_check(1, ends=date(2026, 12, 3))
    late = a_check(2, department=8, starts=date(2026, 12, 4))
    assert "没有共同的可行日" in reason(with_bundles(a_month(early, late), CANYIN))
    sunday = {"starts": date(2026, 12, 5), "ends": date(2026, 12, 5)}
    assert "没有共同的可行日" in reason(with_bundles(a_month(a_check(1, **sunday), a_check(2, department=8)), CANYIN))


def test_more_departments_than_may_go_together_leave_the_checks_apart() -> None:
    checks = [a_check(number, department=number) for number in range(1, 9)]
    month = with_bundles(a_month(*checks), CANYIN)
    most = month.limits.departments_max
    assert most < 8
    assert f"上限{most}个" in reason(month)


def test_a_check_of_two_bundles_goes_to_the_one_that_binds_more() -> None:
    wide = Bundle(id=2, name="综合体一业一查", lead=7, matters=[41, 42, 43])
    month = a_month(a_check(1), a_check(2, department=8, matters=[42]), a_check(3, department=8, matters=[43]))
    found = bundled(with_bundles(month, CANYIN, wide)).bound
    assert [(one.bundle.name, one.checks) for one in found] == [("综合体一业一查", (1, 2, 3))]


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 28), st.integers(0, 10), st.sampled_from([41, 42, 43])), max_size=8
    )
)
def test_a_bound_bundle_always_has_an_allowed_day(rows: list[tuple[int, int, int, int]]) -> None:
    checks = [
        a_check(
            number,
            department=department,
            matters=[matter],
            starts=date(2026, 12, start),
            ends=date(2026, 12, min(start + length, 31)),
        )
        for number, (department, start, length, matter) in enumerate(rows, 1)
    ]
    month = with_bundles(a_month(*checks, inspectors=(an_inspector(71), an_inspector(72))), CANYIN)
    if not checks:
        return
    situation = Situation(problem_of(month), Plan())
    for members in situation.bundles.values():
        assert len(members) >= 2
        assert situation.allowed_days(tuple(members))
