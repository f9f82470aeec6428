"""A plan looked at against its problem: the look-ups that rules, measures and reasons share."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from .problem import Check, Inspector, Placement, Plan, PlannedVisit, Premises, Problem

Found = Iterator[tuple[str, tuple[int, ...], int | None]]
"""What a hard rule yields where it is broken: a Chinese sentence, the checks, the visit."""


class Situation:
    """Problem and plan with indices; everything is computed once, when first asked for."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan
        self.checks: dict[int, Check] = {c.id: c for c in problem.checks}
        self.premises: dict[int, Premises] = {p.id: p for p in problem.premises}
        self.inspectors: dict[int, Inspector] = {i.id: i for i in problem.inspectors}
        self.nonwork = frozenset(problem.nonwork_days)
        self.quiet = frozenset(problem.quiet_days)

    @cached_property
    def known(self) -> tuple[Placement, ...]:
        """Placements of checks that exist (H1 tells of the others)."""
        return tuple(p for p in self.plan.placements if p.check in self.checks)

    @cached_property
    def visits(self) -> tuple[PlannedVisit, ...]:
        return Plan(placements=self.known).visits()

    @cached_property
    def placement_of(self) -> dict[int, Placement]:
        return {p.check: p for p in self.known}

    @cached_property
    def bundles(self) -> dict[int, list[Check]]:
        bundles: dict[int, list[Check]] = defaultdict(list)
        for check in self.problem.checks:
            if check.bundle is not None:
                bundles[check.bundle].append(check)
        return bundles

    @cached_property
    def recusals(self) -> frozenset[tuple[int, int]]:
        return frozenset((r.inspector, r.premises) for r in self.problem.recusals)

    @cached_property
    def days_off(self) -> dict[int, frozenset[int]]:
        return {i.id: frozenset(i.off_days) for i in self.problem.inspectors}

    @cached_property
    def inspector_days(self) -> dict[tuple[int, int], list[Placement]]:
        """What each inspector does on each day."""
        days: dict[tuple[int, int], list[Placement]] = defaultdict(list)
        for placement in self.known:
            for inspector in set(placement.inspectors):
                days[inspector, placement.day].append(placement)
        return days

    @cached_property
    def used(self) -> dict[tuple[int, int], int]:
        """Counted visits already used, by premises and department."""
        used: dict[tuple[int, int], int] = defaultdict(int)
        for row in self.problem.used:
            used[row.premises, row.department] += row.count
        return used

    @cached_property
    def counted_visits(self) -> tuple[PlannedVisit, ...]:
        """Visits that count for caps: those with a check that is not exempt."""
        return tuple(v for v in self.visits if any(not self.checks[c].exempt for c in v.checks))

    def departments(self, visit: PlannedVisit) -> set[int]:
        return {self.checks[c].department for c in visit.checks}

    def is_open(self, premises: int, day: int) -> bool:
        return bool(self.premises[premises].open_weekdays >> self.problem.weekday(day) & 1)

    def day_allowed(self, check: Check, day: int) -> bool:
        """Tell whether window, calendar, quiet days and opening allow the check that day (H2 to H5)."""
        return (
            max(check.start, 0) <= day <= min(check.end, self.problem.horizon - 1)
            and day not in self.nonwork
            and not (check.onsite and not check.exempt and day in self.quiet)
            and self.is_open(check.premises, day)
            and (not check.locked or day == check.published_day)
        )

    @cached_property
    def units(self) -> tuple[tuple[Check, ...], ...]:
        """What is placed as a whole: bundles, and single checks."""
        singles = [(c,) for c in self.problem.checks if c.bundle is None]
        return (*singles, *(tuple(members) for members in self.bundles.values()))

    def unit_of(self, check: Check) -> tuple[int | None, int]:
        """Return the key of what the check is placed with: its bundle, or itself alone."""
        return (None, check.id) if check.bundle is None else (check.bundle, 0)

    def window(self, unit: tuple[Check, ...]) -> range:
        """Return the days that all windows of the unit share, within the horizon."""
        return range(max(0, *(c.start for c in unit)), min(self.problem.horizon - 1, *(c.end for c in unit)) + 1)

    def unit_allowed(self, unit: tuple[Check, ...], day: int) -> bool:
        return all(self.day_allowed(c, day) for c in unit)

    def allowed_days(self, unit: tuple[Check, ...]) -> list[int]:
        return [d for d in self.window(unit) if self.unit_allowed(unit, d)]

    @cached_property
    def impossible(self) -> frozenset[int]:
        """Checks that have no allowed day, alone or within their bundle."""
        return frozenset(
            c.id for unit in self.units if not any(self.unit_allowed(unit, d) for d in self.window(unit)) for c in unit
        )

    @cached_property
    def unserved(self) -> tuple[Check, ...]:
        """Checks that could stand on some day and do not."""
        return tuple(c for c in self.problem.checks if c.id not in self.placement_of and c.id not in self.impossible)
