"""Slots: how long a picture of a code is good for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.codes.slots import Freshness, freshness, slot_at

instants = st.datetimes(datetime(2024, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(instants, st.floats(0, 600))
def test_a_presentation_lives_at_least_30_and_less_than_60_seconds(made, age):
    verdict = freshness(slot_at(made), made + timedelta(seconds=age))
    if age < 29.9:
        assert verdict is Freshness.FRESH
    if age >= 60:
        assert verdict is Freshness.STALE


@given(instants)
def test_slot_zero_is_always_printed(now):
    assert freshness(0, now) is Freshness.PRINTED


@given(instants, st.integers(1, 20))
def test_a_slot_of_the_future_is_not_fresh(now, ahead):
    assert freshness(slot_at(now) + ahead, now) is Freshness.AHEAD


@pytest.mark.parametrize(("age", "expected"), [(0, "fresh"), (1, "fresh"), (2, "stale"), (3, "stale"), (-1, "ahead")])
def test_edges_are_whole_slots(age, expected):
    now = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)
    assert freshness(slot_at(now) - age, now) == expected
    assert freshness(slot_at(now) - age, now + timedelta(seconds=29)) == expected


def test_tolerance_widens_both_ends_for_a_clock_that_is_off():
    now = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)
    assert freshness(slot_at(now) + 1, now, tolerance=1) is Freshness.FRESH
    assert freshness(slot_at(now) - 2, now, tolerance=1) is Freshness.FRESH
    assert freshness(slot_at(now) - 3, now, tolerance=1) is Freshness.STALE
    assert freshness(slot_at(now) + 2, now, tolerance=1) is Freshness.AHEAD
