"""A month is made again from its ledger entries: same checks, same draw; and what was altered shows."""

import asyncio
from datetime import date

import asyncpg
import msgspec
import pytest

from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.cli import main
from inspect_registry.db import Database
from inspect_registry.plans import crew_drawing, generating, months, records
from inspect_registry.plans.crew_shapes import CommitCrews
from inspect_registry.plans.draw import Method
from inspect_registry.plans.draw_shapes import SeedDraft
from inspect_registry.plans.generating import MonthOrder
from inspect_registry.plans.replay import MonthReplay, replay_month
from tests.conftest import Cluster
from tests.district_builders import a_small_district
from tests.plans_builders import a_clerk, a_published_plan, a_task

AUDITOR = Actor(role=Role.AUDITOR, person=1, name="审计")


async def a_month(database: Database) -> tuple[str, MonthReplay]:
    district = await a_small_district(database, enterprise_count=12)
    full = a_task(district, name="全覆盖检查", selection=Method.FULL, ratio=None)
    await a_published_plan(database, district, a_task(district), full)
    order = MonthOrder(
        department=district.departments["scjg"], month=date(2026, 12, 1), seed="2026134", seed_source="双色球"
    )
    made = await generating.generate_month(database.acting(a_clerk(district)), order)
    return made.plan.uid, await replay_month(database.acting(AUDITOR), made.plan.uid)


async def test_a_month_is_made_again_from_its_entries(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "PART_LINES", 5)  # so that pools and checks come in several entries
    _, again = await a_month(database)
    assert again.is_same
    assert sorted(len(draw.drawn) for draw in again.draws) == [3, 12]
    assert again.checks == 15


@pytest.mark.parametrize(
    "tampering",
    [
        'UPDATE "check" SET ends = ends - 1 WHERE id = (SELECT min(id) FROM "check")',
        'DELETE FROM check_matter WHERE "check" = (SELECT min(id) FROM "check")',
        'UPDATE "check" SET enterprise = (SELECT max(id) FROM enterprise) WHERE id = (SELECT min(id) FROM "check")',
    ],
    ids=["a window", "a check", "an enterprise"],
)
async def test_a_check_altered_behind_the_registry_shows(
    database: Database, owner: asyncpg.Connection, tampering: str
) -> None:
    plan, _ = await a_month(database)
    await owner.execute(tampering)
    assert not (await replay_month(database.acting(AUDITOR), plan)).same_checks


async def test_an_altered_pool_shows(database: Database, owner: asyncpg.Connection) -> None:
    plan, _ = await a_month(database)
    await owner.execute("ALTER TABLE ledger_private DISABLE TRIGGER ALL")
    await owner.execute(
        """UPDATE ledger_private SET record = convert_to(replace(convert_from(record, 'UTF8'), '"wanted":3', '"wanted":4'), 'UTF8')
        WHERE entry IN (SELECT id FROM ledger_entry WHERE subject_kind = 'draw_pool')"""
    )
    again = await replay_month(database.acting(AUDITOR), plan)
    assert len(again.missing) == 1
    assert not again.is_same


async def test_a_department_cannot_read_the_weights_of_its_own_draw(database: Database) -> None:
    plan, _ = await a_month(database)
    as_coordinator = await replay_month(database.acting(Actor(role=Role.COORDINATOR, person=2)), plan)
    assert as_coordinator.is_same
    async with database.transaction(SYSTEM, read_only=True) as tx:
        department = (await months.monthly_plan(tx, plan)).department
    clerk = Actor(role=Role.CLERK, person=3, department=await _id(database, department.uid))
    async with database.transaction(clerk, read_only=True) as tx:
        seen = await replay_month(tx, plan)
    assert len([subject for subject in seen.missing if subject.startswith("draw_pool")]) == 2


async def _id(database: Database, uid: str) -> int:
    from inspect_registry.catalogue import service as catalogue

    async with database.transaction(SYSTEM, read_only=True) as tx:
        return (await catalogue.department_by_code(tx, uid)).id


