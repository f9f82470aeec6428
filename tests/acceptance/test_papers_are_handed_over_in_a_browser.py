"""Handing papers over with a thumb: refused without a signature, signed by hand, and the case file fetched."""

import os
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, Route, async_playwright

from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from tests.fieldwork_doors import a_closed_record, begun
from tests.visits_builders import District, a_district
from tests.visits_people import PASSWORD, People, people_of

pytestmark = pytest.mark.browser
SERIOUS = {"serious", "critical"}
STYLES = Path(__file__).parents[2] / "public_site" / "assets"


@pytest_asyncio.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest_asyncio.fixture
async def people(database: Database, district: District) -> AsyncIterator[People]:
    async with people_of(database, district) as opened:
        yield opened


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        yield await playwright.chromium.launch(executable_path=program, args=arguments)


async def _phone(browser: Browser, people: People, width: int, scheme: str) -> Page:
    context = await browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    session = await people.client.post("/api/v1/session", json={"account": "officer0", "password": PASSWORD})
    token = session.json()["token"]

    async def answer(route: Route) -> None:
        request = route.request
        if request.url.endswith(".css") and "/assets/" in request.url:  # A published site serves it.
            await route.fulfill(body=(STYLES / "ir.css").read_bytes(), content_type="text/css")
            return
        headers = {name: value for name, value in request.headers.items() if name not in ("content-length", "cookie")}
        reply = await people.client.request(
            request.method, request.url, headers=headers | {"authorization": f"Bearer {token}"},
            content=request.post_data_buffer or b"",
        )  # fmt: skip
        await route.fulfill(status=reply.status_code, headers=dict(reply.headers), body=reply.content)

    await context.route("**/*", answer)
    return await context.new_page()


async def _write(page: Page, canvas: Locator) -> None:
    await canvas.scroll_into_view_if_needed()
    box = await canvas.bounding_box()
    assert box
    await page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.3)
    await page.mouse.down()
    for step in range(1, 16):
        down = 0.75 if step % 2 else 0.25
        await page.mouse.move(box["x"] + box["width"] * (0.2 + 0.03 * step), box["y"] + box["height"] * down)
    await page.mouse.up()


async def _is_sound(page: Page, name: str) -> None:
    results = (await Axe().run(page)).response
    faults = [
        f"{one['id']}: {one['nodes'][0]['html'][:150]} {one['nodes'][0]['any'][0]['message'][:120]}"
        for one in results["violations"]
        if one["impact"] in SERIOUS
    ]
    assert not faults
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing overflows sideways"
    if folder := os.environ.get("SHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def test_papers_are_handed_over_and_the_case_file_is_fetched(
    database: Database, people: People, district: District, clock: SetClock, browser: Browser, tmp_path: Path
) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit, {"facts": "冷藏柜温度12摄氏度"})
    for name in ("result-notice", "order", "record"):
        await people.ask("officer0", "POST", f"/inspections/{closed.uid}/{name}")
    address = f"{people.client.base_url}/inspector/records/{closed.uid}/papers"
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "dark"), (390, "light")):
        page = await _phone(browser, people, width, scheme)
        await page.goto(address)
        await _is_sound(page, f"papers-{width}-{scheme}")

    assert not await page.get_by_label("拒收理由").is_visible()
    await page.get_by_label("拒收，留置送达").check()
    assert await page.get_by_label("拒收理由").is_visible()
    assert await page.locator("#signer").inner_text() == "见证人签名"
    await page.get_by_label("签收", exact=True).check()
    await page.get_by_label("姓名").fill("王某")
    await page.get_by_label("职务或者身份").fill("店长")
    await page.evaluate("Date.prototype.toISOString = () => '2026-11-20T02:00:00.000Z'")
    await page.get_by_role("button", name="确认送达").click()
    await page.wait_for_selector("[data-told]:has-text('这不是手写签名')")
    assert await page.get_by_label("姓名").input_value() == "王某", "what was typed stays"
    for hand in ("signer", "officer"):
        await _write(page, page.locator(f"canvas[data-hand={hand}]"))
    await page.context.route("**/api/v1/session", lambda route: route.abort("internetdisconnected"))
    await page.get_by_role("button", name="确认送达").click()
    await page.wait_for_selector("[data-held]:has-text('没有网络')")
    assert await page.get_by_label("姓名").input_value() == "王某", (
        "without a network nothing is sent and nothing is lost"
    )
    await page.context.unroute("**/api/v1/session")
    await _is_sound(page, "papers-signed-390")
    async with page.expect_navigation():
        await page.get_by_role("button", name="确认送达").click()
    assert await page.get_by_text("已送达").count() == 2
    assert await page.get_by_role("link", name="送达回证").count() == 1
    drawn = await people.ask("officer0", "GET", f"/visits/{visit}/documents")
    assert drawn[-1]["kind"] == "delivery"


async def test_the_case_file_is_a_file(
    database: Database, people: People, district: District, clock: SetClock, browser: Browser, tmp_path: Path
) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    page = await _phone(browser, people, 390, "light")
    await page.goto(f"{people.client.base_url}/inspector/records/{closed.uid}/papers")
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name="导出案卷").click()
    await (await waiting.value).save_as(tmp_path / "case.zip")
    with zipfile.ZipFile(tmp_path / "case.zip") as archive:
        assert archive.testzip() is None
        assert "index.html" in archive.namelist()
    await page.wait_for_selector("[data-told]:has-text('清单摘要')")
