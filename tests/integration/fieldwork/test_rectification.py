"""An order to put right: answered by the enterprise, looked at again, closed; late ones are seen; the visit ends last."""

from datetime import timedelta

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.clock import SetClock
from inspect_registry.fieldwork import errors, followup, service
from inspect_registry.fieldwork.views import RecheckInput
from inspect_registry.visits import listing
from inspect_registry.visits.model import VisitState
from tests.fieldwork_doors import a_closed_record, begun, officer
from tests.visits_builders import COORDINATOR, District, a_district, an_actor


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


def boss(district: District, enterprise: int = 0):
    return an_actor(Role.ENTERPRISE, 0, person=77, enterprise=enterprise or district.enterprise)


async def ordered(database, district) -> tuple[str, str, str]:
    """Visit, record and order of a visit with one dated finding, its result told."""
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid, {})
    await followup.tell_result(database.acting(officer(district)), closed.uid)
    return uid, closed.uid, closed.rectifications[0].uid


async def test_an_order_is_answered_rechecked_and_closed_and_then_the_visit_is(database, district, owner) -> None:
    visit, _, order = await ordered(database, district)
    answered = await followup.give_evidence(database.acting(boss(district)), order, "已更换压缩机，附维修单")
    assert (answered.state_text, answered.evidence) == ("已提交改正材料", "已更换压缩机，附维修单")
    checked = await followup.recheck(
        database.acting(officer(district)), order, RecheckInput(passed=True, note="维修单与照片核对无误")
    )
    assert (checked.state_text, checked.recheck_visit) == ("复查合格", None)
    assert (await listing.visit(database.acting(COORDINATOR), visit)).state is VisitState.RECORDED
    closed = await followup.close_rectification(database.acting(officer(district)), order)
    assert closed.state_text == "已办结"
    assert (await listing.visit(database.acting(COORDINATOR), visit)).state is VisitState.CLOSED
    actions = await owner.fetch("SELECT action FROM ledger_entry WHERE subject_uid = $1 ORDER BY id", order)
    assert [row["action"] for row in actions] == [
        "rectification.answered",
        "recheck.closed",
        "rectification.closed",
    ]


async def test_nothing_is_told_or_taken_back_of_a_record_that_is_not_closed(database, district, owner) -> None:
    _, uid = await begun(database, district)
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, uid)
    for call in (
        followup.tell_result(acting, record.uid),
        followup.revoke(database.acting(an_actor(Role.HEAD, district.departments[0])), record.uid, "检查对象错误"),
    ):
        with pytest.raises(errors.InspectionNotClosed) as refused:
            await call
        assert refused.value.rule == "record-closed-first"
    assert await owner.fetchval("SELECT told_at IS NULL AND revoked_at IS NULL FROM inspection")


async def test_a_failed_recheck_sets_a_new_date_and_the_way_begins_again(database, district, owner, clock) -> None:
    _, _, order = await ordered(database, district)
    clock.advance(timedelta(days=10))
    failed = await followup.recheck(
        database.acting(officer(district)), order, RecheckInput(passed=False, note="温度仍超标")
    )
    assert (failed.state_text, str(failed.due)) == ("已责令", "2026-12-14")
    with pytest.raises(errors.RectificationStepNotAllowed):
        await followup.close_rectification(database.acting(officer(district)), order)


async def test_nothing_is_passed_that_nobody_looked_at(database, district, owner) -> None:
    _, _, order = await ordered(database, district)
    with pytest.raises(errors.RectificationStepNotAllowed, match="尚未提交"):
        await followup.recheck(database.acting(officer(district)), order, RecheckInput(passed=True, note="电话确认"))


async def test_late_orders_are_listed_without_being_stored_as_late(database, district, owner, clock: SetClock) -> None:
    _, _, order = await ordered(database, district)
    assert await followup.rectifications(database.acting(officer(district)), overdue=True) == []
    clock.advance(timedelta(days=15))
    (late,) = await followup.rectifications(database.acting(officer(district)), overdue=True)
    assert (late.uid, late.overdue, late.state_text) == (order, True, "已责令")
    assert await followup.rectifications(database.acting(officer(district, 1))) == []


async def test_another_enterprise_and_another_department_see_no_order(database, district, owner) -> None:
    _, _, order = await ordered(database, district)
    other, _ = await district.shop()
    with pytest.raises(errors.RectificationNotFound):
        await followup.give_evidence(database.acting(boss(district, other)), order, "已改正")
    with pytest.raises(errors.RectificationNotFound):
        await followup.recheck(database.acting(officer(district, 1)), order, RecheckInput(passed=True, note="核对无误"))


async def test_results_not_told_or_not_published_in_time_are_listed(database, district, owner, clock: SetClock) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid)
    assert await followup.late_results(database.acting(COORDINATOR)) == []
    clock.advance(timedelta(days=1))
    (late,) = await followup.late_results(database.acting(COORDINATOR))
    assert (late.uid, late.untold, late.unpublished) == (closed.uid, True, False)
    await followup.tell_result(database.acting(officer(district)), closed.uid)
    assert await followup.late_results(database.acting(COORDINATOR)) == []
    clock.advance(timedelta(days=28))
    (late,) = await followup.late_results(database.acting(COORDINATOR))
    assert (late.untold, late.unpublished) == (False, True)
