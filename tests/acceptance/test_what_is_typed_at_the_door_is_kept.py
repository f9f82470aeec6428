"""What an officer types into a record is never lost: refused, half done, on a phone that broke; and wrong input has its place."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect

from inspect_registry.db import Database
from tests.acceptance.served import a_page
from tests.fieldwork_doors import a_closed_record, begun
from tests.visits_builders import TODAY, District, a_district
from tests.visits_people import PASSWORD, People, people_of


@pytest_asyncio.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest_asyncio.fixture
async def people(database: Database, district: District) -> AsyncIterator[People]:
    async with people_of(database, district) as opened:
        yield opened


class Door:
    """An officer's forms at one open record."""

    def __init__(self, people: People, record: str, criteria: list[str]) -> None:
        self.people = people
        self.record = record
        self.criteria = criteria

    async def look(self, account: str = "officer0") -> httpx.Response:
        return await self._ask("GET", "", account)

    async def send(self, step: str, typed: dict[str, object], account: str = "officer0") -> httpx.Response:
        return await self._ask("POST", f"/{step}", account, typed)

    async def _ask(self, method: str, path: str, account: str, typed: object = None) -> httpx.Response:
        answer = await self.people.client.post("/api/v1/session", json={"account": account, "password": PASSWORD})
        headers = {"authorization": f"Bearer {answer.json()['token']}", "accept": "text/html"}
        return await self.people.client.request(
            method, f"/inspector/records/{self.record}{path}", headers=headers, data=typed
        )

    def all_conform(self, **more: str) -> dict[str, object]:
        return {f"value.{one}": "conforms" for one in self.criteria} | more

    async def of_server(self, account: str = "officer0") -> list[dict[str, object]]:
        return await self.people.ask(account, "GET", f"/inspections/{self.record}/drafts")


@pytest_asyncio.fixture
async def door(database: Database, people: People, district: District) -> Door:
    _, visit = await begun(database, district)
    opened = await people.ask("officer0", "POST", "/inspections", {"visit": visit}, status=201)
    return Door(people, opened["uid"], [point["criterion"] for point in opened["points"]])


async def test_a_refused_form_leads_to_its_field_and_comes_back_on_another_phone(door: Door) -> None:
    first, second = door.criteria[:2]
    typed = door.all_conform() | {f"value.{first}": "not_checked", f"reason.{second}": "另写的话"}
    refused = await door.send("answers", typed)
    assert refused.status_code == 422
    assert f'<a href="#reason-{first}">1．' in refused.text, "the refusal leads to the field it means"
    elsewhere = (await door.look()).text
    assert "上次填写而没有保存的内容已经填回" in elsewhere
    assert 'value="另写的话"' in elsewhere
    assert re.search(rf'name="value.{first}" value="not_checked" checked', elsewhere)
    assert "另写的话" not in (await door.look("second0")).text, "a colleague's form is his own"
    saved = await door.send("answers", typed | {f"reason.{first}": "仓库上锁，未进入"})
    assert saved.status_code == 303
    assert await door.of_server() == [], "what is saved is no draft any more"


async def test_a_draft_can_be_thrown_away(door: Door) -> None:
    await door.send("answers", door.all_conform())
    await door.send("answers", door.all_conform() | {f"value.{door.criteria[0]}": "not_checked"})
    assert (await door.send("discard", {})).status_code == 303
    page = (await door.look()).text
    assert f'name="value.{door.criteria[0]}" value="conforms" checked' in page
    assert "已经填回。请检查" not in page


async def test_an_unanswered_criterion_is_named_with_the_way_to_it(
    door: Door, people: People, district: District
) -> None:
    crew = [await district.uid_of("inspector", one) for one in district.inspectors[district.departments[0]][:2]]
    times = {"started_at": f"{TODAY}T09:00", "ended_at": f"{TODAY}T09:30"}
    await door.send("answers", {f"value.{one}": "conforms" for one in door.criteria[1:]})
    assert (await door.send("door", {"present": crew, **times})).status_code == 303
    refused = await door.send("closing", {})
    assert refused.status_code == 409
    alert = refused.text.partition('role="alert"')[2].partition("</div>")[0]
    assert f'<a href="#point-{door.criteria[0]}">' in alert, alert
    assert f'id="point-{door.criteria[0]}"' in refused.text
    assert "请先答完再签名" in (await door.look()).text


