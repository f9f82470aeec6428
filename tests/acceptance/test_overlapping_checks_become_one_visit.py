"""Two departments mean to visit the same restaurant in the same weeks; the district makes it one knock on the door."""

from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import pytest
import pytest_asyncio

from inspect_registry.db import Database
from tests.visits_builders import District, a_district
from tests.visits_people import People, people_of


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest_asyncio.fixture
async def people(database: Database, district: District) -> AsyncIterator[People]:
    async with people_of(database, district) as opened:
        yield opened


async def test_overlapping_checks_become_one_visit_that_both_departments_answer(
    people: People, district, owner
) -> None:
    market, fire = district.departments
    await district.check(market, date(2026, 12, 1), date(2026, 12, 18))
    await district.check(fire, date(2026, 12, 14), date(2026, 12, 31))
    run = await people.merge("2026-12-01")
    assert (run["checks"], run["visits"], run["naive_visits"], run["avoided"]) == (2, 1, 2, 1)

    (proposal,) = await people.ask("clerk1", "GET", "/visits/proposals?month=2026-12-01")
    assert proposal["joint"]
    assert "2026-12-14" <= proposal["day"] <= "2026-12-18"
    assert proposal["reasons"][0]["sentence"]
    assert {part["department"] for part in proposal["parts"]} == {"区市场监督管理局", "区消防救援支队"}

    uid = proposal["uid"]
    await people.ask("clerk0", "POST", f"/visits/{uid}/confirmation")
    both = await people.ask("clerk1", "POST", f"/visits/{uid}/confirmation")
    assert both["state"] == "confirmed"
    assert await people.ask("clerk1", "GET", "/visits/proposals?month=2026-12-01") == []

    await people.ask("head0", "POST", f"/visits/{uid}/approval")
    approved = await people.ask("head1", "POST", f"/visits/{uid}/approval", key="approve-1")
    assert approved["state"] == "approved"
    assert await people.ask("head1", "POST", f"/visits/{uid}/approval", key="approve-1") == approved

    (todays,) = await people.ask("officer0", "GET", f"/visits/today?day={approved['day']}")
    assert todays["uid"] == uid
    (own,) = await people.ask("keeper", "GET", "/visits/mine")
    assert own["uid"] == uid
    story = await people.ask("auditor", "GET", f"/visits/{uid}/timeline")
    assert [line["action"] for line in story["lines"]][-5:] == [
        "visit.proposed", "visit.confirmed", "visit.confirmed", "visit.approved", "visit.approved",
    ]  # fmt: skip
    used = await owner.fetch("SELECT department, used FROM quota ORDER BY department")
    assert [tuple(row) for row in used] == [(0, 1), (market, 1), (fire, 1)]


async def test_a_department_that_declines_is_planned_anew_and_the_other_visit_stays(people: People, district) -> None:
    market, fire = district.departments
    for department in (market, fire):
        await district.check(department, date(2026, 12, 1), date(2026, 12, 18))
    await people.merge("2026-12-01")
    (joint,) = await people.ask("coordinator", "GET", "/visits?month=2026-12-01")
    await people.ask("clerk0", "POST", f"/visits/{joint['uid']}/confirmation")
    refused = await people.ask("clerk1", "POST", f"/visits/{joint['uid']}/refusal", {"reason": " "}, status=422)
    assert (refused["code"], refused["rule"]) == ("visit-reason-missing", "reason-is-given")
    await people.ask("clerk1", "POST", f"/visits/{joint['uid']}/refusal", {"reason": "当月人员集中调训"})
    again = await people.merge("2026-12-01")
    assert again["visits"] == 2
    rows = await people.ask("coordinator", "GET", "/visits?month=2026-12-01")
    days = {row["uid"]: (row["day"], row["joint"]) for row in rows}
    assert days[joint["uid"]] == (joint["day"], False)
    assert len(days) == 2


async def test_bad_input_is_answered_by_name_and_never_by_a_crash(people: People, district) -> None:
    cases = [
        ("coordinator", "POST", "/merges", {"month": "2026-13-01"}, 400),
        ("coordinator", "POST", "/merges", {"month": "2026-12-01", "seed": 2**70}, 400),
        ("coordinator", "POST", "/merges", {"month": "2026-12-01", "extra": 1}, 400),
        ("clerk0", "POST", "/merges", {"month": "2026-12-01"}, 403),
        ("coordinator", "GET", "/visits?month=2026-12-01&limit=1000000000", None, 400),
        ("coordinator", "GET", "/visits?month=2026-12-01&limit=-1", None, 400),
        ("coordinator", "GET", "/visits?month=2026-12-01&standing=lost", None, 400),
        ("coordinator", "GET", "/visits/%00", None, 422),
        ("clerk0", "GET", "/visits/nosuchvisit", None, 404),
        ("clerk0", "POST", "/visits/nosuchvisit/confirmation", None, 404),
        ("head0", "POST", "/visits/approvals", {"month": "0001-01-01"}, 200),
    ]
    for who, method, path, body, status in cases:
        answer = await people.ask(who, method, path, body, status=status)
        if status >= 400:
            assert answer["code"], path


async def test_a_month_without_checks_says_so(people: People, district) -> None:
    told = await people.merge("2026-12-01")
    assert told["code"] == "nothing-to-plan"
