"""Who acts: the person, in which role, for which department or enterprise.

An actor is made at sign-in from the session row, or by a command, and goes with every transaction: row-level
security reads it there. What a role may do is decided in access/.
"""

from enum import StrEnum
from typing import Final

import msgspec


class Role(StrEnum):
    """What a person is in this district's supervision."""

    CLERK = "clerk"
    """经办人 of a department."""
    HEAD = "head"
    """负责人 of a department."""
    COORDINATOR = "coordinator"
    """区司法局/府办: reviews, files, merges, publishes."""
    INSPECTOR = "inspector"
    """执法人员."""
    ENTERPRISE = "enterprise"
    """Somebody who acts for an 经营主体."""
    AUDITOR = "auditor"
    """监督/审计: reads everything, changes nothing."""
    OPERATOR = "operator"
    """运维: runs the machine, sees no business."""
    SYSTEM = "system"
    """The registry itself: jobs and commands."""
    ANONYMOUS = "anonymous"
    """Nobody in particular: a scan, a report without a name."""


SEES_ALL_DEPARTMENTS: Final = frozenset({Role.SYSTEM, Role.COORDINATOR, Role.AUDITOR})
"""Whose lists are of every department; the same roles as in sees_all_departments() of schema.sql."""


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """One acting person (or the system) with the scope of what rows they may see."""

    role: Role
    person: int = 0
    """`person.id`; 0 for the system and for nobody in particular."""
    name: str = ""
    department: int = 0
    """`department.id`; 0 where the role belongs to none."""
    enterprise: int = 0
    """`enterprise.id`; 0 except for role enterprise."""
    inspector: int = 0
    """`inspector.id`; 0 except for role inspector."""


SYSTEM = Actor(role=Role.SYSTEM, name="system")
ANONYMOUS = Actor(role=Role.ANONYMOUS)
