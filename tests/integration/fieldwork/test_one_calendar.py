"""Every room counts by the notice that was signed off here; before it is, the year is provisional everywhere."""

from datetime import date

import asyncpg
import pytest

from inspect_registry.catalogue import holidays
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.enterprises.credit import service as credit
from inspect_registry.fieldwork import followup
from inspect_registry.fieldwork.publicity import publicity_clocks
from inspect_registry.visits.month_reading import month_to_plan
from tests.credit_builders import a_record, an_application, at, boss, head
from tests.fieldwork_doors import a_closed_record, begun, officer
from tests.notice_builders import notice_of_2027
from tests.visits_builders import COORDINATOR, SYSTEM, District, a_district, a_visit, an_actor

d = date
LAST_WORKDAY_BUT_ONE = d(2026, 12, 30)
"""The made-up notice of 2027 closes 12-31 and has people work on Sunday 01-03."""


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def enter(database: Database, *, signed: bool) -> None:
    proposed = await holidays.propose_notice(database.acting(COORDINATOR), notice_of_2027())
    if signed:
        await holidays.sign_notice(database.acting(an_actor(COORDINATOR.role, 0, person=901)), proposed.uid)


@pytest.mark.parametrize(
    ("signed", "three_days", "ten_days"),
    [(False, d(2027, 1, 4), d(2027, 1, 13)), (True, d(2027, 1, 5), d(2027, 1, 14))],
    ids=["entered", "signed"],
)
async def test_a_signed_notice_moves_the_due_dates_of_every_room(
    database: Database, district: District, owner: asyncpg.Connection, clock: SetClock, signed, three_days, ten_days
) -> None:
    _, inspected = await begun(database, district)
    closed = await a_closed_record(database, district, inspected)
    record = await a_record(district, measure="revocation")
    clock.set(at(LAST_WORKDAY_BUT_ONE))
    await enter(database, signed=signed)

    applied = await credit.apply(database.acting(boss(district)), record, an_application())
    assert (applied.decide_due, applied.provisional) == (ten_days, not signed)

    proposed, _ = await a_visit(database, district, day=d(2027, 1, 20))
    answers = await owner.fetch("SELECT answer_due FROM visit_part WHERE visit = $1", proposed)
    assert {row[0] for row in answers} == {three_days}

    await followup.tell_result(database.acting(officer(district)), closed.uid)
    await followup.revoke(database.acting(head(district)), closed.uid, "对象认定有误，应为相邻门店")
    assert await owner.fetchval("SELECT withdraw_due FROM inspection WHERE uid = $1", closed.uid) == three_days


@pytest.mark.parametrize(
    ("signed", "due"), [(False, d(2026, 12, 31)), (True, d(2027, 1, 3))], ids=["entered", "signed"]
)
async def test_an_order_given_at_the_end_of_the_year_knows_whether_its_day_is_final(
    database: Database, district: District, owner: asyncpg.Connection, clock: SetClock, signed, due
) -> None:
    _, inspected = await begun(database, district)
    await enter(database, signed=signed)
    closed = await a_closed_record(database, district, inspected, {"due": due})
    rows = await owner.fetch("SELECT due, provisional FROM rectification")
    assert [tuple(row) for row in rows] == [(due, not signed)]
    clock.set(at(LAST_WORKDAY_BUT_ONE))
    (one,) = await publicity_clocks(database.acting(COORDINATOR))
    assert (one.uid, one.late) == (closed.uid, True)


@pytest.mark.parametrize("signed", [False, True], ids=["entered", "signed"])
async def test_the_planner_sends_nobody_on_a_day_that_the_notice_closes(database, district, clock, signed) -> None:
    await district.check(district.departments[0], d(2026, 12, 1), d(2026, 12, 31))
    await enter(database, signed=signed)
    month = await month_to_plan(database.acting(SYSTEM), d(2026, 12, 1))
    assert (d(2026, 12, 31) in month.limits.nonwork_days) is signed
