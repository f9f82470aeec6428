"""What holds for every table: named constraints, comments, no time without zone, row-level security, grants."""

import re

import asyncpg

from tests.repository.source import ROOT

OPEN_TABLES_REASON = "rows that every signed-in role may read, or that only services of lower rooms touch"


async def test_every_constraint_is_named_after_its_table(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "SELECT conrelid::regclass::text AS at, conname FROM pg_constraint JOIN pg_namespace n ON n.oid = connamespace "
        "WHERE n.nspname = 'ir' AND conrelid <> 0"
    )
    wrong = [
        f"{row['conname']} on {row['at']}"
        for row in rows
        if not row["conname"].startswith(row["at"].replace('"', "").split(".")[-1])
    ]
    assert not wrong, wrong


def test_style_of_the_schema() -> None:
    text = (ROOT / "schema.sql").read_text()
    code = re.sub(r"--[^\n]*", "", text)
    assert not re.search(r"\btimestamp\b(?!tz)", code)
    assert not re.search(r"\bvarchar\b|\bserial\b|\s(money|json)\s*(,|NOT)", code, re.IGNORECASE)
    assert not re.search(r"SELECT \*", code)
    for table in re.finditer(r"^CREATE TABLE (\S+)", text, re.MULTILINE):
        before = text[: table.start()].rstrip().splitlines()[-1]
        linked = re.match(r"\w+_(matter|inspector|check)\b", table.group(1))
        assert before.startswith("--") or linked, f"{table.group(1)} has no sentence that says what one row is"


async def test_tables_of_one_department_are_behind_row_level_security(owner: asyncpg.Connection) -> None:
    """Every table with a department column is forced behind policies, or is a public list."""
    rows = await owner.fetch(
        """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE n.nspname = 'ir' AND c.relkind = 'r' AND a.attname = 'department' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"""
    )
    public_lists = {"department_version", "matter", "inspector", "person", "fact", "quota", "notice", "ledger_entry"}
    loose = {row["relname"] for row in rows} - public_lists
    assert not loose, f"no row-level security on {sorted(loose)}"


async def test_the_application_role_cannot_change_what_is_append_only(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        """SELECT privilege_type, table_name FROM information_schema.role_table_grants
           WHERE grantee LIKE 'ir_app%' AND table_name LIKE 'ledger_entry%' AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')"""
    )
    assert not rows


async def test_nobody_but_the_roles_may_use_the_schema(owner: asyncpg.Connection) -> None:
    for role in ("pg_monitor",):
        assert not await owner.fetchval("SELECT has_schema_privilege($1, 'ir', 'USAGE')", role)
