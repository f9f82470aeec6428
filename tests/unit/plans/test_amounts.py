"""The grammar of ratio, count, frequency and cap, with every shape of the published tables and many that are not."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.plans.cells.amounts import AmountKind, read_amounts
from inspect_registry.plans.report import bounds_json, frequency_json


def said(text: str, kind: AmountKind = "ratio", *, percent_header: bool = False) -> dict[str, object]:
    """Everything a cell states, in the shape of the JSON interface."""
    read = read_amounts(text, kind, percent_header=percent_header)
    if read.trouble:
        return {"trouble": read.trouble.code}
    values = {
        "ratio": bounds_json(read.ratio),
        "count": bounds_json(read.count),
        "frequency": frequency_json(read.frequency),
        "cap": read.cap,
        "classes": [amount.label for amount in read.by_class] or None,
        "notes": [note.code for note in read.notes] or None,
    }
    return {name: value for name, value in values.items() if value is not None}


def exactly(number: float) -> dict[str, float]:
    return {"min": number, "max": number}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5%", exactly(5)),
        ("２％", exactly(2)),
        ("0.05", exactly(5)),
        ("0.5%", exactly(0.5)),
        ("10-20%", {"min": 10, "max": 20}),
        ("2%-5%", {"min": 2, "max": 5}),
        ("２％～５％", {"min": 2, "max": 5}),
        ("5%至10%", {"min": 5, "max": 10}),
        ("百分之五", exactly(5)),
        ("百分之五至百分之十", {"min": 5, "max": 10}),
        ("百分之十二点五".replace("十二点五", "十二"), exactly(12)),
        ("5‰", exactly(0.5)),
        ("千分之五", exactly(0.5)),
        ("三成", exactly(30)),
        ("四分之一", exactly(25)),
        ("不低于0.5%", {"min": 0.5}),
        ("检查比例不少于1%", {"min": 1}),
        ("≥20%", {"min": 20}),
        (">=20%", {"min": 20}),
        ("20%以上", {"min": 20}),
        ("不超过20%", {"max": 20}),
        ("≤20%", {"max": 20}),
        ("20％以内", {"max": 20}),
        ("不低于3%，不超过5%", {"min": 3, "max": 5}),
        ("不少于辖区企业总数的5%", {"min": 5}),
        ("按2025年底在册企业数的3%抽取", exactly(3)),
        ("全覆盖", exactly(100)),
        ("100%全覆盖", exactly(100)),
        ("应查尽查", exactly(100)),
    ],
)
def test_a_ratio_is_read_with_its_bounds(text: str, expected: dict[str, float]) -> None:
    assert said(text) == {"ratio": expected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1户", {"count": exactly(1)}),
        ("60-70家", {"count": {"min": 60, "max": 70}}),
        ("10% (20户)", {"ratio": exactly(10), "count": exactly(20)}),
        ("10%（不低于20户）", {"ratio": exactly(10), "count": {"min": 20}}),
        ("3%;2次/年", {"ratio": exactly(3), "frequency": {"min": 2, "max": 2, "per": "year"}}),
        ("25%,不少于1次/年", {"ratio": exactly(25), "frequency": {"min": 1, "per": "year"}}),
        (
            "全年抽查比例不低于1%,抽查1次",
            {"ratio": {"min": 1}, "frequency": {"min": 1, "max": 1, "per": "year"}},
        ),
        ("抽查比例：5%；抽查频次：1次/年", {"ratio": exactly(5), "frequency": {"min": 1, "max": 1, "per": "year"}}),
        (
            "守信5%、警示10%、失信20%、严重失信40%",
            {"ratio": {"min": 5, "max": 40}, "classes": ["守信", "警示", "失信", "严重失信"]},
        ),
        ("A类1%,B类5%", {"ratio": {"min": 1, "max": 5}, "classes": ["A类", "B类"]}),
        ("约30户", {"count": exactly(30), "notes": ["approximate"]}),
        ("全部（12家）", {"ratio": exactly(100), "count": exactly(12)}),
        ("全部企业中抽取20家", {"count": exactly(20)}),
        ("20余户", {"count": exactly(20), "notes": ["approximate"]}),
        ("近30家", {"count": exactly(30), "notes": ["approximate"]}),
        ("20家/年", {"count": exactly(20)}),
        ("每年5%", {"ratio": exactly(5)}),
        ("5%且不少于3户", {"ratio": exactly(5), "count": {"min": 3}}),
        ("5%（不足1户的按1户）", {"ratio": exactly(5), "notes": ["remark"]}),
        ("5%-10%（其中重点企业100%）", {"ratio": {"min": 5, "max": 10}, "notes": ["remark"]}),
    ],
)
def test_amounts_written_into_the_ratio_column_are_told_apart_by_their_units(text: str, expected: object) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "low", "high", "per"),
    [
        ("=1", 1, 1, None),
        (">=1", 1, None, None),
        ("至少2次", 2, None, None),
        ("3次/年", 3, 3, "year"),
        ("每年一次", 1, 1, "year"),
        ("一年两次", 2, 2, "year"),
        ("每半年1次", 1, 1, "half_year"),
        ("半年一次", 1, 1, "half_year"),
        ("每季度一次", 1, 1, "quarter"),
        ("每月1-2次", 1, 2, "month"),
        ("每两年1次", 1, 1, "two_years"),
        ("1次/2年", 1, 1, "two_years"),
        ("每三年一次", 1, 1, "three_years"),
        ("每年不少于2次", 2, None, "year"),
        ("每年至多3次", None, 3, "year"),
        ("1次/年/单位", 1, 1, "year"),
        ("1次/户·年", 1, 1, "year"),
        ("每户每年1次", 1, 1, "year"),
        ("1-2次/年", 1, 2, "year"),
        ("每3个月1次", 1, 1, "quarter"),
        ("1年1次以上", 1, None, "year"),
        ("2", 2, 2, None),
    ],
)
def test_a_frequency_is_read_with_its_time(text: str, low: int | None, high: int | None, per: str | None) -> None:
    expected = {name: value for name, value in (("min", low), ("max", high), ("per", per)) if value is not None}
    assert said(text, "frequency") == {"frequency": expected}


@pytest.mark.parametrize(
    ("text", "cap"),
    [
        ("4次/年", 4),
        ("2", 2),
        ("不超过4次/年", 4),
        ("每年不超过两次", 2),
        ("同一企业每年不超过1次", 1),
        ("每半年不超过1次", 2),
        ("每季度1次", 4),
        ("每两年1次", 1),
    ],
)
def test_a_cap_is_counted_a_year(text: str, cap: int) -> None:
    assert said(text, "cap") == {"cap": cap}


def test_an_average_is_its_upper_bound_and_flagged() -> None:
    assert said("各检查对象年均1-2次", "cap") == {"cap": 2, "notes": ["average"]}


def test_frequency_and_cap_stand_in_one_cell() -> None:
    expected = {"frequency": {"min": 1, "max": 1, "per": "year"}, "cap": 2}
    assert said("检查频次:1次/年/单位 上限:2次/年/单位", "frequency") == expected
    assert said("检查频次：1次/年/单位\n上限：2次/年/单位", "cap") == expected
    assert said("每年1次，最多2次", "frequency") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("约27家", {"count": exactly(27), "notes": ["approximate"]}),
        ("19", {"count": exactly(19)}),
        ("1,200户", {"count": exactly(1200)}),
        ("1户(以牵头单位抽查数为准)", {"count": exactly(1), "notes": ["remark"]}),
        ("数量原则上不少于10家", {"count": {"min": 10}}),
        ("十户", {"count": exactly(10)}),
        ("二十家左右", {"count": exactly(20), "notes": ["approximate"]}),
        ("一百零五户", {"count": exactly(105)}),
        ("不超过50家", {"count": {"max": 50}}),
        ("5%", {"ratio": exactly(5)}),
        ("5个批次", {"count": exactly(5)}),
    ],
)
def test_a_count_is_read_with_its_bounds(text: str, expected: object) -> None:
    assert said(text, "count") == expected


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("待定", "ratio", "cell-undetermined"),
        ("根据监管需要确定", "ratio", "cell-undetermined"),
        ("按需", "frequency", "cell-undetermined"),
        ("5", "ratio", "ratio-without-unit"),
        ("150%", "ratio", "ratio-out-of-range"),
        ("-5%", "ratio", "cell-ambiguous"),
        ("5%/3", "ratio", "cell-ambiguous"),
        ("1/3", "ratio", "cell-ambiguous"),
        ("总量5%，其中高风险100%", "ratio", "cell-ambiguous"),
        ("20%-10%", "ratio", "range-inverted"),
        ("5户、8户", "count", "cell-ambiguous"),
        ("1.5户", "count", "count-not-whole"),
        ("1180591620717411303424", "count", "number-too-large"),
        ("1180591620717411303424次", "cap", "number-too-large"),
        ("至少1次", "cap", "cap-is-minimum"),
        ("每7个月1次", "frequency", "cell-ambiguous"),
        ("不限", "cap", "cell-unreadable"),
        ("多多益善", "ratio", "cell-unreadable"),
        ("5.5.5%", "ratio", "cell-ambiguous"),
        ("5%-", "ratio", "cell-ambiguous"),
        ("每季度5%", "ratio", "cell-ambiguous"),
        ("上半年5%，下半年5%", "ratio", "cell-ambiguous"),
        ("每月2家", "count", "cell-ambiguous"),
        ("5家/月", "count", "cell-ambiguous"),
        ("每月抽查1次，每次5家", "count", "cell-ambiguous"),
        ("餐饮5户、商超5户", "count", "cell-ambiguous"),
        ("每日1次", "frequency", "cell-ambiguous"),
        ("1次/天", "frequency", "cell-ambiguous"),
        ("每学期1次", "frequency", "cell-ambiguous"),
        ("上半年1次，下半年1次", "frequency", "cell-ambiguous"),
        ("上、下半年各1次", "frequency", "cell-ambiguous"),
        ("第一季度1次", "frequency", "cell-ambiguous"),
    ],
)
def test_what_is_not_understood_is_told_by_name_and_never_guessed(text: str, kind: AmountKind, code: str) -> None:
    assert said(text, kind) == {"trouble": code}


@pytest.mark.parametrize(
    ("text", "kind", "bounds"),
    [
        ("超过10户", "count", {"min": 11}),
        (">10", "count", {"min": 11}),
        ("10户以上", "count", {"min": 10}),
        ("少于10户", "count", {"max": 9}),
        ("10户以内", "count", {"max": 10}),
        ("不超过10户", "count", {"max": 10}),
        ("多于2次", "frequency", {"min": 3}),
        ("<3", "frequency", {"max": 2}),
        ("<=3", "frequency", {"max": 3}),
        ("<0", "count", {"max": 0}),
    ],
)
def test_exceeding_and_below_leave_their_number_out(text: str, kind: AmountKind, bounds: dict[str, int]) -> None:
    assert said(text, kind) == {kind: bounds}


def test_a_cap_below_a_number_is_the_one_before_it() -> None:
    assert [said(text, "cap")["cap"] for text in ("小于4次", "不超过4次", "<4")] == [3, 4, 3]


def test_a_share_above_a_percentage_has_no_next_one() -> None:
    assert said("超过5%") == {"ratio": {"min": 5}}


def test_a_percent_header_gives_bare_numbers_their_unit() -> None:
    assert said("5", percent_header=True) == {"ratio": exactly(5)}
    assert said("0.5", percent_header=True) == {"ratio": exactly(0.5)}


@pytest.mark.parametrize("text", ["", " ", "无", "/", "—", "不涉及"])
def test_nothing_states_nothing(text: str) -> None:
    assert said(text) == {}


KINDS = st.sampled_from(["ratio", "count", "ratio_or_count", "frequency", "cap"])
PIECES = st.sampled_from(
    [
        *"0123456789%％.,-~至、;()（）<>=≥≤ \n",
        "不低于",
        "不超过",
        "次",
        "户",
        "家",
        "/年",
        "每",
        "半年",
        "约",
        "百分之",
        "十",
        "万",
        "上限:",
    ]
)


@given(st.text() | st.lists(PIECES, max_size=12).map("".join), KINDS)
def test_any_text_is_read_or_told_and_what_is_read_keeps_the_bounds(text: str, kind: AmountKind) -> None:
    read = read_amounts(text, kind)
    if read.trouble:
        assert read.trouble.message
        return
    for bounds, highest in ((read.ratio, 100), (read.count, 10_000_000)):
        if bounds is not None:
            assert not bounds.is_inverted()
            assert all(0 <= value <= highest for value in (bounds.min, bounds.max) if value is not None)


@given(
    st.decimals(min_value=0, max_value=100, places=2),
    st.sampled_from(["{}%", "{}％", " {} %", "比例为{}%", "抽取{}%的企业"]),
)
def test_a_written_percentage_is_read_back_exactly(value: Decimal, shape: str) -> None:
    read = read_amounts(shape.format(value), "ratio")
    assert read.ratio is not None
    assert (read.ratio.min, read.ratio.max) == (value, value)
