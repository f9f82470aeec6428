"""Builders of planning problems: named facts for one rule at a time, and small random districts."""

import random
from datetime import date
from typing import Any

import msgspec

from inspect_registry.planning.problem import Check, Inspector, Placement, Plan, Premises, Problem, Recusal, Used

MONDAY = date(2026, 12, 7)


def a_premises(ident: int = 1, **changes: Any) -> Premises:
    return Premises(**{"id": ident, "zone": 0, "cap_total": 5, "cap_department": 5, **changes})


def an_inspector(ident: int = 1, **changes: Any) -> Inspector:
    return Inspector(**{"id": ident, "department": 1, "matters": (11,), **changes})


def a_check(ident: int = 1, **changes: Any) -> Check:
    return Check(
        **{"id": ident, "department": 1, "premises": 1, "matter": 11, "start": 0, "end": 9, "minutes": 60, **changes}
    )


def a_problem(**changes: Any) -> Problem:
    """Ten days from a Monday, one premises, two inspectors of department 1 and two of department 2, one check."""
    people = (
        an_inspector(1),
        an_inspector(2),
        an_inspector(3, department=2, matters=(21,)),
        an_inspector(4, department=2, matters=(21,)),
    )
    frame = {
        "start_date": MONDAY, "horizon": 10, "visits_per_inspector_day": 3, "day_minutes": 420, "visit_overhead": 30, "max_departments": 3,
        "max_visit_minutes": 180, "near": ((0, 1), (0, 1, 2), (1, 2)), "premises": (a_premises(),), "inspectors": people,
        "checks": (a_check(),),
    }  # fmt: skip
    return Problem(**{**frame, **changes})


def a_placement(check: int = 1, **changes: Any) -> Placement:
    return Placement(**{"check": check, "day": 0, "visit": 1, "inspectors": (1, 2), **changes})


def a_plan(*placements: Placement) -> Plan:
    return Plan(placements=placements)


def some_closed(problem: Problem, seed: int) -> Problem:
    """The same problem, where a fifth of the bundles and single on-site checks take nobody in."""
    rng = random.Random(seed)
    drawn = {(c.bundle, None if c.bundle is not None else c.id): rng.random() < 0.2 for c in problem.checks}
    checks = tuple(
        msgspec.structs.replace(c, closed=c.onsite and drawn[c.bundle, None if c.bundle is not None else c.id])
        for c in problem.checks
    )
    return msgspec.structs.replace(problem, checks=checks)


def a_small_district(seed: int, *, checks: int = 12, tight: bool = False) -> Problem:
    """A random problem in which every rule matters; tight ones have too few people."""
    rng = random.Random(seed)
    horizon, zones, departments = rng.choice((5, 8, 12)), 3, 3
    places = max(2, checks // 3)
    quiet = tuple(d for d in range(horizon) if rng.random() < rng.choice((0.0, 0.2)))
    people = max(2, checks // (6 if tight else 3))
    premises = tuple(
        a_premises(
            k,
            zone=rng.randrange(zones),
            cap_total=rng.randint(1, 4),
            cap_department=rng.randint(1, 2),
            open_weekdays=rng.choice((127, 31, 21)),
        )
        for k in range(1, places + 1)
    )
    inspectors = tuple(
        an_inspector(
            100 * d + k, department=d, matters=tuple(m for m in (10 * d, 10 * d + 1) if rng.random() < 0.8) or (10 * d,),
            off_days=tuple(x for x in range(horizon) if rng.random() < 0.1),
        )
        for d in range(1, departments + 1) for k in range(rng.randint(2, max(2, people)))
    )  # fmt: skip
    rows: list[Check] = []
    while len(rows) < checks:
        size = 2 if rng.random() < 0.1 and len(rows) + 2 <= checks else 1
        place, start = rng.randint(1, places), rng.randrange(horizon)
        end = min(horizon - 1, start + rng.randint(0, 6))
        desk = size == 1 and rng.random() < 0.1
        bundle = len(rows) if size > 1 else None
        for _ in range(size):
            d = rng.randint(1, departments)
            row = a_check(
                len(rows) + 1, department=d, premises=place, matter=10 * d + rng.randint(0, 1), start=start, end=end,
                minutes=rng.choice((30, 60, 90, 120, 200)), inspectors=rng.choice((1, 2, 2, 2, 3)), onsite=not desk,
                mergeable=size > 1 or rng.random() < 0.9, exempt=rng.random() < 0.15, bundle=bundle, mandatory=rng.random() < 0.25,
                published_day=rng.randint(start, end) if rng.random() < 0.2 else None,
            )  # fmt: skip
            rows.append(row)
    used = tuple(Used(premises=k, department=1, count=1) for k in range(1, places + 1) if rng.random() < 0.2)
    recusals = tuple(
        Recusal(inspector=i.id, premises=k) for i in inspectors for k in range(1, places + 1) if rng.random() < 0.05
    )  # fmt: skip
    return a_problem(
        horizon=horizon, nonwork_days=tuple(d for d in range(horizon) if d % 7 >= 5), quiet_days=quiet, premises=premises, inspectors=inspectors,
        checks=tuple(rows), used=used, recusals=recusals, visits_per_inspector_day=rng.randint(1, 3), max_departments=rng.randint(2, 3),
    )  # fmt: skip
