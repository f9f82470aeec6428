"""The first complete plan: locked checks, then the warm plan, then everything else by time asked for its weight."""

import numpy as np
import numpy.typing as npt

from .keeping import save_best
from .layout import (
    NOWHERE,
    U_DAY,
    U_DEMAND,
    U_END,
    U_ENT,
    U_LOCKED,
    U_START,
    U_WEIGHT,
    UNIT_WIDTH,
    Layout,
)
from .recreate import construct


def insertion_order(layout: Layout) -> npt.NDArray[np.int64]:
    """Return the units that have an allowed day: locked ones, then those that ask least of people for their weight.

    Statutory units come early by their weight. Under overload this order leaves out what would take most time; with
    people enough it is as good as early ends first (measured, docs/planner.md).
    """
    units = layout.core.table("units", UNIT_WIDTH)
    live = np.flatnonzero((units[:, U_START] <= units[:, U_END]) & (units[:, U_DAY] == NOWHERE))
    u = units[live]
    return live[np.lexsort((u[:, U_ENT], u[:, U_DEMAND] // np.maximum(u[:, U_WEIGHT], 1), u[:, U_LOCKED] == 0))]


def build(layout: Layout) -> None:
    """Insert every unit that is not served yet, and keep the result as the best plan so far."""
    construct(*layout.core, insertion_order(layout), 0, 0)
    save_best(*layout.core)


def lost_locked(layout: Layout) -> npt.NDArray[np.int64]:
    """Return the locked units that found no place."""
    units = layout.core.table("units", UNIT_WIDTH)
    return np.flatnonzero((units[:, U_LOCKED] == 1) & (units[:, U_DAY] == NOWHERE))
