"""Type on paper: styles of GB/T 9704, paragraphs, tables and QR codes as reportlab flowables.

Text is plain from end to end. reportlab's Paragraph reads its text as markup, which has been the door of its known
holes (files and addresses opened by <img>, code run by <font color>); nothing here interprets a text, so a name
that looks like markup is printed as it is.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, LongTable, Table, TableStyle

from inspect_registry.documents.breaking import break_lines
from inspect_registry.documents.fonts import HEI, SONG, font_has, runs_of, text_width

INK = HexColor("#1a1a1a")
RED = HexColor("#c8161d")
RULE = HexColor("#7a7a7a")
SHADE = HexColor("#f0f2f4")


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How a paragraph is set; lengths in points, indents in characters."""

    font: str = SONG
    size: float = 15.75
    """三号 by default: 28 characters on a line of 156 mm."""
    leading: float = 29.0
    """22 lines on 225 mm."""
    align: Literal["left", "centre", "right", "justify"] = "justify"
    first_indent: float = 2
    indent: float = 0
    right_indent: float = 0
    before: float = 0
    after: float = 0
    colour: Color = INK
    keep_with_next: bool = False


BODY = Style()
FLUSH = Style(first_indent=0)
HEADING = Style(font=HEI, first_indent=2, align="left", keep_with_next=True)
TITLE = Style(size=21, leading=32, align="centre", first_indent=0, before=18, after=20)
"""Stands at the head of a page. Not kept with what follows: a table of many pages would be pushed off its page."""
SIGNATURE = Style(align="right", first_indent=0, right_indent=2)
SMALL = Style(size=12, leading=20)
NOTE = Style(size=10.5, leading=16, first_indent=0, align="left")
CAPTION = Style(font=HEI, size=12, leading=20, first_indent=0, align="left", before=10)
CELL = Style(size=10.5, leading=15, first_indent=0, align="left")
CELL_HEAD = Style(font=HEI, size=10.5, leading=15, first_indent=0, align="centre")


