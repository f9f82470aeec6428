"""Promises: the log's signed word that a leaf will be in the tree by a certain time.

A promise is a signed note under the log's key whose second line is a word where a checkpoint has its size, so neither
can pass for the other. A promise whose time is over, and no inclusion proof from any later checkpoint: that is evidence
that an act was dropped.
"""

import base64
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from inspect_registry.ledger.checkpoint import decode_hash
from inspect_registry.ledger.note import NoteError, VerifierKey, is_key_name, parse_note

MAX_MERGE_DELAY: Final = timedelta(seconds=60)
KIND: Final = "promise/v1"
_BY: Final = re.compile(r"by (0|[1-9][0-9]{0,15})")


class Promise(msgspec.Struct, frozen=True):
    """What is promised: this leaf hash is in the log of this origin by this POSIX second."""

    origin: str
    leaf: bytes
    by: int

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{KIND}\nleaf {base64.b64encode(self.leaf).decode()}\nby {self.by}\n"

    @property
    def deadline(self) -> datetime:
        return datetime.fromtimestamp(self.by, UTC)


def promise_for(origin: str, leaf: bytes, appended_at: datetime) -> Promise:
    """Promise a leaf for the end of the maximum merge delay after it was appended; the same input, the same promise."""
    return Promise(origin, leaf, int((appended_at + MAX_MERGE_DELAY).timestamp()))


def parse_promise_text(text: str) -> Promise:
    """Read the four lines; raises `NoteError`."""
    lines = text.split("\n")
    by = _BY.fullmatch(lines[3]) if len(lines) == 5 else None
    if by is None or lines[1] != KIND or not lines[2].startswith("leaf ") or lines[4] or not is_key_name(lines[0]):
        raise NoteError("a promise has four lines: origin, promise/v1, leaf, by")
    return Promise(lines[0], decode_hash(lines[2].removeprefix("leaf ")), int(by.group(1)))


def open_promise(data: bytes | str, keys: Iterable[VerifierKey]) -> Promise:
    """Believe a signed promise, or raise `NoteError`."""
    note = parse_note(data)
    promise = parse_promise_text(note.text)
    if not note.opened_by(key for key in keys if key.name == promise.origin):
        raise NoteError(f"no key of {promise.origin} signed this promise")
    return promise
