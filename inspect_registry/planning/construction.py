"""The first complete plan: locked checks, then the warm plan, then everything else by urgency."""

import numpy as np
import numpy.typing as npt

from .keeping import save_best
from .layout import (
    LOCKED_WEIGHT,
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
    """Return the units that have an allowed day: locked, then statutory, then early ends, premises together."""
    units = layout.core.table("units", UNIT_WIDTH)
    live = np.flatnonzero((units[:, U_START] <= units[:, U_END]) & (units[:, U_DAY] == NOWHERE))
    u = units[live]
    # Statutory units pull forward in steps, so that cheap differences of weight do not tear premises apart.
    urgency = np.minimum(u[:, U_WEIGHT], LOCKED_WEIGHT) // 10
    return live[np.lexsort((u[:, U_DEMAND], u[:, U_ENT], u[:, U_END], -urgency))]


def build(layout: Layout) -> None:
    """Insert every unit that is not served yet, and keep the result as the best plan so far."""
    construct(*layout.core, insertion_order(layout), 0, 0)
    save_best(*layout.core)


def lost_locked(layout: Layout) -> npt.NDArray[np.int64]:
    """Return the locked units that found no place."""
    units = layout.core.table("units", UNIT_WIDTH)
    return np.flatnonzero((units[:, U_LOCKED] == 1) & (units[:, U_DAY] == NOWHERE))
