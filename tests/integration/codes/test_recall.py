"""A code does not outlive its visit: called off or moved, the old code says so to whoever scans it."""

from datetime import date

import asyncpg

from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.codes import recall_work, service
from inspect_registry.codes.model import CodeState
from inspect_registry.db import Database
from inspect_registry.jobs.service import Worker
from inspect_registry.visits import service as visits
from inspect_registry.visits.withdrawing import RECALL_KIND
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
