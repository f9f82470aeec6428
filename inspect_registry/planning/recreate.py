"""Compiled: put waiting units where they cost least, and remember enough to take it all back."""

from numba import njit

from .crew import MISSING, choose_crew, engage, random_below, release
from .layout import (
    C_CREW,
    C_PEOPLE,
    E_ACTIVE,
    E_BASE,
    E_UNITS,
    E_ZONE,
    KIND_DESK,
    KIND_MERGEABLE,
    NOWHERE,
    S_DAY,
    T_DIRTY,
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
    W_MOVED,
    W_SWITCH,
    W_VISIT,
    Core,
)
from .placing import day_allowed, free_slot, may_join, may_open, place, remove

MATE_BONUS = 150  # A day that suits another waiting unit of the same premises, in thousandths of a visit.
CONGESTION = 120  # Penalty of a department's completely booked day.
LONG_WINDOW = 40  # Days; of longer windows a random stretch of about this many is tried.
NO_PLACE = 2**40


@njit(cache=True)
def objective(core: Core) -> int:
    """Return the cost of the plan with its soft parts, in thousandths of a visit."""
    t, cfg = core.totals, core.cfg
    return cfg[W_VISIT] * t[T_VISITS] + 1000 * t[T_UNSERVED] + cfg[W_SWITCH] * t[T_SWITCHES] + cfg[W_MOVED] * t[T_MOVED]


@njit(cache=True)
def touch(core: Core, unit: int) -> None:
    """Note where the unit stood at the beginning of this round."""
    u = core.units[unit]
    if u[U_TOUCHED] == 1:
        return
    u[U_TOUCHED] = 1
    core.touched[core.totals[T_TOUCHED]] = unit
    core.totals[T_TOUCHED] += 1
    core.old_place[unit, 0], core.old_place[unit, 1] = u[U_SLOT], u[U_DAY]
    if u[U_DAY] != NOWHERE:
        start, size = crew_span(core, unit)
        core.old_crew[start : start + size] = core.crew[start : start + size]


@njit(cache=True)
def crew_span(core: Core, unit: int) -> tuple[int, int]:
    """Return where the unit's people stand in `crew`, and how many they are (its checks lie side by side)."""
    u = core.units[unit]
    first, last = u[U_FIRST], u[U_FIRST] + u[U_COUNT] - 1
    start = core.checks[first, C_CREW]
    return start, core.checks[last, C_CREW] + core.checks[last, C_PEOPLE] - start


@njit(cache=True)
def make_pending(core: Core, unit: int) -> None:
    """Take the unit out of the plan if it is in, and queue it for this round."""
    u = core.units[unit]
    if u[U_PENDING] == 1:
        return
    touch(core, unit)
    if u[U_DAY] != NOWHERE:
        remove(core, unit)
    u[U_PENDING] = 1
    core.pending[core.totals[T_PENDING]] = unit
    core.totals[T_PENDING] += 1


@njit(cache=True)
def try_position(core: Core, unit: int, slot: int, day: int, noise: int) -> int:
    """Write the best people for the whole unit to `trial`; return their penalty or MISSING. The plan is left as it was."""
    u = core.units[unit]
    zone = core.ents[u[U_ENT], E_ZONE]
    first, count = u[U_FIRST], u[U_COUNT]
    if count == 1:
        return choose_crew(core, first, day, slot, u[U_ENT], zone, noise, 0)
    total, offset, done = 0, 0, first
    for check in range(first, first + count):
        penalty = choose_crew(core, check, day, slot, u[U_ENT], zone, noise, offset)
        if penalty == MISSING:
            total = MISSING
            break
        total += penalty
        for k in range(core.checks[check, C_PEOPLE]):
            engage(core, core.trial[offset + k], check, day, slot, zone)
        offset += core.checks[check, C_PEOPLE]
        done = check + 1
    offset = 0
    for check in range(first, done):
        for k in range(core.checks[check, C_PEOPLE]):
            release(core, core.trial[offset + k], check, day, slot)
        offset += core.checks[check, C_PEOPLE]
    return total


@njit(cache=True)
def find_mates(core: Core, unit: int) -> int:
    """List the other waiting units of the same premises that could share a visit with this one; return their number."""
    u = core.units[unit]
    if u[U_KIND] != KIND_MERGEABLE:
        return 0
    ent = core.ents[u[U_ENT]]
    found = 0
    for other in range(ent[E_BASE], ent[E_BASE] + ent[E_UNITS]):
        o = core.units[other]
        if o[U_PENDING] == 1 and other != unit and o[U_KIND] == KIND_MERGEABLE and o[U_START] <= u[U_END] and u[U_START] <= o[U_END]:
            core.mates[found] = other
            found += 1
    core.totals[T_WORK] += ent[E_UNITS] >> 2
    return found


@njit(cache=True)
def new_visit_penalty(core: Core, unit: int, day: int, mates: int) -> int:
    """Return what opening a visit on this day costs beside its people."""
    u = core.units[unit]
    penalty = core.cfg[W_VISIT] if u[U_KIND] != KIND_DESK else 0
    capacity = core.dept_capacity[u[U_DEPT], day]
    if capacity > 0:
        penalty += CONGESTION * core.dept_day[u[U_DEPT], day] // capacity
    for k in range(mates):
        if day_allowed(core, core.mates[k], day):
            penalty -= MATE_BONUS
    core.totals[T_WORK] += mates >> 1
    return penalty