class Prose(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """One paragraph of plain text, broken by Chinese rules; splits over pages by lines, two at least on each side."""

    def __init__(self, text: str, style: Style = BODY, *, lines: Sequence[str] | None = None) -> None:
        super().__init__()
        self._text = text
        self._style = style
        runs = runs_of(text, style.font)
        self._font = runs[0][0] if len(runs) == 1 else style.font
        self._given = list(lines) if lines is not None else None
        self._lines: list[str] = []
        self.spaceBefore = style.before
        self.spaceAfter = style.after
        self.keepWithNext = style.keep_with_next

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Break the text for this width and say how high it is."""
        style = self._style
        room = width - (style.indent + style.right_indent) * style.size
        self._room = room
        if self._given is not None:
            self._lines = self._given
        else:
            first = room - style.first_indent * style.size
            self._lines = break_lines(self._text, self._width, first, room)
        self._height = len(self._lines) * style.leading
        return width, self._height

    def split(self, width: float, height: float) -> list[Flowable]:
        """Give back the part that fits and the rest, or nothing when fewer than two lines fit."""
        self.wrap(width, height)
        fitting = int(height // self._style.leading)
        if fitting >= len(self._lines):
            return [self]
        fitting = min(fitting, len(self._lines) - 2)
        if fitting < 2:
            return []
        head = Prose(self._text, msgspec.structs.replace(self._style, after=0), lines=self._lines[:fitting])
        tail_style = msgspec.structs.replace(self._style, first_indent=0, before=0)
        tail = Prose(self._text, tail_style, lines=self._lines[fitting:])
        head._open_end = True
        return [head, tail]

    _open_end = False
    _room = 0.0
    _height = 0.0

    def draw(self) -> None:
        """Draw the lines; all but a paragraph's last are spread when it is justified."""
        style = self._style
        self.canv.setFillColor(style.colour)
        for number, line in enumerate(self._lines):
            indent = style.first_indent * style.size if number == 0 else 0.0
            last = number == len(self._lines) - 1 and not self._open_end
            y = self._height - number * style.leading - (style.leading + style.size * 0.72) / 2
            self._draw_line(line, indent, y, spread=style.align == "justify" and not last)

    def _draw_line(self, line: str, indent: float, y: float, *, spread: bool) -> None:
        style = self._style
        room = self._room - indent
        spare = room - self._width(line)
        x = style.indent * style.size + indent
        if style.align == "centre":
            x += spare / 2
        elif style.align == "right":
            x += spare
        text = self.canv.beginText(x, y)
        if spread and len(line) > 1 and 0 < spare < 3 * style.size:
            text.setCharSpace(spare / (len(line) - 1))
        for face, run in [(self._font, line)] if font_has(self._font, line) else runs_of(line, self._font):
            text.setFont(face, style.size)
            text.textOut(run)
        text.setCharSpace(0)
        self.canv.drawText(text)

    def _width(self, text: str) -> float:
        return text_width(text, self._font, self._style.size)


def caption(text: str) -> list[Flowable]:
    """Make a caption that does not stand alone at the foot of a page."""
    return [CondPageBreak(4 * CAPTION.leading), Prose(text, CAPTION)]


class QrCode(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """A QR code from its matrix of dark modules, quiet zone not included, drawn as one path."""

    QUIET = 4
    """Modules of white around it (ISO/IEC 18004 demands four)."""

    def __init__(self, matrix: Sequence[Sequence[bool]], side: float = 40 * mm, align: str = "CENTER") -> None:
        super().__init__()
        self._matrix = matrix
        self._side = side
        self.hAlign = align

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Say the size: a square."""
        return self._side, self._side

    def draw(self) -> None:
        """Draw each row's runs of dark modules as rectangles of one path."""
        draw_qr(self.canv, self._matrix, 0, 0, self._side)


def draw_qr(canvas: Canvas, matrix: Sequence[Sequence[bool]], x: float, y: float, side: float) -> None:
    """Draw a QR code with its quiet zone into the square at (x, y)."""
    module = side / (len(matrix) + 2 * QrCode.QUIET)
    path = canvas.beginPath()
    for row, cells in enumerate(matrix):
        bottom = y + side - (QrCode.QUIET + row + 1) * module
        column = 0
        while column < len(cells):
            run = column
            while run < len(cells) and cells[run]:
                run += 1
            if run > column:
                path.rect(x + (QrCode.QUIET + column) * module, bottom, (run - column) * module, module)
            column = run + 1
    canvas.setFillColorRGB(0, 0, 0)
    canvas.drawPath(path, stroke=0, fill=1)


def grid(
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    head: int = 1,
    style: Style = CELL,
    head_columns: Sequence[int] = (),
) -> Table:
    """Make a ruled table of plain texts; `head` rows repeat on every page, `head_columns` are set as labels.

    Widths in points. Cells are broken to their column by Chinese rules.
    """
    padding = 4
    commands: list[tuple[object, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, RULE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), padding),
        ("RIGHTPADDING", (0, 0), (-1, -1), padding),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ("FONT", (0, 0), (-1, -1), style.font, style.size, style.leading),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
    ]
    if head:
        commands += [
            ("FONT", (0, 0), (-1, head - 1), CELL_HEAD.font, style.size, style.leading),
            ("BACKGROUND", (0, 0), (-1, head - 1), SHADE),
            ("ALIGN", (0, 0), (-1, head - 1), "CENTER"),
        ]
    for column in head_columns:
        commands += [
            ("FONT", (column, head), (column, -1), CELL_HEAD.font, style.size, style.leading),
            ("BACKGROUND", (column, head), (column, -1), SHADE),
            ("ALIGN", (column, head), (column, -1), "CENTER"),
        ]
    cells: list[list[str | Prose]] = []
    for number, row in enumerate(rows):
        line: list[str | Prose] = []
        for column, text in enumerate(row):
            preferred = CELL_HEAD.font if number < head or column in head_columns else style.font
            runs = runs_of(text, preferred)
            if len(runs) > 1:  # Two faces in one cell: set as a paragraph of its own.
                line.append(Prose(text, msgspec.structs.replace(style, font=preferred)))
                continue
            font = runs[0][0]
            if font != preferred:
                commands.append(("FONT", (column, number), (column, number), font, style.size, style.leading))
            line.append("\n".join(_cell_lines(text, font, style.size, widths[column] - 2 * padding - 0.5)))
        cells.append(line)
    table = LongTable(cells, colWidths=list(widths), repeatRows=head, hAlign="CENTER")
    table.setStyle(TableStyle(commands))
    return table


def _cell_lines(text: str, font: str, size: float, room: float) -> list[str]:
    return break_lines(text, lambda part: text_width(part, font, size), room, room)
