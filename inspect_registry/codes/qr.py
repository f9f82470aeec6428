"""QR pictures of a presentation: the matrix by the `qrcode` library, drawn as SVG, PNG, or a path for PDFs.

Error correction M, alphanumeric mode, at most version 9 (53 modules a side): readable at 2 cm. Making a matrix takes
some 15 ms of pure Python, so requests ask for it through `in_thread`.
"""

import asyncio
import io
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_ALPHA_NUM, QRData

from inspect_registry.codes.errors import UrlTooLong

VERSION_MAX = 9
QUIET_MODULES = 4
"""White border, in modules (ISO/IEC 18004 7.3.7)."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Matrix = tuple[tuple[bool, ...], ...]


def matrix_of(url: str) -> Matrix:
    """Return the modules of a QR code, True for black, without the quiet border. Raises UrlTooLong."""
    return _matrix(QRData(url.encode("ascii"), mode=MODE_ALPHA_NUM))


def matrix_of_text(text: str) -> Matrix:
    """Return the modules of a QR code for any text, such as an address in lower case. Raises UrlTooLong."""
    return _matrix(QRData(text.encode()))


def _matrix(data: QRData) -> Matrix:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(data)
    code.make(fit=True)
    if code.version > VERSION_MAX:
        raise UrlTooLong(f"需要二维码第 {code.version} 版，最多 {VERSION_MAX} 版。", remedy="请用较短的官方域名。")
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def runs_of(matrix: Matrix) -> Iterator[tuple[int, int, int]]:
    """Yield the black runs as (column, row, length), rows counted from the top: the path data of every drawing."""
    for row, modules in enumerate(matrix):
        start = None
        for column, black in enumerate((*modules, False)):
            if black and start is None:
                start = column
            elif not black and start is not None:
                yield start, row, column - start
                start = None


def svg_of(url: str) -> str:
    """Draw the code as one SVG path, black on white in dark pages too, with the quiet border."""
    matrix = matrix_of(url)
    side = len(matrix) + 2 * QUIET_MODULES
    path = "".join(
        f"M{column + QUIET_MODULES} {row + QUIET_MODULES}h{length}v1h-{length}z"
        for column, row, length in runs_of(matrix)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" aria-label="检查码" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )


def png_of(url: str, *, module: int = 8) -> bytes:
    """Draw the code as a one-bit PNG with `module` pixels a module, quiet border included."""
    matrix = matrix_of(url)
    side = len(matrix) + 2 * QUIET_MODULES
    picture = Image.new("1", (side, side), 1)
    for column, row, length in runs_of(matrix):
        for offset in range(length):
            picture.putpixel((column + offset + QUIET_MODULES, row + QUIET_MODULES), 0)
    out = io.BytesIO()
    picture.resize((side * module, side * module), Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
    return out.getvalue()


async def in_thread(draw: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """Draw off the event loop."""
    return await asyncio.to_thread(draw, *args, **kwargs)
