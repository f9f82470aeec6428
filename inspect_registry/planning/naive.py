"""How many visits merging avoids: the same checks planned again under the same rules, without merging."""

from collections.abc import Collection

import msgspec

from .problem import Check, Plan, Problem
from .solve import Effort, solve


class Avoided(msgspec.Struct, frozen=True, kw_only=True):
    """Visits of one plan beside those that the same checks would need without it."""

    merged: int
    per_department: int
    """Visits when every department merges only its own checks."""
    per_check: int
    """Visits when every check (or bundle of one department) is a visit of its own."""
    avoided: int
    """per_department - merged: what going together saved."""
    unserved_per_department: int
    """Checks that would find no place when departments go alone; their further visits are not counted."""
    unserved_per_check: int


def avoided_visits(problem: Problem, plan: Plan, *, effort: Effort, seed: int = 0) -> Avoided:
    """Plan the checks that `plan` serves by department and one by one, and count."""
    served = {p.check for p in plan.placements}
    checks = tuple(_unlocked(c) for c in problem.checks if c.id in served)
    alone = _planned(problem, checks, effort, seed, by_department=True)
    single = _planned(problem, checks, effort, seed, by_department=False)
    merged = len(plan.visits())
    return Avoided(
        merged=merged,
        per_department=len(alone.visits()),
        per_check=len(single.visits()),
        avoided=len(alone.visits()) - merged,
        unserved_per_department=len(checks) - len(alone.placements),
        unserved_per_check=len(checks) - len(single.placements),
    )


def planned_alone(problem: Problem, served: Collection[int], *, effort: Effort, seed: int = 0) -> Plan:
    """Plan these checks under the same rules with every department merging only its own."""
    checks = tuple(_unlocked(c) for c in problem.checks if c.id in served)
    return _planned(problem, checks, effort, seed, by_department=True)


def _planned(problem: Problem, checks: tuple[Check, ...], effort: Effort, seed: int, *, by_department: bool) -> Plan:
    """Plan without joint visits (by department) or without any merging."""
    alone = tuple(_apart(c, by_department=by_department) for c in checks)
    naive = msgspec.structs.replace(problem, checks=alone, max_departments=1)
    return solve(naive, effort=effort, seed=seed, explained=False, measured=False).plan


def _unlocked(check: Check) -> Check:
    """Without merging nothing is published yet: no day and no company is held."""
    return msgspec.structs.replace(check, locked=False, closed=False, published_day=None)


def _apart(check: Check, *, by_department: bool) -> Check:
    """Bundles exist only where departments go together; by themselves their checks are single."""
    return msgspec.structs.replace(check, bundle=None, mergeable=check.mergeable and by_department)