async def test_inspectors_are_drawn_again_from_the_entries_alone(
    database: Database, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "CREW_LINES", 1)  # so that what is committed comes in several entries
    monkeypatch.setattr(records, "PART_LINES", 2)
    plan, again = await a_month(database)
    assert again.is_same
    (first,) = again.crews
    assert [len(crew.inspectors) for crew in first.crews] == [3, 3, 3]
    async with database.transaction(SYSTEM, read_only=True) as tx:
        department = await _id(database, (await months.monthly_plan(tx, plan)).department.uid)
    clerk = database.acting(Actor(role=Role.CLERK, person=3, department=department))
    order = CommitCrews(enterprises=[first.crews[0].enterprise], reason="一人伤病")
    committed = await crew_drawing.commit_crew_draw(clerk, plan, order)
    waiting = await replay_month(database.acting(AUDITOR), plan)
    assert (waiting.crews[1].result, waiting.crews[1].commitment, waiting.is_same) == (None, True, False)
    await crew_drawing.seed_crew_draw(clerk, committed.uid, SeedDraft(seed="2026137", source=""))
    twice = await replay_month(database.acting(AUDITOR), plan)
    assert twice.is_same
    assert [len(one.crews) for one in twice.crews] == [3, 1]


ANY_CHECK = '(SELECT min("check") FROM check_inspector)'
STRANGER = f'(SELECT min(id) FROM inspector WHERE id NOT IN (SELECT inspector FROM check_inspector WHERE "check" = {ANY_CHECK}))'


@pytest.mark.parametrize(
    "tampering",
    [
        f'UPDATE check_inspector SET inspector = {STRANGER} WHERE "check" = {ANY_CHECK} AND position = 1',
        f'UPDATE check_inspector SET position = 4 - position WHERE "check" = {ANY_CHECK}',
        f'DELETE FROM check_inspector WHERE "check" = {ANY_CHECK} AND position = 3',
        f'DELETE FROM check_inspector WHERE "check" = {ANY_CHECK}',
        f"""INSERT INTO check_inspector ("check", inspector, position) VALUES ({ANY_CHECK}, {STRANGER}, 4)""",
        "UPDATE crew_draw SET crews = jsonb_set(crews, '{0,inspectors}', '[]')",
        "UPDATE crew_draw SET uid = repeat('x', 26)",
        "DELETE FROM crew_draw",
    ],
    ids=["a friend", "a stand-in goes", "no stand-in", "nobody", "one more", "its crews", "its identity", "a draw"],
)
async def test_inspectors_changed_behind_the_registry_show(
    database: Database, owner: asyncpg.Connection, tampering: str
) -> None:
    plan, before = await a_month(database)
    assert before.same_crews
    assert not (await owner.execute(tampering)).endswith(" 0")
    again = await replay_month(database.acting(AUDITOR), plan)
    assert not again.same_crews
    assert not again.is_same
    assert again.same_checks


async def test_an_altered_roster_shows(database: Database, owner: asyncpg.Connection) -> None:
    plan, _ = await a_month(database)
    await owner.execute("ALTER TABLE ledger_private DISABLE TRIGGER ALL")
    await owner.execute(
        """UPDATE ledger_private SET record = convert_to(replace(convert_from(record, 'UTF8'), '"reserves":1', '"reserves":2'), 'UTF8')
        WHERE entry IN (SELECT id FROM ledger_entry WHERE subject_kind = 'crew_pool')"""
    )
    again = await replay_month(database.acting(AUDITOR), plan)
    assert {subject.split()[0] for subject in again.missing} == {"crew_pool", "crew_draw"}
    assert not again.is_same


async def test_the_command_tells_the_auditor_line_by_line(
    database: Database,
    owner: asyncpg.Connection,
    cluster: Cluster,
    database_name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan, _ = await a_month(database)
    monkeypatch.setenv("DATABASE_URL", cluster.dsn(database_name, "app"))
    assert await asyncio.to_thread(main, ["draw", "replay", plan]) == 0
    said = capsys.readouterr().out
    assert said.startswith(plan)
    assert (said.count("通过　抽取企业"), said.count("通过　选派人员")) == (2, 1)
    assert "不符" not in said
    await owner.execute(f'UPDATE check_inspector SET position = 4 - position WHERE "check" = {ANY_CHECK}')
    assert await asyncio.to_thread(main, ["draw", "replay", plan]) == 1
    said = capsys.readouterr().out
    assert "不符　人员：各待查项的执法人员与选派结果不一致" in said
    assert said.count("不符") == 1
    assert await asyncio.to_thread(main, ["draw", "replay", plan, "--json"]) == 1
    assert not msgspec.json.decode(capsys.readouterr().out)[plan]["same_crews"]
    assert await asyncio.to_thread(main, ["draw", "replay", "x" * 26]) == 2
    assert capsys.readouterr().err
