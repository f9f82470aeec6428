"""How departments stand with their annual plans: in time, late, missing; and their tasks in words."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from inspect_registry.clock import day_of
from inspect_registry.publication.dates import chinese_day
from inspect_registry.publication.snapshot import AnnualFiling, AnnualTask

_MODES = {"onsite": "现场检查", "offsite": "非现场检查"}
_SELECTIONS = {"random": "随机抽取", "targeted": "定向", "full": "全覆盖"}
_PER = {
    "week": "每周",
    "month": "每月",
    "quarter": "每季度",
    "half_year": "每半年",
    "year": "每年",
    "two_years": "每两年",
    "three_years": "每三年",
    "five_years": "每五年",
}


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """Lower and upper bound, both inclusive."""

    min: float | None = None
    max: float | None = None


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """How often within what time."""

    min: float | None = None
    max: float | None = None
    per: str | None = None


class Amounts(msgspec.Struct, frozen=True, kw_only=True):
    """What a task's cells state in numbers (task.parsed); the rest of it is not for publication."""

    ratio: Range | None = None
    count: Range | None = None
    frequency: Times | None = None
    cap: int | None = None


def filing(
    *,
    department: str,
    published_at: datetime | None,
    first_published_at: datetime | None,
    plan_number: str,
    revision: int,
    deadline: date,
    today: date,
    tasks: Iterable[AnnualTask],
) -> AnnualFiling:
    """Say how a department stands. Late is counted to its first publication: a later revision is not lateness."""
    first = day_of(first_published_at) if first_published_at else None
    return AnnualFiling(
        department=department,
        published_on=day_of(published_at) if published_at else None,
        plan_number=plan_number,
        revision=revision,
        late_days=max(0, ((first or today) - deadline).days),
        tasks=tuple(tasks),
    )


def task(
    *,
    name: str,
    matters: Iterable[str],
    objects: str,
    mode: str,
    selection: str,
    parsed: dict[str, object],
    starts: date | None,
    ends: date | None,
    joint_departments: Iterable[str],
) -> AnnualTask:
    """Put a task into the words of a public table."""
    try:
        amounts = msgspec.convert(parsed, Amounts, strict=False)
    except msgspec.ValidationError:
        amounts = Amounts()  # Stated in words only: the page shows the other columns.
    method = _MODES.get(mode, mode)
    if selection:
        method = f"{method}（{_SELECTIONS.get(selection, selection)}）"
    return AnnualTask(
        name=name,
        matters=tuple(matters),
        objects=objects,
        method=method,
        ratio=ratio_words(amounts),
        frequency=frequency_words(amounts),
        period=period_words(starts, ends),
        joint_departments=tuple(joint_departments),
    )


def ratio_words(amounts: Amounts) -> str:
    """Return 检查比例 with, where stated, the number of objects."""
    parts = []
    if amounts.ratio and (amounts.ratio.min is not None or amounts.ratio.max is not None):
        parts.append(_bounds(amounts.ratio.min, amounts.ratio.max, "%"))
    if amounts.count and (amounts.count.min is not None or amounts.count.max is not None):
        parts.append(_bounds(amounts.count.min, amounts.count.max, "户（次）"))
    return "，".join(parts)


def frequency_words(amounts: Amounts) -> str:
    """Return 检查频次 with the cap for one enterprise."""
    parts = []
    times = amounts.frequency
    if times and (times.min is not None or times.max is not None):
        parts.append(_PER.get(times.per or "", "") + _bounds(times.min, times.max, "次"))
    if amounts.cap is not None:
        parts.append(f"同一企业每年不超过{amounts.cap}次")
    return "，".join(parts)


def period_words(starts: date | None, ends: date | None) -> str:
    """Return 检查时间."""
    if starts is None and ends is None:
        return ""
    if starts is None or ends is None:
        return f"{chinese_day(starts)}起" if starts else f"{chinese_day(ends)}前" if ends else ""
    return f"{chinese_day(starts)}至{chinese_day(ends)}"


def _bounds(low: float | None, high: float | None, unit: str) -> str:
    if low is not None and high is not None:
        return f"{low:g}{unit}" if low == high else f"{low:g}—{high:g}{unit}"
    return f"不少于{low:g}{unit}" if low is not None else f"不超过{high:g}{unit}"
