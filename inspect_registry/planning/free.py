"""Compiled: who still has time on a day, as sets of bits by department, day and minutes left.

Colleagues of one department stand side by side, 32 to a word. A colleague is in the set of a level when he may make
a further visit that day and has at least so many steps of minutes left. Asking for candidates is then a few words
instead of a walk through everybody.
"""

import numpy as np

from .compiled import Memory, Totals, kernel
from .layout import (
    A_BADGE,
    A_DEPT_WORD,
    A_FREE,
    A_HOME,
    A_SKILL_MASK,
    A_SKILL_WORD,
    A_TEAM,
    A_TEAM_PTR,
    ALL_WORDS,
    LEVELS,
    STEP_SHIFT,
)

# Position of the only bit of a word, found by a de Bruijn multiplication.
_BIT_AT = np.zeros(32, dtype=np.int64)
for _k in range(32):
    _BIT_AT[((1 << _k) * 0x077CB531 & 0xFFFFFFFF) >> 27] = _k


@kernel
def lowest_bit(word: int) -> int:
    return int(_BIT_AT[((word & -word) * 0x077CB531 & 0xFFFFFFFF) >> 27])


@kernel
def free_row(m: Memory, t: Totals, day: int, level: int, dept: int) -> int:
    return m[A_FREE] + (day * t[LEVELS] + level) * t[ALL_WORDS] + m[m[A_DEPT_WORD] + dept]


@kernel
def words_of(m: Memory, dept: int) -> int:
    return m[m[A_DEPT_WORD] + dept + 1] - m[m[A_DEPT_WORD] + dept]


@kernel
def skill_row(m: Memory, skill: int) -> int:
    return m[A_SKILL_MASK] + m[m[A_SKILL_WORD] + skill]


@kernel
def has_skill(m: Memory, skill: int, inspector: int) -> bool:
    badge = m[m[A_BADGE] + inspector]
    return (m[skill_row(m, skill) + (badge >> 5)] >> (badge & 31)) & 1 == 1


@kernel
def member(m: Memory, dept: int, badge: int) -> int:
    """Return the colleague who wears the badge (his number within his department)."""
    return m[m[A_TEAM] + m[m[A_TEAM_PTR] + dept] + badge]


@kernel
def level_of(t: Totals, left: int) -> int:
    return left >> t[STEP_SHIFT] if left >= 0 else -1


@kernel
def note_free(m: Memory, t: Totals, inspector: int, day: int, before: int, after: int) -> None:
    """Enter the colleague's new minutes left for a further visit (negative: none) in the sets of the day."""
    badge = m[m[A_BADGE] + inspector]
    dept = m[m[A_HOME] + inspector]
    old, new = level_of(t, before), level_of(t, after)
    bit = 1 << (badge & 31)
    row = free_row(m, t, day, 0, dept) + (badge >> 5)
    for level in range(old + 1, new + 1):
        m[row + level * t[ALL_WORDS]] |= bit
    for level in range(new + 1, old + 1):
        m[row + level * t[ALL_WORDS]] &= ~bit
