"""Waiting for a number, promises, and the order under 32 writers with two sequencers."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM
from inspect_registry.clock import SystemClock
from inspect_registry.db import Database
from inspect_registry.ledger import EntryId, LeafNumber, Waiter, store, verify
from inspect_registry.ledger.errors import EntryNotFound, SignerUnavailable
from inspect_registry.ledger.promise import open_promise, promise_for
from inspect_registry.ledger.sequencing import run
from inspect_registry.ledger.source import open_site
from tests.ledger_builders import Keepers, append_some, sequence_all
from tests.ledger_processes import run as command


async def number_of(database: Database, entry: EntryId) -> LeafNumber | None:
    async with database.transaction(SYSTEM) as tx:
        return await store.public_number(tx, entry)


async def test_who_waits_gets_the_number_as_soon_as_it_is_public(
    database: Database, sequencing: Database, keepers: Keepers
) -> None:
    (entry,) = await append_some(database, 1)
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            await sequence_all(keepers.sequencer(sequencing))

    number = await ledger.wait_for_number(lambda wanted: number_of(database, wanted), entry, Waiter(sleep))
    assert (number, len(slept)) == (0, 3)


async def test_who_waits_in_vain_is_told_that_the_act_is_registered(database: Database) -> None:
    (entry,) = await append_some(database, 1)
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    waiter = Waiter(sleep, seconds=1.0, interval=0.25)
    assert await ledger.wait_for_number(lambda wanted: number_of(database, wanted), entry, waiter) is None
    assert slept == [0.25] * 4


async def test_a_numbered_entry_counts_as_public_only_below_a_published_checkpoint(
    database: Database, sequencing: Database, keepers: Keepers
) -> None:
    (entry,) = await append_some(database, 1)
    sequencer = keepers.sequencer(sequencing)
    async with AsyncExitStack() as stack:
        assert await sequencer.lead(stack)
        assert await sequencer.step()  # Numbered, not yet signed.
        assert await number_of(database, entry) is None
        assert await sequencer.step()
        assert await number_of(database, entry) == 0


async def test_a_promise_is_kept_and_the_same_entry_gets_the_same_one(
    database: Database, sequencing: Database, keepers: Keepers
) -> None:
    (entry,) = await append_some(database, 1)
    (key,) = keepers.policy.logs

    async def ask() -> str:
        async with database.transaction(SYSTEM, read_only=True) as tx:
            return await ledger.promise(tx, entry, keepers.client(), key.name)

    note = await ask()
    promise = open_promise(note, [key])
    assert promise.deadline.timestamp() == database.clock.now().timestamp() + 60
    await sequence_all(keepers.sequencer(sequencing))
    assert await ask() == note
    async with database.transaction(SYSTEM) as tx:
        row = await store.entry_at(tx, LeafNumber(0))
    assert row is not None
    assert row.leaf_hash == promise.leaf


async def test_anybody_can_tell_a_kept_promise_from_a_broken_one(
    database: Database, sequencing: Database, keepers: Keepers, tmp_path: Path
) -> None:
    first, second = await append_some(database, 2)
    (key,) = keepers.policy.logs
    files = []
    for entry in (first, second):
        async with database.transaction(SYSTEM, read_only=True) as tx:
            note = await ledger.promise(tx, entry, keepers.client(), key.name)
        files.append(tmp_path / f"{entry}.promise")
        files[-1].write_text(note)
    await sequence_all(keepers.sequencer(sequencing))
    kept = command("ledger", "kept", str(files[1]), str(keepers.folder.root))
    assert kept.returncode == 0, kept.stderr
    assert "承诺已兑现：该条为台账第 1 条" in kept.stdout
    dropped = promise_for(key.name, b"d" * 32, database.clock.now())
    files[0].write_text(await keepers.client().promise(dropped))
    broken = command("ledger", "kept", str(files[0]), str(keepers.folder.root))
    assert broken.returncode == 1
    assert "承诺未兑现" in broken.stderr
    late = promise_for(key.name, b"d" * 32, SystemClock().now())
    files[0].write_text(await keepers.client().promise(late))
    assert "尚未到期" in command("ledger", "kept", str(files[0]), str(keepers.folder.root)).stdout
    files[0].write_text(files[0].read_text().replace("by ", "by 9"))
    forged = command("ledger", "kept", str(files[0]), str(keepers.folder.root))
    assert forged.returncode == 1
    assert "does not verify" in forged.stderr


async def test_a_promise_needs_a_signer_and_an_entry(database: Database, keepers: Keepers) -> None:
    (entry,) = await append_some(database, 1)
    nobody = ledger.SignerClient("unix:/nonexistent/signer.sock")
    async with database.transaction(SYSTEM, read_only=True) as tx:
        with pytest.raises(SignerUnavailable):
            await ledger.promise(tx, entry, nobody, "origin.example")
        with pytest.raises(EntryNotFound):
            await ledger.promise(tx, EntryId(999_999), keepers.client(), "origin.example")
        with pytest.raises(SignerUnavailable):  # Asked in another log's name.
            await ledger.promise(tx, entry, keepers.client(), "origin.example")


async def test_the_loop_leads_works_and_stops(database: Database, sequencing: Database, keepers: Keepers) -> None:
    await append_some(database, 300)
    stop = asyncio.Event()
    loop = asyncio.create_task(run(keepers.sequencer(sequencing), stop))
    async with asyncio.timeout(20):
        while True:
            async with database.transaction(SYSTEM) as tx:
                if (await store.status(tx)).published_size == 300:
                    break
            await asyncio.sleep(0.05)
    stop.set()
    await loop
    assert verify.audit(open_site(str(keepers.folder.root)), keepers.policy).checkpoint.size == 300