@njit(cache=True)
def moved_penalty(core: Core, unit: int, day: int) -> int:
    u = core.units[unit]
    if u[U_PUBLISHED] == NOWHERE or u[U_PUBLISHED] == day:
        return 0
    return core.cfg[W_MOVED] * u[U_COUNT]


@njit(cache=True)
def insert_best(core: Core, unit: int, noise: int, blink: int) -> bool:
    """Serve the unit where it costs least; each position is overlooked with chance 1/blink (0: never)."""
    u = core.units[unit]
    ent = core.ents[u[U_ENT]]
    best, best_slot, best_day = NO_PLACE, NOWHERE, NOWHERE
    if u[U_KIND] == KIND_MERGEABLE:
        for k in range(ent[E_ACTIVE]):
            slot = core.active[ent[E_BASE] + k]
            day = core.slots[slot, S_DAY]
            core.totals[T_WORK] += 4
            if day < u[U_START] or day > u[U_END] or not may_join(core, unit, slot):
                continue
            if blink > 0 and random_below(core, blink) == 0:
                continue
            penalty = try_position(core, unit, slot, day, noise)
            if penalty != MISSING:
                penalty += moved_penalty(core, unit, day)
                if penalty < best:
                    best, best_slot, best_day = penalty, slot, day
                    core.best_trial[:] = core.trial
    if (best == NO_PLACE or best > core.cfg[W_VISIT]) and (u[U_KIND] == KIND_DESK or may_open(core, unit)):
        slot = NOWHERE if u[U_KIND] == KIND_DESK else free_slot(core, u[U_ENT])
        mates = find_mates(core, unit)
        start, end = u[U_START], u[U_END]
        if end - start >= 2 * LONG_WINDOW:
            start += random_below(core, end - start - LONG_WINDOW + 1)
            end = start + LONG_WINDOW - 1
        for day in range(start, end + 1):
            if not day_allowed(core, unit, day) or (blink > 0 and random_below(core, blink) == 0):
                continue
            opening = new_visit_penalty(core, unit, day, mates) + moved_penalty(core, unit, day)
            if opening >= best:
                continue
            penalty = try_position(core, unit, slot, day, noise)
            if penalty != MISSING and penalty + opening < best:
                best, best_slot, best_day = penalty + opening, slot, day
                core.best_trial[:] = core.trial
    if best == NO_PLACE:
        return False
    place(core, unit, best_slot, best_day, core.best_trial, 0)
    return True


@njit(cache=True)
def recreate(core: Core, noise: int, blink: int) -> None:
    """Insert the pending units in the order of their keys (smallest first)."""
    n = core.totals[T_PENDING]
    for a in range(1, n):
        unit, key = core.pending[a], core.keys[a]
        b = a
        while b > 0 and core.keys[b - 1] > key:
            core.pending[b], core.keys[b] = core.pending[b - 1], core.keys[b - 1]
            b -= 1
        core.pending[b], core.keys[b] = unit, key
    for a in range(n):
        unit = core.pending[a]
        core.units[unit, U_PENDING] = 0
        insert_best(core, unit, noise, blink)
    core.totals[T_PENDING] = 0


@njit(cache=True)
def keep_round(core: Core) -> None:
    """Accept what happened since the last call; changed units become dirty, that is, other than in the best plan."""
    for a in range(core.totals[T_TOUCHED]):
        unit = core.touched[a]
        core.units[unit, U_TOUCHED] = 0
        if core.units[unit, U_DIRTY] == 0:
            core.units[unit, U_DIRTY] = 1
            core.dirty[core.totals[T_DIRTY]] = unit
            core.totals[T_DIRTY] += 1
    core.totals[T_TOUCHED] = 0


@njit(cache=True)
def undo_round(core: Core) -> None:
    """Put every touched unit back where it stood."""
    n = core.totals[T_TOUCHED]
    for a in range(n):
        if core.units[core.touched[a], U_DAY] != NOWHERE:
            remove(core, core.touched[a])
    for a in range(n):
        unit = core.touched[a]
        core.units[unit, U_TOUCHED] = 0
        if core.old_place[unit, 1] != NOWHERE:
            place(core, unit, core.old_place[unit, 0], core.old_place[unit, 1], core.old_crew, crew_span(core, unit)[0])
    core.totals[T_TOUCHED] = 0


@njit(cache=True)
def save_best(core: Core) -> None:
    """Copy the dirty units into the best plan."""
    for a in range(core.totals[T_DIRTY]):
        unit = core.dirty[a]
        u = core.units[unit]
        u[U_DIRTY] = 0
        core.best_place[unit, 0], core.best_place[unit, 1] = u[U_SLOT], u[U_DAY]
        if u[U_DAY] != NOWHERE:
            start, size = crew_span(core, unit)
            core.best_crew[start : start + size] = core.crew[start : start + size]
    core.totals[T_DIRTY] = 0


@njit(cache=True)
def construct(core: Core, order: object, noise: int, blink: int) -> None:
    """Insert the listed units one after another; all of them wait as each other's mates at first."""
    for a in range(len(order)):
        core.units[order[a], U_PENDING] = 1
    for a in range(len(order)):
        unit = order[a]
        touch(core, unit)
        core.units[unit, U_PENDING] = 0
        insert_best(core, unit, noise, blink)
    keep_round(core)
