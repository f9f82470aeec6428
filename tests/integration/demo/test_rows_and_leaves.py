"""Every business row is told in the ledger, and every leaf about a row has its row: reconciled over a whole demo district."""

import re

import asyncpg
import pytest
import pytest_asyncio

from tests.integration.demo.test_load import load_into

TOLD_BY_THEMSELVES = (
    "annual_plan", "arrival", "bundle", "calendar_notice", "check", "code", "credit_repair",
    "crew_draw", "department", "draw", "inspection", "inspector", "listing", "matter", "merge_run", "monthly_plan",
    "objection", "offsite_check", "person", "rectification", "relaxation", "release", "report", "signature", "task",
    "trigger", "visit",
)  # fmt: skip
"""Tables whose rows each stand, by their outside identity, in a leaf or in a private record."""
TOLD_BY = {
    "criterion": ("matter", "SELECT m.uid FROM criterion AS c JOIN matter AS m ON m.id = c.matter"),
    "credit_record": ("inspection", "SELECT inspection AS uid FROM credit_record"),
    "finding": (
        "inspection",
        "SELECT i.uid FROM finding AS f JOIN inspection AS i ON i.id = f.inspection",
    ),
    "visit_part": ("visit", "SELECT v.uid FROM visit_part AS p JOIN visit AS v ON v.id = p.visit"),
    "verdict": ("code", "SELECT c.uid FROM verdict AS v JOIN code AS c ON c.id = v.code"),
}
"""Tables whose rows are told with another row: that row's identities must be told."""
COUNTED = ("enterprise", "premises")
"""Imported in bulk: the entry tells how many, and commits to a digest of the list."""
UNTOLD = {
    "job": "work to be done, no fact",
    "notice": "a message about a fact that is told itself",
    "code_alarm": "told by alarm.raised under its own identity when there is one",
    "evidence": "told by evidence.added under its own identity when there is one",
    "document": "printed from facts that are told themselves",
}
_IDENTITY = re.compile(rb"[a-z2-7]{26}")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rows(cluster, tmp_path_factory):
    name = await cluster.clone()
    await load_into(cluster, name, tmp_path_factory.mktemp("var"))
    connection = await asyncpg.connect(cluster.dsn(name), server_settings={"search_path": "ir,public"})
    yield connection
    await connection.close()
    await cluster.drop(name)


async def told(rows) -> set[bytes]:
    entries = await rows.fetch(
        "SELECT leaf, record FROM ledger_entry JOIN ledger_private ON ledger_private.entry = ledger_entry.id"
    )
    return {found for row in entries for part in row for found in _IDENTITY.findall(part)}


async def test_every_table_with_identities_is_judged(rows) -> None:
    tables = await rows.fetch(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'ir' AND column_name = 'uid'"
    )
    judged = {*TOLD_BY_THEMSELVES, *TOLD_BY, *COUNTED, *UNTOLD}
    assert {row["table_name"] for row in tables} - judged == set(), "say how rows of these tables reach the ledger"


async def test_no_row_is_without_its_leaf(rows) -> None:
    known = await told(rows)
    silent = {}
    for table in TOLD_BY_THEMSELVES:
        uids = [row["uid"].encode() for row in await rows.fetch(f'SELECT uid FROM "{table}"')]
        silent[table] = sum(uid not in known for uid in uids)
    for table, (_, query) in TOLD_BY.items():
        silent[table] = sum(row["uid"].encode() not in known for row in await rows.fetch(query))
    assert {table: count for table, count in silent.items() if count} == {}


async def test_bulk_imports_tell_how_many(rows) -> None:
    counted = await rows.fetchrow(
        """SELECT sum((leaf -> 'public' ->> 'rows')::int) AS enterprise,
                  sum((leaf -> 'public' ->> 'premises')::int) AS premises
           FROM (SELECT convert_from(leaf, 'UTF8')::jsonb AS leaf FROM ledger_entry
                 WHERE action = 'enterprise.imported') AS entries"""
    )
    for table in COUNTED:
        assert counted[table] == await rows.fetchval(f"SELECT count(*) FROM {table}"), table


async def test_no_leaf_speaks_of_a_row_that_is_not_there(rows) -> None:
    kinds = await rows.fetch(
        "SELECT subject_kind, array_agg(DISTINCT subject_uid) AS uids FROM ledger_entry GROUP BY 1"
    )
    tables = {*TOLD_BY_THEMSELVES, *TOLD_BY, *COUNTED}
    ghosts = {}
    for row in kinds:
        if row["subject_kind"] in tables:
            there = await rows.fetchval(
                f'SELECT count(*) FROM "{row["subject_kind"]}" WHERE uid = ANY ($1::text[])', row["uids"]
            )
            ghosts[row["subject_kind"]] = len(row["uids"]) - there
    assert {kind: count for kind, count in ghosts.items() if count} == {}
    assert len(ghosts) >= 8


async def test_every_leaf_says_who_did_what_to_what_and_when(rows) -> None:
    silent = await rows.fetchval(
        """SELECT count(*) FROM ledger_entry JOIN ledger_private ON ledger_private.entry = ledger_entry.id
           WHERE convert_from(record, 'UTF8')::jsonb -> 'actor' ->> 'role' IS NULL"""
    )
    assert silent == 0


async def test_a_row_slipped_in_without_its_leaf_would_be_noticed(rows) -> None:
    """The planted fault, rolled back."""
    planted = rows.transaction()
    await planted.start()
    try:
        await rows.execute("ALTER TABLE draw DISABLE TRIGGER ALL")
        await rows.execute("UPDATE draw SET uid = repeat('z', 26) WHERE id = (SELECT min(id) FROM draw)")
        with pytest.raises(AssertionError, match="draw"):
            await test_no_row_is_without_its_leaf(rows)
        with pytest.raises(AssertionError, match="draw"):
            await test_no_leaf_speaks_of_a_row_that_is_not_there(rows)
    finally:
        await planted.rollback()
