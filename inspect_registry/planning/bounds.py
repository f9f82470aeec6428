"""What no plan can undercut."""

from .compiled import Memory, Totals, kernel
from .layout import KIND_ALONE, KIND_MERGEABLE, U_END, U_KIND, U_START, UNITS
from .rows import unit_row


@kernel
def _stabs(m: Memory, first: int, end: int) -> int:
    """Count the days of one premises: always the earliest last day of what is not stabbed yet."""
    count = 0
    last = -1
    while True:
        best = 2**30
        for unit in range(first, end):
            u = unit_row(m, unit)
            live = m[u + U_START] <= m[u + U_END]
            if live and m[u + U_KIND] == KIND_MERGEABLE and m[u + U_START] > last and m[u + U_END] < best:
                best = m[u + U_END]
        if best == 2**30:
            break
        count += 1
        last = best
    for unit in range(first, end):
        u = unit_row(m, unit)
        if m[u + U_KIND] == KIND_ALONE and m[u + U_START] <= m[u + U_END]:
            count += 1
    return count


@kernel
def stabbing_bound(m: Memory, t: Totals) -> int:
    """Return a quick lower bound of visits: units of one premises stabbed greedily, quiet days taken as open to all."""
    bound = 0
    unit = 0
    while unit < t[UNITS]:
        ent = m[unit_row(m, unit)]
        first = unit
        while unit < t[UNITS] and m[unit_row(m, unit)] == ent:
            unit += 1
        bound += _stabs(m, first, unit)
    return bound
