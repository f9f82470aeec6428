"""The registry's own audit of its database against what was signed: finds rewriting before anything new is signed.

The signer notices a rewritten history at the next checkpoint, and any reader of the published files at the next audit.
This check looks at the database itself, leaf by leaf and record by record, so that an alarm comes within a minute even
when nothing new is registered. The last word is the signer's: its memory is not in the database.
"""

import base64
from collections.abc import AsyncIterator, Callable
from typing import Final

import msgspec

from inspect_registry.actor import Actor, Role
from inspect_registry.db import Database, SqlFile, Tx
from inspect_registry.ledger.actions import Action
from inspect_registry.ledger.checkpoint import Checkpoint, parse_checkpoint
from inspect_registry.ledger.leaf import Leaf, commit, decode_leaf
from inspect_registry.ledger.merkle import EMPTY_ROOT, leaf_hash
from inspect_registry.ledger.model import CheckpointRow, TileRow
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.publication import LogFolder
from inspect_registry.ledger.tiles import WIDTH, LogDamagedError, TileName, Tree

SQL = SqlFile(__file__, "selfcheck.sql")
CHUNK: Final = 8 * WIDTH
_TELLING: Final[dict[str, str]] = {Action.ENTRY_ERASED: "entries", Action.LEDGER_RECOVERED: "without_record"}
"""Which detail of an entry tells how many private parts went with it."""
AUDITOR: Final = Actor(role=Role.AUDITOR, name="selfcheck")


class LeafWithRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered leaf beside its private part."""

    leaf_index: int
    leaf: bytes
    action: str
    subject_kind: str
    subject_uid: str
    salt: bytes | None
    record: bytes | None
    erased_in: int | None
    has_private: bool


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """One entry in whose name private parts are gone."""

    leaf: bytes
    gone: int


class CheckedHead(msgspec.Struct, frozen=True, kw_only=True):
    """How long the log says it is, and how long it is."""

    size: int
    numbered: int
    highest: int


async def check(
    database: Database,
    signed: Checkpoint,
    folder: LogFolder,
    policy: Policy,
    see: Callable[[Leaf], None] = lambda _leaf: None,
) -> int:
    """Check every leaf, record, tile and root; returns the number of leaves. Raises LogDamagedError at the first fault.

    `see` is shown every leaf. `signed` is what the signer remembers, asked before. Order: what was signed and published
    first, then the head, then the leaves below it: numbers are never taken back, so growth meanwhile does no harm.
    """
    note = folder.checkpoint()
    async with database.transaction(AUDITOR, read_only=True) as tx:
        head = await tx.one(SQL["checked_head"], CheckedHead)
        if (head.numbered, head.highest) != (head.size, head.size - 1):
            raise LogDamagedError(f"the log says {head.size} leaves, the database has {head.numbered} numbered ones")
        if signed.size > head.size:
            raise LogDamagedError(f"{signed.size} leaves were signed, the database has {head.size}")
        rows = await tx.many(SQL["checked_checkpoints"], CheckpointRow)
        roots = _roots(rows, signed, note, policy, head.size)
        tree = Tree()
        _compare_root(roots, 0, EMPTY_ROOT)
        async for chunk in _leaves(tx, head.size):
            await _check_chunk(tx, tree, chunk, roots, see)
        for name, hashes in tree.partial_tiles():
            await _check_tiles(tx, {name: hashes})
        for erasure in await tx.many(SQL["checked_erasures"], Erasure):
            _check_erasure(erasure)
        return tree.size


def _roots(
    rows: list[CheckpointRow], signed: Checkpoint, note: str | None, policy: Policy, size: int
) -> dict[int, dict[str, bytes]]:
    """Collect what root the tree must have at which size, and who says so."""
    roots: dict[int, dict[str, bytes]] = {}
    for row in rows:
        roots.setdefault(row.size, {})["the database"] = row.root
    roots.setdefault(signed.size, {})["the signer"] = signed.root
    if note is not None:
        published, parsed = parse_checkpoint(note)
        policy.check_signatures(published, parsed)
        if published.size > size:
            raise LogDamagedError(f"{published.size} leaves are published, the database has {size}")
        roots.setdefault(published.size, {})["the published checkpoint"] = published.root
    return roots


async def _leaves(tx: Tx, size: int) -> AsyncIterator[list[LeafWithRecord]]:
    for first in range(0, size, CHUNK):
        end = min(size, first + CHUNK)  # Not beyond: each statement sees what was numbered since the head was read.
        rows = await tx.many(SQL["leaves_with_records"], LeafWithRecord, first, end)
        if [row.leaf_index for row in rows] != list(range(first, end)):
            raise LogDamagedError(f"leaves are missing or doubled after number {first}")
        yield rows


async def _check_chunk(
    tx: Tx, tree: Tree, rows: list[LeafWithRecord], roots: dict[int, dict[str, bytes]], see: Callable[[Leaf], None]
) -> None:
    full: dict[TileName, list[bytes]] = {}
    for row in rows:
        see(_check_row(row))
        full.update(tree.extend([leaf_hash(row.leaf)]))
        if tree.size in roots:
            _compare_root(roots, tree.size, tree.root)
    await _check_tiles(tx, full)


def _check_row(row: LeafWithRecord) -> Leaf:
    """Compare a leaf with the columns made from it and with the record it commits to; returns it."""
    try:
        leaf = decode_leaf(row.leaf)
    except (ValueError, msgspec.MsgspecError) as error:
        raise LogDamagedError(f"leaf {row.leaf_index} is not a leaf: {error}") from error
    if (leaf.action, leaf.subject.kind, leaf.subject.uid) != (row.action, row.subject_kind, row.subject_uid):
        raise LogDamagedError(f"the columns of leaf {row.leaf_index} do not say what the leaf says")
    if not row.has_private:
        raise LogDamagedError(f"the record of leaf {row.leaf_index} was deleted without an entry that says so")
    if row.erased_in is None and not _commits(leaf, row):
        raise LogDamagedError(f"the record of leaf {row.leaf_index} was changed")
    return leaf


def _check_erasure(erasure: Erasure) -> None:
    """Compare how many records are gone with how many the entry says: a record must not go in a borrowed name."""
    leaf = decode_leaf(erasure.leaf)
    told = leaf.public.get(_TELLING.get(leaf.action, ""), 0)
    if told != erasure.gone:
        raise LogDamagedError(
            f"{erasure.gone} records are gone in the name of an entry {leaf.action} of {leaf.at}, which tells of {told}"
        )


def _commits(leaf: Leaf, row: LeafWithRecord) -> bool:
    if row.salt is None or row.record is None:
        return False
    return leaf.commitment == base64.b64encode(commit(row.salt, row.record)).decode()


def _compare_root(roots: dict[int, dict[str, bytes]], size: int, root: bytes) -> None:
    for who, said in roots.get(size, {}).items():
        if said != root:
            raise LogDamagedError(f"{who} has another root for the first {size} leaves: history was rewritten")


async def _check_tiles(tx: Tx, computed: dict[TileName, list[bytes]]) -> None:
    for name, hashes in computed.items():
        stored = await tx.maybe(SQL["checked_tile"], TileRow, name.level, name.number)
        if stored is None or not stored.hashes.startswith(b"".join(hashes)):
            raise LogDamagedError(f"the stored tile {name.path} does not hold the hashes of its leaves")
