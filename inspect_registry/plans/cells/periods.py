"""Periods of a plan: days, months, quarters, half-years, written with or without their year.

    period = span { "、" span } [ "前" | "起" ]
    span   = point [ "-" point ]          the right end inherits the year; the left end inherits the unit
    point  = [year] [month] [day] | [year] quarter | [year] half | year | 全年

A month without a year lies in the plan's year. A month's 底 is its last day. 前 leaves the start open, 起 the end.
"""

import calendar
import re
from datetime import date, timedelta
from itertools import pairwise

import msgspec

from inspect_registry.plans.cells.text import CHINESE, is_nothing, is_undetermined, number, plain
from inspect_registry.plans.cells.values import Note, Period, Trouble

_N = rf"(?:\d{{1,2}}|{CHINESE})"
_NEXT, _THIS = r"次年|翌年|明年|下年|第二年", r"当年|本年|今年"
_FIGURES = r"(?:19|20)\d\d|[一二][〇零九一二三四五六七八]{3}"
_YEAR = rf"(?P<year>(?:{_FIGURES})(?=年|[./-])|{_NEXT}|{_THIS})(?:年度|年)?"
_POINT = re.compile(
    r"(?P<iso>(?P<iy>(?:19|20)\d\d)(?P<mark>[./-])(?P<im>\d{1,2})(?P=mark)(?P<id>\d{1,2})日?(?!\d))"
    r"|(?P<compact>(?P<cy>20\d\d)(?P<cm>[01]\d)(?P<cd>[0-3]\d)(?!\d))"
    rf"|(?P<only_year>(?P<oy>{_FIGURES}|{_THIS})年?度?(?:全年|内)?(?!\d|[.季度]|第|[上下Qq年/]|-\d{{1,2}}(?!\d)|{CHINESE}))"
    rf"|(?:{_YEAR}[./-]?)?(?:"
    rf"(?P<quarter>(?:第?(?P<q>[1-4一二三四])|[Qq](?P<qn>[1-4])|(?P<last_q>末))(?:个)?季度?|[Qq](?P<qx>[1-4]))"
    r"|(?P<half>上半年|下半年)"
    rf"|(?P<month>{_N})月份?(?:(?P<day>{_N})[日号]|(?P<part>底|末|初|上旬|中旬|下旬))?"
    rf"|(?P<whole>全年度?|年度内?|年内|一年|整年)"
    rf"|(?P<dm>\d{{1,2}})[./](?P<dd>\d{{1,2}})日?(?![\d%])"
    r"|(?P<year_end>年?[底末])"
    rf"|第?(?P<lone>{_N})(?!\d)(?P<lone_day>[日号])?"
    r")"
)
_BEFORE = re.compile(r"^(?:底|末)?(?:之?前|以前)(?:完成|结束|报送|开展|实施|进行)*$")
_FROM = re.compile(r"^(?:起|开始|以后|之后|后)(?:实施|开展|进行)*$")
_FILLER = re.compile(
    r"^(?:计划|拟|贯穿|每年|于|在|检查|抽查|实施|时间|日期|开展|完成|进行|结束|每天|期间|左右|每季度|每月|按季度?|按月|各|为|自|从|分|[:;。])*"
)
_TAIL = re.compile(r"(?:期间|左右|完成|实施|开展|进行|结束|内|检查|抽查|为止|止|[各共](?:\d+|[一两二三])次|[;。.,])+$")
_CLOCK = re.compile(r"(?<=\d)[ T]\d{1,2}:\d\d(?::\d\d)?")
_SEPARATOR = re.compile(r"[、,;和及与]|\n")
_ALL_YEAR = re.compile(
    r"^(?:每月|每季度?|按月|按季度?|每半年|常年|长期|全年不定期|每周)(?:\d*次|一次|开展|进行|实施)*$"
)
_PERIODS_WANTED = "例如 3月-5月、2026年6月1日至6月30日、第二季度、全年"


class ReadPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """What a period cell states."""

    period: Period | None = None
    notes: tuple[Note, ...] = ()
    trouble: Trouble | None = None
    """May stand beside a period: a year-crossing period is understood and still refused."""


class _Point(msgspec.Struct, kw_only=True):
    year: int | None = None
    month: int | None = None
    day: int | None = None
    quarter: int | None = None
    half: int | None = None
    whole: bool = False
    part: str = ""
    lone: int | None = None


