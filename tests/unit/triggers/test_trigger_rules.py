"""A documented reason for an unplanned check: where each rule bites, and where it must not."""

from datetime import UTC, datetime, timedelta

import pytest

from inspect_registry.triggers import errors, rules
from inspect_registry.triggers.model import KIND_TEXT, TriggerKind, TriggerState

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.mark.parametrize("number", ["12345-2026-001877", "嘉市监转〔2026〕18号", "YJ2026112000031"])
def test_real_looking_source_numbers_are_taken(number: str) -> None:
    rules.source_is_documented("群众反映后厨卫生差", number)


@pytest.mark.parametrize(
    ("facts", "number", "fields"),
    [
        ("", "12345-1", {"facts"}),
        ("群众反映后厨卫生差", "", {"source_number"}),
        ("群众反映后厨卫生差", "无编号", {"source_number"}),
        ("群众反映后厨卫生差", "12345 <b>", {"source_number"}),
        ("差", "1", {"facts", "source_number"}),
        ("群众反映\x00后厨", "12345-1", {"facts"}),
        ("长" * 1001, "12345-1", {"facts"}),
    ],
)
def test_a_reason_without_words_or_number_is_refused_with_its_place(facts: str, number: str, fields: set[str]) -> None:
    with pytest.raises(errors.TriggerWithoutSource) as refused:
        rules.source_is_documented(facts, number)
    assert {place.field for place in refused.value.places} == fields


def test_a_recheck_and_only_a_recheck_follows_an_order() -> None:
    rules.recheck_is_linked(TriggerKind.RECHECK, "abc")
    rules.recheck_is_linked(TriggerKind.COMPLAINT, None)
    for kind, order in ((TriggerKind.RECHECK, None), (TriggerKind.REQUEST, "abc")):
        with pytest.raises(errors.RecheckNotLinked):
            rules.recheck_is_linked(kind, order)


def test_a_clue_from_the_future_or_without_zone_is_refused() -> None:
    rules.received_before_now(NOW, NOW)
    for moment in (NOW + timedelta(seconds=1), NOW.replace(tzinfo=None)):
        with pytest.raises(errors.TriggerInTheFuture):
            rules.received_before_now(moment, NOW)


@pytest.mark.parametrize("kind", TriggerKind)
def test_only_three_kinds_can_be_an_emergency(kind: TriggerKind) -> None:
    rules.emergency_is_real(kind, emergency=False)
    if kind in {TriggerKind.ACCIDENT, TriggerKind.COMPLAINT, TriggerKind.SUPERIOR}:
        rules.emergency_is_real(kind, emergency=True)
    else:
        with pytest.raises(errors.NotAnEmergency, match=KIND_TEXT[kind]):
            rules.emergency_is_real(kind, emergency=True)


def test_exemption_comes_from_the_list_in_force() -> None:
    assert rules.is_exempt(TriggerKind.RECHECK, ["recheck"])
    assert not rules.is_exempt(TriggerKind.SUPERIOR, ["recheck"])


def test_a_trigger_is_approved_before_it_is_used_unless_it_is_an_emergency() -> None:
    rules.step_is_possible(TriggerState.PROPOSED, TriggerState.APPROVED, emergency=False)
    rules.step_is_possible(TriggerState.APPROVED, TriggerState.USED, emergency=False)
    rules.step_is_possible(TriggerState.PROPOSED, TriggerState.USED, emergency=True)
    with pytest.raises(errors.TriggerStepNotAllowed, match="尚未"):
        rules.step_is_possible(TriggerState.PROPOSED, TriggerState.USED, emergency=False)


@pytest.mark.parametrize("before", [TriggerState.REJECTED, TriggerState.USED])
@pytest.mark.parametrize("after", TriggerState)
def test_a_settled_trigger_stays_settled(before: TriggerState, after: TriggerState) -> None:
    with pytest.raises(errors.TriggerStepNotAllowed):
        rules.step_is_possible(before, after, emergency=True)
