"""Days and months as Chinese pages write them, and as addresses do."""

import calendar
from datetime import date, datetime

from inspect_registry.clock import shanghai


def chinese_day(day: date) -> str:
    """12月8日."""
    return f"{day.month}月{day.day}日"


def chinese_weekday(day: date) -> str:
    """星期二."""
    return "星期" + "一二三四五六日"[day.weekday()]


def full_day(day: date) -> str:
    """2026年12月8日."""
    return f"{day.year}年{chinese_day(day)}"


def chinese_minute(instant: datetime) -> str:
    """2026年12月8日 9:05, in Shanghai."""
    local = shanghai(instant)
    return f"{full_day(local.date())} {local.hour}:{local.minute:02d}"


def chinese_month(month: date) -> str:
    """2026年12月."""
    return f"{month.year}年{month.month}月"


def month_slug(month: date) -> str:
    """2026-12."""
    return f"{month.year:04d}-{month.month:02d}"


def month_before(month: date) -> date:
    """Return the first day of the month before."""
    return date(month.year - 1, 12, 1) if month.month == 1 else date(month.year, month.month - 1, 1)


def weeks_of(month: date) -> list[list[date | None]]:
    """Return the month's weeks from Monday to Sunday; days of other months are None."""
    return [
        [date(month.year, month.month, number) if number else None for number in week]
        for week in calendar.monthcalendar(month.year, month.month)
    ]


def month_after(month: date) -> date:
    """Return the first day of the month after."""
    return date(month.year + 1, 1, 1) if month.month == 12 else date(month.year, month.month + 1, 1)
