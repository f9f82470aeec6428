"""The whole job at the door on a phone: answers, a finding, a photo, who was there, signatures by hand, the closing."""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import Page, expect

from inspect_registry.clock import SHANGHAI
from tests.acceptance.browser import in_browser, keep
from tests.acceptance.installation import Installation

pytestmark = pytest.mark.browser
TODAY = dt.date(2026, 11, 20)
OFFICER = "scjg.zhifa1"
PICTURES = Path(os.environ.get("IR_PICTURES", ""))


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    home = tmp_path_factory.mktemp("door")
    for parent in [home, home.parent, home.parent.parent]:
        parent.chmod(0o755)
    with Installation(home / "var", enterprises=300, today=TODAY) as running:
        yield running


async def draw(page: Page, which: int) -> None:
    """Write a name by hand: some strokes on the pad."""
    box = await page.locator(".ir-pad").nth(which).bounding_box()
    assert box is not None
    for stroke in range(4):
        left, top = box["x"] + box["width"] * (0.1 + 0.2 * stroke), box["y"] + box["height"] * 0.2
        await page.mouse.move(left, top)
        await page.mouse.down()
        for step in range(1, 8):
            await page.mouse.move(left + step * box["width"] * 0.02, top + step * box["height"] * 0.08)
        await page.mouse.up()


async def faults(page: Page) -> list[str]:
    results = await Axe().run(page)
    found = [one["id"] for one in results.response["violations"]]
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, "scrolls sideways"] if wide > 0 else found


async def picture(page: Page, name: str) -> None:
    """Keep a picture for people to look at, where one asks for it."""
    if PICTURES.name:
        keep(await page.screenshot(full_page=True), PICTURES / f"{name}.png")


def test_an_officer_does_the_whole_job_on_a_phone(installation: Installation, tmp_path: Path) -> None:
    photo = tmp_path / "后厨.png"
    Image.new("RGB", (64, 48), "white").save(photo)
    taken = dt.datetime(2026, 11, 19, 9, tzinfo=SHANGHAI).timestamp()  # The demo takes place before the machine's day.
    os.utime(photo, (taken, taken))

    async def walk(page: Page) -> dict[str, object]:
        seen: dict[str, object] = {}
        await page.goto("/inspector/visits")
        seen["list"] = await faults(page)
        await picture(page, "door-visits")
        card = page.locator("article").first
        await card.locator("summary").click()
        await card.locator("textarea").fill("地下室没有网络，企业在场人员知悉")
        await card.get_by_role("button", name="开始或者继续记录").click()
        await page.wait_for_url("**/inspector/records/*")

        await page.locator(".ir-choice--fails").first.click()
        await page.get_by_role("button", name="其余都符合").click()
        await page.get_by_role("button", name="保存要点").click()
        await page.wait_for_url("**#answers")
        facts = page.locator("textarea[name^='facts.']")
        await facts.fill("冷藏柜温度12摄氏度")
        await page.reload()
        seen["draft"] = await page.locator("#draft").inner_text()
        seen["kept"] = await facts.input_value()
        await page.locator("select[name^='disposition.']").select_option("rectify_by_date")
        await page.get_by_role("button", name="保存问题").click()
        await page.locator("#findings [role=alert]").wait_for()
        seen["refused"] = await page.locator("#findings [role=alert]").inner_text()
        seen["still"] = await facts.input_value()
        await picture(page, "door-refused")
        await page.locator("textarea[name^='demand.']").fill("五日内修复冷藏柜")
        await page.locator("input[name^='clause.']").fill("《中华人民共和国食品安全法》第五十四条")
        await page.get_by_role("button", name="保存问题").click()
        await page.wait_for_url("**#findings")

        await page.set_input_files("#file", photo)
        await page.get_by_role("link", name="后厨.png").wait_for()

        crew = page.locator("input[name=present]")
        for number in range(2):
            await crew.nth(number).check()
        await page.fill("#started", f"{TODAY}T00:01")
        await page.fill("#ended", f"{TODAY}T00:02")
        await page.get_by_role("button", name="保存到场情况").click()
        await page.wait_for_url("**#door")
        seen["nothing unsaved"] = await page.locator("#draft").is_hidden()
        seen["record"] = await faults(page)
        await picture(page, "door-record")

        await page.get_by_role("button", name="确认签名").first.click()
        await expect(page.locator("[data-told]").first).not_to_be_empty()
        seen["unsigned"] = await page.locator("[data-told]").first.inner_text()
        for left in (3, 2, 1):
            assert await page.locator(".ir-hand").count() == left
            if left == 1:
                await page.fill("input[name=name]", "王某")
                await page.fill("input[name=position]", "店长")
            await page.locator(".ir-pad").first.scroll_into_view_if_needed()
            await draw(page, 0)
            if left == 3:
                await picture(page, "door-signing")
            await page.get_by_role("button", name="确认签名").first.click()
            await expect(page.locator(".ir-hand")).to_have_count(left - 1)
        await page.get_by_role("button", name="办结这份记录").click()
        await page.locator("#closing .ir-callout--good").wait_for()
        seen["result"] = await page.locator("#closing .ir-callout--good strong").inner_text()
        await page.get_by_role("button", name="已经当面告知结果").click()
        await page.get_by_text("已告知企业。").wait_for()
        seen["closed"] = await faults(page)
        await picture(page, "door-closed")
        return seen

    seen = in_browser(installation, walk, account=OFFICER)
    assert seen["list"] == seen["record"] == seen["closed"] == []
    assert seen["nothing unsaved"]
    assert "还没有保存" in str(seen["draft"])
    assert seen["kept"] == seen["still"] == "冷藏柜温度12摄氏度"
    assert "改正" in str(seen["refused"])
    assert "没有保存签名" in str(seen["unsigned"]), "an empty pad is no signature"
    assert seen["result"] == "责令限期改正"


@pytest.mark.parametrize(("width", "dark"), [(360, True), (768, False), (1280, True)])
def test_the_record_fits_every_width_in_light_and_dark(installation: Installation, width: int, dark: bool) -> None:
    async def look(page: Page) -> list[str]:
        await page.goto("/inspector/visits")
        card = page.locator("article").last
        if await card.locator("summary").count():  # Nobody has begun it: it asks why the enterprise is silent.
            await card.locator("summary").click()
            await card.locator("textarea").fill("断网，企业在场人员知悉")
        await card.get_by_role("button", name="开始或者继续记录").click()
        await page.wait_for_url("**/inspector/records/*")
        await picture(page, f"door-{width}-{'dark' if dark else 'light'}")
        return await faults(page)

    assert in_browser(installation, look, account=OFFICER, width=width, dark=dark) == []
