"""Compiled: put waiting units where they cost least."""

from .compiled import Memory, Totals, kernel
from .crew import ENGAGED, MISSING, choose_crew, engage, random_below, release
from .keeping import keep_round, objective, save_best, touch, undo_round
from .layout import (
    A_ACTIVE,
    A_BEST_TRIAL,
    A_CROWDING,
    A_DEPT_DAY,
    A_FREED,
    A_MATES,
    A_OLD_PLACE,
    A_PENDING,
    A_TRIAL,
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
    T_DAY,
    T_KEYS,
    T_PENDING,
    T_ROUNDS,
    T_SLOT,
    T_WORK,
    U_COUNT,
    U_DAY,
    U_DEPT,
    U_END,
    U_ENT,
    U_FIRST,
    U_FOREIGN,
    U_KIND,
    U_PENDING,
    U_PUBLISHED,
    U_SLOT,
    U_START,
    UNITS,
    W_MOVED,
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
def make_pending(m: Memory, t: Totals, unit: int) -> None:
    """Take the unit out of the plan if it is in, and queue it for this round."""
    u = unit_row(m, unit)
    if m[u + U_PENDING] == 1 or m[u + U_FOREIGN] == 1 or t[T_PENDING] >= MOST_KEYS:
        return
    touch(m, t, unit)
    if m[u + U_DAY] != NOWHERE:
        remove(m, t, unit)
    m[u + U_PENDING] = 1
    m[m[A_PENDING] + t[T_PENDING]] = unit
    t[T_PENDING] += 1


@kernel
def try_position(m: Memory, t: Totals, unit: int, slot: int, day: int, noise: int) -> int:
    """Write the best people for the whole unit to `trial`; return their penalty or MISSING. The plan stays."""
    u = unit_row(m, unit)
    zone = m[ent_row(m, m[u + U_ENT]) + E_ZONE]
    first, count = m[u + U_FIRST], m[u + U_COUNT]
    if count == 1:
        return choose_crew(m, t, first, day, slot, zone, noise, 0)
    total, offset, done = 0, 0, first
    for check in range(first, first + count):
        penalty = choose_crew(m, t, check, day, slot, zone, noise, offset)
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
        if day_allowed(m, m[m[A_MATES] + k], day):
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
def join_cheapest(m: Memory, t: Totals, unit: int, noise: int, skip: int) -> int:
    """Note the cheapest visit that takes the unit (T_SLOT, T_DAY, people); return its penalty or NO_PLACE."""
    u = unit_row(m, unit)
    ent = ent_row(m, m[u + U_ENT])
    best = NO_PLACE
    for k in range(m[ent + E_ACTIVE]):
        slot = m[m[A_ACTIVE] + m[ent + E_BASE] + k]
        day = m[slot_row(m, slot) + S_DAY]
        t[T_WORK] += 4
        if day < m[u + U_START] or day > m[u + U_END] or not may_join(m, t, unit, slot):
            continue
        if skip > 0 and random_below(t, 1024) < SKIP_VISIT:
            continue
        penalty = try_position(m, t, unit, slot, day, noise)
        if penalty != MISSING and penalty + moved_penalty(m, t, unit, day) < best:
            best = penalty + moved_penalty(m, t, unit, day)
            t[T_SLOT], t[T_DAY] = slot, day
            keep_trial(m, t)
    return best


@kernel
def least_people_penalty(m: Memory, unit: int) -> int:
    """Return what the people of a new visit cost at least; days that cannot win even so are not looked at."""
    u = unit_row(m, unit)
    if m[u + U_KIND] == KIND_DESK or m[u + U_COUNT] > 1:
        return 0
    return ENGAGED * m[check_row(m, m[u + U_FIRST]) + C_PEOPLE]


@kernel
def open_cheapest(m: Memory, t: Totals, unit: int, noise: int, skip: int, best: int) -> int:
    """Note the cheapest day for a visit of its own (or desk work) if it beats `best`; return the better penalty."""
    u = unit_row(m, unit)
    slot = NOWHERE if m[u + U_KIND] == KIND_DESK else free_slot(m, m[u + U_ENT])
    mates = find_mates(m, t, unit)
    least = least_people_penalty(m, unit)
    start, end = m[u + U_START], m[u + U_END]
    if end - start >= 2 * LONG_WINDOW:
        start += random_below(t, end - start - LONG_WINDOW + 1)
        end = start + LONG_WINDOW - 1
    waited = skip > 0 and m[m[A_OLD_PLACE] + 2 * unit + 1] == NOWHERE and random_below(t, 8) > 0
    now = t[T_ROUNDS] & 0x7FFFFFFF
    for day in range(start, end + 1):
        if waited and m[m[A_FREED] + day] != now:
            continue
        if not day_allowed(m, unit, day) or (skip > 0 and random_below(t, 1024) < skip):
            continue
        opening = new_visit_penalty(m, t, unit, day, mates) + moved_penalty(m, t, unit, day)
        if opening + least >= best:
            continue
        penalty = try_position(m, t, unit, slot, day, noise)
        if penalty != MISSING and penalty + opening < best:
            best = penalty + opening
            t[T_SLOT], t[T_DAY] = slot, day
            keep_trial(m, t)
    return best


@kernel
def insert_best(m: Memory, t: Totals, unit: int, noise: int, skip: int) -> bool:
    """Serve the unit where it costs least; days for a new visit are overlooked with chance skip/1024."""
    u = unit_row(m, unit)
    best = NO_PLACE
    if m[u + U_KIND] == KIND_MERGEABLE:
        best = join_cheapest(m, t, unit, noise, skip)
    if best > t[W_VISIT] and (m[u + U_KIND] == KIND_DESK or may_open(m, unit)):
        best = open_cheapest(m, t, unit, noise, skip, best)
    if best == NO_PLACE:
        return False
    place(m, t, unit, t[T_SLOT], t[T_DAY], m[A_BEST_TRIAL])
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
def polish(m: Memory, t: Totals) -> None:
    """Move each unit that is alone in its visit into one that takes it, and serve what can still be served."""
    for unit in range(t[UNITS]):
        u = unit_row(m, unit)
        if m[u + U_START] > m[u + U_END] or (m[u + U_KIND] == KIND_DESK and m[u + U_DAY] != NOWHERE):
            continue
        if m[u + U_DAY] != NOWHERE and m[slot_row(m, m[u + U_SLOT]) + S_UNITS] > 1:
            continue
        before = objective(t)
        make_pending(m, t, unit)
        t[T_KEYS] = 0
        recreate(m, t, 0, 0)
        if objective(t) < before:
            keep_round(m, t)
        else:
            undo_round(m, t)
    save_best(m, t)
