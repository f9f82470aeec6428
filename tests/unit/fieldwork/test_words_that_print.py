"""Words of a record must be printable: what phones offer beside letters is refused with its place, while it can be mended."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.documents import fonts
from inspect_registry.fieldwork.errors import WordsNotPrintable
from inspect_registry.fieldwork.words import RULES, words_can_be_printed
from tests.unit.fieldwork.test_rules_are_documented import PAGE

HIDDEN = ("\x00", "\x1b", "\u200d", "\u202e", "\ufeff", "\ue000", "\U000e0041")
PICTURES = ("😀", "🙂", "👍", "❤", "✅", "⌚", "⭐", "🇨", "️", "⃣", "🀄")


@pytest.mark.parametrize("one", [*HIDDEN, *PICTURES])
def test_emoji_and_hidden_characters_are_named_with_their_place(one: str) -> None:
    with pytest.raises(WordsNotPrintable) as refused:
        words_can_be_printed({"facts": "冷藏柜", "notes": f"温度高{one}了"})
    (place,) = refused.value.places
    assert place.field == "notes"
    assert (one if one.isprintable() else f"U+{ord(one):04X}") in place.message


def test_ordinary_words_and_rare_names_pass() -> None:
    words_can_be_printed(
        {
            "facts": "（一）冷藏柜12℃，≥8℃；①标签缺失——“保质期”……\r\n\t×√★☆●○■□▲△%‰㎡℃¥￥",
            "name": "𠮷野　龘·买买提",
            "latin": "Café Müller, Строй, ひらがな",
            "full width": "１２３ＡＢＣ！",
            "empty": "",
        }
    )


@given(st.text(alphabet=st.characters(codec="gb18030", categories=("L", "Nd", "Nl", "Po", "Ps", "Pe", "Pd", "Zs"))))
def test_letters_digits_and_punctuation_are_never_refused(text: str) -> None:
    words_can_be_printed({"facts": text})


def test_every_picture_that_passes_has_a_glyph_in_the_papers_fonts() -> None:
    """The planted fault: a known sign without a glyph would be refused only after the record was closed."""
    fonts.register()
    passing = []
    for code in [*range(0x2300, 0x2400), *range(0x2600, 0x27C0), *range(0x2B00, 0x2C00), *range(0x1F000, 0x20000)]:
        if unicodedata.category(chr(code)) != "Cn":
            try:
                words_can_be_printed({"facts": chr(code)})
            except WordsNotPrintable:
                continue
            passing.append(chr(code))
    assert passing, "some signs of Chinese text do pass"
    fonts.runs_of("".join(passing))


def test_the_rule_stands_on_the_page() -> None:
    for rule in RULES:
        assert f"`inspect_registry.fieldwork.words.{rule.__name__}`" in PAGE
