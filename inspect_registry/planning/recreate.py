"""Compiled: put waiting units where they cost least, and remember enough to take it all back."""

from .compiled import Memory, Totals, kernel
from .crew import ENGAGED, MISSING, choose_crew, engage, random_below, release
from .layout import (
    A_ACTIVE,
    A_BEST_CREW,
    A_BEST_PLACE,
    A_BEST_TRIAL,
    A_CREW,
    A_CROWDING,
    A_DEPT_DAY,
    A_DIRTY,
    A_MATES,
    A_OLD_CREW,
    A_OLD_PLACE,
    A_PENDING,
    A_TOUCHED,
    A_TRIAL,
    C_CREW,
    C_PEOPLE,
    CROWDING_SHIFT,
    E_ACTIVE,
    E_BASE,
    E_UNITS,
    E_ZONE,
    HORIZON,
    KIND_DESK,
    KIND_MERGEABLE,
    MOST_KEYS,
    NOWHERE,
    S_DAY,
    S_UNITS,
    T_DIRTY,
    T_KEYS,
    T_MOVED,
    T_PENDING,
    T_SWITCHES,
    T_TOUCHED,
    T_UNSERVED,
    T_VISITS,
    T_WORK,
    U_COUNT,
    U_DAY,
    U_DEPT,
    U_DIRTY,
    U_END,
    U_ENT,
    U_FIRST,
    U_KIND,
    U_PENDING,
    U_PUBLISHED,
    U_SLOT,
    U_START,
    U_TOUCHED,
    UNITS,
    W_MOVED,
    W_SWITCH,
    W_VISIT,
    WIDEST,
)
from .placing import day_allowed, free_slot, may_join, may_open, place, remove
from .rows import check_row, ent_row, slot_row, unit_row

MATE_BONUS = 150  # A day that suits another waiting unit of the same premises, in thousandths of a visit.
LONG_WINDOW = 40  # Days; of longer windows a random stretch of about this many is tried.
SKIP_VISIT = 25  # Chance per 1024 of overlooking a visit that could be joined.
NO_PLACE = 2**40


@kernel
def objective(m: Memory, t: Totals) -> int:
    """Return the cost of the plan with its soft parts, in thousandths of a visit."""
    return t[W_VISIT] * t[T_VISITS] + 1000 * t[T_UNSERVED] + t[W_SWITCH] * t[T_SWITCHES] + t[W_MOVED] * t[T_MOVED]


@kernel
def crew_span(m: Memory, t: Totals, unit: int) -> tuple[int, int]:
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
        start, size = crew_span(m, t, unit)
        for k in range(start, start + size):
            m[m[A_OLD_CREW] + k] = m[m[A_CREW] + k]


@kernel
def make_pending(m: Memory, t: Totals, unit: int) -> None:
    """Take the unit out of the plan if it is in, and queue it for this round."""
    u = unit_row(m, unit)
    if m[u + U_PENDING] == 1 or t[T_PENDING] >= MOST_KEYS:
        return
    touch(m, t, unit)
    if m[u + U_DAY] != NOWHERE:
        remove(m, t, unit)
    m[u + U_PENDING] = 1
    m[m[A_PENDING] + t[T_PENDING]] = unit
    t[T_PENDING] += 1


@kernel
def try_position(m: Memory, t: Totals, unit: int, slot: int, day: int, noise: int) -> int:
    """Write the best people for the whole unit to `trial`; return their penalty or MISSING. The plan is left as it was."""
    u = unit_row(m, unit)
    zone = m[ent_row(m, m[u + U_ENT]) + E_ZONE]
    first, count = m[u + U_FIRST], m[u + U_COUNT]
    if count == 1:
        return choose_crew(m, t, first, day, slot, m[u + U_ENT], zone, noise, 0)
    total, offset, done = 0, 0, first
    for check in range(first, first + count):
        penalty = choose_crew(m, t, check, day, slot, m[u + U_ENT], zone, noise, offset)
        if penalty == MISSING:
            total = MISSING
            break
        total += penalty
        for k in range(m[check_row(m, check) + C_PEOPLE]):
            engage(m, t, m[m[A_TRIAL] + offset + k], check, day, slot, zone)
        offset += m[check_row(m, check) + C_PEOPLE]
        done = check + 1
    offset = 0
    for check in range(first, done):
        for k in range(m[check_row(m, check) + C_PEOPLE]):
            release(m, t, m[m[A_TRIAL] + offset + k], check, day, slot)
        offset += m[check_row(m, check) + C_PEOPLE]
    return total


