"""Numbers without gaps, one leader, published files that anybody can check, and a stop when histories differ."""

import asyncio
import shutil
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM
from inspect_registry.db import Database
from inspect_registry.ledger import sequencer_store, store, verify
from inspect_registry.ledger.merkle import leaf_hash
from inspect_registry.ledger.publication import LogFolder, PublishedDiffersError
from inspect_registry.ledger.publishing import NoLongerLeadingError
from inspect_registry.ledger.source import LogRejectedError, open_site
from inspect_registry.ledger.tiles import TileName, Tree, bundles_of, tiles_of
from inspect_registry.ledger.waypoints import Seen
from tests.ledger_builders import Keepers, append_some, grow, sequence_all


def audit(keepers: Keepers, seen: Seen | None = None) -> verify.Report:
    return verify.audit(open_site(str(keepers.folder.root)), keepers.policy, seen)


async def test_the_published_log_holds_every_entry_and_is_accepted(
    database: Database, sequencing: Database, keepers: Keepers
) -> None:
    await grow(database, keepers, sequencing, [1, 2, 255, 300, 5_000])
    report = audit(keepers)
    assert report.checkpoint.size == 5_558
    assert report.actions == {"check.added": 5_558}
    async with database.transaction(SYSTEM) as tx:
        status = await store.status(tx)
    assert (status.size, status.published_size, status.pending, status.frozen) == (5_558, 5_558, 0, None)


async def test_numbers_follow_the_order_of_the_sequencer_without_gaps_in_spite_of_rollbacks(
    database: Database, sequencing: Database, keepers: Keepers, owner: asyncpg.Connection
) -> None:
    async def act(number: int) -> None:
        async with database.transaction(SYSTEM) as tx:
            await ledger.append(tx, ledger.Action.CHECK_ADDED, ledger.Subject("check", f"n{number}"))
            assert number % 3, "every third act fails after appending"

    await asyncio.gather(*(act(number) for number in range(60)), return_exceptions=True)
    await sequence_all(keepers.sequencer(sequencing, batch=256))
    numbers = [row["leaf_index"] for row in await owner.fetch("SELECT leaf_index FROM ledger_entry ORDER BY 1")]
    assert numbers == list(range(40))
    assert await owner.fetchval("SELECT max(id) FROM ledger_entry") > 40  # The identity column does have gaps.


async def test_a_second_sequencer_stands_by(database: Database, sequencing: Database, keepers: Keepers) -> None:
    first, second = keepers.sequencer(sequencing), keepers.sequencer(sequencing)
    async with AsyncExitStack() as one, AsyncExitStack() as two:
        assert await first.lead(one)
        assert not await second.lead(two)
    async with AsyncExitStack() as stack:
        assert await second.lead(stack)


async def test_a_leader_that_was_overtaken_fails_at_its_next_batch(
    database: Database, sequencing: Database, keepers: Keepers
) -> None:
    old, new = keepers.sequencer(sequencing), keepers.sequencer(sequencing)
    async with AsyncExitStack() as stack:
        assert await old.lead(stack)
    async with AsyncExitStack() as stack:
        assert await new.lead(stack)
        await append_some(database, 3)
        with pytest.raises(NoLongerLeadingError):
            await old.step()
        assert await new.step()
    async with database.transaction(SYSTEM) as tx:
        assert (await store.head(tx)).size == 3


async def test_an_overtaken_leader_puts_no_old_checkpoint_back(
    database: Database, sequencing: Database, keepers: Keepers
) -> None:
    old = keepers.sequencer(sequencing)
    await append_some(database, 3)
    async with AsyncExitStack() as stack:
        assert await old.lead(stack)
        assert await old.step()
    await grow(database, keepers, sequencing, [4])
    newest = keepers.folder.checkpoint()
    async with database.transaction(SYSTEM) as tx:
        assert (await store.status(tx)).published_size == 7
    with pytest.raises(NoLongerLeadingError):
        await old._publisher.publish_checkpoint(3, "an old checkpoint", old._epoch)
    assert keepers.folder.checkpoint() == newest


