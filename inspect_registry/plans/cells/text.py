"""One spelling for what offices write in many: widths, dashes, brackets, blanks, Chinese numerals."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

_DASHES = re.compile(r"[‐-―−─━﹘﹣－～〜~∼∽]|-{2,}")
_UNDETERMINED = re.compile(
    r"待定|待明确|待确定|未定|另行(?:确定|通知|安排|制定)|(?:根据|按照?|依据?|视).{0,12}?(?:需要|情况|安排|要求|实际|工作|通知)"
    r".{0,8}?(?:确定|而定|开展|安排|实施|调整|定)?$|^按需.{0,6}$|^适时.{0,6}$|^随时$|^不定期.{0,6}$|^T\.?B\.?[AC]$|^n/?a$",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"^(?:无|没有|否|不联合|不涉及|不适用|空|[-—/\\_.。、()*]+)$")
DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
CHINESE = r"[零〇一二两三四五六七八九十百千万]+"
NUMBER = rf"(?:{DIGITS}|{CHINESE})"
_UNITS = {"十": 10, "百": 100, "千": 1000}
_FIGURES = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def plain(text: str) -> str:
    """Return the cell in one spelling: NFKC, one kind of dash, blanks gone."""
    folded = unicodedata.normalize("NFKC", text)
    folded = _DASHES.sub("-", folded)
    return re.sub(r"\s+", "", folded)


def spaced(text: str) -> str:
    """Return the cell in one spelling, its blanks and line breaks kept as separators."""
    apart = re.sub(r"[\u2460-\u2473]", lambda mark: f"\n{unicodedata.normalize('NFKC', mark[0])}.", text)  # ① to ⑳
    folded = _DASHES.sub("-", unicodedata.normalize("NFKC", apart))
    return re.sub(r"[^\S\n]+", " ", folded.replace("\r\n", "\n").replace("\r", "\n")).strip()


def tidy(text: str) -> str:
    """Return a text as written, with its line breaks and blanks pulled together, nothing else changed."""
    return re.sub(r"\s+", " ", text).strip()


def is_undetermined(text: str) -> bool:
    """Tell whether the cell says that this is not decided yet."""
    return bool(_UNDETERMINED.search(plain(text)))


def is_nothing(text: str) -> bool:
    """Tell whether the cell says that there is none."""
    return bool(_NOTHING.match(plain(text)))


def has_control_characters(text: str) -> bool:
    """Tell whether the cell holds characters that no table shows, such as NUL."""
    return any(unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\r\t" for character in text)


def number(text: str) -> Decimal | None:
    """Read a number in figures or in Chinese numerals; None if it is none."""
    if re.fullmatch(CHINESE, text):
        return _chinese(text)
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


def _chinese(text: str) -> Decimal | None:
    """Read numerals up to the ten-thousands: 二十, 一百零五, 两万, and digit by digit 二〇二六."""
    if all(character in _FIGURES for character in text):
        return Decimal("".join(str(_FIGURES[character]) for character in text))
    total, section, figure = 0, 0, 0
    for character in text:
        if character in _FIGURES:
            figure = _FIGURES[character]
        elif character == "万":
            total += (section + figure or 1) * 10_000
            section, figure = 0, 0
        else:
            section += (figure or 1) * _UNITS[character]
            figure = 0
    return Decimal(total + section + figure)
