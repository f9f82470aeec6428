"""Compiled: may a unit join a visit or open one (rules H2 to H7, H10, H11), and the two moves that change a plan."""

from numba import njit

from .crew import engage, release
from .layout import (
    C_CREW,
    C_MINUTES,
    C_PAIR,
    C_PEOPLE,
    D_QUIET,
    D_WEEKDAY,
    D_WORK,
    E_ACTIVE,
    E_BASE,
    E_CAP,
    E_COUNTED,
    E_OPEN,
    E_ZONE,
    KIND_ALONE,
    KIND_DESK,
    KIND_MERGEABLE,
    MAX_DEPARTMENTS,
    MAX_VISIT_MINUTES,
    NOWHERE,
    P_CAP,
    P_COUNTED,
    P_MINUTES,
    P_STAMP,
    S_COUNTED,
    S_DAY,
    S_FIRST,
    S_POS,
    S_UNITS,
    T_MOVED,
    T_STAMP,
    T_UNSERVED,
    T_VISITS,
    U_COUNT,
    U_COUNTED,
    U_DAY,
    U_DEPT,
    U_END,
    U_ENT,
    U_FIRST,
    U_KIND,
    U_NEXT,
    U_OVER,
    U_POS,
    U_PREV,
    U_PUBLISHED,
    U_QUIET_OK,
    U_SLOT,
    U_START,
    U_WEIGHT,
    Core,
)

# Blockers, as bits: which rule keeps a unit from a visit or a day.
WINDOW, NO_WORK, QUIET, CLOSED, ALONE, CAP_TOTAL, CAP_DEPARTMENT, DEPARTMENTS, MINUTES = 1, 2, 4, 8, 16, 32, 64, 128, 256


@njit(cache=True)
def day_allowed(core: Core, unit: int, day: int) -> bool:
    u = core.units[unit]
    if day < u[U_START] or day > u[U_END]:
        return False
    d = core.days[day]
    if d[D_WORK] == 0 or (d[D_QUIET] == 1 and u[U_QUIET_OK] == 0):
        return False
    return (core.ents[u[U_ENT], E_OPEN] >> d[D_WEEKDAY]) & 1 == 1


@njit(cache=True)
def stamp_shares(core: Core, unit: int, stamp: int) -> int:
    """Add the unit's minutes to its departments' shares under this stamp; return how many departments are new."""
    u = core.units[unit]
    fresh = 0
    for check in range(u[U_FIRST], u[U_FIRST] + u[U_COUNT]):
        pair = core.pairs[core.checks[check, C_PAIR]]
        if pair[P_STAMP] != stamp:
            pair[P_STAMP] = stamp
            pair[P_MINUTES] = 0
            fresh += 1
        pair[P_MINUTES] += core.checks[check, C_MINUTES]
    return fresh


@njit(cache=True)
def next_stamp(core: Core) -> int:
    core.totals[T_STAMP] += 1
    if core.totals[T_STAMP] == 2**31 - 1:
        core.pairs[:, P_STAMP] = 0
        core.totals[T_STAMP] = 1
    return core.totals[T_STAMP]


@njit(cache=True)
def cap_left(core: Core, unit: int) -> bool:
    """Tell whether every department of the unit has a counted visit left at its premises."""
    u = core.units[unit]
    for check in range(u[U_FIRST], u[U_FIRST] + u[U_COUNT]):
        pair = core.pairs[core.checks[check, C_PAIR]]
        if pair[P_COUNTED] >= pair[P_CAP]:
            return False
    return True


@njit(cache=True)
def may_open(core: Core, unit: int) -> bool:
    """Tell whether caps allow the unit a visit of its own (H10, H11)."""
    u = core.units[unit]
    if u[U_OVER] == 2:
        return False
    if u[U_COUNTED] == 0:
        return True
    ent = core.ents[u[U_ENT]]
    return ent[E_COUNTED] < ent[E_CAP] and cap_left(core, unit)


