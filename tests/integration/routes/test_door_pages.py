"""The inspector's record as plain forms: every step works without script, and a refusal gives back what was typed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from inspect_registry.clock import shanghai
from inspect_registry.db import Database
from tests.fieldwork_doors import NOW, begun
from tests.visits_builders import District, a_district
from tests.visits_people import People, people_of, signatures_wanted

STARTED = f"{shanghai(NOW - timedelta(minutes=50)):%Y-%m-%dT%H:%M}"
ENDED = f"{shanghai(NOW):%Y-%m-%dT%H:%M}"


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest_asyncio.fixture
async def people(database: Database, district: District) -> AsyncIterator[People]:
    async with people_of(database, district) as opened:
        yield opened


class Door:
    """One officer's phone without script."""

    def __init__(self, people: People, who: str = "officer0") -> None:
        self.people, self.who = people, who

    async def post(self, path: str, form: dict[str, Any] | None = None) -> httpx.Response:
        await self.people.ask(self.who, "GET", "/session")
        headers = {"authorization": f"Bearer {self.people._tokens[self.who]}", "accept": "text/html"}
        return await self.people.client.post(path, data=form or {}, headers=headers)

    async def get(self, path: str) -> httpx.Response:
        await self.people.ask(self.who, "GET", "/session")
        headers = {"authorization": f"Bearer {self.people._tokens[self.who]}", "accept": "text/html"}
        return await self.people.client.get(path, headers=headers)


async def opened(door: Door, visit: str) -> str:
    answer = await door.post(f"/inspector/visits/{visit}/record")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def criteria(people: People, record: str, who: str = "officer0") -> list[str]:
    read = await people.ask(who, "GET", f"/inspections/{record.rsplit('/', 1)[1]}")
    return [point["criterion"] for point in read["points"]]


async def test_a_record_goes_from_the_list_to_its_closing_without_script(database, district, people, owner) -> None:
    _, visit = await begun(database, district)
    door = Door(people)
    listed = await door.get("/inspector/visits")
    assert "开始或者继续记录" in listed.text
    record = await opened(door, visit)
    assert await opened(door, visit) == record, "a second opening goes on with the first"
    points = await criteria(people, record)
    form = {f"value.{one}": "conforms" for one in points[1:]} | {f"value.{points[0]}": "fails"}
    saved = await door.post(f"{record}/answers", form)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{record}?saved=answers#answers")
    shown = await door.get(record)
    assert f'name="facts.{points[0]}"' in shown.text
    assert f'name="facts.{points[1]}"' not in shown.text, "only what does not conform asks for facts"
    finding = {
        f"facts.{points[0]}": "冷藏柜温度12摄氏度", f"clause.{points[0]}": "《食品安全法》第五十四条",
        f"disposition.{points[0]}": "rectify_by_date", f"demand.{points[0]}": "五日内修复",
        f"third.{points[0]}": "on", f"own.{points[0]}": "执法人员亲自测量两次",
    }  # fmt: skip
    assert (await door.post(f"{record}/findings", finding)).status_code == 303
    again = (await door.get(record)).text
    assert all(words in again for words in ("冷藏柜温度12摄氏度", "五日内修复", "执法人员亲自测量两次"))
    crew = [await district.uid_of("inspector", one) for one in district.inspectors[district.departments[0]][:2]]
    at_door = {"present": crew, "started_at": STARTED, "ended_at": ENDED, "signature": "signed", "notes": "正常营业"}
    noted = await door.post(
        f"{record}/door", at_door | {"companion.0": "检测员<b>甲</b>", "companion_role.0": "third_party"}
    )
    assert noted.status_code == 303, noted.text
    shown = await door.get(record)
    assert shown.text.count("<canvas") == 3, "two inspectors and the enterprise sign"
    assert "检测员<b>" not in shown.text
    unsigned = await door.post(f"{record}/closing")
    assert unsigned.status_code == 409
    assert "签名" in unsigned.text
    uid = record.rsplit("/", 1)[1]
    read = await people.ask("officer0", "GET", f"/inspections/{uid}")
    for hand in signatures_wanted(read):
        await people.ask("officer0", "POST", f"/inspections/{uid}/signatures", hand)
    assert (await door.post(f"{record}/closing")).status_code == 303
    closed = await door.get(record)
    assert "责令限期改正" in closed.text
    assert "办结这份记录" not in closed.text
    assert (await door.post(f"{record}/telling")).status_code == 303
    assert "已告知企业" in (await door.get(record)).text
    assert await owner.fetchval("SELECT count(*) FROM rectification") == 1


