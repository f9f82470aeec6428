"""Turn a flawless problem into the arrays of the compiled core (layout.py says what stands where)."""

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .layout import (
    ABSENT_MINUTES,
    C_PEOPLE,
    CROWDED,
    CROWDING_SHIFT,
    D_QUIET,
    D_WEEKDAY,
    D_WORK,
    E_BASE,
    E_CAP,
    E_OPEN,
    E_UNITS,
    E_ZONE,
    KIND_ALONE,
    KIND_DESK,
    KIND_MERGEABLE,
    LOCKED_WEIGHT,
    NOWHERE,
    P_CAP,
    R_FIRST,
    R_MINUTES,
    R_WIDTH,
    S_FIRST,
    S_POS,
    T_CHANCE,
    T_RANDOM,
    T_SIZE,
    T_UNSERVED,
    TABLES,
    U_COUNT,
    U_COUNTED,
    U_DEMAND,
    U_DEPT,
    U_END,
    U_ENT,
    U_FIRST,
    U_KIND,
    U_LOCKED,
    U_OVER,
    U_PENDING,
    U_POS,
    U_PUBLISHED,
    U_QUIET_OK,
    U_START,
    U_WEIGHT,
    UNIT_WIDTH,
    WIDEST,
    Core,
    Ints,
    Layout,
    index_in,
)
from .problem import Check, Problem


def _column(rows: Iterable[Any], get: Callable[[Any], int], count: int) -> npt.NDArray[np.int64]:
    return np.fromiter((get(row) for row in rows), dtype=np.int64, count=count)


def _ranges(sorted_keys: npt.NDArray[np.int64], size: int) -> Ints:
    """Return CSR pointers for keys 0..size-1 that are sorted."""
    return np.searchsorted(sorted_keys, np.arange(size + 1)).astype(np.int32)


class _CheckColumns(NamedTuple):
    """The columns of Problem.checks, sorted by premises and unit."""

    row: npt.NDArray[np.int64]
    ent: npt.NDArray[np.int64]
    dept: npt.NDArray[np.int64]
    matter: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    minutes: npt.NDArray[np.int64]
    people: npt.NDArray[np.int64]
    flags: npt.NDArray[np.int64]
    published: npt.NDArray[np.int64]
    weight: npt.NDArray[np.int64]
    unit: npt.NDArray[np.int64]


_ONSITE, _MERGEABLE, _EXEMPT, _LOCKED = 1, 2, 4, 8


def _flags_of(check: Check) -> int:
    return check.onsite * _ONSITE | check.mergeable * _MERGEABLE | check.exempt * _EXEMPT | check.locked * _LOCKED


def _published_of(check: Check) -> int:
    return NOWHERE if check.published_day is None else check.published_day


def _bundle_of(check: Check) -> int:
    return NOWHERE if check.bundle is None else check.bundle


def _check_columns(problem: Problem, ent_ids: npt.NDArray[np.int64]) -> _CheckColumns:
    checks, n = problem.checks, len(problem.checks)
    ent = index_in(ent_ids, _column(checks, lambda c: c.premises, n))
    bundle = _column(checks, _bundle_of, n)
    row = np.arange(n)
    # A single check is its own unit; a bundle's key lies behind all of them.
    key = np.where(bundle >= 0, n + np.unique(bundle, return_inverse=True)[1].reshape(-1), row)
    order = np.lexsort((row, key, ent))
    unit = np.concatenate(([0], np.cumsum(np.diff(key[order]) != 0))) if n else key
    return _CheckColumns(
        row=order,
        ent=ent[order],
        dept=_column(checks, lambda c: c.department, n)[order],
        matter=_column(checks, lambda c: c.matter, n)[order],
        start=np.maximum(_column(checks, lambda c: c.start, n), 0)[order],
        end=np.minimum(_column(checks, lambda c: c.end, n), problem.horizon - 1)[order],
        minutes=_column(checks, lambda c: c.minutes, n)[order],
        people=_column(checks, lambda c: c.inspectors, n)[order],
        flags=_column(checks, _flags_of, n)[order],
        published=_column(checks, _published_of, n)[order],
        weight=_column(checks, problem.unserved_cost, n)[order],
        unit=unit,
    )


