"""Compiled: may a unit join a visit or open one (rules H2 to H7, H10, H11), and the two moves that change a plan."""

from .compiled import Memory, Totals, kernel
from .crew import engage, release
from .layout import (
    A_ACTIVE,
    A_CREW,
    A_DEPT_PTR,
    A_WAITING,
    A_WAITING_N,
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
    PAIRS,
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
)
from .rows import check_row, day_row, ent_row, pair_row, slot_row, unit_row


@kernel
def day_allowed(m: Memory, unit: int, day: int) -> bool:
    u = unit_row(m, unit)
    if day < m[u + U_START] or day > m[u + U_END]:
        return False
    d = day_row(m, day)
    if m[d + D_WORK] == 0 or (m[d + D_QUIET] == 1 and m[u + U_QUIET_OK] == 0):
        return False
    return (m[ent_row(m, m[u + U_ENT]) + E_OPEN] >> m[d + D_WEEKDAY]) & 1 == 1


@kernel
def stamp_shares(m: Memory, unit: int, stamp: int) -> int:
    """Add the unit's minutes to its departments' shares under this stamp; return how many departments are new."""
    u = unit_row(m, unit)
    fresh = 0
    for check in range(m[u + U_FIRST], m[u + U_FIRST] + m[u + U_COUNT]):
        pair = pair_row(m, m[check_row(m, check) + C_PAIR])
        if m[pair + P_STAMP] != stamp:
            m[pair + P_STAMP] = stamp
            m[pair + P_MINUTES] = 0
            fresh += 1
        m[pair + P_MINUTES] += m[check_row(m, check) + C_MINUTES]
    return fresh


@kernel
def next_stamp(m: Memory, t: Totals) -> int:
    t[T_STAMP] += 1
    if t[T_STAMP] == 2**31 - 1:
        for k in range(t[PAIRS]):
            m[pair_row(m, k) + P_STAMP] = 0
        t[T_STAMP] = 1
    return t[T_STAMP]


@kernel
def cap_left(m: Memory, unit: int) -> bool:
    """Tell whether every department of the unit has a counted visit left at its premises."""
    u = unit_row(m, unit)
    for check in range(m[u + U_FIRST], m[u + U_FIRST] + m[u + U_COUNT]):
        pair = pair_row(m, m[check_row(m, check) + C_PAIR])
        if m[pair + P_COUNTED] >= m[pair + P_CAP]:
            return False
    return True


@kernel
def may_open(m: Memory, unit: int) -> bool:
    """Tell whether caps allow the unit a visit of its own (H10, H11)."""
    u = unit_row(m, unit)
    if m[u + U_OVER] == 2:
        return False
    if m[u + U_COUNTED] == 0:
        return True
    ent = ent_row(m, m[u + U_ENT])
    return m[ent + E_COUNTED] < m[ent + E_CAP] and cap_left(m, unit)


@kernel
def caps_allow_joining(m: Memory, unit: int, slot: int, stamp: int) -> bool:
    """Ask H10 for the merged visit; the visit's departments carry the stamp, the unit's own new ones are `fresh`."""
    u, s = unit_row(m, unit), slot_row(m, slot)
    if m[s + S_COUNTED] == 0 and m[u + U_COUNTED] == 0:
        return True
    if m[s + S_COUNTED] == 0:
        ent = ent_row(m, m[u + U_ENT])
        if m[ent + E_COUNTED] >= m[ent + E_CAP]:
            return False
        other = m[s + S_FIRST]
        while other != NOWHERE:
            if not cap_left(m, other):
                return False
            other = m[unit_row(m, other) + U_NEXT]
    for check in range(m[u + U_FIRST], m[u + U_FIRST] + m[u + U_COUNT]):
        pair = pair_row(m, m[check_row(m, check) + C_PAIR])
        if (m[pair + P_STAMP] != stamp or m[s + S_COUNTED] == 0) and m[pair + P_COUNTED] >= m[pair + P_CAP]:
            return False
    return True


