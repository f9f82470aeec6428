"""An inspector finds a warm refrigerator; the shop repairs it; the department looks again; the visit ends."""

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
import pytest_asyncio

from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from tests.fieldwork_doors import NOW, arrive, begun
from tests.visits_builders import TODAY, District, a_district
from tests.visits_people import People, people_of, sign_all


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest_asyncio.fixture
async def people(database: Database, district: District) -> AsyncIterator[People]:
    async with people_of(database, district) as opened:
        yield opened


async def a_closing(district: District, at=NOW, people: int = 2) -> dict:
    inspectors = district.inspectors[district.departments[0]][:people]
    return {
        "present": [await district.uid_of("inspector", one) for one in inspectors],
        "started_at": (at - timedelta(minutes=50)).isoformat(),
        "ended_at": at.isoformat(),
        "signature": "signed",
        "signature_note": "王某(店长)",
    }


async def test_an_order_is_followed_from_the_finding_to_the_recheck_and_the_end(
    database: Database, people: People, district: District, clock: SetClock, owner
) -> None:
    _, visit = await begun(database, district)
    record = await people.ask("officer0", "POST", "/inspections", {"visit": visit}, status=201)
    path = f"/inspections/{record['uid']}"
    points = [point["criterion"] for point in record["points"]]
    answers = [{"criterion": one, "value": "conforms"} for one in points[1:]]
    await people.ask(
        "officer0", "PUT", f"{path}/answers", {"answers": [{"criterion": points[0], "value": "fails"}, *answers]}
    )
    alone = await people.ask("officer0", "POST", f"{path}/closing", await a_closing(district, people=1), status=409)
    assert (alone["code"], alone["rule"]) == ("too-few-inspectors-present", "two-inspectors-present")
    finding = {
        "criterion": points[0], "facts": "冷藏柜温度12摄氏度", "clause": "《食品安全法》第五十四条",
        "disposition": "rectify_by_date", "demand": "修复冷藏柜", "due": "2026-11-27",
    }  # fmt: skip
    await people.ask("officer0", "PUT", f"{path}/findings", {"findings": [finding]})
    await sign_all(people, "officer0", record["uid"], await a_closing(district))
    closed = await people.ask(
        "officer0", "POST", f"{path}/closing", await a_closing(district), status=202, key="close-1"
    )
    assert (closed["result_text"], closed["publish_due"]) == ("责令限期改正", "2026-12-18")
    assert (
        await people.ask("officer0", "POST", f"{path}/closing", await a_closing(district), status=202, key="close-1")
        == closed
    )
    await people.ask("officer0", "POST", f"{path}/telling")

    (order,) = await people.ask("keeper", "GET", "/rectifications")
    assert (order["due"], order["demand"]) == ("2026-11-27", "修复冷藏柜")
    base = f"/rectifications/{order['uid']}"
    clock.advance(timedelta(days=10))
    (late,) = await people.ask("officer0", "GET", "/rectifications?overdue=true")
    assert late["overdue"]
    await people.ask("keeper", "POST", f"{base}/evidence", {"words": "压缩机已更换，附维修单"})

    trigger = await people.ask("officer0", "POST", f"{base}/recheck-trigger", status=201)
    assert (trigger["kind_text"], trigger["rectification"]) == ("复查", order["uid"])
    plan = {
        "day": str(TODAY + timedelta(days=10)),
        "inspectors": [await district.uid_of("inspector", one) for one in district.inspectors[district.departments[0]]],
    }
    early = await people.ask("officer0", "POST", f"/triggers/{trigger['uid']}/visit", plan, status=409)
    assert early["code"] == "trigger-step-not-allowed"
    await people.ask("head0", "POST", f"/triggers/{trigger['uid']}/approval")
    again = await people.ask("officer0", "POST", f"/triggers/{trigger['uid']}/visit", plan, status=201)
    assert (again["exempt"], again["announced"], again["state"]) == (True, False, "confirmed")
    await people.ask("head0", "POST", f"/visits/{again['uid']}/approval")
    used = await owner.fetchrow("SELECT used, exempt_used FROM quota WHERE department = $1", district.departments[0])
    assert tuple(used) == (1, 1)

    await arrive(district, await owner.fetchval("SELECT id FROM visit WHERE uid = $1", again["uid"]))
    second = await people.ask("officer0", "POST", "/inspections", {"visit": again["uid"]}, status=201)
    fine = {"answers": [{"criterion": point["criterion"], "value": "conforms"} for point in second["points"]]}
    await people.ask("officer0", "PUT", f"/inspections/{second['uid']}/answers", fine)
    later = await a_closing(district, at=NOW + timedelta(days=10))
    await sign_all(people, "officer0", second["uid"], later)
    await people.ask("officer0", "POST", f"/inspections/{second['uid']}/closing", later, status=202)

    checked = await people.ask("officer0", "POST", f"{base}/recheck", {"passed": True, "note": "温度4摄氏度"})
    assert (checked["state_text"], checked["recheck_visit"]) == ("复查合格", again["uid"])
    await people.ask("officer0", "POST", f"{base}/closing")
    assert (await people.ask("coordinator", "GET", f"/visits/{visit}"))["state"] == "closed"
    story = await people.ask("auditor", "GET", f"/visits/{visit}/timeline")
    assert [line["action"] for line in story["lines"]][-5:] == [
        "rectification.answered", "recheck.ordered", "recheck.closed", "rectification.closed", "visit.closed",
    ]  # fmt: skip
    assert all(line["intact"] for line in story["lines"])


async def test_the_scope_lock_holds_over_http_and_the_refusal_is_in_the_log(
    database: Database, people: People, district: District, owner
) -> None:
    _, visit = await begun(database, district)
    record = await people.ask("officer0", "POST", "/inspections", {"visit": visit}, status=201)
    foreign = await district.uid_of("criterion", district.criteria[district.matters[district.departments[1]][0]][0])
    refused = await people.ask(
        "officer0", "PUT", f"/inspections/{record['uid']}/answers",
        {"answers": [{"criterion": foreign, "value": "conforms"}]}, status=409,
    )  # fmt: skip
    assert (refused["code"], refused["rule"]) == ("outside-scope", "scope-lock")
    assert refused["places"][0]["field"] == "answers.0.criterion"
    entry = await owner.fetchval(
        "SELECT convert_from(leaf, 'UTF8')::jsonb -> 'public' ->> 'code' FROM ledger_entry WHERE action = 'act.refused'"
    )
    assert entry == "outside-scope"
    for who in ("officer1", "keeper"):
        await people.ask(who, "GET", f"/inspections/{record['uid']}", status=404)
