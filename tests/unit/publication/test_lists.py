"""The open lists in public: what holds, what changed and why, in pages and data; and nothing that must not be read."""

import csv
import io
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.catalogue import leniency
from inspect_registry.catalogue.listing import KeyIndustry, Listing, ListKind
from inspect_registry.publication.build import release_files
from inspect_registry.publication.list_pages import COLUMNS, PAGES
from inspect_registry.publication.listed import (
    WITHHELD,
    ListedEnterprise,
    PublicListing,
    changes,
    public_listings,
)
from inspect_registry.publication.rendering import load_kit
from tests.publication_builders import a_snapshot

TODAY = date(2026, 11, 25)
KIT = load_kit()


def an_entry(**changes: object) -> Listing:
    values: dict[str, object] = {
        "uid": "secret-uid",
        "kind": ListKind.QUIET_MATTER,
        "subject": "SCJG-001",
        "version": 1,
        "title": "食品经营环节监督检查",
        "content": {},
        "basis": ["国办发〔2024〕54号"],
        "reason": "问题发现率低，非现场核查已能满足",
        "sample": False,
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "review_on": date(2027, 1, 1),
        "ended_reason": "",
    }
    return Listing(**(values | changes))


def an_industry(**changes: object) -> Listing:
    content = KeyIndustry(
        object_class="餐饮服务提供者",
        lead="scjg",
        departments=("yjgl", "scjg"),
        matters=("SCJG-001", "YJGL-001"),
    )
    values = {
        "kind": ListKind.KEY_INDUSTRY,
        "subject": "ZHJG-01",
        "title": "餐饮服务",
        "content": msgspec.to_builtins(content),
    }
    return an_entry(**(values | changes))


def gated(*entries: Listing, enterprises: dict[str, ListedEnterprise] | None = None) -> tuple[PublicListing, ...]:
    return public_listings(entries, enterprises or {})


def files_of(*entries: Listing, enterprises: dict[str, ListedEnterprise] | None = None) -> dict[str, bytes]:
    snapshot = a_snapshot(lists=gated(*entries, enterprises=enterprises))
    return {file.path: file.content for file in release_files(KIT, snapshot)}


def page(files: dict[str, bytes], kind: ListKind, folder: str = "") -> str:
    return files[f"{folder}lists/{PAGES[kind]}/index.html"].decode()


def test_an_entry_is_shown_with_since_when_why_and_its_review() -> None:
    files = files_of(an_industry())
    shown = page(files, ListKind.KEY_INDUSTRY)
    for text in ("餐饮服务", "2026年1月1日起", "复核日期：2027年1月1日", "问题发现率低", "区市场监管局", "牵头"):
        assert text in shown, text
    assert 'href="../../matters/SCJG-001/index.html"' in shown
    assert "到期待复核" not in shown
    assert "现在有效 1 项；最近一次变更：2026年1月1日" in files["lists/index.html"].decode()
    assert 'href="lists/index.html"' in files["index.html"].decode()


def test_older_versions_stay_with_what_they_held_and_why_they_changed() -> None:
    first = an_industry(valid_to=date(2026, 6, 30), reason="投诉集中")
    second = an_industry(version=2, valid_from=date(2026, 7, 1), title="餐饮和集体用餐", reason="增列集体用餐")
    shown = page(files_of(second, first), ListKind.KEY_INDUSTRY)
    held, _, history = shown.partition("变更记录")
    assert "餐饮和集体用餐" in held
    assert "投诉集中" not in held
    assert history.index("2026年7月1日") < history.index("2026年1月1日")
    assert history.index("调整") < history.index("列入")
    assert "增列集体用餐" in history
    assert "投诉集中" in history
    assert "终止" not in history


def test_what_ended_and_what_is_to_come_say_so() -> None:
    ended = an_entry(valid_to=date(2026, 9, 30), ended_reason="风险上升，恢复检查")
    coming = an_entry(subject="YJGL-001", title="安全生产监督检查", valid_from=TODAY + timedelta(days=9))
    shown = page(files_of(coming, ended), ListKind.QUIET_MATTER)
    held, _, history = shown.partition("变更记录")
    assert "现在清单中没有有效的条目" in held
    assert "尚未生效" in history
    assert "风险上升，恢复检查" in history
    assert "2026年10月1日" in history


def test_what_was_taken_back_before_it_began_was_never_a_change() -> None:
    never = gated(an_entry(valid_from=TODAY, valid_to=TODAY - timedelta(days=1), ended_reason="撤回"))
    assert never[0].never_held
    assert changes(never, TODAY) == []


@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=8), st.integers(0, 500))
def test_every_version_begins_once_and_each_gap_has_an_end(spans: list[tuple[int, bool]], after: int) -> None:
    """Versions that follow each other, some with a gap: as many beginnings as versions, as many ends as gaps."""
    start, entries, gaps = date(2025, 1, 1), [], 0
    for number, (days, gap) in enumerate(spans, start=1):
        last = start + timedelta(days=days - 1)
        final = number == len(spans)
        ended = "终止理由" if gap and not final else ""
        entries.append(an_entry(version=number, valid_from=start, valid_to=None if final else last, ended_reason=ended))
        gaps += bool(ended)
        start = last + timedelta(days=6 if gap else 1)
    found = changes(gated(*entries), date(2025, 1, 1) + timedelta(days=after))
    assert sum(one.what != "终止" for one in found) == len(entries)
    assert sum(one.what == "终止" for one in found) == gaps
    assert sum(one.what == "调整" for one in found) == len(entries) - 1 - gaps
    assert [one.day for one in found] == sorted((one.day for one in found), reverse=True)


