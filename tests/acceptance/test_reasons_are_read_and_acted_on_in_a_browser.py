"""A coordinator reads in Chromium why three visits are as they are and why three checks are unserved, and acts on it.

The service answers behind a real server; the worker's jobs are done by the test, one after each order. What is acted on
is decided by those who decide it in life: the department's head about a window, the coordinator about a cap.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from inspect_registry.db import Database
from inspect_registry.jobs.service import Worker
from inspect_registry.visits import merge_work
from tests.acceptance.served import a_page
from tests.visits_builders import District, a_district
from tests.visits_people import PASSWORD, people_of

pytestmark = pytest.mark.browser
MONTH = "/merges/2026-12"
NUMBERED = re.compile(r"(?:部门|场所|事项|检查|组合|执法人员) \d")
"""What the planner itself says: identities instead of names."""


class Office:
    """The running service, its worker, and a page."""

    def __init__(self, page: Page, worker: Worker, district: District) -> None:
        self.page, self.worker, self.district = page, worker, district

    @asynccontextmanager
    async def at(self, account: str) -> AsyncIterator[Page]:
        """Sign somebody in, in a browser context of his own."""
        browser = self.page.context.browser
        assert browser is not None
        context = await browser.new_context(base_url=self.page.url, viewport={"width": 390, "height": 844})
        page = await context.new_page()
        await page.goto("/sign-in")
        await page.fill("#account", account)
        await page.fill("#password", PASSWORD)
        await page.click("button[type=submit]")
        await page.wait_for_url("**/me")
        await page.goto(MONTH)
        yield page
        await context.close()

    async def merge(self, page: Page) -> None:
        """Press the button, let the worker do it, look again."""
        await page.goto(MONTH)
        await page.get_by_role("button", name="合并").click()
        await page.get_by_text("合并进行中").wait_for()
        await page.get_by_role("button", name="提前结束").click()
        assert await self.worker.one_job()
        await page.goto(MONTH)

    async def why(self, page: Page, enterprise: str) -> list[str]:
        """Open every visit to the enterprise and read it."""
        await page.goto(f"{MONTH}?visits=all")
        told = []
        for details in await page.locator("details", has_text=enterprise).all():
            await details.locator("summary").click()
            told.append(await details.inner_text())
        return told

    async def unserved(self, page: Page) -> dict[str, str]:
        """Read the cards of unserved checks by enterprise."""
        await page.goto(MONTH)
        cards = await page.locator("section.ir-card", has_text="怎样可以安排").all()
        return {await card.locator("h3").inner_text(): await card.inner_text() for card in cards}


@pytest_asyncio.fixture
async def office(database: Database, owner: asyncpg.Connection, tmp_path: Path) -> AsyncIterator[Office]:
    district = await a_district(owner)
    async with people_of(database, district), a_page(database, tmp_path / "var") as page:
        await page.goto("/sign-in")
        yield Office(page, Worker(database, merge_work.works(database), None), district)


async def shop(district: District) -> tuple[str, int]:
    enterprise, place = await district.shop()
    return await district.owner.fetchval("SELECT name FROM enterprise WHERE id = $1", enterprise), place


async def test_reasons_are_read_and_acting_on_them_serves_the_checks(office: Office, owner: asyncpg.Connection) -> None:
    district = office.district
    market, fire = district.departments
    together, place = await shop(district)
    await district.check(market, date(2026, 12, 7), date(2026, 12, 18), premises=place)
    await district.check(fire, date(2026, 12, 14), date(2026, 12, 31), premises=place)
    apart, place = await shop(district)
    await district.check(market, date(2026, 12, 7), date(2026, 12, 9), premises=place)
    await district.check(fire, date(2026, 12, 21), date(2026, 12, 23), premises=place)
    weekend, place = await shop(district)
    await district.check(market, date(2026, 12, 12), date(2026, 12, 13), premises=place)
    rare = await district.matter(fire)
    await owner.execute(
        "DELETE FROM inspector_matter WHERE matter = $1 AND inspector <> $2", rare, district.inspectors[fire][0]
    )
    unstaffed, place = await shop(district)
    await district.check(fire, date(2026, 12, 7), date(2026, 12, 18), premises=place, matters=(rare,))
    capped, place = await shop(district)
    await owner.execute(
        "INSERT INTO quota (enterprise, department, year, cap, used) SELECT enterprise, $2, 2026, 2, 2 FROM premises WHERE id = $1",
        place,
        market,
    )
    await district.check(market, date(2026, 12, 7), date(2026, 12, 18), premises=place)

    async with office.at("coordinator") as coordinator:
        await office.merge(coordinator)
        (joint,) = await office.why(coordinator, together)
        for words in ("2 项检查合并为12月", "2 个部门联合", "共同时间窗为12月14日至12月18日", "少入企 1 次", "执法员"):
            assert words in joint, joint
        first, second = sorted(await office.why(coordinator, apart))
        both = first + second
        assert "单独入企" in both
        assert "区消防救“检查事项" in both
        assert "不在其时间窗12月21日至12月23日内" in both
        assert "不在其时间窗12月7日至12月9日内" in both
        assert "同时间窗" not in both

        told = await office.unserved(coordinator)
        assert set(told) == {weekend, unstaffed, capped}
        for name, words in (
            (weekend, ("时间窗内没有可行日：2 天因非工作日", "时间窗提前 1 天（至 12月11日）")),
            (unstaffed, ("在岗且有资格的人员不足", "区消防救增加 1 名具备“检查事项")),
            (capped, ("计次上限已用完", f"区市场监对{capped}的入企上限增加 1 次")),
        ):
            for word in words:
                assert word in told[name], told[name]
        for text in (joint, both, *told.values(), await coordinator.locator("main").inner_text()):
            assert NUMBERED.search(text) is None, text

        for name in (weekend, capped):
            card = coordinator.locator("section.ir-card", has_text="怎样可以安排").filter(has_text=name)
            await card.get_by_role("button", name="提出这项措施").click()
            await coordinator.get_by_text("已提出，等待决定").first.wait_for()
        async with office.at("head0") as head:
            proposal = head.locator("section", has_text=f"{weekend}").filter(has_text="由区市场监决定")
            await proposal.get_by_label("理由").fill("周五前完成，人员已安排")
            await proposal.get_by_role("button", name="同意", exact=True).click()
            await head.get_by_text("已同意，下次合并时生效").wait_for()
        await coordinator.goto(MONTH)
        proposal = coordinator.locator("section", has_text=capped).filter(has_text="由统筹部门决定")
        await proposal.get_by_label("理由").fill("节前食品安全专项，确有必要")
        await proposal.get_by_role("button", name="同意", exact=True).click()
        await coordinator.get_by_text("已同意，下次合并时生效").nth(1).wait_for()

        before = {name: await office.why(coordinator, name) for name in (together, apart)}
        await office.merge(coordinator)
        assert set(await office.unserved(coordinator)) == {unstaffed}
        assert "沿用原有建议 3 次，各部门不需要重新答复" in await coordinator.locator("main").inner_text()
        for name in (weekend, capped):
            (visit,) = await office.why(coordinator, name)
            assert "单独入企" in visit
        assert {name: await office.why(coordinator, name) for name in (together, apart)} == before


async def test_departments_answer_on_the_page_and_what_is_declined_is_planned_anew_alone(office: Office) -> None:
    market, fire = office.district.departments
    names = []
    for _ in range(2):
        name, place = await shop(office.district)
        names.append(name)
        for department in (market, fire):
            await office.district.check(department, date(2026, 12, 7), date(2026, 12, 18), premises=place)
    async with office.at("coordinator") as coordinator:
        await office.merge(coordinator)
        assert await coordinator.get_by_role("button", name="谢绝").count() == 0, "the coordinator answers for nobody"
        async with office.at("clerk1") as clerk:
            for name, button, reason in ((names[0], "参加", ""), (names[1], "谢绝", "当月人员调训")):
                await clerk.goto(MONTH)
                visit = clerk.locator("details", has_text=name)
                await visit.locator("summary").click()
                assert "合并为12月" in await visit.inner_text()
                found = await Axe().run(clerk)
                assert [
                    one["id"] for one in found.response["violations"] if one["impact"] in ("serious", "critical")
                ] == []
                await visit.get_by_label("请在").fill(reason)
                await visit.get_by_role("button", name=button).click()
                await clerk.wait_for_url("**/merges/2026-12#visits")
        (answered,) = await office.why(coordinator, names[0])
        await coordinator.goto(MONTH)
        assert "1 项待查项还没有安排（新增，或者因谢绝、取消而退回）" in await coordinator.locator("main").inner_text()
        await office.merge(coordinator)
        assert "上次合并以后有变动" not in await coordinator.locator("main").inner_text()
        assert await office.why(coordinator, names[0]) == [answered]
        assert "区消防救（已确认）" in answered
        parted = await office.why(coordinator, names[1])
        assert len(parted) == 2
        assert all("单独入企" in one or "区市场监（" in one for one in parted)
