"""Late paths are rules: emergencies, network failures, back-fills and their deadlines; and who is told at the opening."""

from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from inspect_registry.actor import ANONYMOUS, SYSTEM
from inspect_registry.clock import SetClock
from inspect_registry.codes import arrivals, service
from inspect_registry.codes.desk import CodeDesk
from inspect_registry.codes.errors import ArrivalAlreadyConfirmed, BackfillOverdue, CodeNotLive, VisitNotApproved
from inspect_registry.codes.model import CodePath, LateArrival, NewCode
from inspect_registry.db import Database
from inspect_registry.errors import Invalid
from tests.code_world import World

pytestmark = pytest.mark.asyncio
AT_THE_DOOR = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


async def issue(database: Database, world: World, path: CodePath = CodePath.NORMAL, reason: str = ""):
    return await service.issue(database.acting(world.clerk), NewCode(visit=world.visit_uid, path=path, reason=reason))


async def test_the_registered_contact_is_told_once_when_the_code_is_first_shown(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection, clock: SetClock
) -> None:
    await owner.execute("UPDATE enterprise SET contact = 'shop@example.cn'")
    code = await issue(database, world)
    clock.set(datetime(2026, 11, 19, 6, 0, tzinfo=UTC))
    await desk.show(database.acting(world.inspector), code.uid)
    assert await owner.fetchval("SELECT count(*) FROM notice") == 0, "nothing is told before the day"
    clock.set(AT_THE_DOOR)
    for _ in range(3):
        await desk.show(database.acting(world.inspector), code.uid)
    (notice,) = await owner.fetch("SELECT address, kind, subject, body FROM notice")
    assert notice["address"] == "shop@example.cn"
    assert code.uid in notice["body"]
    assert "上海市嘉定区市场监督管理局" in notice["subject"]
    for person in ("张伟", "李娜"):
        assert person not in notice["body"]
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'code.presented'") == 1


async def test_an_arrival_without_network_is_told_afterwards_with_its_reason(
    database: Database, world: World, owner: asyncpg.Connection, clock: SetClock
) -> None:
    code = await issue(database, world)
    clock.set(datetime(2026, 11, 25, 2, 0, tzinfo=UTC))
    late = LateArrival(occurred_at=AT_THE_DOOR, reason="地下车库没有信号，当日未能核验")
    arrival = await arrivals.confirm_late(database.acting(world.inspector), code.uid, late)
    assert (arrival.method, arrival.occurred_at) == ("late", AT_THE_DOOR)
    assert arrival.logged_at > arrival.occurred_at
    assert await owner.fetchval("SELECT state FROM visit") == "under_way"
    with pytest.raises(ArrivalAlreadyConfirmed):
        await arrivals.confirm_late(database.acting(world.inspector), code.uid, late)


@pytest.mark.parametrize(
    ("occurred_at", "told_at"),
    [
        (AT_THE_DOOR, datetime(2026, 12, 1, 0, 0, tzinfo=UTC)),
        (datetime(2026, 11, 19, 6, 0, tzinfo=UTC), datetime(2026, 11, 21, 0, 0, tzinfo=UTC)),
        (datetime(2026, 11, 20, 16, 0, tzinfo=UTC), datetime(2026, 11, 21, 0, 0, tzinfo=UTC)),
        (datetime(2026, 11, 20, 7, 0, tzinfo=UTC), datetime(2026, 11, 20, 6, 0, tzinfo=UTC)),
    ],
    ids=["eleventh day", "before the window", "after the window", "in the future"],
)
async def test_a_back_fill_has_its_limits(
    database: Database, world: World, clock: SetClock, occurred_at: datetime, told_at: datetime
) -> None:
    code = await issue(database, world)
    clock.set(told_at)
    with pytest.raises(BackfillOverdue):
        await arrivals.confirm_late(
            database.acting(world.inspector), code.uid, LateArrival(occurred_at=occurred_at, reason="没有网络信号")
        )


