"""Statements about drafts: one function each."""

from datetime import datetime
from typing import Any

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.fieldwork.model import DraftSection, InspectionId

SQL = SqlFile(__file__, "draft.sql")


class DraftRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one person has typed into one section."""

    section: DraftSection
    typed: dict[str, Any]
    saved_at: datetime


async def keep_draft(tx: Tx, inspection: InspectionId, section: DraftSection, typed: dict[str, list[str]]) -> None:
    """Keep what the acting person has typed so far."""
    await tx.execute(SQL["keep_draft"], inspection, section, tx.actor.person, typed, tx.now)


async def drafts_of(tx: Tx, inspection: InspectionId) -> list[DraftRow]:
    """What the acting person has typed and not yet said."""
    return await tx.many(SQL["drafts_of"], DraftRow, inspection, tx.actor.person)


async def drop_draft(tx: Tx, inspection: InspectionId, section: DraftSection) -> None:
    """End the acting person's draft of one section."""
    await tx.execute(SQL["drop_draft"], inspection, section, tx.actor.person)


async def drop_drafts(tx: Tx, inspection: InspectionId) -> None:
    """End everybody's drafts of a record."""
    await tx.execute(SQL["drop_drafts"], inspection)
