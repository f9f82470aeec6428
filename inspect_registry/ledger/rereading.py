"""Step 2 of the sequencer: what is to be signed is read back from the database and computed again from scratch."""

from typing import Final

from inspect_registry.db import Tx
from inspect_registry.ledger import sequencer_store as store
from inspect_registry.ledger.merkle import EMPTY_ROOT, leaf_hash
from inspect_registry.ledger.model import CheckpointRow
from inspect_registry.ledger.tiles import WIDTH, LogDamagedError, TileName, Tree, right_edge

_CHUNK: Final = 16 * WIDTH


async def reread(tx: Tx, before: CheckpointRow | None, latest: CheckpointRow) -> None:
    """Recompute the new root from the leaves themselves; one flipped bit that gets signed can never be put right."""
    size, root = (before.size, before.root) if before else (0, EMPTY_ROOT)
    edge = await store.tiles(tx, right_edge(size))
    tree = Tree.load(size, edge.__getitem__)
    if tree.root != root:
        raise LogDamagedError(f"the stored tiles of {size} leaves do not have the root that was signed")
    while tree.size < latest.size:
        leaves = await store.leaves(tx, tree.size, min(latest.size, tree.size + _CHUNK))
        full = dict(tree.extend(leaf_hash(leaf) for leaf in leaves))
        await _compare(tx, full)
    await _compare(tx, dict(tree.partial_tiles()))
    if tree.root != latest.root:
        raise LogDamagedError(f"the {latest.size} stored leaves do not have the root that was to be signed")


async def _compare(tx: Tx, computed: dict[TileName, list[bytes]]) -> None:
    stored = await store.tiles(tx, list(computed))
    for name, hashes in computed.items():
        if stored[name] != b"".join(hashes):
            raise LogDamagedError(f"the stored tile {name.path} does not hold the hashes of its leaves")
