"""Statements about what is late: one function each."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec

from inspect_registry.db import SqlFile, Tx

SQL = SqlFile(__file__, "escalation.sql")


class LateKind(StrEnum):
    """What was not done by its day."""

    ORDER = "order"
    """An order to rectify that nobody has closed."""
    TELLING = "telling"
    """A result that the enterprise was not told on its day."""
    PUBLICATION = "publication"
    WITHDRAWAL = "withdrawal"
    """A revoked result that still stands on the public site."""
    OBJECTION_MARK = "objection_mark"
    OBJECTION_DECISION = "objection_decision"


class LateRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that passed its day."""

    kind: LateKind
    subject: str
    """uid of the order, the record or the objection."""
    department: int
    department_name: str
    due: date
    """Last day in time."""


class Escalation(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was escalated."""

    kind: LateKind
    subject: str
    department_name: str
    due: date
    escalated_at: datetime


async def newly_late(tx: Tx) -> list[LateRow]:
    """What passed its day and was not escalated yet."""
    return await tx.many(SQL["newly_late"], LateRow, tx.today)


async def add_escalations(tx: Tx, late: Sequence[LateRow]) -> None:
    """Note what is escalated now."""
    await tx.execute(
        SQL["add_escalations"],
        [one.kind for one in late],
        [one.subject for one in late],
        [one.department for one in late],
        [one.due for one in late],
        tx.now,
    )


async def escalations(tx: Tx, department: int | None, limit: int) -> list[Escalation]:
    """What was escalated, newest first."""
    return await tx.many(SQL["escalations"], Escalation, department, limit)
