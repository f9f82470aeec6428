"""The inspector's page of papers: drawing up, refusals with their place, whose page it is, and what it never does."""

from collections.abc import AsyncIterator

import asyncpg
import pytest_asyncio

from inspect_registry.db import Database
from tests.fieldwork_doors import NOW, a_closed_record, a_hand, begun
from tests.visits_builders import District, a_district
from tests.visits_people import PASSWORD, People, people_of


@pytest_asyncio.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest_asyncio.fixture
async def people(database: Database, district: District) -> AsyncIterator[People]:
    async with people_of(database, district) as opened:
        yield opened


async def _ask(people: People, who: str, method: str, path: str, **form: str):
    session = await people.client.post("/api/v1/session", json={"account": who, "password": PASSWORD})
    headers = {"authorization": f"Bearer {session.json()['token']}", "accept": "text/html"}
    return await people.client.request(method, path, headers=headers, data=form or None)


async def test_papers_are_drawn_up_handed_over_and_shown(database, people, district) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit, {"facts": "冷藏柜温度12摄氏度"})
    path = f"/inspector/records/{closed.uid}/papers"
    assert "尚未出具文书" in (await _ask(people, "officer0", "GET", path)).text
    for kind in ("approval", "record", "result", "order", "order"):
        answer = await _ask(people, "officer0", "POST", path, kind=kind)
        assert (answer.status_code, answer.headers["location"]) == (303, path)
    drawn = await people.ask("officer0", "GET", f"/visits/{visit}/documents")
    assert [one["kind"] for one in drawn] == ["approval", "record", "result", "order"]
    page = (await _ask(people, "officer0", "GET", path)).text
    assert all(one["number"] in page for one in drawn)
    assert page.count('name="papers"') == 2, "the result and the order are handed over, the form and the record are not"
    inspector = await district.uid_of("inspector", district.inspectors[district.departments[0]][0])
    hand = {"lines": [list(line) for line in a_hand().lines]}
    handed = {
        "papers": [one["uid"] for one in drawn[2:]], "place": "墨玉路1号", "delivered_at": NOW.isoformat(),
        "officers": [inspector], "officer_strokes": hand,
        "receiver": {"name": "王某", "position": "店长", "strokes": hand},
    }  # fmt: skip
    receipt = await people.ask("officer0", "POST", f"/visits/{visit}/deliveries", handed, status=201)
    assert receipt["number"].endswith("送达〔2026〕1号")
    page = (await _ask(people, "officer0", "GET", path)).text
    assert page.count("已送达") == 2
    assert 'id="handing"' not in page


async def test_a_refusal_is_shown_on_the_page_with_its_place(database, people, district, owner) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    path = f"/inspector/records/{closed.uid}/papers"
    nothing = await _ask(people, "officer0", "POST", path, kind="order")
    assert (nothing.status_code, "没有责令改正的问题" in nothing.text) == (409, True)
    await owner.execute("UPDATE enterprise SET name = '上海<b>𠮷</b>野饭店'")
    rare = await _ask(people, "officer0", "POST", path, kind="record")
    assert (rare.status_code, "U+20BB7" in rare.text, "enterprise" in rare.text) == (422, True, True)
    assert "<b>𠮷" not in rare.text
    assert await people.ask("officer0", "GET", f"/visits/{visit}/documents") == []


async def test_the_page_is_the_inspector_s_own(database, people, district) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    path = f"/inspector/records/{closed.uid}/papers"
    for who, status in (("clerk0", 403), ("keeper", 403)):
        assert (await _ask(people, who, "GET", path)).status_code == status
    assert (await people.client.get(path, headers={"accept": "text/html"})).status_code in (303, 401)


async def test_an_unknown_kind_draws_nothing_up(database, people, district) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    for kind in ("", "delivery", "notice", "x" * 500):
        answer = await _ask(people, "officer0", "POST", f"/inspector/records/{closed.uid}/papers", kind=kind)
        assert answer.status_code == 303
    assert await people.ask("officer0", "GET", f"/visits/{visit}/documents") == []
