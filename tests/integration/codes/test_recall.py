"""A code does not outlive its visit: called off or moved, the old code says so to whoever scans it."""

import asyncio
from datetime import date

import asyncpg
import pytest

from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.codes import recall_work, service
from inspect_registry.codes.errors import VisitNotApproved
from inspect_registry.codes.model import CodeState, NewCode
from inspect_registry.db import Database
from inspect_registry.jobs.service import Worker
from inspect_registry.visits import service as visits
from inspect_registry.visits.withdrawing import RECALL_KIND
from tests.code_world import World
from tests.visits_builders import COORDINATOR, a_district, a_visit, an_actor


async def an_issued_code(database: Database, owner: asyncpg.Connection) -> tuple[str, str]:
    """A visit, approved, with its code; returns both uids."""
    district = await a_district(owner)
    market = district.departments[0]
    _, uid = await a_visit(database, district, day=date(2026, 11, 20))
    await visits.confirm(database.acting(an_actor(Role.CLERK, market)), uid)
    await visits.approve_visit(database.acting(an_actor(Role.HEAD, market)), uid)
    number = await owner.fetchval("SELECT id FROM visit WHERE uid = $1", uid)
    assert await service.issue_bulk(database.acting(SYSTEM), [number]) == 1
    return uid, await owner.fetchval("SELECT uid FROM code WHERE visit = $1", number)


def a_worker(database: Database) -> Worker:
    return Worker(database, {RECALL_KIND: recall_work.work(database)}, None)


async def test_calling_a_visit_off_takes_its_code_back(database: Database, owner: asyncpg.Connection) -> None:
    visit, code = await an_issued_code(database, owner)
    assert not await a_worker(database).one_job(), "nothing to do while the visit stands"
    await visits.cancel(database.acting(COORDINATOR), visit, "改期")
    assert await a_worker(database).one_job()
    row = await owner.fetchrow(
        "SELECT code.state, verdict.state AS told, verdict.reason FROM code JOIN verdict ON verdict.code = code.id WHERE code.uid = $1",
        code,
    )
    assert (row["state"], row["told"]) == (CodeState.REVOKED, CodeState.REVOKED)
    assert "已取消或者改期" in row["reason"]
    entries = await owner.fetchval(
        "SELECT count(*) FROM ledger_entry WHERE action = 'code.revoked' AND subject_uid = $1", code
    )
    assert entries == 1


async def test_a_recall_done_twice_revokes_once(database: Database, owner: asyncpg.Connection) -> None:
    visit, _ = await an_issued_code(database, owner)
    number = await owner.fetchval("SELECT id FROM visit WHERE uid = $1", visit)
    assert await service.recall(database.acting(SYSTEM), [number]) == 1
    assert await service.recall(database.acting(Actor(role=Role.COORDINATOR, person=900)), [number]) == 0


async def test_a_visit_that_was_never_approved_has_no_code_to_take_back(
    database: Database, owner: asyncpg.Connection
) -> None:
    district = await a_district(owner)
    _, uid = await a_visit(database, district, day=date(2026, 11, 20))
    await visits.cancel(database.acting(COORDINATOR), uid, "不再需要")
    assert not await a_worker(database).one_job()


async def test_an_emergency_called_off_before_its_approval_loses_its_code_too(
    database: Database, owner: asyncpg.Connection
) -> None:
    visit, code = await an_issued_code(database, owner)
    await owner.execute(
        """INSERT INTO trigger (uid, department, enterprise, premises, kind, source_number, facts, matters, emergency,
             received_at, created_at)
           SELECT repeat('t', 26), lead, enterprise, premises, 'complaint', '12345-1', '燃气泄漏', '{1}', true, now(), now()
           FROM visit"""
    )
    await owner.execute(
        """UPDATE visit
           SET state = 'confirmed', approved_at = NULL, approved_by = NULL, emergency = true, approval_due = day,
             trigger = (SELECT id FROM trigger)"""
    )
    await owner.execute("UPDATE visit_part SET approved_at = NULL, approved_by = NULL")
    await visits.cancel(database.acting(COORDINATOR), visit, "险情已经排除")
    assert await a_worker(database).one_job()
    assert await owner.fetchval("SELECT state FROM code WHERE uid = $1", code) == CodeState.REVOKED


async def test_a_code_is_not_issued_while_its_visit_is_being_called_off(
    database: Database, world: World, owner: asyncpg.Connection
) -> None:
    async with owner.transaction():
        await owner.execute(
            "UPDATE visit SET state = 'cancelled', cancelled_at = now(), cancel_reason = '改期' WHERE id = $1",
            world.visit,
        )
        issuing = asyncio.create_task(service.issue(database.acting(world.clerk), NewCode(visit=world.visit_uid)))
        while not issuing.done() and not await owner.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            continue
    with pytest.raises(VisitNotApproved):
        await issuing
    assert await owner.fetchval("SELECT count(*) FROM code") == 0
