"""The problem as arrays for the compiled core, and the names of their columns.

A *unit* is what is placed as a whole: a bundle, or a single check. Units are ordered by premises, so the visits
of one premises ("slots") live in the same index range as its units: a premises never needs more visits than it
has units.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

# t: numbers of the whole problem, then running figures of the plan, then scratch space of the compiled core.
(
    HORIZON, TOP_VISITS, DAY_MINUTES, OVERHEAD, MAX_DEPARTMENTS, MAX_VISIT_MINUTES, W_VISIT, W_SWITCH, W_MOVED, ZONES,
    UNITS, PAIRS, INSPECTORS, WIDEST,
    T_VISITS, T_UNSERVED, T_SWITCHES, T_MOVED, T_WORK, T_STAMP, T_PENDING, T_TOUCHED, T_DIRTY, T_ACCEPTED, T_ROUNDS,
    T_RANDOM, T_SLOT, T_DAY, T_BOOKED, W_BOOKED, LEVELS, STEP_SHIFT, ALL_WORDS,
) = range(33)  # fmt: skip
T_PICKS = 40
T_KEYS = T_PICKS + 64
MOST_KEYS = 1024
T_CHANCE = T_KEYS + MOST_KEYS
CHANCES = 1024
T_SIZE = T_CHANCE + CHANCES

# m: addresses of the tables inside the memory.
TABLES = (
    "checks", "units", "slots", "ents", "pairs", "days", "near", "skill_ptr", "skill_insp", "recused_ptr", "recused",
    "rota", "free", "dept_word", "skill_word", "skill_mask", "badge", "home", "team", "team_ptr", "active", "crew",
    "dept_ptr", "waiting", "waiting_n", "dept_day", "crowding", "pending", "touched", "old_place", "old_crew",
    "trial", "best_trial",
    "best_place", "best_crew", "dirty", "mates", "freed",
)  # fmt: skip
(
    A_CHECKS, A_UNITS, A_SLOTS, A_ENTS, A_PAIRS, A_DAYS, A_NEAR, A_SKILL_PTR, A_SKILL_INSP, A_RECUSED_PTR, A_RECUSED,
    A_ROTA, A_FREE, A_DEPT_WORD, A_SKILL_WORD, A_SKILL_MASK, A_BADGE, A_HOME, A_TEAM, A_TEAM_PTR, A_ACTIVE, A_CREW,
    A_DEPT_PTR, A_WAITING, A_WAITING_N, A_DEPT_DAY, A_CROWDING, A_PENDING, A_TOUCHED, A_OLD_PLACE, A_OLD_CREW,
    A_TRIAL, A_BEST_TRIAL,
    A_BEST_PLACE, A_BEST_CREW, A_DIRTY, A_MATES, A_FREED,
) = range(len(TABLES))  # fmt: skip

# One row a check.
C_DEPT, C_SKILL, C_MINUTES, C_PEOPLE, C_UNIT, C_CREW, C_PAIR = range(7)

# One row a unit: what it is, then (from U_SLOT) where it stands.
(
    U_ENT,
    U_FIRST,
    U_COUNT,
    U_START,
    U_END,
    U_KIND,
    U_COUNTED,
    U_QUIET_OK,
    U_WEIGHT,
    U_PUBLISHED,
    U_LOCKED,
    U_DEPT,
    U_DEMAND,
    U_OVER,
    U_SLOT,
    U_DAY,
    U_NEXT,
    U_PREV,
    U_POS,
    U_PENDING,
    U_TOUCHED,
    U_DIRTY,
    U_FOREIGN,
) = range(23)
KIND_MERGEABLE, KIND_ALONE, KIND_DESK = range(3)
NOWHERE = -1
MOST_LEVELS = 28
WORD_BITS = 32

# One row a slot (a visit, when S_UNITS > 0).
S_DAY, S_UNITS, S_COUNTED, S_FIRST, S_POS = range(5)

# One row a premises.
E_BASE, E_UNITS, E_ZONE, E_OPEN, E_CAP, E_ACTIVE, E_COUNTED = range(7)

# One row a pair of premises and department.
P_CAP, P_COUNTED, P_STAMP, P_MINUTES = range(4)

# One row a day.
D_WORK, D_QUIET, D_WEEKDAY = range(3)

# One row a day and inspector (colleagues of one day side by side): minutes, visits, then for each visit its slot,
# the checks he serves in it, and its zone.
R_MINUTES, R_VISITS, R_FIRST = range(3)
R_WIDTH = 3
LOCKED_WEIGHT = 1_000_000  # A locked check is never dropped for anything.
CROWDED = 120  # Penalty, in thousandths of a visit, of a department's completely booked day.
CROWDING_SHIFT = 20
ABSENT_MINUTES = 1_000_000  # No day is that long, so an absent inspector never fits.

CHECK_WIDTH, UNIT_WIDTH, SLOT_WIDTH, ENT_WIDTH, PAIR_WIDTH, DAY_WIDTH = 7, 23, 5, 7, 4, 3


def index_in(ids: npt.NDArray[np.int64], values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return positions of values in sorted ids; -1 for values that are not there."""
    if len(ids) == 0:
        return np.full(len(values), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(ids, values), len(ids) - 1)
    return np.where(ids[at] == values, at, -1)


class Core(NamedTuple):
    """The problem and one plan under construction in one block of memory, as the compiled functions take it.

    One block, not one array a table: numba passes each array as seven words, and 30 of them cost more than the work.
    """

    m: Ints
    t: Longs

    def table(self, name: str, width: int = 1) -> Ints:
        """Return a view of one table; writing to it writes to the memory."""
        k = TABLES.index(name)
        end = self.m[k + 1] if k + 1 < len(TABLES) else len(self.m)
        flat = self.m[self.m[k] : end]
        return flat.reshape(-1, width) if width > 1 else flat


class Layout(NamedTuple):
    """The arrays, and the way back from indices to the caller's identities."""

    core: Core
    check_rows: npt.NDArray[np.int64]
    """Row in Problem.checks of each check index of the core."""
    inspector_ids: npt.NDArray[np.int64]
    department_ids: npt.NDArray[np.int64]
    check_ids: npt.NDArray[np.int64]
    impossible: tuple[int, ...]
    """Ids of the checks that have no allowed day."""

    def inspector_indices(self, ids: Iterable[int]) -> list[int]:
        """Return the core's indices of inspectors; NOWHERE for those it does not know."""
        return [int(k) for k in index_in(self.inspector_ids, np.array(list(ids), dtype=np.int64))]

    def checks_of(self, units: Iterable[int]) -> list[int]:
        """Return the ids of the checks of some units."""
        table = self.core.table("units", UNIT_WIDTH)
        return [
            int(c) for u in units for c in self.check_ids[table[u, U_FIRST] : table[u, U_FIRST] + table[u, U_COUNT]]
        ]
