"""Evidence: take a file in under its hash, say who brought it and when, give it back unchanged.

The file is safe on the disk before its row is committed, so no row ever names a file that is not there.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from inspect_registry import ledger
from inspect_registry import rules as parameters
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import Role
from inspect_registry.db import Acting, Tx
from inspect_registry.errors import Place
from inspect_registry.fieldwork import evidence_store, followup_store, store
from inspect_registry.fieldwork.errors import (
    EvidenceNotFound,
    InspectionClosed,
    InspectionNotFound,
    RectificationNotFound,
    TimeNotPossible,
)
from inspect_registry.fieldwork.evidence_folder import Stored, too_large
from inspect_registry.fieldwork.evidence_keeper import EvidenceKeeper
from inspect_registry.fieldwork.evidence_store import EvidenceRow, NewEvidence
from inspect_registry.fieldwork.lifecycle import rectification_after
from inspect_registry.fieldwork.media import safe_name
from inspect_registry.fieldwork.model import EvidenceKind, InspectionId, InspectionState, RectificationStep
from inspect_registry.fieldwork.records import visible
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action, Subject


class EvidenceOf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file belongs to and what is known of it."""

    inspection: str = ""
    """An open record of the acting department; or …"""
    rectification: str = ""
    """… an order that the acting enterprise answers."""
    name: Annotated[str, msgspec.Meta(max_length=200)]
    taken_at: datetime
    place: Annotated[str, msgspec.Meta(max_length=200)] = ""
    """Where it was taken, if the officer may say."""


class EvidenceView(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of evidence."""

    uid: str
    inspection: str
    rectification: str
    """The order that it answers; empty for evidence of the check itself."""
    kind: EvidenceKind
    media_type: str
    size: int
    name: str
    sha256: str
    place: str
    taken_at: datetime | None
    uploaded_at: datetime


class _Target(msgspec.Struct, frozen=True, kw_only=True):
    inspection: InspectionId
    inspection_uid: str
    visit_uid: str
    department: int
    rectification: int | None


async def receive(
    acting: Acting, keeper: EvidenceKeeper, what: EvidenceOf, chunks: AsyncIterator[bytes], *, announced: int = 0
) -> EvidenceView:
    """Take a file in: whoever may not, or announces too many bytes, is refused before one is read.

    The row follows the file.
    """
    most = await may_receive(acting, what)
    if announced > most:
        raise too_large(what.name, most)
    stored = await keeper.take(chunks, name=what.name, most_bytes=most)
    return await enter(acting, what, stored)


@reads(Permission.EVIDENCE_ADD)
async def may_receive(tx: Tx, what: EvidenceOf) -> int:
    """Judge whether this file may come in, and return how many bytes it may have."""
    await _target(tx, what)
    return parameters.whole("evidence.bytes_max", on=tx.today)


@act(Permission.EVIDENCE_ADD)
async def enter(tx: Tx, what: EvidenceOf, stored: Stored) -> EvidenceView:
    """Enter a stored file; the same content at the same record is the same evidence."""
    if not what.rectification:
        await store.lock_inspection(tx, what.inspection)  # A record that is being closed takes no file in beside it.
    target = await _target(tx, what)
    uid = new_uid(tx.random)
    new = NewEvidence(
        uid=uid,
        inspection=target.inspection,
        digest=stored.digest,
        rectification=target.rectification,
        kind=stored.media.kind,
        media_type=stored.media.media_type,
        size=stored.size,
        file_name=safe_name(what.name),
        place=what.place.strip(),
        taken_at=what.taken_at,
    )
    there = await evidence_store.evidence_of_digest(tx, target.inspection, stored.digest)
    if there is None:
        await evidence_store.add_evidence(tx, new)
        await ledger.append(
            tx,
            Action.EVIDENCE_ADDED,
            Subject("evidence", uid),
            department=target.department,
            public={"visit": target.visit_uid, "sha256": stored.digest.hex(), "size": stored.size},
            private=what,
        )
    return await evidence(tx, there or uid)


@reads(Permission.INSPECTION_READ)
async def evidence(tx: Tx, uid: str) -> EvidenceView:
    """Show one piece of evidence. Raises EvidenceNotFound."""
    return _view(await _row(tx, uid))


@reads(Permission.INSPECTION_READ)
async def evidence_of(tx: Tx, inspection: str) -> list[EvidenceView]:
    """List the evidence of one version of a record."""
    return [_view(row) for row in await evidence_store.evidence_of_record(tx, await visible(tx, inspection))]


async def content(acting: Acting, keeper: EvidenceKeeper, uid: str) -> tuple[EvidenceView, Path]:
    """Return a piece of evidence with its file, read through first. Raises EvidenceDamaged."""
    view = await evidence(acting, uid)
    return view, await keeper.check(bytes.fromhex(view.sha256), view.size)


async def _target(tx: Tx, what: EvidenceOf) -> _Target:
    if what.taken_at.tzinfo is None or what.taken_at > tx.now:
        raise TimeNotPossible(
            "拍摄时间晚于现在，或者没有写明时区。",
            rule="times-possible",
            remedy="请按实际时间填写。",
            places=(Place(field="taken_at", text=what.taken_at.isoformat()),),
        )
    if what.rectification:
        return await _order_answered(tx, what.rectification)
    row = await store.inspection(tx, await visible(tx, what.inspection))
    if tx.actor.role is not Role.SYSTEM and row.department != tx.actor.department:
        raise InspectionNotFound
    if row.state is not InspectionState.OPEN:
        raise InspectionClosed(rule="record-closed-for-good", remedy="补充证据请提出更正。")
    return _Target(
        inspection=row.id,
        inspection_uid=row.uid,
        visit_uid=row.visit_uid,
        department=row.department,
        rectification=None,
    )


async def _order_answered(tx: Tx, uid: str) -> _Target:
    found = await followup_store.rectification_id(tx, uid)
    if found is None:
        raise RectificationNotFound
    order = (await followup_store.rectifications(tx, [found]))[0]
    if tx.actor.role is Role.ENTERPRISE and order.enterprise != tx.actor.enterprise:
        raise RectificationNotFound
    rectification_after(order.state, RectificationStep.GIVE_EVIDENCE)
    return _Target(
        inspection=await visible(tx, order.inspection_uid),
        inspection_uid=order.inspection_uid,
        visit_uid=order.visit_uid,
        department=order.department,
        rectification=order.id,
    )


async def _row(tx: Tx, uid: str) -> EvidenceRow:
    row = await evidence_store.evidence(tx, uid)
    if row is None:
        raise EvidenceNotFound
    return row


def _view(row: EvidenceRow) -> EvidenceView:
    return EvidenceView(
        uid=row.uid,
        inspection=row.inspection_uid,
        rectification=row.rectification_uid,
        kind=row.kind,
        media_type=row.media_type,
        size=row.size,
        name=row.file_name,
        sha256=row.digest.hex(),
        place=row.place,
        taken_at=row.taken_at,
        uploaded_at=row.uploaded_at,
    )