@kernel
def keep_trial(m: Memory, t: Totals) -> None:
    for k in range(t[WIDEST]):
        m[m[A_BEST_TRIAL] + k] = m[m[A_TRIAL] + k]


@kernel
def find_mates(m: Memory, t: Totals, unit: int) -> int:
    """List the other waiting units of the same premises that could share a visit with this one; return their number."""
    u = unit_row(m, unit)
    if m[u + U_KIND] != KIND_MERGEABLE:
        return 0
    ent = ent_row(m, m[u + U_ENT])
    found = 0
    for other in range(m[ent + E_BASE], m[ent + E_BASE] + m[ent + E_UNITS]):
        o = unit_row(m, other)
        if (
            m[o + U_PENDING] == 1
            and other != unit
            and m[o + U_KIND] == KIND_MERGEABLE
            and m[o + U_START] <= m[u + U_END]
            and m[u + U_START] <= m[o + U_END]
        ):
            m[m[A_MATES] + found] = other
            found += 1
    t[T_WORK] += m[ent + E_UNITS] >> 2
    return found


@kernel
def new_visit_penalty(m: Memory, t: Totals, unit: int, day: int, mates: int) -> int:
    """Return what opening a visit on this day costs beside its people."""
    u = unit_row(m, unit)
    penalty = t[W_VISIT] if m[u + U_KIND] != KIND_DESK else 0
    at = m[u + U_DEPT] * t[HORIZON] + day
    penalty += (m[m[A_DEPT_DAY] + at] * m[m[A_CROWDING] + at]) >> CROWDING_SHIFT
    for k in range(mates):
        if day_allowed(m, t, m[m[A_MATES] + k], day):
            penalty -= MATE_BONUS
    t[T_WORK] += mates >> 1
    return penalty


@kernel
def moved_penalty(m: Memory, t: Totals, unit: int, day: int) -> int:
    u = unit_row(m, unit)
    if m[u + U_PUBLISHED] == NOWHERE or m[u + U_PUBLISHED] == day:
        return 0
    return t[W_MOVED] * m[u + U_COUNT]


@kernel
def insert_best(m: Memory, t: Totals, unit: int, noise: int, skip: int) -> bool:
    """Serve the unit where it costs least; days for a new visit are overlooked with chance skip/1024, visits less often."""
    u = unit_row(m, unit)
    ent = ent_row(m, m[u + U_ENT])
    best, best_slot, best_day = NO_PLACE, NOWHERE, NOWHERE
    if m[u + U_KIND] == KIND_MERGEABLE:
        for k in range(m[ent + E_ACTIVE]):
            slot = m[m[A_ACTIVE] + m[ent + E_BASE] + k]
            day = m[slot_row(m, slot) + S_DAY]
            t[T_WORK] += 4
            if day < m[u + U_START] or day > m[u + U_END] or not may_join(m, t, unit, slot):
                continue
            if skip > 0 and random_below(m, t, 1024) < SKIP_VISIT:
                continue
            penalty = try_position(m, t, unit, slot, day, noise)
            if penalty != MISSING:
                penalty += moved_penalty(m, t, unit, day)
                if penalty < best:
                    best, best_slot, best_day = penalty, slot, day
                    keep_trial(m, t)
    if (best == NO_PLACE or best > t[W_VISIT]) and (m[u + U_KIND] == KIND_DESK or may_open(m, t, unit)):
        slot = NOWHERE if m[u + U_KIND] == KIND_DESK else free_slot(m, t, m[u + U_ENT])
        mates = find_mates(m, t, unit)
        start, end = m[u + U_START], m[u + U_END]
        least = (
            0
            if m[u + U_KIND] == KIND_DESK or m[u + U_COUNT] > 1
            else ENGAGED * m[check_row(m, m[u + U_FIRST]) + C_PEOPLE]
        )
        if end - start >= 2 * LONG_WINDOW:
            start += random_below(m, t, end - start - LONG_WINDOW + 1)
            end = start + LONG_WINDOW - 1
        for day in range(start, end + 1):
            if not day_allowed(m, t, unit, day) or (skip > 0 and random_below(m, t, 1024) < skip):
                continue
            opening = new_visit_penalty(m, t, unit, day, mates) + moved_penalty(m, t, unit, day)
            if opening + least >= best:
                continue
            penalty = try_position(m, t, unit, slot, day, noise)
            if penalty != MISSING and penalty + opening < best:
                best, best_slot, best_day = penalty + opening, slot, day
                keep_trial(m, t)
    if best == NO_PLACE:
        return False
    place(m, t, unit, best_slot, best_day, m[A_BEST_TRIAL])
    return True


