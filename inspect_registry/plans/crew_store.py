"""Draws of inspectors in the database: one typed function for each query of crews.sql."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from inspect_registry.catalogue.model import DepartmentId, MatterId
from inspect_registry.db import SqlFile, Tx
from inspect_registry.enterprises.model import EnterpriseId
from inspect_registry.plans.crew_draw import Crew, CrewUrn
from inspect_registry.plans.draw_shapes import Seed
from inspect_registry.plans.model import CheckId, MonthlyPlanId

SQL = SqlFile(__file__, "crews.sql")


class CrewCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One check that needs inspectors drawn by lot."""

    id: CheckId
    check: str
    """uid."""
    enterprise: EnterpriseId
    uid: str
    """Of the enterprise."""
    starts: dt.date
    ends: dt.date
    matters: list[MatterId]
    codes: list[str]
    wanted: int


class CrewOfCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Who may go for one check, by outside identities."""

    check: str
    inspectors: list[str]


class CrewDrawRow(msgspec.Struct, frozen=True, kw_only=True):
    """One draw of inspectors as stored."""

    id: int
    uid: str
    monthly_plan: MonthlyPlanId
    department: DepartmentId
    attempt: int
    algorithm: str
    commitment: bytes
    urn: CrewUrn
    committed_at: dt.datetime
    seed: str | None
    seed_source: str
    seed_independent: bool
    crews: list[Crew]
    drawn_at: dt.datetime | None
    reason: str
    rotation_reason: str


class NewCrewDraw(msgspec.Struct, frozen=True, kw_only=True):
    """A draw of inspectors to be committed."""

    uid: str
    monthly_plan: MonthlyPlanId
    department: DepartmentId
    attempt: int
    algorithm: str
    commitment: bytes
    urn: CrewUrn
    reason: str
    rotation_reason: str


async def crew_checks(tx: Tx, plan: MonthlyPlanId) -> list[CrewCheck]:
    """Return the checks of a month that need inspectors drawn by lot and that no visit serves yet."""
    return await tx.many(SQL["crew_checks"], CrewCheck, plan)


async def crewed_checks(tx: Tx, plan: MonthlyPlanId) -> list[CheckId]:
    """Return the checks of a month that have inspectors drawn."""
    return await tx.values(SQL["crewed_checks"], CheckId, plan)


async def crewless_checks(tx: Tx, plan: MonthlyPlanId) -> int:
    """Return how many checks of a month need inspectors drawn by lot and have none."""
    return await tx.value(SQL["crewless_checks"], int, plan)


async def add_crew_draw(tx: Tx, new: NewCrewDraw) -> CrewDrawRow:
    """Commit a draw of inspectors."""
    return await tx.one(
        SQL["add_crew_draw"],
        CrewDrawRow,
        new.uid,
        new.monthly_plan,
        new.department,
        new.attempt,
        new.algorithm,
        new.commitment,
        new.urn,
        tx.now,
        new.reason,
        new.rotation_reason,
    )


async def crew_draw_locked(tx: Tx, uid: str) -> CrewDrawRow | None:
    """Return one draw of inspectors and hold it."""
    return await tx.maybe(SQL["crew_draw_locked"], CrewDrawRow, uid)


async def crew_draw_by_uid(tx: Tx, uid: str) -> CrewDrawRow | None:
    """Return one draw of inspectors, if the actor may see it."""
    return await tx.maybe(SQL["crew_draw_by_uid"], CrewDrawRow, uid)


async def crew_draws_of_plan(tx: Tx, plan: MonthlyPlanId) -> list[CrewDrawRow]:
    """Return every draw of inspectors for a month."""
    return await tx.many(SQL["crew_draws_of_plan"], CrewDrawRow, plan)


async def record_crews(tx: Tx, draw: int, seed: Seed, crews: Sequence[Crew]) -> int:
    """Write seed and result; 0 where the draw has its result already."""
    return await tx.execute(SQL["record_crews"], draw, seed.text, seed.source, seed.independent, list(crews), tx.now)


async def crews_in_register(tx: Tx, plan: MonthlyPlanId) -> list[CrewOfCheck]:
    """Return who stands for each check of a month, stand-ins last."""
    return await tx.many(SQL["crews_in_register"], CrewOfCheck, plan)


async def replace_crews(tx: Tx, drawn: Sequence[tuple[CheckId, Sequence[str]]]) -> None:
    """Say who goes to some checks, those named first before their stand-ins; who was drawn before is out."""
    await tx.execute(SQL["clear_crews"], [check for check, _ in drawn])
    rows = [(check, uid, place) for check, people in drawn for place, uid in enumerate(people, start=1)]
    await tx.execute(SQL["add_crews"], [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])
