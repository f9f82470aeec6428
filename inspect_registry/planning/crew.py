"""Compiled: who serves a check on a day (rules H8 and H9), cheapest people first."""

import numpy as np

from .compiled import Memory, Totals, kernel
from .layout import (
    A_DEPT_DAY,
    A_DOOR,
    A_NEAR,
    A_RECUSED,
    A_RECUSED_PTR,
    A_SKILL_INSP,
    A_SKILL_PTR,
    A_TRIAL,
    C_DEPT,
    C_MINUTES,
    C_PEOPLE,
    C_SKILL,
    DAY_MINUTES,
    HORIZON,
    INSPECTORS,
    NOWHERE,
    OVERHEAD,
    R_FIRST,
    R_MINUTES,
    R_VISITS,
    R_WIDTH,
    S_UNITS,
    T_PICKS,
    T_RANDOM,
    T_SWITCHES,
    T_WORK,
    TOP_VISITS,
    W_SWITCH,
    ZONES,
)
from .rows import check_row, rota_row, slot_row

# Penalties in thousandths of a visit.
ENGAGED = 60  # One more person at one more door.
FRESH_INSPECTOR = 12  # Somebody whose day is still empty: keep him free when another fits.
MISSING = -1


@kernel
def random_below(t: Totals, limit: int) -> int:
    """Return a number in 0..limit-1 (xorshift64; the only source of chance)."""
    x = np.uint64(t[T_RANDOM])
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    t[T_RANDOM] = int(np.int64(x))
    return int((np.int64(x >> np.uint64(33)) * limit) >> 31)


@kernel
def fit_of(m: Memory, t: Totals, inspector: int, check: int, day: int, slot: int, zone: int) -> int:
    """Return the penalty of giving the check to the inspector, MISSING when H9 forbids it (slot NOWHERE: desk work)."""
    row = rota_row(m, t, inspector, day)
    left = t[DAY_MINUTES] - m[row + R_MINUTES] - m[check_row(m, check) + C_MINUTES]
    if left < 0:
        return MISSING
    if slot == NOWHERE:
        return left >> 4
    visits = m[row + R_VISITS]
    same_zone = False
    near = True
    for k in range(visits):
        at = R_FIRST + R_WIDTH * k
        if m[row + at] == slot:
            return 0
        if m[row + at + 2] == zone:
            same_zone = True
        elif m[m[A_NEAR] + m[row + at + 2] * t[ZONES] + zone] == 0:
            near = False
    left -= t[OVERHEAD]
    if left < 0 or visits >= t[TOP_VISITS] or not near:
        return MISSING
    if visits == 0:
        return ENGAGED + FRESH_INSPECTOR
    return ENGAGED + (left >> 5) + (0 if same_zone else t[W_SWITCH])


@kernel
def is_recused(m: Memory, inspector: int, ent: int) -> bool:
    for k in range(m[m[A_RECUSED_PTR] + ent], m[m[A_RECUSED_PTR] + ent + 1]):
        if m[m[A_RECUSED] + k] == inspector:
            return True
    return False


