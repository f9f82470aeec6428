"""What nobody did in time goes up once for each missed day; what was done in time never does."""

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.clock import SetClock
from inspect_registry.fieldwork import escalation, followup, objections
from inspect_registry.fieldwork.escalation_store import LateKind
from inspect_registry.fieldwork.views import RecheckInput
from tests.fieldwork_doors import a_closed_record, begun, officer
from tests.visits_builders import COORDINATOR, SYSTEM, District, a_district, an_actor

OFFICE = "office@example.com"


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


def boss(district: District) -> Any:
    return an_actor(Role.ENTERPRISE, 0, person=77, enterprise=district.enterprise)


async def a_record_with_an_order(database, district) -> Any:
    _, uid = await begun(database, district)
    return await a_closed_record(database, district, uid, {})


async def kinds(database, actor=COORDINATOR) -> list[tuple[LateKind, date]]:
    return sorted((one.kind, one.due) for one in await escalation.escalated(database.acting(actor)))


async def test_a_result_not_told_on_its_day_goes_up_the_next_day_and_only_once(
    database, district, owner, clock
) -> None:
    await a_record_with_an_order(database, district)
    assert await escalation.look_after(database, OFFICE) == 0, "the day is not over"
    clock.advance(timedelta(days=1))
    assert await escalation.look_after(database, OFFICE) == 1
    assert await escalation.look_after(database, OFFICE) == 0, "told once"
    assert await kinds(database) == [(LateKind.TELLING, date(2026, 11, 20))]
    (message,) = await owner.fetch("SELECT * FROM notice WHERE kind = 'late'")
    assert (message["address"], message["subject"]) == (OFFICE, "逾期事项提醒：1 件")
    assert "检查结果未当日告知企业 1 件" in message["body"]
    assert "餐饮店" not in message["body"], "no enterprise is named in a mail"
    (entry,) = await owner.fetch("SELECT * FROM ledger_entry WHERE action = 'lateness.escalated'")
    assert entry["department"] == district.departments[0]
    assert "餐饮店" not in entry["leaf"].decode()


async def test_without_an_address_nothing_is_mailed_but_all_is_kept(database, district, owner, clock) -> None:
    await a_record_with_an_order(database, district)
    clock.advance(timedelta(days=1))
    assert await escalation.look_after(database, "") == 1
    assert await owner.fetchval("SELECT count(*) FROM notice WHERE kind = 'late'") == 0
    assert len(await kinds(database)) == 1


async def test_what_is_done_in_time_never_goes_up(database, district, clock: SetClock, owner) -> None:
    closed = await a_record_with_an_order(database, district)
    acting = database.acting(officer(district))
    await followup.tell_result(acting, closed.uid)
    order = closed.rectifications[0]
    await followup.give_evidence(database.acting(boss(district)), order.uid, "已更换压缩机，附维修单")
    await followup.recheck(acting, order.uid, RecheckInput(passed=True, note="照片核对无误"))
    await followup.close_rectification(acting, order.uid)
    await owner.execute("UPDATE inspection SET published_at = now()")
    clock.advance(timedelta(days=90))
    assert await escalation.look_after(database, OFFICE) == 0


async def test_order_and_publication_go_up_on_the_day_after_their_last_day(database, district, clock: SetClock) -> None:
    closed = await a_record_with_an_order(database, district)
    await followup.tell_result(database.acting(officer(district)), closed.uid)
    order = closed.rectifications[0]
    for due, kind in ((order.due, LateKind.ORDER), (closed.publish_due, LateKind.PUBLICATION)):
        clock.advance(timedelta(days=(due - clock.now().date()).days))
        assert await escalation.look_after(database, OFFICE) == 0, f"{kind}: {due} is the last day in time"
        clock.advance(timedelta(days=1))
        assert await escalation.look_after(database, OFFICE) == 1
        assert (kind, due) in await kinds(database)


async def test_a_new_day_set_after_a_failed_recheck_can_be_missed_again(database, district, clock: SetClock) -> None:
    closed = await a_record_with_an_order(database, district)
    acting = database.acting(officer(district))
    await followup.tell_result(acting, closed.uid)
    order = closed.rectifications[0]
    await followup.give_evidence(database.acting(boss(district)), order.uid, "已更换压缩机，附维修单")
    clock.advance(timedelta(days=(order.due - clock.now().date()).days + 1))
    assert await escalation.look_after(database, OFFICE) == 1
    again = await followup.recheck(acting, order.uid, RecheckInput(passed=False, note="仍为10摄氏度"))
    assert again.due > order.due
    assert await escalation.look_after(database, OFFICE) == 0, "the new day lies ahead"
    clock.advance(timedelta(days=(again.due - clock.now().date()).days + 1))
    assert await escalation.look_after(database, OFFICE) >= 1
    assert [due for kind, due in await kinds(database) if kind is LateKind.ORDER] == [order.due, again.due]


async def test_an_objection_nobody_marked_or_decided_goes_up_twice(database, district, clock: SetClock, owner) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid)
    await followup.tell_result(database.acting(officer(district)), closed.uid)
    await owner.execute("UPDATE inspection SET published_at = now()")
    await objections.object_to(database.acting(boss(district)), closed.uid, "当日冷藏柜已报修，温度记录有误")
    clock.advance(timedelta(days=60))
    assert await escalation.look_after(database, OFFICE) == 2
    assert [kind for kind, _ in await kinds(database)] == [LateKind.OBJECTION_DECISION, LateKind.OBJECTION_MARK]


async def test_a_department_sees_its_own_and_no_enterprise_sees_any(database, district, clock: SetClock) -> None:
    await a_record_with_an_order(database, district)
    clock.advance(timedelta(days=1))
    await escalation.look_after(database, OFFICE)
    head = an_actor(Role.HEAD, district.departments[0], person=3)
    other = an_actor(Role.HEAD, district.departments[1], person=4)
    assert len(await kinds(database, head)) == 1
    assert await kinds(database, other) == []
    with pytest.raises(Exception, match="lateness:read"):
        await kinds(database, boss(district))


async def test_an_escalation_cannot_be_taken_back(database, district, owner, clock: SetClock) -> None:
    await a_record_with_an_order(database, district)
    clock.advance(timedelta(days=1))
    await escalation.look_after(database, "")
    for statement in ("DELETE FROM escalation", "UPDATE escalation SET due = due + 1"):
        with pytest.raises(asyncpg.PostgresError):
            await owner.execute(statement)
    async with database.transaction(SYSTEM, read_only=True) as tx:
        assert len(await escalation.escalated(tx)) == 1
