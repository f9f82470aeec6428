"""Who searches: one on the whole plan, or two at once, each on its own days in its own copy of the plan.

With two, the days are dealt out anew for every stretch of work. What stands on a day belongs to the searcher of the
day; what waits is dealt out like the days; what is still allowed of a premises' caps goes to one of the two. So
whatever both do, the plans can be joined without breaking a rule. Everything is drawn from numbers of the plan's own
generator and each does a fixed amount of work: the result does not depend on how many processors there are.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from .anneal import anneal
from .compiled import Memory, Totals, kernel
from .crew import random_below
from .keeping import crew_span, keep_round, objective, save_best, touch
from .layout import (
    A_CREW,
    A_DIRTY,
    C_PAIR,
    C_UNIT,
    CHECK_WIDTH,
    D_WORK,
    DAY_WIDTH,
    E_CAP,
    E_COUNTED,
    ENT_WIDTH,
    KIND_DESK,
    NOWHERE,
    P_CAP,
    P_COUNTED,
    PAIR_WIDTH,
    S_FIRST,
    T_DIRTY,
    T_RANDOM,
    T_WORK,
    U_DAY,
    U_DIRTY,
    U_ENT,
    U_FOREIGN,
    U_KIND,
    U_NEXT,
    U_SLOT,
    UNIT_WIDTH,
    UNITS,
    Core,
)
from .placing import free_slot, place, remove
from .rows import slot_row, unit_row

NEVER_BEST = -(2**62)
Bits = npt.NDArray[np.bool_]


@kernel
def take_out_changed(m: Memory, t: Totals, other: Memory, count: int) -> None:
    """Take every unit that the other plan has changed out of this one."""
    for a in range(count):
        unit = other[other[A_DIRTY] + a]
        touch(m, t, unit)
        if m[unit_row(m, unit) + U_DAY] != NOWHERE:
            remove(m, t, unit)


@kernel
def same_visit(m: Memory, other: Memory, unit: int) -> int:
    """Return the slot, in this plan, of the visit that the unit is part of in the other plan."""
    mate = other[slot_row(other, other[unit_row(other, unit) + U_SLOT]) + S_FIRST]
    while mate != NOWHERE:
        if m[unit_row(m, mate) + U_DAY] != NOWHERE:
            return m[unit_row(m, mate) + U_SLOT]
        mate = other[unit_row(other, mate) + U_NEXT]
    return free_slot(m, m[unit_row(m, unit) + U_ENT])


@kernel
def put_in_changed(m: Memory, t: Totals, other: Memory, count: int) -> None:
    """Place every unit that the other plan has changed as it stands there."""
    for a in range(count):
        unit = other[other[A_DIRTY] + a]
        day = other[unit_row(other, unit) + U_DAY]
        if day == NOWHERE:
            continue
        slot = NOWHERE if m[unit_row(m, unit) + U_KIND] == KIND_DESK else same_visit(m, other, unit)
        start, size = crew_span(m, unit)
        # The people are noted where `place` will write them: one after another, so this is safe.
        for k in range(start, start + size):
            m[m[A_CREW] + k] = other[other[A_CREW] + k]
        place(m, t, unit, slot, day, m[A_CREW] + start)
    keep_round(m, t)


@kernel
def forget_changes(m: Memory, t: Totals) -> None:
    for a in range(t[T_DIRTY]):
        m[unit_row(m, m[m[A_DIRTY] + a]) + U_DIRTY] = 0
    t[T_DIRTY] = 0


class OneSearcher:
    """Searches the plan itself."""

    least_stretch = 20_000
    most_stretch = 4_000_000

    def __init__(self, core: Core) -> None:
        self.core = core
        self.best = int(objective(core.t))

    def search(self, work: int, temperature: int) -> None:
        """Do so much work; the best plan is kept up to date."""
        self.best = int(anneal(*self.core, int(self.core.t[T_WORK]) + work, temperature, self.best))

    def trial(self, work: int, temperature: int) -> None:
        """Do so much work and forget it."""
        copy = Core(self.core.m.copy(), self.core.t.copy())
        anneal(*copy, int(copy.t[T_WORK]) + work, temperature, NEVER_BEST)

    def close(self) -> None:
        """Nothing is held."""


class TwoSearchers:
    """Two copies of the plan, and the plan they work for."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.best = int(objective(core.t))
        count = int(core.t[UNITS])
        # Joining takes as long as some hundred thousand looks for 10,000 units.
        self.least_stretch = 150 * count
        self.most_stretch = max(8_000_000, 300 * count)
        self.copies = [Core(self.core.m.copy(), self.core.t.copy()) for _ in range(2)]
        for k, copy in enumerate(self.copies):
            forget_changes(*copy)
            copy.t[T_RANDOM] = copy.t[T_RANDOM] ^ (0x2545F4914F6CDD1D >> k) or 1
        self.work = self.core.table("days", DAY_WIDTH)[:, D_WORK] == 1
        self.caps = self.core.table("ents", ENT_WIDTH)[:, E_CAP].copy()
        self.pair_caps = self.core.table("pairs", PAIR_WIDTH)[:, P_CAP].copy()
        checks, units = self.core.table("checks", CHECK_WIDTH), self.core.table("units", UNIT_WIDTH)
        self.ent_of_pair = np.zeros(len(self.pair_caps), dtype=np.int64)
        self.ent_of_pair[checks[:, C_PAIR]] = units[checks[:, C_UNIT], U_ENT]
        self.pool = ThreadPoolExecutor(max_workers=1)

    def search(self, work: int, temperature: int) -> None:
        """Let each do half of the work, and join what they found; the best plan is kept up to date."""
        self.trial(work, temperature)
        for copy in self.copies:
            _take_over(self.core, copy, int(copy.t[T_DIRTY]))
        first, second = self.copies
        counts = [int(copy.t[T_DIRTY]) for copy in self.copies]
        _take_over(first, second, counts[1])
        _take_over(second, first, counts[0])
        for copy in self.copies:
            forget_changes(*copy)
        if objective(self.core.t) < self.best:
            self.best = int(objective(self.core.t))
            save_best(*self.core)

    def trial(self, work: int, temperature: int) -> None:
        """Let each do half of the work on his copy; the plan itself stays."""
        self._deal()
        first, second = self.copies
        other = self.pool.submit(_anneal, second, work // 2, temperature)
        _anneal(first, work - work // 2, temperature)
        other.result()

    def close(self) -> None:
        """End the second thread."""
        self.pool.shutdown()

    def _deal(self) -> None:
        """Deal out days, waiting units and what is left of caps."""
        side = self._sides_of_days()
        units = self.core.table("units", UNIT_WIDTH)
        owner = np.where(units[:, U_DAY] != NOWHERE, side[units[:, U_DAY]], self._bits(len(units)))
        lucky = self._bits(len(self.caps))
        for k, copy in enumerate(self.copies):
            copy.table("days", DAY_WIDTH)[:, D_WORK] = self.work & (side == k)
            copy.table("units", UNIT_WIDTH)[:, U_FOREIGN] = owner != k
            _grant(copy.table("ents", ENT_WIDTH), E_CAP, E_COUNTED, self.caps, lucky == k)
            _grant(copy.table("pairs", PAIR_WIDTH), P_CAP, P_COUNTED, self.pair_caps, (lucky == k)[self.ent_of_pair])

    def _sides_of_days(self) -> npt.NDArray[np.int64]:
        """Return 0 or 1 for each day, the working days in equal numbers."""
        days = np.flatnonzero(self.work)
        for k in range(len(days) - 1, 0, -1):
            other = int(random_below(self.core.t, k + 1))
            days[[k, other]] = days[[other, k]]
        side = np.zeros(len(self.work), dtype=np.int64)
        side[days[: len(days) // 2]] = 1
        return side

    def _bits(self, count: int) -> npt.NDArray[np.int64]:
        """Return so many bits that depend on one draw."""
        salt = np.uint64(int(random_below(self.core.t, 2**30)))
        x = (np.arange(count, dtype=np.uint64) + salt) * np.uint64(0x9E3779B97F4A7C15)
        return ((x >> np.uint64(40)) & np.uint64(1)).astype(np.int64)


def _anneal(core: Core, work: int, temperature: int) -> None:
    anneal(*core, int(core.t[T_WORK]) + work, temperature, NEVER_BEST)


def _take_over(core: Core, source: Core, count: int) -> None:
    """Make the plan stand as the source does wherever the source has changed."""
    take_out_changed(*core, source.m, count)
    put_in_changed(*core, source.m, count)


def _grant(table: npt.NDArray[np.int32], cap: int, counted: int, whole: npt.NDArray[np.int32], granted: Bits) -> None:
    """Give one copy all that is left of some caps, and of the others no more than what stands there already."""
    table[:, cap] = np.where(granted, whole, np.minimum(whole, table[:, counted]))
