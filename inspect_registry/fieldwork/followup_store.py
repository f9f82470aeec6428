"""Statements about orders to put right: one function each."""

from collections.abc import Collection, Sequence
from datetime import date

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.fieldwork.model import InspectionId, RectificationId, RectificationState
from inspect_registry.fieldwork.rows import RectificationRow

SQL = SqlFile(__file__, "followup.sql")


class NewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One order about to be given."""

    uid: str
    finding: int
    demand: str
    due: date
    provisional: bool


class Recheck(msgspec.Struct, frozen=True, kw_only=True):
    """What a re-check found."""

    state: RectificationState
    passed: bool
    note: str
    due: date
    provisional: bool
    visit: int | None


async def order_rectifications(
    tx: Tx, inspection: InspectionId, orders: Sequence[NewOrder], *, department: int, enterprise: int
) -> None:
    """Order what was found to be put right."""
    await tx.execute(
        SQL["order_rectifications"],
        inspection,
        [order.uid for order in orders],
        [order.finding for order in orders],
        department,
        enterprise,
        [order.demand for order in orders],
        [order.due for order in orders],
        [order.provisional for order in orders],
        tx.now,
    )


async def ordered_criteria(tx: Tx, part: int) -> list[int]:
    """Criteria for which an order already stands."""
    return await tx.values(SQL["ordered_criteria"], int, part)


async def rectification_id(tx: Tx, uid: str) -> RectificationId | None:
    """The order of this uid, if the actor may see it."""
    return await tx.maybe_value(SQL["rectification_id"], RectificationId, uid)


async def lock_rectification(tx: Tx, rectification: RectificationId) -> RectificationState:
    """Lock an order about to change."""
    return await tx.value(SQL["lock_rectification"], RectificationState, rectification)


async def rectifications(tx: Tx, ids: Collection[RectificationId]) -> list[RectificationRow]:
    """Orders as people read them."""
    return await tx.many(SQL["rectifications"], RectificationRow, list(ids))


async def open_orders(tx: Tx, part: int) -> int:
    """Count orders of a share that are not closed."""
    return await tx.value(SQL["open_orders"], int, part)


async def rectifications_of_inspection(tx: Tx, inspection: InspectionId) -> list[RectificationId]:
    """Orders of one version of a record."""
    return await tx.values(SQL["rectifications_of_inspection"], RectificationId, inspection)


async def open_rectifications(
    tx: Tx, *, department: int | None, enterprise: int | None, due_before: date | None, limit: int
) -> list[RectificationId]:
    """Orders that wait."""
    return await tx.values(SQL["open_rectifications"], RectificationId, department, enterprise, due_before, limit)


async def give_evidence(tx: Tx, rectification: RectificationId, state: RectificationState, words: str) -> None:
    """Note what the enterprise says."""
    await tx.execute(SQL["give_evidence"], rectification, state, words, tx.now)


async def recheck(tx: Tx, rectification: RectificationId, found: Recheck) -> None:
    """Note what a re-check found."""
    await tx.execute(
        SQL["recheck"],
        rectification,
        found.state,
        found.passed,
        found.note,
        found.due,
        found.provisional,
        found.visit,
        tx.now,
    )


async def close_rectification(tx: Tx, rectification: RectificationId, state: RectificationState) -> None:
    """End an order."""
    await tx.execute(SQL["close_rectification"], rectification, state, tx.now)


async def recheck_visit(tx: Tx, rectification_uid: str) -> int | None:
    """The visit of a re-check that follows this order."""
    return await tx.maybe_value(SQL["recheck_visit"], int, rectification_uid)
