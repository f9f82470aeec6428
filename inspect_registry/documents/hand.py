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
    unit = width / BOX_WIDTH
    path = canvas.beginPath()
    for line in lines:
        points = [(x + a * unit, y + (BOX_HEIGHT - b) * unit) for a, b in zip(line[::2], line[1::2], strict=False)]
        path.moveTo(*points[0])
        for point in points[1:] or [(points[0][0] + unit, points[0][1])]:
            path.lineTo(*point)
    canvas.saveState()
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(_LINE_WIDTH * unit)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.restoreState()
