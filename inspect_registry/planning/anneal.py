"""Compiled: ruin a small related part of the plan, recreate it, keep it when it is good enough (simulated annealing)."""

from numba import njit

from .crew import random_below
from .layout import (
    C_CREW,
    C_SKILL,
    E_ACTIVE,
    E_BASE,
    E_UNITS,
    HORIZON,
    NOWHERE,
    R_FIRST,
    R_VISITS,
    R_WIDTH,
    S_FIRST,
    T_ACCEPTED,
    T_PENDING,
    T_ROUNDS,
    T_WORK,
    U_COUNT,
    U_DAY,
    U_DEMAND,
    U_DEPT,
    U_END,
    U_ENT,
    U_FIRST,
    U_NEXT,
    U_SLOT,
    U_START,
    U_WEIGHT,
    Core,
)
from .placing import day_allowed
from .recreate import keep_round, make_pending, objective, recreate, save_best, undo_round

MOST_PENDING = 48  # Units in one round.


@njit(cache=True)
def random_check_of(core: Core, unit: int) -> int:
    u = core.units[unit]
    return u[U_FIRST] + random_below(core, u[U_COUNT])


@njit(cache=True)
def random_allowed_day(core: Core, unit: int) -> int:
    u = core.units[unit]
    for _ in range(8):
        day = u[U_START] + random_below(core, u[U_END] - u[U_START] + 1)
        if day_allowed(core, unit, day):
            return day
    return u[U_START]


@njit(cache=True)
def ruin_visit(core: Core, slot: int) -> None:
    unit = core.slots[slot, S_FIRST]
    while unit != NOWHERE:
        following = core.units[unit, U_NEXT]
        make_pending(core, unit)
        unit = following


@njit(cache=True)
def ruin_premises(core: Core, unit: int, most: int) -> None:
    """Take out visits of the unit's premises (all, when they are few), and queue its waiting units."""
    u = core.units[unit]
    ent = core.ents[u[U_ENT]]
    visits = min(ent[E_ACTIVE], most)
    for _ in range(visits):
        if ent[E_ACTIVE] == 0:
            break
        at = random_below(core, ent[E_ACTIVE]) if ent[E_ACTIVE] > most else 0
        ruin_visit(core, core.active[ent[E_BASE] + at])
    tries = min(ent[E_UNITS], 24)
    first = random_below(core, ent[E_UNITS])
    for k in range(tries):
        other = ent[E_BASE] + (first + k) % ent[E_UNITS]
        o = core.units[other]
        if o[U_DAY] == NOWHERE and o[U_START] <= o[U_END] and core.totals[T_PENDING] < MOST_PENDING:
            make_pending(core, other)


@njit(cache=True)
def ruin_inspector_day(core: Core, inspector: int, day: int) -> None:
    row = core.rota[inspector * core.cfg[HORIZON] + day]
    while row[R_VISITS] > 0 and core.totals[T_PENDING] < MOST_PENDING:
        ruin_visit(core, row[R_FIRST])


@njit(cache=True)
def ruin_one_visit_of(core: Core, inspector: int, day: int) -> None:
    row = core.rota[inspector * core.cfg[HORIZON] + day]
    if row[R_VISITS] > 0:
        ruin_visit(core, row[R_FIRST + R_WIDTH * random_below(core, row[R_VISITS])])


@njit(cache=True)
def random_colleague(core: Core, check: int) -> int:
    """Return a random inspector certified for the check, NOWHERE when there is none."""
    skill = core.checks[check, C_SKILL]
    start, end = core.skill_ptr[skill], core.skill_ptr[skill + 1]
    if start == end:
        return NOWHERE
    return core.skill_insp[start + random_below(core, end - start)]


@njit(cache=True)
def ruin_people_of(core: Core, check: int, day: int, visits: int) -> None:
    """Take out some visits that people certified for the check make on the day."""
    for _ in range(visits):
        if core.totals[T_PENDING] >= MOST_PENDING:
            return
        inspector = random_colleague(core, check)
        if inspector != NOWHERE:
            ruin_one_visit_of(core, inspector, day)


