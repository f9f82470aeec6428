"""Which checks of a month are one 一业一查 bundle at one place, to be planned in one visit or not at all. Pure.

A bundle of the catalogue names matters; at one place it binds the checks whose matters all belong to it. What cannot
be in one visit is not bound, so that a bundle never makes a check impossible that could be served alone: checks whose
windows do not meet on an open day, more departments than may go together, what must go alone, what stands still.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from inspect_registry.visits.month import Bundle, Month, PlannableCheck


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """Checks of one place that are one bundle."""

    number: int
    """Within the month; the planner's identity of it."""
    bundle: Bundle
    checks: tuple[int, ...]


class Unbound(msgspec.Struct, frozen=True, kw_only=True):
    """Checks of one place that the catalogue would bind, and why they are planned one by one."""

    bundle: Bundle
    checks: tuple[int, ...]
    reason: str


class Bundling(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue's bundles mean for one month."""

    bound: tuple[Bound, ...] = ()
    unbound: tuple[Unbound, ...] = ()

    def number_of(self) -> dict[int, int]:
        """Return the bundle's number by check."""
        return {check: one.number for one in self.bound for check in one.checks}


def bundled(month: Month) -> Bundling:
    """Bind the checks that are to be planned; a check of two bundles goes to the one that binds more."""
    at: dict[int, list[PlannableCheck]] = defaultdict(list)
    for check in month.asked:
        if check.onsite and check.mergeable and check.announced and not (check.fixed or check.declined or check.shaken):
            at[check.premises].append(check)
    masks = {place.id: place.open_mask for place in month.premises}
    bound: list[Bound] = []
    unbound: list[Unbound] = []
    for premises in sorted(at):
        free = {check.id: check for check in at[premises]}
        offers = [(bundle, _members(bundle, at[premises])) for bundle in month.bundles]
        for bundle, members in sorted(offers, key=lambda offer: (-len(offer[1]), offer[0].id)):
            rows = [free[check.id] for check in members if check.id in free]
            if len(rows) < 2:
                continue
            ids = tuple(check.id for check in rows)
            reason = _obstacle(rows, month, masks[premises])
            if reason:
                unbound.append(Unbound(bundle=bundle, checks=ids, reason=reason))
                continue
            bound.append(Bound(number=len(bound), bundle=bundle, checks=ids))
            for check in rows:
                del free[check.id]
    return Bundling(bound=tuple(bound), unbound=tuple(unbound))


def _members(bundle: Bundle, checks: Sequence[PlannableCheck]) -> list[PlannableCheck]:
    own = set(bundle.matters)
    return [check for check in checks if check.matters and own.issuperset(check.matters)]


def _obstacle(checks: Sequence[PlannableCheck], month: Month, open_mask: int) -> str:
    """Say why these checks cannot be one visit; empty where they can."""
    departments = len({check.department for check in checks})
    if departments > month.limits.departments_max:
        return f"涉及{departments}个部门，超过一次联合检查的上限{month.limits.departments_max}个"
    start, end = max(check.starts for check in checks), min(check.ends for check in checks)
    days = (start + timedelta(days=offset) for offset in range((end - start).days + 1))
    if not any(open_mask >> day.weekday() & 1 and _is_open(day, checks, month) for day in days):
        return "各检查的时间窗没有共同的可行日"
    return ""


def _is_open(day: date, checks: Sequence[PlannableCheck], month: Month) -> bool:
    limits = month.limits
    held_off = day in limits.quiet_days and not all(check.exempt or check.lifted for check in checks)
    return month.first <= day <= month.last and day >= month.today and day not in limits.nonwork_days and not held_off
