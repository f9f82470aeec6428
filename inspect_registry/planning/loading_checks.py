"""The checks of a problem as columns, and the rows of the units they form (layout.py says what stands where)."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .layout import (
    D_QUIET,
    D_WEEKDAY,
    D_WORK,
    E_OPEN,
    KIND_ALONE,
    KIND_DESK,
    KIND_MERGEABLE,
    LOCKED_WEIGHT,
    NOWHERE,
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
    U_PUBLISHED,
    U_QUIET_OK,
    U_START,
    U_WEIGHT,
    UNIT_WIDTH,
    Ints,
    index_in,
)
from .problem import Check, Problem


def from_rows(rows: Iterable[Any], get: Callable[[Any], int], count: int) -> npt.NDArray[np.int64]:
    return np.fromiter((get(row) for row in rows), dtype=np.int64, count=count)


def ranges(sorted_keys: npt.NDArray[np.int64], size: int) -> Ints:
    """Return CSR pointers for keys 0..size-1 that are sorted."""
    return np.searchsorted(sorted_keys, np.arange(size + 1)).astype(np.int32)


class CheckColumns(NamedTuple):
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


_ONSITE, _MERGEABLE, _EXEMPT, _LOCKED, _OPEN = 1, 2, 4, 8, 16


def _flags_of(check: Check) -> int:
    flags = check.onsite * _ONSITE | check.mergeable * _MERGEABLE | check.exempt * _EXEMPT | check.locked * _LOCKED
    return flags | (not check.closed) * _OPEN


def _published_of(check: Check) -> int:
    return NOWHERE if check.published_day is None else check.published_day


def _bundle_of(check: Check) -> int:
    return NOWHERE if check.bundle is None else check.bundle


def check_columns(problem: Problem, ent_ids: npt.NDArray[np.int64]) -> CheckColumns:
    checks, n = problem.checks, len(problem.checks)
    ent = index_in(ent_ids, from_rows(checks, lambda c: c.premises, n))
    bundle = from_rows(checks, _bundle_of, n)
    row = np.arange(n)
    # A single check is its own unit; a bundle's key lies behind all of them.
    key = np.where(bundle >= 0, n + np.unique(bundle, return_inverse=True)[1].reshape(-1), row)
    order = np.lexsort((row, key, ent))
    unit = np.concatenate(([0], np.cumsum(np.diff(key[order]) != 0))) if n else key
    return CheckColumns(
        row=order,
        ent=ent[order],
        dept=from_rows(checks, lambda c: c.department, n)[order],
        matter=from_rows(checks, lambda c: c.matter, n)[order],
        start=np.maximum(from_rows(checks, lambda c: c.start, n), 0)[order],
        end=np.minimum(from_rows(checks, lambda c: c.end, n), problem.horizon - 1)[order],
        minutes=from_rows(checks, lambda c: c.minutes, n)[order],
        people=from_rows(checks, lambda c: c.inspectors, n)[order],
        flags=from_rows(checks, _flags_of, n)[order],
        published=from_rows(checks, _published_of, n)[order],
        weight=from_rows(checks, problem.unserved_cost, n)[order],
        unit=unit,
    )


def unit_rows(problem: Problem, c: CheckColumns, ents: Ints, days: Ints) -> Ints:
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
    apart = (every & _MERGEABLE == 0) | (every & _OPEN == 0)
    units[:, U_KIND] = np.where(every & _ONSITE == 0, KIND_DESK, np.where(apart, KIND_ALONE, KIND_MERGEABLE))
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


def _over_limit(problem: Problem, c: CheckColumns, n: int) -> Ints:
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
