"""A database from an old backup: it freezes, and the published log brings every leaf back."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.ledger import store, verify
from inspect_registry.ledger.checkpoint import Checkpoint
from inspect_registry.ledger.recovery import NotRecoverableError, Recovered, recover
from inspect_registry.ledger.selfcheck import check
from inspect_registry.ledger.source import open_site
from inspect_registry.ledger.waypoints import Seen
from tests.conftest import REGION, Cluster
from tests.integration.ledger.test_selfcheck import signed
from tests.ledger_builders import Keepers, append_some, grow, keepers_in, sequence_all


class Installation:
    """One log and a database that can be put back to an earlier copy of itself."""

    def __init__(self, cluster: Cluster, name: str, clock: SetClock, keepers: Keepers) -> None:
        self.cluster, self.name, self.clock, self.keepers = cluster, name, clock, keepers
        self.copies: list[str] = []

    async def open(self, role: str) -> Database:
        return await Database.open(
            self.cluster.dsn(self.name, role), region=REGION, clock=self.clock, size=3, command_timeout=20
        )

    async def grow(self, counts: list[int]) -> None:
        app, sequencing = await self.open("app"), await self.open("sequencer")
        await grow(app, self.keepers, sequencing, counts)
        await app.close()
        await sequencing.close()

    async def append(self, count: int) -> None:
        app = await self.open("app")
        await append_some(app, count, "pending")
        await app.close()

    async def backup(self) -> str:
        copy = f"{self.name}_copy{len(self.copies)}"
        await self.cluster.run(f'CREATE DATABASE "{copy}" TEMPLATE "{self.name}"')
        self.copies.append(copy)
        return copy

    async def notice(self) -> str | None:
        """Start the sequencer's first look and say why the ledger is frozen, if it is."""
        sequencing = await self.open("sequencer")
        sequencer = self.keepers.sequencer(sequencing)
        async with AsyncExitStack() as stack:
            assert await sequencer.lead(stack)
            await sequencer.check_signer()
            published = self.keepers.folder.checkpoint()
            assert await sequencer.repair() == 0
            assert self.keepers.folder.checkpoint() == published
        async with sequencing.transaction(SYSTEM) as tx:
            frozen = (await store.head(tx)).frozen
        await sequencing.close()
        return frozen

    async def recover(self, remembered: Checkpoint | None = None) -> Recovered:
        owner = await self.open("")
        try:
            return await recover(
                owner,
                self.keepers.folder,
                self.keepers.policy,
                remembered or await signed(self.keepers),
                lambda _done, _all: None,
            )
        finally:
            await owner.close()


@pytest_asyncio.fixture
async def installation(
    cluster: Cluster, database_name: str, clock: SetClock, tmp_path: Path
) -> AsyncIterator[Installation]:
    with keepers_in(tmp_path / "var", clock) as keepers:
        made = Installation(cluster, database_name, clock, keepers)
        yield made
        for copy in made.copies:
            await cluster.drop(copy)


async def test_a_restored_backup_freezes_and_recovers_every_leaf(installation: Installation) -> None:
    await installation.grow([300])
    await installation.append(7)  # These are in the backup, without numbers.
    backup = await installation.backup()
    await installation.grow([200, 1])
    before = verify.audit(open_site(str(installation.keepers.folder.root)), installation.keepers.policy)
    installation.name = backup
    frozen = await installation.notice()
    assert frozen is not None
    assert "508" in frozen
    app = await installation.open("app")
    with pytest.raises(ledger.LedgerFrozen):
        await append_some(app, 1)
    recovered = await installation.recover()
    assert (recovered.before, recovered.after, recovered.renumbered, len(recovered.lost)) == (300, 508, 7, 201)
    assert recovered.lost[0].subject.kind == "check"
    assert await check(app, before.checkpoint, installation.keepers.folder, installation.keepers.policy) == 508
    await installation.grow([3])
    after = verify.audit(
        open_site(str(installation.keepers.folder.root)),
        installation.keepers.policy,
        Seen(origin=before.checkpoint.origin, size=508, root=before.checkpoint.root, note=before.note, policy=""),
    )
    assert after.checkpoint.size == 512
    assert after.actions["ledger.recovered"] == 1
    await app.close()


async def test_what_cannot_be_recovered_is_said_and_nothing_is_changed(
    installation: Installation, owner: asyncpg.Connection
) -> None:
    await installation.grow([300])
    with pytest.raises(NotRecoverableError, match="not frozen"):
        await installation.recover()
    await owner.execute("UPDATE ledger_head SET frozen = 'test'")
    remembered = await signed(installation.keepers)
    with pytest.raises(NotRecoverableError, match="leaves between are lost"):
        await installation.recover(Checkpoint(remembered.origin, 301, b"x" * 32))
    await owner.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
    await owner.execute("UPDATE ledger_entry SET leaf_index = 1000 WHERE leaf_index = 3")
    await owner.execute("UPDATE ledger_entry SET leaf_index = 3 WHERE leaf_index = 4")
    await owner.execute("UPDATE ledger_entry SET leaf_index = 4 WHERE leaf_index = 1000")
    with pytest.raises(NotRecoverableError, match="no older state"):
        await installation.recover()
    await owner.execute("UPDATE ledger_head SET size = 301")
    with pytest.raises(NotRecoverableError, match="only 300 are published"):
        await installation.recover()
    assert await owner.fetchval("SELECT frozen FROM ledger_head") == "test"


async def test_a_false_alarm_is_thawed_and_told(installation: Installation, owner: asyncpg.Connection) -> None:
    await installation.grow([10])
    await owner.execute("UPDATE ledger_head SET frozen = 'false alarm'")
    recovered = await installation.recover()
    assert (recovered.before, recovered.after, recovered.lost) == (10, 10, [])
    app, sequencing = await installation.open("app"), await installation.open("sequencer")
    await sequence_all(installation.keepers.sequencer(sequencing))
    async with app.transaction(SYSTEM) as tx:
        assert (await store.status(tx)).published_size == 11
    await app.close()
    await sequencing.close()
