"""The measures of a plan (planner.md section 4), computed plainly from the rules and apart from the solver."""

from collections import defaultdict

import msgspec

from . import preferences
from .merge import Span, fewest_days, forced_unserved, span_of
from .problem import Plan, Problem
from .situation import Situation


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """What no plan of the problem can undercut, people being no object."""

    lb_visits: int
    forced_unserved: int
    impossible: int
    """Checks without any allowed day; they are left out everywhere."""


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """A plan in figures."""

    cost: int
    cost_ratio: float
    """cost / (lb_visits + 2 × forced_unserved), never below 1."""
    visits: int
    unserved: int
    unserved_mandatory: int
    served: int
    impossible: int
    lb_visits: int
    forced_unserved: int
    ratio: float
    """visits / lb_visits."""
    joint_visits: int
    """Visits with two or more departments."""
    disturbed_days: int
    """Pairs of premises and day with a visit."""
    zone_switches: int
    moved: int
    dropped: int
    """Published checks that are not served."""
    uneven_load: float


def floor_of(s: Situation) -> Floor:
    """Compute the stabbing bound and the unserved checks that caps force, premises by premises."""
    spans: dict[int, list[Span]] = defaultdict(list)
    impossible = 0
    for unit in s.units:
        span = span_of(s, unit)
        if span is None:
            impossible += len(unit)
        elif unit[0].onsite:
            spans[unit[0].premises].append(span)
    visits = forced = 0
    for premises, rows in spans.items():
        merged = [row for row in rows if row.mergeable]
        visits += fewest_days(merged, s.quiet) + len(rows) - len(merged)
        forced += forced_unserved(s, premises, rows)
    return Floor(lb_visits=visits, forced_unserved=forced, impossible=impossible)


def measure(problem: Problem, plan: Plan, floor: Floor | None = None) -> Measures:
    """Return every measure of the plan; a floor that is already known need not be computed again."""
    s = Situation(problem, plan)
    floor = floor or floor_of(s)
    visits = preferences.visits(s)
    weights = problem.weights
    mandatory, ordinary = preferences.unserved_mandatory(s), preferences.unserved_ordinary(s)
    cost = weights.visit * visits + weights.ordinary * ordinary + weights.mandatory * mandatory
    bound = floor.lb_visits + 2 * floor.forced_unserved
    return Measures(
        cost=cost,
        cost_ratio=round(max(cost / bound, 1.0), 6) if bound else 1.0,
        visits=visits,
        unserved=mandatory + ordinary,
        unserved_mandatory=mandatory,
        served=len(s.placement_of),
        impossible=floor.impossible,
        lb_visits=floor.lb_visits,
        forced_unserved=floor.forced_unserved,
        ratio=round(visits / floor.lb_visits, 6) if floor.lb_visits else 1.0,
        joint_visits=sum(len(s.departments(v)) > 1 for v in s.visits),
        disturbed_days=len({(s.checks[v.checks[0]].premises, v.day) for v in s.visits}),
        zone_switches=preferences.zone_switches(s),
        moved=preferences.moved(s),
        dropped=sum(c.published_day is not None and c.id not in s.placement_of for c in problem.checks),
        uneven_load=round(preferences.uneven_load(s), 4),
    )
