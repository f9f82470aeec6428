"""The grammar of times, with every shape of the published tables and many that are not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.plans.cells.periods import read_period


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("1月—12月", "2026-01-01", "2026-12-31"),
        ("3-5月份", "2026-03-01", "2026-05-31"),
        ("7月至12月", "2026-07-01", "2026-12-31"),
        ("10月", "2026-10-01", "2026-10-31"),
        ("10月底", "2026-10-01", "2026-10-31"),
        ("9月底-10月底", "2026-09-30", "2026-10-31"),
        ("2月", "2026-02-01", "2026-02-28"),
        ("全年", "2026-01-01", "2026-12-31"),
        ("2026年", "2026-01-01", "2026-12-31"),
        ("2026年度", "2026-01-01", "2026-12-31"),
        ("2026.01.01-2026.12.31", "2026-01-01", "2026-12-31"),
        ("2026年2月24日 -2026年11月30日", "2026-02-24", "2026-11-30"),
        ("2026年1月—11月", "2026-01-01", "2026-11-30"),
        ("2026/3/1-2026/6/30", "2026-03-01", "2026-06-30"),
        ("2026-03-01至2026-06-30", "2026-03-01", "2026-06-30"),
        ("2026-03-01-2026-06-30", "2026-03-01", "2026-06-30"),
        ("20260301-20260630", "2026-03-01", "2026-06-30"),
        ("2026.3-2026.11", "2026-03-01", "2026-11-30"),
        ("2026.3-11", "2026-03-01", "2026-11-30"),
        ("2026年3-11月", "2026-03-01", "2026-11-30"),
        ("３月１日～５月３１日", "2026-03-01", "2026-05-31"),
        ("3月15日—30日", "2026-03-15", "2026-03-30"),
        ("二月至四月", "2026-02-01", "2026-04-30"),
        ("十一月至十二月", "2026-11-01", "2026-12-31"),
        ("二〇二六年三月", "2026-03-01", "2026-03-31"),
        ("一季度", "2026-01-01", "2026-03-31"),
        ("第二季度", "2026-04-01", "2026-06-30"),
        ("2026年第三季度", "2026-07-01", "2026-09-30"),
        ("二、三季度", "2026-04-01", "2026-09-30"),
        ("一季度至三季度", "2026-01-01", "2026-09-30"),
        ("Q4", "2026-10-01", "2026-12-31"),
        ("上半年", "2026-01-01", "2026-06-30"),
        ("2026年下半年", "2026-07-01", "2026-12-31"),
        ("6月中旬", "2026-06-11", "2026-06-20"),
        ("3月上旬至5月下旬", "2026-03-01", "2026-05-31"),
        ("4月、5月", "2026-04-01", "2026-05-31"),
        ("2026-03-01 00:00:00", "2026-03-01", "2026-03-01"),
        ("全年（每季度1次）", "2026-01-01", "2026-12-31"),
        ("元月至三月", "2026-01-01", "2026-03-31"),
        ("每年3月至10月", "2026-03-01", "2026-10-31"),
        ("第1-2季度", "2026-01-01", "2026-06-30"),
        ("2026年6月1日起至2026年8月31日止", "2026-06-01", "2026-08-31"),
        ("2026年底前", None, "2026-12-31"),
        ("年底", "2026-12-01", "2026-12-31"),
        ("9-10月各1次", "2026-09-01", "2026-10-31"),
        ("3月底前", None, "2026-03-31"),
        ("6月30日前完成", None, "2026-06-30"),
        ("2026年11月底前", None, "2026-11-30"),
        ("2026年3月起", "2026-03-01", None),
    ],
)
def test_a_period_is_read_to_the_day(text: str, start: str | None, end: str | None) -> None:
    read = read_period(text, 2026)
    assert read.trouble is None
    assert read.period is not None
    assert (read.period.start, read.period.end) == (start and _day(start), end and _day(end))


def test_a_year_crossing_period_is_kept_and_refused() -> None:
    for text in ("10月-次年3月", "2026年10月至2027年3月"):
        read = read_period(text, 2026)
        assert read.trouble is not None
        assert read.trouble.code == "period-crosses-year"
        assert read.period is not None
        assert (read.period.start, read.period.end) == (date(2026, 10, 1), date(2027, 3, 31))


def test_a_period_of_another_year_is_kept_and_told() -> None:
    read = read_period("2025年6月至2025年11月", 2026)
    assert read.trouble is not None
    assert read.trouble.code == "period-outside-year"
    assert read.period is not None
    assert read_period("2025年6月至2025年11月", 2025).trouble is None


def test_separate_stretches_are_noted() -> None:
    read = read_period("3-5月、9-11月", 2026)
    assert read.period is not None
    assert (read.period.start, read.period.end) == (date(2026, 3, 1), date(2026, 11, 30))
    assert [note.code for note in read.notes] == ["several-stretches"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("待定", "cell-undetermined"),
        ("根据监管需要确定", "cell-undetermined"),
        ("春、秋季", "cell-undetermined"),
        ("不定期", "cell-undetermined"),
        ("13月", "date-impossible"),
        ("2026年2月30日", "date-impossible"),
        ("4月31日", "date-impossible"),
        ("12月-3月", "period-inverted"),
        ("5", "cell-ambiguous"),
        ("3-5", "cell-ambiguous"),
        ("适当的时候", "cell-unreadable"),
    ],
)
def test_what_is_no_period_is_told_by_name(text: str, code: str) -> None:
    read = read_period(text, 2026)
    assert read.trouble is not None
    assert (read.trouble.code, read.period) == (code, None)


def test_a_month_header_gives_bare_numbers_their_unit() -> None:
    read = read_period("3-5", 2026, months_header=True)
    assert read.period is not None
    assert (read.period.start, read.period.end) == (date(2026, 3, 1), date(2026, 5, 31))


PIECES = st.sampled_from(
    [
        *"0123456789-./、至~ \n",
        "年",
        "月",
        "日",
        "底",
        "前",
        "2026",
        "季度",
        "上半年",
        "次年",
        "十",
        "全年",
        "起",
        "中旬",
    ]
)


@given(st.text() | st.lists(PIECES, max_size=12).map("".join), st.integers(2000, 2100))
def test_any_text_is_read_or_told_and_no_period_is_inverted(text: str, year: int) -> None:
    read = read_period(text, year)
    if read.period is not None and read.period.start and read.period.end:
        assert read.period.start <= read.period.end


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 5)
)
def test_two_written_days_are_read_back_exactly(one: date, other: date, shape: int) -> None:
    first, last = sorted((one, other))
    written = [
        f"{first:%Y-%m-%d}至{last:%Y-%m-%d}",
        f"{first:%Y.%m.%d}-{last:%Y.%m.%d}",
        f"{first.year}年{first.month}月{first.day}日—{last.year}年{last.month}月{last.day}日",
        f"{first.year}年{first.month}月{first.day}日-{last.month}月{last.day}日",
        f"{first.month}月{first.day}日至{last.month}月{last.day}日",
        f"{first:%Y%m%d}-{last:%Y%m%d}",
    ][shape]
    read = read_period(written, 2026)
    assert read.period is not None
    assert (read.period.start, read.period.end) == (first, last)


def _day(text: str) -> date:
    return date.fromisoformat(text)