@kernel
def choose_crew(
    m: Memory, t: Totals, check: int, day: int, slot: int, ent: int, zone: int, noise: int, offset: int
) -> int:
    """Write the best people for one check to trial[offset:]; return their penalty, or MISSING when too few are free."""
    skill = m[check_row(m, check) + C_SKILL]
    wanted = m[check_row(m, check) + C_PEOPLE]
    found = 0
    start, end = m[m[A_SKILL_PTR] + skill], m[m[A_SKILL_PTR] + skill + 1]
    t[T_WORK] += 4 + end - start
    if end - start < wanted:
        return MISSING
    # Nobody is in a new visit yet (its first check is asked), so the dense copy can turn most people away.
    is_new = slot != NOWHERE and offset == 0 and m[slot_row(m, slot) + S_UNITS] == 0
    need = m[check_row(m, check) + C_MINUTES] + t[OVERHEAD]
    door = m[A_DOOR] + day * t[INSPECTORS]
    for p in range(start, end):
        inspector = m[m[A_SKILL_INSP] + p]
        if is_new and m[door + inspector] < need:
            continue
        penalty = fit_of(m, t, inspector, check, day, slot, zone)
        if penalty == MISSING or is_recused(m, inspector, ent):
            continue
        if noise > 0:
            penalty += random_below(t, noise)
        if found == wanted and penalty >= t[T_PICKS + wanted - 1]:
            continue
        at = min(found, wanted - 1)
        while at > 0 and t[T_PICKS + at - 1] > penalty:
            t[T_PICKS + at] = t[T_PICKS + at - 1]
            m[m[A_TRIAL] + offset + at] = m[m[A_TRIAL] + offset + at - 1]
            at -= 1
        t[T_PICKS + at] = penalty
        m[m[A_TRIAL] + offset + at] = inspector
        found = min(found + 1, wanted)
    if found < wanted:
        return MISSING
    total = 0
    for k in range(wanted):
        total += t[T_PICKS + k]
    return total


@kernel
def note_door(m: Memory, t: Totals, inspector: int, day: int) -> None:
    """Keep the dense copy true: minutes left for a further visit, none when the day's visits are used up."""
    row = rota_row(m, t, inspector, day)
    left = t[DAY_MINUTES] - m[row + R_MINUTES]
    if m[row + R_VISITS] >= t[TOP_VISITS]:
        left = -1
    m[m[A_DOOR] + day * t[INSPECTORS] + inspector] = left


@kernel
def engage(m: Memory, t: Totals, inspector: int, check: int, day: int, slot: int, zone: int) -> None:
    """Book the inspector's minutes and visit; the caller has asked `fit_of`."""
    row = rota_row(m, t, inspector, day)
    minutes = m[check_row(m, check) + C_MINUTES]
    if slot != NOWHERE:
        visits = m[row + R_VISITS]
        same_zone = False
        known = False
        for k in range(visits):
            at = R_FIRST + R_WIDTH * k
            if m[row + at] == slot:
                m[row + at + 1] += 1
                known = True
            if m[row + at + 2] == zone:
                same_zone = True
        if not known:
            at = R_FIRST + R_WIDTH * visits
            m[row + at], m[row + at + 1], m[row + at + 2] = slot, 1, zone
            m[row + R_VISITS] = visits + 1
            minutes += t[OVERHEAD]
            if visits > 0 and not same_zone:
                t[T_SWITCHES] += 1
    m[row + R_MINUTES] += minutes
    note_door(m, t, inspector, day)
    m[m[A_DEPT_DAY] + m[check_row(m, check) + C_DEPT] * t[HORIZON] + day] += minutes


@kernel
def release(m: Memory, t: Totals, inspector: int, check: int, day: int, slot: int) -> None:
    """Undo `engage`."""
    row = rota_row(m, t, inspector, day)
    minutes = m[check_row(m, check) + C_MINUTES]
    if slot != NOWHERE:
        visits = m[row + R_VISITS]
        at = R_FIRST
        while m[row + at] != slot:
            at += R_WIDTH
        m[row + at + 1] -= 1
        if m[row + at + 1] == 0:
            zone = m[row + at + 2]
            last = R_FIRST + R_WIDTH * (visits - 1)
            m[row + at], m[row + at + 1], m[row + at + 2] = m[row + last], m[row + last + 1], m[row + last + 2]
            m[row + R_VISITS] = visits - 1
            minutes += t[OVERHEAD]
            same_zone = False
            for k in range(visits - 1):
                if m[row + R_FIRST + R_WIDTH * k + 2] == zone:
                    same_zone = True
            if visits > 1 and not same_zone:
                t[T_SWITCHES] -= 1
    m[row + R_MINUTES] -= minutes
    note_door(m, t, inspector, day)
    m[m[A_DEPT_DAY] + m[check_row(m, check) + C_DEPT] * t[HORIZON] + day] -= minutes
