"""Who the inspectors are, as arrays: what they are certified for, when they are away, who has time on a day."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .layout import (
    ABSENT_MINUTES,
    CROWDED,
    CROWDING_SHIFT,
    MOST_LEVELS,
    R_FIRST,
    R_MINUTES,
    R_WIDTH,
    WORD_BITS,
    Ints,
    Longs,
    index_in,
)
from .loading_checks import CheckColumns, from_rows, ranges
from .problem import Problem


class Certified(NamedTuple):
    """Skills (a department's matter), and who is certified for each."""

    skill: npt.NDArray[np.int64]
    """Of each check."""
    department: npt.NDArray[np.int64]
    """Of each skill."""
    ptr: Ints
    """Where the people of each skill begin."""
    people: Ints


def certified(problem: Problem, c: CheckColumns, dept_ids: Longs, insp_order: list[int]) -> Certified:
    """Return the skills that checks ask for, and their people."""
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
    return Certified(skill.reshape(-1), keys // span, ranges(at[order], len(keys)), people[order].astype(np.int32))


def rota_of(problem: Problem, insp_order: list[int]) -> Ints:
    rota = np.zeros(
        (len(insp_order) * problem.horizon, R_FIRST + R_WIDTH * problem.visits_per_inspector_day), dtype=np.int32
    )
    for index, row in enumerate(insp_order):
        for day in problem.inspectors[row].off_days:
            if 0 <= day < problem.horizon:
                rota[day * len(insp_order) + index, R_MINUTES] = ABSENT_MINUTES
    return rota


def free_sets(
    problem: Problem, rota: Ints, dept_ids: Longs, insp_order: list[int], able: Certified
) -> dict[str, npt.NDArray[Any]]:
    """Return the sets of colleagues with time left (free.py), everybody's day still empty."""
    n = len(insp_order)
    home = index_in(dept_ids, np.array([problem.inspectors[row].department for row in insp_order], dtype=np.int64))
    team = np.argsort(home, kind="stable")
    team_ptr = ranges(home[team], len(dept_ids))
    badge = np.zeros(n, dtype=np.int64)
    badge[team] = np.arange(n) - team_ptr[home[team]]
    word, bit = badge // WORD_BITS, 1 << (badge % WORD_BITS)
    words = np.maximum(-(-np.diff(team_ptr) // WORD_BITS), 1)
    dept_word = np.concatenate(([0], np.cumsum(words)))
    levels = (problem.day_minutes >> step_shift(problem)) + 1
    free = np.zeros((problem.horizon, levels, int(dept_word[-1])), dtype=np.int64)
    present = rota[:, R_MINUTES].reshape(problem.horizon, n) < ABSENT_MINUTES
    for k in range(n if problem.visits_per_inspector_day > 0 else 0):
        free[present[:, k], :, dept_word[home[k]] + word[k]] |= bit[k]
    skill_word = np.concatenate(([0], np.cumsum(words[able.department])))
    mask = np.zeros(int(skill_word[-1]), dtype=np.int64)
    owner = np.repeat(np.arange(len(able.department)), np.diff(able.ptr))
    np.bitwise_or.at(mask, skill_word[owner] + word[able.people], bit[able.people])
    return {
        "free": free, "dept_word": dept_word, "skill_word": skill_word, "skill_mask": mask, "badge": badge,
        "home": home, "team": team, "team_ptr": team_ptr,
    }  # fmt: skip


def step_shift(problem: Problem) -> int:
    """Return how many bits of the minutes a level of `free` leaves out: there are at most MOST_LEVELS levels."""
    return (max(problem.day_minutes, 0) // MOST_LEVELS).bit_length()


def recusals_of(problem: Problem, ent_ids: Longs, inspector_ids: Longs) -> dict[str, Ints]:
    rows = problem.recusals
    ent = index_in(ent_ids, from_rows(rows, lambda r: r.premises, len(rows)))
    who = index_in(inspector_ids, from_rows(rows, lambda r: r.inspector, len(rows)))
    order = np.lexsort((who, ent))
    return {"recused_ptr": ranges(ent[order], len(ent_ids)), "recused": who[order].astype(np.int32)}


def crowding_of(problem: Problem, dept_ids: Longs) -> Ints:
    """Return the penalty of a booked minute by department and day, times 2**CROWDING_SHIFT; full days cost CROWDED."""
    capacity = np.zeros((len(dept_ids), problem.horizon), dtype=np.int64)
    of = {int(d): k for k, d in enumerate(dept_ids)}
    for inspector in problem.inspectors:
        there = np.full(problem.horizon, problem.day_minutes, dtype=np.int64)
        there[[d for d in inspector.off_days if 0 <= d < problem.horizon]] = 0
        capacity[of[inspector.department]] += there
    return (CROWDED << CROWDING_SHIFT) // np.maximum(capacity, CROWDED)
