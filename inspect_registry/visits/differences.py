"""Two runs of one month side by side: in numbers, place by place, and in the load of departments. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from inspect_registry.planning.compare import Differences, differences
from inspect_registry.planning.problem import Placement, Plan
from inspect_registry.visits.run_rows import LoadRow, PlannedCheckRow, RunRow, UnservedLine


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One number of both runs."""

    key: str
    label: str
    unit: str
    before: float
    after: float
    better: bool | None
    """True: the second run is better here; None: equal, or neither is better."""


class LoadLine(msgspec.Struct, frozen=True, kw_only=True):
    """One department's load in both runs, in percent of its people's time; None where it has nobody."""

    department: str
    before: float | None
    after: float | None
    visits_before: int
    visits_after: int


class Knock(msgspec.Struct, frozen=True, kw_only=True):
    """One visit as one run has it."""

    day: date
    departments: list[str]
    checks: int


class PlaceKind(StrEnum):
    """What became of the visits to one place."""

    FEWER = "fewer"
    MORE = "more"
    MOVED = "moved"
    REGROUPED = "regrouped"


class PlaceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One place whose visits differ."""

    premises: str
    """Its uid."""
    enterprise: str
    kind: PlaceKind
    before: list[Knock]
    after: list[Knock]


class ServedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One check that only one of the runs serves."""

    check: str
    department: str
    enterprise: str
    matters: list[str]
    mandatory: bool
    sentence: str
    """Why the other run leaves it out."""


class RunComparison(msgspec.Struct, frozen=True, kw_only=True):
    """What the second run does otherwise than the first."""

    before: str
    after: str
    before_told: str
    after_told: str
    month: date
    figures: list[Figure]
    loads: list[LoadLine]
    moved: int
    """Checks on another day."""
    regrouped: int
    """Checks on the same day with other companions or people."""
    places: list[PlaceLine]
    places_total: int
    newly_served: list[ServedLine]
    no_longer_served: list[ServedLine]


FIGURES = (
    ("visits", "入企次数", "次", -1),
    ("joint_visits", "综合一次查", "次", 0),
    ("disturbed_days", "打扰企业天数", "天", -1),
    ("unserved", "未能安排的检查", "项", -1),
    ("unserved_mandatory", "其中法定检查", "项", -1),
    ("zone_switches", "跨片区往返", "次", -1),
    ("cost", "综合代价", "分", -1),
)
"""Key of the measures, label, unit, and whether more (1) or less (-1) is better."""


def figures_of(before: RunRow, after: RunRow, disturbed: tuple[int, int]) -> list[Figure]:
    """Compare the runs in numbers; avoided visits only where both counted them. `disturbed` are days, as counted."""
    first, second = _numbers(before, disturbed[0]), _numbers(after, disturbed[1])
    rows = [_figure(key, label, unit, sign, first[key], second[key]) for key, label, unit, sign in FIGURES]
    if before.naive_visits and after.naive_visits:
        avoided = (max(one.naive_visits - one.visits, 0) for one in (before, after))
        rows.insert(2, _figure("avoided", "合并后少入企", "次", 1, *map(float, avoided)))
    return rows


def disturbed_days(rows: Iterable[PlannedCheckRow]) -> int:
    """Count the pairs of place and day with a visit."""
    return len({(one.premises, one.day) for one in rows if one.knock is not None})


def _numbers(run: RunRow, disturbed: int) -> dict[str, float]:
    return {
        "visits": run.visits,
        "joint_visits": float(run.measures.get("joint_visits", 0)),
        "disturbed_days": disturbed,
        "unserved": len(run.unserved),
        "unserved_mandatory": sum(one.mandatory for one in run.unserved),
        "zone_switches": float(run.measures.get("zone_switches", 0)),
        "cost": float(run.measures.get("cost", 0)),
    }


def _figure(key: str, label: str, unit: str, sign: int, before: float, after: float) -> Figure:
    better = None if before == after or sign == 0 else (after - before) * sign > 0
    return Figure(key=key, label=label, unit=unit, before=before, after=after, better=better)


