"""Two languages of one set of templates: Chinese as written, and an English frame around the same Chinese data.

Templates are plain Chinese. For the English pages their source is translated once, when the kit is loaded: every run of
Chinese text between tags, in an attribute or in a quoted literal is a phrase of public_site/english.toml. A phrase
that is missing there stays Chinese (publishing must not fail for it) and fails a test; rendering costs the same.

What comes from the register (names, laws, reasons, addresses) is data and stays Chinese, marked with its language.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from inspect_registry.clock import shanghai
from inspect_registry.publication.dates import (
    chinese_day,
    chinese_minute,
    chinese_month,
    chinese_weekday,
    full_day,
)

_HAN: Final = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_TOKEN: Final = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|[<>\"]|[^<>\"{]+|\{", re.DOTALL)
_LITERAL: Final = re.compile(r'"([^"\\]*)"')
_BLANKS: Final = re.compile(r"[ \t\r\n]+")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


class Language(StrEnum):
    """Of a page's frame; the value is its BCP 47 tag."""

    CHINESE = "zh-CN"
    ENGLISH = "en"

    @property
    def folder(self) -> str:
        """Return where its pages are, from the site's root."""
        return "en/" if self is Language.ENGLISH else ""

    @property
    def other(self) -> "Language":
        """Return the language that the switch leads to."""
        return Language.CHINESE if self is Language.ENGLISH else Language.ENGLISH


class Words:
    """What a page's code says in one language: phrases, days and months."""

    def __init__(self, language: Language, phrases: Mapping[str, str]) -> None:
        self.language = language
        self._phrases = phrases

    def say(self, phrase: str, **values: object) -> str:
        """Return a phrase, its {names} filled in."""
        found = phrase if self.language is Language.CHINESE else self._phrases.get(phrase, phrase)
        return found.format(**values) if values else found

    def day(self, day: date) -> str:
        """12月8日, 8 December."""
        return chinese_day(day) if self.language is Language.CHINESE else f"{day.day} {_MONTHS[day.month - 1]}"

    def weekday(self, day: date) -> str:
        """星期二, Tuesday."""
        return chinese_weekday(day) if self.language is Language.CHINESE else _WEEKDAYS[day.weekday()]

    def full_day(self, day: date) -> str:
        """2026年12月8日, 8 December 2026."""
        return full_day(day) if self.language is Language.CHINESE else f"{self.day(day)} {day.year}"

    def month(self, month: date) -> str:
        """2026年12月, December 2026."""
        return chinese_month(month) if self.language is Language.CHINESE else f"{_MONTHS[month.month - 1]} {month.year}"

    def minute(self, instant: datetime) -> str:
        """2026年12月8日 9:05, 8 December 2026, 9:05; in Shanghai."""
        if self.language is Language.CHINESE:
            return chinese_minute(instant)
        local = shanghai(instant)
        return f"{self.full_day(local.date())}, {local.hour}:{local.minute:02d}"


def load_phrases(file: Path) -> dict[str, str]:
    """Read the catalogue: Chinese phrase to English phrase."""
    return {str(key): str(value) for key, value in tomllib.loads(file.read_text("utf-8")).items()}


def english_template(source: str, phrases: Mapping[str, str]) -> str:
    """Return a template's source with every Chinese phrase in English."""
    out: list[str] = []
    unit: list[str] = []
    inside = quoted = False  # Of a tag; of an attribute's value.

    def flush() -> None:
        out.append(_unit("".join(unit), phrases))
        unit.clear()

    for piece in _TOKEN.findall(source):
        if piece.startswith("{#"):
            flush()
        elif piece.startswith("{%"):
            flush()
            out.append(_literals(piece, phrases))
        elif (piece == "<" and not inside) or (piece == ">" and inside and not quoted):
            flush()
            inside = piece == "<"
            out.append(piece)
        elif piece == '"' and inside:
            flush()
            quoted = not quoted
            out.append(piece)
        elif inside and not quoted:
            out.append(_literals(piece, phrases))
        else:
            unit.append(piece)
    flush()
    return "".join(out)


def _unit(text: str, phrases: Mapping[str, str]) -> str:
    """Translate one run of text with the expressions in it; what is around it stays."""
    if not _HAN.search(re.sub(r"\{\{.*?\}\}", "", text, flags=re.DOTALL)):
        return _literals(text, phrases)
    bare = text.strip(" \t\r\n")
    start = text.index(bare)
    return text[:start] + phrases.get(_BLANKS.sub(" ", bare), bare) + text[start + len(bare) :]


def _literals(code: str, phrases: Mapping[str, str]) -> str:
    def one(match: re.Match[str]) -> str:
        return f'"{phrases.get(match[1], match[1])}"' if _HAN.search(match[1]) else match[0]

    return _LITERAL.sub(one, code)