@kernel
def may_join(m: Memory, t: Totals, unit: int, slot: int) -> bool:
    """Tell whether the unit may join the visit as far as the visit is concerned (people are asked apart)."""
    u, s = unit_row(m, unit), slot_row(m, slot)
    if m[u + U_KIND] != KIND_MERGEABLE or m[u + U_OVER] != 0 or not day_allowed(m, unit, m[s + S_DAY]):
        return False
    host = m[s + S_FIRST]
    if m[unit_row(m, host) + U_KIND] == KIND_ALONE or m[unit_row(m, host) + U_OVER] != 0:
        return False
    stamp = next_stamp(m, t)
    departments = 0
    other = host
    while other != NOWHERE:
        departments += stamp_shares(m, other, stamp)
        other = m[unit_row(m, other) + U_NEXT]
    if not caps_allow_joining(m, unit, slot, stamp):
        return False
    departments += stamp_shares(m, unit, stamp)
    if departments > t[MAX_DEPARTMENTS]:
        return False
    for check in range(m[u + U_FIRST], m[u + U_FIRST] + m[u + U_COUNT]):
        if m[pair_row(m, m[check_row(m, check) + C_PAIR]) + P_MINUTES] > t[MAX_VISIT_MINUTES]:
            return False
    return True


@kernel
def count_visit(m: Memory, t: Totals, slot: int, sign: int) -> None:
    """Add or take away a counted visit in the accounts of its premises and departments."""
    s = slot_row(m, slot)
    if m[s + S_COUNTED] == 0:
        return
    m[ent_row(m, m[unit_row(m, m[s + S_FIRST]) + U_ENT]) + E_COUNTED] += sign
    stamp = next_stamp(m, t)
    unit = m[s + S_FIRST]
    while unit != NOWHERE:
        u = unit_row(m, unit)
        for check in range(m[u + U_FIRST], m[u + U_FIRST] + m[u + U_COUNT]):
            pair = pair_row(m, m[check_row(m, check) + C_PAIR])
            if m[pair + P_STAMP] != stamp:
                m[pair + P_STAMP] = stamp
                m[pair + P_COUNTED] += sign
        unit = m[u + U_NEXT]


@kernel
def free_slot(m: Memory, ent: int) -> int:
    e = ent_row(m, ent)
    return m[m[A_ACTIVE] + m[e + E_BASE] + m[e + E_ACTIVE]]


@kernel
def swap_slots(m: Memory, base: int, a: int, b: int) -> None:
    """Exchange two positions in the premises' list of slots (the first E_ACTIVE of them are visits)."""
    x, y = m[m[A_ACTIVE] + base + a], m[m[A_ACTIVE] + base + b]
    m[m[A_ACTIVE] + base + a], m[m[A_ACTIVE] + base + b] = y, x
    m[slot_row(m, x) + S_POS], m[slot_row(m, y) + S_POS] = b, a


@kernel
def attach(m: Memory, t: Totals, unit: int, slot: int, day: int) -> None:
    """Make the unit part of the visit, which may be new."""
    u, s = unit_row(m, unit), slot_row(m, slot)
    ent = ent_row(m, m[u + U_ENT])
    if m[s + S_UNITS] == 0:
        m[s + S_DAY] = day
        swap_slots(m, m[ent + E_BASE], m[s + S_POS], m[ent + E_ACTIVE])
        m[ent + E_ACTIVE] += 1
        t[T_VISITS] += 1
    else:
        count_visit(m, t, slot, -1)
    m[u + U_NEXT], m[u + U_PREV] = m[s + S_FIRST], NOWHERE
    if m[s + S_FIRST] != NOWHERE:
        m[unit_row(m, m[s + S_FIRST]) + U_PREV] = unit
    m[s + S_FIRST] = unit
    m[s + S_UNITS] += 1
    m[s + S_COUNTED] += m[u + U_COUNTED]
    count_visit(m, t, slot, 1)


