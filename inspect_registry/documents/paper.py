"""The sheet: A4 with the type area of GB/T 9704-2012 (156 × 225 mm), page numbers and a footer line.

Output is deterministic: the same story gives the same bytes, so that an unchanged release stays unchanged.
"""

import io
from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate

from inspect_registry.codes.qr import matrix_of_text
from inspect_registry.documents.fonts import SONG, font_for, register, text_width
from inspect_registry.documents.hand import Lines, draw_ink
from inspect_registry.documents.setting import INK, RULE, draw_qr

LEFT, TOP = 28 * mm, 37 * mm
WIDTH, HEIGHT = 156 * mm, 225 * mm
QR_SIDE = 17 * mm


class LedgerMark(msgspec.Struct, frozen=True, kw_only=True):
    """Which entry of the ledger tells of a paper; its number comes after the paper is made, so it cannot stand here."""

    entry: str
    """Kind and outside identity of the entry's subject, such as document/2qz…."""
    address: str
    """Where its proof is shown and its receipt fetched."""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on every page and in the file's properties."""

    title: str
    author: str
    subject: str = ""
    footer: str = ""
    """One line at the foot of every page, such as the paper's number."""
    ledger: LedgerMark | None = None
    """Named at the foot of every page; its address also as a QR code on the first."""
    top: float = TOP
    """Height of the upper margin in points: 37 mm on official papers, less on forms."""
    pages: Literal["dash", "of"] = "of"
    """`— 1 —` as on official papers, or 第 1 页 共 2 页 as on records."""
    initial: Lines = ()
    """Handwriting at the foot of every page (逐页签名), as strokes; empty = none."""
    mark: str = ""
    """Words across the upper margin of every page, such as 演示数据."""


def make_pdf(sheet: Sheet, story: Sequence[Flowable]) -> bytes:
    """Set a story on sheets and return the file. Raises GlyphMissing where a text cannot be printed."""
    return bind(sheet, [(sheet, story)])


def bind(cover: Sheet, papers: Sequence[tuple[Sheet, Sequence[Flowable]]]) -> bytes:
    """Set several papers into one file, each on pages of its own count; `cover` gives properties and upper margin.

    They share their fonts: a thousand records weigh little more than their words.
    """
    register()
    for sheet, _ in papers:
        for text in (sheet.footer, sheet.mark):
            font_for(text)
    buffer = io.BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        title=cover.title,
        author=cover.author,
        subject=cover.subject,
        creator="inspect-registry",
        lang="zh-CN",
        invariant=1,
        pageCompression=1,
        initialFontName=SONG,
    )
    bottom = A4[1] - TOP - HEIGHT
    frame = Frame(
        LEFT, bottom, WIDTH, A4[1] - cover.top - bottom, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )
    document.addPageTemplates([PageTemplate(id="page", frames=[frame])])
    whole: list[Flowable] = []
    for number, (sheet, story) in enumerate(papers):
        whole += [PageBreak()] if number else []
        whole += [_Opening(sheet), *story]
    document.build(whole, canvasmaker=_Numbered)
    return buffer.getvalue()


class _Opening(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """Takes no room; says whose pages follow."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self._sheet = sheet

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Take no room."""
        return 0, 0

    def draw(self) -> None:
        """Tell the canvas."""
        self.canv.face = self._sheet
        self.canv.paper += 1


class _Numbered(Canvas):  # type: ignore[misc]  # reportlab is untyped
    """A canvas that knows the number of pages before it draws their numbers."""

    face: Sheet
    paper = 0

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._pages: list[dict[str, object]] = []

    def showPage(self) -> None:  # noqa: N802  # reportlab's name
        """Keep the page open until the last one is known."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Draw margins and numbers, then write."""
        pages_of = Counter(page["paper"] for page in self._pages)
        number = Counter[object]()
        for page in self._pages:
            self.__dict__.update(page)
            number[self.paper] += 1
            self._margins(number[self.paper], pages_of[self.paper])
            super().showPage()
        super().save()

    def _margins(self, number: int, count: int) -> None:
        sheet = self.face
        self.setFillColor(INK)
        if sheet.pages == "dash":
            text = f"— {number} —"
            size = 14.0
            x = LEFT + WIDTH - text_width(text, SONG, size) - size if number % 2 else LEFT + size
            self._line(text, x, 26 * mm, size)
        else:
            text = f"第 {number} 页　共 {count} 页"
            self._line(text, LEFT + (WIDTH - text_width(text, SONG, 10.5)) / 2, 22 * mm, 10.5)
        if sheet.footer:
            self.setFillColor(RULE)
            self._line(sheet.footer, LEFT, 16 * mm, 8)
        if sheet.initial:
            self.setFillColor(RULE)
            self._line("当事人逐页签名", LEFT, 22 * mm, 8)
            draw_ink(self, sheet.initial, LEFT + 21 * mm, 19.5 * mm, 22 * mm)
        if sheet.ledger:
            self._ledger(sheet.ledger, first=number == 1)
        if sheet.mark:
            self.setFillColor(RULE)
            self._line(sheet.mark, LEFT + WIDTH - text_width(sheet.mark, SONG, 9), A4[1] - 14 * mm, 9)

    def _ledger(self, mark: LedgerMark, *, first: bool) -> None:
        self.setFillColor(RULE)
        self._line(f"台账条目 {mark.entry}；编号后可在下列网址核对并取回执", LEFT, 12.5 * mm, 7.5)
        self._line(mark.address, LEFT, 9 * mm, 7.5)
        if first:
            draw_qr(self, matrix_of_text(mark.address), LEFT + WIDTH - QR_SIDE, 7 * mm, QR_SIDE)

    def _line(self, text: str, x: float, y: float, size: float) -> None:
        self.setFont(font_for(text, SONG), size)
        self.drawString(x, y, text)