@pytest.mark.parametrize(
    ("step", "form", "status", "kept"),
    [
        ("answers", {"value.P0": "not_checked", "reason.P0": "", "value.P1": "conforms"}, 422, 'value="not_checked" checked'),
        ("answers", {"value.nosuchcriterion": "conforms", "reason.P0": "写了理由"}, 409, "写了理由"),
        ("findings", {"facts.P0": "地面有积水", "clause.P0": "第五条", "disposition.P0": "guidance"}, 422, "地面有积水"),
        ("findings", {"facts.P0": "地面有积水", "clause.P0": "《法》第五条", "disposition.P0": "rectify_by_date",
                      "demand.P0": "清理", "due.P0": "明天"}, 422, "地面有积水"),
        ("door", {"started_at": "", "ended_at": ENDED, "notes": "门口有积水"}, 422, "门口有积水"),
        ("door", {"started_at": "昨天上午", "ended_at": ENDED, "notes": "门口有积水"}, 422, "门口有积水"),
        ("door", {"started_at": STARTED, "ended_at": "2031-01-01T09:00", "notes": "门口有积水"}, 409, "门口有积水"),
        ("closing", {}, 422, "还没有登记到场人员和起止时间"),
    ],
)  # fmt: skip
async def test_what_is_refused_comes_back_as_it_was_typed_with_the_reason(
    database, district, people, owner, step, form, status, kept
) -> None:
    _, visit = await begun(database, district)
    door = Door(people)
    record = await opened(door, visit)
    points = await criteria(people, record)
    await door.post(f"{record}/answers", {f"value.{points[0]}": "fails"})
    named = {name.replace("P0", points[0]).replace("P1", points[1]): value for name, value in form.items()}
    refused = await door.post(f"{record}/{step}", named)
    assert refused.status_code == status, refused.text
    assert 'role="alert"' in refused.text
    assert kept in refused.text
    assert await owner.fetchval("SELECT count(*) FROM finding") == 0


async def test_a_door_without_arrival_asks_for_the_reason_and_takes_it(database, district, people) -> None:
    _, visit = await begun(database, district, arrived=False)
    door = Door(people)
    refused = await door.post(f"/inspector/visits/{visit}/record", {"late_reason": ""})
    assert refused.status_code == 409, refused.text
    assert "<details" in refused.text
    taken = await door.post(f"/inspector/visits/{visit}/record", {"late_reason": "地下室无网络，企业在场人员张某知悉"})
    assert taken.status_code == 303
    assert "地下室无网络" in (await door.get(taken.headers["location"])).text


async def test_facts_of_the_list_ask_for_a_decision_on_leniency(database, district, people) -> None:
    _, visit = await begun(database, district)
    door = Door(people)
    record = await opened(door, visit)
    points = await criteria(people, record)
    one = points[0]
    await door.post(f"{record}/answers", {f"value.{each}": "fails" if each == one else "conforms" for each in points})
    facts = {
        f"facts.{one}": "营业执照未公示",
        f"clause.{one}": "《市场主体登记管理条例》第三十六条",
        f"disposition.{one}": "no_penalty",
    }
    refused = await door.post(f"{record}/findings", facts)
    assert refused.status_code == 409, refused.text
    item = "市场监管领域不予行政处罚和减轻行政处罚实施办法|2023|1"
    assert item in refused.text, "the item that the facts call up is offered with the refusal"
    chosen = {
        f"leniency.{one}": item, f"condition.{one}.{item}": ["first", "slight", "corrected"],
        f"education.{one}": "已讲解公示规定", f"justification.{one}": "初次发现，当场改正",
    }  # fmt: skip
    assert (await door.post(f"{record}/findings", facts | chosen)).status_code == 303
    shown = await door.get(record)
    assert shown.text.count('value="first" checked') == 1


async def test_nobody_else_opens_or_writes_the_record(database, district, people) -> None:
    _, visit = await begun(database, district)
    record = await opened(Door(people), visit)
    assert (await Door(people, "officer1").get(record)).status_code == 404
    assert (await Door(people, "officer1").post(f"{record}/answers", {})).status_code == 404
    assert (await Door(people, "clerk0").get(record)).status_code == 403
    assert (await Door(people, "keeper").post(f"{record}/closing")).status_code == 403
    anonymous = await people.client.get(record, headers={"accept": "text/html"})
    assert anonymous.status_code == 401
