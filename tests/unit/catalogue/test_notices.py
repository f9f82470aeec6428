"""A year's notice of holidays: right ones pass, each kind of wrong one is refused at its place."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry import rules
from inspect_registry.catalogue.notices import notice_faults
from tests.notice_builders import a_holiday, notice_of_2026, notice_of_2027

d = dt.date
TODAY = d(2026, 11, 22)


def faults(**changes: object) -> list[tuple[str, str]]:
    return [(place.field, place.message) for place in notice_faults(notice_of_2026(**changes), TODAY)]


def test_the_notice_of_2026_passes_and_is_what_the_program_ships() -> None:
    assert faults() == []
    shipped = rules.calendar().years[2026]
    entered = notice_of_2026().calendar()
    assert (entered.rest, entered.work) == (shipped.rest, shipped.work)
    assert entered.notice == "《国务院办公厅关于2026年部分节假日安排的通知》（国办发明电〔2025〕7号）"


def test_a_notice_may_reach_back_into_the_december_before() -> None:
    assert notice_faults(notice_of_2027(), TODAY) == []
    assert d(2026, 12, 31) in notice_of_2027().calendar().rest


def with_holiday(name: str, starts: dt.date, ends: dt.date) -> dict[str, object]:
    kept = [holiday for holiday in notice_of_2026().holidays if holiday.name != name]
    return {"holidays": [a_holiday(name, starts, ends), *kept]}


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"work": [d(2026, 5, 8)]}, "work[0]", "星期五"),
        ({"work": [d(2026, 5, 9), d(2026, 5, 9)]}, "work[1]", "写了 2 次"),
        ({"work": [d(2026, 10, 3)]}, "work[0]", "放假期间"),
        ({"work": [d(2027, 1, 3)]}, "work[0]", "不在 2026 年"),
        (with_holiday("国庆节", d(2025, 10, 1), d(2025, 10, 7)), "holidays[0].starts", "不在 2026 年"),
        (with_holiday("元旦", d(2026, 1, 3), d(2026, 1, 1)), "holidays[0].ends", "早于起始日"),
        (with_holiday("国庆节", d(2026, 10, 1), d(2026, 10, 30)), "holidays[0].ends", "长于"),
        (with_holiday("元旦", d(2026, 2, 20), d(2026, 2, 21)), "holidays[1].starts", "已属于“元旦”"),
        (with_holiday("劳动节", d(2026, 5, 2), d(2026, 5, 5)), "holidays", "5月1日"),
        (with_holiday("清明节", d(2026, 4, 4), d(2026, 4, 6)) | {"title": "关于2025年的通知"}, "title", "2026 年"),
        ({"holidays": notice_of_2026().holidays[1:]}, "holidays", "“元旦”的法定假日1月1日"),
        ({"holidays": [one for one in notice_of_2026().holidays if one.name != "端午节"]}, "holidays", "缺少“端午”"),
        ({"document": "国办发明电[2025]7号"}, "document", "六角括号"),
        ({"document": "国办发明电〔2024〕7号"}, "document", "不一致"),
        ({"source": "  "}, "source", "出处"),
        ({"issued_on": d(2027, 1, 1), "document": "国办发明电〔2027〕1号"}, "issued_on", "晚于今天"),
        ({"issued_on": d(2024, 11, 4), "document": "国办发明电〔2024〕7号"}, "issued_on", "上一年或当年"),
        ({"year": 1999}, "year", "之间"),
        ({"holidays": [a_holiday(" ", d(2026, 8, 1), d(2026, 8, 1)), *notice_of_2026().holidays]}, "holidays[0].name", ""),
    ],
)  # fmt: skip
def test_a_wrong_notice_is_refused_at_its_place(changes: dict[str, object], field: str, said: str) -> None:
    found = faults(**changes)
    assert any(at == field and said in message for at, message in found), found


def test_a_joint_holiday_counts_for_both() -> None:
    joint = [one for one in notice_of_2026().holidays if one.name not in {"中秋节", "国庆节"}]
    assert faults(holidays=[*joint, a_holiday("国庆节、中秋节", d(2026, 10, 1), d(2026, 10, 8))]) == []


@given(st.dates(d(2025, 6, 1), d(2027, 6, 30)))
def test_a_make_up_day_passes_exactly_on_a_free_weekend_of_the_year(day: dt.date) -> None:
    off = {one for holiday in notice_of_2026().holidays for one in holiday.days()}
    lawful = day.weekday() >= 5 and day not in off and (day.year == 2026 or d(2025, 12, 28) <= day < d(2026, 1, 1))
    assert (faults(work=[day]) == []) is lawful


@given(st.dates(d(1990, 1, 1), d(2110, 1, 1)), st.dates(d(1990, 1, 1), d(2110, 1, 1)), st.integers(1, 9999))
def test_any_dates_are_judged_and_never_an_error_of_ours(starts: dt.date, ends: dt.date, year: int) -> None:
    draft = notice_of_2026(year=year, holidays=[a_holiday("春节", starts, ends)], work=[starts, ends])
    assert notice_faults(draft, TODAY)