def _unit_rows(problem: Problem, c: _CheckColumns, ents: Ints, days: Ints) -> Ints:
    """Return one row a unit, its window tightened to its first and last allowed day (empty when it has none)."""
    n = int(c.unit[-1]) + 1 if len(c.unit) else 0
    units = np.full((n, UNIT_WIDTH), NOWHERE, dtype=np.int32)
    if n == 0:
        return units
    first = np.searchsorted(c.unit, np.arange(n))
    units[:, U_FIRST] = first
    units[:, U_COUNT] = np.diff(np.append(first, len(c.unit)))
    units[:, U_ENT] = c.ent[first]
    every = np.bitwise_and.reduceat(c.flags, first)
    some = np.bitwise_or.reduceat(c.flags, first)
    units[:, U_KIND] = np.where(
        every & _ONSITE == 0, KIND_DESK, np.where(every & _MERGEABLE == 0, KIND_ALONE, KIND_MERGEABLE)
    )
    desk = units[:, U_KIND] == KIND_DESK
    units[:, U_COUNTED] = (every & _EXEMPT == 0) & ~desk
    units[:, U_QUIET_OK] = (every & _EXEMPT != 0) | desk
    units[:, U_LOCKED] = some & _LOCKED != 0
    units[:, U_WEIGHT] = np.add.reduceat(c.weight, first) + units[:, U_LOCKED] * LOCKED_WEIGHT
    units[:, U_PUBLISHED] = np.maximum.reduceat(c.published, first)
    units[:, U_DEPT] = c.dept[first]
    overhead = np.where(c.flags & _ONSITE != 0, problem.visit_overhead, 0)
    units[:, U_DEMAND] = np.add.reduceat((c.minutes + overhead) * c.people, first)
    start = np.maximum.reduceat(c.start, first)
    end = np.minimum.reduceat(c.end, first)
    # A locked check has one day, whatever its bundle's window.
    held = np.maximum.reduceat(np.where(c.flags & _LOCKED != 0, c.published, NOWHERE), first)
    start, end = np.where(held >= 0, np.maximum(start, held), start), np.where(held >= 0, np.minimum(end, held), end)
    units[:, U_START], units[:, U_END] = _tightened(units, start, end, ents, days)
    units[:, U_OVER] = _over_limit(problem, c, n)
    units[:, U_PENDING:] = 0
    return units


def _over_limit(problem: Problem, c: _CheckColumns, n: int) -> Ints:
    """Mark units that alone exceed a visit's limits: 1 more minutes of one department, 2 more departments."""
    key = c.unit * (int(c.dept.max()) + 1) + c.dept
    shares, inverse = np.unique(key, return_inverse=True)
    minutes = np.bincount(inverse.reshape(-1), weights=c.minutes)
    unit_of_share = shares // (int(c.dept.max()) + 1)
    over = np.zeros(n, dtype=np.int32)
    over[unit_of_share[minutes > problem.max_visit_minutes]] = 1
    over[np.bincount(unit_of_share, minlength=n) > problem.max_departments] = 2
    return over


def _tightened(units: Ints, start: Any, end: Any, ents: Ints, days: Ints) -> tuple[Ints, Ints]:
    """Return first and last allowed day of each unit's window."""
    horizon = len(days)
    masks = ents[units[:, U_ENT], E_OPEN].astype(np.int64)
    first = np.full(len(units), horizon, dtype=np.int32)
    last = np.full(len(units), -1, dtype=np.int32)
    for quiet_ok in (False, True):
        usable = (days[:, D_WORK] == 1) & ((days[:, D_QUIET] == 0) | quiet_ok)
        for mask in np.unique(masks):
            chosen = (units[:, U_QUIET_OK] == quiet_ok) & (masks == mask)
            if not chosen.any():
                continue
            good = np.flatnonzero(usable & ((mask >> days[:, D_WEEKDAY]) & 1 == 1))
            after = np.append(good, horizon)[np.searchsorted(good, start[chosen])]
            before = np.append(good, -1)[np.searchsorted(good, end[chosen], side="right") - 1]
            fits = (after <= end[chosen]) & (start[chosen] <= end[chosen])
            first[chosen] = np.where(fits, after, horizon)
            last[chosen] = np.where(fits, before, -1)
    return first, last


