"""From a month's checks to the planner's problem, and from its solution back to visits. Pure.

The planner knows one matter for each check, certificates by matter, and no enterprises. So the matters of one check are
taken together as one (who is certified for all of them may go), the caps of an enterprise with several premises are
shared out, and what stands still (published, answered) goes in as locked, so that capacity and caps count it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from inspect_registry.planning.problem import Check, Inspector, Placement, Plan, Premises, Problem, Recusal, Used
from inspect_registry.visits.month import (
    CapUsed,
    Limits,
    Month,
    NewPart,
    NewVisit,
    PlannableCheck,
    PlannedInspector,
    Proposals,
    Zone,
)
from inspect_registry.visits.rules import choose_lead


def matter_groups(month: Month) -> dict[frozenset[int], int]:
    """Number the sets of matters that the planner takes as one matter each: who is certified for all of them may go."""
    asked = {frozenset(check.matters) for check in month.checks if _is_asked(check, month)}
    return {group: number for number, group in enumerate(sorted(asked, key=sorted))}


def problem_of(month: Month) -> Problem:
    """Put the month as the planner's question; ids are the rows' own."""
    checks = [check for check in month.checks if _is_asked(check, month)]
    groups = matter_groups(month)
    enterprise_of = {place.id: place.enterprise for place in month.premises}
    totals, own = _shared_caps(month, checks, enterprise_of)
    caps = {place.id: max(own[place.id].values(), default=month.limits.cap_department) for place in month.premises}
    zone_index = _zone_index(month.zones)
    day = month.first
    return Problem(
        start_date=month.first,
        horizon=(month.last - month.first).days + 1,
        nonwork_days=tuple((one - day).days for one in month.limits.nonwork_days),
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
        checks=tuple(_check(check, groups[frozenset(check.matters)], month) for check in checks),
        weights=month.limits.weights,
    )


def warm_plan_of(month: Month) -> Plan | None:
    """Return the visits as they stand, for a re-plan; None when nothing stands."""
    placements = tuple(
        Placement(
            check=check.id,
            day=(check.day - month.first).days,
            visit=check.visit,
            inspectors=tuple(check.inspectors[: check.min_inspectors]),
            lead=check.department,
        )
        for check in month.checks
        if check.visit is not None and check.day is not None and _is_asked(check, month)
    )
    leads: dict[int | None, int | None] = {}
    for placement in placements:
        leads.setdefault(placement.visit, placement.lead)
    fitted = tuple(msgspec.structs.replace(one, lead=leads[one.visit]) for one in placements)
    return Plan(placements=fitted) if fitted else None


def proposals_of(month: Month, plan: Plan, sentences: Mapping[int, Sequence[dict[str, Any]]]) -> Proposals:
    """Read the solution: new visits, visits found again unchanged, and checks that clash with what stands.

    `sentences` are the planner's reasons by its visit id. A locked check is not proposed again; a new check that the
    planner put beside a fixed visit becomes a visit of its own unless its department is already there that day.
    """
    by_id = {check.id: check for check in month.checks}
    standing = _standing(month.checks)
    loose_visits = {check.visit for check in month.checks if not check.fixed}
    taken = {(one.premises, one.department, one.day) for one in month.occupied if one.visit not in loose_visits}
    new: list[NewVisit] = []
    kept: set[int] = set()
    clashes: list[int] = []
    for planned in plan.visits():
        day = month.first + timedelta(days=planned.day)
        loose = [one for one in planned.placements if not by_id[one.check].fixed]
        free, clashing = _apart(loose, by_id, taken, day)
        clashes += clashing
        if not free:
            continue
        visit = _new_visit(free, by_id, day, sentences.get(planned.id, ()))
        again = standing.get(_key(visit.premises, visit.day, _crews(visit.parts)))
        if again is not None:
            kept.add(again)
        else:
            new.append(visit)
        taken |= {(visit.premises, part.department, day) for part in visit.parts}
    return Proposals(new=tuple(new), kept=frozenset(kept), clashes=tuple(sorted(clashes)))


def _is_asked(check: PlannableCheck, month: Month) -> bool:
    """Leave out what has begun or is past, and windows that do not touch the month."""
    past = check.fixed and check.day is not None and check.day < month.today
    return not check.begun and not past and max(check.starts, month.first) <= min(check.ends, month.last)


def _apart(
    placements: Sequence[Placement],
    by_id: Mapping[int, PlannableCheck],
    taken: Collection[tuple[int, int, date]],
    day: date,
) -> tuple[list[Placement], list[int]]:
    """Part what can be stored from what would be a second visit of the same department at the same door that day."""
    free, clashing = [], []
    for placement in placements:
        check = by_id[placement.check]
        if (check.premises, check.department, day) in taken:
            clashing.append(check.id)
        else:
            free.append(placement)
    return free, clashing


def _new_visit(
    placements: Sequence[Placement], by_id: Mapping[int, PlannableCheck], day: date, reasons: Sequence[dict[str, Any]]
) -> NewVisit:
    shares: dict[int, list[Placement]] = defaultdict(list)
    for placement in placements:
        shares[by_id[placement.check].department].append(placement)
    checks = [by_id[placement.check] for placement in placements]
    asked = next((placement.lead for placement in placements if placement.lead in shares), None)
    lead = asked if asked is not None else choose_lead([(c.department, c.minutes, c.mandatory) for c in checks])
    return NewVisit(
        enterprise=checks[0].enterprise,
        premises=checks[0].premises,
        day=day,
        lead=lead,
        exempt=all(check.exempt for check in checks),
        announced=all(check.announced for check in checks),
        parts=tuple(_new_part(department, shares[department], by_id) for department in sorted(shares)),
        reasons=tuple(reasons),
    )


def _new_part(department: int, placements: Sequence[Placement], by_id: Mapping[int, PlannableCheck]) -> NewPart:
    checks = [by_id[placement.check] for placement in placements]
    return NewPart(
        department=department,
        minutes=sum(check.minutes for check in checks),
        counted=any(not check.exempt for check in checks),
        checks=tuple(sorted(check.id for check in checks)),
        matters=tuple(sorted({matter for check in checks for matter in check.matters})),
        inspectors=tuple(sorted({one for placement in placements for one in placement.inspectors})),
    )


_Crews = frozenset[tuple[tuple[int, ...], tuple[int, ...]]]
_Key = tuple[int, date, _Crews]


def _key(premises: int, day: date, crews: _Crews) -> _Key:
    return premises, day, crews


def _crews(parts: Iterable[NewPart]) -> _Crews:
    return frozenset((part.checks, part.inspectors) for part in parts)


def _standing(checks: Sequence[PlannableCheck]) -> dict[_Key, int]:
    """Index loose visits by place, day, checks and people, to find them again."""
    visits: dict[int, dict[int, list[PlannableCheck]]] = defaultdict(lambda: defaultdict(list))
    for check in checks:
        if check.visit is not None and not check.fixed:
            visits[check.visit][check.department].append(check)
    found: dict[_Key, int] = {}
    for visit, departments in visits.items():
        rows = [check for shares in departments.values() for check in shares]
        crews = frozenset(
            (tuple(sorted(check.id for check in shares)), tuple(sorted(shares[0].inspectors)))
            for shares in departments.values()
        )
        if rows[0].day is not None:
            found[_key(rows[0].premises, rows[0].day, crews)] = visit
    return found


def _check(check: PlannableCheck, group: int, month: Month) -> Check:
    published = (check.day - month.first).days if check.fixed and check.day is not None else None
    start, end = max(check.starts, month.first), min(check.ends, month.last)
    return Check(
        id=check.id,
        department=check.department,
        premises=check.premises,
        matter=group,
        start=(start - month.first).days,
        end=(end - month.first).days,
        minutes=check.minutes,
        inspectors=check.min_inspectors,
        mergeable=check.mergeable and (check.fixed or not check.declined),
        exempt=check.exempt,
        mandatory=check.mandatory,
        published_day=published,
        locked=published is not None,
    )


def _inspector(one: PlannedInspector, groups: Mapping[frozenset[int], int], month: Month) -> Inspector:
    covered = frozenset(one.matters)
    absent = set(one.absent)
    days = [month.first + timedelta(days=offset) for offset in range((month.last - month.first).days + 1)]
    return Inspector(
        id=one.id,
        department=one.department,
        matters=tuple(number for group, number in groups.items() if group <= covered),
        off_days=tuple(
            offset for offset, day in enumerate(days) if day in absent or not one.valid_from <= day <= one.valid_to
        ),
    )


def _shared_caps(
    month: Month, checks: Sequence[PlannableCheck], enterprise_of: Mapping[int, int]
) -> tuple[dict[int, int], dict[int, dict[int, int]]]:
    """Share what is left of an enterprise's caps among its premises: by place, and by place and department.

    Fixed visits are in the problem and use a cap up there; those that are approved have used it up already, so that is
    added back. A place never gets less than what stands fixed there.
    """
    limits = month.limits
    left = {(one.enterprise, one.department): max(_cap(one, limits) - one.used, 0) for one in month.caps}
    standing, used_up = _standing_counted(checks)
    places: dict[int, list[int]] = defaultdict(list)
    for premises in sorted(enterprise_of):
        places[enterprise_of[premises]].append(premises)
    comers: dict[int, set[int]] = defaultdict(set)
    for check in checks:
        comers[check.enterprise].add(check.department)
    totals: dict[int, int] = {}
    own: dict[int, dict[int, int]] = defaultdict(dict)
    for enterprise, its_places in places.items():
        whole = left.get((enterprise, 0), limits.cap_enterprise) + used_up[enterprise, 0]
        totals |= _share(whole, its_places, standing[enterprise, 0])
        for department in sorted(comers[enterprise]):
            rest = left.get((enterprise, department), limits.cap_department) + used_up[enterprise, department]
            for premises, share in _share(rest, its_places, standing[enterprise, department]).items():
                own[premises][department] = share
    return totals, own


def _standing_counted(
    checks: Sequence[PlannableCheck],
) -> tuple[dict[tuple[int, int], Counter[int]], Counter[tuple[int, int]]]:
    """Count fixed counted visits by (enterprise, department) and place, and those of them that are approved.

    Department 0 counts each visit once.
    """
    seen: set[tuple[int, int]] = set()
    standing: dict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    used_up: Counter[tuple[int, int]] = Counter()
    for check in sorted(checks, key=_unapproved):
        if not check.fixed or check.exempt or check.visit is None:
            continue
        for department in (check.department, 0):
            if (check.visit, department) not in seen:
                seen.add((check.visit, department))
                standing[check.enterprise, department][check.premises] += 1
                used_up[check.enterprise, department] += check.approved
    return standing, used_up


def _unapproved(check: PlannableCheck) -> bool:
    """Order approved checks first: one approved share makes the visit count for all departments together."""
    return not check.approved


def _cap(one: CapUsed, limits: Limits) -> int:
    if one.cap is not None:
        return one.cap
    return limits.cap_enterprise if one.department == 0 else limits.cap_department


def _share(amount: int, places: Sequence[int], standing: Mapping[int, int]) -> dict[int, int]:
    """Give every place what already stands there, and the rest in turn."""
    shares = {place: standing.get(place, 0) for place in places}
    rest = max(amount - sum(shares.values()), 0)
    for turn in range(rest):
        shares[places[turn % len(places)]] += 1
    return shares


def _zone_index(zones: Sequence[Zone]) -> dict[int, int]:
    return {zone.zone: index for index, zone in enumerate(zones)}


def _near(zones: Sequence[Zone]) -> tuple[tuple[int, ...], ...]:
    """Number the zones 0.., and make nearness symmetric and reflexive whatever the table says."""
    index = _zone_index(zones)
    near = {(index[zone.zone], index[other]) for zone in zones for other in zone.near if other in index}
    near |= {(b, a) for a, b in near} | {(one, one) for one in index.values()}
    return tuple(tuple(sorted(b for a, b in near if a == one)) for one in sorted(index.values()))
