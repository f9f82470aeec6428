"""Find the quantities in a cell: numbers and ranges with a unit, the bound words around them, the time they are per.

    cell      = quantity { separator quantity }
    quantity  = [bound word] number [ "-" number ] unit [ "/" time ] [bound word]
    unit      = % | ‰ | 成 | 次 | 户 | 家 | 个 | 批次 | …

What lies between two quantities is a *gap*: it may hold words, but every figure in it must be explained (a year, a
numbering, a time), or the cell is not understood: a grammar that skips figures would guess. The same for a time that
a number is per and that has no name here (每日, 每学期), and for a part of the year (上半年1次，下半年1次).

超过, 多于, 少于 and 低于 leave their number out (民法典第一千二百五十九条): of whole things the next one counts.
"""

import re
from decimal import Decimal
from typing import Literal

import msgspec

from inspect_registry.plans.cells.text import NUMBER, number
from inspect_registry.plans.cells.values import Per

Unit = Literal["percent", "times", "objects"]
Bound = Literal["least", "most", "exactly"]

_TIME = rf"(?:(?:{NUMBER})个?)?(?:半年度?|年度?|季度?|月度?|周)"
_TARGET = r"(?:户|家|个?单位|家?企业|(?:经营|市场)?主体|(?:检查|监管|抽查)?对象|场所|店|人)"
_OBJECTS = r"(?:户次|家次|批次|人次|户|家|个|件|批|所|台|套|辆|人|名|处|宗|间|座|艘|组|份)(?!月|百分点|季度|工作日)"
_UNIT = rf"(?:%|‰|成(?![^、,;。\d以]))|次(?!年)|{_OBJECTS}"
_QUANTITY = re.compile(
    rf"(?:百分之(?P<hundredth>{NUMBER})(?:[-至到](?:百分之)?(?P<hundredth_to>{NUMBER}))?"
    rf"|千分之(?P<thousandth>{NUMBER})"
    rf"|(?P<parts>{NUMBER})分之(?P<part>{NUMBER})"
    rf"|(?P<low>{NUMBER})(?P<low_unit>{_UNIT})?[-至到或](?P<high>{NUMBER})(?P<high_unit>{_UNIT})"
    rf"|(?P<single>{NUMBER})(?P<odd>[余多来几])?(?P<unit>{_UNIT}))"
    rf"(?P<per>(?:[/·每]{_TARGET}|[/·每](?P<time>{_TIME}))+)?"
    r"(?P<after>(?:及|或)?以上|(?:及|或)?以下|以内|之内|左右|上下|不等)?"
)
_LEAST = r"不(?:得|应|能)?(?:低于|少于|小于)|至少|最低|最少|起码|大于等于|≥|>=|≧"
_MOST = r"不(?:得|应|能)?(?:高于|超过|多于|大于|超出)|至多|最多|最高|小于等于|≤|<=|≦|控制在"
_BOUND = re.compile(
    rf"(?P<least>{_LEAST})|(?P<most>{_MOST})"
    r"|(?P<above>大于|超过|高于|多于|>)|(?P<below>低于|少于|小于|<)|(?P<exactly>=)"
)
_TIME_IN_GAP = re.compile(rf"(?<![上下\d])(?:平均|每|全|整|本)?(?P<time>{_TIME})(?![底末初前])(?:均|内|之内|度)?")
_SAYS: dict[str, tuple[Bound, int]] = {
    "least": ("least", 0),
    "most": ("most", 0),
    "above": ("least", 1),
    "below": ("most", -1),
    "exactly": ("exactly", 0),
}
_NAMELESS_TIME = re.compile(r"(?:[每一/·]个?|每一个?)(?:工作日|日|天|小时|班次?|学期|学年|旬)(?!常)|每次")
_PART_OF_YEAR = re.compile(r"[上下]半年|第[一二三四1-4]季度?")
_APPROXIMATE = re.compile(r"约|大约|预计|预估|估计|左右|上下|近$")
_EXPLAINED = re.compile(
    r"(?:19|20)\d\d年?(?:度|\d{1,2}月)?(?:\d{1,2}日)?[底末]?|《[^》]*》|[〔\[][^〕\]]*[〕\]]\d*号?"
    r"|(?:^|[;,。(\n])\(?\d{1,2}[.、)]"
)


