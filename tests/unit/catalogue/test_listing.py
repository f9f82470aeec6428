"""Entries of the open lists: when they hold, when they are due, and what no public text may tell."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.catalogue import leniency
from inspect_registry.catalogue.listing import (
    LENIENT,
    LeniencyContent,
    Listing,
    ListKind,
    leniency_subject,
    listing_faults,
    tells_credit_class,
)

DAY = dt.date(2026, 11, 20)
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))


def an_entry(**changes) -> Listing:
    values = {
        "uid": "",
        "kind": ListKind.KEY_INDUSTRY,
        "subject": "ZH-01",
        "version": 1,
        "title": "预付卡消费",
        "content": {},
        "basis": ["《上海市优化营商环境条例》第六十一条"],
        "reason": "投诉集中，多部门职责交叉",
        "sample": False,
        "valid_from": dt.date(2026, 1, 1),
        "valid_to": None,
        "review_on": dt.date(2027, 1, 1),
        "ended_reason": "",
    }
    return Listing(**(values | changes))


@given(DAYS, st.integers(-1, 900), DAYS)
def test_it_holds_on_its_days_and_no_other(start, days, day) -> None:
    entry = an_entry(valid_from=start, valid_to=start + dt.timedelta(days=days))
    inside = any(start + dt.timedelta(days=number) == day for number in range(days + 1))
    assert entry.in_force(day) is inside
    assert entry.open(day) is (days >= 0 and day <= start + dt.timedelta(days=days))
    assert not entry.review_due(day)


@given(DAYS, DAYS)
def test_an_open_entry_is_due_from_its_day_of_review_on(review, day) -> None:
    assert an_entry(valid_from=dt.date(2019, 1, 1), review_on=review).review_due(day) is (day >= review)


@pytest.mark.parametrize(
    "text",
    [
        "信用风险低，近三年无问题",
        "企业信用风险分类结果为A",
        "属于A类企业",
        "属Ｂ级，风险一般",
        "分类为 D",
        "类别为C，列入重点",
        "信用等级良好",
    ],
)
def test_words_about_the_credit_class_are_found(text) -> None:
    assert tells_credit_class(text)


@pytest.mark.parametrize(
    "text",
    ["近三年检查未发现问题", "非现场监测数据齐全，可以代替现场检查", "已通过ABC体系认证", "餐饮量化分级长期优秀", ""],
)
def test_other_reasons_are_not(text) -> None:
    assert not tells_credit_class(text)


def faults(**changes) -> set[str]:
    values = {
        "title": "预付卡消费",
        "basis": ["《某条例》第一条"],
        "reason": "投诉集中",
        "valid_from": DAY,
        "review_on": DAY + dt.timedelta(days=365),
        "quiet": False,
    }
    return {field for field, _ in listing_faults(**(values | changes))}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "名" * 101}, "title"),
        ({"reason": "短"}, "reason"),
        ({"reason": "长" * 501}, "reason"),
        ({"reason": "含有\0控制字符"}, "reason"),
        ({"basis": []}, "basis"),
        ({"basis": [" "]}, "basis"),
        ({"review_on": DAY}, "review_on"),
        ({"quiet": True, "reason": "信用风险低"}, "reason"),
    ],
)
def test_what_is_missing_is_named_by_its_field(change, field) -> None:
    assert faults() == set()
    assert faults(**change) == {field}


def test_a_quiet_entry_needs_no_basis_of_its_own() -> None:
    assert faults(quiet=True, basis=[]) == set()


@given(
    st.text(max_size=600), st.text(max_size=120), st.lists(st.text(max_size=40), max_size=3), DAYS, DAYS, st.booleans()
)
def test_any_text_is_judged_and_none_crashes(reason, title, basis, start, review, quiet) -> None:
    found = listing_faults(title=title, basis=basis, reason=reason, valid_from=start, review_on=review, quiet=quiet)
    assert all(field in {"title", "reason", "basis", "review_on"} and message for field, message in found)


def test_the_shipped_lists_are_entries_with_reason_review_and_one_version_a_day() -> None:
    shipped = leniency.shipped()
    assert len(shipped) == len(leniency.items()) > 0
    for one in shipped:
        assert one.kind in LENIENT
        assert one.review_on > one.valid_from
        assert one.reason
        assert listing_faults(
            title=one.title, basis=one.basis, reason=one.reason, valid_from=one.valid_from, review_on=one.review_on,
            quiet=False,
        ) == []  # fmt: skip
        assert (one.ended_reason != "") is (one.valid_to is not None)
        same = [two for two in shipped if (two.kind, two.subject) == (one.kind, one.subject)]
        assert [two.version for two in same] == list(range(1, len(same) + 1))
        item = leniency.item_from(one)
        assert leniency_subject(msgspec.convert(one.content, LeniencyContent)) == one.subject
        assert item in leniency.items()
