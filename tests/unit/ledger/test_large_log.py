"""The audit of a log that is large enough for full tiles above the leaves: 65,536 leaves and a few more."""

from datetime import UTC, datetime
from functools import cache

import pytest

from inspect_registry.ledger.actions import Action
from inspect_registry.ledger.checkpoint import Checkpoint
from inspect_registry.ledger.leaf import Subject, encode_leaf
from inspect_registry.ledger.merkle import leaf_hash
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.publication import CHECKPOINT
from inspect_registry.ledger.source import LogRejectedError
from inspect_registry.ledger.tiles import WIDTH, Tree, bundles_of, pack_entries, tiles_of
from inspect_registry.ledger.verify import audit
from tests.receipt_builders import ORIGIN, keys

SIZE = WIDTH * WIDTH + 300
LOG, _ = keys()
POLICY = Policy.of(LOG.verifier)


class Files(dict[str, bytes]):
    """A published log in memory."""

    def get(self, path: str) -> bytes:  # type: ignore[override]  # what an auditor asks of any place
        try:
            return self[path]
        except KeyError as error:
            raise FileNotFoundError(path) from error


@cache
def a_log() -> Files:
    leaf = encode_leaf(
        Action.CHECK_ADDED, Subject("check", "c"), at=datetime(2026, 11, 22, tzinfo=UTC), commitment=b"c" * 32
    )
    tree, files = Tree(), Files()
    for name, hashes in tree.extend([leaf_hash(leaf)] * SIZE):
        files[name.path] = b"".join(hashes)
    for name, hashes in tree.partial_tiles():
        files[name.path] = b"".join(hashes)
    for name in bundles_of(SIZE):
        files[name.path] = pack_entries([leaf] * name.width)
    text = Checkpoint(ORIGIN, SIZE, tree.root).text
    files[CHECKPOINT] = f"{text}\n{LOG.sign(text)}".encode()
    return files


UPPER = sorted(name.path for name in tiles_of(SIZE) if name.level)


def test_the_honest_one_is_accepted() -> None:
    assert UPPER == ["tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"]
    assert audit(a_log(), POLICY).checkpoint.size == SIZE


@pytest.mark.parametrize("path", UPPER)
def test_a_changed_byte_or_a_missing_file_above_the_leaves_is_noticed(path: str) -> None:
    """The planted faults: proofs are made from the upper tiles, so a false one would spoil everybody's proofs."""
    honest = a_log()
    changed = bytes([honest[path][0] ^ 1]) + honest[path][1:]
    with pytest.raises(LogRejectedError, match="does not hold the hashes of the tiles below it"):
        audit(Files({**honest, path: changed}), POLICY)
    with pytest.raises(LogRejectedError, match=path.partition(".")[0]):
        audit(Files({name: data for name, data in honest.items() if name != path}), POLICY)
