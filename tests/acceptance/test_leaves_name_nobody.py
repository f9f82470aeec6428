"""The public leaves of a whole story name no person, no enterprise and no place, and hold no word that somebody wrote."""

from typing import Any

import asyncpg
import msgspec

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM
from inspect_registry.db import Database
from inspect_registry.ledger import Action, Subject
from inspect_registry.ledger.leaf import decode_leaf
from tests.acceptance.test_rows_and_leaves_agree import district, people, told

__all__ = ["district", "people", "told"]  # Fixtures of the sister modules.

PRIVATE = (
    "SELECT name FROM enterprise",
    "SELECT uscc FROM enterprise WHERE uscc IS NOT NULL",
    "SELECT address FROM premises",
    "SELECT name FROM inspector",
    "SELECT certificate FROM inspector",
    "SELECT name FROM person",
)
OPEN_LISTS = "SELECT subject FROM listing WHERE kind <> 'quiet_enterprise'"
"""What issued lists are called: public titles that a change of a list names."""
LONG = 12
"""Shorter texts of records are words of ours, such as "passed" or "normal"."""


def texts(value: Any) -> set[str]:
    """Every long text in a record that is not an identity, a digest, a time or a code: what somebody wrote."""
    if isinstance(value, dict):
        return set().union(*map(texts, value.values()))
    if isinstance(value, list):
        return set().union(*map(texts, value))
    return {value} if isinstance(value, str) and len(value) >= LONG and not value.isascii() else set()


async def named(owner: asyncpg.Connection) -> list[str]:
    """Say which leaf holds what of the registry's people, places and written words."""
    secrets = {row[0] for query in PRIVATE for row in await owner.fetch(query) if len(row[0]) > 1}
    for row in await owner.fetch("SELECT record FROM ledger_private WHERE record IS NOT NULL"):
        secrets |= texts(msgspec.json.decode(row["record"])["record"])
    published = [row[0] for row in await owner.fetch(OPEN_LISTS)]
    secrets = {secret for secret in secrets if not any(secret in title for title in published)}
    leaves = [decode_leaf(row["leaf"]) for row in await owner.fetch("SELECT leaf FROM ledger_entry")]
    assert len(secrets) > 20  # Else there was nothing to give away.
    assert len(leaves) > 50
    return [
        f"{leaf.action} says {secret!r}"
        for leaf in leaves
        for secret in sorted(secrets)
        if any(secret in str(value) for value in (*leaf.public.values(), leaf.subject.uid))
    ]


async def test_no_leaf_of_the_whole_story_names_anybody(told: object, owner: asyncpg.Connection) -> None:
    assert await named(owner) == []


async def test_a_leaf_that_did_would_be_found(told: object, owner: asyncpg.Connection, database: Database) -> None:
    """The planted faults: each kind of name that the story has, in an honest-looking detail."""
    names = [str(name) for query in PRIVATE if (name := await owner.fetchval(f"{query} LIMIT 1")) is not None]
    assert len(names) >= len(PRIVATE) - 1
    async with database.transaction(SYSTEM) as tx:
        for name in names:
            await ledger.append(tx, Action.VISIT_CLOSED, Subject("visit", "v1"), public={"about": f"见{name}"})
    found = await named(owner)
    assert [name for name in names if f"visit.closed says {name!r}" not in found] == []
