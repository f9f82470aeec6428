"""Builders of notices of holidays: 2026 as it was announced, and a made-up 2027."""

import datetime as dt

from inspect_registry.catalogue.notices import Holiday, NoticeDraft

d = dt.date


def a_holiday(name: str, starts: dt.date, ends: dt.date) -> Holiday:
    return Holiday(name=name, starts=starts, ends=ends)


def notice_of_2026(**changes: object) -> NoticeDraft:
    values = {
        "year": 2026,
        "title": "国务院办公厅关于2026年部分节假日安排的通知",
        "document": "国办发明电〔2025〕7号",
        "issued_on": d(2025, 11, 4),
        "source": "https://www.gov.cn/",
        "holidays": [
            a_holiday("元旦", d(2026, 1, 1), d(2026, 1, 3)),
            a_holiday("春节", d(2026, 2, 15), d(2026, 2, 23)),
            a_holiday("清明节", d(2026, 4, 4), d(2026, 4, 6)),
            a_holiday("劳动节", d(2026, 5, 1), d(2026, 5, 5)),
            a_holiday("端午节", d(2026, 6, 19), d(2026, 6, 21)),
            a_holiday("中秋节", d(2026, 9, 25), d(2026, 9, 27)),
            a_holiday("国庆节", d(2026, 10, 1), d(2026, 10, 7)),
        ],
        "work": [
            d(2026, 1, 4), d(2026, 2, 14), d(2026, 2, 28), d(2026, 5, 9), d(2026, 9, 20), d(2026, 10, 10),
        ],
    }  # fmt: skip
    return NoticeDraft(**(values | changes))


def notice_of_2027(**changes: object) -> NoticeDraft:
    """A made-up one: the real notice does not exist yet. It turns 2026-12-31 round, as some real ones did."""
    values = {
        "year": 2027,
        "title": "国务院办公厅关于2027年部分节假日安排的通知",
        "document": "国办发明电〔2026〕9号",
        "issued_on": d(2026, 11, 10),
        "source": "https://www.gov.cn/",
        "holidays": [
            a_holiday("元旦", d(2026, 12, 31), d(2027, 1, 2)),
            a_holiday("春节", d(2027, 2, 5), d(2027, 2, 12)),
            a_holiday("清明节", d(2027, 4, 3), d(2027, 4, 5)),
            a_holiday("劳动节", d(2027, 5, 1), d(2027, 5, 5)),
            a_holiday("端午节", d(2027, 6, 9), d(2027, 6, 9)),
            a_holiday("中秋节", d(2027, 9, 15), d(2027, 9, 15)),
            a_holiday("国庆节", d(2027, 10, 1), d(2027, 10, 7)),
        ],
        "work": [d(2027, 1, 3), d(2027, 2, 14), d(2027, 9, 26), d(2027, 10, 9)],
    }
    return NoticeDraft(**(values | changes))
