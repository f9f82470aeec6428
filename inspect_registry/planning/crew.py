"""Compiled: who serves a check on a day (rules H8 and H9), cheapest people first."""

import numpy as np

from .compiled import Memory, Totals, kernel
from .free import free_row, has_skill, lowest_bit, member, note_free, skill_row, words_of
from .layout import (
    A_CREW,
    A_DEPT_DAY,
    A_HOME,
    A_NEAR,
    A_RECUSED,
    A_RECUSED_PTR,
    A_SKILL_INSP,
    A_SKILL_PTR,
    A_TRIAL,
    C_CREW,
    C_DEPT,
    C_MINUTES,
    C_PEOPLE,
    C_SKILL,
    C_UNIT,
    DAY_MINUTES,
    HORIZON,
    NOWHERE,
    OVERHEAD,
    R_FIRST,
    R_MINUTES,
    R_VISITS,
    R_WIDTH,
    S_FIRST,
    STEP_SHIFT,
    T_BOOKED,
    T_PICKS,
    T_RANDOM,
    T_SWITCHES,
    T_WORK,
    TOP_VISITS,
    U_COUNT,
    U_ENT,
    U_FIRST,
    U_NEXT,
    W_SWITCH,
    ZONES,
)
from .rows import check_row, rota_row, slot_row, unit_row

# Penalties in thousandths of a visit.
ENGAGED = 60  # One more person at one more door.
FRESH_INSPECTOR = 12  # Somebody whose day is still empty: keep him free when another fits.
MISSING = -1
ENOUGH = 8  # Candidates looked at in a large department, when they suffice.


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
def consider(
    m: Memory,
    t: Totals,
    inspector: int,
    check: int,
    day: int,
    slot: int,
    zone: int,
    noise: int,
    offset: int,
    found: int,
) -> int:
    """Enter the inspector among the cheapest people noted in trial[offset:] if he may; return their number."""
    ent = m[unit_row(m, m[check_row(m, check) + C_UNIT]) + U_ENT]
    wanted = m[check_row(m, check) + C_PEOPLE]
    penalty = fit_of(m, t, inspector, check, day, slot, zone)
    if penalty == MISSING or is_recused(m, inspector, ent):
        return found
    if noise > 0:
        penalty += random_below(t, noise)
    if found == wanted and penalty >= t[T_PICKS + wanted - 1]:
        return found
    for k in range(found):
        if m[m[A_TRIAL] + offset + k] == inspector:
            return found
    at = min(found, wanted - 1)
    while at > 0 and t[T_PICKS + at - 1] > penalty:
        t[T_PICKS + at] = t[T_PICKS + at - 1]
        m[m[A_TRIAL] + offset + at] = m[m[A_TRIAL] + offset + at - 1]
        at -= 1
    t[T_PICKS + at] = penalty
    m[m[A_TRIAL] + offset + at] = inspector
    return min(found + 1, wanted)


@kernel
def consider_those_there(
    m: Memory, t: Totals, check: int, day: int, slot: int, zone: int, noise: int, offset: int
) -> int:
    """Consider the certified colleagues who take part in the visit already; return how many are noted."""
    dept, skill = m[check_row(m, check) + C_DEPT], m[check_row(m, check) + C_SKILL]
    found = 0
    for k in range(offset):
        inspector = m[m[A_TRIAL] + k]
        if inspector == NOWHERE:  # The question of a shortfall leaves out people who are not there.
            continue
        if m[m[A_HOME] + inspector] == dept and has_skill(m, skill, inspector):
            found = consider(m, t, inspector, check, day, slot, zone, noise, offset, found)
    unit = m[slot_row(m, slot) + S_FIRST]
    while unit != NOWHERE:
        u = unit_row(m, unit)
        for other in range(m[u + U_FIRST], m[u + U_FIRST] + m[u + U_COUNT]):
            o = check_row(m, other)
            if m[o + C_DEPT] != dept:
                continue
            t[T_WORK] += m[o + C_PEOPLE]
            for k in range(m[o + C_CREW], m[o + C_CREW] + m[o + C_PEOPLE]):
                if has_skill(m, skill, m[m[A_CREW] + k]):
                    found = consider(m, t, m[m[A_CREW] + k], check, day, slot, zone, noise, offset, found)
        unit = m[u + U_NEXT]
    return found


