"""Handwriting on paper: strokes as vector lines, so that no picture has to be decoded and nothing is lost in print."""

from typing import Final

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from inspect_registry.documents.setting import INK
from inspect_registry.fieldwork.signing import BOX_HEIGHT, BOX_WIDTH

Lines = tuple[tuple[int, ...], ...]
"""x, y, x, y, … of each stroke, from the upper left corner of the box."""
_LINE_WIDTH: Final = 18
"""Of a stroke, in units of the box."""


class Ink(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """Handwriting from its strokes, as lines: no picture is decoded."""

    def __init__(self, lines: Lines, width: float = 40 * mm) -> None:
        super().__init__()
        self._lines = lines
        self._width = width

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Say the size."""
        return self._width, self._width * BOX_HEIGHT / BOX_WIDTH

    def draw(self) -> None:
        """Draw the strokes."""
        draw_ink(self.canv, self._lines, 0, 0, self._width)


def draw_ink(canvas: Canvas, lines: Lines, x: float, y: float, width: float) -> None:
    """Draw handwriting into the box of this width whose lower left corner is (x, y)."""
    path = canvas.beginPath()
    for line in lines:
        path.moveTo(line[0], line[1])
        for place in range(2, len(line), 2):
            path.lineTo(line[place], line[place + 1])
        if len(line) == 2:
            path.lineTo(line[0] + 1, line[1])
    unit = width / BOX_WIDTH
    canvas.saveState()
    canvas.translate(x, y + BOX_HEIGHT * unit)
    canvas.scale(unit, -unit)
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(_LINE_WIDTH)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.restoreState()
