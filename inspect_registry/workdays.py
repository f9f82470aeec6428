"""Working days: arithmetic over calendar values that are handed in.

A working day is Monday to Friday except the rest days of the year's official notice (国务院办公厅节假日安排), plus
its make-up weekends (调休上班). A period counted in days begins the day after the event (民法典第二百零一条), and one
whose last day is a rest day ends on the next working day (民法典第二百零三条).

The invariant of this module: an answer that touched a day of a year without an official notice is `provisional`,
because the notice may still move it; so is one that touched the last days of December while the next year's notice is
missing, because New Year's holiday reaches back. Nobody gets such a date without being told. Where the calendar values
come from (rules, or the table an administrator keeps) is none of its business.
"""

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

_ONE_DAY: Final = dt.timedelta(days=1)
_NEXT_NOTICE_FROM: Final = (12, 28)
"""From this month and day on, the next year's notice can turn days round (2018-12-29, 2011-12-31 were such)."""


class YearCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """How one year differs from plain weekdays and weekends, by its official notice."""

    year: int
    notice: str
    """Title and number of the notice."""
    rest: frozenset[dt.date]
    """Rest days of the notice, weekends among them or not; may reach back into the last December."""
    work: frozenset[dt.date]
    """Weekend days on which people work."""

    def __post_init__(self) -> None:
        """Refuse a day of another year, a day of both kinds, and a make-up day that is no weekend."""
        strays = sorted(day for day in self.rest | self.work if not self._may_name(day))
        both = sorted(self.rest & self.work)
        weekdays = sorted(day for day in self.work if day.weekday() < 5)
        for days, fault in (
            (strays, "of another year"),
            (both, "both rest and work"),
            (weekdays, "make-up but no weekend"),
        ):
            if days:
                msg = f"calendar of {self.year}: {', '.join(map(str, days))} {fault}"
                raise ValueError(msg)

    def _may_name(self, day: dt.date) -> bool:
        return day.year == self.year or (day.year == self.year - 1 and (day.month, day.day) >= _NEXT_NOTICE_FROM)


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """A computed day, and whether it can still move."""

    day: dt.date
    missing_years: tuple[int, ...] = ()
    """Years without an official notice that were counted through as plain weeks."""

    @property
    def provisional(self) -> bool:
        return bool(self.missing_years)


class WorkdayCount(msgspec.Struct, frozen=True, kw_only=True):
    """A number of working days, and whether it can still change."""

    days: int
    missing_years: tuple[int, ...] = ()

    @property
    def provisional(self) -> bool:
        return bool(self.missing_years)


class Calendar(msgspec.Struct, frozen=True):
    """The years whose official notices are known."""

    years: Mapping[int, YearCalendar]

    def is_official(self, year: int) -> bool:
        return year in self.years

    def is_workday(self, day: dt.date) -> bool:
        """Whether people work that day; for a year without a notice this only knows weekends (ask `is_official`)."""
        for year in (day.year, day.year + 1):
            notice = self.years.get(year)
            if notice is not None and day in notice.rest:
                return False
            if notice is not None and day in notice.work:
                return True
        return day.weekday() < 5

    def add(self, day: dt.date, working_days: int) -> Deadline:
        """The last day of a period of working days that an event on `day` starts; the event's day does not count.

        With zero it is the day itself, or the next working day where that is a rest day.
        """
        if working_days < 0:
            msg = f"a period has no negative length: {working_days}"
            raise ValueError(msg)
        event = day
        while working_days == 0 and not self.is_workday(day):
            day += _ONE_DAY
        left = working_days
        while left:
            day += _ONE_DAY
            left -= self.is_workday(day)
        return Deadline(day=day, missing_years=self._missing(event, day))

    def end_of_period(self, day: dt.date, calendar_days: int) -> Deadline:
        """The last day of a period of calendar days from an event on `day`; moved past rest days (民法典203)."""
        return self.add(day + dt.timedelta(days=calendar_days), 0)

    def subtract(self, day: dt.date, working_days: int) -> Deadline:
        """The latest day from which so many working days still fit before `day`: for "so many days ahead"."""
        if working_days < 0:
            msg = f"a period has no negative length: {working_days}"
            raise ValueError(msg)
        event = day
        left = working_days
        while left:
            day -= _ONE_DAY
            left -= self.is_workday(day)
        return Deadline(day=day, missing_years=self._missing(day, event))

    def count(self, start: dt.date, end: dt.date) -> WorkdayCount:
        """Working days from `start` to `end`, both included; zero when the end is before the start."""
        if end < start:
            return WorkdayCount(days=0)
        days = sum(self.is_workday(day) for day in _days(start, end))
        return WorkdayCount(days=days, missing_years=self._missing(start, end))

    def workdays(self, start: dt.date, end: dt.date) -> list[dt.date]:
        """The working days from `start` to `end`, both included."""
        return [day for day in _days(start, end) if self.is_workday(day)]

    def _missing(self, first: dt.date, last: dt.date) -> tuple[int, ...]:
        """Years whose notice could still change a day from `first` to `last`."""
        reaches_over = (last.month, last.day) >= _NEXT_NOTICE_FROM
        years = range(first.year, last.year + 1 + reaches_over)
        return tuple(year for year in years if year not in self.years)


def _days(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    for ordinal in range(start.toordinal(), end.toordinal() + 1):
        yield dt.date.fromordinal(ordinal)


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day so many months later (earlier where negative), or that month's last day (民法典第二百零二条)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
