"""Statements of the merge: one function each; visits are stored by the thousand in seven statements."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.visits.model import VisitId, VisitPartId
from inspect_registry.visits.month import (
    CapUsed,
    NewVisit,
    Occupied,
    PlannableCheck,
    PlannedInspector,
    PlannedPremises,
    PlannedRecusal,
    Zone,
)

SQL = SqlFile(__file__, "merge.sql")


class AddedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that was just stored."""

    id: VisitId
    uid: str


class AddedPart(msgspec.Struct, frozen=True, kw_only=True):
    """A share that was just stored."""

    id: VisitPartId
    uid: str


class RunRow(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the planner."""

    uid: str
    month: date
    seed: int
    effort: int
    checks: int
    visits: int
    naive_visits: int
    unserved: list[dict[str, Any]]
    measures: dict[str, Any]
    created_at: datetime


async def plannable_checks(tx: Tx, month: date) -> list[PlannableCheck]:
    """On-site checks of filed and published plans."""
    return await tx.many(SQL["plannable_checks"], PlannableCheck, month)


async def planned_premises(tx: Tx, premises: Collection[int]) -> list[PlannedPremises]:
    """Where these checks are."""
    return await tx.many(SQL["planned_premises"], PlannedPremises, list(premises))


async def zones(tx: Tx) -> list[Zone]:
    """Zones of the district."""
    return await tx.many(SQL["zones"], Zone)


async def planned_inspectors(tx: Tx, departments: Collection[int], first: date, last: date) -> list[PlannedInspector]:
    """Inspectors of these departments."""
    return await tx.many(SQL["planned_inspectors"], PlannedInspector, list(departments), first, last)


async def planned_recusals(tx: Tx, premises: Collection[int], inspectors: Collection[int]) -> list[PlannedRecusal]:
    """Who does not go where."""
    return await tx.many(SQL["planned_recusals"], PlannedRecusal, list(premises), list(inspectors))


async def caps_used(tx: Tx, pairs: Sequence[tuple[int, int]], year: int) -> list[CapUsed]:
    """What (enterprise, department) pairs have had this year."""
    return await tx.many(SQL["caps_used"], CapUsed, [pair[0] for pair in pairs], [pair[1] for pair in pairs], year)


async def occupied(tx: Tx, premises: Collection[int], first: date, last: date) -> list[Occupied]:
    """Days that are taken."""
    return await tx.many(SQL["occupied"], Occupied, list(premises), first, last)


async def add_visits(tx: Tx, uids: Sequence[str], month: date, visits: Sequence[NewVisit]) -> dict[str, VisitId]:
    """Store proposals; returns their ids by uid."""
    added = await tx.many(
        SQL["add_visits"],
        AddedVisit,
        list(uids),
        [month] * len(visits),
        [visit.enterprise for visit in visits],
        [visit.premises for visit in visits],
        [visit.day for visit in visits],
        [visit.lead for visit in visits],
        [visit.exempt for visit in visits],
        [visit.announced for visit in visits],
        [msgspec.json.encode(visit.reasons).decode() for visit in visits],
    )
    return {one.uid: one.id for one in added}


async def add_parts(
    tx: Tx, uids: Sequence[str], visits: Sequence[tuple[VisitId, NewVisit]], answer_due: date
) -> dict[str, VisitPartId]:
    """Store the shares of visits, in the order of visits and their parts; returns their ids by uid."""
    rows = [(visit_id, visit, part) for visit_id, visit in visits for part in visit.parts]
    added = await tx.many(
        SQL["add_parts"],
        AddedPart,
        list(uids),
        [visit_id for visit_id, _, _ in rows],
        [part.department for _, _, part in rows],
        [visit.premises for _, visit, _ in rows],
        [visit.day for _, visit, _ in rows],
        [answer_due] * len(rows),
        [part.minutes for _, _, part in rows],
        [part.counted for _, _, part in rows],
    )
    return {one.uid: one.id for one in added}


async def add_part_checks(tx: Tx, pairs: Sequence[tuple[VisitPartId, int]]) -> None:
    """Store which checks the shares serve."""
    await tx.execute(SQL["add_part_checks"], [pair[0] for pair in pairs], [pair[1] for pair in pairs])


async def add_part_matters(tx: Tx, pairs: Sequence[tuple[VisitPartId, int]]) -> None:
    """Store what the shares may check."""
    await tx.execute(SQL["add_part_matters"], [pair[0] for pair in pairs], [pair[1] for pair in pairs])


async def add_part_inspectors(tx: Tx, pairs: Sequence[tuple[VisitPartId, int]]) -> None:
    """Store who goes for the shares."""
    await tx.execute(SQL["add_part_inspectors"], [pair[0] for pair in pairs], [pair[1] for pair in pairs])


async def add_run(tx: Tx, run: RunRow) -> None:
    """Store one run of the planner."""
    await tx.execute(
        SQL["add_run"],
        run.uid,
        run.month,
        run.seed,
        run.effort,
        run.checks,
        run.visits,
        run.naive_visits,
        run.unserved,
        run.measures,
        run.created_at,
    )


async def last_run(tx: Tx, month: date) -> RunRow | None:
    """The newest run of a month."""
    return await tx.maybe(SQL["last_run"], RunRow, month)


class NamedInspector(msgspec.Struct, frozen=True, kw_only=True):
    """One inspector by both identities."""

    id: int
    uid: str


async def inspectors_named(tx: Tx, uids: Collection[str], department: int) -> list[NamedInspector]:
    """Inspectors of the department by uid."""
    return await tx.many(SQL["inspectors_named"], NamedInspector, list(uids), department)


async def minutes_of_matters(tx: Tx, matters: Collection[int]) -> int:
    """How long these matters take together."""
    return await tx.value(SQL["minutes_of_matters"], int, list(matters))
