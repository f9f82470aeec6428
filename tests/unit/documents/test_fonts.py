"""No character is printed as a blank."""

import pytest

from inspect_registry.documents.errors import GlyphMissing
from inspect_registry.documents.fonts import HEI, SONG, font_for


def test_everyday_text_keeps_its_font() -> None:
    assert font_for("上海市嘉定区〔2026〕“检查码”—…《》%℃", SONG) == SONG
    assert font_for("ABC abc 012", HEI) == HEI


@pytest.mark.parametrize("rare", list("㙍䶮堃喆昇翀邨"))
def test_rare_characters_of_people_and_firms_can_be_printed(rare: str) -> None:
    assert font_for(f"上海{rare}记", SONG)


def test_a_missing_glyph_is_an_error_that_names_it() -> None:
    with pytest.raises(GlyphMissing) as caught:
        font_for("上海🍜面馆", SONG)
    assert "U+1F35C" in caught.value.detail
    assert caught.value.code == "glyph-missing"


def test_a_control_character_is_an_error() -> None:
    with pytest.raises(GlyphMissing):
        font_for("上海\x07公司", SONG)


def test_line_ends_need_no_glyph() -> None:
    assert font_for("一\n二", SONG) == SONG
