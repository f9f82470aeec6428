"""The installable verifier in Chromium against a real server that then goes away."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from granian.server.embed import Server
from playwright.async_api import BrowserContext, Page, async_playwright

from inspect_registry import app as composition
from inspect_registry.clock import SetClock
from inspect_registry.codes import service
from inspect_registry.codes.model import CodeRow, NewCode
from inspect_registry.config import Settings
from inspect_registry.db import Database
from tests.code_builders import SHOP, a_key_ring
from tests.code_world import World, a_desk, a_world

pytestmark = pytest.mark.browser


class Street:
    """A served registry, a code, and a browser on a phone."""

    def __init__(self, base: str, server: Server, desk, world: World, code: CodeRow, context: BrowserContext) -> None:
        self.base = base
        self.server = server
        self.desk = desk
        self.world = world
        self.code = code
        self.context = context

    async def installed(self) -> Page:
        """Open the verifier once with a network."""
        page = await self.context.new_page()
        await page.goto(f"{self.base}/offline")
        await page.wait_for_selector("html[data-ready=yes]")
        await page.wait_for_function("navigator.serviceWorker.controller !== null || caches.has('inspection-code-v1')")
        return page

    async def without_network(self) -> None:
        self.server.stop()
        await asyncio.sleep(0.5)


@pytest_asyncio.fixture
async def street(database: Database, owner: asyncpg.Connection, clock: SetClock) -> AsyncIterator[Street]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    world = await a_world(owner)
    issued = await service.issue(database.acting(world.clerk), NewCode(visit=world.visit_uid))
    code = await service.code_to_present(database.acting(world.inspector), issued.uid)
    outer = composition.create(Settings(public_url=base, port=port, secret=b"s" * 32), database)
    desk = a_desk(database)
    desk.base = base
    outer._app.state.codes = desk
    desk.start()
    server = Server(outer, address="127.0.0.1", port=port, interface="asgi", websockets=False, log_enabled=False)
    serving = asyncio.create_task(server.serve())
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        context = await browser.new_context(viewport={"width": 360, "height": 800})
        await context.clock.set_fixed_time(clock.now())
        await _answers(port)
        yield Street(base, server, desk, world, code, context)
        await browser.close()
    server.stop()
    await asyncio.wait([serving], timeout=5)
    await desk.stop()


async def _answers(port: int) -> None:
    for _ in range(100):
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise AssertionError("the server does not answer")


async def verdict(page: Page, url: str) -> str:
    await page.goto(url)
    await page.wait_for_selector("#verdict:not([hidden])")
    return await page.get_attribute("#verdict", "data-verdict") or ""


async def test_a_scanned_code_is_verified_without_a_network(street: Street) -> None:
    page = await street.installed()
    live = street.desk.live(street.code).url
    await page.goto(live.lower())
    assert await page.get_attribute(".ir-verdict", "data-verdict") == "valid"
    assert "张伟" in await page.content(), "with a network the registry answers"
    await street.without_network()
    assert await verdict(page, live.lower()) == "valid"
    assert "张伟" not in await page.content(), "no verdict page is kept on the phone"
    assert await verdict(page, live.replace("HTTP://", "http://")) == "valid"
    assert await verdict(page, street.desk.printed(street.code).url.lower()) == "printed"
    forged = a_desk(street.desk._database, a_key_ring(2)).live(street.code).token
    assert await verdict(page, f"{street.base}/c/{forged}") == "unknown"
    token = street.desk.live(street.code).token
    for place, replaced in ((0, "B"), (60, "Q" if token[60] != "Q" else "R"), (150, "Z" if token[150] != "Z" else "Y")):
        assert await verdict(page, f"{street.base}/c/{token[:place] + replaced + token[place + 1 :]}") == "unknown"
    if folder := os.environ.get("SHOTS"):
        await verdict(page, live.lower())
        await page.screenshot(path=Path(folder, "offline-valid.png"), full_page=True)


async def test_time_runs_out_offline_too(street: Street, clock: SetClock) -> None:
    page = await street.installed()
    live = street.desk.live(street.code).url.lower()
    await street.without_network()
    await street.context.clock.set_fixed_time(clock.now() + timedelta(seconds=95))
    assert await verdict(page, live) == "stale"
    await street.context.clock.set_fixed_time(clock.now() + timedelta(days=1))
    assert await verdict(page, live) == "expired"


async def test_the_shops_own_number_is_checked_and_stays_on_the_phone(street: Street) -> None:
    page = await street.installed()
    live = street.desk.live(street.code).url
    await street.without_network()
    for number, expected in ((SHOP, "valid"), ("91310114MA1GT0XJ8A", "wrong_enterprise")):
        await page.fill("#enterprise", number)
        await page.fill("#token", live)
        await page.press("#token", "Enter")
        await page.wait_for_selector(f"#verdict[data-verdict={expected}]")
    await page.goto(f"{street.base}/offline")
    await page.wait_for_selector("html[data-ready=yes]")
    assert await page.input_value("#enterprise") == "91310114MA1GT0XJ8A"


async def test_a_revoked_code_is_known_from_the_last_list(street: Street, database: Database) -> None:
    page = await street.installed()
    live = street.desk.live(street.code).url.lower()
    await service.revoke(database.acting(street.world.head), street.code.uid, "计划调整，改日检查")
    await page.goto(live)
    assert await page.get_attribute(".ir-verdict", "data-verdict") == "revoked"
    await page.wait_for_function(
        "caches.match('/.well-known/inspection-code-revocations.json').then(a => a.json()).then(a => a.counter === 1)"
    )
    await street.without_network()
    assert await verdict(page, live) == "revoked"


async def test_the_verifier_page_is_accessible_and_breaks_no_policy(street: Street) -> None:
    page = await street.context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    await page.goto(f"{street.base}/offline")
    await page.wait_for_selector("html[data-ready=yes]")
    found = (await Axe().run(page)).response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
    assert faults == []
