"""Start from an earlier plan: what it says is kept wherever the rules still allow it."""

from collections import defaultdict

import numpy as np
from numba import njit

from .crew import MISSING, fit_of, is_recused
from .layout import (
    A_SKILL_INSP,
    A_SKILL_PTR,
    A_TRIAL,
    C_PEOPLE,
    C_SKILL,
    C_UNIT,
    CHECK_WIDTH,
    E_ZONE,
    KIND_DESK,
    NOWHERE,
    S_DAY,
    S_UNITS,
    U_COUNT,
    U_ENT,
    U_FIRST,
    U_KIND,
    U_PUBLISHED,
    UNIT_WIDTH,
    Layout,
    Memory,
    Totals,
)
from .placing import day_allowed, free_slot, may_join, may_open, place
from .problem import Placement, Plan
from .recreate import keep_round, keep_trial, save_best, touch, try_position
from .rows import check_row, ent_row, slot_row, unit_row


@njit(cache=True)
def may_stand(m: Memory, t: Totals, unit: int, slot: int, day: int) -> bool:
    """Ask every rule of the visit (not of the people) for a unit; a slot without units is a new visit."""
    u = unit_row(m, unit)
    if not day_allowed(m, t, unit, day):
        return False
    if m[u + U_KIND] == KIND_DESK:
        return slot == NOWHERE
    if m[slot_row(m, slot) + S_UNITS] == 0:
        return may_open(m, t, unit)
    return m[slot_row(m, slot) + S_DAY] == day and may_join(m, t, unit, slot)


@njit(cache=True)
def is_certified(m: Memory, check: int, inspector: int) -> bool:
    skill = m[check_row(m, check) + C_SKILL]
    for k in range(m[m[A_SKILL_PTR] + skill], m[m[A_SKILL_PTR] + skill + 1]):
        if m[m[A_SKILL_INSP] + k] == inspector:
            return True
    return False


@njit(cache=True)
def people_may_serve(m: Memory, t: Totals, unit: int, slot: int, day: int) -> bool:
    """Ask H8 and H9 for the people noted in `trial` (a unit of one check only: shares of a bundle are asked as they are booked)."""
    u = unit_row(m, unit)
    zone = m[ent_row(m, m[u + U_ENT]) + E_ZONE]
    check = m[u + U_FIRST]
    for k in range(m[check_row(m, check) + C_PEOPLE]):
        inspector = m[m[A_TRIAL] + k]
        for j in range(k):
            if m[m[A_TRIAL] + j] == inspector:
                return False
        if inspector < 0 or not is_certified(m, check, inspector) or is_recused(m, t, inspector, m[u + U_ENT]):
            return False
        if fit_of(m, t, inspector, check, day, slot, zone) == MISSING:
            return False
    return True


@njit(cache=True)
def take_over(m: Memory, t: Totals, unit: int, slot: int, day: int) -> bool:
    """Place the unit as before: with the same people (in `trial`) when they may still serve it, else with others that day."""
    if not may_stand(m, t, unit, slot, day):
        return False
    if m[unit_row(m, unit) + U_COUNT] > 1 or not people_may_serve(m, t, unit, slot, day):
        if try_position(m, t, unit, slot, day, 0) == MISSING:
            return False
    keep_trial(m, t)
    touch(m, t, unit)
    place(m, t, unit, slot, day, m[A_TRIAL])
    return True


@njit(cache=True)
def slot_for_new_visit(m: Memory, t: Totals, ent: int) -> int:
    return free_slot(m, t, ent)


def adopt(layout: Layout, warm: Plan) -> None:
    """Place the warm plan's checks first, and make its days the published days of checks that have none."""
    core = layout.core
    units = core.table("units", UNIT_WIDTH)
    checks = core.table("checks", CHECK_WIDTH)
    trial = core.table("trial")
    index_of = {check: k for k, check in enumerate(layout.check_ids.tolist())}
    known = [p for p in warm.placements if p.check in index_of and p.day >= 0]
    for p in known:
        unit = checks[index_of[p.check], C_UNIT]
        if units[unit, U_PUBLISHED] == NOWHERE:
            units[unit, U_PUBLISHED] = p.day
    for _, day, rows in _in_order(known):
        slot = -2
        for unit, placement in _units_of(rows, index_of, checks):
            if units[unit, U_KIND] == KIND_DESK:
                at = NOWHERE
            else:
                at = slot if slot >= 0 else slot_for_new_visit(*core, units[unit, U_ENT])
            people = layout.inspector_indices(placement.inspectors)
            width = int(checks[units[unit, U_FIRST], C_PEOPLE])
            trial[:width] = (people + [NOWHERE] * width)[:width] if len(people) == width else NOWHERE
            if take_over(*core, unit, at, day) and at != NOWHERE:
                slot = at
    keep_round(*core)
    save_best(*core)


def _in_order(placements: list[Placement]) -> list[tuple[int, int, list[Placement]]]:
    """Return visits (desk work as visits of its own) by day and visit id."""
    groups: dict[tuple[int, int], list[Placement]] = defaultdict(list)
    for p in placements:
        groups[p.day, p.visit if p.visit is not None else -1 - p.check].append(p)
    return [(visit, day, rows) for (day, visit), rows in sorted(groups.items(), key=lambda item: item[0])]


def _units_of(rows: list[Placement], index_of: dict[int, int], checks: np.ndarray) -> list[tuple[int, Placement]]:
    """Return each unit of the rows once, with its first row."""
    first: dict[int, Placement] = {}
    for p in sorted(rows, key=lambda p: p.check):
        first.setdefault(int(checks[index_of[p.check], C_UNIT]), p)
    return list(first.items())
