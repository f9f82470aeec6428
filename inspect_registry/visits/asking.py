"""From a month's checks to the planner's problem. Pure.

The planner knows one matter for each check, certificates by matter, and no enterprises. So the matters of one check,
with the inspectors drawn for it, are taken together as one matter (who is certified for all of them, and drawn, may
go); the caps of an enterprise with several premises are shared out (`sharing.py`); and what stands still goes in as
locked, with its crew as the only people who may go, so that everybody's day and the caps count it as it is. A promise
(published, answered) also takes nobody in.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

import msgspec

from inspect_registry.planning.problem import Check, Inspector, Placement, Plan, Premises, Problem, Recusal, Used
from inspect_registry.visits.bundling import bundled
from inspect_registry.visits.month import Month, PlannableCheck, PlannedInspector, Zone
from inspect_registry.visits.sharing import shared_caps

COMPANY = 2**40
"""The checks of one promised visit are one bundle to the planner; from here on these bundles are numbered."""


class Group(NamedTuple):
    """What the planner takes as one matter: who is certified for all of these, and drawn where there was a draw."""

    matters: tuple[int, ...]
    allowed: tuple[int, ...]
    """The crew of a held check, or drawn inspectors; empty = anyone of the department."""


def matter_groups(month: Month) -> dict[Group, int]:
    """Number the groups of the month's checks."""
    asked = {_group(check) for check in month.asked}
    return {group: number for number, group in enumerate(sorted(asked))}


def groups_by_number(month: Month) -> dict[int, Group]:
    """Return what each number of the planner's matters means."""
    return {number: group for group, number in matter_groups(month).items()}


def _group(check: PlannableCheck) -> Group:
    return Group(tuple(sorted(check.matters)), tuple(sorted(check.crew if check.held else check.allowed_inspectors)))


def problem_of(month: Month) -> Problem:
    """Put the month as the planner's question; ids are the rows' own."""
    checks = month.asked
    groups = matter_groups(month)
    bundle_of = bundled(month).number_of()
    enterprise_of = {place.id: place.enterprise for place in month.premises}
    totals, own = shared_caps(month, checks, enterprise_of)
    caps = {place.id: max(own[place.id].values(), default=month.limits.cap_department) for place in month.premises}
    zone_index = _zone_index(month.zones)
    day = month.first
    return Problem(
        start_date=month.first,
        horizon=(month.last - month.first).days + 1,
        nonwork_days=tuple(sorted({(one - day).days for one in month.limits.nonwork_days} | _past(month))),
        quiet_days=tuple((one - day).days for one in month.limits.quiet_days),
        visits_per_inspector_day=month.limits.visits_per_day,
        day_minutes=month.limits.day_minutes,
        visit_overhead=month.limits.visit_overhead,
        max_departments=month.limits.departments_max,
        max_visit_minutes=month.limits.visit_minutes_max,
        near=_near(month.zones),
        premises=tuple(
            Premises(
                id=place.id,
                zone=zone_index[place.zone],
                open_weekdays=place.open_mask,
                cap_total=totals[place.id],
                cap_department=caps[place.id],
            )
            for place in month.premises
        ),
        used=tuple(
            Used(premises=premises, department=department, count=caps[premises] - share)
            for premises, departments in own.items()
            for department, share in departments.items()
            if share < caps[premises]
        ),
        inspectors=tuple(_inspector(one, groups, month) for one in month.inspectors),
        recusals=tuple(Recusal(inspector=one.inspector, premises=one.premises) for one in month.recusals),
        checks=tuple(_check(check, groups[_group(check)], bundle_of.get(check.id), month) for check in checks),
        weights=month.limits.weights,
    )


def warm_plan_of(month: Month) -> Plan | None:
    """Return the visits as they stand, for a re-plan; None when nothing stands."""
    placements = tuple(
        Placement(
            check=check.id,
            day=(check.day - month.first).days,
            visit=check.visit if check.onsite else None,
            inspectors=tuple(check.crew or check.inspectors[: check.min_inspectors]),
            lead=check.department if check.onsite else None,
        )
        for check in month.asked
        if (check.visit is not None or not check.onsite) and check.day is not None
    )
    leads: dict[int | None, int | None] = {None: None}
    for placement in placements:
        leads.setdefault(placement.visit, placement.lead)
    fitted = tuple(msgspec.structs.replace(one, lead=leads[one.visit]) for one in placements)
    return Plan(placements=fitted) if fitted else None


def _past(month: Month) -> set[int]:
    """Days of the month before today: nobody goes there any more."""
    return set(range(max(min((month.today - month.first).days, (month.last - month.first).days + 1), 0)))


def _check(check: PlannableCheck, group: int, bundle: int | None, month: Month) -> Check:
    stays = check.fixed or check.held
    published = (check.day - month.first).days if check.day is not None and (stays or check.shaken) else None
    start, end = max(check.starts, month.first), min(check.ends, month.last)
    return Check(
        id=check.id,
        department=check.department,
        premises=check.premises,
        matter=group,
        start=(start - month.first).days,
        end=(end - month.first).days,
        minutes=check.minutes,
        inspectors=len(check.crew) if check.held else check.min_inspectors,
        onsite=check.onsite,
        mergeable=check.fixed or (check.mergeable and not check.declined),
        exempt=check.exempt or check.lifted,
        bundle=COMPANY + check.visit if check.fixed and check.visit is not None else bundle,
        mandatory=check.mandatory,
        published_day=published,
        locked=stays and published is not None,
        closed=check.fixed,
    )


def _inspector(one: PlannedInspector, groups: Mapping[Group, int], month: Month) -> Inspector:
    covered = frozenset(one.matters)
    absent = set(one.absent)
    days = [month.first + timedelta(days=offset) for offset in range((month.last - month.first).days + 1)]
    return Inspector(
        id=one.id,
        department=one.department,
        matters=tuple(
            number
            for group, number in groups.items()
            if (not group.allowed or one.id in group.allowed) and covered.issuperset(group.matters)
        ),
        off_days=tuple(
            offset for offset, day in enumerate(days) if day in absent or not one.valid_from <= day <= one.valid_to
        ),
    )


def _zone_index(zones: Sequence[Zone]) -> dict[int, int]:
    return {zone.zone: index for index, zone in enumerate(zones)}


def _near(zones: Sequence[Zone]) -> tuple[tuple[int, ...], ...]:
    """Number the zones 0.., and make nearness symmetric and reflexive whatever the table says."""
    index = _zone_index(zones)
    near = {(index[zone.zone], index[other]) for zone in zones for other in zone.near if other in index}
    near |= {(b, a) for a, b in near} | {(one, one) for one in index.values()}
    return tuple(tuple(sorted(b for a, b in near if a == one)) for one in sorted(index.values()))
