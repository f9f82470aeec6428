"""The public site as people meet it: phone and desktop, light and dark, with and without script, from a local folder.

Served by a plain file server with the service's content policy, so nothing of our own server helps it along.
"""

import functools
import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from inspect_registry.publication.build import release_files
from inspect_registry.publication.figures import month_entry
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.snapshot import Outcome
from inspect_registry.routes.outer import DEFAULT_POLICY
from tests.publication_builders import a_plan, a_result_row, a_site, a_snapshot, many_rows

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = (
    "", "plans/", "plans/2026/", "plans/2026-12/", "plans/2026-12/changes.html", "plans/2026-12/joint.html",
    "plans/2026-12/days/2026-12-08.html", "plans/2026-12/r1/", "results/", "results/2026-11/", "results/2026-11/scjg.html",
    "departments/", "departments/scjg/", "matters/", "matters/SCJG-001/", "help/code/", "help/log/", "help/english/", "measures/", "data/", "lists/",
)  # fmt: skip
PHONE, DESKTOP = 360, 1280


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files with the content policy, and no chatter."""

    def end_headers(self) -> None:
        self.send_header("content-security-policy", DEFAULT_POLICY)
        super().end_headers()

    def log_message(self, *_arguments: object) -> None:
        return


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    first = a_plan(many_rows(40))
    second = a_plan(many_rows(38), before=first, reason="两家企业已停业")
    outcomes = [(Outcome.NO_PROBLEM, 0), (Outcome.RECTIFY_BY_DATE, 2), (Outcome.NO_PENALTY, 1)] * 3
    rows = [
        a_result_row(inspection=f"i{number}", outcome=outcome, problems=problems, orders=problems)
        for number, (outcome, problems) in enumerate(outcomes)
    ]
    snapshot = a_snapshot(
        second, rows, months=(month_entry(second), month_entry(first)), plans=(second, first), site=a_site(demo=True)
    )
    releases = Releases(tmp_path_factory.mktemp("var") / "public")
    staged = releases.stage(1, release_files(load_kit(), snapshot))
    assert staged is not None
    return releases.complete(1, staged)


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()


def open_page(browser: Browser, width: int = PHONE, scheme: str = "light", **options: object) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, **options)  # type: ignore[arg-type]
    return context.new_page()


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (PHONE, "dark"), (DESKTOP, "light"), (1600, "light")])
def test_every_page_is_accessible_fits_its_screen_and_breaks_no_policy(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    page = open_page(browser, width, scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    axe, faults = Axe(), []
    for path in PAGES:
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.ok, path
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{path}: wider than {width}")
        found = axe.run(page).response["violations"]
        faults += [f"{path}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]
    page.context.close()
    assert not faults, "\n".join(faults)
    assert not said, said


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_i_find_my_enterprise_its_visit_what_will_be_checked_and_the_table(
    browser: Browser, address: str, width: int
) -> None:
    page = open_page(browser, width, accept_downloads=True)
    page.goto(address)
    page.get_by_role("link", name="查我的企业").click()
    page.get_by_label("企业名称、代码、地址或者拼音首字母").fill("ａｔ０")  # Full width, as input methods write it.
    status = page.get_by_role("status")
    status.get_by_text("找到").wait_for()
    page.locator(".ir-search .ir-visit__name").first.click()
    page.wait_for_url("**/names/A.html#v-*")
    visit = page.locator(f"[id='{page.url.partition('#')[2]}']")
    assert "上海安泰0号商贸有限公司" in visit.inner_text()
    assert "综合一次查" in visit.inner_text()
    visit.get_by_role("link", name="食品经营环节监督检查").click()
    page.get_by_role("heading", name="检查要点").wait_for()
    assert "《中华人民共和国食品安全法》第一百一十条" in page.inner_text("main")
    page.goto(f"{address}plans/2026-12/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="表格 CSV").click()
    assert waiting.value.suggested_filename == "plan.csv"
    page.context.close()


@pytest.mark.parametrize("typed", ["安泰0号", "上海安泰０号", "91310114 0000000000", "安虹路0弄", "SHANG不对"], ids=str)
def test_searching_by_name_width_code_and_address(browser: Browser, address: str, typed: str) -> None:
    page = open_page(browser)
    page.goto(f"{address}plans/2026-12/")
    page.get_by_label("企业名称、代码、地址或者拼音首字母").fill(typed)
    expected = "没有找到" if "不对" in typed else "找到 1 次检查"
    page.get_by_role("status").get_by_text(expected).wait_for()
    page.context.close()


def test_without_script_an_enterprise_is_found_by_its_letter(browser: Browser, address: str) -> None:
    page = open_page(browser, java_script_enabled=False)
    page.goto(f"{address}plans/2026-12/")
    assert not page.locator("[data-search]").is_visible()
    page.locator("a[href='names/A.html']").click()
    assert page.locator(".ir-visit").count() == 5
    page.context.close()


def test_i_see_which_department_is_late(browser: Browser, address: str) -> None:
    page = open_page(browser)
    page.goto(address)
    page.locator("#main a[href='plans/2026/index.html']").click()
    row = page.locator("tr", has_text="嘉定区卫生健康委员会")
    assert "逾期未公布 239 天" in row.inner_text()
    page.context.close()


def test_i_compare_two_revisions(browser: Browser, address: str) -> None:
    page = open_page(browser, DESKTOP)
    page.goto(f"{address}plans/2026-12/")
    assert "更正原因：两家企业已停业" in page.inner_text("main")
    page.get_by_role("link", name="逐项查看").click()
    assert page.locator("tbody tr").count() == 2
    assert "取消" in page.locator("tbody").inner_text()
    page.go_back()
    page.get_by_role("link", name="第 1 版").click()
    assert "这里永久保存第 1 版" in page.inner_text("main")
    page.context.close()


def test_the_keyboard_reaches_the_text_first_and_sees_where_it_is(browser: Browser, address: str) -> None:
    page = open_page(browser, DESKTOP)
    page.goto(f"{address}plans/2026-12/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.context.close()


def test_a_folder_opened_locally_works(browser: Browser, folder: Path) -> None:
    page = open_page(browser)
    page.goto((folder / "index.html").as_uri())
    assert page.evaluate("getComputedStyle(document.querySelector('.ir-brand__mark')).borderStyle") == "solid"
    page.get_by_role("link", name="查看2026年12月计划").click()
    page.locator("a[href='days/2026-12-08.html']").click()
    assert page.locator(".ir-visit").count() >= 1
    page.locator(".ir-visit a").first.click()
    page.get_by_role("heading", name="检查要点").wait_for()
    page.context.close()


def test_the_month_is_light_and_quick_on_a_slow_phone(browser: Browser, address: str) -> None:
    """At most 300 KB in all, and its main content within a second on a CPU slowed four times."""
    page = open_page(browser)
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    loaded: list[int] = []
    page.on("response", lambda answer: loaded.append(int(answer.headers.get("content-length", 0))))
    page.goto(f"{address}plans/2026-12/")
    painted = page.evaluate(
        "new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))"
        ".observe({type: 'largest-contentful-paint', buffered: true}))"
    )
    assert 0 < sum(loaded) <= 300_000
    assert painted < 1000
    page.context.close()
