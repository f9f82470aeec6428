"""Receipts made without a database: a small log, its keys and one private record."""

import random
from datetime import UTC, datetime

from inspect_registry.ledger.actions import Action
from inspect_registry.ledger.checkpoint import Checkpoint
from inspect_registry.ledger.leaf import Subject, commit, encode_leaf
from inspect_registry.ledger.merkle import leaf_hash, prove_inclusion, root_of
from inspect_registry.ledger.note import COSIGNATURE_V1, ED25519, SigningKey
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.proof import InclusionProof
from inspect_registry.ledger.receipt import Receipt, minimal_checkpoint

ORIGIN = "registry.example/310114"
AT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


def keys(seed: int = 1) -> tuple[SigningKey, list[SigningKey]]:
    """The key of a log and of its three witnesses."""
    dice = random.Random(seed)
    log = SigningKey(ORIGIN, dice.randbytes(32), ED25519)
    return log, [SigningKey(f"witness.example/w{number}", dice.randbytes(32), COSIGNATURE_V1) for number in (1, 2, 3)]


def a_receipt(
    *, seed: int = 1, leaves: int = 5, record: bytes = b'{"result":"passed"}', keep_leaf_of: Receipt | None = None
) -> Receipt:
    """A receipt for the middle one of so many leaves, signed by the log and by all three witnesses."""
    dice = random.Random(seed)
    salt = dice.randbytes(32)
    leaf = encode_leaf(
        Action.INSPECTION_CLOSED, Subject("inspection", "i1"), at=AT, commitment=commit(salt, record), department="scjg"
    )
    if keep_leaf_of is not None:
        return Receipt(
            record=record, salt=salt, leaf=keep_leaf_of.leaf, proof=keep_leaf_of.proof, policy=keep_leaf_of.policy
        )
    index = leaves // 2
    hashes = [leaf_hash(leaf if number == index else b"%d" % number) for number in range(leaves)]
    log, witnesses = keys(seed)
    text = Checkpoint(ORIGIN, leaves, root_of(hashes)).text
    note = f"{text}\n{log.sign(text)}" + "".join(witness.sign(text, 1_795_000_000) for witness in witnesses)
    policy = Policy.of(log.verifier, [witness.verifier for witness in witnesses], 2)
    path = prove_inclusion(
        lambda level, number: root_of(hashes[number << level : (number + 1) << level]), index, leaves
    )
    proof = InclusionProof(index, path, minimal_checkpoint(note, policy))
    return Receipt(record=record, salt=salt, leaf=leaf, proof=str(proof), policy=str(policy))
