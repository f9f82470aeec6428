"""A typed cell value as the text that the file shows."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from inspect_registry.sheets.xlsx_marks import FormatShape

Value = int | float | str | bool | time | date | datetime | timedelta


def shown(value: Value, shape: FormatShape | None) -> str:
    """Write a value as its cell shows it.

    A percent cell keeps every digit of its value (0.005 with the format `0%` is `0.5%`, not the rounded `1%`).
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, percent=shape == "percent")
    if isinstance(value, datetime | date):
        return _day(value, shape)
    return str(value)


def _number(value: float, *, percent: bool) -> str:
    # A float's shortest decimal form is what was typed: 0.07 * 100 is 7 here, not 7.000000000000001.
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        return str(value)
    if percent:
        exact *= 100
    text = format(exact, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text}%" if percent else text


def _day(value: date, shape: FormatShape | None) -> str:
    if shape == "year-month":
        return f"{value.year}年{value.month}月"
    if shape == "month":
        return f"{value.month}月"
    if shape == "month-day":
        return f"{value.month}月{value.day}日"
    if shape == "year":
        return f"{value.year}年"
    if isinstance(value, datetime) and value.time() != time():
        return value.isoformat(sep=" ", timespec="seconds")
    return date(value.year, value.month, value.day).isoformat()