class Quantity(msgspec.Struct, frozen=True, kw_only=True):
    """One quantity of a cell, with the words that qualify it."""

    unit: Unit
    low: Decimal
    high: Decimal
    bound: Bound | None
    per: Per | None
    gap: str
    """The text between the previous quantity and this one."""
    approximate: bool
    average: bool


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The quantities of a cell and what is left of it."""

    quantities: tuple[Quantity, ...]
    tail: str
    unexplained: str
    """Figures that belong to no quantity; empty in a cell that is understood."""


def find(text: str) -> Found:
    """Find every quantity of a cell in plain spelling (text.plain)."""
    quantities: list[Quantity] = []
    unexplained: list[str] = []
    end = 0
    inherited: Per | None = None
    for match in _QUANTITY.finditer(text):
        gap = text[end : match.start()]
        time_before = _time_in(gap)
        inherited = time_before or inherited
        quantity = _quantity(match, gap, inherited)
        if quantity is None:
            unexplained.append(match[0])
        else:
            quantities.append(quantity)
        unexplained.append(_figures(gap))
        if quantity is not None and quantity.unit == "times" and quantity.per is None:
            unexplained.append(_unnamed_time(gap + (match["time"] or "")))
        unexplained += [part[0] for part in _PART_OF_YEAR.finditer(gap)]
        unexplained += [time[0] for time in _NAMELESS_TIME.finditer(gap)]
        if gap.endswith(("-", ".")):
            unexplained.append(gap[-1] + match[0])
        end = match.end()
    tail = text[end:]
    unexplained.append(_figures(tail))
    if quantities:
        unexplained += [time[0] for time in _NAMELESS_TIME.finditer(tail)]
        unexplained.append("-" if tail.startswith("-") else "")
    return Found(quantities=tuple(quantities), tail=tail, unexplained="".join(unexplained))


def bound_of(before: str, after: str) -> tuple[Bound | None, int]:
    """Return what the last bound word around a number says, and the step to the first whole number it lets in."""
    if after.endswith("以上"):
        return "least", 0
    if after.endswith(("以下", "以内", "之内")):
        return "most", 0
    found = [_SAYS[str(match.lastgroup)] for match in _BOUND.finditer(before)]
    return found[-1] if found else (None, 0)


def without_bounds(gap: str) -> str:
    """Return a gap without its bound and time words: what is left may be a label."""
    return _TIME_IN_GAP.sub("", _APPROXIMATE.sub("", _BOUND.sub("", gap)))


def _quantity(match: re.Match[str], gap: str, inherited: Per | None) -> Quantity | None:
    numbers = _numbers(match)
    if numbers is None:
        return None
    unit, low, high = numbers
    after = match["after"] or ""
    bound, step = bound_of(gap, after)
    step = 0 if unit == "percent" else step
    per = per_of(match["time"]) if match["time"] else inherited if unit == "times" else _time_in(gap)
    return Quantity(
        unit=unit,
        low=max(low + step, Decimal(0)),
        high=max(high + step, Decimal(0)),
        bound=bound,
        per=per,
        gap=gap,
        approximate=bool(match["odd"] or _APPROXIMATE.search(gap) or _APPROXIMATE.search(after)),
        average="均" in gap,
    )


def _numbers(match: re.Match[str]) -> tuple[Unit, Decimal, Decimal] | None:
    if match["hundredth"]:
        low, high, scale, unit = match["hundredth"], match["hundredth_to"], Decimal(1), "%"
    elif match["thousandth"]:
        low, high, scale, unit = match["thousandth"], None, Decimal("0.1"), "%"
    elif match["part"]:
        parts = number(match["parts"])
        if not parts:
            return None
        low, high, scale, unit = match["part"], None, 100 / parts, "%"
    elif match["single"]:
        low, high, unit = match["single"], None, match["unit"]
        scale = _scale(unit)
    else:
        low, high, unit = match["low"], match["high"], match["high_unit"]
        if match["low_unit"] and _kind(match["low_unit"]) != _kind(unit):
            return None
        scale = _scale(unit)
    first, last = number(low), number(high or low)
    if first is None or last is None:
        return None
    places = Decimal("0.0001")
    return _kind(unit), (first * scale).quantize(places).normalize(), (last * scale).quantize(places).normalize()


def _scale(unit: str) -> Decimal:
    return {"‰": Decimal("0.1"), "成": Decimal(10)}.get(unit, Decimal(1))


def _kind(unit: str) -> Unit:
    if unit in {"%", "‰", "成"}:
        return "percent"
    return "times" if unit == "次" else "objects"


def per_of(time: str) -> Per | None:
    """Read a stretch of time that a frequency is per; None for one that has no name here."""
    match = re.fullmatch(rf"(?P<many>{NUMBER})?个?(?P<unit>半年|年|季|月|周)度?", time)
    if match is None:
        return None
    many = number(match["many"]) if match["many"] else Decimal(1)
    names: dict[tuple[Decimal | None, str], Per] = {
        (Decimal(1), "半年"): "half_year",
        (Decimal(1), "年"): "year",
        (Decimal(2), "年"): "two_years",
        (Decimal(3), "年"): "three_years",
        (Decimal(5), "年"): "five_years",
        (Decimal(1), "季"): "quarter",
        (Decimal(1), "月"): "month",
        (Decimal(3), "月"): "quarter",
        (Decimal(6), "月"): "half_year",
        (Decimal(12), "月"): "year",
        (Decimal(1), "周"): "week",
    }
    return names.get((many, match["unit"]))


def _time_in(gap: str) -> Per | None:
    found: Per | None = None
    for match in _TIME_IN_GAP.finditer(_EXPLAINED.sub("", gap)):
        found = per_of(match["time"]) or found
    return found


def _unnamed_time(gap: str) -> str:
    """Return the stretch of time that a frequency is per and that has no name here: 每2个月."""
    times = [match["time"] for match in _TIME_IN_GAP.finditer(_EXPLAINED.sub("", gap))]
    return "".join(time for time in times if per_of(time) is None)


def _figures(gap: str) -> str:
    """Return the figures of a gap that nothing explains."""
    rest = _EXPLAINED.sub("", gap)
    rest = re.sub(rf"(?:每|近|前)?{_TIME}", "", rest)
    return "".join(re.findall(r"\d+", rest))
