"""A month is made again from its ledger entries: same checks, same draw; and what was altered shows."""

from datetime import date

import asyncpg
import pytest

from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.db import Database
from inspect_registry.plans import generating, months, records
from inspect_registry.plans.draw import Method
from inspect_registry.plans.generating import MonthOrder
from inspect_registry.plans.replay import MonthReplay, replay_month
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
