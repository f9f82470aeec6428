"""An emergency begins before it is answered and approved: what is said afterwards does not undo that it has begun."""

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.db import Database
from inspect_registry.visits import service
from inspect_registry.visits.errors import VisitStepNotAllowed
from inspect_registry.visits.model import VisitState
from inspect_registry.visits.withdrawing import RECALL_KIND
from tests.visits_builders import SYSTEM, TODAY, District, a_district, a_part, a_visit, an_actor


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def an_emergency(database: Database, district: District, *, begun: bool) -> str:
    """A joint visit of both departments for a gas leak; nobody has answered yet."""
    parts = [a_part(district, department) for department in district.departments]
    number, uid = await a_visit(database, district, *parts)
    trigger = await district.add(
        "trigger",
        uid=district.uid("trig"),
        department=district.departments[0],
        enterprise=district.enterprise,
        premises=district.premises,
        kind="complaint",
        source_number="12345-1",
        facts="燃气泄漏",
        matters=district.matters[district.departments[0]],
        emergency=True,
        received_at=await district.owner.fetchval("SELECT now()"),
        created_at=await district.owner.fetchval("SELECT now()"),
    )
    await district.owner.execute(
        "UPDATE visit SET trigger = $2, emergency = true, approval_due = $3 WHERE id = $1", number, trigger, TODAY
    )
    if begun:
        async with database.transaction(SYSTEM) as tx:
            await service.start(tx, number, tx.now)
    return uid


async def test_an_emergency_that_has_begun_cannot_be_declined(database: Database, district: District, owner) -> None:
    uid = await an_emergency(database, district, begun=True)
    for department in district.departments:
        with pytest.raises(VisitStepNotAllowed):
            await service.decline(database.acting(an_actor(Role.CLERK, department)), uid, "当日没有去")
    assert await owner.fetchval("SELECT state FROM visit") == VisitState.UNDER_WAY
    assert await owner.fetchval("SELECT count(*) FROM visit_part WHERE state = 'proposed'") == 2


async def test_answers_and_approvals_after_the_start_do_not_turn_it_back(
    database: Database, district: District, owner
) -> None:
    uid = await an_emergency(database, district, begun=True)
    for department in district.departments:
        confirmed = await service.confirm(database.acting(an_actor(Role.CLERK, department)), uid)
        assert confirmed.state is VisitState.UNDER_WAY
    for department in district.departments:
        approved = await service.approve_visit(database.acting(an_actor(Role.HEAD, department)), uid)
        assert approved.state is VisitState.UNDER_WAY
    assert await owner.fetchval("SELECT approved_at FROM visit") is not None
    told = await owner.fetch("SELECT action FROM ledger_entry WHERE subject_uid = $1 ORDER BY id", uid)
    assert [row["action"] for row in told][-2:] == ["visit.backfilled", "visit.backfilled"]


async def test_whoever_leaves_an_emergency_takes_the_name_off_its_code(
    database: Database, district: District, owner
) -> None:
    uid = await an_emergency(database, district, begun=False)
    await service.decline(database.acting(an_actor(Role.CLERK, district.departments[1])), uid, "不属于本部门职责")
    kind, argument = await owner.fetchrow("SELECT kind, argument ->> 'visits' FROM job")
    assert (kind, argument) == (RECALL_KIND, f"[{await owner.fetchval('SELECT id FROM visit')}]")