@njit(cache=True)
def random_waiting(core: Core, dept: int) -> int:
    n = core.waiting_n[dept]
    if n == 0:
        return NOWHERE
    return core.waiting[core.dept_ptr[dept] + random_below(core, n)]


@njit(cache=True)
def ruin(core: Core) -> None:
    """Choose what to take out in this round."""
    seed = random_below(core, len(core.units))
    kind = random_below(core, 100)
    if kind < 40:
        waiting = random_waiting(core, core.units[seed, U_DEPT])
        if waiting != NOWHERE:
            seed = waiting
    u = core.units[seed]
    if u[U_START] > u[U_END]:
        return
    check = random_check_of(core, seed)
    day = u[U_DAY]
    if kind < 70 or day == NOWHERE:
        ruin_premises(core, seed, 4)
        make_pending(core, seed)
        for _ in range(1 + random_below(core, 2)):
            ruin_people_of(core, check, random_allowed_day(core, seed), random_below(core, 4))
    elif kind < 88:
        ruin_inspector_day(core, core.crew[core.checks[check, C_CREW]], day)
        for _ in range(random_below(core, 3)):
            colleague = random_colleague(core, check)
            if colleague != NOWHERE:
                ruin_inspector_day(core, colleague, day)
        make_pending(core, seed)
    else:
        if u[U_SLOT] != NOWHERE:
            ruin_visit(core, u[U_SLOT])
        make_pending(core, seed)
        ruin_people_of(core, check, day, 2 + random_below(core, 6))


@njit(cache=True)
def invite_waiting(core: Core) -> None:
    """Queue some unserved units of the departments whose people have just become free."""
    removed = core.totals[T_PENDING]
    if removed == 0:
        return
    for _ in range(2 + random_below(core, 6)):
        if core.totals[T_PENDING] >= MOST_PENDING:
            return
        host = core.pending[random_below(core, removed)]
        guest = random_waiting(core, core.units[host, U_DEPT])
        if guest == NOWHERE:
            continue
        g, day = core.units[guest], core.old_place[host, 1]
        if day == NOWHERE or (g[U_START] <= day <= g[U_END]):
            make_pending(core, guest)


@njit(cache=True)
def rank_pending(core: Core) -> None:
    """Give each pending unit its key for the order of insertion; the kind of order is drawn."""
    kind = random_below(core, 6)
    for a in range(core.totals[T_PENDING]):
        u = core.units[core.pending[a]]
        key = random_below(core, 1024)
        if kind == 0:
            key += u[U_DEMAND] * 1024
        elif kind == 1:
            key -= u[U_DEMAND] * 1024
        elif kind == 2:
            key += (u[U_END] - u[U_START]) * 1024
        elif kind == 3:
            key += u[U_END] * 1024
        elif kind == 4:
            key += u[U_DEMAND] * 1024 // max(1, u[U_WEIGHT])
        if kind != 5 or u[U_WEIGHT] >= 10:
            key -= min(u[U_WEIGHT], 1_000_000) // 10 * 2**32
        core.keys[a] = key


@njit(cache=True, nogil=True)
def anneal(core: Core, work_limit: int, temperature: int, best: int) -> int:
    """Run rounds until the work is done; return the best objective. Temperature is in thousandths of a visit."""
    current = objective(core)
    while core.totals[T_WORK] < work_limit:
        core.totals[T_ROUNDS] += 1
        core.totals[T_WORK] += 20
        ruin(core)
        invite_waiting(core)
        rank_pending(core)
        recreate(core, 24, 40)
        after = objective(core)
        allowed = temperature * core.chance[random_below(core, 1024)] // 1000
        if after - current > allowed:
            undo_round(core)
            continue
        keep_round(core)
        core.totals[T_ACCEPTED] += 1
        current = after
        if current < best:
            best = current
            save_best(core)
    return best
