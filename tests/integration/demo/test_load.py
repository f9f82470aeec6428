"""Loading the demo district: whole, marked, and the same for the same seed and day."""

import datetime as dt

import asyncpg
import pytest

from inspect_registry.access.service import sign_in
from inspect_registry.config import Settings
from inspect_registry.demo import accounts
from inspect_registry.demo.load import DemoHalfLoaded, DemoState, load_once, state_of
from inspect_registry.identifiers import uscc_faults

TODAY = dt.date(2026, 11, 22)
SETTINGS = Settings(demo=True)
SIZE = 600


async def rows_of(cluster, name):
    """Every table's rows as one text each, passwords' hashes and their salt left out."""
    connection = await asyncpg.connect(cluster.dsn(name), server_settings={"search_path": "ir,public"})
    try:
        tables = await connection.fetch(
            "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'ir' "
            "AND table_type = 'BASE TABLE' AND table_name <> 'schema_version' ORDER BY 1"
        )
        content = {}
        for table in tables:
            rows = await connection.fetch(
                f"SELECT (to_jsonb(t) - 'password_hash')::text AS row FROM ir.\"{table['name']}\" AS t ORDER BY 1"
            )
            content[table["name"]] = [row["row"] for row in rows]
        return content
    finally:
        await connection.close()


@pytest.fixture
async def loaded(cluster, database_name):
    steps = []
    fresh = await load_once(
        cluster.dsn(database_name, "app"),
        settings=SETTINGS,
        today=TODAY,
        enterprises=SIZE,
        progress=lambda *step: steps.append(step),
    )
    assert fresh
    return steps


async def test_the_district_is_whole(loaded, database, owner):
    async def count(table, where="true"):
        return await owner.fetchval(f"SELECT count(*) FROM {table} WHERE {where}")

    assert await count("town") == 12
    assert await count("department") == 20
    assert await count("department", "domain <> ''") == 9
    assert await count("matter") >= 80
    assert await owner.fetchval("SELECT min(n) FROM (SELECT count(*) AS n FROM criterion GROUP BY matter) AS c") >= 3
    assert await count("bundle") >= 5
    assert await count("enterprise") == SIZE
    assert await count("premises") > SIZE
    assert await count("inspector") == 300
    assert await count("inspector", f"valid_to < '{TODAY}'") > 3
    assert await count("inspector_leave") > 3
    assert await count("recusal") > 10
    assert 25 <= await count("person") <= 40
    assert await count("calendar_day") > 50
    for row in await owner.fetch(
        "SELECT uscc FROM enterprise WHERE uscc IS NOT NULL UNION SELECT uscc FROM department"
    ):
        assert uscc_faults(row["uscc"]) == ()
    assert await state_of(database) is DemoState.LOADED


async def test_every_stage_reports_its_begin_and_its_end(loaded):
    titles = list(dict.fromkeys(title for title, _, _ in loaded))
    assert len(titles) >= 5
    for wanted in titles:
        shares = [done / total for title, done, total in loaded if title == wanted]
        assert shares == sorted(shares)
        assert (shares[0], shares[-1]) == (0.0, 1.0)


async def test_the_ledgers_times_never_fall(loaded, owner):
    falls = await owner.fetchval(
        "SELECT count(*) FROM (SELECT appended_at < lag(appended_at) OVER (ORDER BY id) AS fell FROM ledger_entry) AS e "
        "WHERE fell"
    )
    assert falls == 0
    assert await owner.fetchval("SELECT max(appended_at) FROM ledger_entry") < dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


async def test_every_account_can_sign_in(loaded, database):
    for account in accounts.SHOWN:
        signed_in = await sign_in(database, account.account, accounts.PASSWORD, "127.0.0.1")
        assert signed_in.role is account.role


async def test_the_same_seed_and_day_give_the_same_rows(loaded, cluster, database_name):
    other = await cluster.clone()
    try:
        await load_once(cluster.dsn(other, "app"), settings=SETTINGS, today=TODAY, enterprises=SIZE)
        first, second = await rows_of(cluster, database_name), await rows_of(cluster, other)
    finally:
        await cluster.drop(other)
    assert first.keys() == second.keys()
    for table, rows in first.items():
        assert rows == second[table], table


async def test_a_loaded_district_is_left_alone(loaded, cluster, database_name, owner):
    before = await owner.fetchval("SELECT count(*) FROM ledger_entry")
    again = await load_once(cluster.dsn(database_name, "app"), settings=SETTINGS, today=TODAY, enterprises=SIZE)
    assert not again
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry") == before


async def test_a_half_loaded_district_is_refused(cluster, database_name, database, owner):
    assert await state_of(database) is DemoState.EMPTY
    await owner.execute("INSERT INTO town (code, name, zone, near) VALUES ('310114001', 'x', 1, '{1}')")
    assert await state_of(database) is DemoState.PARTIAL
    with pytest.raises(DemoHalfLoaded, match="一半"):
        await load_once(cluster.dsn(database_name, "app"), settings=SETTINGS, today=TODAY, enterprises=SIZE)
