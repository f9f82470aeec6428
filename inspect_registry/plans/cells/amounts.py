"""Ratio, count, frequency and cap: the four amounts, which offices write into each other's columns.

The unit decides what a quantity is (% a ratio, 户 a count, 次 a frequency); the column decides only for bare numbers,
and whether 次 is the planned frequency or the cap. Bounds: 不低于 and the like give only `min`, 不超过 only `max`.
"""

import re
from decimal import Decimal
from functools import lru_cache, reduce
from typing import Literal

import msgspec

from inspect_registry.plans.cells.quantities import Quantity, bound_of, find, without_bounds
from inspect_registry.plans.cells.text import NUMBER, is_nothing, is_undetermined, number, plain
from inspect_registry.plans.cells.values import TIMES_A_YEAR, Bounds, Frequency, Note, Trouble

AmountKind = Literal["ratio", "count", "ratio_or_count", "frequency", "cap"]

_WHOLE = re.compile(r"全覆盖|全部|全量|应查尽查|应检尽检|普查|全数|全面覆盖|全体|逐[户家]|100分之100|覆盖所有|所有")
_WHOLE_FIRST = re.compile(r"^;?(?:全覆盖|全部|全量|全数|应查尽查|应检尽检|普查)(?:检查|抽查|企业|对象)?(?:[;,]|$)")
_BARE = re.compile(
    rf"^(?P<before>\D*?)(?P<low>{NUMBER})(?:[-至到](?P<high>{NUMBER}))?(?P<after>(?:及|或)?以上|(?:及|或)?以下|以内|左右)?$"
)
_BARE_WORDS = re.compile(r"^(?:约|大约|每年|年度|全年|抽查|检查|频次|数量|比例|为|抽|共|[:=<>≥≤])*$")
_LABEL = re.compile(r"(?P<label>上限|频次|频率|次数|比例|比率|数量|户数|家数)(?:[^\d:;,]{0,4}:|[为是]?(?=\d))")
_LABEL_KIND: dict[str, AmountKind] = {"上限": "cap", "频次": "frequency", "频率": "frequency", "次数": "frequency"}
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_REMARK_WORDS = re.compile(r"不足|其中|不含|除外|为准|如遇")
_CLASS_FILLER = re.compile(
    r"抽查|检查|比例|频次|频率|抽取|覆盖率|对象?(?=[^象])|按照?|分别|为|的|不|每户|企业总数|总数|[:;,、。()=/\-和及]"
)
_NO_CLASS = re.compile(r"总体|整体|总的|合计|总量|其中")
_WANTED = {
    "ratio": "例如 5%、不低于10%、2%-5%、20户",
    "ratio_or_count": "例如 5%、20户、10%(20户)",
    "count": "例如 20户、约30家、10-15家、不少于10家",
    "frequency": "例如 1次/年、每季度1次、至少2次",
    "cap": "例如 2次/年、不超过4次/年",
}
_OBJECTS_MAX = Decimal(10_000_000)
_TIMES_MAX = Decimal(366)


class ClassAmount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The amount for one class of enterprises, by the class's name as the cell writes it."""

    label: str
    ratio: Bounds | None = None
    frequency: Frequency | None = None


class Amounts(msgspec.Struct, frozen=True, kw_only=True):
    """What one cell states of the four amounts."""

    ratio: Bounds | None = None
    count: Bounds | None = None
    frequency: Frequency | None = None
    cap: int | None = None
    """Inspections a year per enterprise."""
    by_class: tuple[ClassAmount, ...] = ()
    notes: tuple[Note, ...] = ()
    trouble: Trouble | None = None


