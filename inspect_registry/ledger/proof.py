"""Proofs that can be carried away (C2SP tlog-proof): leaf number, audit path and the signed checkpoint in one text."""

import re
from typing import Final

import msgspec

from inspect_registry.ledger.checkpoint import Checkpoint, decode_hash, encode_hashes, parse_checkpoint
from inspect_registry.ledger.merkle import leaf_hash, prove_inclusion, verify_inclusion
from inspect_registry.ledger.note import NoteError
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.tiles import TileReader, node_reader

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_PATH: Final = 63
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,18})")


class InclusionProof(msgspec.Struct, frozen=True):
    """Proof that the leaf of this number is in the log that the checkpoint describes."""

    index: int
    path: list[bytes]
    checkpoint: str
    """The signed note, verbatim."""

    def __str__(self) -> str:
        return f"{HEADER}\nindex {self.index}\n{encode_hashes(self.path)}\n{self.checkpoint}"


def prove(index: int, checkpoint: str, read: TileReader) -> InclusionProof:
    """Make the proof out of published tiles; raises when the leaf is not in that checkpoint yet."""
    head, _ = parse_checkpoint(checkpoint)
    return InclusionProof(index, prove_inclusion(node_reader(head.size, read), index, head.size), checkpoint)


def parse_proof(text: str) -> InclusionProof:
    """Read a proof without believing it; raises `NoteError`. Extra data is refused: ours never has any."""
    top, gap, checkpoint = text.partition("\n\n")
    lines = top.split("\n")
    if not gap or lines[0] != HEADER or len(lines) < 2:
        raise NoteError("this is not a c2sp.org/tlog-proof@v1")
    found = _INDEX.fullmatch(lines[1])
    if found is None or len(lines) - 2 > MAX_PATH:
        raise NoteError("the proof names no leaf, or its path is too long")
    return InclusionProof(int(found.group(1)), [decode_hash(line) for line in lines[2:]], checkpoint)


def verify_proof(proof: InclusionProof, leaf: bytes, policy: Policy) -> Checkpoint:
    """Check leaf, path, signature and quorum; returns the checkpoint that vouches for the leaf."""
    checkpoint = policy.accept(proof.checkpoint)
    verify_inclusion(leaf_hash(leaf), proof.index, checkpoint.size, proof.path, checkpoint.root)
    return checkpoint