def loads_of_both(before: Sequence[LoadRow], after: Sequence[LoadRow]) -> list[LoadLine]:
    """Put the departments' loads beside each other, in the order of the first run."""
    first = {one.department: one for one in before}
    second = {one.department: one for one in after}
    order = [*first, *(department for department in second if department not in first)]
    return [
        LoadLine(
            department=(first.get(department) or second[department]).short_name,
            before=_percent(first.get(department)),
            after=_percent(second.get(department)),
            visits_before=first[department].visits if department in first else 0,
            visits_after=second[department].visits if department in second else 0,
        )
        for department in order
    ]


def _percent(load: LoadRow | None) -> float | None:
    return round(100 * load.booked / load.available, 1) if load is not None and load.available else None


def differences_of(before: Sequence[PlannedCheckRow], after: Sequence[PlannedCheckRow]) -> Differences:
    """Compare check by check."""
    return differences(_plan(before), _plan(after))


def _plan(rows: Iterable[PlannedCheckRow]) -> Plan:
    """Make a plan of rows; days count from the first day of all dates, which both runs share."""
    return Plan(
        placements=tuple(
            Placement(
                check=one.check, day=one.day.toordinal(), visit=one.knock, inspectors=tuple(sorted(one.inspectors))
            )
            for one in rows
        )
    )


def places_of(before: Sequence[PlannedCheckRow], after: Sequence[PlannedCheckRow]) -> list[PlaceLine]:
    """List every place whose visits differ in day or in what they hold, by its uid; people alone do not count."""
    first, second = _by_place(before), _by_place(after)
    names = {one.premises_uid: one.enterprise for one in (*before, *after)}
    lines = []
    for place in sorted({*first, *second}):
        old, new = first.get(place, {}), second.get(place, {})
        if set(old) == set(new):
            continue
        lines.append(
            PlaceLine(
                premises=place,
                enterprise=names[place],
                kind=_kind({day for day, _ in old}, {day for day, _ in new}, len(old), len(new)),
                before=[old[key] for key in sorted(old, key=_in_order)],
                after=[new[key] for key in sorted(new, key=_in_order)],
            )
        )
    return lines


def _kind(days_before: set[date], days_after: set[date], before: int, after: int) -> PlaceKind:
    if before != after:
        return PlaceKind.FEWER if after < before else PlaceKind.MORE
    return PlaceKind.MOVED if days_before != days_after else PlaceKind.REGROUPED


_Key = tuple[date, frozenset[int]]


def _in_order(key: _Key) -> tuple[date, list[int]]:
    return key[0], sorted(key[1])


def _by_place(rows: Iterable[PlannedCheckRow]) -> dict[str, dict[_Key, Knock]]:
    knocks: dict[tuple[str, int], list[PlannedCheckRow]] = defaultdict(list)
    for one in rows:
        if one.knock is not None:
            knocks[one.premises_uid, one.knock].append(one)
    places: dict[str, dict[_Key, Knock]] = defaultdict(dict)
    for (place, _), checks in knocks.items():
        departments = sorted({one.short_name for one in checks})
        key = (checks[0].day, frozenset(one.check for one in checks))
        places[place][key] = Knock(day=checks[0].day, departments=departments, checks=len(checks))
    return places


def served_lines(only_here: RunRow, elsewhere: RunRow, department: int | None) -> list[ServedLine]:
    """List the checks that one run leaves out and the other does not, with the reason."""
    left_out_there = {one.check for one in elsewhere.unserved}
    return [
        _served(one)
        for one in only_here.unserved
        if one.check not in left_out_there and department in {None, one.department_id}
    ]


def _served(one: UnservedLine) -> ServedLine:
    return ServedLine(
        check=one.check,
        department=one.department,
        enterprise=one.enterprise,
        matters=one.matters,
        mandatory=one.mandatory,
        sentence=one.sentence,
    )
