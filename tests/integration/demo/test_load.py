"""Loading the demo district: whole, marked, and the same for the same seed and day."""

import datetime as dt
import json

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from inspect_registry.access.service import sign_in
from inspect_registry.clock import SetClock
from inspect_registry.config import Settings
from inspect_registry.db import Database
from inspect_registry.demo import accounts
from inspect_registry.demo.load import STAGES, DemoHalfLoaded, DemoState, load_once, state_of
from inspect_registry.identifiers import uscc_faults

TODAY = dt.date(2026, 11, 20)
SIZE = 1_000


class Loaded(msgspec.Struct):
    """One loaded district, shared by the tests of this file, which only read it."""

    name: str
    dsn: str
    settings: Settings
    steps: list[tuple[str, int, int]]


async def load_into(cluster, name, folder):
    loaded = Loaded(name, cluster.dsn(name, "app"), Settings(demo=True, var=folder), [])
    assert await load_once(
        loaded.dsn,
        settings=loaded.settings,
        today=TODAY,
        enterprises=SIZE,
        progress=lambda *step: loaded.steps.append(step),
    )
    return loaded


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def loaded(cluster, tmp_path_factory):
    name = await cluster.clone()
    yield await load_into(cluster, name, tmp_path_factory.mktemp("var"))
    await cluster.drop(name)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rows(cluster, loaded):
    connection = await asyncpg.connect(cluster.dsn(loaded.name), server_settings={"search_path": "ir,public"})
    yield connection
    await connection.close()


async def content_of(connection):
    """Every table's rows as one text each; passwords' hashes left out, because their salts are not the demo's to seed."""
    tables = await connection.fetch(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'ir' "
        "AND table_type = 'BASE TABLE' AND table_name <> 'schema_version' ORDER BY 1"
    )
    content = {}
    for table in tables:
        found = await connection.fetch(
            f"SELECT (to_jsonb(t) - 'password_hash')::text AS row FROM ir.\"{table['name']}\" AS t ORDER BY 1"
        )
        content[table["name"]] = [row["row"] for row in found]
    return content


async def test_the_district_is_whole(rows):
    async def count(table, where="true"):
        return await rows.fetchval(f"SELECT count(*) FROM {table} WHERE {where}")

    assert await count("town") == 12
    assert await count("department") == 20
    assert await count("department", "domain <> ''") == 9
    assert await count("matter") >= 80
    assert await rows.fetchval("SELECT min(n) FROM (SELECT count(*) AS n FROM criterion GROUP BY matter) AS c") >= 3
    assert await rows.fetchval("SELECT max(n) FROM (SELECT count(*) AS n FROM criterion GROUP BY matter) AS c") <= 8
    assert await count("bundle") >= 5
    assert await count("enterprise") == SIZE
    assert await count("premises") > SIZE
    assert await count("inspector") == 300
    assert await count("inspector", f"valid_to < '{TODAY}'") > 3
    assert await count("inspector_leave") > 3
    assert await count("recusal") > 10
    assert 25 <= await count("person") <= 40
    codes = "SELECT uscc FROM enterprise WHERE uscc IS NOT NULL UNION SELECT uscc FROM department"
    for row in await rows.fetch(codes):
        assert uscc_faults(row["uscc"]) == ()


async def test_annual_plans_are_published_before_the_end_of_march(rows):
    published = await rows.fetch("SELECT state, published_at FROM annual_plan WHERE year = 2026")
    assert len(published) == 20
    assert {row["state"] for row in published} == {"published"}
    assert max(row["published_at"] for row in published) < dt.datetime(2026, 4, 1, tzinfo=dt.UTC)


async def test_the_month_is_under_way_and_the_next_is_planned(rows):
    first, following = dt.date(2026, 11, 1), dt.date(2026, 12, 1)
    states = "SELECT DISTINCT state FROM visit WHERE month = $1 AND day < $2 AND day >= $3"
    before = {row["state"] for row in await rows.fetch(states, first, TODAY, first)}
    later = {row["state"] for row in await rows.fetch(states, first, following, TODAY)}
    assert before <= {"recorded", "closed", "confirmed"}
    assert "closed" in before
    assert later <= {"approved", "confirmed", "cancelled"}, "the one visit that the month's correction took out"
    assert await rows.fetchval("SELECT count(*) FROM visit WHERE month = $1 AND state = 'cancelled'", first) == 1
    assert await rows.fetchval("SELECT count(*) FROM code WHERE state = 'issued'") > 0
    assert await rows.fetchval("SELECT count(*) FROM inspection WHERE state = 'closed'") > 10
    assert await rows.fetchval("SELECT count(*) FROM rectification") > 0
    assert await rows.fetchval(
        "SELECT count(*) FROM visit_part AS a JOIN visit_part AS b USING (visit) WHERE a.id < b.id"
    )
    assert await rows.fetchval("SELECT count(*) FROM visit WHERE month = $1 AND state = 'proposed'", following) > 10
    planned = await rows.fetchval("SELECT count(*) FROM monthly_plan WHERE month = $1 AND state = 'filed'", following)
    assert planned > 10


