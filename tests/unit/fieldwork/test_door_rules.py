"""Each rule at the door: where it bites, and where it must not."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.fieldwork import errors, rules
from inspect_registry.fieldwork.model import (
    NEEDS_REASON,
    Answer,
    AnswerValue,
    Closing,
    Point,
    Present,
    PresentRole,
    Signature,
)

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


def an_officer(number: int = 1, **facts) -> Present:
    given_facts = {
        "name": f"执法员{number}",
        "role": PresentRole.INSPECTOR,
        "inspector": number,
        "certificate_from": date(2024, 1, 1),
        "certificate_to": date(2027, 1, 1),
    }
    return Present(**given_facts | facts)


HELPER = Present(name="协管员", role=PresentRole.ASSISTANT)
EXPERT = Present(name="检测机构人员", role=PresentRole.THIRD_PARTY)


def a_point(criterion: int, **facts) -> Point:
    given_facts = {
        "criterion": criterion,
        "uid": f"c{criterion}",
        "matter": 1,
        "matter_code": "SCJG-001",
        "matter_name": "食品经营",
        "matter_version": 2,
        "position": criterion,
        "text": f"要点{criterion}",
        "basis": "《食品安全法》第三十三条",
    }
    return Point(**given_facts | facts)


def an_answer(criterion: int, value: AnswerValue = AnswerValue.CONFORMS, reason: str = "") -> Answer:
    return Answer(criterion=criterion, value=value, reason=reason)


def a_closing(**facts) -> Closing:
    given_facts = {
        "started_at": NOW - timedelta(hours=1),
        "ended_at": NOW,
        "signature": Signature.SIGNED,
        "signature_note": "张三(店长)",
    }
    return Closing(**given_facts | facts)


def test_two_certified_inspectors_are_enough_whoever_else_comes() -> None:
    rules.enough_inspectors_present([an_officer(1), HELPER, an_officer(2), EXPERT], minimum=2)


@pytest.mark.parametrize(
    "present",
    [
        [],
        [an_officer(1)],
        [an_officer(1), HELPER],
        [an_officer(1), EXPERT, HELPER],
        [HELPER, EXPERT],
        [an_officer(1)] * 2,
    ],
)
def test_assistants_third_parties_and_the_same_person_twice_never_make_two(present: list[Present]) -> None:
    with pytest.raises(errors.TooFewInspectorsPresent) as refused:
        rules.enough_inspectors_present(present, minimum=2)
    assert "不计入" in refused.value.detail
    assert [place.field for place in refused.value.places] == ["closing.present"]


@given(st.integers(0, 1), st.lists(st.sampled_from([HELPER, EXPERT]), max_size=20))
def test_no_number_of_helpers_replaces_the_second_inspector(officers: int, others: list[Present]) -> None:
    with pytest.raises(errors.TooFewInspectorsPresent):
        rules.enough_inspectors_present([an_officer(one) for one in range(officers)] + others, minimum=2)


@pytest.mark.parametrize(
    "fault",
    [
        {"active": False},
        {"certificate_to": DAY - timedelta(days=1)},
        {"certificate_from": DAY + timedelta(days=1)},
        {"certificate_to": None},
    ],
)
def test_an_invalid_certificate_is_refused_by_name(fault: dict) -> None:
    with pytest.raises(errors.CertificateNotValid, match="执法员1") as refused:
        rules.certificates_are_valid([an_officer(1, **fault)], DAY)
    assert [(place.field, place.text) for place in refused.value.places] == [("closing.present", "执法员1")]


def test_certificates_are_valid_on_their_last_day_and_helpers_need_none() -> None:
    rules.certificates_are_valid([an_officer(1, certificate_to=DAY), HELPER], DAY)


def test_only_people_whom_the_code_names_inspect() -> None:
    rules.only_named_inspectors([an_officer(1), HELPER], named={1, 2})
    with pytest.raises(errors.InspectorNotNamed, match="执法员3"):
        rules.only_named_inspectors([an_officer(3)], named={1, 2})


def test_without_arrival_a_late_reason_is_needed() -> None:
    rules.arrival_is_confirmed(arrived=True, late_reason="")
    rules.arrival_is_confirmed(arrived=False, late_reason="地下室无网络")
    with pytest.raises(errors.ArrivalNotConfirmed):
        rules.arrival_is_confirmed(arrived=False, late_reason="  ")


def test_the_late_path_ends_after_its_days() -> None:
    rules.late_path_is_in_time(occurred=DAY, today=DAY + timedelta(days=10), longest_days=10)
    with pytest.raises(errors.LatePathExpired):
        rules.late_path_is_in_time(occurred=DAY, today=DAY + timedelta(days=11), longest_days=10)


def test_the_scope_is_locked_to_the_matters_of_the_code() -> None:
    points = [a_point(1), a_point(2)]
    rules.answers_are_in_scope([an_answer(1)], points, known={1, 2, 9})
    with pytest.raises(errors.OutsideScope) as refused:
        rules.answers_are_in_scope([an_answer(1), an_answer(3)], points, known={1, 2, 9})
    assert refused.value.places[0].field == "answers.1.criterion"
    assert "触发事由" in refused.value.remedy


def test_an_old_version_of_a_criterion_is_named_as_such() -> None:
    with pytest.raises(errors.CriterionNotInForce):
        rules.answers_are_in_scope([an_answer(9)], [a_point(1)], known={1, 9})


@pytest.mark.parametrize("value", sorted(NEEDS_REASON))
def test_not_checked_and_not_applicable_need_a_reason(value: AnswerValue) -> None:
    rules.answers_are_complete_in_themselves([an_answer(1, value, "该店无此设备")])
    with pytest.raises(errors.AnswerIncomplete):
        rules.answers_are_complete_in_themselves([an_answer(1, value)])


def test_a_criterion_is_answered_once() -> None:
    with pytest.raises(errors.AnswerIncomplete) as refused:
        rules.answers_are_complete_in_themselves([an_answer(1), an_answer(2), an_answer(1, AnswerValue.FAILS)])
    assert [place.field for place in refused.value.places] == ["answers.0.criterion", "answers.2.criterion"]


@given(st.sets(st.integers(1, 30)), st.sets(st.integers(1, 30)))
def test_exactly_the_open_criteria_are_listed(asked: set[int], answered: set[int]) -> None:
    points = [a_point(one) for one in sorted(asked)]
    missing = sorted(asked - answered)
    if not missing:
        rules.every_point_is_answered([an_answer(one) for one in answered], points)
        return
    with pytest.raises(errors.CriteriaUnanswered) as refused:
        rules.every_point_is_answered([an_answer(one) for one in answered], points)
    assert [place.field for place in refused.value.places] == [f"answers.c{one}" for one in missing]


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"started_at": NOW, "ended_at": NOW - timedelta(minutes=1)}, "ended_at"),
        ({"ended_at": NOW + timedelta(seconds=1)}, "ended_at"),
    ],
)
def test_impossible_times_are_refused_with_their_place(fault: dict, field: str) -> None:
    with pytest.raises(errors.TimeNotPossible) as refused:
        rules.times_are_possible(a_closing(**fault), day=DAY, day_of_start=DAY, now=NOW)
    assert refused.value.places[0].field == f"closing.{field}"


def test_a_check_begins_on_the_day_of_its_code() -> None:
    rules.times_are_possible(a_closing(), day=DAY, day_of_start=DAY, now=NOW)
    with pytest.raises(errors.TimeNotPossible, match="检查日期"):
        rules.times_are_possible(a_closing(), day=DAY, day_of_start=DAY + timedelta(days=1), now=NOW)


def test_a_record_is_signed_or_says_who_saw_the_refusal() -> None:
    rules.record_is_signed(a_closing())
    rules.record_is_signed(a_closing(signature=Signature.REFUSED, signature_note="负责人不在，录像2026-33，见证人李四"))
    for fault in ({"signature_note": ""}, {"signature": Signature.REFUSED, "signature_note": "拒"}):
        with pytest.raises(errors.SignatureMissing):
            rules.record_is_signed(a_closing(**fault))


def test_a_correction_has_words_and_a_second_person() -> None:
    assert rules.correction_is_reasoned(" 要点三误选，应为符合 ") == "要点三误选，应为符合"
    with pytest.raises(errors.CorrectionNotAllowed):
        rules.correction_is_reasoned("错")
    rules.confirmed_by_a_second_person(proposed_by=1, confirmed_by=2)
    with pytest.raises(errors.SecondPersonNeeded):
        rules.confirmed_by_a_second_person(proposed_by=1, confirmed_by=1)
