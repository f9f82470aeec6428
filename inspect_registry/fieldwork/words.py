"""What may stand in a record, because it must stand on a paper: letters and signs, no emoji, no hidden character.

A phone's keyboard offers emoji beside the full stop. In a closed record one of them would keep the on-site record, the
result and the order from ever being printed, and a signer's name cannot be corrected at all. So it is refused while
everybody is still there. A rare Chinese character is no fault: a font can be added for it.
"""

import unicodedata
from collections.abc import Mapping
from typing import Final

from inspect_registry.errors import Place
from inspect_registry.fieldwork.errors import WordsNotPrintable

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SPACING: Final = frozenset("\n\r\t")
_PICTURES: Final = (
    range(0x20D0, 0x2100), range(0x2300, 0x2400), range(0x2600, 0x27C0), range(0x2B00, 0x2C00),
    range(0xFE00, 0xFE10), range(0x1F000, 0x20000),
)  # fmt: skip
"""Blocks of pictures and of what is put over a letter; Chinese text needs few of them."""
_KNOWN: Final = frozenset("★☆☎♀♂✓⚠❶❷❸❹❺❻❼❽❾❿⌒")
"""Those few; the fonts of the papers have them."""
_SHOWN: Final = 20


def words_can_be_printed(words: Mapping[str, str]) -> None:
    """记录中的文字须能印在文书上：不得有表情、图标、控制字符。

    `words` by field. 《党政机关公文格式》（GB/T 9704-2012）的文书只用文字和标点。
    """
    places = [
        Place(field=field, text=text[:40], message=f"请删去{_named(unfit)}")
        for field, text in words.items()
        if (unfit := _unfit(text))
    ]
    if places:
        raise WordsNotPrintable(
            f"{len(places)}处有印不出来的字符：{'；'.join(place.message for place in places[:3])}。",
            rule="words-printable",
            basis="《党政机关公文格式》（GB/T 9704-2012）",
            remedy="请只用文字和标点。",
            places=tuple(places[:100]),
        )


def _unfit(text: str) -> list[str]:
    return [one for one in dict.fromkeys(text) if one not in _SPACING and one not in _KNOWN and _is_unfit(one)]


def _is_unfit(one: str) -> bool:
    return unicodedata.category(one) in _HIDDEN or any(ord(one) in block for block in _PICTURES)


def _named(unfit: list[str]) -> str:
    shown = [f"“{one}”" if one.isprintable() else f"U+{ord(one):04X}" for one in unfit[:_SHOWN]]
    return "、".join(shown)


RULES: Final = (words_can_be_printed,)
"""All rules of this file; docs/rules.md and the tests read this list."""
