"""Twelve ways in which a database superuser rewrites history, each of which the registry's own check finds."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM
from inspect_registry.db import Database, Tx
from inspect_registry.ledger import selfcheck, sequencer_store
from inspect_registry.ledger.checkpoint import Checkpoint, parse_checkpoint_text
from inspect_registry.ledger.client import KeeperClient
from inspect_registry.ledger.merkle import leaf_hash
from inspect_registry.ledger.receipts import public_entry
from inspect_registry.ledger.selfcheck import check
from inspect_registry.ledger.sequencer import Sequencer
from inspect_registry.ledger.sequencing import watch
from inspect_registry.ledger.tiles import LogDamagedError, Tree
from tests.ledger_builders import Keepers, append_some, grow, sequence_all

HASHED = "leaf_hash = sha256('\\x00'::bytea || {0}), leaf = {0}"


def edited(old: str, new: str) -> str:
    return HASHED.format(f"convert_to(replace(convert_from(leaf, 'UTF8'), '{old}', '{new}'), 'UTF8')")


REWRITES: dict[str, tuple[str, ...]] = {
    "a result is edited in the record": (
        (
            "UPDATE ledger_private SET record = convert_to(replace(convert_from(record, 'UTF8'), '3', '4'), 'UTF8')"
            " WHERE entry = (SELECT id FROM ledger_entry WHERE leaf_index = 3)"
        ),
    ),
    "the inspector is changed in the record": (
        (
            "UPDATE ledger_private SET record = convert_to(replace(convert_from(record, 'UTF8'), 'system', 'other'), 'UTF8')"
            " WHERE entry = (SELECT id FROM ledger_entry WHERE leaf_index = 5)"
        ),
    ),
    "a record is deleted without a word": (
        "DELETE FROM ledger_private WHERE entry = (SELECT id FROM ledger_entry WHERE leaf_index = 3)",
    ),
    "a leaf is deleted": (
        "DELETE FROM ledger_private WHERE entry = (SELECT id FROM ledger_entry WHERE leaf_index = 7)",
        "DELETE FROM ledger_entry WHERE leaf_index = 7",
    ),
    "a leaf is inserted into the past": (
        "UPDATE ledger_entry SET leaf_index = leaf_index + 1000 WHERE leaf_index >= 4",
        "UPDATE ledger_entry SET leaf_index = leaf_index - 999 WHERE leaf_index >= 1000",
        (
            "INSERT INTO ledger_entry (leaf, leaf_hash, action, subject_kind, subject_uid, appended_at, leaf_index)"
            " SELECT leaf, leaf_hash, action, subject_kind, subject_uid, appended_at, 4 FROM ledger_entry WHERE leaf_index = 9"
        ),
        (
            "INSERT INTO ledger_private (entry, salt, record) SELECT new.id, salt, record FROM ledger_entry AS new,"
            " ledger_private WHERE new.leaf_index = 4 AND entry = (SELECT id FROM ledger_entry WHERE leaf_index = 9)"
        ),
        "UPDATE ledger_head SET size = size + 1",
    ),
    "two leaves are swapped": (
        "UPDATE ledger_entry SET leaf_index = 1000 WHERE leaf_index = 3",
        "UPDATE ledger_entry SET leaf_index = 3 WHERE leaf_index = 4",
        "UPDATE ledger_entry SET leaf_index = 4 WHERE leaf_index = 1000",
    ),
    "the time in a leaf is changed": (
        f"UPDATE ledger_entry SET {edited('2026-11-20', '2026-11-19')} WHERE leaf_index = 3",
    ),
    "a leaf is edited with its columns": (
        f"UPDATE ledger_entry SET {edited('s0-3', 's0-X')}, subject_uid = 's0-X' WHERE leaf_index = 3",
    ),
    "the tail is dropped": (
        "DELETE FROM ledger_private WHERE entry IN (SELECT id FROM ledger_entry WHERE leaf_index >= 290)",
        "DELETE FROM ledger_entry WHERE leaf_index >= 290",
        "DELETE FROM ledger_checkpoint WHERE size > 290",
        "UPDATE ledger_head SET size = 290",
    ),
    "only a tile is changed": (
        "UPDATE ledger_tile SET hashes = set_byte(hashes, 40, 1) WHERE level = 0 AND number = 0",
    ),
    "only a checkpoint is changed": ("UPDATE ledger_checkpoint SET root = sha256('x'::bytea) WHERE size = 280",),
    "the head is put back": ("UPDATE ledger_head SET size = 280",),
}


async def signed(keepers: Keepers) -> Checkpoint:
    return parse_checkpoint_text((await keepers.client().checkpoint()).partition("\n\n")[0] + "\n")


async def rewrite(owner: asyncpg.Connection, statements: tuple[str, ...]) -> None:
    """Do what only a superuser can."""
    for table in ("ledger_entry", "ledger_private"):
        await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    for statement in statements:
        assert await owner.execute(statement) not in {"UPDATE 0", "DELETE 0", "INSERT 0 0"}, statement


async def recompute(sequencing: Database, owner: asyncpg.Connection) -> None:
    """Recompute every tile and every root that the database holds."""
    async with sequencing.transaction(SYSTEM) as tx:
        size = (await sequencer_store.head(tx)).size
        leaves = [leaf_hash(leaf) for leaf in await sequencer_store.leaves(tx, 0, size)]
        tree = Tree()
        await sequencer_store.put_tiles(tx, [(name, b"".join(hashes)) for name, hashes in tree.extend(leaves)])
        await sequencer_store.put_tiles(tx, [(name, b"".join(hashes)) for name, hashes in tree.partial_tiles()])
    for row in await owner.fetch("SELECT size FROM ledger_checkpoint"):
        part = Tree()
        for _ in part.extend(leaves[: row["size"]]):
            pass
        await owner.execute("UPDATE ledger_checkpoint SET root = $1 WHERE size = $2", part.root, row["size"])


async def test_an_honest_log_passes_also_while_it_grows(
    database: Database, sequencing: Database, keepers: Keepers
) -> None:
    await grow(database, keepers, sequencing, [280, 20])
    remembered = await signed(keepers)
    await append_some(database, 5)
    assert await check(database, remembered, keepers.folder, keepers.policy) == 300
    await sequence_all(keepers.sequencer(sequencing))
    assert await check(database, remembered, keepers.folder, keepers.policy) == 305


async def test_growth_in_the_midst_of_a_check_is_no_alarm(
    database: Database, sequencing: Database, keepers: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by the crash matrix: leaves numbered after the head was read looked like doubled ones."""
    await grow(database, keepers, sequencing, [280, 20])
    remembered, real = await signed(keepers), selfcheck._leaves

    async def grown_meanwhile(tx: Tx, size: int) -> AsyncIterator[list[selfcheck.LeafWithRecord]]:
        await append_some(database, 5)
        await sequence_all(keepers.sequencer(sequencing))
        async for chunk in real(tx, size):
            yield chunk

    monkeypatch.setattr(selfcheck, "_leaves", grown_meanwhile)
    assert await check(database, remembered, keepers.folder, keepers.policy) == 300


