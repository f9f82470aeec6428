"""The sequencer: gives committed entries their leaf numbers, grows the tree, has it signed, publishes it.

One at a time leads: a session lock keeps others out, and an epoch in the head makes a leader that lost the lock fail at
its next batch. One step is one batch, in this order; a crash at any place resumes with the same `step`:

1. number pending entries, grow tiles, note the unsigned checkpoint, move the head: one transaction (`_integrate`);
2. read the new leaves back, hash them again, and compare with tiles and root (`rereading.reread`);
3. ask the signer, with a consistency proof from what it signed last (`cosigning.sign`);
4. ask the witnesses, in parallel (`cosigning.Witnesses`);
5. keep the note, publish tiles and bundles, and the checkpoint last (`publishing.Publisher`).

A number once given is never taken back. When the signer refuses, the database's history is not what was signed: the
ledger freezes, and says why, rather than go on. The loop around the steps is sequencing.py.
"""

from contextlib import AsyncExitStack
from typing import Final

import structlog

from inspect_registry.actor import SYSTEM
from inspect_registry.db import Database
from inspect_registry.db.errors import RuleViolated
from inspect_registry.ledger import sequencer_store as store
from inspect_registry.ledger.checkpoint import Checkpoint, parse_checkpoint
from inspect_registry.ledger.client import KeeperClient
from inspect_registry.ledger.cosigning import HistoryDiffersError, Prove, Witnesses, sign
from inspect_registry.ledger.failpoints import failpoint
from inspect_registry.ledger.merkle import prove_consistency
from inspect_registry.ledger.model import CheckpointRow
from inspect_registry.ledger.note import NoteError
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.publication import LogFolder, PublishedDiffersError
from inspect_registry.ledger.publishing import NoLongerLeadingError, Publisher
from inspect_registry.ledger.rereading import reread
from inspect_registry.ledger.tiles import WIDTH, LogDamagedError, Tree, node_reader, right_edge

BATCH: Final = 16 * WIDTH

log = structlog.get_logger()


class Sequencer:
    """One sequencer on one database."""

    def __init__(
        self, database: Database, folder: LogFolder, signer: KeeperClient, policy: Policy, *, batch: int = BATCH
    ) -> None:
        self._database = database
        self._publisher = Publisher(database, folder)
        self._signer = signer
        self._key = policy.log
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
                await self._publisher.publish(latest, self._epoch)
                return True
            return await self._integrate()
        except (HistoryDiffersError, LogDamagedError, PublishedDiffersError) as error:
            await self.freeze(str(error))
        except RuleViolated as error:  # Such as a number that is taken: head and leaves no longer fit each other.
            await self.freeze(f"数据库中的台账自相矛盾：{error}")
        return False

    async def complete_quorum(self) -> bool:
        """Ask the missing witnesses about the newest checkpoint; True when nobody is missing any more."""
        async with self._database.transaction(SYSTEM, read_only=True) as tx:
            latest = await store.latest_checkpoint(tx)
        if latest is None or latest.note is None or latest.witnessed_at is not None:
            return True
        note = await self._witnesses.cosign(latest.note, self._prover(latest.size))
        satisfied = await self._keep(latest.size, note)
        await self._publisher.publish_checkpoint(latest.size, note, self._epoch)
        return satisfied

    async def repair(self) -> int:
        """Publish again what the published folder lacks, such as after a restore; returns how many files that were."""
        return await self._publisher.repair(self._epoch)

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
            await reread(tx, before, latest)
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
