"""Sort keys and search forms of Chinese text."""

from hypothesis import given
from hypothesis import strategies as st

from inspect_registry import pinyin


def test_places_are_sorted_by_their_readings():
    places = ["闵行", "重庆", "上海", "南翔镇", "安亭", "南翔", "嘉定", "啊"]
    assert sorted(places, key=pinyin.sort_key) == ["啊", "安亭", "重庆", "嘉定", "闵行", "南翔", "南翔镇", "上海"]


def test_a_shorter_syllable_stands_first():
    assert sorted(["先", "西安", "西"], key=pinyin.sort_key) == ["西", "西安", "先"]


def test_equal_readings_are_told_apart_by_tone_and_then_by_character():
    assert pinyin.sort_key("妈") < pinyin.sort_key("马")
    assert pinyin.sort_key("玛") != pinyin.sort_key("码")


def test_initials_take_digits_and_letters_along():
    assert pinyin.initials("嘉定（ＡＢ）12店") == "jdab12d"
    assert pinyin.initials("3M中国") == "3mzg"
    assert pinyin.initials("重庆火锅") == "cqhg"


def test_rare_characters_have_a_place_and_never_crash():
    assert pinyin.initials("犇鱻馆") == "bxg"
    assert pinyin.initials("𠮷野") == "y"
    assert pinyin.sort_key("𠮷野")


def test_widths_case_blanks_and_punctuation_do_not_matter_for_searching():
    assert pinyin.fold("上海　安亭（集团）有限公司 ＡＢＣ") == pinyin.fold("上海安亭(集团)有限公司abc")
    assert pinyin.fold("a\u200bb") == "ab"


@given(st.text(max_size=60))
def test_any_text_has_keys(text):
    assert pinyin.sort_key(text).endswith(text)
    assert pinyin.initials(text).isascii()
    assert pinyin.fold(pinyin.fold(text)) == pinyin.fold(text)
