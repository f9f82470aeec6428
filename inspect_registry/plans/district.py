"""A month for many departments, one after another, each in acts of its own; tells how far it is.

Whom draws are made from is read once for all that have draws to commit. A run that was broken off is simply started
again: what is committed, drawn or made into checks stays.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import Department, DepartmentId
from inspect_registry.db import Acting
from inspect_registry.errors import RegistryError, refusal_of
from inspect_registry.plans.draw_shapes import SeedDraft
from inspect_registry.plans.generating import CommittedMonth, commit_month, district_population, draw_month, uncommitted
from inspect_registry.plans.population import Population


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """A department whose month was left as it is, and why."""

    department: str
    reason: str


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run is; of the whole run, once it is over."""

    phase: str
    """`reading`, `committing`, `drawing` or `done`."""
    done: int = 0
    """Departments."""
    of: int = 0
    department: str = ""
    """The one just dealt with."""
    draws: int = 0
    checks: int = 0
    skipped: tuple[Skipped, ...] = ()


Tell = Callable[[Progress], Awaitable[None]]


async def make_month(
    acting: Acting,
    month: dt.date,
    tell: Tell,
    *,
    department: DepartmentId | None = None,
    seed: SeedDraft | None = None,
) -> Progress:
    """Commit every task's draw of a month; with a seed, draw and make the checks too. Raises SeedUnsound.

    One department, or every listed one. A department that cannot is told with its reason and does not stop the others.
    """
    listed = [one for one in await catalogue.departments(acting) if one.listed_on(month)]
    whose = [one for one in listed if department in (None, one.id)]
    await tell(Progress(phase="reading", of=len(whose)))
    run = _Run(acting, month, tell, whose)
    await run.commit(await uncommitted(acting, month, whose))
    if seed is not None:
        await run.draw(seed)
    return run.progress("done")


class _Run:
    """One run over some departments."""

    def __init__(self, acting: Acting, month: dt.date, tell: Tell, departments: Sequence[Department]) -> None:
        self._acting, self._month, self._tell = acting, month, tell
        self._who: dict[DepartmentId, Population] = {}
        self._departments = departments
        self._waiting: dict[DepartmentId, CommittedMonth] = {}
        self._skipped: dict[DepartmentId, Skipped] = {}
        self._draws: dict[DepartmentId, int] = {}
        self._checks: dict[DepartmentId, int] = {}

    async def commit(self, whose: Sequence[Department]) -> None:
        """Commit the draws of those departments that have any to commit."""
        if whose:
            self._who = dict.fromkeys(
                [one.id for one in whose], await district_population(self._acting, self._month, whose)
            )
        await self._tell(self.progress("committing", 0))
        for number, one in enumerate(self._departments, start=1):
            try:
                who = self._who.get(one.id)
                made = await commit_month(self._acting, one.id, self._month, who) if who else CommittedMonth()
            except RegistryError as error:
                self._skip(one, error)
            else:
                self._waiting[one.id] = made
                self._draws[one.id] = len(made.draws)
            await self._tell(self.progress("committing", number, one.name))

    async def draw(self, seed: SeedDraft) -> None:
        """Draw with the seed and make the checks, of every department that could commit."""
        await self._tell(self.progress("drawing", 0))
        for number, one in enumerate(self._departments, start=1):
            if one.id in self._waiting:
                try:
                    # What a department has drawn is let go of at once: a pool may hold everybody.
                    made = await draw_month(
                        self._acting, one.id, self._month, seed, self._waiting.pop(one.id), self._who.get(one.id)
                    )
                except RegistryError as error:
                    self._skip(one, error)
                else:
                    self._note(one, made.draws if made else 0, made.checks if made else 0)
            await self._tell(self.progress("drawing", number, one.name))

    def progress(self, phase: str, done: int | None = None, department: str = "") -> Progress:
        """Say how far the run is."""
        return Progress(
            phase=phase,
            done=len(self._departments) if done is None else done,
            of=len(self._departments),
            department=department,
            draws=sum(self._draws.values()),
            checks=sum(self._checks.values()),
            skipped=tuple(self._skipped.values()),
        )

    def _note(self, one: Department, draws: int, checks: int) -> None:
        self._draws[one.id] = draws
        self._checks[one.id] = checks

    def _skip(self, one: Department, error: RegistryError) -> None:
        refusal = refusal_of(error)
        self._skipped[one.id] = Skipped(department=one.name, reason=refusal.detail or refusal.title)
