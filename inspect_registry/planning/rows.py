"""Compiled: addresses of rows inside the memory (see layout.py)."""

from .compiled import Memory, Totals, kernel
from .layout import (
    A_CHECKS,
    A_DAYS,
    A_ENTS,
    A_PAIRS,
    A_ROTA,
    A_SLOTS,
    A_UNITS,
    CHECK_WIDTH,
    DAY_WIDTH,
    ENT_WIDTH,
    INSPECTORS,
    PAIR_WIDTH,
    R_FIRST,
    R_WIDTH,
    SLOT_WIDTH,
    TOP_VISITS,
    UNIT_WIDTH,
)


@kernel
def check_row(m: Memory, check: int) -> int:
    return m[A_CHECKS] + check * CHECK_WIDTH


@kernel
def unit_row(m: Memory, unit: int) -> int:
    return m[A_UNITS] + unit * UNIT_WIDTH


@kernel
def slot_row(m: Memory, slot: int) -> int:
    return m[A_SLOTS] + slot * SLOT_WIDTH


@kernel
def ent_row(m: Memory, ent: int) -> int:
    return m[A_ENTS] + ent * ENT_WIDTH


@kernel
def pair_row(m: Memory, pair: int) -> int:
    return m[A_PAIRS] + pair * PAIR_WIDTH


@kernel
def day_row(m: Memory, day: int) -> int:
    return m[A_DAYS] + day * DAY_WIDTH


@kernel
def rota_row(m: Memory, t: Totals, inspector: int, day: int) -> int:
    return m[A_ROTA] + (day * t[INSPECTORS] + inspector) * (R_FIRST + R_WIDTH * t[TOP_VISITS])
