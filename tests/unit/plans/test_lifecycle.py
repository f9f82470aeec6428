"""The life of a plan, and how much of a task falls into a month."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry import rules
from inspect_registry.plans.cells.values import Bounds, Frequency
from inspect_registry.plans.errors import PlanAlreadyPublished, PlanStepForbidden
from inspect_registry.plans.lifecycle import (
    OPEN_STATES,
    STATE_TEXT,
    STEP_TEXT,
    TRANSITIONS,
    PlanState,
    PlanStep,
    after,
    may_change,
)
from inspect_registry.plans.volume import Volume, monthly, window, yearly


def test_a_plan_walks_from_draft_to_closed() -> None:
    state = PlanState.DRAFT
    for step in (PlanStep.SUBMIT, PlanStep.REVIEW, PlanStep.FILE, PlanStep.PUBLISH, PlanStep.CLOSE):
        state = after(state, step)
    assert state is PlanState.CLOSED


@pytest.mark.parametrize("state", PlanState)
@pytest.mark.parametrize("step", PlanStep)
def test_every_step_that_is_not_drawn_is_refused_with_what_is_possible(state: PlanState, step: PlanStep) -> None:
    if (state, step) in TRANSITIONS:
        assert after(state, step) in PlanState
        return
    with pytest.raises(PlanStepForbidden) as refused:
        after(state, step)
    assert STATE_TEXT[state] in refused.value.detail
    assert STEP_TEXT[step] in refused.value.detail


def test_only_drafts_and_returned_plans_can_be_changed_and_published_ones_never() -> None:
    for state in PlanState:
        if state in OPEN_STATES:
            may_change(state)
        else:
            frozen = state in {PlanState.PUBLISHED, PlanState.CLOSED}
            with pytest.raises(PlanAlreadyPublished if frozen else PlanStepForbidden):
                may_change(state)


def at_least(number: float) -> Bounds:
    return Bounds(min=Decimal(str(number)))


@pytest.mark.parametrize(
    ("volume", "population", "expected"),
    [
        (Volume(ratio=at_least(5)), 30, 2),
        (Volume(ratio=at_least(5)), 20, 1),
        (Volume(ratio=Bounds(max=Decimal(20))), 50, 10),
        (Volume(ratio=at_least(0.5)), 100, 1),
        (Volume(count=at_least(19)), 300, 19),
        (Volume(count=at_least(19)), 12, 12),
        (Volume(ratio=at_least(10), count=at_least(20)), 300, 20),
        (Volume(ratio=at_least(100), frequency=Frequency(min=Decimal(2), per="year")), 40, 80),
        (Volume(ratio=at_least(100), frequency=Frequency(min=Decimal(1), per="quarter")), 10, 40),
        (Volume(ratio=at_least(100), frequency=Frequency(min=Decimal(1), per="two_years")), 11, 6),
        (Volume(ratio=at_least(25), frequency=Frequency(min=Decimal(2), per="year")), 40, 10),
        (Volume(), 7, 7),
        (Volume(ratio=at_least(5)), 0, 0),
    ],
)
def test_a_year_holds_at_least_what_is_stated(volume: Volume, population: int, expected: int) -> None:
    assert yearly(volume, population) == expected


@given(
    st.integers(0, 5_000),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_the_months_together_are_the_year_and_even(total: int, one: date, other: date) -> None:
    starts, ends = sorted((one, other))
    parts = [monthly(total, starts, ends, date(2026, month, 1)) for month in range(1, 13)]
    assert sum(parts) == total
    inside = [parts[month - 1] for month in range(starts.month, ends.month + 1)]
    assert max(inside) - min(inside) <= 1


def test_a_window_begins_and_ends_on_working_days() -> None:
    days = rules.calendar()
    # 2026-10-01 to 10-07 are rest days and Saturday 10-10 is worked.
    found = window(date(2026, 1, 1), date(2026, 12, 31), date(2026, 10, 1), days)
    assert found is not None
    assert (found.starts, found.ends, found.provisional) == (date(2026, 10, 8), date(2026, 10, 30), False)
    made_up = window(date(2026, 10, 10), date(2026, 10, 11), date(2026, 10, 1), days)
    assert made_up is not None
    assert (made_up.starts, made_up.ends) == (date(2026, 10, 10), date(2026, 10, 10))
    assert window(date(2026, 10, 1), date(2026, 10, 7), date(2026, 10, 1), days) is None


def test_a_window_in_a_year_without_calendar_is_provisional() -> None:
    found = window(date(2027, 1, 1), date(2027, 12, 31), date(2027, 3, 1), rules.calendar())
    assert found is not None
    assert found.provisional
