"""The public leaf of an entry, and the salted commitment that ties the private record to it.

A leaf is deterministic JSON (keys sorted, integers and short strings only), so that a stranger can read it without our
code and two programs write the same bytes. It names no person and no result: those are in the private record, which the
leaf commits to with SHA-256 over 0x02, a 32-byte salt and the record's bytes. Destroying salt and record leaves a
commitment that nobody can test, and a tree that is still provable.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from inspect_registry.ledger.actions import Action

VERSION: Final = 1
MAX_LEAF_BYTES: Final = 4096
"""Ours; the entry bundles of C2SP tlog-tiles allow 65,535."""
MAX_RECORD_BYTES: Final = 1_048_576
MAX_PUBLIC_KEYS: Final = 16
MAX_PUBLIC_TEXT: Final = 120  # characters
SALT_BYTES: Final = 32
_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ACTION: Final = re.compile(r"[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,39}")
_AT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


class Subject(msgspec.Struct, frozen=True):
    """What an act was done to: the word for its table, and its outside identity."""

    kind: str
    uid: str


class Leaf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One leaf as everybody reads it."""

    action: str
    at: str
    """UTC, to the second: 2026-11-22T07:00:00Z."""
    commitment: str
    """Standard base64 of SHA-256(0x02 | salt | record)."""
    department: str
    """The department's public code, or empty for an act of no single department."""
    public: dict[str, int | str]
    subject: Subject
    v: Literal[1]


class LeafError(ValueError):
    """The caller tried to publish something that a leaf must not hold: a programming error, never a user's."""


def commit(salt: bytes, record: bytes) -> bytes:
    """Commit to a private record; the 0x02 keeps it apart from the leaf (0x00) and node (0x01) hashes of RFC 6962."""
    if len(salt) != SALT_BYTES:
        raise LeafError(f"a salt has {SALT_BYTES} bytes, this one has {len(salt)}")
    return hashlib.sha256(b"\x02" + salt + record).digest()


def encode_record(actor: Mapping[str, int | str | None], private: object) -> bytes:
    """Write the private record: who acted, and what the feature wants to be able to prove later."""
    record = msgspec.json.encode({"actor": dict(actor), "record": private, "v": VERSION}, order="sorted")
    if len(record) > MAX_RECORD_BYTES:
        raise LeafError(f"a private record holds at most {MAX_RECORD_BYTES} bytes, this one has {len(record)}")
    return record


def encode_leaf(
    action: Action,
    subject: Subject,
    *,
    at: datetime,
    commitment: bytes,
    department: str = "",
    public: Mapping[str, int | str] | None = None,
) -> bytes:
    """Write the leaf's exact bytes; raises `LeafError` for anything but small integers and short strings."""
    details = dict(public or {})
    _check_department(department)
    _check_subject(subject)
    _check_public(details)
    if at.tzinfo is None:
        raise LeafError("the time of an act needs a time zone")
    leaf = msgspec.json.encode(
        Leaf(
            action=action.value,
            at=at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            commitment=base64.b64encode(commitment).decode(),
            department=department,
            public=details,
            subject=subject,
            v=VERSION,
        ),
        order="sorted",
    )
    if len(leaf) > MAX_LEAF_BYTES:
        raise LeafError(f"a leaf holds at most {MAX_LEAF_BYTES} bytes, this one has {len(leaf)}")
    return leaf


_DECODER: Final = msgspec.json.Decoder(Leaf, strict=True)


def decode_leaf(data: bytes) -> Leaf:
    """Read a leaf; raises `ValueError` when no encoder of this format would have written these bytes.

    Whoever holds the signer could publish anything in the form of leaves, such as names and results as free text:
    every reader refuses what `encode_leaf` refuses. Words for actions are not looked up: newer logs have more of them.
    """
    leaf = _DECODER.decode(data)
    if msgspec.json.encode(leaf, order="sorted") != data:
        raise LeafError("the leaf is not in its canonical form")
    if len(data) > MAX_LEAF_BYTES:
        raise LeafError(f"a leaf holds at most {MAX_LEAF_BYTES} bytes, this one has {len(data)}")
    if _ACTION.fullmatch(leaf.action) is None:
        raise LeafError(f"{leaf.action!r} is not an action")
    _check_department(leaf.department)
    _check_subject(leaf.subject)
    _check_public(leaf.public)
    _check_written(leaf)
    return leaf


def _check_written(leaf: Leaf) -> None:
    """Check what the encoder writes itself: a time has one spelling, and 32 bytes have one in base64."""
    if _AT.fullmatch(leaf.at) is None:
        raise LeafError(f"{leaf.at!r} is not a time in UTC to the second")
    datetime.fromisoformat(leaf.at)  # Raises ValueError for a day or hour that no calendar has.
    commitment = base64.b64decode(leaf.commitment, validate=True)
    if len(commitment) != hashlib.sha256().digest_size or base64.b64encode(commitment).decode() != leaf.commitment:
        raise LeafError(f"{leaf.commitment!r} is not a commitment")


def _check_department(code: str) -> None:
    if len(code) > MAX_PUBLIC_TEXT or not code.isprintable():
        raise LeafError(f"{code!r} is not the code of a department")


def _check_subject(subject: Subject) -> None:
    if _WORD.fullmatch(subject.kind) is None:
        raise LeafError(f"{subject.kind!r} is not the word of a table")
    if not 1 <= len(subject.uid) <= MAX_PUBLIC_TEXT or not subject.uid.isprintable():
        raise LeafError(f"{subject.uid!r} is not an outside identity")


def _check_public(details: Mapping[str, int | str]) -> None:
    if len(details) > MAX_PUBLIC_KEYS:
        raise LeafError(f"a leaf publishes at most {MAX_PUBLIC_KEYS} details")
    for key, value in details.items():
        if _WORD.fullmatch(key) is None:
            raise LeafError(f"{key!r} is not a key of a leaf")
        if type(value) is int:
            if not -(2**53) < value < 2**53:
                raise LeafError(f"{key} is outside what every JSON reader keeps exactly")
        elif type(value) is not str or len(value) > MAX_PUBLIC_TEXT or not value.isprintable():
            raise LeafError(f"{key} must be an integer or a printable text of at most {MAX_PUBLIC_TEXT} characters")
