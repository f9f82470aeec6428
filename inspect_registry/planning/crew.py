"""Compiled: who serves a check on a day (rules H8 and H9), cheapest people first."""

import numpy as np
from numba import njit

from .layout import (
    C_DEPT,
    C_MINUTES,
    C_PEOPLE,
    C_SKILL,
    DAY_MINUTES,
    HORIZON,
    NOWHERE,
    OVERHEAD,
    R_FIRST,
    R_MINUTES,
    R_VISITS,
    R_WIDTH,
    T_SWITCHES,
    T_WORK,
    TOP_VISITS,
    W_SWITCH,
    Core,
)

# Penalties in thousandths of a visit.
FRESH_INSPECTOR = 12  # Somebody whose day is still empty: keep him free when another fits.
MISSING = -1


@njit(cache=True)
def random_below(core: Core, limit: int) -> int:
    """Return a number in 0..limit-1 (xorshift64; the only source of chance)."""
    x = core.rng[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    core.rng[0] = x
    return np.int64(x >> np.uint64(33)) % limit


@njit(cache=True)
def fit_of(core: Core, inspector: int, check: int, day: int, slot: int, zone: int) -> int:
    """Return the penalty of giving the check to the inspector, MISSING when H9 forbids it; slot NOWHERE is desk work."""
    row = core.rota[inspector * core.cfg[HORIZON] + day]
    left = core.cfg[DAY_MINUTES] - row[R_MINUTES] - core.checks[check, C_MINUTES]
    if left < 0:
        return MISSING
    if slot == NOWHERE:
        return left >> 4
    visits = row[R_VISITS]
    same_zone = False
    near = True
    for k in range(visits):
        at = R_FIRST + R_WIDTH * k
        if row[at] == slot:
            return 0
        if row[at + 2] == zone:
            same_zone = True
        elif core.near[row[at + 2], zone] == 0:
            near = False
    left -= core.cfg[OVERHEAD]
    if left < 0 or visits >= core.cfg[TOP_VISITS] or not near:
        return MISSING
    if visits == 0:
        return 60 + FRESH_INSPECTOR
    return 60 + (left >> 5) + (0 if same_zone else core.cfg[W_SWITCH])


@njit(cache=True)
def is_recused(core: Core, inspector: int, ent: int) -> bool:
    for k in range(core.recused_ptr[ent], core.recused_ptr[ent + 1]):
        if core.recused[k] == inspector:
            return True
    return False


@njit(cache=True)
def choose_crew(core: Core, check: int, day: int, slot: int, ent: int, zone: int, noise: int, offset: int) -> int:
    """Write the best people for one check to trial[offset:]; return their penalty, or MISSING when too few are free."""
    skill = core.checks[check, C_SKILL]
    wanted = core.checks[check, C_PEOPLE]
    found = 0
    start, end = core.skill_ptr[skill], core.skill_ptr[skill + 1]
    core.totals[T_WORK] += 4 + end - start
    if end - start < wanted:
        return MISSING
    for p in range(start, end):
        inspector = core.skill_insp[p]
        penalty = fit_of(core, inspector, check, day, slot, zone)
        if penalty == MISSING or is_recused(core, inspector, ent):
            continue
        if noise > 0:
            penalty += random_below(core, noise)
        if found == wanted and penalty >= core.picks[wanted - 1]:
            continue
        at = min(found, wanted - 1)
        while at > 0 and core.picks[at - 1] > penalty:
            core.picks[at] = core.picks[at - 1]
            core.trial[offset + at] = core.trial[offset + at - 1]
            at -= 1
        core.picks[at] = penalty
        core.trial[offset + at] = inspector
        found = min(found + 1, wanted)
    if found < wanted:
        return MISSING
    total = 0
    for k in range(wanted):
        total += core.picks[k]
    return total


@njit(cache=True)
def engage(core: Core, inspector: int, check: int, day: int, slot: int, zone: int) -> None:
    """Book the inspector's minutes and visit; the caller has asked `fit_of`."""
    row = core.rota[inspector * core.cfg[HORIZON] + day]
    minutes = core.checks[check, C_MINUTES]
    if slot != NOWHERE:
        visits = row[R_VISITS]
        same_zone = False
        known = False
        for k in range(visits):
            at = R_FIRST + R_WIDTH * k
            if row[at] == slot:
                row[at + 1] += 1
                known = True
            if row[at + 2] == zone:
                same_zone = True
        if not known:
            at = R_FIRST + R_WIDTH * visits
            row[at], row[at + 1], row[at + 2] = slot, 1, zone
            row[R_VISITS] = visits + 1
            minutes += core.cfg[OVERHEAD]
            if visits > 0 and not same_zone:
                core.totals[T_SWITCHES] += 1
    row[R_MINUTES] += minutes
    core.dept_day[core.checks[check, C_DEPT], day] += minutes


@njit(cache=True)
def release(core: Core, inspector: int, check: int, day: int, slot: int) -> None:
    """Undo `engage`."""
    row = core.rota[inspector * core.cfg[HORIZON] + day]
    minutes = core.checks[check, C_MINUTES]
    if slot != NOWHERE:
        visits = row[R_VISITS]
        at = R_FIRST
        while row[at] != slot:
            at += R_WIDTH
        row[at + 1] -= 1
        if row[at + 1] == 0:
            zone = row[at + 2]
            last = R_FIRST + R_WIDTH * (visits - 1)
            row[at], row[at + 1], row[at + 2] = row[last], row[last + 1], row[last + 2]
            row[R_VISITS] = visits - 1
            minutes += core.cfg[OVERHEAD]
            same_zone = False
            for k in range(visits - 1):
                if row[R_FIRST + R_WIDTH * k + 2] == zone:
                    same_zone = True
            if visits > 1 and not same_zone:
                core.totals[T_SWITCHES] -= 1
    row[R_MINUTES] -= minutes
    core.dept_day[core.checks[check, C_DEPT], day] -= minutes