@kernel
def detach(m: Memory, t: Totals, unit: int) -> None:
    """Undo `attach`; the last unit closes the visit."""
    u = unit_row(m, unit)
    slot = m[u + U_SLOT]
    s = slot_row(m, slot)
    count_visit(m, t, slot, -1)
    if m[u + U_PREV] == NOWHERE:
        m[s + S_FIRST] = m[u + U_NEXT]
    else:
        m[unit_row(m, m[u + U_PREV]) + U_NEXT] = m[u + U_NEXT]
    if m[u + U_NEXT] != NOWHERE:
        m[unit_row(m, m[u + U_NEXT]) + U_PREV] = m[u + U_PREV]
    m[s + S_UNITS] -= 1
    m[s + S_COUNTED] -= m[u + U_COUNTED]
    if m[s + S_UNITS] == 0:
        ent = ent_row(m, m[u + U_ENT])
        m[ent + E_ACTIVE] -= 1
        swap_slots(m, m[ent + E_BASE], m[s + S_POS], m[ent + E_ACTIVE])
        t[T_VISITS] -= 1
    else:
        count_visit(m, t, slot, 1)


@kernel
def place(m: Memory, t: Totals, unit: int, slot: int, day: int, people: int) -> None:
    """Put an unserved unit in a visit (or NOWHERE for desk work) with the people noted from address `people` on."""
    u = unit_row(m, unit)
    dept = m[u + U_DEPT]
    m[m[A_WAITING_N] + dept] -= 1
    last = m[m[A_WAITING] + m[m[A_DEPT_PTR] + dept] + m[m[A_WAITING_N] + dept]]
    m[m[A_WAITING] + m[m[A_DEPT_PTR] + dept] + m[u + U_POS]] = last
    m[unit_row(m, last) + U_POS] = m[u + U_POS]
    m[u + U_POS] = NOWHERE
    t[T_UNSERVED] -= m[u + U_WEIGHT]
    if m[u + U_PUBLISHED] != NOWHERE and m[u + U_PUBLISHED] != day:
        t[T_MOVED] += m[u + U_COUNT]
    if m[u + U_KIND] != KIND_DESK:
        attach(m, t, unit, slot, day)
    m[u + U_SLOT], m[u + U_DAY] = slot, day
    zone = m[ent_row(m, m[u + U_ENT]) + E_ZONE]
    for check in range(m[u + U_FIRST], m[u + U_FIRST] + m[u + U_COUNT]):
        at = m[check_row(m, check) + C_CREW]
        for k in range(m[check_row(m, check) + C_PEOPLE]):
            m[m[A_CREW] + at + k] = m[people]
            engage(m, t, m[people], check, day, slot, zone)
            people += 1


@kernel
def remove(m: Memory, t: Totals, unit: int) -> None:
    """Take a served unit out of the plan; its people stay noted in `crew`."""
    u = unit_row(m, unit)
    for check in range(m[u + U_FIRST], m[u + U_FIRST] + m[u + U_COUNT]):
        at = m[check_row(m, check) + C_CREW]
        for k in range(m[check_row(m, check) + C_PEOPLE]):
            release(m, t, m[m[A_CREW] + at + k], check, m[u + U_DAY], m[u + U_SLOT])
    if m[u + U_PUBLISHED] != NOWHERE and m[u + U_PUBLISHED] != m[u + U_DAY]:
        t[T_MOVED] -= m[u + U_COUNT]
    if m[u + U_KIND] != KIND_DESK:
        detach(m, t, unit)
    m[u + U_SLOT], m[u + U_DAY] = NOWHERE, NOWHERE
    t[T_UNSERVED] += m[u + U_WEIGHT]
    dept = m[u + U_DEPT]
    m[m[A_WAITING] + m[m[A_DEPT_PTR] + dept] + m[m[A_WAITING_N] + dept]] = unit
    m[u + U_POS] = m[m[A_WAITING_N] + dept]
    m[m[A_WAITING_N] + dept] += 1
