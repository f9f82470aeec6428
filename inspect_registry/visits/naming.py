"""The planner's sentences with names instead of numbers: people know departments, shops and matters by name. Pure."""

import re
from collections.abc import Callable, Sequence

from inspect_registry.visits.asking import groups_by_number
from inspect_registry.visits.bundling import bundled
from inspect_registry.visits.month import Month

_NUMBERS = re.compile(r"(部门|场所|事项|检查|组合) (\d+(?:、\d+)*) ?")
_MANY = 3
"""More names than this are shortened to the first ones and their number."""


def readable(month: Month) -> Callable[[str], str]:
    """Return what puts names into a sentence of this month's plan; an unknown number stays as it is."""
    groups = groups_by_number(month)
    checks = {check.id: check for check in month.checks}
    bundles = {one.number: one.bundle.name for one in bundled(month).bound}
    places = {place.id: place.name for place in month.premises}

    def name(kind: str, number: int) -> str:
        if kind == "部门":
            return month.departments.get(number, "")
        if kind == "场所":
            return places.get(number, "")
        if kind == "组合":
            return f"“{bundles[number]}”" if number in bundles else ""
        if kind == "检查":
            one = checks.get(number)
            whose = month.departments.get(one.department, "") if one else ""
            what = matters(one.matters) if one else ""
            return whose + what if whose and what else ""
        group = groups.get(number)
        drawn = "且在抽取名单内的" if group is not None and group.allowed else ""
        return matters(group.matters) + drawn if group is not None and matters(group.matters) else ""

    def matters(ids: Sequence[int]) -> str:
        names = [month.matters.get(matter, "") for matter in sorted(ids)]
        return f"“{'、'.join(names)}”" if names and all(names) else ""

    def put(found: re.Match[str]) -> str:
        names = [name(found.group(1), int(number)) for number in found.group(2).split("、")]
        if not all(names):
            return found.group(0)
        shown = "、".join(names[:_MANY])
        return shown if len(names) <= _MANY else f"{shown}等 {len(names)} 个"

    return lambda sentence: _NUMBERS.sub(put, sentence)
