"""Exact merging of one premises' checks when people are no object: fewest days, and what caps leave unserved.

With nothing but windows, sorting by last possible day and always taking that day is optimal. Quiet days make
holes in some windows (exempt checks may stand there, others not), so where a last possible day is quiet both
candidates are followed.
"""

from functools import cache

import msgspec
import numpy as np

from .problem import Check
from .situation import Situation

UNREACHED = -(10**9)


class Span(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One unit's window, tightened to its first and last allowed day."""

    start: int
    end: int
    last_loud: int
    """Last allowed day that is not quiet; -1 when there is none."""
    exempt: bool
    """True: quiet days are allowed too."""
    checks: int
    """How many checks the unit holds."""
    mergeable: bool
    departments: frozenset[int]


def span_of(s: Situation, unit: tuple[Check, ...]) -> Span | None:
    """Return the unit's span, None when it has no allowed day."""
    days = s.window(unit)
    start = next((d for d in days if s.unit_allowed(unit, d)), None)
    if start is None:
        return None
    end = next(d for d in reversed(days) if s.unit_allowed(unit, d))
    loud = (
        end
        if end not in s.quiet
        else next((d for d in reversed(days) if d not in s.quiet and s.unit_allowed(unit, d)), -1)
    )
    return Span(
        start=start,
        end=end,
        last_loud=loud,
        exempt=all(c.exempt for c in unit),
        checks=len(unit),
        mergeable=all(c.mergeable and not c.closed for c in unit),
        departments=frozenset(c.department for c in unit),
    )


def fewest_days(spans: list[Span], quiet: frozenset[int]) -> int:
    """Return the least number of days such that every span has one of its allowed days among them."""
    rows = sorted(spans, key=lambda span: span.end)

    @cache
    def from_row(k: int, loud: int, any_day: int) -> int:
        while k < len(rows) and (any_day if rows[k].exempt else loud) >= rows[k].start:
            k += 1
        if k == len(rows):
            return 0
        row = rows[k]
        if row.end not in quiet:
            return 1 + from_row(k + 1, row.end, max(row.end, any_day))
        on_quiet = 1 + from_row(k + 1, loud, max(row.end, any_day))
        if row.last_loud < 0:
            return on_quiet
        return min(on_quiet, 1 + from_row(k + 1, max(row.last_loud, loud), max(row.last_loud, any_day)))

    return from_row(0, -1, -1)


def most_checks(spans: list[Span], days: int) -> int:
    """Return how many checks can be served with so many counted visits (people being no object)."""
    alone = sorted((span.checks for span in spans if not span.mergeable), reverse=True)
    merged = [span for span in spans if span.mergeable]
    best = 0
    shared = _best_cover(merged, days)
    for k, served in enumerate(shared):
        best = max(best, served + sum(alone[: max(days - k, 0)]))
    return best


def _best_cover(spans: list[Span], days: int) -> list[int]:
    """Return the most checks that 0, 1, … days can serve; only the last days of spans need be tried."""
    starts, ends = np.array([span.start for span in spans]), np.array([span.end for span in spans])
    values = np.array([span.checks for span in spans])
    points = np.unique(ends) if spans else np.array([], dtype=int)
    befores = np.concatenate(([-1], points))
    most = min(days, len(points))
    # table[j, k]: k days, the last of them the j-th point (row 0: none yet).
    table = np.full((len(points) + 1, most + 1), UNREACHED)
    table[0, 0] = 0
    for j, point in enumerate(points):
        covering = (starts <= point) & (ends >= point)
        order = np.argsort(starts[covering])
        later = np.append(np.cumsum(values[covering][order][::-1])[::-1], 0)
        gain = later[np.searchsorted(starts[covering][order], befores[: j + 1], side="right")]
        table[j + 1, 1:] = (table[: j + 1, :most] + gain[:, None]).max(axis=0)
    return [int(best) for best in np.maximum.accumulate(table.max(axis=0))]


def forced_unserved(s: Situation, premises: int, spans: list[Span]) -> int:
    """Return how many checks of the premises must stay unserved because of caps alone."""
    counted = [span for span in spans if not span.exempt]
    place = s.premises[premises]
    by_total = _short_of(counted, place.cap_total)
    by_department = 0
    for department in {d for span in counted for d in span.departments}:
        own = [span for span in counted if span.departments == {department}]
        by_department += _short_of(own, max(place.cap_department - s.used.get((premises, department), 0), 0))
    return max(by_total, by_department)


def _short_of(spans: list[Span], cap: int) -> int:
    if len(spans) <= cap or _greedy_days(spans) <= cap:
        return 0
    return sum(span.checks for span in spans) - most_checks(spans, cap)


def _greedy_days(spans: list[Span]) -> int:
    """Return how many visits serve all spans: enough when caps allow as many."""
    count, last = sum(not span.mergeable for span in spans), -1
    for span in sorted((span for span in spans if span.mergeable), key=lambda span: span.end):
        if span.start > last:
            count, last = count + 1, span.end
    return count
