"""What shakes a promised visit, and the guard that no promise is moved without a word."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.visits.asking import problem_of, warm_plan_of
from inspect_registry.visits.errors import VisitMovedSilently
from inspect_registry.visits.month import Month, PlannedRecusal
from inspect_registry.visits.standing import Stood, nothing_moves_silently, with_shaken
from tests.unit.visits.test_merging import a_check, a_month, an_inspector

DAY = date(2026, 12, 8)
PROMISED = {"fixed": True, "visit": 5, "day": DAY, "inspectors": [71, 72]}
PEOPLE = (an_inspector(71), an_inspector(72), an_inspector(73))


def reasons(month: Month) -> set[str]:
    return {check.shaken for check in with_shaken(month).checks}


def test_a_visit_whose_people_and_day_hold_is_left_alone() -> None:
    month = a_month(a_check(1, **PROMISED), inspectors=PEOPLE)
    assert with_shaken(month) is month


@pytest.mark.parametrize(
    ("month", "word"),
    [
        (a_month(a_check(1, **PROMISED), inspectors=(an_inspector(71, absent=[DAY]), an_inspector(72))), "12月8日请假"),
        (a_month(a_check(1, **PROMISED), inspectors=(an_inspector(71),)), "没有有效的执法证件"),
        (
            a_month(
                a_check(1, **PROMISED), inspectors=(an_inspector(71, valid_to=date(2026, 12, 7)), an_inspector(72))
            ),
            "没有有效的执法证件",
        ),
        (a_month(a_check(1, **PROMISED), inspectors=(an_inspector(71, matters=[42]), an_inspector(72))), "不再覆盖"),
        (
            a_month(a_check(1, **PROMISED), inspectors=PEOPLE, recusals=(PlannedRecusal(inspector=72, premises=11),)),
            "回避",
        ),
        (a_month(a_check(1, **PROMISED, ends=date(2026, 12, 7)), inspectors=PEOPLE), "不再在时间窗内"),
        (a_month(a_check(1, **(PROMISED | {"day": date(2026, 12, 5)})), inspectors=PEOPLE), "非工作日"),
        (a_month(a_check(1, **(PROMISED | {"day": date(2026, 12, 1)})), inspectors=PEOPLE), "安静期"),
    ],
)
def test_what_cannot_be_kept_is_planned_anew_with_its_reason(month: Month, word: str) -> None:
    (reason,) = reasons(month)
    assert word in reason
    (check,) = problem_of(with_shaken(month)).checks
    assert not check.locked
    assert check.published_day is not None, "it stays as near to the promised day as possible"
    assert warm_plan_of(with_shaken(month)) is not None


def test_one_check_shakes_the_whole_visit_and_no_other() -> None:
    month = a_month(
        a_check(1, **PROMISED),
        a_check(2, **(PROMISED | {"inspectors": [73]})),
        a_check(3, **(PROMISED | {"visit": 6, "inspectors": [73]})),
        inspectors=(an_inspector(71, absent=[DAY]), *PEOPLE[1:]),
    )
    shaken = {check.id: bool(check.shaken) for check in with_shaken(month).checks}
    assert shaken == {1: True, 2: True, 3: False}


def test_what_has_begun_or_is_past_is_never_shaken() -> None:
    away = (an_inspector(71, absent=[DAY]), an_inspector(72))
    begun = a_month(a_check(1, **PROMISED, begun=True), inspectors=away)
    past = a_month(a_check(1, **PROMISED), inspectors=away, today=date(2026, 12, 9))
    assert reasons(begun) == reasons(past) == {""}


def stood(number: int, day: date = DAY, *, live: bool = True) -> Stood:
    return Stood(id=number, uid=f"visit{number}", day=day, live=live)


def test_a_promise_that_stands_or_was_told_is_in_order() -> None:
    nothing_moves_silently([stood(1), stood(2)], [stood(1), stood(2, live=False)], told=[2])
    nothing_moves_silently([stood(3, live=False)], [], told=[])


@pytest.mark.parametrize("after", [[], [stood(1, date(2026, 12, 9))], [stood(1, live=False)]])
def test_a_promise_that_moved_or_went_without_a_word_is_caught(after: list[Stood]) -> None:
    with pytest.raises(VisitMovedSilently) as caught:
        nothing_moves_silently([stood(1)], after, told=[2])
    assert "visit1" in caught.value.detail


@given(st.dictionaries(st.integers(1, 30), st.sampled_from(["same", "moved", "gone"])), st.sets(st.integers(1, 30)))
def test_exactly_the_untold_changes_are_caught(what: dict[int, str], told: set[int]) -> None:
    before = [stood(number) for number in what]
    after = [
        msgspec.structs.replace(one, day=date(2026, 12, 20)) if what[one.id] == "moved" else one
        for one in before
        if what[one.id] != "gone"
    ]
    silent = {number for number, fate in what.items() if fate != "same"} - told
    try:
        nothing_moves_silently(before, after, told)
        caught = False
    except VisitMovedSilently:
        caught = True
    assert caught == bool(silent)
