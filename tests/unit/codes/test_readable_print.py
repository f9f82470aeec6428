"""Five hundred codes, printed 25 mm wide and mistreated: an independent decoder reads them, and never reads wrong."""

import io
import random

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from inspect_registry.codes.qr import QUIET_MODULES, matrix_of, png_of, runs_of, svg_of
from tests.unit.codes.test_qr import a_url, decode

SIDE_MM = 25
DPI = 150
CODES = 500


def from_png(url: str) -> Image.Image:
    return Image.open(io.BytesIO(png_of(url)))


def from_svg(url: str) -> Image.Image:
    """Paint the SVG's own path data, eight pixels a module."""
    text = svg_of(url)
    side = int(text.split('viewBox="0 0 ')[1].split(" ")[0])
    picture = Image.new("L", (side * 8, side * 8), 255)
    draw = ImageDraw.Draw(picture)
    for part in text.split('<path d="')[1].split('"')[0].split("z")[:-1]:
        x, rest = part[1:].split(" ")
        y, length = rest.split("h")[0], rest.split("h")[1].split("v")[0]
        left, top = int(x) * 8, int(y) * 8
        draw.rectangle((left, top, left + int(length) * 8 - 1, top + 7), fill=0)
    return picture


def from_pdf(url: str) -> Image.Image:
    """Draw the runs as one path on a page, and render the page."""
    matrix = matrix_of(url)
    module = SIDE_MM * mm / (len(matrix) + 2 * QUIET_MODULES)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(SIDE_MM * mm, SIDE_MM * mm))
    path = canvas.beginPath()
    for column, row, length in runs_of(matrix):
        top = SIDE_MM * mm - (row + 1 + QUIET_MODULES) * module
        path.rect((column + QUIET_MODULES) * module, top, length * module, module)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.save()
    page = pypdfium2.PdfDocument(buffer.getvalue())[0]
    return page.render(scale=600 / 72).to_pil()


def dirtied(printed: Image.Image, rng: random.Random) -> Image.Image:
    """Smear a tenth of the area with half-transparent grease and ink, and spatter the code with opaque specks."""
    side = printed.width
    smears = Image.new("L", printed.size, 0)
    draw = ImageDraw.Draw(smears)
    while smears.histogram()[0] > 0.9 * side * side:
        x, y, width, height = (rng.randrange(side), rng.randrange(side), rng.randrange(6, 30), rng.randrange(3, 12))
        draw.ellipse((x, y, x + width, y + height), fill=110)
    grey = Image.new("L", printed.size, rng.randrange(60, 200))
    dirty = Image.composite(grey, printed, smears)
    specks = ImageDraw.Draw(dirty)
    for _ in range(12):
        x, y = rng.randrange(side), rng.randrange(side)
        specks.rectangle((x, y, x + 1, y + 1), fill=rng.choice((0, 255)))
    return dirty


def printed(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Print 25 mm wide at 150 dpi, dirty it, and lay it on white paper."""
    side = round(SIDE_MM / 25.4 * DPI)
    small = dirtied(picture.convert("L").resize((side, side), Image.Resampling.LANCZOS), rng)
    sheet = Image.new("L", (side * 2, side * 2), 255)
    sheet.paste(small, (side // 2, side // 2))
    return sheet


def scanned(sheet: Image.Image, rng: random.Random) -> str:
    """Hold a phone over the sheet: up to six frames, each from another angle and distance and out of focus."""
    for _frame in range(6):
        size = round(sheet.width * rng.uniform(1.5, 4))
        photo = sheet.resize((size, size), Image.Resampling.BICUBIC)
        photo = photo.rotate(rng.uniform(-40, 40), resample=Image.Resampling.BICUBIC, fillcolor=255)
        text = decode(photo.filter(ImageFilter.GaussianBlur(rng.uniform(0, size / sheet.width * 0.8))))
        if text:
            return text
    return ""


@pytest.mark.parametrize("source", [from_png, from_svg, from_pdf])
def test_each_way_of_drawing_is_read_back(source) -> None:
    assert decode(source(a_url(7))) == a_url(7)


def test_the_harness_sees_a_code_that_is_beyond_reading() -> None:
    picture = from_png(a_url(1)).convert("L")
    ImageDraw.Draw(picture).rectangle((0, 0, picture.width // 2, picture.height), fill=255)
    assert decode(picture) == ""


@pytest.mark.long
def test_of_five_hundred_mistreated_codes_99_in_100_are_read_and_none_wrongly() -> None:
    rng = random.Random(25)
    read = 0
    for number in range(CODES):
        url = a_url(number)
        source = (from_png, from_svg, from_pdf)[number % 3]
        text = scanned(printed(source(url), rng), rng)
        assert text in ("", url)
        read += text == url
    assert read >= 0.99 * CODES, read
