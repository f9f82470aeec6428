"""Compiled: ruin a small related part of the plan, recreate it, keep it when good enough (simulated annealing)."""

from .compiled import Memory, Totals, kernel
from .crew import random_below
from .keeping import guided, keep_round, objective, save_best, undo_round
from .layout import (
    A_ACTIVE,
    A_CREW,
    A_DEPT_PTR,
    A_OLD_PLACE,
    A_PENDING,
    A_SKILL_INSP,
    A_SKILL_PTR,
    A_WAITING,
    A_WAITING_N,
    C_CREW,
    C_SKILL,
    D_WORK,
    E_ACTIVE,
    E_BASE,
    E_UNITS,
    NOWHERE,
    R_FIRST,
    R_VISITS,
    R_WIDTH,
    S_FIRST,
    T_ACCEPTED,
    T_CHANCE,
    T_KEYS,
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
    U_FOREIGN,
    U_NEXT,
    U_SLOT,
    U_START,
    U_WEIGHT,
    UNITS,
)
from .placing import day_allowed
from .recreate import make_pending, recreate
from .rows import check_row, day_row, ent_row, rota_row, slot_row, unit_row

NOISE = 24
SKIP_DAY = 26
MOST_PENDING = 48  # Units in one round.


@kernel
def random_check_of(m: Memory, t: Totals, unit: int) -> int:
    u = unit_row(m, unit)
    return m[u + U_FIRST] + random_below(t, m[u + U_COUNT])


@kernel
def random_allowed_day(m: Memory, t: Totals, unit: int) -> int:
    u = unit_row(m, unit)
    for _ in range(8):
        day = m[u + U_START] + random_below(t, m[u + U_END] - m[u + U_START] + 1)
        if day_allowed(m, unit, day):
            return day
    return m[u + U_START]


@kernel
def ruin_visit(m: Memory, t: Totals, slot: int) -> None:
    unit = m[slot_row(m, slot) + S_FIRST]
    while unit != NOWHERE:
        following = m[unit_row(m, unit) + U_NEXT]
        make_pending(m, t, unit)
        unit = following


@kernel
def ruin_premises(m: Memory, t: Totals, unit: int, most: int) -> None:
    """Take out visits of the unit's premises (all, when they are few), and queue its waiting units."""
    u = unit_row(m, unit)
    ent = ent_row(m, m[u + U_ENT])
    visits = min(m[ent + E_ACTIVE], most)
    for _ in range(visits):
        if m[ent + E_ACTIVE] == 0:
            break
        at = random_below(t, m[ent + E_ACTIVE]) if m[ent + E_ACTIVE] > most else 0
        ruin_visit(m, t, m[m[A_ACTIVE] + m[ent + E_BASE] + at])
    tries = min(m[ent + E_UNITS], 24)
    first = random_below(t, m[ent + E_UNITS])
    for k in range(tries):
        other = m[ent + E_BASE] + (first + k) % m[ent + E_UNITS]
        o = unit_row(m, other)
        if m[o + U_DAY] == NOWHERE and m[o + U_START] <= m[o + U_END] and t[T_PENDING] < MOST_PENDING:
            make_pending(m, t, other)


@kernel
def ruin_inspector_day(m: Memory, t: Totals, inspector: int, day: int) -> None:
    if m[day_row(m, day) + D_WORK] == 0:
        return
    row = rota_row(m, t, inspector, day)
    while m[row + R_VISITS] > 0 and t[T_PENDING] < MOST_PENDING:
        ruin_visit(m, t, m[row + R_FIRST])


@kernel
def ruin_one_visit_of(m: Memory, t: Totals, inspector: int, day: int) -> None:
    row = rota_row(m, t, inspector, day)
    if m[row + R_VISITS] > 0:
        ruin_visit(m, t, m[row + R_FIRST + R_WIDTH * random_below(t, m[row + R_VISITS])])


@kernel
def random_colleague(m: Memory, t: Totals, check: int) -> int:
    """Return a random inspector certified for the check, NOWHERE when there is none."""
    skill = m[check_row(m, check) + C_SKILL]
    start, end = m[m[A_SKILL_PTR] + skill], m[m[A_SKILL_PTR] + skill + 1]
    if start == end:
        return NOWHERE
    return m[m[A_SKILL_INSP] + start + random_below(t, end - start)]


@kernel
def ruin_people_of(m: Memory, t: Totals, check: int, day: int, visits: int) -> None:
    """Take out some visits that people certified for the check make on the day."""
    for _ in range(visits):
        if t[T_PENDING] >= MOST_PENDING:
            return
        inspector = random_colleague(m, t, check)
        if inspector != NOWHERE:
            ruin_one_visit_of(m, t, inspector, day)


