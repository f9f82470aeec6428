"""The yearly notice of holidays (国务院办公厅关于…年部分节假日安排的通知), checked place by place. Pure.

A notice names each holiday with its days and the weekend days worked instead (调休上班). What a notice cannot say is
refused here: a make-up day on an ordinary working day, a holiday outside its year, two holidays on one day, a statutory
day (全国年节及纪念日放假办法) that nobody is off.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from inspect_registry.errors import Place
from inspect_registry.workdays import YearCalendar

YEARS: Final = range(2000, 2101)
_DOCUMENT: Final = re.compile(r"[\u4e00-\u9fff]{2,20}〔(\d{4})〕\d{1,4}号")
_LONGEST: Final = 15
"""Days of one holiday; the longest so far had ten."""
_FIXED: Final = {"元旦": ((1, 1),), "劳动节": ((5, 1), (5, 2)), "国庆节": ((10, 1), (10, 2), (10, 3))}
"""Statutory days by the civil calendar; the others follow the moon and are only asked for by name."""
_MOVING: Final = ("春节", "清明", "端午", "中秋")
_REACHES_BACK: Final = (12, 28)

_Short = Annotated[str, msgspec.Meta(max_length=40)]
_Text = Annotated[str, msgspec.Meta(max_length=200)]


class NoticeState(StrEnum):
    """How far a notice has come in this registry."""

    PROPOSED = "proposed"
    """Entered; a second person has yet to compare it with the document."""
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    REJECTED = "rejected"


class Holiday(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One holiday with all its days off, weekends among them."""

    name: _Short
    starts: dt.date
    ends: dt.date
    """Inclusive."""

    def days(self) -> list[dt.date]:
        """Return its days; none where it is inverted, and no more than any holiday has."""
        length = min((self.ends - self.starts).days + 1, 2 * _LONGEST)
        return [self.starts + dt.timedelta(days=offset) for offset in range(length)]


class NoticeDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice as somebody enters it."""

    year: int
    title: _Text
    document: _Short
    """Number of the document, such as 国办发明电〔2025〕7号."""
    issued_on: dt.date
    source: _Text
    """Where it can be read."""
    holidays: Annotated[list[Holiday], msgspec.Meta(max_length=20)]
    work: Annotated[list[dt.date], msgspec.Meta(max_length=30)] = []
    """Weekend days on which people work."""
    reason: _Text = ""
    """Why it replaces a notice that is in force; empty for a year's first."""

    def calendar(self) -> YearCalendar:
        """Return what it means for working days. Raises ValueError for a draft with faults."""
        rest = frozenset(day for holiday in self.holidays for day in holiday.days())
        name = f"《{self.title.strip('《》')}》（{self.document}）"
        return YearCalendar(year=self.year, notice=name, rest=rest, work=frozenset(self.work))


def notice_faults(draft: NoticeDraft, today: dt.date) -> list[Place]:
    """Say everything that is wrong with a notice, each fault with its place."""
    return [
        Place(field=field, text=text[:60], message=message)
        for faults in (_of_document(draft, today), _of_holidays(draft), _of_statute(draft), _of_work(draft))
        for field, text, message in faults
    ]


_Faults = Iterator[tuple[str, str, str]]


def _of_document(draft: NoticeDraft, today: dt.date) -> _Faults:
    if draft.year not in YEARS:
        yield "year", str(draft.year), f"年份应在 {YEARS.start} 至 {YEARS.stop - 1} 之间"
    if str(draft.year) not in draft.title:
        yield "title", draft.title, f"标题应写明 {draft.year} 年"
    number = _DOCUMENT.fullmatch(draft.document)
    if number is None:
        yield "document", draft.document, "文号应如“国办发明电〔2025〕7号”，年份用六角括号"
    elif int(number[1]) != draft.issued_on.year:
        yield "document", draft.document, f"文号的年份与印发日期 {draft.issued_on} 不一致"
    if not draft.source.strip():
        yield "source", draft.source, "请写明通知的出处，以便核对"
    if draft.issued_on > today:
        yield "issued_on", str(draft.issued_on), "印发日期晚于今天"
    elif draft.issued_on.year not in (draft.year - 1, draft.year):
        yield "issued_on", str(draft.issued_on), f"{draft.year} 年的安排应在上一年或当年印发"


def _of_holidays(draft: NoticeDraft) -> _Faults:
    seen: dict[dt.date, str] = {}
    for at, holiday in enumerate(draft.holidays):
        where = f"holidays[{at}]"
        if not holiday.name.strip():
            yield f"{where}.name", "", "请写明节日名称"
        if holiday.ends < holiday.starts:
            yield f"{where}.ends", str(holiday.ends), f"“{holiday.name}”的截止日早于起始日 {holiday.starts}"
            continue
        if (holiday.ends - holiday.starts).days >= _LONGEST:
            yield f"{where}.ends", str(holiday.ends), f"“{holiday.name}”长于 {_LONGEST} 天，请核对"
        for end, day in (("starts", holiday.starts), ("ends", holiday.ends)):
            if not _may_name(draft.year, day):
                yield f"{where}.{end}", str(day), f"“{holiday.name}”不在 {draft.year} 年"
        twice = next((day for day in holiday.days() if day in seen), None)
        if twice is not None:
            yield f"{where}.starts", str(twice), f"{twice} 已属于“{seen[twice]}”"
        seen |= dict.fromkeys(holiday.days(), holiday.name)


def _of_statute(draft: NoticeDraft) -> _Faults:
    named = "、".join(holiday.name for holiday in draft.holidays)
    off = {day for holiday in draft.holidays for day in holiday.days()}
    for name in _MOVING:
        if name not in named:
            yield "holidays", named, f"缺少“{name}”"
    if draft.year not in YEARS:
        return
    for name, days in _FIXED.items():
        missing = [f"{month}月{day}日" for month, day in days if dt.date(draft.year, month, day) not in off]
        if missing:
            yield "holidays", named, f"“{name}”的法定假日{'、'.join(missing)}未列为放假"


def _of_work(draft: NoticeDraft) -> _Faults:
    off = {day: holiday.name for holiday in draft.holidays for day in holiday.days()}
    times = Counter(draft.work)
    for at, day in enumerate(draft.work):
        where = f"work[{at}]"
        if not _may_name(draft.year, day):
            yield where, str(day), f"调休上班日不在 {draft.year} 年"
        elif day.weekday() < 5:
            yield where, str(day), f"{day} 是星期{'一二三四五'[day.weekday()]}，本就上班，不能是调休上班日"
        elif day in off:
            yield where, str(day), f"{day} 在“{off[day]}”放假期间"
        elif times[day] > 1:
            yield where, str(day), f"{day} 写了 {times[day]} 次"


def _may_name(year: int, day: dt.date) -> bool:
    return day.year == year or (day.year == year - 1 and (day.month, day.day) >= _REACHES_BACK)
