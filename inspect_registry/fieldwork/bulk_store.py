"""Statements that record many visits at once: one function each."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.fieldwork.model import Finding, InspectionId, Point

SQL = SqlFile(__file__, "bulk.sql")


class PointOfPart(Point, frozen=True, kw_only=True):
    """One point of one share."""

    part: int


class NewRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record about to be stored whole."""

    uid: str
    part: int
    department: int
    enterprise: int
    present: tuple[int, ...]
    started_at: datetime
    ended_at: datetime
    signature_note: str


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was just stored."""

    id: int
    uid: str


class NewFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding about to be stored."""

    uid: str
    inspection: InspectionId
    position: int
    finding: Finding


class NewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One order about to be given."""

    uid: str
    inspection: InspectionId
    finding: int
    department: int
    enterprise: int
    demand: str
    due: date


async def points_of_parts(tx: Tx, parts: Sequence[tuple[int, date]]) -> list[PointOfPart]:
    """What the records of these shares must answer."""
    return await tx.many(SQL["points_of_parts"], PointOfPart, [one[0] for one in parts], [one[1] for one in parts])


async def open_records(tx: Tx, records: Sequence[NewRecord]) -> dict[str, InspectionId]:
    """Store records; returns their ids by uid."""
    added = await tx.many(
        SQL["open_records"],
        Added,
        [one.uid for one in records],
        [one.part for one in records],
        [one.department for one in records],
        [msgspec.json.encode(one.present).decode() for one in records],
        [one.started_at for one in records],
        [one.ended_at for one in records],
        [one.signature_note for one in records],
        tx.now,
        tx.actor.person,
    )
    return {one.uid: InspectionId(one.id) for one in added}


async def add_answers(tx: Tx, answers: Sequence[tuple[InspectionId, int, str]]) -> None:
    """Store (inspection, criterion, value)."""
    await tx.execute(
        SQL["add_answers"], [one[0] for one in answers], [one[1] for one in answers], [one[2] for one in answers]
    )


async def add_findings(tx: Tx, findings: Sequence[NewFinding]) -> dict[str, int]:
    """Store findings; returns their ids by uid."""
    added = await tx.many(
        SQL["add_findings"],
        Added,
        [one.uid for one in findings],
        [one.inspection for one in findings],
        [one.finding.criterion for one in findings],
        [one.position for one in findings],
        [one.finding.facts for one in findings],
        [one.finding.clause for one in findings],
        [one.finding.disposition for one in findings],
        [one.finding.demand for one in findings],
        [one.finding.due for one in findings],
    )
    return {one.uid: one.id for one in added}


async def close_records(
    tx: Tx, results: Sequence[tuple[InspectionId, str]], *, publish_due: date, provisional: bool, told: bool
) -> None:
    """Close records, as (inspection, result)."""
    await tx.execute(
        SQL["close_records"],
        [one[0] for one in results],
        [one[1] for one in results],
        tx.now,
        publish_due,
        provisional,
        told,
    )


async def add_orders(tx: Tx, orders: Sequence[NewOrder], *, provisional: bool) -> None:
    """Store orders to put right."""
    await tx.execute(
        SQL["add_orders"],
        [one.uid for one in orders],
        [one.inspection for one in orders],
        [one.finding for one in orders],
        [one.department for one in orders],
        [one.enterprise for one in orders],
        [one.demand for one in orders],
        [one.due for one in orders],
        provisional,
        tx.now,
    )