class _Unreadable(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.trouble = Trouble(code=code, message=message)


def read_period(text: str, year: int, *, months_header: bool = False) -> ReadPeriod:
    """Read a cell of a time column for a plan of `year`.

    An empty cell states nothing and is no trouble here. `months_header`: the header says that bare numbers are months.
    """
    cell = _unbracketed(plain(_CLOCK.sub("", text)).replace("元月", "1月"))
    if not cell or is_nothing(cell):
        return ReadPeriod()
    if _ALL_YEAR.match(cell):
        return ReadPeriod(period=_whole_year(year), notes=(Note(code="recurring", text=cell),))
    if re.search(r"[春夏秋冬]|暑|寒假|节假?日|节前", cell):
        return ReadPeriod(trouble=Trouble(code="cell-undetermined", message=f"不是确定的日期；请写成{_PERIODS_WANTED}"))
    try:
        spans = [_span(part, year, months_header=months_header) for part in _spans(cell)]
        return _whole(spans, year)
    except _Unreadable as unreadable:
        if unreadable.trouble.code == "cell-unreadable" and is_undetermined(cell):
            message = f"时间尚未确定；请写成{_PERIODS_WANTED}"
            return ReadPeriod(trouble=Trouble(code="cell-undetermined", message=message))
        return ReadPeriod(trouble=unreadable.trouble)


def _unbracketed(cell: str) -> str:
    return re.sub(r"\([^()]*\)", "", cell) or cell.strip("()")


def _spans(cell: str) -> list[str]:
    """Cut a list of periods; 第一、二季度 and 3、4月 hand their unit to the parts before."""
    parts = [part for part in _SEPARATOR.split(_FILLER.sub("", cell)) if part]
    unit = ""
    for index in range(len(parts) - 1, -1, -1):
        ending = re.search(r"(季度|月份?)$", parts[index])
        if ending:
            unit = ending[1]
        elif unit and re.fullmatch(rf"第?{_N}(?:-{_N})?", parts[index]):
            parts[index] += unit
        else:
            unit = ""
    if not parts:
        raise _Unreadable("cell-unreadable", f"看不懂这个时间；请写成{_PERIODS_WANTED}")
    return parts


def _span(part: str, year: int, *, months_header: bool) -> Period:
    body = _FILLER.sub("", part)
    first = _POINT.match(body)
    if first is None:
        raise _Unreadable("cell-unreadable", f"看不懂时间“{part}”；请写成{_PERIODS_WANTED}")
    left = _point(first)
    rest = re.sub(r"^(?:起|开始)(?=[-至到])", "", body[first.end() :])
    if _BEFORE.match(rest):
        return Period(end=_day(_settled(left, year, months_header=months_header), year, last=True))
    if _FROM.match(rest):
        return Period(start=_day(_settled(left, year, months_header=months_header), year, last=False))
    rest = _TAIL.sub("", rest)
    if not rest:
        point = _settled(left, year, months_header=months_header)
        return Period(start=_day(point, year, last=False), end=_day(point, year, last=True))
    joint = re.match(r"[-至到]", rest)
    second = _POINT.match(rest, 1) if joint else None
    if second is None:
        raise _Unreadable("cell-unreadable", f"看不懂时间“{part}”；请写成{_PERIODS_WANTED}")
    ending = rest[second.end() :]
    ending = "" if _BEFORE.match(ending) else _TAIL.sub("", ending)
    if ending:
        raise _Unreadable("cell-unreadable", f"时间中的“{ending}”不知何意；请写成{_PERIODS_WANTED}")
    return _between(left, _point(second), year, months_header=months_header)


def _between(left: _Point, right: _Point, year: int, *, months_header: bool) -> Period:
    if left.lone is not None:
        # 3-5月: the left end has the unit of the right one; 2026.3-11 works the other way round below.
        if right.month is not None and right.day is None:
            left.month, left.lone = left.lone, None
        elif right.quarter is not None:
            left.quarter, left.lone = left.lone, None
    if right.lone is not None and left.month is not None:
        if left.day is not None:
            right.month, right.day, right.lone = left.month, right.lone, None
        else:
            right.month, right.lone = right.lone, None
    if right.year is None:
        right.year = left.year
    left = _settled(left, year, months_header=months_header)
    if left.part in {"底", "末"}:  # 9月底-10月底 begins at the end of September.
        left.day = _day(left, year, last=True).day
    right = _settled(right, year, months_header=months_header)
    start, end = _day(left, year, last=False), _day(right, year, last=True)
    if start > end:
        raise _Unreadable("period-inverted", f"起点 {start} 晚于终点 {end}；跨年请写明“次年”")
    return Period(start=start, end=end)


def _point(match: re.Match[str]) -> _Point:
    if match["iso"]:
        return _Point(year=int(match["iy"]), month=int(match["im"]), day=int(match["id"]))
    if match["compact"]:
        return _Point(year=int(match["cy"]), month=int(match["cm"]), day=int(match["cd"]))
    if match["only_year"]:
        return _Point(year=_year(match["oy"]), whole=True)
    point = _Point(year=_year(match["year"]))
    if match["quarter"]:
        point.quarter = 4 if match["last_q"] else _natural(match["q"] or match["qn"] or match["qx"])
    elif match["half"]:
        point.half = 1 if match["half"] == "上半年" else 2
    elif match["month"]:
        point.month, point.part = _natural(match["month"]), match["part"] or ""
        point.day = _natural(match["day"]) if match["day"] else None
    elif match["year_end"]:
        point.month, point.part = 12, "底"
    elif match["whole"]:
        point.whole = True
    elif match["dm"]:
        point.month, point.day = int(match["dm"]), int(match["dd"])
    else:
        point.lone = _natural(match["lone"])
        if point.year is not None and not match["lone_day"]:
            point.month, point.lone = point.lone, None
    return point


_NEXT_YEAR, _THIS_YEAR = -1, -2


def _year(text: str | None) -> int | None:
    """Read a year; 次年 is a mark that is settled when the plan's year is known."""
    if not text:
        return None
    if re.fullmatch(_NEXT, text):
        return _NEXT_YEAR
    if re.fullmatch(_THIS, text):
        return _THIS_YEAR
    value = number(text)
    return int(value) if value is not None else None


def _natural(text: str) -> int:
    value = number(text)
    return int(value) if value is not None and value < 10_000 else 0


def _settled(point: _Point, year: int, *, months_header: bool) -> _Point:
    if point.lone is not None:
        if not months_header:
            raise _Unreadable("cell-ambiguous", f"“{point.lone}”没有写明是月还是日；请写成{_PERIODS_WANTED}")
        point.month, point.lone = point.lone, None
    if point.year in {None, _THIS_YEAR}:
        point.year = year
    elif point.year == _NEXT_YEAR:
        point.year = year + 1
    return point


def _day(point: _Point, year: int, *, last: bool) -> date:
    """Return the first or last day that a point covers."""
    of = point.year or year
    if point.quarter is not None:
        months = (point.quarter * 3 - 2, point.quarter * 3)
    elif point.half is not None:
        months = (1, 6) if point.half == 1 else (7, 12)
    elif point.month is not None:
        months = (point.month, point.month)
    else:
        months = (1, 12)
    month = months[1] if last else months[0]
    if not 1 <= month <= 12:
        raise _Unreadable("date-impossible", f"没有 {month} 月；请更正")
    length = calendar.monthrange(of, month)[1]
    first_day, last_day = {"初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, length)}.get(
        point.part, (1, length)
    )
    day = point.day if point.day is not None else last_day if last else first_day
    if not 1 <= day <= length:
        raise _Unreadable("date-impossible", f"{of}年{month}月没有 {day} 日；请更正")
    return date(of, month, day)


def _whole(spans: list[Period], year: int) -> ReadPeriod:
    """Join the spans of a list, and say what is odd about the whole."""
    notes: tuple[Note, ...] = ()
    starts = [span.start for span in spans if span.start]
    ends = [span.end for span in spans if span.end]
    period = Period(
        start=min(starts) if len(starts) == len(spans) else None, end=max(ends) if len(ends) == len(spans) else None
    )
    ordered = sorted((span for span in spans if span.start and span.end), key=lambda span: span.start or date.min)
    for earlier, later in pairwise(ordered):
        if earlier.end and later.start and later.start > earlier.end + timedelta(days=1):
            stretches = "、".join(f"{span.start}至{span.end}" for span in ordered)
            notes = (Note(code="several-stretches", text=stretches),)
    first, last = period.start or period.end, period.end or period.start
    trouble = None
    if first and last and first.year == year < last.year:
        trouble = Trouble(code="period-crosses-year", message=f"跨到 {last.year} 年；年度计划的时间应在 {year} 年之内")
    elif first and last and (first.year != year or last.year != year):
        trouble = Trouble(code="period-outside-year", message=f"不在 {year} 年之内；请核对年份")
    return ReadPeriod(period=period, notes=notes, trouble=trouble)


def _whole_year(year: int) -> Period:
    return Period(start=date(year, 1, 1), end=date(year, 12, 31))
