"""The coordinator merges a month, reads why, acts, compares: on pages, with plain forms, as a browser would send them."""

import re
from collections.abc import AsyncIterator
from datetime import date
from html import unescape

import asyncpg
import httpx
import pytest
import pytest_asyncio

from inspect_registry.db import Database
from tests.visits_builders import District, a_district
from tests.visits_people import PASSWORD, People, people_of

MONTH = "/merges/2026-12"


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    made = await a_district(owner)
    market, fire = made.departments
    await made.check(market, date(2026, 12, 7), date(2026, 12, 18))
    await made.check(fire, date(2026, 12, 14), date(2026, 12, 31))
    await made.check(market, date(2026, 12, 12), date(2026, 12, 13), premises=(await made.shop())[1])
    return made


@pytest_asyncio.fixture
async def people(database: Database, district: District) -> AsyncIterator[People]:
    async with people_of(database, district) as opened:
        yield opened


async def browser(people: People, who: str) -> httpx.AsyncClient:
    """A client of its own with this person's cookie."""
    client = httpx.AsyncClient(transport=people.client._transport, base_url="http://127.0.0.1:8000")
    answer = await client.post("/sign-in", data={"account": who, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


async def seen(client: httpx.AsyncClient, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


async def sent(client: httpx.AsyncClient, path: str, status: int = 303, **fields: str) -> httpx.Response:
    answer = await client.post(path, data=fields, headers={"origin": "http://127.0.0.1:8000"})
    assert answer.status_code == status, answer.text
    return answer


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, name
    return found.group(1)


async def test_a_month_is_merged_read_helped_and_merged_again(people: People, district) -> None:
    coordinator, head = await browser(people, "coordinator"), await browser(people, "head0")
    assert "综合一次查合并" in await seen(coordinator, "/me")
    assert "尚未合并" in await seen(coordinator, "/merges")
    empty = await seen(coordinator, MONTH)
    assert "这个月还没有合并" in empty
    assert "开始合并" in empty

    await sent(coordinator, f"{MONTH}/order", seconds="0.2")
    waiting = await seen(coordinator, MONTH)
    assert "合并进行中：排队等候" in waiting
    assert "data-watch" in waiting
    await sent(coordinator, f"{MONTH}/stop", job=hidden(waiting, "job"))
    assert "已要求提前结束" in await seen(coordinator, MONTH)
    assert await people._worker.one_job()

    done = await seen(coordinator, MONTH)
    assert "data-watch" not in done
    for words in (
        "合并后少入企",
        "需要入企 2 次",
        "未能安排的检查（1 项）",
        "为什么：",
        "怎样可以安排：",
        "合并为12月",
    ):
        assert words in done, words
    assert "<strong>嘉定某餐饮店" in done
    await sent(coordinator, f"{MONTH}/relaxations", run=hidden(done, "run"), check=hidden(done, "check"))
    assert "已提出，等待决定" in await seen(coordinator, MONTH)

    asked = await seen(head, MONTH)
    assert "由区市场监决定" in asked
    assert "开始合并" not in asked, "a department does not merge"
    uid = re.search(rf'action="{MONTH}/relaxations/([a-z0-9]+)"', asked)
    assert uid
    await sent(head, f"{MONTH}/relaxations/{uid.group(1)}", decision="accept", reason="周末前完成")
    await sent(coordinator, f"{MONTH}/order", seconds="0.2")
    assert await people._worker.one_job()
    again = await seen(coordinator, MONTH)
    assert "全部待查项都已安排" in again
    assert "已同意" in again


async def test_a_what_if_is_compared_as_numbers_lists_and_loads(people: People, district) -> None:
    coordinator = await browser(people, "coordinator")
    await sent(coordinator, f"{MONTH}/order", seconds="0.2")
    assert await people._worker.one_job()
    await sent(coordinator, f"{MONTH}/what-if", merging="no", seconds="0.2")
    assert await people._worker.one_job()
    page = await seen(coordinator, MONTH)
    after, before = re.findall(r'<option value="([a-z0-9]{26})"', page)[:2]
    told = await seen(coordinator, f"{MONTH}/comparison?before={before}&after={after}")
    for words in (
        "原方案：正式安排。",
        "新方案：假设：各部门单独检查（不合并）。",
        "打扰企业天数",
        "各部门负荷",
        "次数增加",
        "较差",
    ):
        assert words in told, words
    assert told.count("ir-bar") >= 4, "the load is drawn, and stands as a number beside"
    assert re.search(r"\d%", told)
    await seen(coordinator, f"{MONTH}/comparison?before={before}&after=nosuchrun", status=404)
    await seen(coordinator, f"{MONTH}/comparison", status=404)


async def test_bad_input_is_told_on_a_page_and_nothing_is_ordered(people: People, district, owner) -> None:
    coordinator = await browser(people, "coordinator")
    for fields in ({"quiet": "40"}, {"quiet": "abc"}, {"department": "x", "count": "999"}, {"quiet": "1" * 200}):
        answer = await sent(coordinator, f"{MONTH}/what-if", status=422, **fields)
        assert "假设条件填写有误" in answer.text
    for path in ("/merges/2026-13", "/merges/2026-12-01", "/merges/x", "/merges/9999-12"):
        await seen(coordinator, path, status=404)
    assert await owner.fetchval("SELECT count(*) FROM job") == 0
    await sent(coordinator, f"{MONTH}/stop", status=404, job="none")
    await sent(coordinator, f"{MONTH}/relaxations", status=404, run="x", check="y")
    await sent(coordinator, f"{MONTH}/relaxations/none", status=404, decision="accept", reason="好")


async def test_a_failed_merge_says_why_and_what_stands(people: People, district, owner) -> None:
    coordinator = await browser(people, "coordinator")
    await owner.execute("UPDATE \"check\" SET state = 'withdrawn', withdrawn_reason = '测试'")
    await sent(coordinator, f"{MONTH}/order", seconds="0.2")
    assert await people._worker.one_job()
    page = await seen(coordinator, MONTH)
    assert "上一次合并没有完成：该月没有可安排的待查项" in page
    assert "原有安排没有变动" in page


async def test_who_has_no_business_there_is_turned_away(people: People, district) -> None:
    for who in ("keeper", "officer0"):
        stranger = await browser(people, who)
        await seen(stranger, "/merges", status=403)
        await seen(stranger, MONTH, status=403)
    clerk = await browser(people, "clerk0")
    await seen(clerk, MONTH)
    await sent(clerk, f"{MONTH}/order", status=403, seconds="1")
    anonymous = httpx.AsyncClient(transport=people.client._transport, base_url="http://127.0.0.1:8000")
    assert (await anonymous.get(MONTH)).status_code in (401, 403)
