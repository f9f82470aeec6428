"""The coordinator's pages in a real browser on the demo district: a re-plan is watched and ended early, plans compared."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.acceptance.browser import in_browser, keep
from tests.acceptance.installation import Installation

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("IR_PICTURES", "")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    home = tmp_path_factory.mktemp("merge-pages")
    for parent in [home, home.parent, home.parent.parent]:
        parent.chmod(0o755)
    with Installation(home / "var", enterprises=300) as running:
        yield running


async def faults(page: Page, width: int) -> list[str]:
    results = await Axe().run(page)
    found = [one["id"] for one in results.response["violations"] if one["impact"] in ("serious", "critical")]
    wide = await page.evaluate("document.documentElement.scrollWidth")
    return [*found, *([f"scrolls sideways: {wide}"] if wide > width else [])]


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        keep(await page.screenshot(full_page=True), Path(PICTURES) / f"{name}.png")


async def newest_month(page: Page) -> str:
    await page.goto("/merges")
    href = await page.locator("main table a").first.get_attribute("href")
    assert href
    return href


def test_the_coordinator_replans_ends_it_early_and_compares(
    installation: Installation,
) -> None:
    async def walk(page: Page) -> dict[str, str]:
        seen = {}
        month = await newest_month(page)
        await page.goto(month)
        seen["before"] = await page.locator("main").inner_text()
        await page.select_option("#seconds", "300")
        await page.get_by_role("button", name="重新合并").click()
        await page.get_by_text("目前最好的方案").wait_for(timeout=60_000)
        await picture(page, "merge-progress-390")
        seen["progress"] = await page.locator("[role=status]").inner_text()
        seen["faults"] = "、".join(await faults(page, 390))
        async with page.expect_response(
            lambda answer: answer.url.endswith(month) and answer.request.resource_type == "fetch", timeout=30_000
        ) as looked:
            assert (await looked.value).ok, "the page looks by itself how far the work is"
        await page.get_by_role("button", name="提前结束").click()
        await page.get_by_role("button", name="重新合并").wait_for(timeout=120_000)
        seen["after"] = await page.locator("main").inner_text()
        await page.select_option("#merging", "no")
        await page.get_by_role("button", name="开始试算").click()
        await page.get_by_role("button", name="重新合并").wait_for(timeout=120_000)
        await page.get_by_role("button", name="比较两个方案").click()
        await page.get_by_role("heading", name="方案比较").wait_for()
        seen["comparison"] = await page.locator("main").inner_text()
        seen["address"] = page.url
        return seen

    seen = in_browser(installation, walk, account="xietiao")
    assert "理论下限" in seen["progress"]
    assert seen["faults"] == ""
    assert "合并后少入企" in seen["after"]
    assert "各部门单独检查" in seen["comparison"]
    assert "打扰企业天数" in seen["comparison"]
    assert "/comparison?before=" in seen["address"]


@pytest.mark.parametrize(("width", "dark"), [(390, False), (390, True), (1280, False), (1280, True)])
def test_pages_are_sound_on_phone_and_desktop_in_both_schemes(
    installation: Installation, width: int, dark: bool
) -> None:
    async def look(page: Page) -> dict[str, list[str]]:
        found = {}
        month = await newest_month(page)
        name = f"{width}-{'dark' if dark else 'light'}"
        await picture(page, f"merges-{name}")
        found["list"] = await faults(page, width)
        await page.goto(month)
        first = page.locator("details summary").first
        if await first.count():
            await first.click()
        await picture(page, f"merge-{name}")
        found["month"] = await faults(page, width)
        compare = page.get_by_role("button", name="比较两个方案")
        if await compare.count():
            await compare.click()
            await page.get_by_role("heading", name="方案比较").wait_for()
            await picture(page, f"comparison-{name}")
            found["comparison"] = await faults(page, width)
        return found

    found = in_browser(
        installation,
        look,
        account="xietiao",
        width=width,
        height=844 if width < 700 else 900,
        dark=dark,
    )
    assert all(not one for one in found.values()), found


def test_a_department_reads_its_month_and_cannot_merge(
    installation: Installation,
) -> None:
    async def look(page: Page) -> tuple[int, int]:
        month = await newest_month(page)
        await page.goto(month)
        return await page.locator("h1").count(), await page.get_by_role("button", name="合并").count()

    assert in_browser(installation, look, account="scjg.jingban") == (1, 0)
