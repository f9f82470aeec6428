"""A bound of the cost that knows caps, the size of visits, people's time, certificates and visits a day.

Leaving a unit unserved costs its weight and saves at most one visit. So whatever is unserved,
    cost ≥ (bound of visits if all were served) + Σ over unserved units (weight - 1),
and the second part is bounded from below twice: by caps, premises by premises; and by people, department by
department. In every stretch of days, units whose whole window lies inside ask for at least so many person-minutes
(and person-visits); what exceeds those there are must be left out, cheapest first and in fractions (a relaxed
knapsack). Both may speak of the same units, so units at premises where caps force something out relieve people for
nothing when the two are added. Travel, pairs of people and whole visits are
not seen: the true optimum lies higher.
"""

from collections import defaultdict
from collections.abc import Iterator

import msgspec
import numpy as np
import numpy.typing as npt

from .merge import Span, fewest_days, forced_unserved, span_of
from .problem import Check, Plan, Problem
from .situation import Situation

Numbers = npt.NDArray[np.float64]
MOST_STRETCHES = 500


class TightBound(msgspec.Struct, frozen=True, kw_only=True):
    """The bound and what it is made of."""

    cost: int
    visits: int
    """Stabbing, and what the size of visits adds."""
    caps: int
    """Least cost of what caps force out, less the visits that saves."""
    people: float
    """The same for people's minutes, visits a day and certificates."""


