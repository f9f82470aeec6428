"""How an enterprise's yearly caps are shared out among its premises for one merge. Pure.

The planner knows premises, the law counts enterprises: what is left of a cap is divided so that no division of the
visits can exceed it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from inspect_registry.visits.month import CapUsed, Limits, Month, PlannableCheck


def shared_caps(
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
        totals |= share(whole, its_places, standing[enterprise, 0])
        for department in sorted(comers[enterprise]):
            rest = left.get((enterprise, department), limits.cap_department) + used_up[enterprise, department]
            for premises, left_here in share(rest, its_places, standing[enterprise, department]).items():
                own[premises][department] = left_here
    return totals, own


def used_up_within(checks: Sequence[PlannableCheck]) -> Counter[tuple[int, int]]:
    """Count what approved visits of this month have used up already, by (enterprise, department); 0 = all together."""
    return _standing_counted(checks)[1]


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
        if not (check.fixed or check.shaken) or check.exempt or check.visit is None:
            continue
        for department in (check.department, 0):
            if (check.visit, department) not in seen:
                seen.add((check.visit, department))
                standing[check.enterprise, department][check.premises] += check.fixed
                used_up[check.enterprise, department] += check.approved
    return standing, used_up


def _unapproved(check: PlannableCheck) -> bool:
    """Order approved checks first: one approved share makes the visit count for all departments together."""
    return not check.approved


def _cap(one: CapUsed, limits: Limits) -> int:
    if one.cap is not None:
        return one.cap
    return limits.cap_enterprise if one.department == 0 else limits.cap_department


def share(amount: int, places: Sequence[int], standing: Mapping[int, int]) -> dict[int, int]:
    """Give every place what already stands there, and the rest in turn."""
    shares = {place: standing.get(place, 0) for place in places}
    rest = max(amount - sum(shares.values()), 0)
    for turn in range(rest):
        shares[places[turn % len(places)]] += 1
    return shares
