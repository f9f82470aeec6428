"""From the arrays back to a plan in the caller's identities."""

from collections import Counter, defaultdict

from .layout import C_CREW, C_PEOPLE, C_UNIT, CHECK_WIDTH, NOWHERE, Layout
from .problem import Check, Placement, Plan, Problem


def plan_of(problem: Problem, layout: Layout) -> Plan:
    """Return the best plan found; visits are numbered from 1 by day and premises."""
    core = layout.core
    checks = core.table("checks", CHECK_WIDTH)
    place = core.table("best_place", 2)
    unit = checks[:, C_UNIT]
    served = place[unit, 1] != NOWHERE
    slots, days = place[unit, 0].tolist(), place[unit, 1].tolist()
    crew_start, people = checks[:, C_CREW].tolist(), checks[:, C_PEOPLE].tolist()
    crew = layout.inspector_ids[core.table("best_crew")].tolist() if len(layout.inspector_ids) else []
    rows = layout.check_rows.tolist()
    groups: dict[int, list[int]] = defaultdict(list)
    desk: list[int] = []
    for index in served.nonzero()[0].tolist():
        if slots[index] == NOWHERE:
            desk.append(index)
        else:
            groups[slots[index]].append(index)
    placements: list[Placement] = []
    ordered = sorted(
        groups.values(), key=lambda g: (days[g[0]], problem.checks[rows[g[0]]].premises, problem.checks[rows[g[0]]].id)
    )
    for number, group in enumerate(ordered, start=1):
        members = [problem.checks[rows[index]] for index in group]
        lead = leading_department(members)
        for index, check in sorted(zip(group, members, strict=True), key=lambda pair: pair[1].id):
            team = tuple(sorted(crew[crew_start[index] : crew_start[index] + people[index]]))
            placements.append(Placement(check=check.id, day=days[index], visit=number, inspectors=team, lead=lead))
    for index in sorted(desk, key=lambda index: (days[index], problem.checks[rows[index]].id)):
        team = tuple(sorted(crew[crew_start[index] : crew_start[index] + people[index]]))
        placements.append(Placement(check=problem.checks[rows[index]].id, day=days[index], visit=None, inspectors=team))
    return Plan(placements=tuple(placements))


def leading_department(checks: list[Check]) -> int:
    """Return the department with the most minutes in the visit; of equals the one with the smallest identity."""
    minutes: Counter[int] = Counter()
    for check in checks:
        minutes[check.department] += check.minutes
    return min(minutes, key=lambda department: (-minutes[department], department))
