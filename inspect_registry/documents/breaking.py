"""Where a Chinese line may break (GB/T 15834 and the habits of printers), for plain text.

- No line begins with a closing mark (，。；：！？）》…), none ends with an opening one (（《“…).
- Latin words, numbers, dates and codes stay whole; one that is wider than a line is cut.
- Written line ends are kept.

reportlab's own breaking knows Japanese marks and lets only one mark hang, so "）。" puts "。" at the start of a line.
This module sets no type: the caller says how wide a text is.
"""

import re
from collections.abc import Callable

NEVER_FIRST = frozenset("，。、；：！？）》〉」』】〕］｝…—～·’”%％‰°℃,.;:!?)]}")
NEVER_LAST = frozenset("（《〈「『【〔［｛‘“([{￥$№")

# A run of narrow characters without blanks is one unit, any other character is one of its own.
_UNIT = re.compile(r"[!-~À-ɏ]+|.", re.DOTALL)


def break_lines(text: str, width_of: Callable[[str], float], first: float, rest: float) -> list[str]:
    """Break a text into lines no wider than `first` (the first line) and `rest` (the others), in `width_of` units.

    A line may be wider only when a single character is. Every character but blanks at line ends is kept.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_broken(paragraph, width_of, first if not lines else rest, rest))
    return lines


def _broken(text: str, width_of: Callable[[str], float], first: float, rest: float) -> list[str]:
    units = _units(text, width_of, min(first, rest))
    widths = [width_of(unit) for unit in units]
    lines: list[str] = []
    start = 0
    while start < len(units):
        room = rest if lines else first
        end = start
        used = 0.0
        while end < len(units) and (end == start or used + widths[end] <= room):
            used += widths[end]
            end += 1
        if end < len(units):
            end = _allowed(units, start, end)
        lines.append("".join(units[start:end]).rstrip(" "))
        start = end
        while start < len(units) and units[start] == " ":
            start += 1
    return lines or [""]


def _allowed(units: list[str], start: int, end: int) -> int:
    """Move a break back until no mark stands where it must not; give up where that would empty the line."""
    at = end
    while at > start + 1 and (units[at][0] in NEVER_FIRST or units[at - 1][-1] in NEVER_LAST):
        at -= 1
    forbidden = units[at][0] in NEVER_FIRST or units[at - 1][-1] in NEVER_LAST
    return end if forbidden else at


def _units(text: str, width_of: Callable[[str], float], room: float) -> list[str]:
    units: list[str] = []
    for unit in _UNIT.findall(text):
        if len(unit) == 1 or width_of(unit) <= room:
            units.append(unit)
        else:
            units.extend(unit)
    return units
