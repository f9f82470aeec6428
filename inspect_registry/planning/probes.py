"""Compiled questions about a finished plan: what keeps a unit from a visit or a day, and how many people are short."""

from .compiled import Memory, Totals, kernel
from .crew import MISSING, choose_crew, engage, fit_of, is_recused, release
from .keeping import crew_span
from .layout import (
    A_BEST_TRIAL,
    A_CREW,
    A_SKILL_INSP,
    A_SKILL_PTR,
    A_TRIAL,
    ABSENT_MINUTES,
    C_PAIR,
    C_PEOPLE,
    C_SKILL,
    E_CAP,
    E_COUNTED,
    E_ZONE,
    KIND_MERGEABLE,
    MAX_DEPARTMENTS,
    MAX_VISIT_MINUTES,
    NOWHERE,
    P_CAP,
    P_COUNTED,
    P_MINUTES,
    R_MINUTES,
    S_DAY,
    S_FIRST,
    T_KEYS,
    U_COUNT,
    U_COUNTED,
    U_DAY,
    U_ENT,
    U_FIRST,
    U_KIND,
    U_NEXT,
    U_OVER,
    U_SLOT,
)
from .placing import caps_allow_joining, day_allowed, next_stamp, place, remove, stamp_shares
from .rows import check_row, ent_row, pair_row, rota_row, slot_row, unit_row

# What may keep a unit out, as bits.
DAY, ALONE, DEPARTMENTS, MINUTES, CAPS, UNQUALIFIED, BUSY = 1, 2, 4, 8, 16, 32, 64


@kernel
def qualified(m: Memory, t: Totals, check: int, day: int, ent: int) -> int:
    """Count the people of H8: certified, present, not recused; however busy."""
    skill = m[check_row(m, check) + C_SKILL]
    count = 0
    for k in range(m[m[A_SKILL_PTR] + skill], m[m[A_SKILL_PTR] + skill + 1]):
        inspector = m[m[A_SKILL_INSP] + k]
        present = m[rota_row(m, t, inspector, day) + R_MINUTES] < ABSENT_MINUTES
        if present and not is_recused(m, inspector, ent):
            count += 1
    return count


@kernel
def available(m: Memory, t: Totals, check: int, day: int, slot: int, ent: int, zone: int, offset: int) -> int:
    """Write who could serve the check (at most as many as it needs) to trial[offset:]; return their number."""
    wanted = m[check_row(m, check) + C_PEOPLE]
    if choose_crew(m, t, check, day, slot, zone, 0, offset) != MISSING:
        return wanted
    skill = m[check_row(m, check) + C_SKILL]
    found = 0
    for k in range(m[m[A_SKILL_PTR] + skill], m[m[A_SKILL_PTR] + skill + 1]):
        inspector = m[m[A_SKILL_INSP] + k]
        if fit_of(m, t, inspector, check, day, slot, zone) != MISSING and not is_recused(m, inspector, ent):
            m[m[A_TRIAL] + offset + found] = inspector
            found += 1
            if found == wanted:  # The trial has room for no more.
                break
    return found


@kernel
def shortfall(m: Memory, t: Totals, unit: int, slot: int, day: int) -> int:
    """Write how many people each check lacks that day to keys; return UNQUALIFIED | BUSY bits. Changes nothing."""
    u = unit_row(m, unit)
    ent = m[u + U_ENT]
    zone = m[ent_row(m, ent) + E_ZONE]
    first, count = m[u + U_FIRST], m[u + U_COUNT]
    offset, bits = 0, 0
    for k in range(count):
        check = first + k
        wanted = m[check_row(m, check) + C_PEOPLE]
        found = available(m, t, check, day, slot, ent, zone, offset)
        t[T_KEYS + k] = wanted - found
        if found < wanted:
            bits |= UNQUALIFIED if qualified(m, t, check, day, ent) < wanted else BUSY
        for j in range(wanted):
            if j < found:
                engage(m, t, m[m[A_TRIAL] + offset + j], check, day, slot, zone)
            else:
                m[m[A_TRIAL] + offset + j] = NOWHERE
        offset += wanted
    offset = 0
    for check in range(first, first + count):
        for _ in range(m[check_row(m, check) + C_PEOPLE]):
            if m[m[A_TRIAL] + offset] != NOWHERE:
                release(m, t, m[m[A_TRIAL] + offset], check, day, slot)
            offset += 1
    return bits


@kernel
def visit_blockers(m: Memory, t: Totals, unit: int, slot: int) -> int:
    """Return every rule of the visit itself that keeps the unit from joining it."""
    u = unit_row(m, unit)
    s = slot_row(m, slot)
    bits = 0 if day_allowed(m, unit, m[s + S_DAY]) else DAY
    host = m[s + S_FIRST]
    if m[u + U_KIND] != KIND_MERGEABLE or m[unit_row(m, host) + U_KIND] != KIND_MERGEABLE:
        return bits | ALONE
    if m[u + U_OVER] != 0 or m[unit_row(m, host) + U_OVER] != 0:
        return bits | MINUTES
    stamp = next_stamp(m, t)
    departments = 0
    other = host
    while other != NOWHERE:
        departments += stamp_shares(m, other, stamp)
        other = m[unit_row(m, other) + U_NEXT]
    if not caps_allow_joining(m, unit, slot, stamp):
        bits |= CAPS
    if departments + stamp_shares(m, unit, stamp) > t[MAX_DEPARTMENTS]:
        bits |= DEPARTMENTS
    for check in range(m[u + U_FIRST], m[u + U_FIRST] + m[u + U_COUNT]):
        if m[pair_row(m, m[check_row(m, check) + C_PAIR]) + P_MINUTES] > t[MAX_VISIT_MINUTES]:
            bits |= MINUTES
    return bits


@kernel
def join_blockers(m: Memory, t: Totals, unit: int, slot: int) -> int:
    """Return everything that keeps the unit from joining the visit; 0 when it could."""
    bits = visit_blockers(m, t, unit, slot)
    if bits == 0:
        bits = shortfall(m, t, unit, slot, m[slot_row(m, slot) + S_DAY])
    return bits


@kernel
def total_cap_used_up(m: Memory, unit: int) -> bool:
    """Tell whether the premises have no counted visit left for a new visit of the unit."""
    u = unit_row(m, unit)
    ent = ent_row(m, m[u + U_ENT])
    return m[u + U_COUNTED] == 1 and m[ent + E_COUNTED] >= m[ent + E_CAP]


@kernel
def department_visits_short(m: Memory, unit: int, check: int) -> int:
    """Return how many counted visits the department of the check lacks at its premises for a new visit; 0 when none."""
    pair = pair_row(m, m[check_row(m, check) + C_PAIR])
    if m[unit_row(m, unit) + U_COUNTED] == 0:
        return 0
    return max(m[pair + P_COUNTED] + 1 - m[pair + P_CAP], 0)


@kernel
def blockers_with_own_people_free(m: Memory, t: Totals, unit: int, slot: int) -> int:
    """Take the served unit out, ask `join_blockers`, and put it back."""
    slot_before, day = m[unit_row(m, unit) + U_SLOT], m[unit_row(m, unit) + U_DAY]
    remove(m, t, unit)
    bits = join_blockers(m, t, unit, slot)
    start, size = crew_span(m, unit)
    for k in range(size):
        m[m[A_BEST_TRIAL] + k] = m[m[A_CREW] + start + k]
    place(m, t, unit, slot_before, day, m[A_BEST_TRIAL])
    return bits