@pytest.mark.parametrize("lost", ["everything", "tail", "one bundle", "checkpoint", "nothing"])
async def test_a_published_folder_with_holes_is_made_whole(
    database: Database, sequencing: Database, keepers: Keepers, tmp_path: Path, lost: str
) -> None:
    """As after a restore, when the files were copied a little before the database was."""
    await grow(database, keepers, sequencing, [300])
    earlier = tmp_path / "earlier"
    shutil.copytree(keepers.folder.root, earlier)
    await grow(database, keepers, sequencing, [500])
    root = keepers.folder.root
    if lost in {"everything", "tail"}:
        shutil.rmtree(root)
        shutil.copytree(earlier, root)
        if lost == "everything":
            shutil.rmtree(root / "tile")
    elif lost == "one bundle":
        (root / TileName(-1, 1).path).unlink()
    elif lost == "checkpoint":
        (root / "checkpoint").unlink()
    sequencer = keepers.sequencer(sequencing)
    async with AsyncExitStack() as stack:
        assert await sequencer.lead(stack)
        repaired = await sequencer.repair()
        assert (repaired > 0) == (lost not in {"checkpoint", "nothing"})
        assert await sequencer.repair() == 0
    assert audit(keepers).checkpoint.size == 800


async def test_a_leaf_that_is_missing_from_both_places_freezes_at_the_start(
    database: Database, sequencing: Database, keepers: Keepers, owner: asyncpg.Connection
) -> None:
    await grow(database, keepers, sequencing, [300])
    (keepers.folder.root / TileName(-1, 0).path).unlink()
    await owner.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
    await owner.execute("UPDATE ledger_entry SET leaf_index = 1000 WHERE leaf_index = 7")
    sequencer = keepers.sequencer(sequencing)
    async with AsyncExitStack() as stack:
        assert await sequencer.lead(stack)
        await sequencer.begin()
    assert "leaves are missing" in await owner.fetchval("SELECT frozen FROM ledger_head")


async def test_partial_tiles_go_only_after_two_checkpoints_and_readers_fall_back_to_the_full_one(
    database: Database, sequencing: Database, keepers: Keepers
) -> None:
    await grow(database, keepers, sequencing, [100, 200, 10, 10])
    partial = keepers.folder.root / TileName(0, 0, 100).path
    assert not partial.exists()
    assert keepers.folder.read(TileName(0, 0, 100)) == keepers.folder.read(TileName(0, 0))[:3200]
    assert (keepers.folder.root / TileName(0, 1, 44).path).exists()
    assert audit(keepers).checkpoint.size == 320


