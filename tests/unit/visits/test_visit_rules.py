"""Each rule of a visit: where it bites, and where it must not."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from inspect_registry.visits import errors, rules
from inspect_registry.visits.model import Assignment, CheckDraft

DAY = date(2026, 12, 8)


def an_inspector(number: int = 1, **facts) -> Assignment:
    given = {
        "inspector": number,
        "name": f"执法员{number}",
        "department": 7,
        "certificate_from": date(2024, 1, 1),
        "certificate_to": date(2027, 12, 31),
        "matters": frozenset({41, 42}),
    }
    return Assignment(**given | facts)


def a_check(number: int = 1, **facts) -> CheckDraft:
    given = {
        "check": number,
        "department": 7,
        "premises": 3,
        "window_start": date(2026, 12, 1),
        "window_end": date(2026, 12, 31),
    }
    return CheckDraft(**given | facts)


def test_two_different_inspectors_are_enough() -> None:
    rules.enough_inspectors([an_inspector(1), an_inspector(2)], needed=2, minimum=2)


@pytest.mark.parametrize(("people", "needed"), [([1], 2), ([1, 1], 2), ([], 2), ([1, 2], 3), ([1], 1)])
def test_fewer_than_the_law_or_the_matter_asks_are_refused(people: list[int], needed: int) -> None:
    with pytest.raises(errors.TooFewInspectors) as refused:
        rules.enough_inspectors([an_inspector(one) for one in people], needed=needed, minimum=2)
    assert "第四十二条" in refused.value.basis


def certified(**matters: frozenset[int]) -> list:
    return [an_inspector(number, matters=own) for number, own in enumerate(matters.values(), 1)]


def test_different_people_may_go_for_different_matters_of_one_share() -> None:
    people = certified(a=frozenset({41}), b=frozenset({41}), c=frozenset({42}), d=frozenset({42, 43}))
    rules.every_matter_has_its_inspectors(people, {41: 2, 42: 1}, minimum=2)
    for one in people:
        rules.inspector_may_go(one, department=7, day=DAY, matters=[41, 42])


@pytest.mark.parametrize("needed", [{42: 2}, {41: 3}, {41: 2, 43: 1}])
def test_a_matter_for_which_only_one_is_certified_is_refused(needed: dict[int, int]) -> None:
    people = certified(a=frozenset({41}), b=frozenset({41, 42}))
    with pytest.raises(errors.TooFewInspectors, match="1个检查事项"):
        rules.every_matter_has_its_inspectors(people, needed, minimum=2)


def test_an_eligible_inspector_may_go_on_the_first_and_last_day_of_his_certificate() -> None:
    one = an_inspector(certificate_from=DAY, certificate_to=DAY)
    rules.inspector_may_go(one, department=7, day=DAY, matters=[41])


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"department": 8}, "不属于本部门"),
        ({"suspended": True}, "暂扣"),
        ({"certificate_to": DAY - timedelta(days=1)}, "无效"),
        ({"certificate_from": DAY + timedelta(days=1)}, "无效"),
        ({"on_leave": True}, "休假"),
        ({"recused": True}, "回避"),
        ({"matters": frozenset({42})}, "不覆盖本次任何检查事项"),
    ],
)
def test_an_ineligible_inspector_is_refused_with_every_reason(fault: dict, words: str) -> None:
    with pytest.raises(errors.InspectorNotEligible, match=words):
        rules.inspector_may_go(an_inspector(**fault), department=7, day=DAY, matters=[41])


def test_all_obstacles_are_named_at_once() -> None:
    with pytest.raises(errors.InspectorNotEligible, match=r"休假；.*回避"):
        rules.inspector_may_go(an_inspector(on_leave=True, recused=True), department=7, day=DAY, matters=[])


def test_the_window_includes_both_ends() -> None:
    rules.day_fits_every_window(DAY, [a_check(window_start=DAY), a_check(2, window_end=DAY)])
    with pytest.raises(errors.VisitDayNotAllowed, match="待查项2"):
        rules.day_fits_every_window(DAY, [a_check(), a_check(2, window_end=DAY - timedelta(days=1))])


def test_a_quiet_day_holds_off_only_what_is_not_exempt() -> None:
    rules.day_is_open_for_visits(DAY, today=DAY, working=True, quiet=True, exempt=True)
    with pytest.raises(errors.VisitDayNotAllowed, match="安静期"):
        rules.day_is_open_for_visits(DAY, today=DAY, working=True, quiet=True, exempt=False)


@pytest.mark.parametrize(
    ("today", "working", "words"), [(DAY + timedelta(days=1), True, "过去"), (DAY, False, "工作日")]
)
def test_past_and_rest_days_are_refused(today: date, working: bool, words: str) -> None:
    with pytest.raises(errors.VisitDayNotAllowed, match=words):
        rules.day_is_open_for_visits(DAY, today=today, working=working, quiet=False, exempt=True)


def test_checks_of_several_departments_at_one_door_may_share_a_visit() -> None:
    rules.checks_may_share_a_visit([a_check(), a_check(2, department=8)], most_departments=2)
    rules.checks_may_share_a_visit([a_check(announced=False)], most_departments=2)


@pytest.mark.parametrize(
    ("other", "words"),
    [({"premises": 4}, "同一经营场所"), ({"announced": False}, "不预先告知"), ({"department": 9}, "超过上限1个")],
)
def test_another_door_an_unannounced_check_or_too_many_departments_are_kept_apart(other: dict, words: str) -> None:
    with pytest.raises(errors.JointVisitNotAllowed, match=words):
        rules.checks_may_share_a_visit([a_check(), a_check(2, **other)], most_departments=1)


def test_the_lead_is_one_of_the_participants() -> None:
    rules.lead_takes_part(7, [7, 8])
    with pytest.raises(errors.LeadNotTakingPart):
        rules.lead_takes_part(9, [7, 8])


def test_the_lead_has_the_statutory_check_then_the_most_minutes_and_never_depends_on_the_order() -> None:
    parts = [(9, 60, False), (8, 90, False), (7, 30, True)]
    assert {rules.choose_lead(order) for order in permutations(parts)} == {7}
    assert rules.choose_lead([(9, 60, False), (8, 90, False)]) == 8
    assert rules.choose_lead([(9, 40, False), (8, 60, False), (9, 20, False)]) == 8
    assert rules.choose_lead([(5, 1, False)]) == 5


def test_approval_on_the_day_is_in_time_and_a_day_later_is_not() -> None:
    rules.approved_in_time(day=DAY, today=DAY, emergency=False, backfill_due=None)
    with pytest.raises(errors.ApprovalTooLate):
        rules.approved_in_time(day=DAY, today=DAY + timedelta(days=1), emergency=False, backfill_due=None)


def test_an_emergency_is_approved_afterwards_but_only_until_its_due_day() -> None:
    due = DAY + timedelta(days=2)
    rules.approved_in_time(day=DAY, today=due, emergency=True, backfill_due=due)
    with pytest.raises(errors.ApprovalTooLate, match="补办"):
        rules.approved_in_time(day=DAY, today=due + timedelta(days=1), emergency=True, backfill_due=due)


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501, "有\x00字"])
def test_a_reason_without_words_is_refused(reason: str) -> None:
    with pytest.raises(errors.VisitReasonMissing) as refused:
        rules.a_reason_is_given(reason)
    assert refused.value.places[0].field == "reason"


def test_a_reason_is_kept_without_its_blanks() -> None:
    assert rules.a_reason_is_given("  当日人员全部参加应急处置 ") == "当日人员全部参加应急处置"


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_every_rule_says_its_chinese_sentence_and_its_source(rule) -> None:
    sentence, _, source = (rule.__doc__ or "").partition("\n")
    assert sentence.strip().endswith(("。", "；", "理由。"))
    assert any(mark in source for mark in ("《", "国办发", "sample"))
