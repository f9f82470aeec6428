"""What all papers of an inspection share: the head, the officers, the ruled facts, handwriting and where it stands.

A paper is a struct of plain values (its snapshot) and a function that sets it; both are named in `papers.py`.
"""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Table, TableStyle

from inspect_registry.clock import shanghai
from inspect_registry.documents.hand import Ink, Lines
from inspect_registry.documents.paper import LedgerMark, Sheet
from inspect_registry.documents.setting import CELL, NOTE, RULE, SHADE, SMALL, TITLE, Prose, Style, grid

LABEL = 26 * mm
VALUE = 130 * mm
FORM_TOP = 25 * mm
"""Upper margin of forms: less than the 37 mm of official letters."""
_RIGHT = Style(size=12, leading=22, align="right", first_indent=0, right_indent=1)


class Officer(msgspec.Struct, frozen=True, kw_only=True):
    """One certified officer as a paper names him."""

    name: str
    certificate_no: str
    department: str


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """One place where somebody signs."""

    label: str
    """Such as 当事人签名."""
    name: str = ""
    """Who signed, with position; empty where nobody has."""
    lines: Lines = ()
    """The strokes; empty where it was signed on another sheet or not at all."""
    on: str = ""
    """When, to the minute; empty leaves the line for a pen."""
    note: str = ""
    """Such as: 签名所签为第1版."""


class Common(msgspec.Struct, frozen=True, kw_only=True):
    """What every paper carries beside its own matter."""

    number: str
    """Its 发文字号; empty on a draft."""
    department: str
    """Full name of the authority whose paper it is."""
    replaces: str = ""
    """Number of the paper that it replaces, with the reason."""
    footer: str = ""
    ledger: LedgerMark | None = None
    mark: str = ""


def sheet_of(content: Common, title: str, *, initial: Lines = ()) -> Sheet:
    """Return the sheet of a form."""
    return Sheet(
        title=f"{title} {content.number}".strip(),
        author=content.department,
        top=FORM_TOP,
        footer=content.footer,
        ledger=content.ledger,
        mark=content.mark,
        initial=initial,
    )


def head(content: Common, title: str) -> list[Flowable]:
    """Make the head: the authority, the title, the number, and what it replaces."""
    story: list[Flowable] = [
        Prose(content.department, Style(size=18, leading=28, align="centre", first_indent=0)),
        Prose(title, msgspec.structs.replace(TITLE, before=0, after=4)),
    ]
    if content.number:
        story.append(Prose(content.number, msgspec.structs.replace(SMALL, align="centre", first_indent=0, after=6)))
    if content.replaces:
        story.append(Prose(content.replaces, msgspec.structs.replace(NOTE, align="centre", after=6)))
    return story


def facts(rows: Sequence[tuple[str, str]]) -> Table:
    """Make the ruled list of labels and what stands to them."""
    return grid([list(row) for row in rows], [LABEL, VALUE], head=0, head_columns=(0,))


def officers_text(officers: Sequence[Officer]) -> str:
    """Name officers with certificate number and authority, one a line."""
    return "\n".join(f"{one.name}　执法证号 {one.certificate_no}　{one.department}" for one in officers)


def numbered(texts: Sequence[str], style: Style = SMALL, *, start: int = 1) -> list[Flowable]:
    """Set texts as 1. 2. 3."""
    return [Prose(f"{number}. {text}", style) for number, text in enumerate(texts, start=start)]


def seal_and_day(department: str, day: date) -> list[Flowable]:
    """Leave the place for the seal, and set the day below it."""
    return [
        Prose(f"{department}（印章）", msgspec.structs.replace(_RIGHT, before=8)),
        Prose(chinese_day(day), msgspec.structs.replace(_RIGHT, after=6)),
    ]


def chinese_day(day: date) -> str:
    """Return a day as papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_minute(instant: datetime, between: str = "") -> str:
    """Return an instant of Shanghai as papers write it, with `between` between day and time."""
    local = shanghai(instant)
    return f"{chinese_day(local.date())}{between}{local.hour}时{local.minute:02d}分"


def signed_on(instant: datetime) -> str:
    """Return when somebody signed, the time below the day: a signature's cell is narrow."""
    return chinese_minute(instant, between="\n")


def signatures(hands: Sequence[Hand]) -> Table:
    """Make the ruled lines where people sign: who, the handwriting, the day."""
    rows = []
    for hand in hands:
        told = [Prose(hand.name, CELL)] if hand.name else []
        written: list[Flowable] = [Ink(hand.lines)] if hand.lines else []
        if hand.note:
            told.append(Prose(hand.note, msgspec.structs.replace(CELL, size=9, leading=12)))
        day = hand.on or "　　年　　月　　日"
        rows.append([Prose(hand.label, _LABEL_STYLE), written or "", told or "", Prose(day, CELL)])
    table = Table(rows, colWidths=[LABEL, 46 * mm, 44 * mm, 40 * mm], hAlign="CENTER")
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, RULE),
                ("BACKGROUND", (0, 0), (0, -1), SHADE),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), 4),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        )
    )
    return table


_LABEL_STYLE = msgspec.structs.replace(CELL, align="centre")
