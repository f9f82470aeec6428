"""The one-time word: six digits, one code, five minutes and five more."""

from datetime import timedelta

import pytest

from inspect_registry.codes.errors import SigningUnavailable
from inspect_registry.codes.words import WORD_SECONDS, word_at, word_fits
from tests.code_builders import CODE_ID, NOON, a_key_ring

KEYS = a_key_ring()


def test_a_word_has_six_digits_and_stays_for_its_period() -> None:
    word = word_at(KEYS, CODE_ID, NOON)
    assert len(word) == 6
    assert word.isdigit()
    assert word_at(KEYS, CODE_ID, NOON + timedelta(seconds=WORD_SECONDS - 1)) == word
    assert word_at(KEYS, CODE_ID, NOON + timedelta(seconds=WORD_SECONDS)) != word


def test_a_word_fits_in_its_period_and_the_next_one_only() -> None:
    word = word_at(KEYS, CODE_ID, NOON)
    fits = [word_fits(KEYS, CODE_ID, NOON + timedelta(seconds=WORD_SECONDS * n), word) for n in (-1, 0, 1, 2)]
    assert fits == [False, True, True, False]


def test_another_code_and_another_key_have_other_words() -> None:
    words = {word_at(KEYS, number.to_bytes(16, "big"), NOON) for number in range(200)}
    assert len(words) > 190
    assert word_at(a_key_ring(mac=b"x"), CODE_ID, NOON) != word_at(KEYS, CODE_ID, NOON)


def test_rubbish_never_fits() -> None:
    for typed in ("", "12345", "1234567", "一二三四五六", "\x00" * 6, " " * 6):
        assert not word_fits(KEYS, CODE_ID, NOON, typed)


def test_full_width_digits_and_gaps_are_the_same_word() -> None:
    word = word_at(KEYS, CODE_ID, NOON)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in word)
    for typed in (wide, f"{word[:3]} {word[3:]}", f"\u3000{wide[:3]}\u3000{wide[3:]}"):
        assert word_fits(KEYS, CODE_ID, NOON, typed)
        assert not word_fits(KEYS, CODE_ID, NOON, typed[:-1])


def test_a_word_is_judged_within_minutes_of_the_first_key() -> None:
    """The period before a fresh installation's first key has no word; the present one must still fit."""
    young = a_key_ring(sign_from=NOON - timedelta(seconds=20))
    word = word_at(young, CODE_ID, NOON)
    assert word_fits(young, CODE_ID, NOON, word)
    assert not word_fits(young, CODE_ID, NOON, "000000" if word != "000000" else "000001")
    with pytest.raises(SigningUnavailable):
        word_fits(young, CODE_ID, NOON - timedelta(minutes=1), word)