@njit(cache=True)
def caps_allow_joining(core: Core, unit: int, slot: int, stamp: int) -> bool:
    """Ask H10 for the merged visit; the visit's departments carry the stamp, the unit's own new ones are `fresh`."""
    u, s = core.units[unit], core.slots[slot]
    if s[S_COUNTED] == 0 and u[U_COUNTED] == 0:
        return True
    if s[S_COUNTED] == 0:
        ent = core.ents[u[U_ENT]]
        if ent[E_COUNTED] >= ent[E_CAP]:
            return False
        other = s[S_FIRST]
        while other != NOWHERE:
            if not cap_left(core, other):
                return False
            other = core.units[other, U_NEXT]
    for check in range(u[U_FIRST], u[U_FIRST] + u[U_COUNT]):
        pair = core.pairs[core.checks[check, C_PAIR]]
        if (pair[P_STAMP] != stamp or s[S_COUNTED] == 0) and pair[P_COUNTED] >= pair[P_CAP]:
            return False
    return True


@njit(cache=True)
def may_join(core: Core, unit: int, slot: int) -> bool:
    """Tell whether the unit may join the visit as far as the visit is concerned (people are asked apart)."""
    u, s = core.units[unit], core.slots[slot]
    if u[U_KIND] != KIND_MERGEABLE or u[U_OVER] != 0 or not day_allowed(core, unit, s[S_DAY]):
        return False
    host = s[S_FIRST]
    if core.units[host, U_KIND] == KIND_ALONE or core.units[host, U_OVER] != 0:
        return False
    stamp = next_stamp(core)
    departments = 0
    other = host
    while other != NOWHERE:
        departments += stamp_shares(core, other, stamp)
        other = core.units[other, U_NEXT]
    if not caps_allow_joining(core, unit, slot, stamp):
        return False
    departments += stamp_shares(core, unit, stamp)
    if departments > core.cfg[MAX_DEPARTMENTS]:
        return False
    for check in range(u[U_FIRST], u[U_FIRST] + u[U_COUNT]):
        if core.pairs[core.checks[check, C_PAIR], P_MINUTES] > core.cfg[MAX_VISIT_MINUTES]:
            return False
    return True


@njit(cache=True)
def count_visit(core: Core, slot: int, sign: int) -> None:
    """Add or take away a counted visit in the accounts of its premises and departments."""
    s = core.slots[slot]
    if s[S_COUNTED] == 0:
        return
    core.ents[core.units[s[S_FIRST], U_ENT], E_COUNTED] += sign
    stamp = next_stamp(core)
    unit = s[S_FIRST]
    while unit != NOWHERE:
        u = core.units[unit]
        for check in range(u[U_FIRST], u[U_FIRST] + u[U_COUNT]):
            pair = core.pairs[core.checks[check, C_PAIR]]
            if pair[P_STAMP] != stamp:
                pair[P_STAMP] = stamp
                pair[P_COUNTED] += sign
        unit = u[U_NEXT]


@njit(cache=True)
def free_slot(core: Core, ent: int) -> int:
    e = core.ents[ent]
    return core.active[e[E_BASE] + e[E_ACTIVE]]


@njit(cache=True)
def swap_slots(core: Core, base: int, a: int, b: int) -> None:
    """Exchange two positions in the premises' list of slots (the first E_ACTIVE of them are visits)."""
    x, y = core.active[base + a], core.active[base + b]
    core.active[base + a], core.active[base + b] = y, x
    core.slots[x, S_POS], core.slots[y, S_POS] = b, a


