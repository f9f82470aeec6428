"""Time: instants in UTC, days in Shanghai."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.clock import SHANGHAI, SetClock, ShiftedClock, SystemClock, day_of, shanghai, start_of_day


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    assert start_of_day(date(2026, 11, 20)) == datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
    assert day_of(datetime(2026, 11, 19, 16, 0, tzinfo=UTC)) == date(2026, 11, 20)
    assert day_of(datetime(2026, 11, 19, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 19)


@given(st.dates(min_value=date(1992, 1, 1), max_value=date(2100, 1, 1)))
def test_every_instant_of_a_day_lies_in_it(day: date) -> None:
    """Shanghai has had no summer time since 1991, so each day has 24 hours."""
    assert day_of(start_of_day(day)) == day
    assert day_of(start_of_day(day) + timedelta(hours=24) - timedelta(microseconds=1)) == day


def test_a_set_clock_moves_only_when_told() -> None:
    clock = SetClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.advance(timedelta(days=1))
    assert clock.now() == datetime(2026, 1, 2, tzinfo=UTC)
    clock.set(datetime(2026, 3, 1, 8, tzinfo=SHANGHAI))
    assert clock.now().tzinfo is UTC


def test_an_instant_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        SetClock(datetime(2026, 1, 1))  # noqa: DTZ001 - the fault that is planted here


def test_a_shifted_clock_keeps_the_time_of_day() -> None:
    shifted = ShiftedClock(date(2026, 11, 20))
    assert day_of(shifted.now()) in (date(2026, 11, 20), date(2026, 11, 21))
    apart = (SystemClock().now() - shifted.now()) % timedelta(days=1)
    assert min(apart, timedelta(days=1) - apart) < timedelta(seconds=5)
    assert shanghai(shifted.now()).utcoffset() == timedelta(hours=8)
