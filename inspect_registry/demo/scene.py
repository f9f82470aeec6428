"""What the stages of loading share: where to write, the clock that moves through the past, and what is there so far."""

import datetime as dt
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.catalogue.model import DepartmentId, MatterId
from inspect_registry.clock import SHANGHAI, SetClock
from inspect_registry.config import Settings
from inspect_registry.db import Acting, Database
from inspect_registry.enterprises.model import EnterpriseId
from inspect_registry.inspectors.model import InspectorId

Progress = Callable[[str, int, int], None]
"""Told the stage in Chinese, and how much of how much of it is done."""
_OFFICE_HOUR: Final = 9


class Scene(msgspec.Struct, kw_only=True):
    """The district as far as it is loaded."""

    database: Database
    settings: Settings
    clock: SetClock
    seed: int
    today: dt.date
    """The start day: what lies before it has happened, what lies after it is planned."""
    size: int
    """How many enterprises."""
    progress: Progress
    stage: str = ""
    done: int = 0
    total: int = 1
    """How far the present stage has come."""
    departments: dict[str, DepartmentId] = {}
    matters: dict[str, MatterId] = {}
    enterprises: list[EnterpriseId] = []
    tags: dict[EnterpriseId, tuple[str, ...]] = {}
    kinds: Counter[tuple[str, tuple[str, ...]]] = msgspec.field(default_factory=Counter)
    """How many enterprises there are of each line and set of activities."""
    first_with: dict[str, EnterpriseId] = {}
    """The first enterprise that carries on each activity."""
    officers: dict[str, list[InspectorId]] = {}

    def report(self, done: int, total: int) -> None:
        """Tell how much of the present stage is done."""
        self.done, self.total = done, total
        self.progress(self.stage, done, total)

    def acting(self, role: Role = Role.SYSTEM, department: str = "") -> Acting:
        """Return who acts: the registry itself, or somebody of a role (and a department)."""
        if role is Role.SYSTEM:
            return self.database.acting(SYSTEM)
        return self.database.acting(
            Actor(role=role, department=self.departments[department] if department else 0, name="demo")
        )

    def at(self, day: dt.date, hour: int = _OFFICE_HOUR, minute: int = 0) -> None:
        """Set the clock to an hour of a day in Shanghai; never backwards, so that the ledger's times rise."""
        instant = dt.datetime.combine(day, dt.time(hour, minute), SHANGHAI)
        self.clock.set(max(instant.astimezone(dt.UTC), self.clock.now()))


class Stage(msgspec.Struct, frozen=True):
    """One step of loading."""

    title: str
    run: Callable[[Scene], Awaitable[None]]
