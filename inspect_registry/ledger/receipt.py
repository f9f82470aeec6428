"""Receipts: what an enterprise or a court keeps to prove, years later and offline, that an act was logged.

A receipt is a zip with `record.json`, `salt` (32 raw bytes), `leaf.json`, `receipt.tlog-proof`, `policy.txt` and
`verify.py`, which checks it with the Python standard library alone. It carries no more signatures than the policy asks
for, so that changing any bit of any of them is noticed.
"""

import base64
import io
import zipfile
from importlib import resources
from typing import Final

import msgspec

from inspect_registry.ledger.checkpoint import Checkpoint
from inspect_registry.ledger.leaf import commit, decode_leaf
from inspect_registry.ledger.note import Note, NoteError, parse_note
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.proof import parse_proof, verify_proof

NAMES: Final = ("record.json", "salt", "leaf.json", "receipt.tlog-proof", "policy.txt")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class ReceiptError(ValueError):
    """The receipt does not prove what it claims."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that proves one entry."""

    record: bytes
    salt: bytes
    leaf: bytes
    proof: str
    policy: str


def trimmed(note: Note, policy: Policy) -> Note:
    """Leave out signature lines that the policy does not need: strangers', and witnesses beyond the quorum."""
    known = {(key.name, key.id) for key in (*policy.logs, *policy.witnesses.values())}
    kept = [line for line in note.signatures if (line.name, line.key_id) in known]
    logs = {(key.name, key.id) for key in policy.logs}
    for line in reversed(list(kept)):
        fewer = Note(note.text, tuple(other for other in kept if other is not line))
        if (line.name, line.key_id) not in logs and policy.is_witnessed(fewer):
            kept.remove(line)
    return Note(note.text, tuple(kept))


def pack(receipt: Receipt) -> bytes:
    """Write the zip; the same receipt gives the same bytes."""
    files = dict(
        zip(
            NAMES,
            (receipt.record, receipt.salt, receipt.leaf, receipt.proof.encode(), receipt.policy.encode()),
            strict=True,
        )
    )
    files["verify.py"] = resources.files("inspect_registry.ledger.standalone").joinpath("verify.py").read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def unpack(data: bytes) -> Receipt:
    """Read a zip without believing it; raises ReceiptError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            record, salt, leaf, proof, policy = (archive.read(name) for name in NAMES)
        return Receipt(record=record, salt=salt, leaf=leaf, proof=proof.decode(), policy=policy.decode())
    except (KeyError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise ReceiptError(f"this is not a receipt: {error}") from error


def verify(receipt: Receipt, policy: Policy) -> Checkpoint:
    """Check a receipt against a policy that is trusted; raises ReceiptError, NoteError or ProofError."""
    leaf = decode_leaf(receipt.leaf)
    if leaf.commitment != _base64(commit(receipt.salt, receipt.record)):
        raise ReceiptError("the leaf does not commit to this record")
    return verify_proof(parse_proof(receipt.proof), receipt.leaf, policy)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def minimal_checkpoint(note: str, policy: Policy) -> str:
    """Return the checkpoint with the signatures that the policy needs and no others; raises NoteError."""
    parsed = trimmed(parse_note(note), policy)
    if not parsed.signatures:
        raise NoteError("no signature of the policy is on the checkpoint")
    return str(parsed)
