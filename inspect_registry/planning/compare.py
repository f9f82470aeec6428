"""Two plans of one problem side by side (what-if, and what a re-plan changed)."""

import msgspec

from .problem import Placement, Plan, Problem
from .score import Measures, floor_of, measure
from .situation import Situation


class Differences(msgspec.Struct, frozen=True, kw_only=True):
    """What the second plan does otherwise than the first, check by check."""

    moved: tuple[int, ...]
    """Checks served in both on different days."""
    dropped: tuple[int, ...]
    """Checks served only in the first."""
    added: tuple[int, ...]
    """Checks served only in the second."""
    regrouped: tuple[int, ...]
    """Checks on the same day with other companions or people."""


class Comparison(Differences, frozen=True, kw_only=True):
    """The differences with the measures of both plans."""

    before: Measures
    after: Measures


def compare(problem: Problem, before: Plan, after: Plan) -> Comparison:
    """Compare two plans of one problem check by check."""
    floor = floor_of(Situation(problem, Plan()))
    told = differences(before, after)
    return Comparison(
        before=measure(problem, before, floor),
        after=measure(problem, after, floor),
        moved=told.moved,
        dropped=told.dropped,
        added=told.added,
        regrouped=told.regrouped,
    )


def differences(before: Plan, after: Plan) -> Differences:
    """Tell two plans apart; they may come from different problems about the same checks."""
    first = {p.check: p for p in before.placements}
    second = {p.check: p for p in after.placements}
    both = sorted(first.keys() & second.keys())
    mates_before, mates_after = _companions(before), _companions(after)
    return Differences(
        moved=tuple(c for c in both if first[c].day != second[c].day),
        dropped=tuple(sorted(first.keys() - second.keys())),
        added=tuple(sorted(second.keys() - first.keys())),
        regrouped=tuple(
            c
            for c in both
            if first[c].day == second[c].day
            and (mates_before[c], first[c].inspectors) != (mates_after[c], second[c].inspectors)
        ),
    )


def _companions(plan: Plan) -> dict[int, tuple[int, ...]]:
    groups: dict[int, list[Placement]] = {}
    alone: dict[int, tuple[int, ...]] = {p.check: (p.check,) for p in plan.placements}
    for p in plan.placements:
        if p.visit is not None:
            groups.setdefault(p.visit, []).append(p)
    for rows in groups.values():
        together = tuple(sorted(p.check for p in rows))
        for check in together:
            alone[check] = together
    return alone
