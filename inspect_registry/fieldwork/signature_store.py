"""Statements about signatures: one function each."""

from datetime import datetime

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.fieldwork.model import EvidenceId, InspectionId, SignatureMeans, SignatureSide

SQL = SqlFile(__file__, "signature.sql")


class SignatureRow(msgspec.Struct, frozen=True, kw_only=True):
    """One signature under one version of a record."""

    id: int
    uid: str
    side: SignatureSide
    means: SignatureMeans
    inspector: int | None
    name: str
    position: str
    strokes: bytes | None
    digest: bytes
    content: bytes
    signed_at: datetime
    evidence_uid: str | None


class NewSignature(msgspec.Struct, frozen=True, kw_only=True):
    """One signature about to be kept."""

    uid: str
    inspection: InspectionId
    side: SignatureSide
    means: SignatureMeans
    inspector: int | None
    name: str
    position: str
    strokes: bytes | None
    evidence: EvidenceId | None
    digest: bytes
    content: bytes


async def add_signature(tx: Tx, new: NewSignature) -> int | None:
    """Keep a signature; None when the same one is there already."""
    return await tx.maybe_value(
        SQL["add_signature"],
        int,
        new.uid,
        new.inspection,
        new.side,
        new.means,
        new.inspector,
        new.name,
        new.position,
        new.strokes,
        new.evidence,
        new.digest,
        new.content,
        tx.now,
        tx.actor.person,
    )


async def signatures_of(tx: Tx, inspection: InspectionId) -> list[SignatureRow]:
    """All signatures under one version of a record."""
    return await tx.many(SQL["signatures_of"], SignatureRow, inspection)
