"""Annual plans in words: lateness by days, amounts as tables write them."""

from datetime import UTC, date, datetime

import pytest

from inspect_registry.publication import annual
from inspect_registry.publication.annual import Amounts, Range, Times

DEADLINE = date(2026, 3, 31)


def filed(first: datetime | None, today: date, latest: datetime | None = None) -> annual.AnnualFiling:
    return annual.filing(
        department="scjg",
        published_at=latest or first,
        first_published_at=first,
        plan_number="",
        revision=1,
        deadline=DEADLINE,
        today=today,
        tasks=(),
    )


def test_on_the_last_day_in_shanghai_a_plan_is_in_time() -> None:
    assert filed(datetime(2026, 3, 31, 15, 59, tzinfo=UTC), date(2026, 6, 1)).late_days == 0
    assert filed(datetime(2026, 3, 31, 16, 0, tzinfo=UTC), date(2026, 6, 1)).late_days == 1


def test_an_unpublished_plan_is_late_from_the_day_after_the_deadline() -> None:
    assert filed(None, date(2026, 3, 31)).late_days == 0
    assert filed(None, date(2026, 4, 2)).late_days == 2


def test_a_later_revision_does_not_make_a_plan_late() -> None:
    revised = filed(
        datetime(2026, 3, 1, tzinfo=UTC),
        date(2026, 9, 1),
        datetime(2026, 8, 1, tzinfo=UTC),
    )
    assert revised.late_days == 0
    assert revised.published_on == date(2026, 8, 1)


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        (Amounts(), ""),
        (Amounts(ratio=Range(min=20, max=20)), "20%"),
        (Amounts(ratio=Range(min=3, max=5.5)), "3—5.5%"),
        (Amounts(ratio=Range(min=5)), "不少于5%"),
        (
            Amounts(ratio=Range(max=5), count=Range(min=20, max=20)),
            "不超过5%，20户（次）",
        ),
    ],
)
def test_ratios_are_written_as_offices_write_them(amounts: Amounts, words: str) -> None:
    assert annual.ratio_words(amounts) == words


def test_frequencies_name_their_period_and_cap() -> None:
    assert annual.frequency_words(Amounts(frequency=Times(max=2, per="year"), cap=2)) == (
        "每年不超过2次，同一企业每年不超过2次"
    )
    assert annual.frequency_words(Amounts()) == ""


def test_periods_are_days_of_the_year() -> None:
    assert annual.period_words(date(2026, 3, 1), date(2026, 11, 30)) == "3月1日至11月30日"
    assert annual.period_words(None, None) == ""
    assert annual.period_words(date(2026, 3, 1), None) == "3月1日起"
    assert annual.period_words(None, date(2026, 11, 30)) == "11月30日前"


def test_a_task_whose_amounts_are_strange_keeps_its_other_columns() -> None:
    task = annual.task(
        name="检查",
        matters=["A"],
        objects="餐饮",
        mode="onsite",
        selection="random",
        parsed={"ratio": "很多"},
        starts=None,
        ends=None,
        joint_departments=[],
    )
    assert (task.method, task.ratio, task.objects) == (
        "现场检查（随机抽取）",
        "",
        "餐饮",
    )


def test_amounts_are_read_from_numbers_and_from_texts() -> None:
    task = annual.task(
        name="检查",
        matters=[],
        objects="",
        mode="offsite",
        selection="",
        parsed={"ratio": {"min": "20", "max": "20"}, "cap": 2, "unknown": 1},
        starts=None,
        ends=None,
        joint_departments=[],
    )
    assert (task.method, task.ratio, task.frequency) == (
        "非现场检查",
        "20%",
        "同一企业每年不超过2次",
    )