def _day_rows(problem: Problem) -> Ints:
    days = np.zeros((problem.horizon, 3), dtype=np.int32)
    days[:, D_WORK] = 1
    days[[d for d in problem.nonwork_days if 0 <= d < problem.horizon], D_WORK] = 0
    days[[d for d in problem.quiet_days if 0 <= d < problem.horizon], D_QUIET] = 1
    days[:, D_WEEKDAY] = (problem.start_date.weekday() + np.arange(problem.horizon)) % 7
    return days


def _near_matrix(problem: Problem) -> npt.NDArray[np.uint8]:
    near = np.zeros((len(problem.near), len(problem.near)), dtype=np.uint8)
    for zone, others in enumerate(problem.near):
        near[zone, list(others)] = 1
        near[zone, zone] = 1
    return near


def _skills(problem: Problem, c: _CheckColumns, dept_ids: Any, insp_order: list[int]) -> tuple[Any, Ints, Ints]:
    """Return the skill of each check (department and matter) and for each skill its certified inspectors (CSR)."""
    span = int(max(c.matter.max(initial=0), max((m for i in problem.inspectors for m in i.matters), default=0))) + 1
    dept_of = {int(d): k for k, d in enumerate(dept_ids)}
    keys, skill = np.unique(c.dept * span + c.matter, return_inverse=True)
    who, what = [], []
    for index, row in enumerate(insp_order):
        inspector = problem.inspectors[row]
        dept = dept_of.get(inspector.department)
        for matter in set(inspector.matters):
            if dept is not None and 0 <= matter < span:
                who.append(index)
                what.append(dept * span + matter)
    at = index_in(keys, np.array(what, dtype=np.int64))
    people = np.array(who, dtype=np.int64)[at >= 0]
    at = at[at >= 0]
    order = np.lexsort((people, at))
    return skill.reshape(-1), _ranges(at[order], len(keys)), people[order].astype(np.int32)


def _rota(problem: Problem, insp_order: list[int]) -> Ints:
    rota = np.zeros(
        (len(insp_order) * problem.horizon, R_FIRST + R_WIDTH * problem.visits_per_inspector_day), dtype=np.int32
    )
    for index, row in enumerate(insp_order):
        for day in problem.inspectors[row].off_days:
            if 0 <= day < problem.horizon:
                rota[day * len(insp_order) + index, R_MINUTES] = ABSENT_MINUTES
    return rota


