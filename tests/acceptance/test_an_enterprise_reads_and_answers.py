"""A shop owner reads what was found at his shop, fetches the papers, says what he mended, and objects: pages and files."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import Page, expect
from pypdf import PdfReader

from inspect_registry.access.model import NewPerson
from inspect_registry.access.service import add_people
from inspect_registry.actor import SYSTEM, Role
from inspect_registry.db import Database
from inspect_registry.fieldwork.views import InspectionView
from tests.acceptance.served import a_page
from tests.fieldwork_doors import a_closed_record, begun
from tests.integration.documents.test_printing import _another_shop as another_shop
from tests.visits_builders import District, a_district
from tests.visits_people import PASSWORD, People, people_of


@pytest_asyncio.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest_asyncio.fixture
async def people(database: Database, district: District) -> AsyncIterator[People]:
    async with people_of(database, district) as opened:
        yield opened


@pytest_asyncio.fixture
async def closed(database: Database, district: District) -> InspectionView:
    _, visit = await begun(database, district)
    return await a_closed_record(database, district, visit, {"facts": "冷藏柜<b>温度</b>12摄氏度"})


async def as_person(people: People, account: str) -> dict[str, str]:
    answer = await people.client.post("/api/v1/session", json={"account": account, "password": PASSWORD})
    return {"authorization": f"Bearer {answer.json()['token']}", "accept": "text/html"}


async def page_of(people: People, path: str, account: str = "keeper") -> httpx.Response:
    return await people.client.get(path, headers=await as_person(people, account))


async def test_the_owner_reads_results_and_papers(people: People, closed: InspectionView) -> None:
    for name in ("record", "result-notice", "order"):
        await people.ask("officer0", "POST", f"/inspections/{closed.uid}/{name}")
    await people.ask("officer0", "POST", f"/visits/{closed.visit}/approval-form")
    listed = await page_of(people, "/me/visits")
    assert "要您办的事" in listed.text
    assert f"/me/visits/{closed.visit}#answer-{closed.rectifications[0].uid}" in listed.text
    seen = (await page_of(people, f"/me/visits/{closed.visit}")).text
    for words in (
        "责令限期改正",
        "冷藏柜&lt;b&gt;温度&lt;&#x2f;b&gt;12摄氏度",
        "五日内修复冷藏柜",
        "现场检查笔录",
        "责令改正通知书",
    ):
        assert words in seen, words
    assert "审批表" not in seen, "the approval form is the office's own"
    papers = {one["kind"]: one for one in await people.ask("keeper", "GET", f"/visits/{closed.visit}/documents")}
    assert set(papers) == {"record", "result", "order"}
    printed = await page_of(people, f"/api/v1/documents/{papers['record']['uid']}/paper.pdf")
    assert papers["record"]["number"] in "".join(
        one.extract_text() for one in PdfReader(BytesIO(printed.content)).pages
    )
    drawn = {
        one["kind"]: one["uid"] for one in await people.ask("officer0", "GET", f"/visits/{closed.visit}/documents")
    }
    assert (await page_of(people, f"/api/v1/documents/{drawn['approval']}/paper.pdf")).status_code == 404


async def test_the_owner_answers_an_order_and_objects(people: People, closed: InspectionView) -> None:
    order, mine = closed.rectifications[0].uid, await as_person(people, "keeper")
    at = f"/me/visits/{closed.visit}"
    empty = await people.client.post(f"{at}/answer/{order}", headers=mine, data={"words": " "})
    assert (empty.status_code // 100, 'role="alert"' in empty.text) == (4, True)
    done = await people.client.post(f"{at}/answer/{order}", headers=mine, data={"words": "１１月２１日换了压缩机😀"})
    assert (done.status_code, done.headers["location"]) == (303, f"{at}?saved=answer-{order}#answer-{order}")
    assert "１１月２１日换了压缩机" in (await page_of(people, at)).text
    short = await people.client.post(f"{at}/objection/{closed.uid}", headers=mine, data={"words": "不对<"})
    assert (short.status_code, "不对&lt;</textarea>" in short.text) == (409, True), "what was typed comes back"
    long = await people.client.post(f"{at}/objection/{closed.uid}", headers=mine, data={"words": "冷" * 5000})
    assert (long.status_code, "冷" * 5000 in long.text) == (409, True)
    said = await people.client.post(
        f"{at}/objection/{closed.uid}", headers=mine, data={"words": "温度计是坏的，不是冷藏柜"}
    )
    assert said.status_code == 303
    again = await people.client.post(
        f"{at}/objection/{closed.uid}", headers=mine, data={"words": "温度计是坏的，不是冷藏柜"}
    )
    assert again.status_code == 409, "a second tap is no second objection"
    seen = (await page_of(people, at)).text
    assert seen.count("温度计是坏的") == 1
    assert "提出异议</summary>" not in seen
    (waiting,) = await people.ask("head0", "GET", "/objections")
    await people.ask(
        "head0", "POST", f"/objections/{waiting['uid']}/decision", {"upheld": False, "decision": "已经复测，温度计准确"}
    )
    assert "已经复测，温度计准确" in (await page_of(people, at)).text, "a decided objection stays readable"


async def test_what_is_another_shops_is_not_there(
    database: Database, people: People, district: District, closed: InspectionView
) -> None:
    await people.ask("officer0", "POST", f"/inspections/{closed.uid}/record")
    (paper,) = await people.ask("officer0", "GET", f"/visits/{closed.visit}/documents")
    shop, _ = await another_shop(district, 7)
    await add_people(
        database.acting(SYSTEM),
        [NewPerson(account="other", name="别家", password=PASSWORD, role=Role.ENTERPRISE, enterprise=shop)],
        quick=True,
    )
    theirs = await as_person(people, "other")
    assert closed.visit not in (await page_of(people, "/me/visits", "other")).text
    for path in (f"/me/visits/{closed.visit}", f"/api/v1/documents/{paper['uid']}/paper.pdf"):
        assert (await people.client.get(path, headers=theirs)).status_code == 404
    for step, subject in (("answer", closed.rectifications[0].uid), ("objection", closed.uid)):
        refused = await people.client.post(
            f"/me/visits/{closed.visit}/{step}/{subject}", headers=theirs, data={"words": "这是别人家的事"}
        )
        assert refused.status_code == 404, step
    for account, status in (("officer0", 403), ("clerk0", 403)):
        assert (await page_of(people, "/me/visits", account)).status_code == status


async def sound(page: Page) -> list[str]:
    found = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in (await Axe().run(page)).response["violations"]]
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, "scrolls sideways"] if wide > 0 else found


@pytest.mark.browser
async def test_on_a_phone_nothing_typed_is_lost(
    database: Database, people: People, closed: InspectionView, tmp_path: Path
) -> None:
    await people.ask("officer0", "POST", f"/inspections/{closed.uid}/record")
    photo = tmp_path / "新压缩机.png"
    Image.new("RGB", (64, 48), "white").save(photo)
    async with a_page(database, tmp_path / "var") as page:

        async def sign_in() -> None:
            await page.goto("/sign-in")
            await page.fill("#account", "keeper")
            await page.fill("#password", PASSWORD)
            await page.get_by_role("button", name="登录").click()
            await page.wait_for_url("**/me")

        await sign_in()
        await page.get_by_role("link", name="本企业的检查").click()
        await page.get_by_role("link", name="告知改正情况").click()
        words = page.get_by_label("改正情况")
        await words.fill("换了压缩机")
        await page.context.set_offline(True)
        await page.get_by_role("button", name="提交改正情况").click()
        await expect(page.locator("[data-held]")).to_contain_text("没有网络")
        await page.context.set_offline(False)
        await page.context.clear_cookies()
        await page.get_by_role("button", name="提交改正情况").click()
        await expect(page.locator("[data-held]")).to_contain_text("登录已经过期")
        assert await words.input_value() == "换了压缩机"
        await sign_in()
        await page.goto(f"/me/visits/{closed.visit}")
        await expect(page.locator("#draft")).to_contain_text("还没有保存")
        assert await words.input_value() == "换了压缩机"
        await page.get_by_role("button", name="提交改正情况").dblclick()
        await expect(page.get_by_text("您说明的改正情况")).to_be_visible()
        await page.evaluate("Date.now = () => Date.parse('2026-11-20T01:00:00Z')")
        await page.set_input_files("input[type=file]", photo)
        await expect(page.get_by_role("link", name="新压缩机.png")).to_be_visible()
        await page.go_back()
        await page.goto(f"/me/visits/{closed.visit}")
        assert await page.locator("#draft").is_hidden(), "what is saved is no draft any more"
        for width, scheme in ((390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")):
            await page.set_viewport_size({"width": width, "height": 844})
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
            for path in ("/me/visits", f"/me/visits/{closed.visit}"):
                await page.goto(path)
                assert await sound(page) == [], f"{path} {width} {scheme}"
