"""The sequencer: gives committed entries their leaf numbers, grows the tree, has it signed, publishes it.

One at a time leads: a session lock keeps others out, and an epoch in the head makes a leader that lost the lock fail at
its next batch. One step is one batch, in this order; a crash at any place resumes with the same `step`:

1. number pending entries, grow tiles, note the unsigned checkpoint, move the head: one transaction (`_integrate`);
2. read the new leaves back, hash them again, and compare with tiles and root (`_reread`);
3. ask the signer, with a consistency proof from what it signed last (`cosigning.sign`);
4. ask the witnesses, in parallel (`cosigning.Witnesses`);
5. keep the note, publish tiles and bundles, and the checkpoint last (`_publish`).

A number once given is never taken back. When the signer refuses, the database's history is not what was signed: the
ledger freezes, and says why, rather than go on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final

import structlog

from inspect_registry.actor import SYSTEM
from inspect_registry.db import Database, Tx
from inspect_registry.errors import Unavailable
from inspect_registry.ledger import sequencer_store as store
from inspect_registry.ledger.checkpoint import Checkpoint, parse_checkpoint
from inspect_registry.ledger.client import KeeperClient, KeeperUnreachableError
from inspect_registry.ledger.cosigning import HistoryDiffersError, Prove, Witnesses, sign
from inspect_registry.ledger.failpoints import failpoint
from inspect_registry.ledger.merkle import EMPTY_ROOT, leaf_hash, prove_consistency
from inspect_registry.ledger.model import CheckpointRow
from inspect_registry.ledger.note import NoteError
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.publication import LogFolder, PublishedDiffersError
from inspect_registry.ledger.tiles import (
    BUNDLE_LEVEL,
    HEIGHT,
    WIDTH,
    LogDamagedError,
    TileName,
    Tree,
    bundles_of,
    node_reader,
    pack_entries,
    right_edge,
    tiles_of,
    width_in,
)

BATCH: Final = 16 * WIDTH
IDLE: Final = 0.25  # seconds between looks at an empty queue
STANDBY: Final = 2.0  # seconds between tries to lead, and before work goes on after a fault
CHECK_PAUSE: Final = 30.0  # seconds between two audits of the database
WITNESS_RETRY: Final = 5.0  # seconds between tries to complete a quorum

MAX_SIZE: Final = 2**62

log = structlog.get_logger()


class NoLongerLeadingError(Exception):
    """Another sequencer has taken over."""


class Sequencer:
    """One sequencer on one database."""

    def __init__(
        self, database: Database, folder: LogFolder, signer: KeeperClient, policy: Policy, *, batch: int = BATCH
    ) -> None:
        self._database = database
        self._folder = folder
        self._signer = signer
        (self._key,) = policy.logs
        self._witnesses = Witnesses(policy)
        self._batch = batch
        self._epoch = -1

    async def lead(self, stack: AsyncExitStack) -> bool:
        """Try to become the one that leads, for as long as the stack is open."""
        connection = await stack.enter_async_context(self._database.connection())
        if not await store.try_to_lead(connection):
            return False
        async with self._database.transaction(SYSTEM) as tx:
            self._epoch = (await store.take_over(tx)).epoch
        return True

    async def step(self) -> bool:
        """Do the next thing that is to be done; False when nothing is. Freezes the ledger when histories differ."""
        try:
            async with self._database.transaction(SYSTEM, read_only=True) as tx:
                if (await store.head(tx)).frozen is not None:
                    return False
                latest = await store.latest_checkpoint(tx)
            if latest is not None and latest.note is None:
                latest = await self._sign(latest)
            if latest is not None and latest.published_at is None:
                await self._publish(latest)
                return True
            return await self._integrate()
        except (HistoryDiffersError, LogDamagedError, PublishedDiffersError) as error:
            await self.freeze(str(error))
            return False

    async def complete_quorum(self) -> bool:
        """Ask the missing witnesses about the newest checkpoint; True when nobody is missing any more."""
        async with self._database.transaction(SYSTEM, read_only=True) as tx:
            latest = await store.latest_checkpoint(tx)
        if latest is None or latest.note is None or latest.witnessed_at is not None:
            return True
        note = await self._witnesses.cosign(latest.note, self._prover(latest.size))
        satisfied = await self._keep(latest.size, note)
        await self._publish_checkpoint(latest.size, note)
        return satisfied

    async def repair(self) -> int:
        """Publish again what the published folder lacks, such as after a restore; returns how many files that were.

        Not in a frozen ledger: then the folder may know more than the database, and is what brings it back.
        """
        async with self._database.transaction(SYSTEM, read_only=True) as tx:
            published = await store.published_before(tx, MAX_SIZE, 1)
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
            await self._publish_checkpoint(latest.size, latest.note)
        return len(missing)

    async def freeze(self, reason: str) -> None:
        """Stop all appending, in the database itself, where every process sees it."""
        async with self._database.transaction(SYSTEM) as tx:
            await store.freeze(tx, reason)
        log.error("ledger frozen", reason=reason)

    async def signed(self) -> Checkpoint:
        """Return the last tree that the signer remembers having signed."""
        checkpoint, note = parse_checkpoint(await self._signer.checkpoint())
        if not note.opened_by([self._key]):
            raise NoteError("the signer answers with another key than the policy names")
        return checkpoint

    async def begin(self) -> None:
        """Look at signer and published folder before the first step; freezes the ledger when they contradict it."""
        await self.check_signer()
        try:
            await self.repair()
        except (LogDamagedError, PublishedDiffersError) as error:
            await self.freeze(str(error))

    async def check_signer(self) -> None:
        """Freeze when the signer has signed more than this database knows: it is a restored backup."""
        signed = (await self.signed()).size
        async with self._database.transaction(SYSTEM, read_only=True) as tx:
            latest = await store.latest_checkpoint(tx)
        size = 0 if latest is None else latest.size
        if signed > size:
            await self.freeze(f"签名机已签到第 {signed} 条，数据库只有 {size} 条：数据库可能是从旧备份恢复的")

    async def _integrate(self) -> bool:
        """Step 1. Crash before the commit: nothing has happened; after it: the unsigned checkpoint is found again."""
        async with self._database.transaction(SYSTEM) as tx:
            head = await store.lock_head(tx, self._epoch)
            if head is None:
                raise NoLongerLeadingError
            if head.frozen is not None:
                return False
            # A full batch ends where a tile ends, so that a backlog leaves few partial tiles.
            pending = await store.pending(tx, self._batch - head.size % WIDTH)
            if not pending:
                return False
            failpoint("after-take")
            edge = await store.tiles(tx, right_edge(head.size))
            tree = Tree.load(head.size, edge.__getitem__)
            grown = list(tree.extend(row.leaf_hash for row in pending))
            grown += tree.partial_tiles()
            await store.number_entries(tx, [row.id for row in pending], head.size)
            await store.put_tiles(tx, ((name, b"".join(hashes)) for name, hashes in grown))
            await store.add_checkpoint(tx, tree.size, tree.root)
            if not await store.lengthen(tx, self._epoch, head.size, tree.size):
                raise NoLongerLeadingError
        failpoint("after-commit")
        return True

    async def _sign(self, latest: CheckpointRow) -> CheckpointRow:
        """Steps 2 to 4. Crash before the note is kept: the same is asked again, and the signer answers the same."""
        checkpoint = Checkpoint(self._key.name, latest.size, latest.root)
        async with self._database.transaction(SYSTEM, read_only=True) as tx:
            before = await store.signed_before(tx, latest.size)
            await _reread(tx, before, latest)
        prove = self._prover(latest.size)
        failpoint("before-sign")
        note = await sign(self._signer, self._key, checkpoint, before.size if before else 0, prove)
        failpoint("after-sign")
        note = await self._witnesses.cosign(note, prove)
        await self._keep(latest.size, note)
        async with self._database.transaction(SYSTEM, read_only=True) as tx:
            signed = await store.latest_checkpoint(tx)
        if signed is None or signed.note is None:
            raise LogDamagedError(f"the checkpoint of {latest.size} leaves vanished")
        return signed

    async def _publish(self, latest: CheckpointRow) -> None:
        """Step 5. Crash anywhere: files that are there have the right bytes already, the rest is written next time."""
        async with self._database.transaction(SYSTEM, read_only=True) as tx:
            earlier = await store.published_before(tx, latest.size, 2)
            published = earlier[0].size if earlier else 0
            for first in range(published - published % WIDTH, latest.size, BATCH):
                end = min(latest.size, first + BATCH)
                leaves = await store.leaves(tx, first, end)
                self._folder.publish_tiles(_bundles(first, leaves))
            names = list(_new_tiles(published, latest.size))
            hashes = await store.tiles(tx, names)
        self._folder.publish_tiles((name, hashes[name]) for name in names)
        assert latest.note is not None  # noqa: S101 - _publish is called for signed checkpoints only.
        await self._publish_checkpoint(latest.size, latest.note)
        # Readers of the checkpoint before may still be at work; partial tiles of the one before that can go.
        if len(earlier) > 1:
            self._folder.drop_partials(_filled(earlier[1].size, earlier[0].size))

    async def _publish_checkpoint(self, size: int, note: str) -> None:
        """Put the checkpoint out and mark it, with the head locked, so that no overtaken leader puts an old one back.

        Crash between the rename and the commit: the same files are compared and the mark is set next time.
        """
        async with self._database.transaction(SYSTEM) as tx:
            if await store.lock_head(tx, self._epoch) is None:
                raise NoLongerLeadingError
            self._folder.publish_checkpoint(note)
            await store.mark_published(tx, size)

    async def _keep(self, size: int, note: str) -> bool:
        satisfied = self._witnesses.is_satisfied(note)
        async with self._database.transaction(SYSTEM) as tx:
            await store.keep_note(tx, size, note, tx.now if satisfied else None)
        return satisfied

    def _prover(self, size: int) -> Prove:
        async def prove(old: int) -> list[bytes]:
            async with self._database.transaction(SYSTEM, read_only=True) as tx:
                return await store.computed_from_tiles(
                    tx, lambda read: prove_consistency(node_reader(size, read), old, size)
                )

        return prove


async def _reread(tx: Tx, before: CheckpointRow | None, latest: CheckpointRow) -> None:
    """Recompute the new root from the leaves themselves; one flipped bit that gets signed can never be put right."""
    size, root = (before.size, before.root) if before else (0, EMPTY_ROOT)
    edge = await store.tiles(tx, right_edge(size))
    tree = Tree.load(size, edge.__getitem__)
    if tree.root != root:
        raise LogDamagedError(f"the stored tiles of {size} leaves do not have the root that was signed")
    while tree.size < latest.size:
        leaves = await store.leaves(tx, tree.size, min(latest.size, tree.size + BATCH))
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


async def watch(sequencer: Sequencer, audit: Callable[[Checkpoint], Awaitable[int]], stop: asyncio.Event) -> None:
    """Audit the database again and again (`selfcheck.check`), and freeze the ledger when it was rewritten.

    The pause grows with the work: a log that takes long to check takes a twentieth of one processor at most.
    """
    clock = asyncio.get_running_loop().time
    while not stop.is_set():
        began = clock()
        try:
            await audit(await sequencer.signed())
        except (LogDamagedError, NoteError) as error:
            await sequencer.freeze(f"数据库中的台账被改写：{error}")
        except (Unavailable, KeeperUnreachableError) as error:
            log.warning("the ledger could not be checked", because=str(error) or type(error).__name__)
        await _pause(stop, max(CHECK_PAUSE, 20 * (clock() - began)))


async def run(sequencer: Sequencer, stop: asyncio.Event) -> None:
    """Lead and work until told to stop; on any fault of the surroundings wait a little and begin again."""
    while not stop.is_set():
        try:
            async with AsyncExitStack() as stack:
                if await sequencer.lead(stack):
                    await sequencer.begin()
                    await _work(sequencer, stop)
        except (Unavailable, KeeperUnreachableError, NoteError, NoLongerLeadingError) as error:
            log.warning("sequencer waits", because=str(error) or type(error).__name__)
        await _pause(stop, STANDBY)


async def _work(sequencer: Sequencer, stop: asyncio.Event) -> None:
    clock = asyncio.get_running_loop().time
    ask_again = clock()
    while not stop.is_set():
        if not await sequencer.step():
            if clock() >= ask_again and not await sequencer.complete_quorum():
                ask_again = clock() + WITNESS_RETRY
            await _pause(stop, IDLE)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
