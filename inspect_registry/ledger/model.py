"""The structs of the ledger: what features hand in, and what its tables hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import NewType

import msgspec

from inspect_registry.ledger.actions import Action
from inspect_registry.ledger.leaf import Subject

EntryId = NewType("EntryId", int)
LeafNumber = NewType("LeafNumber", int)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One entry to be appended."""

    action: Action
    subject: Subject
    department: int | None = None
    """`department.id`, or None for an act of no single department."""
    enterprise: int | None = None
    """`enterprise.id` of who may fetch a receipt of this entry, private record included; else None."""
    public: Mapping[str, int | str] = {}
    private: object = None


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as everybody may read it."""

    id: EntryId
    leaf: bytes
    leaf_hash: bytes
    action: str
    subject_kind: str
    subject_uid: str
    department: int | None
    appended_at: datetime
    leaf_index: LeafNumber | None


class PrivateRow(msgspec.Struct, frozen=True, kw_only=True):
    """The private part of one entry; all None once it is erased."""

    entry: EntryId
    salt: bytes | None
    record: bytes | None
    erased_in: EntryId | None


class PendingRow(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that has no number yet."""

    id: EntryId
    leaf_hash: bytes


class LeafRow(msgspec.Struct, frozen=True, kw_only=True):
    """A numbered leaf."""

    leaf_index: LeafNumber
    leaf: bytes


class TileRow(msgspec.Struct, frozen=True, kw_only=True):
    """One tile of the tree."""

    level: int
    number: int
    hashes: bytes


class CheckpointRow(msgspec.Struct, frozen=True, kw_only=True):
    """One size at which the tree was to be signed."""

    size: int
    root: bytes
    note: str | None
    made_at: datetime
    witnessed_at: datetime | None
    published_at: datetime | None


class HeadRow(msgspec.Struct, frozen=True, kw_only=True):
    """How long the log is, which sequencer may lengthen it, and why it has stopped if it has."""

    size: int
    epoch: int
    frozen: str | None


class DepartmentCode(msgspec.Struct, frozen=True, kw_only=True):
    """The public code under which a department stands in leaves."""

    id: int
    code: str


class AppendedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One entry that was just appended, by its place in what was handed in."""

    ordinality: int
    id: EntryId


class StatusRow(msgspec.Struct, frozen=True, kw_only=True):
    """How the log is doing: for health checks, metrics and the public figures."""

    size: int
    published_size: int
    witnessed_size: int
    pending: int
    oldest_pending_at: datetime | None
    last_published_at: datetime | None
    frozen: str | None


class NumberedSubject(msgspec.Struct, frozen=True, kw_only=True):
    """A subject with the number of its newest published act."""

    uid: str
    number: LeafNumber


class ReceiptRow(msgspec.Struct, frozen=True, kw_only=True):
    """An act whose receipt the actor may fetch."""

    id: EntryId
    leaf: bytes
    leaf_index: LeafNumber | None