@njit(cache=True)
def attach(core: Core, unit: int, slot: int, day: int) -> None:
    """Make the unit part of the visit, which may be new."""
    u, s = core.units[unit], core.slots[slot]
    ent = core.ents[u[U_ENT]]
    if s[S_UNITS] == 0:
        s[S_DAY] = day
        swap_slots(core, ent[E_BASE], s[S_POS], ent[E_ACTIVE])
        ent[E_ACTIVE] += 1
        core.totals[T_VISITS] += 1
    else:
        count_visit(core, slot, -1)
    u[U_NEXT], u[U_PREV] = s[S_FIRST], NOWHERE
    if s[S_FIRST] != NOWHERE:
        core.units[s[S_FIRST], U_PREV] = unit
    s[S_FIRST] = unit
    s[S_UNITS] += 1
    s[S_COUNTED] += u[U_COUNTED]
    count_visit(core, slot, 1)


@njit(cache=True)
def detach(core: Core, unit: int) -> None:
    """Undo `attach`; the last unit closes the visit."""
    u = core.units[unit]
    slot = u[U_SLOT]
    s = core.slots[slot]
    count_visit(core, slot, -1)
    if u[U_PREV] == NOWHERE:
        s[S_FIRST] = u[U_NEXT]
    else:
        core.units[u[U_PREV], U_NEXT] = u[U_NEXT]
    if u[U_NEXT] != NOWHERE:
        core.units[u[U_NEXT], U_PREV] = u[U_PREV]
    s[S_UNITS] -= 1
    s[S_COUNTED] -= u[U_COUNTED]
    if s[S_UNITS] == 0:
        ent = core.ents[u[U_ENT]]
        ent[E_ACTIVE] -= 1
        swap_slots(core, ent[E_BASE], s[S_POS], ent[E_ACTIVE])
        core.totals[T_VISITS] -= 1
    else:
        count_visit(core, slot, 1)


@njit(cache=True)
def place(core: Core, unit: int, slot: int, day: int, people: object, offset: int) -> None:
    """Put an unserved unit in a visit (or NOWHERE for desk work) with the people listed check by check."""
    u = core.units[unit]
    dept = u[U_DEPT]
    core.waiting_n[dept] -= 1
    last = core.waiting[core.dept_ptr[dept] + core.waiting_n[dept]]
    core.waiting[core.dept_ptr[dept] + u[U_POS]] = last
    core.units[last, U_POS] = u[U_POS]
    u[U_POS] = NOWHERE
    core.totals[T_UNSERVED] -= u[U_WEIGHT]
    if u[U_PUBLISHED] != NOWHERE and u[U_PUBLISHED] != day:
        core.totals[T_MOVED] += u[U_COUNT]
    if u[U_KIND] != KIND_DESK:
        attach(core, unit, slot, day)
    u[U_SLOT], u[U_DAY] = slot, day
    zone = core.ents[u[U_ENT], E_ZONE]
    for check in range(u[U_FIRST], u[U_FIRST] + u[U_COUNT]):
        at = core.checks[check, C_CREW]
        for k in range(core.checks[check, C_PEOPLE]):
            core.crew[at + k] = people[offset]
            engage(core, people[offset], check, day, slot, zone)
            offset += 1


@njit(cache=True)
def remove(core: Core, unit: int) -> None:
    """Take a served unit out of the plan; its people stay noted in `crew`."""
    u = core.units[unit]
    for check in range(u[U_FIRST], u[U_FIRST] + u[U_COUNT]):
        at = core.checks[check, C_CREW]
        for k in range(core.checks[check, C_PEOPLE]):
            release(core, core.crew[at + k], check, u[U_DAY], u[U_SLOT])
    if u[U_PUBLISHED] != NOWHERE and u[U_PUBLISHED] != u[U_DAY]:
        core.totals[T_MOVED] -= u[U_COUNT]
    if u[U_KIND] != KIND_DESK:
        detach(core, unit)
    u[U_SLOT], u[U_DAY] = NOWHERE, NOWHERE
    core.totals[T_UNSERVED] += u[U_WEIGHT]
    dept = u[U_DEPT]
    core.waiting[core.dept_ptr[dept] + core.waiting_n[dept]] = unit
    u[U_POS] = core.waiting_n[dept]
    core.waiting_n[dept] += 1
