"""Bringing a database that is older than its log back to the log: after a restored backup, with the ledger frozen.

What was signed and published is the truth: every published leaf beyond the database's own comes back with its number.
Acts that the backup still holds without a number get the number they had. Private records and business rows written
after the backup are not in the log and stay lost; each such leaf is reported, so that its department can enter it
again. Run by an explicit command as the owner of the tables, and told in the log itself.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import msgspec

from inspect_registry.actor import SYSTEM
from inspect_registry.db import Database, SqlFile, Tx
from inspect_registry.ledger import sequencer_store
from inspect_registry.ledger.actions import Action
from inspect_registry.ledger.checkpoint import Checkpoint
from inspect_registry.ledger.leaf import Leaf, Subject, decode_leaf
from inspect_registry.ledger.merkle import leaf_hash
from inspect_registry.ledger.model import EntryId, HeadRow
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.publication import LogFolder
from inspect_registry.ledger.service import append
from inspect_registry.ledger.source import FolderSource
from inspect_registry.ledger.tiles import BUNDLE_LEVEL, WIDTH, TileName, Tree, right_edge, unpack_entries, width_in
from inspect_registry.ledger.verify import audit

SQL = SqlFile(__file__, "recovery.sql")
CHUNK: Final = 16 * WIDTH


class NotRecoverableError(Exception):
    """The published log cannot put this database right; the message says why and what is left to do."""


class Recovered(msgspec.Struct, frozen=True, kw_only=True):
    """What a recovery did."""

    before: int
    """Leaves that the database had."""
    after: int
    renumbered: int
    """Entries that the backup had without a number."""
    lost: list[Leaf]
    """Leaves that came back without their private record: facts to be entered again."""


async def recover(
    owner: Database, folder: LogFolder, policy: Policy, signed: Checkpoint, progress: Callable[[int, int], None]
) -> Recovered:
    """Bring every published leaf back and let writing go on; all or nothing. Raises NotRecoverableError.

    `signed` is what the signer remembers: it must be the published tree, else leaves were signed that nobody published.
    """
    report = audit(FolderSource(folder.root), policy, progress=progress)  # Raises LogRejectedError.
    published = report.checkpoint
    if (signed.size, signed.root) != (published.size, published.root):
        raise NotRecoverableError(
            f"the signer has signed {signed.size} leaves, {published.size} are published: the leaves between are lost, "
            "and this log cannot go on. Open a new origin whose first entry names the last witnessed checkpoint."
        )
    async with owner.transaction(SYSTEM) as tx:
        head = await tx.maybe(SQL["lock_frozen_head"], HeadRow)
        if head is None:
            raise NotRecoverableError("the ledger is not frozen: there is nothing to recover")
        if head.size > published.size:
            raise NotRecoverableError(f"the database has {head.size} leaves, only {published.size} are published")
        await _check_common_past(tx, folder, head.size, published.size)
        renumbered, lost, entries = await _bring_back(tx, folder, head.size, published.size)
        await _grow_tiles(tx, folder, head.size, published)
        if published.size > head.size:
            await tx.execute(SQL["drop_unsigned"], head.size)
            await tx.execute(SQL["recovered_checkpoint"], published.size, published.root, report.note, tx.now)
        await tx.execute(SQL["thaw"], published.size)
        told = await append(
            tx,
            Action.LEDGER_RECOVERED,
            Subject("ledger", published.root.hex()),
            public={"before": head.size, "after": published.size, "without_record": len(lost)},
            private={"frozen": head.frozen, "renumbered": renumbered},
        )
        await tx.execute(SQL["mark_lost"], entries, told)
    return Recovered(before=head.size, after=published.size, renumbered=renumbered, lost=lost)


def _entries(folder: LogFolder, number: int, size: int) -> list[bytes]:
    name = TileName(BUNDLE_LEVEL, number, width_in(size, 0, number))
    return unpack_entries(folder.read(name), name)


def _leaves(folder: LogFolder, first: int, end: int, size: int) -> list[bytes]:
    """Read published leaves first..end; bundles are read whole."""
    leaves: list[bytes] = []
    for number in range(first // WIDTH, -(-end // WIDTH)):
        leaves += _entries(folder, number, size)
    start = first % WIDTH
    return leaves[start : start + end - first]


async def _check_common_past(tx: Tx, folder: LogFolder, size: int, published: int) -> None:
    for first in range(0, size, CHUNK):
        end = min(size, first + CHUNK)
        stored = await tx.values(SQL["numbered_hashes"], bytes, first, end)
        if stored != [leaf_hash(leaf) for leaf in _leaves(folder, first, end, published)]:
            raise NotRecoverableError(
                f"the database is no older state of this log: it differs between leaves {first} and {end}. "
                "Somebody changed it; restore another backup."
            )


async def _bring_back(tx: Tx, folder: LogFolder, size: int, published: int) -> tuple[int, list[Leaf], list[EntryId]]:
    renumbered, lost, entries = 0, [], []
    for first in range(size, published, CHUNK):
        end = min(published, first + CHUNK)
        leaves = dict(enumerate(_leaves(folder, first, end, published), first))
        hashes = [leaf_hash(leaf) for leaf in leaves.values()]
        found = set(await tx.values(SQL["renumber"], int, hashes, list(leaves)))
        renumbered += len(found)
        missing = {number: leaf for number, leaf in leaves.items() if number not in found}
        lost += [decode_leaf(leaf) for leaf in missing.values()]
        entries += await tx.values(SQL["restore_leaves"], int, *_columns(missing))
    return renumbered, lost, [EntryId(entry) for entry in entries]


def _columns(leaves: dict[int, bytes]) -> list[list[object]]:
    columns: list[list[object]] = [[] for _ in range(8)]
    for number, data in leaves.items():
        leaf = decode_leaf(data)
        at = datetime.fromisoformat(leaf.at)
        subject = leaf.subject
        row = (data, leaf_hash(data), leaf.action, subject.kind, subject.uid, leaf.department, at, number)
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return columns


async def _grow_tiles(tx: Tx, folder: LogFolder, size: int, published: Checkpoint) -> None:
    edge = await sequencer_store.tiles(tx, right_edge(size))
    tree = Tree.load(size, edge.__getitem__)
    for first in range(size, published.size, CHUNK):
        leaves = _leaves(folder, first, min(published.size, first + CHUNK), published.size)
        await _put_tiles(tx, dict(tree.extend(leaf_hash(leaf) for leaf in leaves)))
    await _put_tiles(tx, dict(tree.partial_tiles()))
    if tree.root != published.root:
        raise NotRecoverableError("the stored tiles of the old backup are not those of this log")


async def _put_tiles(tx: Tx, grown: dict[TileName, list[bytes]]) -> None:
    if grown:
        columns = zip(*((name.level, name.number, b"".join(hashes)) for name, hashes in grown.items()), strict=True)
        await tx.execute(SQL["recovered_tiles"], *(list(column) for column in columns))


async def scrub(connection: Any) -> None:
    """Rewrite the table of private parts on this bare connection of its owner, after an erasure."""
    await connection.execute(SQL["scrub_private"].sql)
    await connection.execute(SQL["scrub_checkpoint"].sql)
