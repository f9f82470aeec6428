"""Step 5 of the sequencer: from signed rows of the database to the published files, the checkpoint last.

A crash at any place leaves files that are right already; the next try compares them and writes the rest.
"""

from typing import Final

from inspect_registry.actor import SYSTEM
from inspect_registry.db import Database
from inspect_registry.ledger import sequencer_store as store
from inspect_registry.ledger.model import CheckpointRow
from inspect_registry.ledger.publication import LogFolder
from inspect_registry.ledger.tiles import (
    BUNDLE_LEVEL,
    HEIGHT,
    WIDTH,
    TileName,
    bundles_of,
    pack_entries,
    right_edge,
    tiles_of,
    width_in,
)

_CHUNK: Final = 16 * WIDTH
_MAX_SIZE: Final = 2**62


class NoLongerLeadingError(Exception):
    """Another sequencer has taken over."""


class Publisher:
    """Writes one log's files from its database."""

    def __init__(self, database: Database, folder: LogFolder) -> None:
        self._database = database
        self._folder = folder

    async def publish(self, latest: CheckpointRow, epoch: int) -> None:
        """Step 5. Crash anywhere: files that are there have the right bytes already, the rest is written next time."""
        async with self._database.transaction(SYSTEM, read_only=True) as tx:
            earlier = await store.published_before(tx, latest.size, 2)
            published = earlier[0].size if earlier else 0
            for first in range(published - published % WIDTH, latest.size, _CHUNK):
                end = min(latest.size, first + _CHUNK)
                leaves = await store.leaves(tx, first, end)
                self._folder.publish_tiles(_bundles(first, leaves))
            names = list(_new_tiles(published, latest.size))
            hashes = await store.tiles(tx, names)
        self._folder.publish_tiles((name, hashes[name]) for name in names)
        assert latest.note is not None  # noqa: S101 - publish is called for signed checkpoints only.
        await self.publish_checkpoint(latest.size, latest.note, epoch)
        # Readers of the checkpoint before may still be at work; partial tiles of the one before that can go.
        if len(earlier) > 1:
            self._folder.drop_partials(_filled(earlier[1].size, earlier[0].size))

    async def publish_checkpoint(self, size: int, note: str, epoch: int) -> None:
        """Put the checkpoint out and mark it, with the head locked, so that no overtaken leader puts an old one back.

        Crash between the rename and the commit: the same files are compared and the mark is set next time.
        """
        async with self._database.transaction(SYSTEM) as tx:
            if await store.lock_head(tx, epoch) is None:
                raise NoLongerLeadingError
            self._folder.publish_checkpoint(note)
            await store.mark_published(tx, size)

    async def repair(self, epoch: int) -> int:
        """Publish again what the published folder lacks, such as after a restore; returns how many files that were.

        Not in a frozen ledger: then the folder may know more than the database, and is what brings it back.
        """
        async with self._database.transaction(SYSTEM, read_only=True) as tx:
            published = await store.published_before(tx, _MAX_SIZE, 1)
            if not published or (await store.head(tx)).frozen is not None:
                return 0
            (latest,) = published
            names = [*tiles_of(latest.size), *bundles_of(latest.size)]
            missing = [name for name in names if not self._folder.has(name)]
            for name in (name for name in missing if name.level == BUNDLE_LEVEL):
                first = name.number * WIDTH
                leaves = await store.leaves(tx, first, first + name.width)
                self._folder.publish_tiles(_bundles(first, leaves))
            tiles = await store.tiles(tx, [name for name in missing if name.level != BUNDLE_LEVEL])
        self._folder.publish_tiles(tiles.items())
        if latest.note is not None and self._folder.checkpoint() != latest.note:
            await self.publish_checkpoint(latest.size, latest.note, epoch)
        return len(missing)


def _bundles(first: int, leaves: list[bytes]) -> list[tuple[TileName, bytes]]:
    """Cut leaves, which start at a tile's start, into bundles."""
    chunks = [leaves[start : start + WIDTH] for start in range(0, len(leaves), WIDTH)]
    return [
        (TileName(BUNDLE_LEVEL, first // WIDTH + place, len(chunk)), pack_entries(chunk))
        for place, chunk in enumerate(chunks)
    ]


def _new_tiles(old: int, new: int) -> list[TileName]:
    """Every hash tile that a tree of the new size has and the old one had not, or had narrower."""
    names, level = [], 0
    while new >> (HEIGHT * level):
        first, count = (old >> (HEIGHT * level)) // WIDTH, new >> (HEIGHT * level)
        last = -(-count // WIDTH)
        names += [TileName(level, number, width_in(new, level, number)) for number in range(first, last)]
        level += 1
    return names


def _filled(old: int, new: int) -> list[TileName]:
    """The tiles and bundles that were partial at the old size and are full at the new one."""
    partial = [name for name in right_edge(old) if width_in(new, name.level, name.number) == WIDTH]
    return partial + [TileName(BUNDLE_LEVEL, name.number) for name in partial if name.level == 0]
