"""One function for each query of sequencer.sql: the sequencer's side of the ledger, under its own database role."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.ledger.model import CheckpointRow, EntryId, HeadRow, LeafRow, PendingRow, TileRow
from inspect_registry.ledger.tiles import LogDamagedError, TileName, TileReader

SQL = SqlFile(__file__, "sequencer.sql")
T = TypeVar("T")


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """How many leaves have numbers, and the highest number (-1 when none has)."""

    count: int
    highest: int


async def try_to_lead(connection: Any) -> bool:
    """Take the lock on this bare connection, which must stay open for as long as the lock is wanted."""
    taken: bool = await connection.fetchval(SQL["try_to_lead"].sql)
    return taken


async def take_over(tx: Tx) -> HeadRow:
    """Raise the epoch and return the head."""
    return await tx.one(SQL["take_over"], HeadRow)


async def head(tx: Tx) -> HeadRow:
    """Return the head without a lock."""
    return await tx.one(SQL["sequencer_head"], HeadRow)


async def lock_head(tx: Tx, epoch: int) -> HeadRow | None:
    """Lock and return the head; None when another sequencer leads now."""
    return await tx.maybe(SQL["lock_head"], HeadRow, epoch)


async def pending(tx: Tx, count: int) -> list[PendingRow]:
    """Return the oldest entries without a number."""
    return await tx.many(SQL["pending"], PendingRow, count)


async def number_entries(tx: Tx, entries: Sequence[EntryId], first: int) -> None:
    """Number these entries from `first` on."""
    done = await tx.execute(SQL["number_entries"], list(entries), list(range(first, first + len(entries))))
    if done != len(entries):
        raise LogDamagedError(f"{len(entries) - done} entries vanished while they were being numbered")


async def put_tiles(tx: Tx, tiles: Iterable[tuple[TileName, bytes]]) -> None:
    """Add tiles, and let partial ones grow."""
    rows = [(name.level, name.number, data) for name, data in tiles]
    if rows:
        await tx.execute(SQL["put_tiles"], *(list(column) for column in zip(*rows, strict=True)))


async def tiles(tx: Tx, names: Sequence[TileName]) -> dict[TileName, bytes]:
    """Return these tiles, cut to the width that their names say; raises LogDamagedError when one is missing."""
    rows = await tx.many(SQL["tiles"], TileRow, [name.level for name in names], [name.number for name in names])
    found = {(row.level, row.number): row.hashes for row in rows}
    result = {}
    for name in names:
        hashes = found.get((name.level, name.number), b"")
        if len(hashes) < name.width * 32:
            raise LogDamagedError(f"the stored tile {name.path} is missing or too short")
        result[name] = hashes[: name.width * 32]
    return result


async def computed_from_tiles(tx: Tx, compute: Callable[[TileReader], T]) -> T:
    """Run a pure computation over stored tiles, fetching each tile when it is first asked for."""
    cache: dict[TileName, bytes] = {}

    class Wanted(Exception):
        pass

    def read(name: TileName) -> bytes:
        if name not in cache:
            raise Wanted(name)
        return cache[name]

    while True:
        try:
            return compute(read)
        except Wanted as wanted:
            cache.update(await tiles(tx, [wanted.args[0]]))


async def add_checkpoint(tx: Tx, size: int, root: bytes) -> None:
    """Note the size and root that are to be signed."""
    await tx.execute(SQL["add_checkpoint"], size, root, tx.now)


async def lengthen(tx: Tx, epoch: int, old: int, new: int) -> bool:
    """Move the head; False when another sequencer has moved it."""
    return await tx.execute(SQL["lengthen"], epoch, old, new) == 1


async def latest_checkpoint(tx: Tx) -> CheckpointRow | None:
    """Return the newest size, signed or not."""
    return await tx.maybe(SQL["latest_checkpoint"], CheckpointRow)


async def signed_before(tx: Tx, size: int) -> CheckpointRow | None:
    """Return the newest signed checkpoint below this size."""
    return await tx.maybe(SQL["signed_before"], CheckpointRow, size)


async def published_before(tx: Tx, size: int, count: int) -> list[CheckpointRow]:
    """Return the newest published checkpoints below this size, newest first."""
    return await tx.many(SQL["published_before"], CheckpointRow, size, count)


async def leaves(tx: Tx, first: int, end: int) -> list[bytes]:
    """Return the leaves of this range; raises LogDamagedError when one is missing."""
    rows = await tx.many(SQL["leaves"], LeafRow, first, end)
    if [row.leaf_index for row in rows] != list(range(first, end)):
        raise LogDamagedError(f"leaves are missing between {first} and {end}")
    return [row.leaf for row in rows]


async def keep_note(tx: Tx, size: int, note: str, witnessed_at: datetime | None) -> None:
    """Keep the signed note with the cosignatures so far."""
    await tx.execute(SQL["keep_note"], size, note, witnessed_at)


async def mark_published(tx: Tx, size: int) -> None:
    """Say that the files of this size are in place."""
    await tx.execute(SQL["mark_published"], size, tx.now)


async def freeze(tx: Tx, reason: str) -> None:
    """Stop all appending; the first reason stays."""
    await tx.execute(SQL["freeze"], reason)


async def counted(tx: Tx) -> Counted:
    """Count the numbered leaves."""
    return await tx.one(SQL["counted"], Counted)
