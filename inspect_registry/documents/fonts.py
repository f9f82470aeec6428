"""The two fonts of every paper: registered once, and asked whether they can print a text.

reportlab prints a missing glyph as a blank and says nothing; a name with a hole in it on an official paper is a wrong
name. So every text is checked against the font's cmap before it is set.
"""

import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfbase.ttfonts import TTFont

from inspect_registry.documents.errors import GlyphMissing

SONG: Final = "NotoSerifSC"
"""宋体-like, for the text of papers."""
HEI: Final = "NotoSansSC"
"""黑体-like, for headings and tables."""

_FOLDER = Path(__file__).parent / "fonts"
_FILES = {SONG: "NotoSerifSC-Regular.ttf", HEI: "NotoSansSC-Regular.ttf"}
_LOCK = threading.Lock()
_GLYPHS: dict[str, frozenset[int]] = {}


_PLAIN_TO_UNICODE = ttfonts.makeToUnicodeCMap


def _to_unicode(fontname: str, subset: Sequence[int]) -> str:
    """Return reportlab's table for copying text, with rare characters as UTF-16 (PDF 32000-1, 9.10.3).

    reportlab 5.1 writes a character beyond U+FFFF as five digits, which readers refuse: names from the extension blocks
    would print well and could be neither searched nor copied.
    """
    table: str = _PLAIN_TO_UNICODE(fontname, subset)
    return re.sub(
        r"<([0-9A-F]{5,6})>$",
        lambda found: f"<{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>",
        table,
        flags=re.MULTILINE,
    )


def register() -> None:
    """Make both fonts known to reportlab; takes about a second the first time, nothing afterwards."""
    with _LOCK:
        if _GLYPHS:
            return
        ttfonts.makeToUnicodeCMap = _to_unicode
        rl_config.useA85 = 0  # Streams as bytes: a quarter smaller and sooner written than as letters.
        glyphs = {}
        for name, file in _FILES.items():
            font = TTFont(name, _FOLDER / file)
            pdfmetrics.registerFont(font)
            glyphs[name] = frozenset(font.face.charToGlyph)
        _GLYPHS.update(glyphs)


def font_for(text: str, preferred: str = SONG) -> str:
    """Return a font that has every character of the text: the preferred one if it can.

    Raises GlyphMissing, naming the characters, when neither font has them all.
    """
    register()
    wanted = {ord(character) for character in text if character != "\n"}
    if wanted <= _GLYPHS[preferred]:
        return preferred
    other = HEI if preferred == SONG else SONG
    if wanted <= _GLYPHS[other]:
        return other
    missing = sorted(wanted - _GLYPHS[preferred] - _GLYPHS[other]) or sorted(wanted - _GLYPHS[preferred])
    shown = "、".join(f"“{chr(code) if chr(code).isprintable() else '?'}”（U+{code:04X}）" for code in missing[:10])
    raise GlyphMissing(
        f"“{text[:40]}”中有字库没有的字：{shown}",
        rule="document-glyphs",
        remedy="请核对该字；确为生僻字的，请联系系统管理员补充字库",
    )


def runs_of(text: str, preferred: str = SONG) -> list[tuple[str, str]]:
    """Return the text as runs of (font, text): what the preferred face lacks is set in the other one.

    Raises GlyphMissing where neither face has a character.
    """
    try:
        return [(font_for(text, preferred), text)]
    except GlyphMissing:
        other = HEI if preferred == SONG else SONG
        if {ord(one) for one in text if one != "\n"} - _GLYPHS[preferred] - _GLYPHS[other]:
            raise
    runs: list[tuple[str, str]] = []
    for one in text:
        face = preferred if ord(one) in _GLYPHS[preferred] or one == "\n" else other
        if runs and runs[-1][0] == face:
            runs[-1] = (face, runs[-1][1] + one)
        else:
            runs.append((face, one))
    return runs


GETA: Final = "〓"
"""Stands for a character that cannot be printed, as Chinese printers have always shown one."""


def with_geta(text: str, preferred: str = SONG) -> str:
    """Return the text with a visible mark for each character that no font has: for long lists, never for one paper.

    One registered name with a rare character must not keep a district's whole month from being announced.
    """
    try:
        font_for(text, preferred)
    except GlyphMissing:
        both = _GLYPHS[SONG] | _GLYPHS[HEI]
        return "".join(one if ord(one) in both or one == "\n" else GETA for one in text)
    return text


def text_width(text: str, font: str, size: float) -> float:
    """Return the width of one line in points, with what the face lacks set in the other one."""
    if font_has(font, text):
        width: float = pdfmetrics.stringWidth(text, font, size)
        return width
    return sum((text_width(run, face, size) for face, run in runs_of(text, font)), 0.0)


def font_has(font: str, text: str) -> bool:
    """Say whether one face has every character."""
    register()
    return _GLYPHS[font].issuperset(map(ord, text))