class _Share(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one unit asks of one department."""

    start: int
    end: int
    loud: bool
    """True: quiet days are no help."""
    place: int
    """Premises; units that stand alone have a number of their own, because they share no visit."""
    minutes: int
    """Person-minutes without overhead."""
    people: int
    """People at the door at least; 0 for desk work."""
    price: float
    """Weight less one, split between the departments of a bundle."""
    matters: frozenset[int]


def tight_bound(problem: Problem) -> TightBound:
    """Return a lower bound of the cost of every lawful plan."""
    s = Situation(problem, Plan())
    spans: dict[int, list[tuple[Span, tuple[Check, ...]]]] = defaultdict(list)
    placed = [(span, unit) for unit in s.units if (span := span_of(s, unit)) is not None]
    for span, unit in placed:
        if unit[0].onsite:
            spans[unit[0].premises].append((span, unit))
    visits = sum(_visits_at(s, rows) for rows in spans.values())
    forced = {
        premises: forced_unserved(s, premises, [_priced(problem, *row) for row in rows])
        for premises, rows in spans.items()
    }
    caps = sum(forced.values())
    people = _all_people(problem, placed, frozenset())
    # What stands where caps force something out pays for the caps; it relieves people for nothing.
    beside = _all_people(problem, placed, frozenset(k for k, price in forced.items() if price)) if caps else people
    # Costs are whole numbers, so the bound may be rounded up (with room for floating point).
    more = max(caps + int(np.ceil(beside - 1e-6)), int(np.ceil(people - 1e-6)))
    return TightBound(cost=problem.weights.visit * visits + more, visits=visits, caps=caps, people=round(people, 1))


def _all_people(problem: Problem, placed: list[tuple[Span, tuple[Check, ...]]], free: frozenset[int]) -> float:
    """Return the least price of what people cannot serve; units at the `free` premises have none."""
    shares: dict[int, list[_Share]] = defaultdict(list)
    for number, (span, unit) in enumerate(placed):
        price = 0 if unit[0].premises in free else _price(problem, unit)
        for department, share in _shares(span, unit, -1 - number, price):
            shares[department].append(share)
    return sum(_people(problem, department, rows) for department, rows in shares.items())


def _price(problem: Problem, unit: tuple[Check, ...]) -> int:
    return max(sum(problem.unserved_cost(c) for c in unit) - problem.weights.visit * unit[0].onsite, 0)


def _priced(problem: Problem, span: Span, unit: tuple[Check, ...]) -> Span:
    return msgspec.structs.replace(span, checks=_price(problem, unit))


def _visits_at(s: Situation, rows: list[tuple[Span, tuple[Check, ...]]]) -> int:
    """Return the fewest visits of one premises: days to stab, departments and minutes that one visit cannot hold."""
    limit = s.problem.max_visit_minutes
    alone = 0
    merged: list[Span] = []
    minutes: dict[int, int] = defaultdict(int)
    for span, unit in rows:
        own: dict[int, int] = defaultdict(int)
        for c in unit:
            own[c.department] += c.minutes
        if not span.mergeable or max(own.values()) > limit:
            alone += 1
            continue
        merged.append(span)
        for department, n in own.items():
            minutes[department] += n
    by_minutes = max((-(-n // limit) for n in minutes.values() if limit), default=0)
    by_departments = -(-len(minutes) // s.problem.max_departments)
    return alone + max(fewest_days(merged, s.quiet), by_minutes, by_departments)


def _shares(span: Span, unit: tuple[Check, ...], alone: int, price: int) -> Iterator[tuple[int, _Share]]:
    by_department: dict[int, list[Check]] = defaultdict(list)
    for c in unit:
        by_department[c.department].append(c)
    for department, checks in by_department.items():
        onsite = unit[0].onsite
        yield (
            department,
            _Share(
                start=span.start,
                end=span.end,
                loud=onsite and not span.exempt,
                place=unit[0].premises if onsite and span.mergeable else alone,
                minutes=sum(c.minutes * c.inspectors for c in checks),
                people=max(c.inspectors for c in checks) if onsite else 0,
                price=price / len(by_department),
                matters=frozenset(c.matter for c in checks),
            ),
        )


def _people(problem: Problem, department: int, shares: list[_Share]) -> float:
    """Return the least price of what the department's people, or those certified for one matter, cannot serve."""
    team = [i for i in problem.inspectors if i.department == department]
    present = np.zeros((len(team), problem.horizon))
    for row, inspector in enumerate(team):
        present[
            row, [d for d in range(problem.horizon) if d not in inspector.off_days and d not in problem.nonwork_days]
        ] = 1
    best = _short_of_people(problem, shares, present)
    for matter in sorted({m for share in shares for m in share.matters if len(share.matters) == 1}):
        able = np.array([matter in i.matters for i in team], dtype=bool)
        some = [share for share in shares if share.matters == {matter}]
        best = max(best, _short_of_people(problem, some, present[able] if team else present))
    return best


def _short_of_people(problem: Problem, shares: list[_Share], present: Numbers) -> float:
    """Look at stretches of days, with quiet days (everybody) and without (those whom quiet days do not help)."""
    per_day = present.sum(axis=0)
    loud_day = per_day.copy()
    loud_day[[d for d in problem.quiet_days if d < problem.horizon]] = 0
    best = 0.0
    for some, days in ((shares, per_day), ([share for share in shares if share.loud], loud_day)):
        if some:
            best = max(best, _over_stretches(problem, some, np.concatenate(([0.0], np.cumsum(days)))))
    return best


def _over_stretches(problem: Problem, shares: list[_Share], days: Numbers) -> float:
    start, end = np.array([x.start for x in shares]), np.array([x.end for x in shares])
    place = np.unique([x.place for x in shares], return_inverse=True)[1].reshape(-1)
    people = np.array([x.people for x in shares], dtype=float)
    minutes = np.array([x.minutes for x in shares], dtype=float)
    price = np.array([x.price for x in shares])
    starts, ends = np.unique(start), np.unique(end)
    thin = max(1, int(np.ceil(np.sqrt(len(starts) * len(ends) / MOST_STRETCHES))))
    best = 0.0
    for a in starts[::thin]:
        for b in ends[::-1][::thin]:
            inside = (start >= a) & (end <= b)
            if not inside.any():
                continue
            at_door = np.zeros(place.max() + 1)
            np.maximum.at(at_door, place[inside], people[inside])
            there = days[b + 1] - days[a]
            short = minutes[inside].sum() + problem.visit_overhead * at_door.sum() - problem.day_minutes * there
            relief = minutes[inside] + problem.visit_overhead * people[inside]
            best = max(best, _cheapest(short, relief, price[inside]))
            short = at_door.sum() - problem.visits_per_inspector_day * there
            best = max(best, _cheapest(short, people[inside], price[inside]))
    return best


def _cheapest(short: float, relief: Numbers, price: Numbers) -> float:
    """Return the least price of relieving what is short, units taken in fractions."""
    if short <= 0:
        return 0.0
    useful = relief > 0
    relief, price = relief[useful], price[useful]
    order = np.argsort(price / relief)
    sums = np.cumsum(relief[order])
    whole = int(np.searchsorted(sums, short))
    if whole >= len(order):
        return float(price.sum())
    before = sums[whole - 1] if whole else 0.0
    return float(price[order[:whole]].sum() + price[order[whole]] * (short - before) / relief[order[whole]])
