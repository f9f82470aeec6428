"""Every act of a whole story has its leaf and every row its story: `reliability.md` test 73.

The three departments' story is run once more with a counter beside each request, and reconciled afterwards: no row of a
business table without a leaf about it, no leaf about a row that is not there.
"""

from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
import pytest_asyncio

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.ledger import Action, Subject
from inspect_registry.ledger.leaf import decode_leaf
from tests.acceptance.test_three_departments_from_trigger_to_the_end import (
    district,
    people,
)
from tests.acceptance.test_three_departments_from_trigger_to_the_end import (
    test_three_departments_go_once_and_everything_is_followed_up_and_replayed as whole_story,
)
from tests.visits_builders import District
from tests.visits_people import People

__all__ = ["district", "people"]  # Fixtures of the sister module.

TABLES = ("visit", "trigger", "inspection", "rectification", "offsite_check", "evidence", "document", "code", "report")
"""Tables whose rows come into being by acts of this story and have an outside identity: the subject of their leaves."""
SILENT = ("/session",)
"""Signing in and out is no act of the registry (ledger/actions.py)."""


class Counted(msgspec.Struct):
    """One request and how many leaves it left."""

    method: str
    path: str
    status: int
    leaves: int


class Counter:
    """Counts the ledger around every request of a client."""

    def __init__(self, client: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
        self._send, self._owner = client.request, owner
        self.seen: list[Counted] = []

    async def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        before = await self._count()
        answer = await self._send(method, url, **options)
        self.seen.append(Counted(method, url, answer.status_code, await self._count() - before))
        return answer

    async def _count(self) -> int:
        count: int = await self._owner.fetchval("SELECT count(*) FROM ledger_entry")
        return count


def faults(seen: list[Counted]) -> list[str]:
    """Name the requests that left too many or too few leaves."""
    found = []
    for one in seen:
        if any(one.path.endswith(path) for path in SILENT) or one.method == "GET":
            wrong = one.leaves != 0
        elif one.status < 300:
            wrong = one.leaves < 1
        else:  # Refused by a rule: the refusal is the one leaf. Refused before any rule was asked: none.
            wrong = one.leaves > 1
        if wrong:
            found.append(f"{one.method} {one.path} ({one.status}) left {one.leaves} leaves")
    return found


async def unreconciled(owner: asyncpg.Connection, before: dict[str, set[str]]) -> list[str]:
    """Name rows without a leaf and leaves without a row."""
    found = []
    for table in TABLES:
        rows = set(await _uids(owner, table)) - before[table]
        leaves = {
            row["subject_uid"]
            for row in await owner.fetch("SELECT subject_uid FROM ledger_entry WHERE subject_kind = $1", table)
        }
        found += [f"{table} {uid} has no leaf" for uid in sorted(rows - leaves)]
        found += [f"a leaf tells of {table} {uid}, which is not there" for uid in sorted(leaves - rows - before[table])]
    return found


async def _uids(owner: asyncpg.Connection, table: str) -> list[str]:
    return [row["uid"] for row in await owner.fetch(f'SELECT uid FROM "{table}"')]


@pytest_asyncio.fixture
async def told(
    database: Database, people: People, district: District, clock: SetClock, owner: asyncpg.Connection
) -> tuple[Counter, dict[str, set[str]]]:
    """The whole story, counted; with what stood in the tables before."""
    before = {table: set(await _uids(owner, table)) for table in TABLES}
    counter = Counter(people.client, owner)
    people.client.request = counter.request  # type: ignore[method-assign]
    await whole_story(database, people, district, clock, owner)
    return counter, before


async def test_each_operation_leaves_its_leaves_and_rows_and_leaves_agree(
    told: tuple[Counter, dict[str, set[str]]], owner: asyncpg.Connection
) -> None:
    counter, before = told
    assert faults(counter.seen) == []
    assert sum(one.method != "GET" and one.status < 300 for one in counter.seen) >= 30
    refused = [one for one in counter.seen if one.status == 409]
    assert [one.leaves for one in refused] == [1] * len(refused)
    assert refused
    assert await unreconciled(owner, before) == []
    for row in await owner.fetch(
        "SELECT leaf, record FROM ledger_entry JOIN ledger_private ON entry = ledger_entry.id"
    ):
        leaf = decode_leaf(row["leaf"])  # Action, object and time; who acted is in the record.
        assert leaf.at
        assert msgspec.json.decode(row["record"])["actor"]["role"]


async def test_a_row_without_a_leaf_and_a_leaf_without_a_row_are_found(
    told: tuple[Counter, dict[str, set[str]]], owner: asyncpg.Connection, database: Database
) -> None:
    """The planted faults."""
    _, before = told
    gone = await owner.fetchval("SELECT uid FROM inspection LIMIT 1")
    for table in ("ledger_entry", "ledger_private"):
        await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    await owner.execute(
        "DELETE FROM ledger_private WHERE entry IN (SELECT id FROM ledger_entry WHERE subject_uid = $1)", gone
    )
    await owner.execute("DELETE FROM ledger_entry WHERE subject_uid = $1", gone)
    async with database.transaction(SYSTEM) as tx:
        await ledger.append(tx, Action.VISIT_CLOSED, Subject("visit", "a visit that never was"))
    assert await unreconciled(owner, before) == [
        "a leaf tells of visit a visit that never was, which is not there",
        f"inspection {gone} has no leaf",
    ]


@pytest.mark.parametrize(
    ("counted", "fault"),
    [
        (Counted("POST", "/visits", 201, 0), True),
        (Counted("POST", "/visits", 201, 3), False),
        (Counted("GET", "/visits", 200, 1), True),
        (Counted("POST", "/visits", 409, 2), True),
        (Counted("POST", "/visits", 403, 0), False),
        (Counted("POST", "/api/v1/session", 201, 1), True),
    ],
)
def test_too_many_and_too_few_leaves_are_faults(counted: Counted, fault: bool) -> None:
    assert bool(faults([counted])) == fault
