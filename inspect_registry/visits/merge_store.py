"""Statements of the merge: one function each; visits are stored by the thousand in seven statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.visits.model import VisitId, VisitPartId
from inspect_registry.visits.month import (
    CapUsed,
    NewDeskCheck,
    NewVisit,
    Occupied,
    PlannableCheck,
    PlannedInspector,
    PlannedPremises,
    PlannedRecusal,
    Zone,
)
from inspect_registry.visits.standing import Stood

SQL = SqlFile(__file__, "merge.sql")


class AddedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that was just stored."""

    id: VisitId
    uid: str


class AddedPart(msgspec.Struct, frozen=True, kw_only=True):
    """A share that was just stored."""

    id: VisitPartId
    uid: str


class DeskLine(msgspec.Struct, frozen=True, kw_only=True):
    """One desk check as planned."""

    uid: str
    """Of the check."""
    day: date
    enterprise: str
    department: str
    matters: list[str]
    inspectors: list[str]


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Where notices to one enterprise go."""

    id: int
    contact: str


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
        [visit.moved_from for visit in visits],
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


async def tell_reasons(tx: Tx, told: Mapping[int, Sequence[dict[str, Any]]]) -> None:
    """Say anew why proposals are as they are."""
    texts = [msgspec.json.encode(list(reasons)).decode() for reasons in told.values()]
    await tx.execute(SQL["tell_reasons"], list(told), texts)


async def promised(tx: Tx, month: date) -> list[Stood]:
    """Published or answered visits of the month."""
    return await tx.many(SQL["promised"], Stood, month)


async def drop_desk_checks(tx: Tx, month: date, since: date) -> None:
    """Take the month's coming desk checks out."""
    await tx.execute(SQL["drop_desk_checks"], month, since)


async def add_desk_checks(tx: Tx, checks: Sequence[NewDeskCheck]) -> None:
    """Store desk checks."""
    await tx.execute(
        SQL["add_desk_checks"],
        [one.check for one in checks],
        [one.department for one in checks],
        [one.day for one in checks],
        ["{" + ",".join(map(str, one.inspectors)) + "}" for one in checks],
        tx.now,
    )


async def desk_checks(tx: Tx, month: date, after: str, limit: int) -> list[DeskLine]:
    """A page of the month's desk checks."""
    return await tx.many(SQL["desk_checks"], DeskLine, month, after, limit)


async def contacts_of_enterprises(tx: Tx, enterprises: Collection[int]) -> list[Contact]:
    """Where notices go."""
    return await tx.many(SQL["contacts_of_enterprises"], Contact, list(enterprises))


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
