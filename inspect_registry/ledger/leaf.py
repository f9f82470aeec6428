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
    """Read a leaf; raises `ValueError` when the bytes are not exactly what `encode_leaf` would have written."""
    leaf = _DECODER.decode(data)
    if msgspec.json.encode(leaf, order="sorted") != data:
        raise LeafError("the leaf is not in its canonical form")
    return leaf


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
