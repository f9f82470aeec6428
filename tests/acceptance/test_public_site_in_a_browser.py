"""The public site as people meet it: phone and desktop, light and dark, with and without script, from a local folder.

Served by a plain file server with the service's content policy, so nothing of our own server helps it along.
"""

import functools
import hashlib
import http.server
import io
import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from inspect_registry.publication.build import release_files
from inspect_registry.publication.checking import CheckRow, Kind, lines
from inspect_registry.publication.disclosure import results
from inspect_registry.publication.figures import month_entry
from inspect_registry.publication.proving import Check, DrawMonth, LogFigures, PublicCrewDraw, PublicDraw
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.snapshot import Coming, MonthResults, Outcome, Withdrawn
from inspect_registry.routes.outer import DEFAULT_POLICY
from tests.publication_builders import a_plan, a_result_row, a_site, a_snapshot, many_rows

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

KINDS = (
    "", "plans/", "plans/2026/", "plans/2026-12/", "plans/2026-12/changes.html", "plans/2026-12/joint.html",
    "plans/2026-12/history.html", "plans/2026-12/days/2026-12-08.html", "plans/2026-12/names/A.html",
    "plans/2026-12/departments/scjg.html", "plans/2026-12/r1/", "results/", "results/2026-11/", "results/2026-11/scjg.html",
    "results/2026-11/records/i1.html", "results/2026-11/records/gone.html", "results/2026-10/", "departments/",
    "departments/scjg/", "departments/wjw/", "matters/", "matters/SCJG-001/", "draws/", "draws/2026-12/", "help/code/",
    "help/log/", "measures/", "data/", "data/check.html", "lists/",
    "lists/key-industries/", "lists/quiet-enterprises/", "lists/quiet-matters/", "lists/no-penalty/", "lists/no-coercion/",
)  # fmt: skip
"""One address of every kind of page; each has its English twin."""
PAGES = (*KINDS, *(f"en/{path}" for path in KINDS), "404.html")
PHONE, DESKTOP = 360, 1280
WIDTHS = (360, 390, 480, 640, 768, 1024, 1280, 1600)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files with the content policy, and no chatter."""

    def end_headers(self) -> None:
        self.send_header("content-security-policy", DEFAULT_POLICY)
        super().end_headers()

    def log_message(self, *_arguments: object) -> None:
        return


A_DRAW = PublicDraw(
    uid="d" * 26, month=date(2026, 12, 1), department="scjg", task="食品经营者日常检查", method="random", attempt=2,
    reason="名单有误", pool=40, excluded=3, drawn=2, independent=True, source="双色球第2026134期", open=True,
    proof={"algorithm": "sha256-tickets-1", "draw": "d" * 26},
)  # fmt: skip
A_CREW = PublicCrewDraw(
    uid="c" * 26, month=date(2026, 12, 1), department="scjg", attempt=2, roster=18, excluded=3, lines=2, reserves=1,
    short=0, independent=True, source="双色球第2026135期", proof={"algorithm": "sha256-crews-1", "draw": "c" * 26},
)  # fmt: skip
CORRECTED = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    first = a_plan(many_rows(40))
    moved = [msgspec.structs.replace(row, day=date(2026, 12, 30)) for row in many_rows(1)]
    second = a_plan([*moved, *many_rows(38)[2:]], before=first, reason="两家企业已停业", published_at=CORRECTED)
    outcomes = [(Outcome.NO_PROBLEM, 0), (Outcome.RECTIFY_BY_DATE, 2), (Outcome.NO_PENALTY, 1)] * 3
    rows = [
        a_result_row(
            inspection=f"i{number}", outcome=outcome, problems=problems, orders=problems, corrected=number == 1
        )
        for number, (outcome, problems) in enumerate(outcomes)
    ]
    gone = Withdrawn(uid="gone", department="scjg", withdrawn_on=date(2026, 11, 20))
    november = MonthResults(month=date(2026, 11, 1), results=results(rows), visits=1, planned=0, withdrawn=(gone,))
    october = MonthResults(month=date(2026, 10, 1), results=(), visits=0, planned=0)
    counted = [
        CheckRow(month=second.month, department=department, kind=Kind.ALONE, uid=visit.uid, visits=1, logged=True)
        for visit in second.visits
        for department in visit.departments
    ]
    snapshot = a_snapshot(
        second,
        months=(month_entry(second), month_entry(first)),
        plans=(second, first),
        site=a_site(demo=True),
        today=date(2026, 12, 3),
        results=(november, october),
        draws=(A_DRAW,),
        crew_draws=(A_CREW,),
        draw_months=(DrawMonth(month=second.month, draws=1, drawn=2, by_lot=1, independent=1, crews=1),),
        log=LogFigures(
            codes_issued=9, codes_without_arrival=2, codes_not_presented=1, arrivals_without_result=0,
            results_without_arrival=0, reports_without_code=1, late_backfills=0,
        ),
        entries={"i1": 17},
        coming=Coming(month=date(2027, 1, 1), day=date(2026, 12, 25)),
        checks=(Check(month=second.month, revision=2, lines=lines(counted, ["scjg", "yjgl"])),),
    )  # fmt: skip
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


@pytest.mark.parametrize(
    ("width", "scheme"), [(PHONE, "light"), (PHONE, "dark"), (DESKTOP, "light"), (DESKTOP, "dark")]
)
def test_every_kind_of_page_is_accessible_and_breaks_no_policy(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    page = open_page(browser, width, scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    axe, faults = Axe(), []
    for path in PAGES if (width, scheme) == (PHONE, "light") else KINDS:
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.ok, path
        found = axe.run(page).response["violations"]
        faults += [f"{path}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]
    page.context.close()
    assert not faults, "\n".join(faults)
    assert not said, said


def test_axe_sees_a_fault_that_is_planted(browser: Browser, address: str) -> None:
    page = open_page(browser)
    page.goto(address)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"assets/ir.svg\">')")
    assert {"image-alt"} <= {one["id"] for one in Axe().run(page).response["violations"]}
    page.context.close()


def test_no_page_scrolls_sideways_at_any_width(browser: Browser, address: str) -> None:
    page = open_page(browser)
    wide = []
    for path in PAGES:
        page.goto(address + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append(f"{path} at {width}")
    page.context.close()
    assert not wide


def test_every_kind_of_page_is_in_the_list_above(folder: Path) -> None:
    """A new kind of page joins the tests of this file or fails here."""

    def kind(path: str) -> str:
        path = re.sub(r"\d{4}-\d{2}-\d{2}", "DAY", path)
        path = re.sub(r"\d{4}-\d{2}", "MONTH", path)
        path = re.sub(r"plans/\d{4}/", "plans/YEAR/", path)
        path = re.sub(r"(names|towns|departments)/[^/]+\.html", r"visits.html", path)
        path = re.sub(r"days/DAY\.html", "visits.html", path)
        path = re.sub(r"results/MONTH/(?!index)[^/]+\.html", "results/MONTH/DEPARTMENT.html", path)
        path = re.sub(r"records/[^/]+\.html", "records/RECORD.html", path)
        path = re.sub(r"/r\d+/", "/REVISION/", path)
        return re.sub(r"^(departments|matters)/[^/]+/index", r"\1/ONE/index", path)

    listed = {kind(f"{path}index.html" if path.endswith("/") or not path else path) for path in KINDS}
    there = {kind(str(path.relative_to(folder))) for path in folder.rglob("*.html")}
    there = {path for path in there if not path.startswith("en/") and "REVISION" not in path}
    assert there - listed - {"404.html"} == set()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_i_find_my_enterprise_its_visit_what_will_be_checked_and_the_table(
    browser: Browser, address: str, width: int
) -> None:
    page = open_page(browser, width, accept_downloads=True)
    page.goto(address)
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


@pytest.mark.parametrize("language", ["", "en/"])
def test_i_find_the_result_of_my_enterprise(browser: Browser, address: str, language: str) -> None:
    page = open_page(browser)
    page.goto(f"{address}{language}results/2026-11/")
    page.get_by_role("searchbox").fill("好味道")
    found = page.locator(".ir-search .ir-visit")
    found.first.wait_for()
    assert ("11月12日" if not language else "2026-11-12") in str(found.first.text_content())
    found.filter(has_text="责令限期改正").locator("a").first.click()
    page.wait_for_url(f"**/{language}results/2026-11/records/i*.html")
    assert "上海安亭好味道餐饮有限公司" in page.inner_text("h1")
    page.context.close()


@pytest.mark.parametrize("typed", ["安泰0号", "上海安泰０号", "91310114 0000000000", "安虹路0弄", "SHANG不对"], ids=str)
def test_searching_by_name_width_code_and_address(browser: Browser, address: str, typed: str) -> None:
    page = open_page(browser)
    page.goto(f"{address}plans/2026-12/")
    page.get_by_label("企业名称、代码、地址或者拼音首字母").fill(typed)
    expected = "没有找到" if "不对" in typed else "找到 1 次检查"
    page.get_by_role("status").get_by_text(expected).wait_for()
    page.context.close()


@pytest.mark.parametrize(
    "way", ["names/A.html", "towns/310114103.html", "departments/scjg.html", "days/2026-12-02.html"]
)
def test_without_script_an_enterprise_is_found_by_letter_town_department_and_day(
    browser: Browser, address: str, way: str
) -> None:
    page = open_page(browser, java_script_enabled=False)
    page.goto(f"{address}plans/2026-12/")
    page.locator(f"a[href='{way}']").click()
    page.locator(".ir-visit", has_text="上海安泰32号商贸有限公司").get_by_role(
        "link", name="食品经营环节监督检查"
    ).click()
    page.get_by_role("heading", name="检查要点").wait_for()
    page.get_by_role("heading", name="请提前准备").wait_for()
    page.context.close()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("script", [True, False])
def test_i_find_a_late_department_and_read_its_plan(browser: Browser, address: str, width: int, script: bool) -> None:
    page = open_page(browser, width, java_script_enabled=script)
    page.goto(address)
    page.locator("#main a[href='plans/2026/index.html']").click()
    late = page.locator("section", has=page.get_by_role("heading", name="逾期的部门"))
    assert "嘉定区卫生健康委员会：逾期未公布 239 天" in late.inner_text()
    late.get_by_role("link", name="嘉定区应急管理局").click()
    page.get_by_role("heading", name="2026 年度检查计划").wait_for()
    assert "逾期 10 天公布" in page.inner_text("main")
    assert "食品经营者日常检查" in page.inner_text("main")
    page.context.close()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_i_compare_two_revisions(browser: Browser, address: str, width: int) -> None:
    page = open_page(browser, width)
    page.goto(f"{address}plans/2026-12/")
    assert "更正原因：两家企业已停业" in page.inner_text("main")
    page.get_by_role("link", name="逐项查看").click()
    assert "新增 0 次，取消 2 次，调整 1 次" in page.inner_text("main")
    changed = page.locator("tr", has_text="调整")
    assert changed.locator(".ir-differs").first.inner_text() == "12月1日"
    assert "12月30日" in changed.inner_text()
    page.get_by_role("link", name="上一版", exact=True).click()
    assert "这里永久保存第 1 版" in page.inner_text("main")
    page.get_by_role("link", name="历次版本").click()
    page.get_by_role("link", name="与上一版逐项比较").click()
    page.get_by_role("heading", name="第 2 版与上一版的差别").wait_for()
    page.context.close()


@pytest.mark.parametrize(
    ("day", "revision"), [("2026-11-25", 1), ("2026-12-01", 1), ("2026-12-02", 2), ("2026-12-03", 2)]
)
def test_what_the_plan_said_on_a_day_has_an_address(browser: Browser, address: str, day: str, revision: int) -> None:
    page = open_page(browser, DESKTOP, java_script_enabled=False)
    page.goto(f"{address}plans/2026-12/history.html#{day}")
    row = page.locator("tr:target")
    assert row.evaluate("element => element.getBoundingClientRect().top < innerHeight")
    row.get_by_role("link").first.click()
    assert f"这里永久保存第 {revision} 版" in page.inner_text("main")
    page.context.close()


def test_i_verify_a_release_and_a_record_from_the_page(browser: Browser, address: str, folder: Path) -> None:
    page = open_page(browser, PHONE)
    page.goto(f"{address}results/2026-11/")
    page.locator("#r-i1").get_by_role("link").first.click()
    proof = page.get_by_role("link", name="下载包含证明（tlog-proof）")
    assert proof.get_attribute("href") == "../../../log/entries/17.tlog-proof"
    page.get_by_role("link", name="怎样核对台账").click()
    page.locator("main").get_by_role("link", name="文件清单 manifest.json").wait_for()
    assert page.locator("a[href='../../log/checkpoint']").count() == 1
    page.goto(f"{address}data/check.html")
    page.locator("summary").first.click()
    path, said = page.locator("dl a").first.inner_text(), page.locator("dl code").first.inner_text()
    assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == said
    page.context.close()


@pytest.mark.parametrize("path", ["plans/2026-12/", "results/2026-11/", "matters/SCJG-001/"])
def test_the_switch_of_language_stays_on_the_page_and_needs_no_script(
    browser: Browser, address: str, path: str
) -> None:
    page = open_page(browser, PHONE, java_script_enabled=False)
    page.goto(address + path)
    page.get_by_role("link", name="English").click()
    assert page.url.endswith(f"/en/{path}index.html")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.get_by_role("link", name="中文").click()
    assert page.url.endswith(f"/{path}index.html")
    assert "/en/" not in page.url
    page.context.close()


def test_the_english_page_finds_an_enterprise_too(browser: Browser, address: str) -> None:
    page = open_page(browser, DESKTOP)
    page.goto(f"{address}en/")
    page.get_by_label("Name, code, address or pinyin initials").fill("安泰32号")
    page.get_by_role("status").get_by_text("Visits found: 1").wait_for()
    page.locator(".ir-search .ir-visit__name").click()
    page.wait_for_url("**/en/plans/2026-12/names/A.html#v-*")
    page.context.close()


def test_the_keyboard_alone_finds_an_enterprise(browser: Browser, address: str) -> None:
    page = open_page(browser, DESKTOP)
    page.goto(f"{address}plans/2026-12/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        if page.evaluate("document.activeElement.type") == "search":
            break
    page.keyboard.type("anantai")
    page.keyboard.press("Control+A")
    page.keyboard.type("安泰32号")
    page.get_by_role("status").get_by_text("找到 1 次检查").wait_for()
    page.keyboard.press("Tab")  # The list of results scrolls, so it is a stop of its own.
    if page.evaluate("document.activeElement.tagName") != "A":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/names/A.html#v-*")
    page.context.close()


def test_paper_gets_the_text_without_the_furniture(browser: Browser, address: str) -> None:
    page = open_page(browser, DESKTOP, "dark")
    page.goto(f"{address}plans/2026-12/days/2026-12-08.html")
    page.emulate_media(media="print")
    for furniture in (".ir-nav", ".ir-switch", ".ir-crumbs", ".ir-chips", ".ir-footer__links"):
        assert not page.locator(furniture).first.is_visible(), furniture
    assert page.locator(".ir-visit").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    paper = page.pdf(format="A4")
    pages = [one.extract_text() for one in pypdf.PdfReader(io.BytesIO(paper)).pages]
    assert "商贸有限公司" in "".join("".join(pages).split())
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


@pytest.mark.parametrize("language", ["", "en/"])
def test_the_month_is_light_and_quick_on_a_slow_phone(browser: Browser, address: str, language: str) -> None:
    """At most 300 KB in all, and its main content within a second on a CPU slowed four times and slow 4G."""
    page = open_page(browser)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    slow_4g = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 7.5e5 / 8}
    session.send("Network.emulateNetworkConditions", slow_4g)
    loaded: list[float] = []
    session.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    page.goto(f"{address}{language}plans/2026-12/", wait_until="networkidle")
    painted = page.evaluate(
        "new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))"
        ".observe({type: 'largest-contentful-paint', buffered: true}))"
    )
    assert 0 < sum(loaded) <= 300_000
    assert painted < 1500, "this server does not compress; benchmarks/public_page measures with what the service sends"
    page.context.close()
