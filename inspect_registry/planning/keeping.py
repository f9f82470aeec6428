"""Compiled: the best plan found, and the way back from a round that was not worth keeping."""

from .compiled import Memory, Totals, kernel
from .layout import (
    A_BEST_CREW,
    A_BEST_PLACE,
    A_CREW,
    A_DIRTY,
    A_FREED,
    A_OLD_CREW,
    A_OLD_PLACE,
    A_TOUCHED,
    C_CREW,
    C_PEOPLE,
    NOWHERE,
    T_BOOKED,
    T_DIRTY,
    T_MOVED,
    T_ROUNDS,
    T_SWITCHES,
    T_TOUCHED,
    T_UNSERVED,
    T_VISITS,
    U_COUNT,
    U_DAY,
    U_DIRTY,
    U_FIRST,
    U_SLOT,
    U_TOUCHED,
    W_BOOKED,
    W_MOVED,
    W_SWITCH,
    W_VISIT,
)
from .placing import place, remove
from .rows import check_row, unit_row


@kernel
def objective(t: Totals) -> int:
    """Return the cost of the plan with its soft parts, in thousandths of a visit."""
    return t[W_VISIT] * t[T_VISITS] + 1000 * t[T_UNSERVED] + t[W_SWITCH] * t[T_SWITCHES] + t[W_MOVED] * t[T_MOVED]


@kernel
def guided(t: Totals) -> int:
    """Return the objective plus a small price of people's time: what leaves time free may serve a further check."""
    return objective(t) + (t[W_BOOKED] * t[T_BOOKED] >> 4)


@kernel
def crew_span(m: Memory, unit: int) -> tuple[int, int]:
    """Return where the unit's people stand in `crew`, and how many they are (its checks lie side by side)."""
    u = unit_row(m, unit)
    first, last = m[u + U_FIRST], m[u + U_FIRST] + m[u + U_COUNT] - 1
    start = m[check_row(m, first) + C_CREW]
    return start, m[check_row(m, last) + C_CREW] + m[check_row(m, last) + C_PEOPLE] - start


@kernel
def touch(m: Memory, t: Totals, unit: int) -> None:
    """Note where the unit stood at the beginning of this round."""
    u = unit_row(m, unit)
    if m[u + U_TOUCHED] == 1:
        return
    m[u + U_TOUCHED] = 1
    m[m[A_TOUCHED] + t[T_TOUCHED]] = unit
    t[T_TOUCHED] += 1
    m[m[A_OLD_PLACE] + 2 * unit], m[m[A_OLD_PLACE] + 2 * unit + 1] = m[u + U_SLOT], m[u + U_DAY]
    if m[u + U_DAY] != NOWHERE:
        m[m[A_FREED] + m[u + U_DAY]] = t[T_ROUNDS] & 0x7FFFFFFF
        start, size = crew_span(m, unit)
        for k in range(start, start + size):
            m[m[A_OLD_CREW] + k] = m[m[A_CREW] + k]


@kernel
def is_changed(m: Memory, unit: int) -> bool:
    """Tell whether a touched unit stands elsewhere, or has other people, than at the beginning of this round."""
    u = unit_row(m, unit)
    slot, day = m[m[A_OLD_PLACE] + 2 * unit], m[m[A_OLD_PLACE] + 2 * unit + 1]
    if m[u + U_SLOT] != slot or m[u + U_DAY] != day:
        return True
    if day == NOWHERE:
        return False
    start, size = crew_span(m, unit)
    same = 0
    while same < size and m[m[A_OLD_CREW] + start + same] == m[m[A_CREW] + start + same]:
        same += 1
    return same < size


@kernel
def keep_round(m: Memory, t: Totals) -> None:
    """Accept what happened since the last call; changed units become dirty, that is, other than in the best plan."""
    for a in range(t[T_TOUCHED]):
        unit = m[m[A_TOUCHED] + a]
        m[unit_row(m, unit) + U_TOUCHED] = 0
        if m[unit_row(m, unit) + U_DIRTY] == 0 and is_changed(m, unit):
            m[unit_row(m, unit) + U_DIRTY] = 1
            m[m[A_DIRTY] + t[T_DIRTY]] = unit
            t[T_DIRTY] += 1
    t[T_TOUCHED] = 0


@kernel
def undo_round(m: Memory, t: Totals) -> None:
    """Put every touched unit back where it stood."""
    n = t[T_TOUCHED]
    for a in range(n):
        if m[unit_row(m, m[m[A_TOUCHED] + a]) + U_DAY] != NOWHERE:
            remove(m, t, m[m[A_TOUCHED] + a])
    for a in range(n):
        unit = m[m[A_TOUCHED] + a]
        m[unit_row(m, unit) + U_TOUCHED] = 0
        if m[m[A_OLD_PLACE] + 2 * unit + 1] != NOWHERE:
            slot, day = m[m[A_OLD_PLACE] + 2 * unit], m[m[A_OLD_PLACE] + 2 * unit + 1]
            place(m, t, unit, slot, day, m[A_OLD_CREW] + crew_span(m, unit)[0])
    t[T_TOUCHED] = 0


@kernel
def save_best(m: Memory, t: Totals) -> None:
    """Copy the dirty units into the best plan."""
    for a in range(t[T_DIRTY]):
        unit = m[m[A_DIRTY] + a]
        u = unit_row(m, unit)
        m[u + U_DIRTY] = 0
        m[m[A_BEST_PLACE] + 2 * unit], m[m[A_BEST_PLACE] + 2 * unit + 1] = m[u + U_SLOT], m[u + U_DAY]
        if m[u + U_DAY] != NOWHERE:
            start, size = crew_span(m, unit)
            for k in range(start, start + size):
                m[m[A_BEST_CREW] + k] = m[m[A_CREW] + k]
    t[T_DIRTY] = 0


@kernel
def restore_best(m: Memory, t: Totals) -> None:
    """Make the best plan the current one."""
    n = t[T_DIRTY]
    for a in range(n):
        unit = m[m[A_DIRTY] + a]
        if m[unit_row(m, unit) + U_DAY] != NOWHERE:
            remove(m, t, unit)
    for a in range(n):
        unit = m[m[A_DIRTY] + a]
        m[unit_row(m, unit) + U_DIRTY] = 0
        slot, day = m[m[A_BEST_PLACE] + 2 * unit], m[m[A_BEST_PLACE] + 2 * unit + 1]
        if day != NOWHERE:
            place(m, t, unit, slot, day, m[A_BEST_CREW] + crew_span(m, unit)[0])
    t[T_DIRTY] = 0
