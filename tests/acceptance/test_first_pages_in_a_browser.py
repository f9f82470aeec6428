"""Sign-in, account, demo and error pages: looked at on a phone and a desktop, clicked, and clean for axe-core."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.acceptance.browser import in_browser
from tests.acceptance.installation import Installation

pytestmark = pytest.mark.browser
PAGES = ["/sign-in", "/demo", "/nowhere", "/me"]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    home = tmp_path_factory.mktemp("first-pages")
    for parent in [home, home.parent, home.parent.parent]:
        parent.chmod(0o755)
    with Installation(home / "var", enterprises=300) as running:
        yield running


@pytest.mark.parametrize(("width", "dark"), [(360, False), (360, True), (1280, False)])
def test_pages_have_no_serious_finding_and_fit_their_width(installation: Installation, width: int, dark: bool) -> None:
    async def look(page: Page) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in PAGES:
            await page.goto(path)
            results = await Axe().run(page)
            found[path] = [
                one["id"] for one in results.response["violations"] if one["impact"] in ("serious", "critical")
            ]
            wide = await page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                found[path].append(f"scrolls sideways: {wide}")
        return found

    found = in_browser(installation, look, account="shenji", width=width, dark=dark)
    assert found == {path: [] for path in PAGES}


def test_an_inspector_signs_in_finds_the_codes_and_signs_out(installation: Installation) -> None:
    async def walk(page: Page) -> list[str]:
        seen = [await page.locator("h1").inner_text()]
        await page.get_by_role("link", name="出示检查码").click()
        seen.append(page.url)
        await page.goto("/me")
        await page.get_by_role("button", name="退出登录").click()
        await page.goto("/me")
        seen.append(await page.locator("h1").inner_text())
        return seen

    name, address, refused = in_browser(installation, walk, account="scjg.zhifa1")
    assert "执法员" in name
    assert address.endswith("/inspector/codes")
    assert refused == "请先登录"


def test_every_link_of_the_demo_page_leads_somewhere(installation: Installation) -> None:
    async def follow(page: Page) -> list[tuple[str, int]]:
        await page.goto("/demo")
        links = await page.eval_on_selector_all("main a", "found => found.map(one => one.getAttribute('href'))")
        return [(link, (await page.request.get(link)).status) for link in sorted(set(links))]

    answers = in_browser(installation, follow, account="scjg.zhifa1")
    assert answers
    assert [answer for answer in answers if answer[1] >= 400] == []


def test_a_wrong_password_is_told_on_the_page_and_the_account_stays_typed(installation: Installation) -> None:
    async def try_it(page: Page) -> tuple[str, str]:
        await page.goto("/sign-in")
        await page.fill("#account", "shenji")
        await page.fill("#password", "wrong")
        await page.click("button[type=submit]")
        return await page.locator("[role=alert]").inner_text(), await page.input_value("#account")

    told, kept = in_browser(installation, try_it)
    assert "账号或密码不正确" in told
    assert kept == "shenji"


def test_nothing_is_written_outside_var(installation: Installation) -> None:
    assert {path.name for path in Path(installation.var.parent).iterdir()} == {"var", "serve.log"}
