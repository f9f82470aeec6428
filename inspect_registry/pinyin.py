"""Chinese text for sorting and searching: stored sort keys, initials, and one folding of widths and case.

Keys are computed when a row is written and stored beside the text, because the database of this service has no
Chinese collation (C.UTF-8, also with the embedded server). Readings come from pypinyin with its phrase dictionary,
so 重庆 is chongqing. Leaves alone what is not a Chinese character.
"""

import unicodedata
from functools import lru_cache
from typing import Final

from pypinyin import Style, pinyin

_SEPARATORS: Final = frozenset("·•・-—–_()（）[]【】〔〕《》“”\"'、，,。.；;：:/\\")


def fold(text: str) -> str:
    """Half width, lower case, no blanks, no punctuation: equal for texts that a person would call the same.

    Repeated until nothing changes, because what falls out can bring composing characters together.
    """
    while (folded := _fold_once(text)) != text:
        text = folded
    return text


def _fold_once(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in folded if c not in _SEPARATORS and not c.isspace() and unicodedata.category(c) != "Cf")


@lru_cache(maxsize=65_536)
def _readings(text: str) -> tuple[str, ...]:
    """One reading with its tone for each Chinese character; each run of others as it stands, marked with a leading `=`.

    The second mark cuts off the tone that pypinyin hangs on a character for which it has no reading (𠮷).
    """
    found = pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, errors=lambda run: f"={run}=")
    return tuple(r[0][: r[0].rindex("=")] if r[0].startswith("=") else r[0] for r in found)


def sort_key(text: str) -> str:
    """A text whose order in code points is the order of 拼音, then of tones, then of the characters themselves.

    Syllables are joined by an apostrophe and ended by a blank, so that 南翔 stands before 南翔镇 and xi before xian.
    """
    readings = _readings(fold(text))
    syllables = "'".join(r[1:] if r.startswith("=") else r[:-1] for r in readings)
    tones = "".join(r[-1] for r in readings if not r.startswith("="))
    return f"{syllables} {tones} {text}"


def initials(text: str) -> str:
    """First letters of the readings (嘉定 is jd); digits and Latin letters stay, each other character falls out."""
    kept = "".join(r[1:] if r.startswith("=") else r[0] for r in _readings(fold(text)))
    return "".join(c for c in kept if c.isascii() and c.isalnum())