@kernel
def consider_free(
    m: Memory, t: Totals, check: int, day: int, slot: int, zone: int, noise: int, offset: int, found: int
) -> int:
    """Consider the certified colleagues who have time for a further visit; return how many are noted."""
    dept = m[check_row(m, check) + C_DEPT]
    need = m[check_row(m, check) + C_MINUTES] + t[OVERHEAD]
    if need > t[DAY_MINUTES]:
        return found
    free = free_row(m, t, day, need >> t[STEP_SHIFT], dept)
    certified = skill_row(m, m[check_row(m, check) + C_SKILL])
    words = words_of(m, dept)
    t[T_WORK] += words
    short = m[check_row(m, check) + C_PEOPLE] - found
    for word in range(words):
        bits = m[free + word] & m[certified + word] & 0xFFFFFFFF
        while bits != 0 and short > 0:
            bits &= bits - 1
            short -= 1
    if short > 0:
        return found
    # From a random colleague on, around to the same: the first word is met twice, its upper part first.
    start = random_below(t, words << 5) if noise > 0 else 0
    upper = 0xFFFFFFFF << (start & 31) & 0xFFFFFFFF
    looks = 0
    for k in range(words + 1):
        word = (start >> 5) + k
        word = word if word < words else word - words
        bits = m[free + word] & m[certified + word] & 0xFFFFFFFF
        if k == 0:
            bits &= upper
        elif k == words:
            bits &= ~upper
        while bits != 0:
            inspector = member(m, dept, (word << 5) + lowest_bit(bits))
            bits &= bits - 1
            looks += 1
            found = consider(m, t, inspector, check, day, slot, zone, noise, offset, found)
            if looks >= ENOUGH and found == m[check_row(m, check) + C_PEOPLE]:
                break
        if looks >= ENOUGH and found == m[check_row(m, check) + C_PEOPLE]:
            break
    t[T_WORK] += 2 * looks
    return found


@kernel
def consider_for_desk(m: Memory, t: Totals, check: int, day: int, zone: int, noise: int, offset: int) -> int:
    """Consider all certified colleagues: desk work fits even a day whose visits are used up."""
    skill, wanted = m[check_row(m, check) + C_SKILL], m[check_row(m, check) + C_PEOPLE]
    start, size = m[m[A_SKILL_PTR] + skill], m[m[A_SKILL_PTR] + skill + 1] - m[m[A_SKILL_PTR] + skill]
    first = random_below(t, size) if noise > 0 and size > 0 else 0
    found = 0
    for k in range(size):
        inspector = m[m[A_SKILL_INSP] + start + (first + k if first + k < size else first + k - size)]
        found = consider(m, t, inspector, check, day, NOWHERE, zone, noise, offset, found)
        t[T_WORK] += 1
        if k >= ENOUGH and found == wanted:
            break
    return found


@kernel
def choose_crew(m: Memory, t: Totals, check: int, day: int, slot: int, zone: int, noise: int, offset: int) -> int:
    """Write the best people for one check to trial[offset:]; return their penalty, or MISSING when too few are free."""
    t[T_WORK] += 3
    if slot == NOWHERE:
        found = consider_for_desk(m, t, check, day, zone, noise, offset)
    else:
        found = consider_those_there(m, t, check, day, slot, zone, noise, offset)
        found = consider_free(m, t, check, day, slot, zone, noise, offset, found)
    wanted = m[check_row(m, check) + C_PEOPLE]
    if found < wanted:
        return MISSING
    total = 0
    for k in range(wanted):
        total += t[T_PICKS + k]
    return total


@kernel
def left_for_visit(m: Memory, t: Totals, row: int) -> int:
    """Return the minutes a colleague has left for a further visit; -1 when his visits that day are used up."""
    return t[DAY_MINUTES] - m[row + R_MINUTES] if m[row + R_VISITS] < t[TOP_VISITS] else -1


@kernel
def engage(m: Memory, t: Totals, inspector: int, check: int, day: int, slot: int, zone: int) -> None:
    """Book the inspector's minutes and visit; the caller has asked `fit_of`."""
    row = rota_row(m, t, inspector, day)
    before = left_for_visit(m, t, row)
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
    t[T_BOOKED] += minutes
    note_free(m, t, inspector, day, before, left_for_visit(m, t, row))
    m[m[A_DEPT_DAY] + m[check_row(m, check) + C_DEPT] * t[HORIZON] + day] += minutes


@kernel
def release(m: Memory, t: Totals, inspector: int, check: int, day: int, slot: int) -> None:
    """Undo `engage`."""
    row = rota_row(m, t, inspector, day)
    before = left_for_visit(m, t, row)
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
    t[T_BOOKED] -= minutes
    note_free(m, t, inspector, day, before, left_for_visit(m, t, row))
    m[m[A_DEPT_DAY] + m[check_row(m, check) + C_DEPT] * t[HORIZON] + day] -= minutes
