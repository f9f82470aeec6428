"""What the planner says about visits and unserved checks, with names instead of numbers, as it is stored. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from inspect_registry.planning.relaxation import Kind, Relaxation
from inspect_registry.planning.solve import Solution
from inspect_registry.visits.asking import Group, groups_by_number
from inspect_registry.visits.bundling import bundled
from inspect_registry.visits.month import Month, PlannableCheck
from inspect_registry.visits.naming import readable
from inspect_registry.visits.run_rows import RelaxationKind, UnservedLine, Way
from inspect_registry.visits.solving import Solved


def sentences(solution: Solution, said: Callable[[str], str]) -> dict[int, list[dict[str, Any]]]:
    """Turn the planner's reasons into what a visit stores: data with a Chinese sentence each."""
    if solution.reasons is None:
        return {}
    return {
        reason.visit: [
            {"kind": "merged", "checks": len(reason.checks), "sentence": said(reason.sentence)},
            *(
                {"kind": "held_off", "rules": list(other.rules), "sentence": said(other.sentence)}
                for other in reason.held_off
            ),
        ]
        for reason in solution.reasons.visits
    }


def unserved_lines(solved: Solved, clashes: tuple[int, ...]) -> list[UnservedLine]:
    """Return every check without a place."""
    month, reasons = solved.month, solved.solution.reasons
    by_id = {check.id: check for check in month.checks}
    said = readable(month)
    places = {place.id: place.name for place in month.premises}
    groups = groups_by_number(month)
    bundles = {check: one.bundle.name for one in bundled(month).bound for check in one.checks}

    def line(check: PlannableCheck, rules: list[str], sentence: str, remedy: str, ways: list[Way]) -> UnservedLine:
        return UnservedLine(
            check=check.uid,
            department=month.departments.get(check.department, ""),
            department_id=check.department,
            enterprise=places.get(check.premises, ""),
            matters=[month.matters.get(matter, "") for matter in check.matters],
            mandatory=check.mandatory,
            rules=rules,
            sentence=sentence,
            remedy=remedy,
            ways=ways,
            bundle=bundles.get(check.id, ""),
        )

    found = [
        line(
            by_id[reason.check],
            list(reason.rules),
            said(reason.sentence),
            said(reason.remedy),
            [_way(one, by_id[reason.check], month, groups, said) for one in reason.relaxations],
        )
        for reason in (reasons.unserved if reasons else ())
    ]
    found += [
        line(by_id[check], ["visit_part_no_overlap"], "同一部门当日对该场所已有检查。", "请改期。", [])
        for check in clashes
    ]
    return found


def _way(
    one: Relaxation, check: PlannableCheck, month: Month, groups: Mapping[int, Group], said: Callable[[str], str]
) -> Way:
    department = check.department if one.department is None else one.department

    def on(day: int | None) -> date | None:
        return None if day is None else month.first + timedelta(days=day)

    days = [month.first + timedelta(days=day) for day in one.days]
    matters = sorted({matter for number in one.matters for matter in groups[number].matters})
    return Way(
        kind=RelaxationKind(one.kind),
        sentence=said(one.sentence),
        department=month.departments.get(department, ""),
        starts=on(one.start) if one.kind is Kind.WINDOW else None,
        ends=on(one.end) if one.kind is Kind.WINDOW else None,
        days=days,
        matters=matters,
        amount=one.count,
    )