async def test_the_tenth_day_is_still_in_time(database: Database, world: World, clock: SetClock) -> None:
    code = await issue(database, world)
    clock.set(datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC))
    late = LateArrival(occurred_at=AT_THE_DOOR, reason="没有网络信号")
    assert (await arrivals.confirm_late(database.acting(world.inspector), code.uid, late)).method == "late"


async def test_a_revoked_code_cannot_be_back_filled(database: Database, world: World) -> None:
    code = await issue(database, world)
    await service.revoke(database.acting(world.head), code.uid, "计划调整，改日检查")
    with pytest.raises(CodeNotLive):
        await arrivals.confirm_late(
            database.acting(world.inspector), code.uid, LateArrival(occurred_at=AT_THE_DOOR, reason="没有网络信号")
        )


async def test_a_code_that_could_not_be_issued_in_time_is_issued_within_ten_days_with_a_reason(
    database: Database, world: World, clock: SetClock
) -> None:
    clock.set(datetime(2026, 11, 24, 2, 0, tzinfo=UTC))
    with pytest.raises(Invalid) as refused:
        await issue(database, world)
    assert "10 日" in refused.value.remedy
    code = await issue(database, world, CodePath.NETWORK_FAILURE, "市级系统中断，事后补办")
    assert code.backfill_due == date(2026, 12, 4)
    clock.set(datetime(2026, 12, 5, 2, 0, tzinfo=UTC))
    await service.revoke(database.acting(world.head), code.uid, "重复登记，撤销")
    with pytest.raises(Invalid):
        await issue(database, world, CodePath.NETWORK_FAILURE, "市级系统中断，事后补办")


async def test_an_overdue_back_fill_raises_one_alarm_a_day(
    database: Database, world: World, owner: asyncpg.Connection, clock: SetClock
) -> None:
    code = await issue(database, world)
    acting = database.acting(SYSTEM)
    clock.set(datetime(2026, 11, 30, 15, 0, tzinfo=UTC))
    assert await arrivals.raise_overdue(acting) == 0
    clock.advance(timedelta(days=1))
    assert await arrivals.raise_overdue(acting) == 1
    assert await arrivals.raise_overdue(acting) == 0
    assert tuple(await owner.fetchrow("SELECT kind, code_uid FROM code_alarm")) == ("overdue_backfill", code.uid)


async def test_an_emergency_needs_no_approval_but_a_registered_emergency(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE visit SET state = 'confirmed', approved_at = NULL, approved_by = NULL")
    await owner.execute("UPDATE visit_part SET approved_at = NULL, approved_by = NULL, counted = false")
    with pytest.raises(VisitNotApproved):
        await issue(database, world, CodePath.EMERGENCY, "燃气泄漏举报，须立即检查")
    trigger = await owner.fetchval(
        """INSERT INTO trigger (uid, department, enterprise, premises, kind, source_number, facts, matters, emergency,
             received_at, created_at)
           VALUES ('tttttttttttttttttttttttttt', $1, $2, $3, 'complaint', '12345-1', '燃气泄漏', $4, true, now(), now())
           RETURNING id""",
        world.department,
        world.enterprise,
        world.premises,
        [world.matter],
    )
    await owner.execute("UPDATE visit SET trigger = $1, emergency = true, approval_due = '2026-11-23'", trigger)
    code = await issue(database, world, CodePath.EMERGENCY, "燃气泄漏举报，须立即检查")
    assert (code.ends_at - code.opens_at) == timedelta(hours=24)
    row, shown = await desk.show(database.acting(world.inspector), code.uid)
    answer = await desk.answer(shown.token, ANONYMOUS)
    assert answer.verdict == "valid"
    assert "触发事由" in bytes(answer.visit).decode()
    await desk.confirm_with_word(shown.token, desk.word(row))
    assert await owner.fetchval("SELECT state FROM visit") == "under_way"
