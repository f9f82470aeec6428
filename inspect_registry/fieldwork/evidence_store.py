"""Statements about evidence: one function each."""

from datetime import datetime

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.fieldwork.model import EvidenceId, EvidenceKind, InspectionId

SQL = SqlFile(__file__, "evidence.sql")


class EvidenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of evidence."""

    id: EvidenceId
    uid: str
    digest: bytes
    kind: EvidenceKind
    media_type: str
    size: int
    file_name: str
    place: str
    taken_at: datetime | None
    uploaded_at: datetime
    inspection_uid: str
    rectification_uid: str


class NewEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of evidence about to be entered."""

    uid: str
    inspection: InspectionId
    digest: bytes
    rectification: int | None
    kind: EvidenceKind
    media_type: str
    size: int
    file_name: str
    place: str
    taken_at: datetime


async def add_evidence(tx: Tx, new: NewEvidence) -> EvidenceId | None:
    """Enter a piece of evidence; None when this content is there already."""
    return await tx.maybe_value(
        SQL["add_evidence"],
        EvidenceId,
        new.uid,
        new.inspection,
        new.digest,
        new.rectification,
        new.kind,
        new.media_type,
        new.size,
        new.file_name,
        new.place,
        new.taken_at,
        tx.now,
        tx.actor.person,
    )


async def evidence_of_digest(tx: Tx, inspection: InspectionId, digest: bytes) -> str | None:
    """The uid of the piece of evidence with this content."""
    return await tx.maybe_value(SQL["evidence_of_digest"], str, inspection, digest)


async def evidence(tx: Tx, uid: str) -> EvidenceRow | None:
    """One piece of evidence."""
    return await tx.maybe(SQL["evidence"], EvidenceRow, uid)


async def evidence_of_record(tx: Tx, inspection: InspectionId) -> list[EvidenceRow]:
    """All evidence of one version of a record."""
    return await tx.many(SQL["evidence_of_record"], EvidenceRow, inspection)
