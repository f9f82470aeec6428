"""Signed notes (C2SP signed-note) with Ed25519, and witness cosignatures (C2SP tlog-cosignature).

A note is text that ends in a newline, an empty line, and signature lines `— <key name> base64(key id | signature)`.
Lines of unknown keys are ignored, whatever their bytes: other algorithms, other witnesses, grease. A line that names a
known key and does not verify makes the whole note worthless.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from typing import Final, NamedTuple, Self

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = 0x01
COSIGNATURE_V1: Final = 0x04
MAX_NOTE_BYTES: Final = 1_000_000
MAX_SIGNATURES: Final = 100
MAX_TIME: Final = 253_402_300_799
"""End of the year 9999 in POSIX seconds: what a calendar can show."""
_DASH: Final = "\u2014 "
_NAME: Final = re.compile(r"[^\s+]+")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteError(ValueError):
    """The bytes are not a note, or no signature of a key that must sign it verifies."""


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """First four bytes of SHA-256(name | newline | signature type | public key)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def is_key_name(name: str) -> bool:
    """Tell whether a key may bear this name: no spaces, no plus, no control characters."""
    return _NAME.fullmatch(name) is not None and _CONTROL.search(name) is None


class VerifierKey(msgspec.Struct, frozen=True):
    """A public key with the name it signs under and the kind of signature it makes."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `<name>+<key id in hex>+<base64 of type and key>`; raises `NoteError` naming what is wrong."""
        try:
            name, identity, material = text.strip().split("+", 2)
            raw = base64.b64decode(material, validate=True)
        except ValueError as error:
            raise NoteError(f"{text!r} is not a verifier key") from error
        if not is_key_name(name) or len(raw) != 33 or raw[0] not in {ED25519, COSIGNATURE_V1}:
            raise NoteError(f"{text!r} is not an Ed25519 verifier key")
        if key_id(name, raw[0], raw[1:]).hex() != identity:
            raise NoteError(f"the key id of {name} does not belong to its key")
        return cls(name, raw[0], raw[1:])

    @property
    def id(self) -> bytes:
        return key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        material = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{material}"

    def verify(self, text: str, signature: bytes) -> int | None:
        """Check one signature over a note's text; returns the time a cosignature states, None for a plain signature."""
        message, stated = text.encode(), None
        if self.kind == COSIGNATURE_V1:
            if len(signature) != 72:
                raise NoteError(f"the cosignature of {self.name} has a wrong length")
            stated = int.from_bytes(signature[:8], "big")
            if stated > MAX_TIME:
                raise NoteError(f"the cosignature of {self.name} states a time beyond any calendar")
            signature = signature[8:]
            message = cosigned_message(text, stated)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise NoteError(f"the signature of {self.name} does not verify") from error
        return stated


def cosigned_message(text: str, at: int) -> bytes:
    """Exact bytes that a cosignature/v1 signs; `at` in POSIX seconds."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


class SigningKey:
    """A private key with its name; the only place where notes are signed."""

    def __init__(self, name: str, seed: bytes, kind: int = ED25519) -> None:
        if not is_key_name(name):
            raise NoteError(f"{name!r} cannot be the name of a key")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = VerifierKey(name, kind, self._private.public_key().public_bytes_raw())

    def sign(self, text: str, at: int = 0) -> str:
        """Make the signature line; `at` (POSIX seconds) counts for cosignatures only."""
        if not text.endswith("\n"):
            raise NoteError("the text of a note ends in a newline")
        if self.verifier.kind == COSIGNATURE_V1:
            signature = at.to_bytes(8, "big") + self._private.sign(cosigned_message(text, at))
        else:
            signature = self._private.sign(text.encode())
        return signature_line(self.verifier.name, self.verifier.id, signature)


def signature_line(name: str, identity: bytes, signature: bytes) -> str:
    """Write one signature line."""
    return f"{_DASH}{name} {base64.b64encode(identity + signature).decode()}\n"


class Signature(NamedTuple):
    """One signature line, not yet believed."""

    name: str
    key_id: bytes
    signature: bytes
    line: str


class Note(msgspec.Struct, frozen=True):
    """A note taken apart; `opened_by` says whose word it is."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(signature.line for signature in self.signatures)

    def opened_by(self, keys: Iterable[VerifierKey]) -> dict[VerifierKey, int | None]:
        """Verify every line of a known key: key → the time it states. Raises when one of them is false."""
        known = {(key.name, key.id): key for key in keys}
        found: dict[VerifierKey, int | None] = {}
        for signature in self.signatures:
            key = known.get((signature.name, signature.key_id))
            if key is not None:
                found[key] = key.verify(self.text, signature.signature)
        return found


def parse_note(data: bytes | str) -> Note:
    """Take a note apart without believing it; raises `NoteError`."""
    try:
        text = data.decode() if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        raise NoteError("a note is UTF-8 text") from error
    if len(text) > MAX_NOTE_BYTES or _CONTROL.search(text) is not None or not text.endswith("\n"):
        raise NoteError("a note is short text without control characters that ends in a newline")
    body, gap, tail = text.rpartition("\n\n")
    if not gap or not body or not tail:
        raise NoteError("a note has an empty line and signatures below it")
    return Note(body + "\n", parse_signatures(tail))


def parse_signatures(tail: str) -> tuple[Signature, ...]:
    """Read signature lines, as a note or a witness's answer holds them."""
    lines = tail.split("\n")
    if lines.pop() != "" or not 1 <= len(lines) <= MAX_SIGNATURES:
        raise NoteError(f"a note has between 1 and {MAX_SIGNATURES} signature lines")
    return tuple(_signature(line) for line in lines)


def _signature(line: str) -> Signature:
    name, gap, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("a signature is not base64") from error
    canonical = base64.b64encode(raw).decode() == encoded  # Two spellings of one signature would be two notes.
    if not line.startswith(_DASH) or not gap or not is_key_name(name) or len(raw) < 5 or not canonical:
        raise NoteError(f"{line!r} is not a signature line")
    return Signature(name, raw[:4], raw[4:], line + "\n")