async def test_some_records_are_repaired_and_some_applications_wait(rows):
    found = await rows.fetch("SELECT state, count(*) AS count FROM credit_repair GROUP BY state")
    states = {row["state"]: row["count"] for row in found}
    assert states["applied"] == 2
    assert states["refused"] == 1
    assert states["granted"] >= 1
    assert await rows.fetchval("SELECT count(*) FROM credit_record WHERE ended_why = 'repaired'") == states["granted"]
    inspections = await rows.fetchval("SELECT count(*) FROM inspection WHERE state = 'closed'")
    assert await rows.fetchval("SELECT count(DISTINCT inspection) FROM grade_input") == inspections


async def test_the_month_is_on_the_public_site(loaded):
    page = loaded.settings.var / "public" / "plans" / "2026-11" / "index.html"
    assert "检查" in page.read_text("utf-8")


async def test_every_stage_reports_its_begin_and_its_end(loaded):
    titles = list(dict.fromkeys(title for title, _, _ in loaded.steps))
    assert titles == [stage.title for stage in STAGES]
    for wanted in titles:
        shares = [done / total for title, done, total in loaded.steps if title == wanted]
        assert shares == sorted(shares)
        assert (shares[0], shares[-1]) == (0.0, 1.0)


async def test_the_ledgers_times_never_fall_and_never_pass_the_start_day(rows):
    falls = await rows.fetchval(
        "SELECT count(*) FROM (SELECT appended_at < lag(appended_at) OVER (ORDER BY id) AS fell FROM ledger_entry) AS e "
        "WHERE fell"
    )
    assert falls == 0
    last = await rows.fetchval("SELECT max(appended_at) FROM ledger_entry")
    assert last < dt.datetime(2026, 11, 20, 16, tzinfo=dt.UTC)


async def test_every_account_can_sign_in(loaded):
    clock = SetClock(dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC))
    database = await Database.open(loaded.dsn, region="310114", clock=clock, size=2)
    try:
        assert await state_of(database) is DemoState.LOADED
        for account in accounts.SHOWN:
            signed_in = await sign_in(database, account.account, accounts.PASSWORD, "127.0.0.1")
            assert signed_in.role is account.role
    finally:
        await database.close()


async def test_the_published_officers_and_enterprises_have_something_to_do_today(rows):
    officers = await rows.fetch(
        "SELECT person.account, count(visit.id) AS today FROM person "
        "LEFT JOIN visit_inspector ON visit_inspector.inspector = person.inspector "
        "LEFT JOIN visit_part ON visit_part.id = visit_inspector.part "
        "LEFT JOIN visit ON visit.id = visit_part.visit AND visit.day = $1 AND visit.state = 'approved' "
        "WHERE person.role = 'inspector' GROUP BY person.account",
        TODAY,
    )
    busy = {row["account"] for row in officers if row["today"]}
    assert {"xfjy.zhifa1", "xfjy.zhifa2"} <= busy
    coming = await rows.fetchval(
        "SELECT count(DISTINCT person.account) FROM person JOIN visit ON visit.enterprise = person.enterprise "
        "JOIN code ON code.visit = visit.id AND code.state = 'issued' WHERE visit.day >= $1",
        TODAY,
    )
    assert coming >= 1


async def test_a_loaded_district_is_left_alone(loaded, rows):
    before = await rows.fetchval("SELECT count(*) FROM ledger_entry")
    assert not await load_once(loaded.dsn, settings=loaded.settings, today=TODAY, enterprises=SIZE)
    assert await rows.fetchval("SELECT count(*) FROM ledger_entry") == before


async def test_a_half_loaded_district_is_refused(cluster, database_name, database, owner, tmp_path):
    assert await state_of(database) is DemoState.EMPTY
    await owner.execute("INSERT INTO town (code, name, zone, near) VALUES ('310114001', 'x', 1, '{1}')")
    assert await state_of(database) is DemoState.PARTIAL
    with pytest.raises(DemoHalfLoaded, match="一半"):
        settings = Settings(demo=True, var=tmp_path)
        await load_once(cluster.dsn(database_name, "app"), settings=settings, today=TODAY, enterprises=SIZE)


async def test_the_same_seed_and_day_give_the_same_rows(cluster, database_name, owner, rows, tmp_path):
    """The longest test of the file: it loads a second district."""
    await load_into(cluster, database_name, tmp_path)
    expected, found = await content_of(rows), await content_of(owner)
    assert expected.keys() == found.keys()
    for table, lines in expected.items():
        if table not in {"session", "attempt"}:
            assert lines == found[table], table


async def test_this_month_has_been_corrected_once_so_that_two_revisions_can_be_compared(rows):
    releases = await rows.fetch("SELECT revision, reason, plan FROM release WHERE kind = 'month' ORDER BY revision")
    assert [row["revision"] for row in releases] == [1, 2]
    assert "停业" in releases[1]["reason"]
    assert [change["after"] for change in json.loads(releases[1]["plan"])["changes"]] == [None]
