"""Time, the only place that asks the machine for it.

Instants are aware and in UTC; a day, wherever a person reads or a rule counts one, is a day in Asia/Shanghai.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's present instant."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is set: for tests and for the demo district's past."""

    def __init__(self, instant: datetime) -> None:
        self._instant = _aware(instant)

    def now(self) -> datetime:
        """Return the instant it was set to."""
        return self._instant

    def set(self, instant: datetime) -> None:
        """Stand at another instant."""
        self._instant = _aware(instant)

    def advance(self, by: timedelta) -> None:
        """Go forward (or back) by this much."""
        self._instant += by


class ShiftedClock:
    """The machine's clock moved by whole days: a demo, or a rehearsal, that takes place on another day."""

    def __init__(self, today: date) -> None:
        self._shift = today - day_of(datetime.now(UTC))

    def now(self) -> datetime:
        """Return the present time of day, on the shifted day."""
        return datetime.now(UTC) + self._shift


def day_of(instant: datetime) -> date:
    """Return the day in Shanghai on which this instant lies."""
    return instant.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """Return the instant at which this Shanghai day begins, in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def shanghai(instant: datetime) -> datetime:
    """Return the same instant as a person in Shanghai reads it."""
    return instant.astimezone(SHANGHAI)


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC)
