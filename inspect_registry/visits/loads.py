"""How busy each department is in one plan: booked and available minutes of its inspectors, and its visits. Pure."""

from collections import Counter, defaultdict

import msgspec

from inspect_registry.planning.problem import Plan, Problem


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """One department's load in one plan."""

    department: int
    booked: int
    """Minutes that its inspectors spend, with the overhead of each visit."""
    available: int
    """Minutes that its inspectors have on working days."""
    visits: int
    """Visits that it takes part in."""


def loads_of(problem: Problem, plan: Plan) -> list[Load]:
    """Count every department that has inspectors or checks, by id."""
    checks = {check.id: check for check in problem.checks}
    booked: Counter[int] = Counter()
    goes: set[tuple[int, int, int]] = set()
    takes_part: dict[int, set[int]] = defaultdict(set)
    for one in plan.placements:
        check = checks[one.check]
        booked[check.department] += check.minutes * len(one.inspectors)
        if one.visit is not None:
            takes_part[check.department].add(one.visit)
            goes |= {(check.department, inspector, one.visit) for inspector in one.inspectors}
    for department, _, _ in goes:
        booked[department] += problem.visit_overhead
    working = set(range(problem.horizon)) - set(problem.nonwork_days)
    available: Counter[int] = Counter()
    for inspector in problem.inspectors:
        available[inspector.department] += problem.day_minutes * len(working - set(inspector.off_days))
    departments = {check.department for check in problem.checks} | set(available)
    return [
        Load(
            department=department,
            booked=booked[department],
            available=available[department],
            visits=len(takes_part[department]),
        )
        for department in sorted(departments)
    ]
