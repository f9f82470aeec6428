"""The sheet: A4 with the type area of GB/T 9704-2012 (156 × 225 mm), page numbers and a footer line.

Output is deterministic: the same story gives the same bytes, so that an unchanged release stays unchanged.
"""

import io
from collections.abc import Sequence
from typing import Literal

import msgspec
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from inspect_registry.codes.qr import matrix_of_text
from inspect_registry.documents.fonts import SONG, font_for, register, text_width
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
    mark: str = ""
    """Words across the upper margin of every page, such as 演示数据."""


def make_pdf(sheet: Sheet, story: Sequence[Flowable]) -> bytes:
    """Set a story on sheets and return the file. Raises GlyphMissing where a text cannot be printed."""
    register()
    for text in (sheet.footer, sheet.mark):
        font_for(text)
    buffer = io.BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        title=sheet.title,
        author=sheet.author,
        subject=sheet.subject,
        creator="inspect-registry",
        lang="zh-CN",
        invariant=1,
        pageCompression=1,
        initialFontName=SONG,
    )
    bottom = A4[1] - TOP - HEIGHT
    frame = Frame(
        LEFT, bottom, WIDTH, A4[1] - sheet.top - bottom, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )
    document.addPageTemplates([PageTemplate(id="page", frames=[frame])])

    class Numbered(_Numbered):
        face = sheet

    document.build(list(story), canvasmaker=Numbered)
    return buffer.getvalue()


class _Numbered(Canvas):  # type: ignore[misc]  # reportlab is untyped
    """A canvas that knows the number of pages before it draws their numbers."""

    face: Sheet

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._pages: list[dict[str, object]] = []

    def showPage(self) -> None:  # noqa: N802  # reportlab's name
        """Keep the page open until the last one is known."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Draw margins and numbers, then write."""
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self._margins(number, len(self._pages))
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
