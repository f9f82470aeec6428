"""The planner's sentences with names instead of numbers: people know departments, shops and matters by name. Pure."""

import re
from collections.abc import Callable

from inspect_registry.visits.merging import matter_groups
from inspect_registry.visits.month import Month

_NUMBERS = re.compile(r"(部门|场所|事项) (\d+(?:、\d+)*) ?")
_MANY = 3
"""More names than this are shortened to the first ones and their number."""


def readable(month: Month) -> Callable[[str], str]:
    """Return what puts names into a sentence of this month's plan; an unknown number stays as it is."""
    groups = {number: group for group, number in matter_groups(month).items()}
    places = {place.id: place.name for place in month.premises}

    def name(kind: str, number: int) -> str:
        if kind == "部门":
            return month.departments.get(number, "")
        if kind == "场所":
            return places.get(number, "")
        names = [month.matters.get(matter, "") for matter in sorted(groups.get(number, ()))]
        return f"“{'、'.join(names)}”" if names and all(names) else ""

    def put(found: re.Match[str]) -> str:
        names = [name(found.group(1), int(number)) for number in found.group(2).split("、")]
        if not all(names):
            return found.group(0)
        shown = "、".join(names[:_MANY])
        return shown if len(names) <= _MANY else f"{shown}等 {len(names)} 个"

    return lambda sentence: _NUMBERS.sub(put, sentence)
