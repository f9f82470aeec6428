"""Who of a department's share goes for which of its checks: a share names its people together, the planner one by one.

The newest merge says it; where it does not (a share that was changed since, or was made by hand), it is worked out
from certificates. Pure.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from inspect_registry.visits.month import Month, PlannableCheck, PlannedInspector


def with_crews(month: Month) -> Month:
    """Return the month where every check that stands says who goes for it."""
    people = {one.id: one for one in month.inspectors}
    shares: dict[tuple[int, int], list[PlannableCheck]] = defaultdict(list)
    for check in month.checks:
        if check.visit is not None:
            shares[check.visit, check.department].append(check)
    crew_of = {check: crew for share in shares.values() for check, crew in _crews(share, people).items()}
    checks = tuple(msgspec.structs.replace(check, crew=crew_of.get(check.id, [])) for check in month.checks)
    return msgspec.structs.replace(month, checks=checks)


def _crews(share: Sequence[PlannableCheck], people: Mapping[int, PlannedInspector]) -> dict[int, list[int]]:
    """Divide the people of one share; who has gone for fewer checks comes first, so that everybody has a part."""
    if all(_is_recorded(check) for check in share):
        return {check.id: sorted(check.crew) for check in share}
    serves: Counter[int] = Counter()
    found = {}
    for check in share:
        may = [one for one in check.inspectors if one in people and _may_serve(people[one], check)]
        crew = sorted(may or check.inspectors, key=lambda one: (serves[one], one))[: check.min_inspectors]
        serves.update(crew)
        found[check.id] = sorted(crew)
    return found


def _is_recorded(check: PlannableCheck) -> bool:
    return len(set(check.crew)) == check.min_inspectors and set(check.crew) <= set(check.inspectors)


def _may_serve(one: PlannedInspector, check: PlannableCheck) -> bool:
    return set(check.matters) <= set(one.matters) and (
        not check.allowed_inspectors or one.id in check.allowed_inspectors
    )