async def test_the_checkpoint_comes_when_all_that_it_promises_is_there(
    database: Database, sequencing: Database, keepers: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    promised: list[int] = []
    put = LogFolder.publish_checkpoint

    def looked_at(folder: LogFolder, note: str) -> None:
        promised.append(int(note.split("\n")[1]))
        names = [*tiles_of(promised[-1]), *bundles_of(promised[-1])]
        assert [name.path for name in names if not folder.has(name)] == []
        put(folder, note)

    monkeypatch.setattr(LogFolder, "publish_checkpoint", looked_at)
    await grow(database, keepers, sequencing, [1, 255, 300, 5])
    assert promised == [1, 256, 556, 561]


async def test_published_files_are_never_changed(database: Database, sequencing: Database, keepers: Keepers) -> None:
    await grow(database, keepers, sequencing, [10])
    with pytest.raises(PublishedDiffersError):
        keepers.folder.publish_tiles([(TileName(0, 0, 10), b"x" * 320)])
    path = keepers.folder.root / TileName(0, 0, 11).path
    path.write_bytes(b"somebody else's")
    await append_some(database, 1)
    await sequence_all(keepers.sequencer(sequencing))
    async with database.transaction(SYSTEM) as tx:
        frozen = (await store.head(tx)).frozen
    assert frozen is not None
    assert "other bytes" in frozen


async def test_the_signer_stops_a_rewritten_history(
    database: Database, sequencing: Database, keepers: Keepers, owner: asyncpg.Connection
) -> None:
    """The superuser rewrites one old leaf and recomputes everything that is in the database."""
    await grow(database, keepers, sequencing, [10])
    before = audit(keepers)
    await owner.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
    await owner.execute(
        """UPDATE ledger_entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 's0-3', 's0-X'), 'UTF8'),
           leaf_hash = sha256('\\x00'::bytea || convert_to(replace(convert_from(leaf, 'UTF8'), 's0-3', 's0-X'), 'UTF8'))
           WHERE leaf_index = 3"""
    )
    await owner.execute("ALTER TABLE ledger_entry ENABLE TRIGGER ALL")
    await _recompute_everything(sequencing, owner)
    await append_some(database, 1)
    await sequence_all(keepers.sequencer(sequencing))
    async with database.transaction(SYSTEM) as tx:
        frozen = (await store.head(tx)).frozen
    assert frozen is not None
    assert "签名机拒绝签署" in frozen
    assert audit(keepers).checkpoint == before.checkpoint


async def _recompute_everything(sequencing: Database, owner: asyncpg.Connection) -> None:
    async with sequencing.transaction(SYSTEM) as tx:
        size = (await store.head(tx)).size
        tree = Tree()
        for name, hashes in tree.extend(leaf_hash(leaf) for leaf in await sequencer_store.leaves(tx, 0, size)):
            await sequencer_store.put_tiles(tx, [(name, b"".join(hashes))])
        await sequencer_store.put_tiles(tx, [(name, b"".join(hashes)) for name, hashes in tree.partial_tiles()])
    await owner.execute("UPDATE ledger_checkpoint SET root = $1 WHERE size = $2", tree.root, size)


async def test_a_flipped_bit_between_numbering_and_signing_is_found_before_it_is_signed(
    database: Database, sequencing: Database, keepers: Keepers, owner: asyncpg.Connection
) -> None:
    await append_some(database, 5)
    sequencer = keepers.sequencer(sequencing)
    async with AsyncExitStack() as stack:
        assert await sequencer.lead(stack)
        assert await sequencer.step()
        await owner.execute("UPDATE ledger_tile SET hashes = set_byte(hashes, 7, (get_byte(hashes, 7) + 1) % 256)")
        assert not await sequencer.step()
    async with database.transaction(SYSTEM) as tx:
        frozen = (await store.head(tx)).frozen
    assert frozen is not None
    assert "does not hold the hashes" in frozen
    assert keepers.client().ask("GET", "/checkpoint").split("\n")[1] == "0"


async def test_a_restored_backup_is_noticed_at_the_start(
    database: Database, sequencing: Database, keepers: Keepers, owner: asyncpg.Connection
) -> None:
    await grow(database, keepers, sequencing, [10])
    await owner.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
    await owner.execute("ALTER TABLE ledger_private DISABLE TRIGGER ALL")
    await owner.execute("DELETE FROM ledger_private")
    for table in ("ledger_entry", "ledger_tile", "ledger_checkpoint"):
        await owner.execute(f"DELETE FROM {table}")
    await owner.execute("UPDATE ledger_head SET size = 0")
    sequencer = keepers.sequencer(sequencing)
    await sequencer.check_signer()
    async with database.transaction(SYSTEM) as tx:
        frozen = (await store.head(tx)).frozen
    assert frozen is not None
    assert "旧备份" in frozen


async def test_two_of_three_witnesses_are_enough_and_the_third_is_asked_later(
    database: Database, sequencing: Database, watched: Keepers
) -> None:
    await grow(database, watched, sequencing, [5])
    assert audit(watched).checkpoint.size == 5
    watched.deaf = {"w2", "w3"}
    await grow(database, watched, sequencing, [5])
    with pytest.raises(LogRejectedError, match="too few witnesses"):
        audit(watched)
    sequencer = watched.sequencer(sequencing)
    async with AsyncExitStack() as stack:
        assert await sequencer.lead(stack)
        assert not await sequencer.complete_quorum()
        watched.deaf = {"w3"}
        assert await sequencer.complete_quorum()
    assert audit(watched).checkpoint.size == 10
    async with database.transaction(SYSTEM) as tx:
        assert (await store.status(tx)).witnessed_size == 10


async def test_a_log_that_shrinks_forks_or_is_copied_over_is_rejected_by_who_saw_it_before(
    database: Database, sequencing: Database, keepers: Keepers
) -> None:
    await grow(database, keepers, sequencing, [300])
    early = keepers.folder.root.with_name("early")
    shutil.copytree(keepers.folder.root, early)
    await grow(database, keepers, sequencing, [300])
    report = audit(keepers)
    seen = Seen(origin=report.checkpoint.origin, size=600, root=report.checkpoint.root, note=report.note, policy="")
    assert audit(keepers, seen).compared_with == 600
    with pytest.raises(LogRejectedError, match="shrunk"):
        verify.audit(open_site(str(early)), keepers.policy, seen)
    forked = Seen(origin=seen.origin, size=299, root=b"x" * 32, note="", policy="")
    with pytest.raises(LogRejectedError, match="history was rewritten"):
        audit(keepers, forked)
