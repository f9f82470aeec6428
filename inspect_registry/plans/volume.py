"""How many enterprises a task takes in one month of its period, and the window in which they are checked."""

import calendar
import math
from datetime import date
from decimal import Decimal

import msgspec

from inspect_registry.plans.cells.values import TIMES_A_YEAR, Bounds, Frequency
from inspect_registry.workdays import Calendar


class Volume(msgspec.Struct, frozen=True, kw_only=True):
    """What a task says of its size; at least one of ratio and count is given."""

    ratio: Bounds | None = None
    count: Bounds | None = None
    frequency: Frequency | None = None


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The days in which a month's checks of a task lie, both inclusive, on working days at both ends."""

    starts: date
    ends: date
    provisional: bool
    """The year has no official calendar yet: the ends may still move."""


def yearly(volume: Volume, population: int) -> int:
    """Return how many checks the task plans in its year.

    The least that keeps what is stated: the lower bound where there is one, else the upper bound; a ratio is rounded
    up, because 不低于 5% of 30 is 2 enterprises, not 1. Where ratio and count are both stated, the count decides: it
    is what the office has worked out. A frequency above once a year multiplies a full coverage (100 %) only, because
    in a sample it bounds each enterprise, not the sample.
    """
    base = _stated(volume.count)
    share = _stated(volume.ratio)
    if base is None:
        base = Decimal(population) if share is None else Decimal(population) * share / 100
    whole = min(math.ceil(base), population)
    times = Decimal(1)
    if share == 100 and volume.frequency is not None:
        stated = volume.frequency.min if volume.frequency.min is not None else volume.frequency.max
        times = (stated or Decimal(1)) * TIMES_A_YEAR[volume.frequency.per or "year"]
    return math.ceil(whole * times)


def monthly(year_total: int, starts: date, ends: date, month: date) -> int:
    """Return one month's part of a year's number: as even as whole numbers allow, nothing lost."""
    months = _months(starts, ends)
    if month.replace(day=1) not in months:
        return 0
    at = months.index(month.replace(day=1))
    return year_total * (at + 1) // len(months) - year_total * at // len(months)


def window(starts: date, ends: date, month: date, days: Calendar) -> Window | None:
    """Return the working days of a task's period that lie in a month; None where there are none."""
    first = max(starts, month.replace(day=1))
    last = min(ends, month.replace(day=calendar.monthrange(month.year, month.month)[1]))
    work = days.workdays(first, last)
    if not work:
        return None
    return Window(starts=work[0], ends=work[-1], provisional=not days.is_official(month.year))


def _stated(bounds: Bounds | None) -> Decimal | None:
    if bounds is None:
        return None
    return bounds.min if bounds.min is not None else bounds.max


def _months(starts: date, ends: date) -> list[date]:
    months = []
    at = starts.replace(day=1)
    while at <= ends:
        months.append(at)
        at = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    return months
