"""The scan page in Chromium: nothing blocked, nothing overflowing, no accessibility fault, at three widths, light and dark."""

import io
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
import zxingcpp
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import Browser, Page, Route, async_playwright

from inspect_registry.access import service as access
from inspect_registry.access.model import NewPerson
from inspect_registry.actor import SYSTEM, Role
from inspect_registry.clock import SetClock
from inspect_registry.codes import service
from inspect_registry.db import Database
from tests.code_door import Door, a_door
from tests.code_world import BASE

pytestmark = pytest.mark.browser
WIDTHS = (360, 768, 1280)


@pytest_asyncio.fixture
async def door(database: Database, owner: asyncpg.Connection) -> AsyncIterator[Door]:
    async with a_door(database, owner, demo=True) as opened:
        yield opened


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        yield await playwright.chromium.launch(executable_path=program, args=arguments)


async def a_page(browser: Browser, door: Door, width: int = 360, scheme: str = "light", **options: object) -> Page:
    """Open a page whose requests are answered by the application itself, headers included."""
    context = await browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, **options)

    async def answer(route: Route) -> None:
        request = route.request
        headers = {name: value for name, value in request.headers.items() if name != "content-length"}
        reply = await door.client.request(
            request.method, request.url, headers=headers, content=request.post_data_buffer or b""
        )
        await route.fulfill(status=reply.status_code, headers=dict(reply.headers), body=reply.content)

    await context.route("**/*", answer)
    page = await context.new_page()
    page.requests = []  # type: ignore[attr-defined]
    page.faults = []  # type: ignore[attr-defined]
    page.on("request", lambda request: page.requests.append(request.url))  # type: ignore[attr-defined]
    page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)  # type: ignore[attr-defined]
    return page


async def axe_findings(page: Page) -> list[str]:
    results = (await Axe().run(page)).response
    return [f"{found['id']}: {found['nodes'][0]['html'][:120]}" for found in results["violations"]]


async def shot(page: Page, name: str) -> None:
    """Keep a picture where a person asked for one (SHOTS=folder)."""
    folder = os.environ.get("SHOTS")
    if folder:
        await page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
async def test_the_page_fits_and_is_accessible(browser: Browser, door: Door, width: int, scheme: str) -> None:
    page = await a_page(browser, door, width, scheme)
    await page.goto(door.desk.live(door.code).url.lower())
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.faults == []
    assert len([url for url in page.requests if not url.startswith("data:")]) == 1
    assert await axe_findings(page) == []
    name, verdict = page.locator(".ir-door__name"), page.locator(".ir-verdict__word")
    assert (await name.bounding_box())["y"] < (await verdict.bounding_box())["y"] < 800
    await shot(page, f"valid-{width}-{scheme}")
    await page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_each_verdict_has_its_own_word_and_shape(
    browser: Browser, door: Door, clock: SetClock, database: Database, scheme: str
) -> None:
    del clock
    page = await a_page(browser, door, 360, scheme)
    told = {}
    live = door.desk.live(door.code).url.lower()
    for name, url in (
        ("valid", live),
        ("printed", door.desk.printed(door.code).url.lower()),
        ("unknown", f"{BASE}/c/aaaa"),
    ):
        await page.goto(url)
        told[name] = (await page.inner_text(".ir-verdict__word"), await page.inner_html(".ir-verdict__shape"))
        assert await axe_findings(page) == [], name
        await shot(page, f"{name}-{scheme}")
    await service.revoke(database.acting(door.world.head), door.code.uid, "计划调整，改日检查")
    await page.goto(live)
    told["revoked"] = (await page.inner_text(".ir-verdict__word"), "")
    await shot(page, f"revoked-{scheme}")
    assert len({word for word, _shape in told.values()}) == 4
    assert len({shape for _word, shape in told.values() if shape}) == 3
    await page.context.close()


async def test_a_planted_style_is_blocked_by_the_policy(browser: Browser, door: Door) -> None:
    page = await a_page(browser, door)
    await page.goto(door.desk.live(door.code).url.lower())
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p id=x style=\"color:red\">x</p>')")
    assert any("Content Security Policy" in fault for fault in page.faults)
    assert await page.evaluate("getComputedStyle(document.getElementById('x')).color") != "rgb(255, 0, 0)"
    await page.context.close()


async def test_without_script_a_keeper_confirms_and_reports(
    browser: Browser, door: Door, owner: asyncpg.Connection
) -> None:
    page = await a_page(browser, door, java_script_enabled=False)
    await page.goto(door.desk.live(door.code).url.lower())
    await page.fill("#word", door.desk.word(door.code))
    await page.click("text=确认到场 >> nth=-1")
    assert "到场已确认" in await page.inner_text("main")
    await page.goto(door.desk.live(door.code).url.lower())
    assert "现场已核验" in await page.inner_text(".ir-verdict__when")
    await page.check("input[value=money]")
    await page.click("text=提交报告")
    assert "报告已收到" in await page.inner_text("main")
    assert await owner.fetchval("SELECT kind FROM report") == "money"
    await page.context.close()


async def test_the_english_page_and_the_report_page_are_accessible(browser: Browser, door: Door) -> None:
    page = await a_page(browser, door)
    for name, url in (("english", f"{door.desk.live(door.code).url.lower()}?lang=en"), ("report", f"{BASE}/report")):
        await page.goto(url)
        assert await axe_findings(page) == [], name
        await shot(page, name)
    assert re.search("无码", await page.inner_text("h1"))
    await page.context.close()


async def test_a_phone_reads_the_code_off_the_inspectors_screen(
    browser: Browser, door: Door, database: Database
) -> None:
    world = door.world
    person = NewPerson(
        account="zhang",
        name="张伟",
        password="a long enough password",
        role=Role.INSPECTOR,
        department=world.department,
        inspector=world.inspectors[0],
    )
    await access.add_people(database.acting(SYSTEM), [person], quick=True)
    session = await door.client.post("/api/v1/session", json={"account": "zhang", "password": "a long enough password"})
    headers = {"authorization": f"Bearer {session.json()['token']}"}
    for scheme in ("light", "dark"):
        page = await a_page(browser, door, 360, scheme, extra_http_headers=headers)
        await page.goto(f"{BASE}/inspector/codes/{door.code.uid}")
        assert page.faults == []
        assert await axe_findings(page) == []
        picture = Image.open(io.BytesIO(await page.screenshot(full_page=True)))
        (found,) = zxingcpp.read_barcodes(picture.convert("L"))
        assert found.text == door.desk.live(door.code).url
        await shot(page, f"live-{scheme}")
        if scheme == "light":
            await page.evaluate("document.querySelector('main').dataset.old = 'yes'")
            await page.evaluate("renew()")
            assert await page.get_attribute("main", "data-old") is None
            assert await page.is_visible(".ir-qr svg")
        await page.context.close()
