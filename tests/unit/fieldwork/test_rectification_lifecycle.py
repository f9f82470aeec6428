"""The order to put right: what may follow what, and when it is late."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.fieldwork.errors import RectificationStepNotAllowed
from inspect_registry.fieldwork.lifecycle import TRANSITIONS, is_overdue, rectification_after
from inspect_registry.fieldwork.model import RectificationState, RectificationStep

DUE = date(2026, 12, 10)
S, T = RectificationState, RectificationStep


def test_the_straight_way_ends_closed() -> None:
    state = S.ORDERED
    for step in (T.GIVE_EVIDENCE, T.RECHECK_PASSED, T.CLOSE):
        state = rectification_after(state, step)
    assert state is S.CLOSED


def test_a_failed_recheck_leads_back_to_the_order() -> None:
    assert rectification_after(S.EVIDENCE_GIVEN, T.RECHECK_FAILED) is S.ORDERED


def test_nothing_is_closed_that_was_not_rechecked() -> None:
    for state in (S.ORDERED, S.EVIDENCE_GIVEN):
        with pytest.raises(RectificationStepNotAllowed, match="不能“办结”") as refused:
            rectification_after(state, T.CLOSE)
        assert "复查合格" in refused.value.remedy


@given(st.lists(st.sampled_from(RectificationStep), max_size=12))
def test_whatever_is_tried_closed_comes_only_after_a_passed_recheck(steps: list[RectificationStep]) -> None:
    state, passed = S.ORDERED, False
    for step in steps:
        if state not in TRANSITIONS[step]:
            with pytest.raises(RectificationStepNotAllowed):
                rectification_after(state, step)
            continue
        state = rectification_after(state, step)
        passed = passed or step is T.RECHECK_PASSED
        assert passed or state not in {S.RECHECKED, S.CLOSED}


def test_the_due_date_itself_is_in_time_and_a_passed_recheck_ends_lateness() -> None:
    assert not is_overdue(S.ORDERED, DUE, DUE)
    assert is_overdue(S.ORDERED, DUE, DUE + timedelta(days=1))
    assert is_overdue(S.EVIDENCE_GIVEN, DUE, DUE + timedelta(days=1))
    assert not is_overdue(S.RECHECKED, DUE, DUE + timedelta(days=1))