@pytest.mark.parametrize("rewriting", REWRITES)
@pytest.mark.parametrize("recomputed", [False, True])
async def test_every_rewriting_is_found(
    database: Database,
    sequencing: Database,
    keepers: Keepers,
    owner: asyncpg.Connection,
    rewriting: str,
    recomputed: bool,
) -> None:
    await grow(database, keepers, sequencing, [280, 20])
    remembered = await signed(keepers)
    await rewrite(owner, REWRITES[rewriting])
    if recomputed and rewriting not in {"a leaf is deleted", "only a tile is changed", "only a checkpoint is changed"}:
        await recompute(sequencing, owner)
    with pytest.raises(LogDamagedError):
        await check(database, remembered, keepers.folder, keepers.policy)


async def test_a_record_does_not_go_in_the_name_of_another_entry(
    database: Database, sequencing: Database, keepers: Keepers, owner: asyncpg.Connection
) -> None:
    """A thirteenth way: a record is taken away as if by a lawful erasure, which told of others, or by any entry."""
    await grow(database, keepers, sequencing, [20])
    async with database.transaction(SYSTEM) as tx:
        lawful = [(await public_entry(tx, number)).id for number in (2, 3)]
        erasure = await ledger.erase(tx, lawful, reason="更正", basis="个人信息保护法第四十七条")
        other = (await public_entry(tx, 11)).id
    remembered = await signed(keepers)
    assert await check(database, remembered, keepers.folder, keepers.policy) == 20  # Told, and not numbered yet.
    await sequence_all(keepers.sequencer(sequencing))
    assert await check(database, remembered, keepers.folder, keepers.policy) == 21
    await rewrite(owner, ())
    for name, told in ((erasure, "entry.erased .* tells of 2"), (other, "check.added .* tells of 0")):
        change = "UPDATE ledger_private SET salt = NULL, record = NULL, erased_in = $1 WHERE entry = $2"
        await owner.execute(change, name, lawful[1] + 1)
        with pytest.raises(LogDamagedError, match=f"records? are gone in the name of an entry {told}"):
            await check(database, remembered, keepers.folder, keepers.policy)