@pytest.mark.parametrize(
    ("step", "field", "value", "place"),
    [
        ("findings", "facts", "冷" * 20_000, "facts"),
        ("findings", "facts", "冷藏柜😀", "facts"),
        ("findings", "disposition", "bogus", None),
        ("findings", "due", "２０２６－１２－３２", None),
        ("findings", "due", "tomorrow", None),
        ("door", "notes", "看\u202e反了", "notes"),
        ("door", "notes", "现" * 6_000, "notes"),
        ("door", "signature", "bogus", None),
        ("door", "started_at", "９９９９", None),
        ("door", "companion_role.0", "bogus", None),
        ("door", "companion.0", "王🙂", "companion-0"),
    ],
)  # fmt: skip
async def test_wrong_input_is_refused_with_its_place_and_kept(
    door: Door, district: District, step: str, field: str, value: str, place: str | None
) -> None:
    one = door.criteria[0]
    crew = [await district.uid_of("inspector", who) for who in district.inspectors[district.departments[0]][:2]]
    forms: dict[str, dict[str, object]] = {
        "findings": {f"facts.{one}": "冷藏柜温度12摄氏度", f"clause.{one}": "《食品安全法》第五十四条",
                     f"disposition.{one}": "guidance"},
        "door": {"present": crew, "started_at": f"{TODAY}T09:00", "ended_at": f"{TODAY}T09:30", "companion.0": "李某"},
    }  # fmt: skip
    name = f"{field}.{one}" if step == "findings" else field
    await door.send("answers", door.all_conform() | {f"value.{one}": "fails"})
    refused = await door.send(step, forms[step] | {name: value})
    assert refused.status_code in (409, 422), refused.status_code
    if place:
        at = f"{place}-{one}" if step == "findings" else place
        assert f'<a href="#{at}">' in refused.text
        assert f'id="{at}"' in refused.text
    kept = {key: words for draft in await door.of_server() for key, words in draft["typed"].items()}
    assert kept[name] == [value]
    assert (await door.send(step, forms[step])).status_code == 303


async def test_full_width_digits_are_a_date(door: Door) -> None:
    one = door.criteria[0]
    typed = {
        f"facts.{one}": "冷藏柜温度12摄氏度", f"clause.{one}": "《食品安全法》第五十四条",
        f"disposition.{one}": "rectify_by_date", f"demand.{one}": "修复", f"due.{one}": "２０２６－１１－２７",
    }  # fmt: skip
    assert (await door.send("findings", typed)).status_code == 303
    read = await door.people.ask("officer0", "GET", f"/inspections/{door.record}")
    assert [finding["due"] for finding in read["findings"]] == ["2026-11-27"]


async def test_drafts_end_with_the_record_and_are_nobody_elses(
    database: Database, people: People, district: District, owner: asyncpg.Connection
) -> None:
    _, visit = await begun(database, district)
    opened = await people.ask("officer0", "POST", "/inspections", {"visit": visit}, status=201)
    path = f"/inspections/{opened['uid']}/drafts"
    for account in ("officer0", "second0"):
        await people.ask(account, "PUT", f"{path}/door", {"typed": {"notes": ["地面湿滑\x00"]}})
    assert [one["typed"] for one in await people.ask("officer0", "GET", path)] == [{"notes": ["地面湿滑"]}]
    assert await people.ask("officer1", "GET", path, status=404)
    assert await people.ask("keeper", "GET", path, status=403)
    await people.ask("officer0", "PUT", f"{path}/closing", {"typed": {}}, status=400)
    told = await owner.fetchval(
        "SELECT string_agg(encode(leaf, 'escape'), ' ') FROM ledger_entry WHERE action = 'inspection.saved'"
    )
    assert r"\346\271\277" not in told, "the leaf tells how much was typed, never what"
    await a_closed_record(database, district, visit)
    assert await owner.fetchval("SELECT count(*) FROM inspection_draft") == 0
    await people.ask("officer0", "PUT", f"{path}/door", {"typed": {}}, status=409)


@pytest.mark.browser
async def test_a_phone_that_breaks_takes_nothing_with_it(database: Database, door: Door, tmp_path: Path) -> None:
    await door.send("answers", door.all_conform() | {f"value.{door.criteria[0]}": "fails"})
    async with a_page(database, tmp_path / "var") as page:

        async def sign_in() -> None:
            await page.goto("/sign-in")
            await page.fill("#account", "officer0")
            await page.fill("#password", PASSWORD)
            await page.get_by_role("button", name="登录").click()
            await page.wait_for_url("**/me")

        await sign_in()
        await page.clock.install()
        await page.goto(f"/inspector/records/{door.record}")
        async with page.expect_response("**/drafts/findings") as kept:
            await page.locator("textarea[name^='facts.']").fill("冷藏柜温度12摄氏度")
            await page.clock.fast_forward(9_000)
        assert (await kept.value).ok
        await page.evaluate("localStorage.clear()")  # as on another phone
        await page.goto(f"/inspector/records/{door.record}")
        assert await page.locator("textarea[name^='facts.']").input_value() == "冷藏柜温度12摄氏度"
        await expect(page.locator("#draft")).to_contain_text("没有保存")
        await page.context.clear_cookies()
        await page.get_by_role("button", name="保存问题").click()
        await expect(page.locator("#findings [data-held]")).to_contain_text("登录已经过期")
        async with page.context.expect_page() as other:
            await page.get_by_role("link", name="在新页面登录").click()
        side = await other.value
        await side.fill("#account", "officer0")
        await side.fill("#password", PASSWORD)
        await side.get_by_role("button", name="登录").click()
        await side.wait_for_url("**/me")
        await page.get_by_role("button", name="保存问题").click()
        await page.wait_for_url("**#findings")
        assert await page.locator("#draft").is_hidden()
    assert await door.of_server() == []