def lay_out(problem: Problem, *, seed: int = 0, switch_weight: int = 20, moved_weight: int = 20) -> Layout:
    """Turn a flawless problem into arrays with an empty plan; weights of soft rules are thousandths of a visit."""
    n_ents = len(problem.premises)
    ent_ids_raw = _column(problem.premises, lambda p: p.id, n_ents)
    ent_order = np.argsort(ent_ids_raw, kind="stable")
    ent_ids = ent_ids_raw[ent_order]
    c = _check_columns(problem, ent_ids)
    dept_ids = np.unique(
        np.concatenate((c.dept, _column(problem.inspectors, lambda i: i.department, len(problem.inspectors))))
    )
    c = c._replace(dept=index_in(dept_ids, c.dept))
    insp_order = sorted(range(len(problem.inspectors)), key=lambda row: problem.inspectors[row].id)
    inspector_ids = np.array([problem.inspectors[row].id for row in insp_order], dtype=np.int64)

    days = _day_rows(problem)
    ents = np.zeros((n_ents, 7), dtype=np.int32)
    for column, get in (
        (E_ZONE, lambda p: p.zone),
        (E_OPEN, lambda p: p.open_weekdays),
        (E_CAP, lambda p: min(p.cap_total, 2**30)),
    ):
        ents[:, column] = _column(problem.premises, get, n_ents)[ent_order]
    units = _unit_rows(problem, c, ents, days)
    n_units, n_checks = len(units), len(problem.checks)
    bounds = _ranges(units[:, U_ENT].astype(np.int64), n_ents)
    ents[:, E_BASE], ents[:, E_UNITS] = bounds[:-1], np.diff(bounds)

    skill, skill_ptr, skill_insp = _skills(problem, c, dept_ids, insp_order)
    pair_key, pair = np.unique(c.ent * len(dept_ids) + c.dept, return_inverse=True)
    checks = np.stack(
        (c.dept, skill, c.minutes, c.people, c.unit, np.cumsum(c.people) - c.people, pair.reshape(-1)), axis=1
    ).astype(np.int32)
    crew_size = int(c.people.sum())
    slots = np.zeros((n_units, 5), dtype=np.int32)
    slots[:, S_FIRST] = NOWHERE
    slots[:, S_POS] = np.arange(n_units) - ents[units[:, U_ENT], E_BASE]
    live = units[:, U_START] <= units[:, U_END]
    dept_ptr = _ranges(np.sort(units[:, U_DEPT].astype(np.int64)), len(dept_ids))
    widest = _widest(units, checks)
    rota = _rota(problem, insp_order)
    tables = {
        "checks": checks, "units": units, "slots": slots, "ents": ents,
        "pairs": _pair_rows(problem, pair_key, dept_ids, ent_ids, ent_order), "days": days,
        "near": _near_matrix(problem),
        "skill_ptr": skill_ptr, "skill_insp": skill_insp, **_recusals(problem, ent_ids, inspector_ids), "rota": rota,
        "door": _door(problem, rota),
        "active": np.arange(n_units), "crew": np.full(crew_size, NOWHERE), "dept_ptr": dept_ptr,
        "waiting": np.zeros(n_units),
        "waiting_n": np.zeros(len(dept_ids)), "dept_day": np.zeros(len(dept_ids) * problem.horizon),
        "crowding": _crowding(problem, dept_ids), "pending": np.zeros(n_units), "touched": np.zeros(n_units),
        "old_place": np.zeros(2 * n_units), "old_crew": np.zeros(crew_size), "trial": np.zeros(widest),
        "best_trial": np.zeros(widest),
        "best_place": np.full(2 * n_units, NOWHERE), "best_crew": np.full(crew_size, NOWHERE),
        "dirty": np.zeros(n_units),
        "mates": np.zeros(n_units),
    }  # fmt: skip
    t = np.zeros(T_SIZE, dtype=np.int64)
    t[: WIDEST + 1] = (
        problem.horizon, problem.visits_per_inspector_day, problem.day_minutes, problem.visit_overhead,
        problem.max_departments,
        problem.max_visit_minutes, problem.weights.visit * 1000, switch_weight, moved_weight, len(problem.near),
        n_units, len(pair_key), len(insp_order), widest,
    )  # fmt: skip
    t[T_RANDOM] = _random_state(seed)
    t[T_CHANCE:] = _chances()
    core = Core(_packed(tables), t)
    _put_on_waiting_list(core, live)
    impossible = tuple(problem.checks[row].id for row in np.sort(c.row[~live[c.unit]])) if n_checks else ()
    check_ids = _column(problem.checks, lambda check: check.id, n_checks)[c.row]
    return Layout(core, c.row, inspector_ids, dept_ids, check_ids, impossible)


def _door(problem: Problem, rota: Ints) -> Ints:
    """Return the minutes each inspector and day have left for a further visit: `rota` made dense, for quick looks."""
    allowed = problem.visits_per_inspector_day > 0
    return np.where(allowed, problem.day_minutes - rota[:, R_MINUTES], -1)


