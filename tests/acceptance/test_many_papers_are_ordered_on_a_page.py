"""A clerk prints a day's records at once: asks, watches, fetches; wrong input comes back as it was typed."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from inspect_registry.db import Database
from inspect_registry.documents import print_work, printing
from inspect_registry.documents.model import Press
from inspect_registry.jobs.service import Worker
from inspect_registry.publication.rendering import FOLDER
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


def the_worker(database: Database, folder: Path) -> Worker:
    return Worker(database, {printing.KIND: print_work.work(database, folder, Press())}, None)


async def ask(people: People, account: str, method: str, path: str, typed: object = None) -> httpx.Response:
    answer = await people.client.post("/api/v1/session", json={"account": account, "password": PASSWORD})
    headers = {"authorization": f"Bearer {answer.json()['token']}", "accept": "text/html"}
    return await people.client.request(method, path, headers=headers, data=typed)


@pytest.mark.parametrize(
    ("field", "value"),
    [("first", "２０２６"), ("first", "2026-13-01"), ("last", "2020-01-01"), ("last", "2027-12-31"), ("kind", "order"),
     ("kind", "<b>"), ("form", "exe"), ("first", "")],
)  # fmt: skip
async def test_wrong_input_comes_back(people: People, field: str, value: str) -> None:
    typed = {"kind": "record", "first": str(TODAY), "last": str(TODAY), "form": "pdf", field: value}
    refused = await ask(people, "clerk0", "POST", "/prints", typed)
    assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)
    assert "<b>" not in refused.text
    if field == "last":
        assert f'value="{value}"' in refused.text


async def test_who_draws_nothing_up_has_no_such_page(people: People) -> None:
    for account in ("keeper", "coordinator", "auditor"):
        assert (await ask(people, account, "GET", "/prints")).status_code == 403, account
    assert (await ask(people, "clerk0", "GET", "/prints/aaaaaaaaaaaaaaaaaaaaaaaaaa")).status_code == 404


@pytest.mark.browser
async def test_a_day_is_ordered_watched_and_fetched(
    database: Database, people: People, district: District, tmp_path: Path
) -> None:
    _, visit = await begun(database, district)
    await a_closed_record(database, district, visit)
    var = tmp_path / "var"
    async with a_page(database, var) as page:
        watch = (FOLDER / "assets" / "watch.js").read_text()
        await page.context.route(
            "**/assets/watch.js", lambda route: route.fulfill(body=watch, content_type="text/javascript")
        )
        await page.goto("/sign-in")
        await page.fill("#account", "clerk0")
        await page.fill("#password", PASSWORD)
        await page.get_by_role("button", name="登录").click()
        await page.get_by_role("link", name="批量出具文书").click()
        for width, scheme in ((390, "light"), (390, "dark"), (1280, "light")):
            await page.set_viewport_size({"width": width, "height": 844})
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
            await page.goto("/prints")
            assert [one["id"] for one in (await Axe().run(page)).response["violations"]] == []
        await page.fill("#first", str(TODAY))
        await page.fill("#last", str(TODAY))
        await page.get_by_role("button", name="开始出具").click()
        await expect(page.locator("[data-watch]")).to_be_visible()
        assert [one["id"] for one in (await Axe().run(page)).response["violations"]] == []
        assert await the_worker(database, var / "prints").one_job()
        link = page.get_by_role("link", name="下载")
        await expect(link).to_be_visible(timeout=30_000)
        async with page.expect_download() as waiting:
            await link.click()
        await (await waiting.value).save_as(tmp_path / "papers.pdf")
    assert (tmp_path / "papers.pdf").read_bytes().startswith(b"%PDF-")
