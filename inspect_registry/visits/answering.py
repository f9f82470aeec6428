"""From the planner's solution back to the month: what is proposed, what stays as it is, what clashes. Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from inspect_registry.planning.problem import Placement, Plan
from inspect_registry.visits.bundling import bundled
from inspect_registry.visits.month import Month, NewDeskCheck, NewPart, NewVisit, PlannableCheck, Proposals
from inspect_registry.visits.rules import choose_lead


def proposals_of(month: Month, plan: Plan, sentences: Mapping[int, Sequence[dict[str, Any]]]) -> Proposals:
    """Read the solution: new visits, visits found again unchanged, and checks that clash with what stands.

    `sentences` are the planner's reasons by its visit id. A fixed check is not proposed again. Where a department would
    come twice in a day, what stands stays and the other check clashes.
    """
    by_id = {check.id: check for check in month.checks}
    bound = bundled(month).bound
    leads = {check: one.bundle.lead for one in bound for check in one.checks}
    bundle_of = {check: one.checks for one in bound for check in one.checks}
    standing = _standing(month.checks)
    loose_visits = {check.visit for check in month.checks if not check.fixed}
    taken = {(one.premises, one.department, one.day) for one in month.occupied if one.visit not in loose_visits}
    new: list[NewVisit] = []
    kept: dict[int, tuple[dict[str, Any], ...]] = {}
    clashes: list[int] = []
    stood = {check.id for check in month.checks if check.visit is not None}
    for planned in sorted(plan.visits(), key=lambda visit: stood.isdisjoint(visit.checks)):
        day = month.first + timedelta(days=planned.day)
        loose = [one for one in planned.placements if not by_id[one.check].fixed]
        free, clashing = _apart(loose, by_id, bundle_of, taken, day)
        clashes += clashing
        if not free:
            continue
        visit = _new_visit(free, by_id, day, sentences.get(planned.id, ()), leads)
        again = standing.get(_key(visit.premises, visit.day, _crews(visit.parts)))
        if again is not None:
            kept[again] = visit.reasons
        else:
            new.append(visit)
        taken |= {(visit.premises, part.department, day) for part in visit.parts}
    desk = tuple(
        NewDeskCheck(
            check=one.check,
            department=by_id[one.check].department,
            day=month.first + timedelta(days=one.day),
            inspectors=one.inspectors,
        )
        for one in plan.desk_work()
    )
    return Proposals(new=tuple(new), kept=frozenset(kept), told=kept, clashes=tuple(sorted(clashes)), desk=desk)


def whole_plan(month: Month, plan: Plan, clashes: Collection[int]) -> Plan:
    """Return what the month then looks like: the plan without clashes, and what has begun or is past."""
    left_out = set(clashes)
    asked = {check.id for check in month.asked}
    above = max((one.visit for one in plan.placements if one.visit is not None), default=0)
    stands = [check for check in month.checks if check.id not in asked and check.visit is not None and check.day]
    standing = sorted({one.visit for one in stands if one.visit})
    knocks = {visit: above + number for number, visit in enumerate(standing, 1)}
    return Plan(
        placements=(
            *(one for one in plan.placements if one.check not in left_out),
            *(
                Placement(
                    check=check.id,
                    day=(check.day - month.first).days,
                    visit=knocks[check.visit],
                    inspectors=tuple(check.inspectors),
                    lead=check.department,
                )
                for check in stands
                if check.visit is not None and check.day is not None and month.first <= check.day <= month.last
            ),
        )
    )


def joint_visits(month: Month, plan: Plan) -> int:
    """Count the visits of two or more departments."""
    department_of = {check.id: check.department for check in month.checks}
    return sum(len({department_of[check] for check in visit.checks}) > 1 for visit in plan.visits())


def _apart(
    placements: Sequence[Placement],
    by_id: Mapping[int, PlannableCheck],
    bundle_of: Mapping[int, tuple[int, ...]],
    taken: Collection[tuple[int, int, date]],
    day: date,
) -> tuple[list[Placement], list[int]]:
    """Part what can be stored from what would be a second visit of the same department at the same door that day.

    A bundle stays whole: where one of its checks clashes, all of them are left out.
    """
    clashing = {
        one.check for one in placements if (by_id[one.check].premises, by_id[one.check].department, day) in taken
    }
    clashing |= {mate for check in clashing for mate in bundle_of.get(check, ())}
    return [one for one in placements if one.check not in clashing], sorted(clashing)


def _new_visit(
    placements: Sequence[Placement],
    by_id: Mapping[int, PlannableCheck],
    day: date,
    reasons: Sequence[dict[str, Any]],
    bundle_leads: Mapping[int, int],
) -> NewVisit:
    shares: dict[int, list[Placement]] = defaultdict(list)
    for placement in placements:
        shares[by_id[placement.check].department].append(placement)
    checks = [by_id[placement.check] for placement in placements]
    of_trade = [bundle_leads[check.id] for check in checks if bundle_leads.get(check.id) in shares]
    asked = [placement.lead for placement in placements if placement.lead in shares]
    wanted = next(iter(of_trade + asked), None)
    lead = wanted if wanted is not None else choose_lead([(c.department, c.minutes, c.mandatory) for c in checks])
    return NewVisit(
        enterprise=checks[0].enterprise,
        premises=checks[0].premises,
        day=day,
        lead=lead,
        exempt=all(check.exempt for check in checks),
        announced=all(check.announced for check in checks),
        parts=tuple(_new_part(department, shares[department], by_id) for department in sorted(shares)),
        reasons=tuple(reasons),
        moved_from=_replaced(checks),
    )


def _replaced(checks: Sequence[PlannableCheck]) -> int | None:
    """Return the promised visit that most of these checks come from; None where none was promised."""
    former = Counter(check.visit for check in checks if check.shaken and check.visit is not None)
    return min(former, key=lambda visit: (-former[visit], visit), default=None)


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