def _pair_rows(problem: Problem, pair_key: Any, dept_ids: Any, ent_ids: Any, ent_order: Any) -> Ints:
    """Return for each premises and department that share a check: counted visits still allowed, and made."""
    n_depts = max(len(dept_ids), 1)
    pairs = np.zeros((len(pair_key), 4), dtype=np.int32)
    caps = _column(problem.premises, lambda p: min(p.cap_department, 2**30), len(problem.premises))[ent_order]
    pairs[:, P_CAP] = caps[pair_key // n_depts]
    rows = problem.used
    ent = index_in(ent_ids, _column(rows, lambda r: r.premises, len(rows)))
    dept = index_in(dept_ids, _column(rows, lambda r: r.department, len(rows)))
    at = index_in(pair_key, np.where((ent >= 0) & (dept >= 0), ent * n_depts + dept, -1))
    np.subtract.at(pairs[:, P_CAP], at[at >= 0], _column(rows, lambda r: r.count, len(rows))[at >= 0].astype(np.int32))
    return pairs


def _recusals(problem: Problem, ent_ids: Any, inspector_ids: Any) -> dict[str, Ints]:
    rows = problem.recusals
    ent = index_in(ent_ids, _column(rows, lambda r: r.premises, len(rows)))
    who = index_in(inspector_ids, _column(rows, lambda r: r.inspector, len(rows)))
    order = np.lexsort((who, ent))
    return {"recused_ptr": _ranges(ent[order], len(ent_ids)), "recused": who[order].astype(np.int32)}


def _crowding(problem: Problem, dept_ids: Any) -> Ints:
    """Return the penalty of a booked minute by department and day, times 2**CROWDING_SHIFT; full days cost CROWDED."""
    capacity = np.zeros((len(dept_ids), problem.horizon), dtype=np.int64)
    of = {int(d): k for k, d in enumerate(dept_ids)}
    for inspector in problem.inspectors:
        there = np.full(problem.horizon, problem.day_minutes, dtype=np.int64)
        there[[d for d in inspector.off_days if 0 <= d < problem.horizon]] = 0
        capacity[of[inspector.department]] += there
    return (CROWDED << CROWDING_SHIFT) // np.maximum(capacity, CROWDED)


def _packed(tables: dict[str, Any]) -> Ints:
    """Lay the tables one after another behind the list of their addresses."""
    sizes = [tables[name].size for name in TABLES]
    starts = len(TABLES) + np.cumsum([0, *sizes])
    memory = np.empty(starts[-1], dtype=np.int32)
    memory[: len(TABLES)] = starts[:-1]
    for name, start, size in zip(TABLES, starts[:-1], sizes, strict=True):
        memory[start : start + size] = tables.pop(name).reshape(-1)
    return memory


def _random_state(seed: int) -> int:
    """Return a non-zero 64-bit state from any integer seed."""
    return ((seed * 0x9E3779B97F4A7C15) ^ 0x51B54A32D192ED03) % 2**63 or 1


def _chances() -> Ints:
    """Return 1024 * -ln((k + 0.5) / 1024): thresholds of simulated annealing as whole numbers, the same everywhere."""
    return np.array([round(-1024 * math.log((k + 0.5) / 1024)) for k in range(1024)], dtype=np.int32)


def _widest(units: Ints, checks: Ints) -> int:
    """Return the most people any unit needs."""
    if len(units) == 0:
        return 1
    return int(np.add.reduceat(checks[:, C_PEOPLE], units[:, U_FIRST]).max())


def _put_on_waiting_list(core: Core, live: npt.NDArray[np.bool_]) -> None:
    """Enter every unit that has an allowed day as unserved, by department."""
    units, waiting_n = core.table("units", UNIT_WIDTH), core.table("waiting_n")
    order = np.argsort(units[:, U_DEPT], kind="stable")
    order = order[live[order]]
    dept = units[order, U_DEPT]
    counts = np.bincount(dept, minlength=len(waiting_n))
    position = np.arange(len(order)) - (np.cumsum(counts) - counts)[dept]
    core.table("waiting")[core.table("dept_ptr")[dept] + position] = order
    units[order, U_POS] = position
    waiting_n[:] = counts
    core.t[T_UNSERVED] = int(units[order, U_WEIGHT].sum())