@kernel
def random_waiting(m: Memory, t: Totals, dept: int) -> int:
    n = m[m[A_WAITING_N] + dept]
    if n == 0:
        return NOWHERE
    unit = NOWHERE
    for _ in range(3):
        unit = m[m[A_WAITING] + m[m[A_DEPT_PTR] + dept] + random_below(t, n)]
        if m[unit_row(m, unit) + U_FOREIGN] == 0:
            break
    return unit


@kernel
def ruin(m: Memory, t: Totals) -> None:
    """Choose what to take out in this round."""
    seed = random_below(t, t[UNITS])
    for _ in range(8):
        if m[unit_row(m, seed) + U_FOREIGN] == 0:
            break
        seed = random_below(t, t[UNITS])
    kind = random_below(t, 100)
    if kind < 40:
        waiting = random_waiting(m, t, m[unit_row(m, seed) + U_DEPT])
        if waiting != NOWHERE:
            seed = waiting
    u = unit_row(m, seed)
    if m[u + U_START] > m[u + U_END] or m[u + U_FOREIGN] == 1:
        return
    check = random_check_of(m, t, seed)
    day = m[u + U_DAY]
    if kind < 72 or day == NOWHERE:
        ruin_premises(m, t, seed, 4)
        make_pending(m, t, seed)
        for _ in range(1 + random_below(t, 2)):
            ruin_people_of(m, t, check, random_allowed_day(m, t, seed), random_below(t, 3))
    elif kind < 78:
        ruin_inspector_day(m, t, m[m[A_CREW] + m[check_row(m, check) + C_CREW]], day)
        for _ in range(random_below(t, 3)):
            colleague = random_colleague(m, t, check)
            if colleague != NOWHERE:
                ruin_inspector_day(m, t, colleague, day)
        make_pending(m, t, seed)
    else:
        if m[u + U_SLOT] != NOWHERE:
            ruin_visit(m, t, m[u + U_SLOT])
        make_pending(m, t, seed)
        ruin_people_of(m, t, check, day, 1 + random_below(t, 4))


@kernel
def invite_waiting(m: Memory, t: Totals) -> None:
    """Queue some unserved units of the departments whose people have just become free."""
    removed = t[T_PENDING]
    if removed == 0:
        return
    for _ in range(1 + random_below(t, 4)):
        if t[T_PENDING] >= MOST_PENDING:
            return
        host = m[m[A_PENDING] + random_below(t, removed)]
        guest = random_waiting(m, t, m[unit_row(m, host) + U_DEPT])
        if guest == NOWHERE:
            continue
        g, day = unit_row(m, guest), m[m[A_OLD_PLACE] + 2 * host + 1]
        if day == NOWHERE or (m[g + U_START] <= day <= m[g + U_END]):
            make_pending(m, t, guest)


@kernel
def rank_pending(m: Memory, t: Totals) -> None:
    """Give each pending unit its key for the order of insertion; the kind of order is drawn."""
    kind = random_below(t, 6)
    for a in range(t[T_PENDING]):
        u = unit_row(m, m[m[A_PENDING] + a])
        key = random_below(t, 1024)
        if kind == 0:
            key += m[u + U_DEMAND] * 1024
        elif kind == 1:
            key -= m[u + U_DEMAND] * 1024
        elif kind == 2:
            key += (m[u + U_END] - m[u + U_START]) * 1024
        elif kind == 3:
            key += m[u + U_END] * 1024
        elif kind == 4:
            key += m[u + U_DEMAND] * 1024 // max(1, m[u + U_WEIGHT])
        if kind != 5 or m[u + U_WEIGHT] >= 10:
            key -= min(m[u + U_WEIGHT], 1_000_000) // 10 * 2**32
        t[T_KEYS + a] = key


@kernel
def anneal(m: Memory, t: Totals, work_limit: int, temperature: int, best: int) -> int:
    """Run rounds until the work is done; return the best objective. Temperature is in thousandths of a visit."""
    current = guided(t)
    while t[T_WORK] < work_limit:
        t[T_ROUNDS] += 1
        t[T_WORK] += 20
        ruin(m, t)
        invite_waiting(m, t)
        rank_pending(m, t)
        recreate(m, t, NOISE, SKIP_DAY)
        after = guided(t)
        allowed = temperature * t[T_CHANCE + random_below(t, 1024)] >> 10
        if after - current > allowed:
            undo_round(m, t)
            continue
        keep_round(m, t)
        t[T_ACCEPTED] += 1
        current = after
        if objective(t) < best:
            best = objective(t)
            save_best(m, t)
    return best