class _Unreadable(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.trouble = Trouble(code=code, message=message)


@lru_cache(maxsize=8192)
def read_amounts(text: str, kind: AmountKind, *, percent_header: bool = False) -> Amounts:
    """Read a cell of an amount column.

    An empty cell states nothing and is no trouble here: which columns must be filled is the table's business.
    `percent_header`: the header says that bare numbers are percents.
    """
    cell = plain(text)
    if not cell or is_nothing(cell):
        return Amounts()
    try:
        parts = [_segment(part, named, percent_header=percent_header) for part, named in _segments(cell, kind)]
        return reduce(_merged, parts, Amounts())
    except _Unreadable as unreadable:
        return Amounts(trouble=unreadable.trouble)


def _segments(cell: str, kind: AmountKind) -> list[tuple[str, AmountKind]]:
    """Cut a cell at its labels: 频次:…上限:… are two amounts."""
    labels = list(_LABEL.finditer(cell))
    if not labels:
        return [(cell, kind)]
    parts = [(cell[: labels[0].start()], kind)] if labels[0].start() else []
    for index, label in enumerate(labels):
        end = labels[index + 1].start() if index + 1 < len(labels) else len(cell)
        named: AmountKind = "ratio" if label["label"] in {"比例", "比率"} else "count"
        parts.append((cell[label.end() : end], _LABEL_KIND.get(label["label"], named)))
    return [(part, part_kind) for part, part_kind in parts if re.search(rf"{NUMBER}|全", part)]


def _segment(cell: str, kind: AmountKind, *, percent_header: bool) -> Amounts:
    cell, remarks = _without_remarks(cell)
    bare = _bare(cell, kind, percent_header=percent_header)
    if bare is not None:
        return msgspec.structs.replace(bare, notes=bare.notes + remarks)
    found = find(cell)
    if found.unexplained:
        raise _Unreadable("cell-ambiguous", f"其中的“{found.unexplained}”不知何意；请写成{_WANTED[kind]}")
    if not found.quantities:
        return _without_figures(cell, kind, remarks)
    average = any(quantity.average for quantity in found.quantities)
    notes = (
        remarks
        + ((Note(code="approximate"),) if any(q.approximate for q in found.quantities) else ())
        + ((Note(code="average"),) if average else ())
    )
    percents = [quantity for quantity in found.quantities if quantity.unit == "percent"]
    objects = [quantity for quantity in found.quantities if quantity.unit == "objects"]
    times = [quantity for quantity in found.quantities if quantity.unit == "times"]
    ratio, ratio_classes = _ratio(percents)
    whole = _WHOLE_FIRST if objects else _WHOLE
    if ratio is None and kind in {"ratio", "ratio_or_count"} and whole.search(cell):
        ratio = Bounds(min=Decimal(100), max=Decimal(100))
    frequency, cap, frequency_classes = _times(times, kind)
    return Amounts(
        ratio=ratio,
        count=_count(objects),
        frequency=frequency,
        cap=cap,
        by_class=ratio_classes + frequency_classes,
        notes=notes,
    )


def _without_remarks(cell: str) -> tuple[str, tuple[Note, ...]]:
    """Take out brackets that say nothing new; they are remarks. Other brackets are just separators.

    10%(20户) states two amounts, 2次(上、下半年各1次) only one: what repeats a unit explains the number before it.
    """
    remarks: list[Note] = []
    outside = {quantity.unit for quantity in find(_PARENTHESES.sub("", cell)).quantities}

    def look(match: re.Match[str]) -> str:
        inside = match[1]
        units = {quantity.unit for quantity in find(inside).quantities}
        new = units - outside or (re.fullmatch(NUMBER, inside) and not outside)
        if new and not _REMARK_WORDS.search(inside):
            return f";{inside};"
        remarks.append(Note(code="remark", text=inside))
        return ""

    return _PARENTHESES.sub(look, cell).strip(";,。"), tuple(remarks)


def _without_figures(cell: str, kind: AmountKind, remarks: tuple[Note, ...]) -> Amounts:
    whole = kind in {"ratio", "ratio_or_count", "count"} and _WHOLE.search(cell)
    if whole and not is_undetermined(cell):
        return Amounts(ratio=Bounds(min=Decimal(100), max=Decimal(100)), notes=remarks)
    if not cell and remarks:
        raise _Unreadable("cell-unreadable", f"只有括号中的说明；请写成{_WANTED[kind]}")
    if is_undetermined(cell):
        raise _Unreadable("cell-undetermined", f"尚未确定；请写明，{_WANTED[kind]}")
    raise _Unreadable("cell-unreadable", f"看不懂这一格；请写成{_WANTED[kind]}")


def _bare(cell: str, kind: AmountKind, *, percent_header: bool) -> Amounts | None:
    """Read a number without a unit, whose meaning the column gives."""
    match = _BARE.match(cell)
    if match is None or not _BARE_WORDS.match(without_bounds(match["before"])):
        return None
    low, high = number(match["low"]), number(match["high"] or match["low"])
    if low is None or high is None:
        return None
    bound, step = bound_of(match["before"], match["after"] or "")
    first, last = max(low + step, Decimal(0)), max(high + step, Decimal(0))
    approximate = (Note(code="approximate"),) if re.search(r"约|左右", cell) else ()
    if kind in {"frequency", "cap"}:
        quantity = Quantity(
            unit="times", low=first, high=last, bound=bound, per=None, gap="", approximate=False, average=False
        )
        frequency, cap, _ = _times([quantity], kind)
        return Amounts(frequency=frequency, cap=cap, notes=approximate)
    if kind == "count" or (kind == "ratio_or_count" and "." not in match["low"] and not percent_header):
        return Amounts(count=_whole_bounds(_bounds(first, last, bound)), notes=approximate)
    if percent_header:
        return Amounts(ratio=_percent(_bounds(low, high, bound)), notes=approximate)
    if high < 1 or (high == 1 and "." in match["low"]):
        return Amounts(ratio=_percent(_bounds(low * 100, high * 100, bound)), notes=approximate)
    raise _Unreadable("ratio-without-unit", f"“{cell}”没有写单位；请写明是百分比（{cell}%）还是户数（{cell}户）")


def _bounds(low: Decimal, high: Decimal, bound: str | None) -> Bounds:
    if low > high:
        raise _Unreadable("range-inverted", f"范围的起点 {low} 大于终点 {high}；请调换")
    if bound == "least":
        return Bounds(min=low)
    return Bounds(max=high) if bound == "most" else Bounds(min=low, max=high)


def _percent(bounds: Bounds) -> Bounds:
    if max(bounds.min or 0, bounds.max or 0) > 100:
        raise _Unreadable("ratio-out-of-range", "比例超过 100%；请写 0% 至 100%")
    return bounds


def _whole_bounds(bounds: Bounds) -> Bounds:
    for value in (bounds.min, bounds.max):
        if value is not None and value > _OBJECTS_MAX:
            raise _Unreadable("number-too-large", f"数量不能超过 {_OBJECTS_MAX}")
        if value is not None and value != value.to_integral_value():
            raise _Unreadable("count-not-whole", "数量应为整数")
    return bounds


def _ratio(quantities: list[Quantity]) -> tuple[Bounds | None, tuple[ClassAmount, ...]]:
    _in_the_year(quantities)
    parts = [_percent(_bounds(quantity.low, quantity.high, quantity.bound)) for quantity in quantities]
    if len(parts) <= 1:
        return (parts[0] if parts else None), ()
    joined = _joined(parts)
    if joined is not None:
        return joined, ()
    labels = _class_labels(quantities)
    classes = tuple(ClassAmount(label=label, ratio=part) for label, part in zip(labels, parts, strict=True))
    return _hull(parts), classes


def _count(quantities: list[Quantity]) -> Bounds | None:
    _in_the_year(quantities)
    parts = [_whole_bounds(_bounds(quantity.low, quantity.high, quantity.bound)) for quantity in quantities]
    if len(parts) <= 1:
        return parts[0] if parts else None
    joined = _joined(parts)
    labels = {_class_label(quantity) for quantity in quantities} - {""}
    if joined is None or (len(labels) == len(parts) and parts[0] == parts[1]):  # 餐饮5户、商超5户 are ten, not five.
        raise _Unreadable("cell-ambiguous", "一格中有多个数量；请只写一个，例如 20户")
    return joined


def _in_the_year(quantities: list[Quantity]) -> None:
    """Refuse shares and numbers of objects that are stated for less or more than a year."""
    if any(quantity.per not in {None, "year"} for quantity in quantities):
        raise _Unreadable("cell-ambiguous", "数量不是按全年写的；请写成全年的比例或者数量，例如 5%、20户")


def _times(
    quantities: list[Quantity], kind: AmountKind
) -> tuple[Frequency | None, int | None, tuple[ClassAmount, ...]]:
    for quantity in quantities:
        if quantity.high > _TIMES_MAX:
            raise _Unreadable("number-too-large", f"次数不能超过 {_TIMES_MAX}")
    if not quantities:
        return None, None, ()
    if kind == "cap":
        return None, _cap(quantities), ()
    parts = [_frequency(quantity) for quantity in quantities]
    if len(parts) == 1:
        return parts[0], None, ()
    if len(parts) == 2 and quantities[1].bound == "most":
        if quantities[0].bound == "least" and parts[0].per == parts[1].per:
            return Frequency(min=parts[0].min, max=parts[1].max, per=parts[0].per), None, ()
        if quantities[0].bound is None:
            return parts[0], _cap(quantities[1:]), ()
    labels = _class_labels(quantities)
    classes = tuple(ClassAmount(label=label, frequency=part) for label, part in zip(labels, parts, strict=True))
    if len({part.per for part in parts}) > 1:
        raise _Unreadable("cell-ambiguous", "各类的频次按不同的时间计；请统一写成每年几次")
    hull = _hull([Bounds(min=part.min, max=part.max) for part in parts])
    return Frequency(min=hull.min, max=hull.max, per=parts[0].per), None, classes


def _frequency(quantity: Quantity) -> Frequency:
    bounds = _bounds(quantity.low, quantity.high, quantity.bound)
    return Frequency(min=bounds.min, max=bounds.max, per=quantity.per)


def _cap(quantities: list[Quantity]) -> int:
    """Return inspections a year: the upper bound that the cell states."""
    stated = quantities if len(quantities) == 1 else [q for q in quantities if q.bound == "most"]
    if len(stated) != 1:
        raise _Unreadable("cell-ambiguous", "上限只能有一个；请写成每年几次，例如 2次/年")
    quantity = stated[0]
    if quantity.bound == "least":
        raise _Unreadable("cap-is-minimum", "这是下限，不是上限；请写成“不超过2次/年”")
    _bounds(quantity.low, quantity.high, None)
    a_year = quantity.high * TIMES_A_YEAR[quantity.per or "year"]
    # Once in two years is at most once in any one year.
    return max(1, int(a_year)) if quantity.high else 0


def _joined(parts: list[Bounds]) -> Bounds | None:
    """Join 不低于…不超过… into one range."""
    if len(parts) == 2 and parts[0].max is None and parts[1].min is None:
        joined = Bounds(min=parts[0].min, max=parts[1].max)
        if not joined.is_inverted():
            return joined
    if len(parts) > 1 and all(part == parts[0] for part in parts):
        return parts[0]
    return None


def _hull(parts: list[Bounds]) -> Bounds:
    lows = [part.min for part in parts if part.min is not None]
    highs = [part.max for part in parts if part.max is not None]
    return Bounds(
        min=min(lows) if len(lows) == len(parts) else None, max=max(highs) if len(highs) == len(parts) else None
    )


def _class_labels(quantities: list[Quantity]) -> list[str]:
    """Name the class of each quantity, or raise: two amounts that nothing tells apart are ambiguous."""
    labels = [_class_label(quantity) for quantity in quantities]
    if not all(labels) or len(set(labels)) < len(labels) or any(_NO_CLASS.search(label) for label in labels):
        raise _Unreadable("cell-ambiguous", "一格中有多个数，分不清各指什么；请写明各指哪一类，例如 守信5%、失信20%")
    return labels


def _class_label(quantity: Quantity) -> str:
    return _CLASS_FILLER.sub("", without_bounds(quantity.gap))


def _merged(one: Amounts, other: Amounts) -> Amounts:
    for name in ("ratio", "count", "frequency", "cap"):
        first, second = getattr(one, name), getattr(other, name)
        if first is not None and second is not None and first != second:
            raise _Unreadable("cell-ambiguous", "同一项写了两个不同的数；请只保留一个")
    return Amounts(
        ratio=one.ratio or other.ratio,
        count=one.count or other.count,
        frequency=one.frequency or other.frequency,
        cap=one.cap if one.cap is not None else other.cap,
        by_class=one.by_class + other.by_class,
        notes=one.notes + other.notes,
    )
