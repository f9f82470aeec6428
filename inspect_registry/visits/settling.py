"""After the search: what need not change is left as it stands, and no department comes twice in a day. Pure.

The search knows no difference between colleagues, and nothing of the rule that a department has one visit a day at one
door. So what it found is planned once more, warm: proposals that came out with the same checks on the same day are held
with the people they had, and a check that clashed is kept off the day of the clash. The service stays the same: where
holding would leave a check out or need a further visit, the proposals of that department and day may change after all.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta

import msgspec

from inspect_registry.planning.errors import LockedChecksDoNotFit
from inspect_registry.planning.problem import Placement, Plan
from inspect_registry.planning.solve import Effort, solve
from inspect_registry.visits.answering import proposals_of
from inspect_registry.visits.asking import problem_of
from inspect_registry.visits.bundling import bundled
from inspect_registry.visits.month import Month, PlannableCheck
from inspect_registry.visits.standing import trouble_in

PASSES = 5
Standing = Mapping[int, list[PlannableCheck]]
"""Loose proposals that could stay: their checks by visit."""
Worth = tuple[int, int]
"""What is left out, by weight, and how many visits: less is better."""


def settled(month: Month, plan: Plan, effort: Effort, seed: int) -> Plan:
    """Return a plan that serves as much with as few visits, where as many proposals as possible stand as they stood."""
    standing = _standing(month)
    clashes = _clashes(month, plan)
    best, worth = plan, _worth(month, plan, clashes)
    barred: set[tuple[int, int]] = set()
    released: set[int] = set()
    for _ in range(PASSES):
        barred |= _to_be_barred(month, best, clashes)
        off = {check for check, _ in barred}
        untouched = {
            visit
            for visit in _untouched(month, best, standing)
            if off.isdisjoint(check.id for check in standing[visit])
        }
        held = {check.id: check for visit in untouched - released for check in standing[visit]}
        if not clashes and all(_keeps_crew(one, held) for one in best.placements):
            break
        asked = _kept_off(_holding(month, held), barred)
        try:
            tried = solve(
                problem_of(asked),
                effort=effort,
                seed=seed,
                warm=_restaffed(best, held),
                explained=False,
                measured=False,
            ).plan
        except LockedChecksDoNotFit:
            released |= untouched
            continue
        found = _clashes(month, tried)
        if _worth(month, tried, found) <= worth:
            best, clashes, worth = tried, found, _worth(month, tried, found)
        else:
            released |= _in_the_way(month, best, tried, untouched, standing)
    return best


def _standing(month: Month) -> Standing:
    """Return the loose proposals whose people and day are still good."""
    visits: dict[int, list[PlannableCheck]] = defaultdict(list)
    for check in month.asked:
        if check.visit is not None and not check.fixed and not check.shaken:
            visits[check.visit].append(check)
    trouble = trouble_in(month)
    return {visit: rows for visit, rows in visits.items() if not any(map(trouble, rows)) and _can_stay(rows, month)}


def _can_stay(rows: list[PlannableCheck], month: Month) -> bool:
    """Tell whether the proposal is coming, and its people are just those who go for its checks."""
    coming = all(check.day is not None and check.day >= month.today for check in rows)
    going: dict[int, set[int]] = defaultdict(set)
    for check in rows:
        going[check.department] |= set(check.crew)
    whole = all(len(check.crew) == check.min_inspectors for check in rows)
    drawn = all(not check.allowed_inspectors or set(check.crew) <= set(check.allowed_inspectors) for check in rows)
    return coming and whole and drawn and all(going[check.department] == set(check.inspectors) for check in rows)


def _untouched(month: Month, plan: Plan, standing: Standing) -> set[int]:
    """Return the proposals that the plan has with the same checks on the same day."""
    planned = {frozenset(visit.checks): visit.day for visit in plan.visits()}
    return {
        visit
        for visit, rows in standing.items()
        if rows[0].day is not None
        and planned.get(frozenset(check.id for check in rows)) == (rows[0].day - month.first).days
    }


def _keeps_crew(one: Placement, held: Mapping[int, PlannableCheck]) -> bool:
    return one.check not in held or set(held[one.check].crew) == set(one.inspectors)


def _holding(month: Month, held: Collection[int]) -> Month:
    checks = tuple(msgspec.structs.replace(one, held=True) if one.id in held else one for one in month.checks)
    return msgspec.structs.replace(month, checks=checks)


def _restaffed(plan: Plan, held: Mapping[int, PlannableCheck]) -> Plan:
    """Return the plan with the former people of what is held."""
    return Plan(
        placements=tuple(
            msgspec.structs.replace(one, inspectors=tuple(held[one.check].crew)) if one.check in held else one
            for one in plan.placements
        )
    )


def _kept_off(month: Month, barred: Collection[tuple[int, int]]) -> Month:
    """Return the month where no barred check may stand on its barred days: the longer rest of its window is left."""
    days: dict[int, set[date]] = defaultdict(set)
    for check, day in barred:
        days[check].add(month.first + timedelta(days=day))
    checks = tuple(_without(one, days[one.id], month) if one.id in days else one for one in month.checks)
    narrowed = msgspec.structs.replace(month, checks=checks)
    # A bundle whose windows would no longer meet is not taken apart for it.
    whole = {one.checks for one in bundled(narrowed).bound}
    torn = {check for one in bundled(month).bound if one.checks not in whole for check in one.checks}
    if not torn:
        return narrowed
    return _kept_off(month, [(check, day) for check, day in barred if check not in torn])


def _to_be_barred(month: Month, plan: Plan, clashes: Collection[int]) -> set[tuple[int, int]]:
    """Return who goes off which day: the check that clashed or, where it has no other day, those it clashed with."""
    by_id = {check.id: check for check in month.checks}
    day_of = {one.check: one.day for one in plan.placements}
    barred = set()
    for check in (by_id[one] for one in clashes):
        day = day_of[check.id]
        if _without(check, [month.first + timedelta(days=day)], month) is not check:
            barred.add((check.id, day))
            continue
        barred |= {
            (other, day)
            for other, its_day in day_of.items()
            if its_day == day
            and other not in clashes
            and not by_id[other].fixed
            and (by_id[other].premises, by_id[other].department) == (check.premises, check.department)
        }
    return barred


def _without(check: PlannableCheck, days: Collection[date], month: Month) -> PlannableCheck:
    """Narrow the window to its stretch with most open days; a window that has none stays as it is."""
    first, last = max(check.starts, month.first), min(check.ends, month.last)
    stretches: list[list[date]] = [[]]
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if day in days:
            stretches.append([])
        else:
            stretches[-1].append(day)
    closed = {*month.limits.nonwork_days, *month.limits.quiet_days}

    def open_days(stretch: list[date]) -> int:
        return sum(day >= month.today and day not in closed for day in stretch)

    best = max(stretches, key=open_days)
    return msgspec.structs.replace(check, starts=best[0], ends=best[-1]) if open_days(best) else check


def _clashes(month: Month, plan: Plan) -> tuple[int, ...]:
    return proposals_of(month, plan, {}).clashes


def _worth(month: Month, plan: Plan, clashes: Collection[int]) -> Worth:
    weights = month.limits.weights
    served = {one.check for one in plan.placements} - set(clashes)
    left = sum(
        weights.mandatory if check.mandatory else weights.ordinary for check in month.asked if check.id not in served
    )
    visits = sum(any(check in served for check in visit.checks) for visit in plan.visits())
    return left, left + weights.visit * visits


def _in_the_way(month: Month, best: Plan, tried: Plan, untouched: Collection[int], standing: Standing) -> set[int]:
    """Return the proposals that share a department and a day with what holding them displaced; all where none does."""
    department_of = {check.id: check.department for check in month.checks}
    day_of = {one.check: one.day for one in tried.placements}
    spoilt = {(department_of[one.check], one.day) for one in best.placements if day_of.get(one.check) != one.day}
    near = {
        visit
        for visit in untouched
        for check in standing[visit]
        if check.day is not None and (check.department, (check.day - month.first).days) in spoilt
    }
    return near or set(untouched)
