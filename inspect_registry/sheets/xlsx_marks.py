"""What an XLSX file says of its cells and calamine does not hand on: formulas, percent formats, shapes of dates.

Reads the XML with expat as a stream. Runs only in the limited child process; a document type declaration, which no
spreadsheet program writes, is refused, so that entities cannot grow.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable
from typing import Literal
from xml.parsers import expat

import msgspec

FormatShape = Literal["percent", "year", "year-month", "month", "month-day"]
_CHUNK_BYTES = 1 << 16
_BUILT_IN: dict[int, str] = {9: "0%", 10: "0.00%", 16: "d-mmm", 17: "mmm-yy", 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"'}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')


class DocumentTypeError(ValueError):
    """The XML has a document type declaration."""


class Marks(msgspec.Struct, kw_only=True):
    """The marks of one sheet, by (row, column) from 0."""

    formulas: dict[tuple[int, int], str] = {}
    formats: dict[tuple[int, int], FormatShape] = {}


def marks_by_sheet(archive: zipfile.ZipFile) -> dict[str, Marks]:
    """Read the marks of every worksheet, by the sheet's name."""
    paths = _sheet_paths(archive)
    styles = _style_formats(archive)
    names = set(archive.namelist())
    return {name: _sheet_marks(archive, path, styles) for name, path in paths.items() if path in names}


def shape_of(code: str) -> FormatShape | None:
    """Say what a number format shows, where that is less than or other than the value."""
    bare = _QUOTED.sub("", code.split(";", maxsplit=1)[0]).lower()
    if "%" in bare:
        return "percent"
    if "h" in bare or "s" in bare:
        return None
    year, month, day = "y" in bare, "m" in bare, "d" in bare
    if year and month and not day:
        return "year-month"
    if month and not year:
        return "month-day" if day else "month"
    return "year" if year and not day else None


def _sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            targets[attributes.get("Id", "")] = posixpath.normpath(path)

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            sheets[attributes.get("name", "")] = attributes.get("r:id", attributes.get("id", ""))

    _walk(archive, "xl/_rels/workbook.xml.rels", relation)
    _walk(archive, "xl/workbook.xml", sheet)
    return {name: targets[key] for name, key in sheets.items() if key in targets}


def _style_formats(archive: zipfile.ZipFile) -> dict[str, FormatShape]:
    """Map a cell's style index to the shape of its number format, where it has one that matters."""
    codes: dict[str, str] = {}
    formats: list[str] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag in {"cellXfs", "cellStyleXfs"}:
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            formats.append(attributes.get("numFmtId", "0"))

    if "xl/styles.xml" not in archive.namelist():
        return {}
    _walk(archive, "xl/styles.xml", start)
    shapes: dict[str, FormatShape] = {}
    for index, number in enumerate(formats):
        code = codes.get(number) or _BUILT_IN.get(int(number) if number.isdigit() else 0, "")
        shape = shape_of(code)
        if shape is not None:
            shapes[str(index)] = shape
    return shapes


def _sheet_marks(archive: zipfile.ZipFile, path: str, styles: dict[str, FormatShape]) -> Marks:
    marks = Marks(formulas={}, formats={})
    row, column = 0, -1
    formula: list[str] | None = None

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, formula
        if tag == "row":
            row = int(attributes["r"]) - 1 if attributes.get("r", "").isdigit() else row + 1
            column = -1
        elif tag == "c":
            reference = attributes.get("r", "")
            row, column = _position(reference) if reference else (row, column + 1)
            shape = styles.get(attributes.get("s", ""))
            if shape is not None:
                marks.formats[row, column] = shape
        elif tag == "f":
            formula = []

    def text(piece: str) -> None:
        if formula is not None:
            formula.append(piece)

    def end(tag: str) -> None:
        nonlocal formula
        if tag == "f" and formula is not None:
            marks.formulas[row, column] = "=" + "".join(formula)
            formula = None

    _walk(archive, path, start, end, text)
    return marks


def _position(reference: str) -> tuple[int, int]:
    column, row = 0, 0
    for character in reference.upper():
        if character.isdigit():
            row = row * 10 + int(character)
        elif "A" <= character <= "Z":
            column = column * 26 + ord(character) - ord("A") + 1
    return row - 1, column - 1


def _walk(
    archive: zipfile.ZipFile,
    path: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    def refuse(*_arguments: object) -> None:
        raise DocumentTypeError(path)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    # Some programs write every element with a prefix; the local name is what counts.
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    with archive.open(path) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