async def test_a_check_that_believed_the_database_alone_would_miss_a_recomputed_rewriting(
    database: Database, sequencing: Database, keepers: Keepers, owner: asyncpg.Connection
) -> None:
    """The planted fault: without the signer's memory and the published checkpoint nothing contradicts the forger."""
    await grow(database, keepers, sequencing, [280, 20])
    await rewrite(
        owner, (f"UPDATE ledger_entry SET {edited('s0-3', 's0-X')}, subject_uid = 's0-X' WHERE leaf_index = 3",)
    )
    await recompute(sequencing, owner)
    (keepers.folder.root / "checkpoint").unlink()
    forged = await owner.fetchval("SELECT root FROM ledger_checkpoint WHERE size = 300")
    believed = Checkpoint(keepers.policy.logs[0].name, 300, forged)
    assert await check(database, believed, keepers.folder, keepers.policy) == 300
    with pytest.raises(LogDamagedError, match="the signer has another root"):
        await check(database, await signed(keepers), keepers.folder, keepers.policy)


async def test_the_watch_freezes_a_rewritten_log_and_leaves_an_honest_one_alone(
    database: Database, sequencing: Database, keepers: Keepers, owner: asyncpg.Connection
) -> None:
    await grow(database, keepers, sequencing, [20])
    sequencer, checked = keepers.sequencer(sequencing), []

    async def audit_once(remembered: Checkpoint) -> int:
        stop.set()
        checked.append(await check(database, remembered, keepers.folder, keepers.policy))
        return checked[-1]

    stop = asyncio.Event()
    await watch(sequencer, audit_once, stop)
    assert checked == [20]
    assert await owner.fetchval("SELECT frozen FROM ledger_head") is None
    await rewrite(owner, REWRITES["a result is edited in the record"])
    stop = asyncio.Event()
    await watch(sequencer, audit_once, stop)
    assert "the record of leaf 3 was changed" in await owner.fetchval("SELECT frozen FROM ledger_head")


async def test_a_signer_that_does_not_answer_is_no_reason_to_freeze(
    database: Database, sequencing: Database, keepers: Keepers, owner: asyncpg.Connection
) -> None:
    nobody = Sequencer(sequencing, keepers.folder, KeeperClient("unix:/nonexistent.sock"), keepers.policy)
    stop = asyncio.Event()
    loop = asyncio.create_task(watch(nobody, lambda _signed: asyncio.sleep(0, 0), stop))
    await asyncio.sleep(0)
    stop.set()
    await loop
    assert await owner.fetchval("SELECT frozen FROM ledger_head") is None