def test_the_leniency_lists_show_every_condition_and_their_older_versions() -> None:
    files = files_of(*leniency.shipped())
    shown = page(files, ListKind.NO_PENALTY)
    held, _, history = shown.partition("变更记录")
    for item in (one for one in leniency.items() if one.kind == "no_penalty"):
        current = item.in_force(TODAY)
        assert (item.violation in held) is current
        assert item.violation in history
        if current:
            assert all(condition.text in held for condition in item.conditions)
    assert "样例，尚待核定" in held
    assert leniency.items()[0].ended_reason in history


NATURAL = ListedEnterprise(uid="e1", name="上海市嘉定区王小明食品店", natural_name=True)
COMPANY = ListedEnterprise(uid="e2", name="上海安亭餐饮有限公司", natural_name=False)
QUIET = {
    "kind": ListKind.QUIET_ENTERPRISE,
    "reason": "近三年检查未发现问题",
}


def test_a_natural_person_s_name_is_masked_and_no_number_is_told() -> None:
    entries = [an_entry(subject=one.uid, title=one.name, **QUIET) for one in (NATURAL, COMPANY)]
    files = files_of(*entries, enterprises={"e1": NATURAL, "e2": COMPANY})
    everything = b"".join(files[path] for path in files if path.startswith(("lists/", "en/lists/")))
    assert "王小明".encode() not in everything
    assert "上海安亭餐饮有限公司".encode() in everything
    assert b"secret-uid" not in everything
    assert (
        "王小明" in gated(entries[0], enterprises={"e1": msgspec.structs.replace(NATURAL, natural_name=False)})[0].title
    )


@pytest.mark.parametrize("field", ["reason", "ended_reason"])
def test_a_reason_that_tells_the_credit_class_is_never_shown_even_if_it_was_stored(field: str) -> None:
    canary = "企业信用风险分类为A类"
    entry = an_entry(subject="e2", **(QUIET | {field: canary, "valid_to": date(2026, 5, 1)}))
    files = files_of(entry, enterprises={"e2": COMPANY})
    assert all(canary.encode() not in content for content in files.values())
    assert WITHHELD in page(files, ListKind.QUIET_ENTERPRISE)


def test_an_enterprise_keeps_its_place_through_versions() -> None:
    old = an_entry(subject="e1", valid_to=date(2026, 5, 31), **QUIET)
    other = an_entry(subject="e2", **QUIET)
    new = an_entry(subject="e1", version=2, valid_from=date(2026, 6, 1), **QUIET)
    found = gated(new, old, other, enterprises={"e1": NATURAL, "e2": COMPANY})
    assert found[0].code == found[1].code != found[2].code
    assert [one.what for one in changes(found, TODAY)] == ["调整", "列入", "列入"]


def test_the_data_says_what_the_pages_say() -> None:
    first = an_industry(valid_to=date(2026, 6, 30))
    files = files_of(an_industry(version=2, valid_from=date(2026, 7, 1)), first, *leniency.shipped())
    rows = list(csv.DictReader(io.StringIO(files["lists/lists.csv"].decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 2 + len(leniency.shipped())
    assert [(row["版本"], row["今日是否有效"]) for row in rows[:2]] == [("2", "是"), ("1", "否")]
    document = msgspec.json.decode(files["lists/lists.json"])
    assert sum(len(entries) for entries in document["lists"].values()) == len(rows)
    assert [one["version"] for one in document["lists"]["key_industry"]] == [2, 1]
    package = msgspec.json.decode(files["data/datapackage.json"])
    assert [one["path"] for one in package["resources"] if one["name"] == "lists"] == ["../lists/lists.csv"]


def test_a_cell_that_looks_like_a_formula_is_text_in_the_table() -> None:
    files = files_of(an_entry(title="=HYPERLINK(1)", reason="@SUM(1)"))
    row = next(csv.DictReader(io.StringIO(files["lists/lists.csv"].decode("utf-8-sig"))))
    assert not row["名称"].startswith("=")
    assert not row["变更理由"].startswith("@")


def test_markup_in_an_entry_is_text_on_the_page() -> None:
    shown = page(files_of(an_entry(title="<b>粗体</b>", reason="<script>alert(1)</script>")), ListKind.QUIET_MATTER)
    assert "<script>alert" not in shown
    assert "<b>粗体" not in shown


def test_the_english_frame_has_the_same_entries_marked_as_chinese() -> None:
    shown = page(files_of(an_industry()), ListKind.KEY_INDUSTRY, "en/")
    assert "Key industries inspected together" in shown
    assert '<span lang="zh-CN">餐饮服务</span>' in shown
    assert "Review on 1 January 2027" in shown
