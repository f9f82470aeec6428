"""Chinese line breaking: which marks may stand where, and nothing lost."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.documents.breaking import NEVER_FIRST, NEVER_LAST, break_lines


def wide(text: str) -> float:
    """Width in half characters: 2 for Chinese, 1 for Latin."""
    return float(sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in text))


def lines(text: str, width: float = 10) -> list[str]:
    return break_lines(text, wide, width, width)


def test_a_short_text_stays_on_one_line() -> None:
    assert lines("检查通知", 20) == ["检查通知"]


@pytest.mark.parametrize("mark", list("，。；：！？）》、”"))
def test_no_line_begins_with_a_closing_mark(mark: str) -> None:
    assert lines(f"一二三四五{mark}六七") == ["一二三四", f"五{mark}六七"]


def test_two_closing_marks_move_together() -> None:
    assert lines("一二三四五）。六") == ["一二三四", "五）。六"]


@pytest.mark.parametrize("mark", list("（《“【"))
def test_no_line_ends_with_an_opening_mark(mark: str) -> None:
    assert lines(f"一二三四{mark}五六") == ["一二三四", f"{mark}五六"]


def test_codes_and_dates_stay_whole() -> None:
    assert lines("代码91310114MA1G在册", 13) == ["代码", "91310114MA1G", "在册"]


def test_a_code_wider_than_a_line_is_cut() -> None:
    assert lines("91310114MA1GT0XX0X", 10) == ["91310114MA", "1GT0XX0X"]


def test_written_line_ends_are_kept() -> None:
    assert lines("一\n\n二") == ["一", "", "二"]


def test_the_first_line_may_be_shorter() -> None:
    assert break_lines("一二三四五六", wide, 4, 8) == ["一二", "三四五六"]


TEXT = st.text(st.sampled_from("检查通知书办事处一二三，。；：！？）》（《“”、A1b2-. "), max_size=80)


@given(TEXT, st.integers(6, 30))
def test_nothing_is_lost_but_blanks_at_line_ends(text: str, width: int) -> None:
    assert re.sub(r" ", "", "".join(lines(text, width))) == re.sub(r" ", "", text)


@given(TEXT, st.integers(2, 30))
def test_no_line_is_too_wide_unless_it_is_one_character(text: str, width: int) -> None:
    assert all(wide(line) <= width or len(line) == 1 for line in lines(text, width))


@given(st.lists(st.sampled_from(["检查", "通知", "，", "。", "（", "）", "2026"]), max_size=40))
def test_marks_are_kept_apart_wherever_that_is_possible(parts: list[str]) -> None:
    """A run of up to three marks between words always leaves a place to break on a line of twelve characters."""
    text = re.sub(r"([，。（）])[，。（）]+", r"\1", "".join(parts))
    broken = lines(text, 24)
    assert not [line for line in broken[1:] if line[:1] in NEVER_FIRST]
    assert not [line for line in broken[:-1] if line[-1:] in NEVER_LAST]
