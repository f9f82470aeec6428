"""Checkpoints (C2SP tlog-checkpoint): the signed sentence "this log has so many leaves and this root"."""

import base64
import re
from typing import Final

import msgspec

from inspect_registry.ledger.merkle import HASH_BYTES
from inspect_registry.ledger.note import Note, NoteError, is_key_name, parse_note

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")


class Checkpoint(msgspec.Struct, frozen=True):
    """The head of a tree, as a log states it. Extension lines are not accepted: nobody can audit them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse_checkpoint_text(text: str) -> Checkpoint:
    """Read the three lines; raises `NoteError`."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] != "" or not is_key_name(lines[0]):
        raise NoteError("a checkpoint has three lines: origin, size, root")
    if _SIZE.fullmatch(lines[1]) is None:
        raise NoteError(f"{lines[1]!r} is not the size of a tree")
    return Checkpoint(lines[0], int(lines[1]), decode_hash(lines[2]))


def parse_checkpoint(data: bytes | str) -> tuple[Checkpoint, Note]:
    """Read a signed checkpoint without believing it yet."""
    note = parse_note(data)
    return parse_checkpoint_text(note.text), note


def decode_hash(text: str) -> bytes:
    """Read one base64 hash of 32 bytes, in its only canonical spelling."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise NoteError(f"{text!r} is not a base64 hash") from error
    if len(raw) != HASH_BYTES or base64.b64encode(raw).decode() != text:
        raise NoteError(f"{text!r} is not a base64 hash of {HASH_BYTES} bytes")
    return raw


def encode_hashes(hashes: list[bytes]) -> str:
    """Write one hash a line, as requests and proofs do."""
    return "".join(base64.b64encode(value).decode() + "\n" for value in hashes)
