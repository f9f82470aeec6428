"""No question about one thing reads a whole table that grows with every visit."""

import json
import re
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from tests.repository.test_sql_contract import queries

GROWING = {
    "answer", "arrival", "attendance", "check", "check_matter", "code", "code_scan", "credit_record", "document", "evidence",
    "fact", "finding", "grade_input", "inspection", "job", "ledger_entry", "ledger_private", "notice", "objection",
    "rectification", "signature", "trigger", "verdict", "visit", "visit_check", "visit_inspector", "visit_matter", "visit_part",
}  # fmt: skip
"""Tables that get rows with every visit, and keep them for years."""
PLANNED = re.compile(r"\s*(--.*\n\s*)*(SELECT|INSERT|UPDATE|DELETE|WITH|VALUES)\b", re.IGNORECASE)
READ_WHOLE = {
    "public_penalties": "a release publishes all of them",
    "records_of": "of one enterprise, of one department or of all: the page's limit ends it",
    "state_of_demo": "asked once, when a demo begins",
    "plannable_checks": "a month is planned as a whole",
    "checked_erasures": "a self-check reads everything",
    "triggers_in": "newest first, by the key: the page's limit ends it",
}
"""Queries that may read such a table whole, and why."""


SCANS = {"Seq Scan", "Index Scan", "Index Only Scan"}
SETTINGS = (
    "enable_seqscan = off", "enable_mergejoin = off", "enable_hashjoin = off", "plan_cache_mode = force_generic_plan",
    "search_path = ir, public",
)  # fmt: skip
"""The tables are empty here: the planner is led to show whether there is a way by index at all."""


def scans(node: dict[str, Any], partial: set[str]) -> Iterator[str]:
    """The tables that a plan reads from end to end; a partial index may be read whole, it holds what is still open."""
    if node["Node Type"] in SCANS and "Index Cond" not in node and node.get("Index Name") not in partial:
        yield node["Relation Name"]
    for below in node.get("Plans", []):
        yield from scans(below, partial)


async def plan_of(connection: asyncpg.Connection, sql: str) -> dict[str, Any]:
    """The plan for whatever will be asked, where reading a table whole is the last resort."""
    count = len((await connection.prepare(sql)).get_parameters())
    await connection.execute(f"PREPARE asked AS {sql.rstrip().rstrip(';')}")
    try:
        values = f"({', '.join(['NULL'] * count)})" if count else ""
        return json.loads(await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked{values}"))[0]["Plan"]
    finally:
        await connection.execute("DEALLOCATE asked")


async def ready(connection: asyncpg.Connection) -> set[str]:
    """Lead the planner, and return the names of the partial indexes."""
    for setting in SETTINGS:
        await connection.execute(f"SET {setting}")
    rows = await connection.fetch("SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indpred IS NOT NULL")
    return {row["name"] for row in rows}


async def test_growing_tables_are_read_by_index(owner: asyncpg.Connection) -> None:
    partial = await ready(owner)
    whole = {
        query.name: sorted(tables)
        for _, query in queries()
        if PLANNED.match(query.sql) and (tables := set(scans(await plan_of(owner, query.sql), partial)) & GROWING)
    }
    assert not {name: tables for name, tables in whole.items() if name not in READ_WHOLE}, "an index is missing"
    assert set(READ_WHOLE) <= set(whole), "an exception that nobody needs any more"


@pytest.mark.parametrize(
    ("index", "sql"),
    [
        ("rectification_by_inspection", "SELECT id FROM rectification WHERE inspection = $1"),
        ("code_revoked", "SELECT uid FROM code WHERE state = 'revoked' AND ends_at > $1"),
        ("arrival_by_code", "SELECT id FROM arrival WHERE code = $1 ORDER BY id"),
    ],
)
async def test_an_index_that_is_gone_is_missed(owner: asyncpg.Connection, index: str, sql: str) -> None:
    """The planted faults of this check itself."""
    assert not list(scans(await plan_of(owner, sql), await ready(owner)))
    await owner.execute(f"DROP INDEX ir.{index}")
    assert list(scans(await plan_of(owner, sql), await ready(owner)))
