"""Start from an earlier plan: what it says is kept wherever the rules still allow it."""

from collections import defaultdict

from .compiled import Memory, Totals, kernel
from .crew import MISSING, engage, fit_of, is_recused, release
from .keeping import keep_round, save_best, touch
from .layout import (
    A_SKILL_INSP,
    A_SKILL_PTR,
    A_TRIAL,
    C_PEOPLE,
    C_SKILL,
    C_UNIT,
    CHECK_WIDTH,
    E_ZONE,
    HORIZON,
    KIND_DESK,
    NOWHERE,
    S_DAY,
    S_UNITS,
    T_UNSERVED,
    U_COUNT,
    U_DAY,
    U_ENT,
    U_FIRST,
    U_KIND,
    U_LOCKED,
    U_PUBLISHED,
    U_WEIGHT,
    UNIT_WIDTH,
    Layout,
)
from .placing import day_allowed, free_slot, may_join, may_open, place
from .problem import Placement, Plan
from .recreate import keep_trial, try_position
from .rows import check_row, ent_row, slot_row, unit_row


@kernel
def may_stand(m: Memory, t: Totals, unit: int, slot: int, day: int) -> bool:
    """Ask every rule of the visit (not of the people) for a unit; a slot without units is a new visit."""
    u = unit_row(m, unit)
    if not day_allowed(m, unit, day):
        return False
    if m[u + U_KIND] == KIND_DESK:
        return slot == NOWHERE
    if m[slot_row(m, slot) + S_UNITS] == 0:
        return may_open(m, unit)
    return m[slot_row(m, slot) + S_DAY] == day and may_join(m, t, unit, slot)


@kernel
def is_certified(m: Memory, check: int, inspector: int) -> bool:
    skill = m[check_row(m, check) + C_SKILL]
    for k in range(m[m[A_SKILL_PTR] + skill], m[m[A_SKILL_PTR] + skill + 1]):
        if m[m[A_SKILL_INSP] + k] == inspector:
            return True
    return False


@kernel
def may_serve(m: Memory, t: Totals, check: int, slot: int, day: int, ent: int, zone: int, offset: int) -> bool:
    """Ask H8 and H9 for the people of one check noted in trial[offset:]."""
    for k in range(m[check_row(m, check) + C_PEOPLE]):
        inspector = m[m[A_TRIAL] + offset + k]
        for j in range(k):
            if m[m[A_TRIAL] + offset + j] == inspector:
                return False
        if inspector < 0 or not is_certified(m, check, inspector) or is_recused(m, inspector, ent):
            return False
        if fit_of(m, t, inspector, check, day, slot, zone) == MISSING:
            return False
    return True


@kernel
def people_may_serve(m: Memory, t: Totals, unit: int, slot: int, day: int) -> bool:
    """Ask H8 and H9 for all people noted in `trial`, check by check; the plan is left as it was."""
    u = unit_row(m, unit)
    ent = m[u + U_ENT]
    zone = m[ent_row(m, ent) + E_ZONE]
    first = m[u + U_FIRST]
    done, offset, fits = first, 0, True
    while fits and done < first + m[u + U_COUNT]:
        fits = may_serve(m, t, done, slot, day, ent, zone, offset)
        if fits:
            for _ in range(m[check_row(m, done) + C_PEOPLE]):
                engage(m, t, m[m[A_TRIAL] + offset], done, day, slot, zone)
                offset += 1
            done += 1
    offset = 0
    for check in range(first, done):
        for _ in range(m[check_row(m, check) + C_PEOPLE]):
            release(m, t, m[m[A_TRIAL] + offset], check, day, slot)
            offset += 1
    return fits


@kernel
def take_over(m: Memory, t: Totals, unit: int, slot: int, day: int) -> bool:
    """Place the unit as before: with the same people (in `trial`) when they still may, else with others that day."""
    if not may_stand(m, t, unit, slot, day):
        return False
    if not people_may_serve(m, t, unit, slot, day) and try_position(m, t, unit, slot, day, 0) == MISSING:
        return False
    keep_trial(m, t)
    touch(m, t, unit)
    place(m, t, unit, slot, day, m[A_TRIAL])
    return True


def adopt(layout: Layout, warm: Plan) -> None:
    """Place the warm plan's checks first, and make its days the days that moves are counted against."""
    core = layout.core
    units = core.table("units", UNIT_WIDTH)
    checks = core.table("checks", CHECK_WIDTH)
    trial = core.table("trial")
    index_of = {check: k for k, check in enumerate(layout.check_ids.tolist())}
    known = [p for p in warm.placements if p.check in index_of and 0 <= p.day < core.t[HORIZON]]
    for p in known:
        unit = checks[index_of[p.check], C_UNIT]
        units[unit, U_PUBLISHED] = p.day
        # Dropping what was promised weighs a little more than leaving out what was not.
        units[unit, U_WEIGHT] += 1
        core.t[T_UNSERVED] += 1
    by_check = {p.check: p for p in known}
    locked = {int(u) for u in (units[:, U_LOCKED] == 1).nonzero()[0]}
    visits = _in_order(known)
    # Visits with locked checks choose their people first.
    visits.sort(key=lambda visit: all(int(checks[index_of[p.check], C_UNIT]) not in locked for p in visit[1]))
    for day, rows in visits:
        slot = NOWHERE
        for unit in sorted({int(checks[index_of[p.check], C_UNIT]) for p in rows}):
            u = units[unit]
            at = NOWHERE
            if u[U_KIND] != KIND_DESK:
                at = slot if slot != NOWHERE else int(free_slot(core.m, u[U_ENT]))
            people: list[int] = []
            for index in range(u[U_FIRST], u[U_FIRST] + u[U_COUNT]):
                wanted = int(checks[index, C_PEOPLE])
                former = by_check.get(int(layout.check_ids[index]))
                team = layout.inspector_indices(former.inspectors) if former else []
                people += team if len(team) == wanted else [NOWHERE] * wanted
            trial[: len(people)] = people
            if u[U_DAY] == NOWHERE and take_over(*core, unit, at, day):
                slot = at
    keep_round(*core)
    save_best(*core)


def _in_order(placements: list[Placement]) -> list[tuple[int, list[Placement]]]:
    """Return visits (desk work as visits of its own) by day and visit id, with their days."""
    groups: dict[tuple[int, int], list[Placement]] = defaultdict(list)
    for p in placements:
        groups[p.day, p.visit if p.visit is not None else -1 - p.check].append(p)
    return [(day, rows) for (day, _), rows in sorted(groups.items(), key=lambda item: item[0])]
