"""Drafts: what an officer has typed into a record and what was refused, kept on the server beside the phone.

A draft says nothing: it is judged only when its section is saved, which ends it; closing ends all of a record's. Each
person has his own, so that two officers at one record do not overwrite each other. The ledger tells that something was
typed, and how much, never what.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from inspect_registry.access import Permission, act, reads
from inspect_registry.db import Tx
from inspect_registry.fieldwork import draft_store
from inspect_registry.fieldwork.model import DraftSection
from inspect_registry.fieldwork.records import log, open_row, visible
from inspect_registry.ledger import Action


class DraftView(msgspec.Struct, frozen=True, kw_only=True):
    """What the acting person has typed into one section and not yet saved."""

    section: DraftSection
    typed: dict[str, list[str]]
    saved_at: datetime


@act(Permission.INSPECTION_RECORD)
async def keep(tx: Tx, uid: str, section: DraftSection, typed: Mapping[str, list[str]]) -> DraftView:
    """Keep what was typed into an open record; later words take the place of earlier ones."""
    row = await open_row(tx, uid)
    words = {
        name.replace("\x00", ""): [value.replace("\x00", "") for value in values] for name, values in typed.items()
    }
    await draft_store.keep_draft(tx, row.id, section, words)
    await log(tx, Action.INSPECTION_SAVED, row, {"typed": len(words)}, {"section": section.value})
    return DraftView(section=section, typed=words, saved_at=tx.now)


@reads(Permission.INSPECTION_RECORD)
async def drafts_of(tx: Tx, uid: str) -> list[DraftView]:
    """Return what the acting person typed into a record and did not save."""
    found = await draft_store.drafts_of(tx, await visible(tx, uid))
    return [DraftView(section=one.section, typed=one.typed, saved_at=one.saved_at) for one in found]
