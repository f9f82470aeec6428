"""Pages: every link leads somewhere, names are escaped, nothing is inline, the words are right."""

import re
from datetime import date
from html.parser import HTMLParser
from posixpath import dirname, join, normpath

import msgspec
import pytest

from inspect_registry.publication.build import release_files
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.snapshot import MonthResults, Snapshot
from tests.publication_builders import (
    MONTH,
    a_filing,
    a_plan,
    a_row,
    a_site,
    a_snapshot,
    many_rows,
)

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


class Reader(HTMLParser):
    """Collects links, anchors and whatever a strict content policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.inline: list[str] = []
        self.headings: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            assert values["id"] not in self.anchors, f"twice: {values['id']}"
            self.anchors.add(values["id"] or "")
        self.links += [value for name in ("href", "src", "data-search") if (value := values.get(name))]
        self.inline += [name for name in values if name == "style" or name.startswith("on")]
        if tag in ("style", "img", "iframe", "form") or (tag == "script" and not values.get("src")):
            self.inline.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(tag)


def built(snapshot: Snapshot) -> dict[str, str]:
    return {file.path: file.content.decode(errors="replace") for file in release_files(load_kit(), snapshot)}


@pytest.fixture(scope="module")
def site() -> dict[str, str]:
    return built(a_snapshot(a_plan(many_rows(60)), site=a_site(demo=True)))


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def test_the_stable_addresses_exist(site: dict[str, str]) -> None:
    for path in (
        "",
        "plans/",
        "plans/2026/",
        "plans/2026-12/",
        "plans/2026-12/r1/",
        "results/2026-11/",
        "matters/",
    ):
        assert f"{path}index.html" in site
    for name in ("plan.csv", "plan.json", "plan.pdf", "plan.xlsx"):
        assert f"plans/2026-12/{name}" in site
    assert "departments/scjg/index.html" in site


def test_every_link_leads_to_a_file_and_an_anchor_of_the_release(
    site: dict[str, str],
) -> None:
    dead = []
    readers = {path: read(html) for path, html in site.items() if path.endswith(".html")}
    for path, reader in readers.items():
        for link in reader.links:
            if link == "/demo" or path == "404.html":  # Made on request; answers from any depth.
                continue
            target, _, anchor = link.partition("#")
            file = normpath(join(dirname(path), target)) if target else path
            if file == "manifest.json" or file.startswith("log"):  # Written by the release; the ledger's own folder.
                continue
            if file not in site or (anchor and anchor not in readers[file].anchors):
                dead.append(f"{path}: {link}")
    assert not dead


def test_no_link_needs_a_server(site: dict[str, str]) -> None:
    """Relative and naming a file: so the site works from a folder, an object store and under any path."""
    for path, html in site.items():
        if path.endswith(".html") and path != "404.html":
            for link in read(html).links:
                target = link.partition("#")[0]
                assert link == "/demo" or not re.match(r"/|[a-z]+:", target), f"{path}: {link}"
                assert not target.endswith("/") or target.endswith("log/"), f"{path}: {link}"


def test_the_page_for_missing_addresses_works_from_any_depth(
    site: dict[str, str],
) -> None:
    links = read(site["404.html"]).links
    assert links
    assert all(link.startswith(("/", "#")) for link in links)


def test_no_page_has_script_or_style_inside(site: dict[str, str]) -> None:
    assert {path: found for path, html in site.items() if path.endswith(".html") and (found := read(html).inline)} == {}


def test_every_page_has_one_first_heading_a_title_and_a_language(
    site: dict[str, str],
) -> None:
    for path, html in site.items():
        if path.endswith(".html"):
            assert read(html).headings.count("h1") == 1, path
            assert f'<html lang="{"en" if path.startswith("en/") else "zh-CN"}">' in html
            assert re.search(r"<title>[^<·]+ · ", html), path


def test_markup_in_a_name_stays_text() -> None:
    pages = built(a_snapshot(a_plan([a_row(enterprise_name=HOSTILE, address=HOSTILE, initials="s")])))
    day = pages["plans/2026-12/days/2026-12-08.html"]
    assert "<script>alert" not in day
    assert "&lt;script&gt;alert(1)" in day
    assert {path for path, html in pages.items() if path.endswith(".html") and read(html).inline} == set()


def test_the_month_says_its_figures_once_and_marks_joint_visits(
    site: dict[str, str],
) -> None:
    month = site["plans/2026-12/index.html"]
    assert re.search(r"入企检查</dt><dd[^>]*>60 ", month)
    assert re.search(r"综合一次查</dt><dd[^>]*>12 ", month)
    assert site["plans/2026-12/joint.html"].count("ir-visit__name") == 12


def test_each_visit_is_on_its_day_town_department_and_letter(
    site: dict[str, str],
) -> None:
    for folder in ("days", "towns", "names"):
        pages = [html for path, html in site.items() if path.startswith(f"plans/2026-12/{folder}/")]
        assert sum(html.count('class="ir-visit__name"') for html in pages) == 60
    assert site["plans/2026-12/departments/yjgl.html"].count('class="ir-visit__name"') == 12


def test_the_annual_page_tells_who_is_late(site: dict[str, str]) -> None:
    page = site["plans/2026/index.html"]
    assert "按时公布" in page
    assert "逾期 10 天公布" in page
    assert "逾期未公布 239 天" in page


def test_before_the_deadline_nobody_is_late() -> None:
    from inspect_registry.publication.snapshot import AnnualPlans

    waiting = a_filing(published_on=None, late_days=0, tasks=())
    plans = AnnualPlans(year=2027, deadline=date(2027, 3, 31), filings=(waiting,))
    assert "尚未到期" in built(a_snapshot(annual=(plans,)))["plans/2027/index.html"]


def test_a_correction_shows_its_reason_its_changes_and_the_old_version() -> None:
    first = a_plan([a_row(visit="a"), a_row(visit="b")])
    second = a_plan([a_row(visit="a")], before=first, reason="一家企业已停业")
    from inspect_registry.publication.figures import month_entry

    pages = built(
        a_snapshot(
            second,
            months=(month_entry(second), month_entry(first)),
            plans=(second, first),
        )
    )
    month = pages["plans/2026-12/index.html"]
    assert "更正 · 第 2 版" in month
    assert "更正原因：<span>一家企业已停业" in month
    assert "取消 1 次" in month
    assert "../../plans/2026-12/r1/index.html" in read(month).links
    assert "../../../plans/2026-12/r1/index.html" in read(pages["plans/2026-12/r2/changes.html"]).links
    assert "这里永久保存第 1 版" in pages["plans/2026-12/r1/index.html"]
    assert "这里永久保存第 2 版" in pages["plans/2026-12/r2/index.html"]
    assert "取消" in pages["plans/2026-12/changes.html"]
    assert "更正" in pages["plans/index.html"]


def test_a_month_in_a_year_without_calendar_says_that_it_may_move() -> None:
    assert "日期可能调整" in built(a_snapshot(a_plan(provisional=True)))["plans/2026-12/index.html"]


def test_demo_data_is_marked_on_every_page_and_paper() -> None:
    pages = built(a_snapshot(site=a_site(demo=True)))
    mark = {True: "Demonstration: all enterprises", False: "演示数据"}
    html = {path: text for path, text in pages.items() if path.endswith(".html")}
    assert [path for path, text in html.items() if mark[path.startswith("en/")] not in text] == []
    assert not [path for path, text in built(a_snapshot()).items() if path.endswith(".html") and "演示数据" in text]


def test_a_site_without_anything_published_still_stands() -> None:
    pages = built(
        a_snapshot(
            months=(),
            plans=(),
            results=(),
            annual=(),
            matters=(),
            departments=(),
            towns=(),
        )
    )
    assert "还没有公布月度计划" in pages["index.html"]
    assert "还没有公布检查结果" in pages["results/index.html"]


def test_a_code_that_is_no_longer_known_stands_for_itself() -> None:
    pages = built(
        a_snapshot(
            a_plan([a_row(matter="OLD-9", department="gone", town="310114999")]),
            matters=(),
        )
    )
    assert "OLD-9" in pages["plans/2026-12/index.html"]


def test_results_show_outcome_and_figures(site: dict[str, str]) -> None:
    page = site["results/2026-11/index.html"]
    assert "未发现问题" in page
    empty = built(a_snapshot(results=(MonthResults(month=MONTH, results=(), visits=0, planned=0),)))
    assert "这个月还没有公布检查结果" in empty["results/2026-12/index.html"]


def test_equal_snapshots_give_equal_files() -> None:
    assert built(a_snapshot(a_plan(many_rows(30)))) == built(a_snapshot(a_plan(many_rows(30))))


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("上海安亭好味道餐饮有限公司", "A"),
        ("上海市嘉定区好又来小吃店", "H"),
        ("嘉定鑫淼商店", "X"),
        ("上海（嘉定）某公司", "M"),
        ("上海", "S"),
        ("7天便利店", "other"),
        ("ABC商贸", "A"),
        ("张**", "Z"),
    ],
)
def test_an_enterprise_is_filed_under_its_own_name_not_its_place(name: str, letter: str) -> None:
    from inspect_registry.publication.rendering import Names

    enterprise = a_plan([a_row(enterprise_name=name)]).visits[0].enterprise
    assert Names(a_snapshot()).letter(enterprise) == letter


@pytest.mark.parametrize(
    ("address", "street"),
    [
        ("嘉定区安亭镇墨玉路1号", "墨玉路1号"),
        ("上海市嘉定区安亭镇墨玉路1号", "墨玉路1号"),
        ("墨玉路1号", "墨玉路1号"),
        ("曹安公路安亭镇段9号", "曹安公路安亭镇段9号"),
    ],
)
def test_an_address_does_not_repeat_its_town(address: str, street: str) -> None:
    from inspect_registry.publication.rendering import Names

    enterprise = a_plan([a_row(address=address)]).visits[0].enterprise
    assert Names(a_snapshot()).street(enterprise) == street


def test_a_withdrawn_result_says_that_it_was_and_not_what() -> None:
    from inspect_registry.publication.disclosure import withdrawn
    from tests.publication_builders import PUBLISHED, a_result_row

    gone = withdrawn([a_result_row(published_at=PUBLISHED, revoked_at=PUBLISHED)])
    month = MonthResults(month=MONTH, results=(), visits=0, planned=0, withdrawn=gone)
    page = built(a_snapshot(results=(month,)))["results/2026-12/index.html"]
    assert "已经撤下，不再显示内容" in page
    assert "i" * 26 in page
    assert "好味道" not in page


def test_a_withdrawn_record_leaves_a_tombstone_at_each_of_its_addresses() -> None:
    from inspect_registry.publication.disclosure import results, withdrawn
    from tests.publication_builders import PUBLISHED, a_result_row

    november = MonthResults(month=date(2026, 11, 1), results=results([a_result_row()]), visits=1, planned=0)
    shown = built(a_snapshot(results=(november,)))
    gone = withdrawn([a_result_row(published_at=PUBLISHED, revoked_at=PUBLISHED)])
    after = built(a_snapshot(results=(msgspec.structs.replace(november, results=(), withdrawn=gone),)))
    places = [path for path, html in shown.items() if f'id="r-{"i" * 26}"' in html or "i" * 26 in path]
    assert len(places) == 6  # The month, the department and the record, in two languages.
    for path in places:
        assert "好味道" in shown[path]
        assert "好味道" not in after[path]
        assert ("已经撤下" if not path.startswith("en/") else "was withdrawn") in after[path], path
        assert "i" * 26 in after[path]
