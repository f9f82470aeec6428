"""QR pictures are read back by an independent decoder, whole and damaged."""

import io
import random

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from inspect_registry.codes.errors import UrlTooLong
from inspect_registry.codes.presenting import URL_CHARACTERS_MAX, present, url_of
from inspect_registry.codes.qr import QUIET_MODULES, in_thread, matrix_of, png_of, runs_of, svg_of
from tests.code_builders import NOON, a_key_ring, an_issued

BASE = "https://jcm.jiading.gov.cn"


def a_url(number: int = 0) -> str:
    return present(an_issued(number.to_bytes(16, "big")), a_key_ring(), NOON, base=BASE).url


def decode(picture: Image.Image) -> str:
    found = zxingcpp.read_barcodes(picture.convert("L"))
    return found[0].text if found else ""


def test_a_png_is_decoded_to_the_same_address():
    assert decode(Image.open(io.BytesIO(png_of(a_url())))) == a_url()


def test_the_code_is_at_most_version_9():
    assert len(matrix_of(a_url())) <= 53
    assert len(matrix_of("HTTPS://A/C/" + "A" * (URL_CHARACTERS_MAX - 12))) == 53


def test_an_address_too_long_for_version_9_is_refused():
    with pytest.raises(UrlTooLong):
        url_of("https://" + "a" * 30 + ".cn", "A" * 224)
    with pytest.raises(UrlTooLong):
        matrix_of("A" * (URL_CHARACTERS_MAX + 1))


def test_runs_draw_the_whole_matrix_and_nothing_else():
    matrix = matrix_of(a_url())
    drawn = {(column + step, row) for column, row, length in runs_of(matrix) for step in range(length)}
    assert drawn == {(x, y) for y, row in enumerate(matrix) for x, black in enumerate(row) if black}


def test_an_svg_draws_the_same_modules():
    matrix = matrix_of(a_url())
    path = svg_of(a_url()).split('<path d="')[1].split('"')[0]
    drawn = set()
    for part in path.split("z")[:-1]:
        x, rest = part[1:].split(" ")
        y, length = rest.split("h")[0], rest.split("h")[1].split("v")[0]
        drawn |= {(int(x) + step - QUIET_MODULES, int(y) - QUIET_MODULES) for step in range(int(length))}
    assert drawn == {(x, y) for y, row in enumerate(matrix) for x, black in enumerate(row) if black}


async def test_pictures_are_made_off_the_event_loop():
    assert await in_thread(png_of, a_url(), module=4) == png_of(a_url(), module=4)


def damaged(url: str, rng: random.Random) -> Image.Image:
    """Print 25 mm at 150 dpi, lay it crooked under a soft lens, and put dirt on a tenth of one corner's side."""
    picture = Image.open(io.BytesIO(png_of(url, module=8))).convert("L").resize((148, 148), Image.Resampling.LANCZOS)
    sheet = Image.new("L", (260, 260), 255)
    sheet.paste(picture, (56, 56))
    draw = ImageDraw.Draw(sheet)
    for _ in range(10):
        x, y = rng.randrange(80, 180), rng.randrange(80, 180)
        draw.rectangle((x, y, x + 3, y + 3), fill=rng.choice((0, 128, 255)))
    sheet = sheet.resize((1040, 1040), Image.Resampling.BICUBIC).rotate(rng.uniform(-30, 30), fillcolor=255)
    return sheet.filter(ImageFilter.GaussianBlur(rng.uniform(0, 2)))


def test_damaged_prints_are_read_and_never_misread():
    rng = random.Random(7)
    read = [(decode(damaged(a_url(number), rng)), a_url(number)) for number in range(20)]
    assert all(text in ("", url) for text, url in read)
    assert sum(text == url for text, url in read) >= 19
