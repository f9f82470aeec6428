"""Working days: the vectors of domain.md 4.6 and the honesty about years without a notice."""

import datetime as dt

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry import rules, workdays

CALENDAR = rules.calendar()
d = dt.date
days = st.dates(d(2025, 1, 2), d(2026, 6, 30))


@pytest.mark.parametrize(
    ("event", "length", "last"),
    [
        (d(2026, 9, 15), 20, d(2026, 10, 19)),
        (d(2026, 2, 10), 20, d(2026, 3, 16)),
        (d(2026, 4, 29), 5, d(2026, 5, 9)),
        (d(2025, 9, 26), 3, d(2025, 9, 30)),
        (d(2026, 1, 1), 20, d(2026, 1, 29)),
    ],
)
def test_known_periods_end_on_their_day_for_certain(event, length, last):
    found = CALENDAR.add(event, length)
    assert found == workdays.Deadline(day=last)
    assert not found.provisional


def test_a_period_into_a_year_without_a_notice_is_provisional():
    found = CALENDAR.add(d(2026, 12, 10), 20)
    assert found.provisional
    assert found.missing_years == (2027,)


def test_the_last_days_of_december_wait_for_the_next_notice():
    assert not CALENDAR.add(d(2026, 12, 21), 4).provisional
    assert CALENDAR.add(d(2026, 12, 25), 1).missing_years == (2027,)
    assert not CALENDAR.add(d(2025, 12, 25), 4).provisional


def test_a_year_before_the_first_notice_is_missing_too():
    assert CALENDAR.subtract(d(2025, 1, 10), 20).missing_years == (2024,)


def test_both_known_years_have_248_working_days():
    assert CALENDAR.count(d(2025, 1, 1), d(2025, 12, 31)) == workdays.WorkdayCount(days=248)
    assert CALENDAR.count(d(2026, 1, 1), d(2026, 12, 31)).days == 248
    assert CALENDAR.count(d(2026, 12, 31), d(2026, 1, 1)).days == 0


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_agrees_with_an_independent_calendar(year):
    for ordinal in range(d(year, 1, 1).toordinal(), d(year, 12, 31).toordinal() + 1):
        day = d.fromordinal(ordinal)
        assert CALENDAR.is_workday(day) == chinese_calendar.is_workday(day), day


def test_a_period_of_calendar_days_moves_past_a_holiday():
    assert CALENDAR.end_of_period(d(2026, 9, 21), 10).day == d(2026, 10, 8)
    assert CALENDAR.end_of_period(d(2026, 9, 1), 10).day == d(2026, 9, 11)


@given(days, st.integers(1, 60))
def test_a_period_contains_its_length_of_working_days(event, length):
    last = CALENDAR.add(event, length)
    assert CALENDAR.is_workday(last.day)
    assert CALENDAR.count(event + dt.timedelta(days=1), last.day).days == length


@given(days, st.integers(1, 60), st.integers(1, 60))
def test_a_longer_period_never_ends_earlier(event, shorter, more):
    assert CALENDAR.add(event, shorter).day < CALENDAR.add(event, shorter + more).day


@given(st.dates(d(2025, 6, 2), d(2026, 10, 31)), st.integers(0, 60))
def test_counting_back_leaves_room_for_the_period(event, length):
    first = CALENDAR.subtract(event, length).day
    assert CALENDAR.count(first, event - dt.timedelta(days=1)).days == length


def test_a_notice_may_reach_back_into_december():
    of_2027 = workdays.YearCalendar(year=2027, notice="n", rest=frozenset({d(2026, 12, 31)}), work=frozenset())
    calendar = workdays.Calendar({**CALENDAR.years, 2027: of_2027})
    assert not calendar.is_workday(d(2026, 12, 31))
    assert CALENDAR.is_workday(d(2026, 12, 31))


@pytest.mark.parametrize(
    ("rest", "work", "fault"),
    [
        ({d(2025, 5, 1)}, set(), "another year"),
        ({d(2026, 5, 9)}, {d(2026, 5, 9)}, "both"),
        (set(), {d(2026, 5, 8)}, "no weekend"),
    ],
)
def test_an_unsound_notice_is_refused(rest, work, fault):
    with pytest.raises(ValueError, match=fault):
        workdays.YearCalendar(year=2026, notice="n", rest=frozenset(rest), work=frozenset(work))


def test_a_negative_period_is_refused():
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add(d(2026, 1, 5), -1)
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.subtract(d(2026, 1, 5), -1)