@kernel
def recreate(m: Memory, t: Totals, noise: int, skip: int) -> None:
    """Insert the pending units in the order of their keys (smallest first)."""
    n = t[T_PENDING]
    for a in range(1, n):
        unit, key = m[m[A_PENDING] + a], t[T_KEYS + a]
        b = a
        while b > 0 and t[T_KEYS + b - 1] > key:
            m[m[A_PENDING] + b], t[T_KEYS + b] = m[m[A_PENDING] + b - 1], t[T_KEYS + b - 1]
            b -= 1
        m[m[A_PENDING] + b], t[T_KEYS + b] = unit, key
    for a in range(n):
        unit = m[m[A_PENDING] + a]
        m[unit_row(m, unit) + U_PENDING] = 0
        insert_best(m, t, unit, noise, skip)
    t[T_PENDING] = 0


@kernel
def keep_round(m: Memory, t: Totals) -> None:
    """Accept what happened since the last call; changed units become dirty, that is, other than in the best plan."""
    for a in range(t[T_TOUCHED]):
        unit = m[m[A_TOUCHED] + a]
        m[unit_row(m, unit) + U_TOUCHED] = 0
        if m[unit_row(m, unit) + U_DIRTY] == 0:
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
            place(m, t, unit, slot, day, m[A_OLD_CREW] + crew_span(m, t, unit)[0])
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
            start, size = crew_span(m, t, unit)
            for k in range(start, start + size):
                m[m[A_BEST_CREW] + k] = m[m[A_CREW] + k]
    t[T_DIRTY] = 0


@kernel
def construct(m: Memory, t: Totals, order: Totals, noise: int, skip: int) -> None:
    """Insert the listed units one after another; all of them wait as each other's mates at first."""
    for a in range(len(order)):
        m[unit_row(m, order[a]) + U_PENDING] = 1
    for a in range(len(order)):
        unit = order[a]
        touch(m, t, unit)
        m[unit_row(m, unit) + U_PENDING] = 0
        insert_best(m, t, unit, noise, skip)
    keep_round(m, t)


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
            place(m, t, unit, slot, day, m[A_BEST_CREW] + crew_span(m, t, unit)[0])
    t[T_DIRTY] = 0


@kernel
def polish(m: Memory, t: Totals) -> None:
    """Move each unit that is alone in its visit into another visit that takes it, and serve what can still be served."""
    for unit in range(t[UNITS]):
        u = unit_row(m, unit)
        if m[u + U_START] > m[u + U_END] or m[u + U_KIND] == KIND_DESK and m[u + U_DAY] != NOWHERE:
            continue
        if m[u + U_DAY] != NOWHERE and m[slot_row(m, m[u + U_SLOT]) + S_UNITS] > 1:
            continue
        before = objective(m, t)
        make_pending(m, t, unit)
        t[T_KEYS] = 0
        recreate(m, t, 0, 0)
        if objective(m, t) < before:
            keep_round(m, t)
        else:
            undo_round(m, t)
    save_best(m, t)
