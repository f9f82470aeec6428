"""The twelve rewritings once more, from the outside: no keeper signs the forgery, and old receipts contradict it."""

import asyncpg
import pytest

from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.db import Database
from inspect_registry.ledger import receipts, store
from inspect_registry.ledger.checkpoint import parse_checkpoint
from inspect_registry.ledger.merkle import leaf_hash, root_of
from inspect_registry.ledger.proof import parse_proof
from inspect_registry.ledger.receipt import Receipt
from inspect_registry.ledger.source import open_site
from inspect_registry.ledger.verify import audit
from inspect_registry.ledger.waypoints import Seen
from tests.integration.ledger.test_selfcheck import REWRITES, recompute, rewrite
from tests.ledger_builders import Keepers, append_some, grow, sequence_all

HELD = (3, 4, 5, 7, 9, 285, 295)
"""Leaves whose holders keep a receipt."""
GAPS = {"a leaf is deleted", "only a tile is changed", "only a checkpoint is changed"}
"""Here nothing can be recomputed (numbers are missing), or recomputing would undo the rewriting."""


async def held(database: Database, keepers: Keepers) -> dict[int, Receipt]:
    """The receipts as their holders fetched them, before anybody rewrote anything."""
    async with database.transaction(Actor(role=Role.AUDITOR), read_only=True) as tx:
        entries = {number: await receipts.public_entry(tx, number) for number in HELD}
        return {number: await receipts.receipt_of(tx, row.id, keepers.places) for number, row in entries.items()}


async def contradictions(owner: asyncpg.Connection, kept: dict[int, Receipt]) -> list[str]:
    """Say in what the database contradicts the receipts."""
    rows = {
        row["leaf_index"]: row
        for row in await owner.fetch(
            """SELECT leaf_index, leaf, salt, record FROM ledger_entry
               LEFT JOIN ledger_private ON ledger_private.entry = ledger_entry.id WHERE leaf_index IS NOT NULL"""
        )
    }
    said = []
    for number, receipt in kept.items():
        row = rows.get(number)
        if row is None or row["leaf"] != receipt.leaf:
            said.append(f"leaf {number} is another or gone")
        elif (row["salt"], row["record"]) != (receipt.salt, receipt.record):
            said.append(f"the record of leaf {number} is another or gone")
    signed, _ = parse_checkpoint(parse_proof(kept[3].proof).checkpoint)
    first = [row["leaf"] for number, row in sorted(rows.items())][: signed.size]
    if root_of([leaf_hash(leaf) for leaf in first]) != signed.root:
        said.append("the leaves have another root")
    if await owner.fetchval("SELECT size FROM ledger_head") < signed.size:
        said.append("the log is shorter than what was signed")
    tile = await owner.fetchval("SELECT hashes FROM ledger_tile WHERE level = 0 AND number = 0")
    if tile[: 32 * 256] != b"".join(leaf_hash(leaf) for leaf in first[:256]):
        said.append("the tile does not hold the hashes")
    for row in await owner.fetch("SELECT size, root FROM ledger_checkpoint"):
        if row["root"] != root_of([leaf_hash(leaf) for leaf in first[: row["size"]]]):
            said.append(f"the stored root of {row['size']} leaves is not theirs")
    return said


async def test_receipts_do_not_contradict_an_honest_database(
    database: Database, sequencing: Database, watched: Keepers, owner: asyncpg.Connection
) -> None:
    """The planted fault turned round: without a rewriting there is nothing to find."""
    await grow(database, watched, sequencing, [280, 20])
    assert await contradictions(owner, await held(database, watched)) == []


@pytest.mark.parametrize("rewriting", REWRITES)
async def test_no_keeper_signs_the_forgery_and_the_receipts_contradict_it(
    database: Database, sequencing: Database, watched: Keepers, owner: asyncpg.Connection, rewriting: str
) -> None:
    await grow(database, watched, sequencing, [280, 20])
    kept = await held(database, watched)
    before = audit(open_site(str(watched.folder.root)), watched.policy)
    await rewrite(owner, REWRITES[rewriting])
    if rewriting not in GAPS:
        await recompute(sequencing, owner)
    assert await contradictions(owner, kept), rewriting
    await append_some(database, 1, "later")
    await sequence_all(watched.sequencer(sequencing))
    seen = Seen(origin=before.checkpoint.origin, size=300, root=before.checkpoint.root, note=before.note, policy="")
    after = audit(open_site(str(watched.folder.root)), watched.policy, seen)  # What is public still extends the truth.
    keepers = [watched.signer._head(), *(witness._head(before.checkpoint.origin) for witness in watched.witnesses)]
    for head in keepers:
        assert (head.size, head.root) == (after.checkpoint.size, after.checkpoint.root)
    async with database.transaction(SYSTEM) as tx:
        frozen = (await store.head(tx)).frozen
    # Only where the public tree itself was left alone does it grow; the check of the database finds those (test_selfcheck).
    untouched = {
        "a result is edited in the record",
        "the inspector is changed in the record",
        "a record is deleted without a word",
        *GAPS,
    }
    assert (frozen is None) == (rewriting in untouched), frozen
