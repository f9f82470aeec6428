"""Turn a flawless problem into the arrays of the compiled core (layout.py says what stands where)."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from .layout import (
    ALL_WORDS,
    C_PEOPLE,
    D_QUIET,
    D_WEEKDAY,
    D_WORK,
    E_BASE,
    E_CAP,
    E_OPEN,
    E_UNITS,
    E_ZONE,
    LEVELS,
    NOWHERE,
    P_CAP,
    S_FIRST,
    S_POS,
    STEP_SHIFT,
    T_CHANCE,
    T_RANDOM,
    T_SIZE,
    T_UNSERVED,
    TABLES,
    U_DEPT,
    U_END,
    U_ENT,
    U_FIRST,
    U_POS,
    U_START,
    U_WEIGHT,
    UNIT_WIDTH,
    W_BOOKED,
    WIDEST,
    Core,
    Ints,
    Layout,
    index_in,
)
from .loading_checks import check_columns, from_rows, ranges, unit_rows
from .loading_people import certified, crowding_of, free_sets, recusals_of, rota_of, step_shift
from .problem import Problem


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


def lay_out(
    problem: Problem, *, seed: int = 0, switch_weight: int = 20, moved_weight: int = 20, minute_weight: int = 0
) -> Layout:
    """Turn a flawless problem into arrays with an empty plan; weights of soft rules are thousandths of a visit."""
    n_ents = len(problem.premises)
    ent_ids_raw = from_rows(problem.premises, lambda p: p.id, n_ents)
    ent_order = np.argsort(ent_ids_raw, kind="stable")
    ent_ids = ent_ids_raw[ent_order]
    c = check_columns(problem, ent_ids)
    dept_ids = np.unique(
        np.concatenate((c.dept, from_rows(problem.inspectors, lambda i: i.department, len(problem.inspectors))))
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
        ents[:, column] = from_rows(problem.premises, get, n_ents)[ent_order]
    units = unit_rows(problem, c, ents, days)
    n_units, n_checks = len(units), len(problem.checks)
    bounds = ranges(units[:, U_ENT].astype(np.int64), n_ents)
    ents[:, E_BASE], ents[:, E_UNITS] = bounds[:-1], np.diff(bounds)

    able = certified(problem, c, dept_ids, insp_order)
    pair_key, pair = np.unique(c.ent * len(dept_ids) + c.dept, return_inverse=True)
    checks = np.stack(
        (c.dept, able.skill, c.minutes, c.people, c.unit, np.cumsum(c.people) - c.people, pair.reshape(-1)), axis=1
    ).astype(np.int32)
    crew_size = int(c.people.sum())
    slots = np.zeros((n_units, 5), dtype=np.int32)
    slots[:, S_FIRST] = NOWHERE
    slots[:, S_POS] = np.arange(n_units) - ents[units[:, U_ENT], E_BASE]
    live = units[:, U_START] <= units[:, U_END]
    dept_ptr = ranges(np.sort(units[:, U_DEPT].astype(np.int64)), len(dept_ids))
    widest = _widest(units, checks)
    rota = rota_of(problem, insp_order)
    free = free_sets(problem, rota, dept_ids, insp_order, able)
    tables = {
        "checks": checks, "units": units, "slots": slots, "ents": ents,
        "pairs": _pair_rows(problem, pair_key, dept_ids, ent_ids, ent_order), "days": days,
        "near": _near_matrix(problem),
        "skill_ptr": able.ptr, "skill_insp": able.people, **recusals_of(problem, ent_ids, inspector_ids), "rota": rota,
        **free,
        "active": np.arange(n_units), "crew": np.full(crew_size, NOWHERE), "dept_ptr": dept_ptr,
        "waiting": np.zeros(n_units),
        "waiting_n": np.zeros(len(dept_ids)), "dept_day": np.zeros(len(dept_ids) * problem.horizon),
        "crowding": crowding_of(problem, dept_ids), "pending": np.zeros(n_units), "touched": np.zeros(n_units),
        "old_place": np.zeros(2 * n_units), "old_crew": np.zeros(crew_size), "trial": np.zeros(widest),
        "best_trial": np.zeros(widest),
        "best_place": np.full(2 * n_units, NOWHERE), "best_crew": np.full(crew_size, NOWHERE),
        "dirty": np.zeros(n_units),
        "mates": np.zeros(n_units),
        "freed": np.full(problem.horizon, -1),
    }  # fmt: skip
    t = np.zeros(T_SIZE, dtype=np.int64)
    t[: WIDEST + 1] = (
        problem.horizon, problem.visits_per_inspector_day, problem.day_minutes, problem.visit_overhead,
        problem.max_departments,
        problem.max_visit_minutes, problem.weights.visit * 1000, switch_weight, moved_weight, len(problem.near),
        n_units, len(pair_key), len(insp_order), widest,
    )  # fmt: skip
    t[W_BOOKED] = minute_weight
    t[LEVELS] = (problem.day_minutes >> step_shift(problem)) + 1
    t[STEP_SHIFT] = step_shift(problem)
    t[ALL_WORDS] = int(free["dept_word"][-1])
    t[T_RANDOM] = _random_state(seed)
    t[T_CHANCE:] = _chances()
    core = Core(_packed(tables), t)
    _put_on_waiting_list(core, live)
    impossible = tuple(problem.checks[row].id for row in np.sort(c.row[~live[c.unit]])) if n_checks else ()
    check_ids = from_rows(problem.checks, lambda check: check.id, n_checks)[c.row]
    return Layout(core, c.row, inspector_ids, dept_ids, check_ids, impossible)


def _pair_rows(problem: Problem, pair_key: Any, dept_ids: Any, ent_ids: Any, ent_order: Any) -> Ints:
    """Return for each premises and department that share a check: counted visits still allowed, and made."""
    n_depts = max(len(dept_ids), 1)
    pairs = np.zeros((len(pair_key), 4), dtype=np.int32)
    caps = from_rows(problem.premises, lambda p: min(p.cap_department, 2**30), len(problem.premises))[ent_order]
    pairs[:, P_CAP] = caps[pair_key // n_depts]
    rows = problem.used
    ent = index_in(ent_ids, from_rows(rows, lambda r: r.premises, len(rows)))
    dept = index_in(dept_ids, from_rows(rows, lambda r: r.department, len(rows)))
    at = index_in(pair_key, np.where((ent >= 0) & (dept >= 0), ent * n_depts + dept, -1))
    count = from_rows(rows, lambda r: min(r.count, 2**30), len(rows)).astype(np.int32)
    np.subtract.at(pairs[:, P_CAP], at[at >= 0], count[at >= 0])
    return pairs


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
