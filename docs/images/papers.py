# ruff: noqa: INP001 - a script beside its pictures, no package
"""Take the pictures of two papers, made from invented data: `PYTHONPATH=. python docs/images/papers.py`."""

import io
import random
from pathlib import Path

import msgspec
import pypdfium2
from PIL.Image import Dither

from benchmarks.papers.run import a_record
from inspect_registry.documents.forms import Hand
from inspect_registry.documents.model import DocumentKind
from inspect_registry.documents.papers import pdf_of_content
from inspect_registry.documents.wording import DEMO_WORDS
from tests.documents_builders import a_notice

FOLDER = Path(__file__).parent
_NAMES = {
    "王一（店长）": [(150, 90, 280, 84, 410, 88), (180, 195, 290, 188, 380, 190), (120, 318, 300, 300, 450, 306),
                (285, 92, 280, 200, 276, 304), (560, 205, 720, 190, 880, 182, 905, 200)],
    "丁力": [(140, 100, 290, 88, 430, 94), (300, 96, 306, 210, 296, 320, 250, 290),
           (560, 150, 700, 138, 850, 140, 838, 240, 800, 330, 760, 300), (700, 60, 690, 180, 640, 280, 560, 345)],
    "于大": [(180, 90, 290, 82, 400, 84), (130, 190, 290, 178, 450, 182), (292, 86, 296, 220, 286, 330, 240, 300),
           (560, 150, 720, 140, 880, 138), (720, 50, 705, 170, 640, 270, 550, 345), (715, 160, 780, 260, 900, 340)],
}  # fmt: skip
"""Strokes of short names, written slowly."""


def main() -> None:
    """Draw the first page of a notice and the last page of a record."""
    hands = tuple(
        Hand(label=label, name=name, lines=tuple(lines), on="2026-12-08 10:02")
        for label, (name, lines) in zip(
            ("当事人\n签名", "执法人员\n签名", "执法人员\n签名"), _NAMES.items(), strict=True
        )
    )
    record = a_record(8, random.Random(7))  # noqa: S311 - invented data
    answers = record.answers[:9]
    record = msgspec.structs.replace(record, hands=hands, initial=hands[0].lines, mark=DEMO_WORDS, answers=answers)
    notice = a_notice(footer=record.footer, ledger=record.ledger, mark=DEMO_WORDS)
    _picture(pdf_of_content(DocumentKind.NOTICE, notice), 0, "notice-paper.png")
    _picture(pdf_of_content(DocumentKind.RECORD, record), -1, "record-paper.png")


def _picture(pdf: bytes, page: int, name: str) -> None:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    picture = document[page % len(document)].render(scale=1.2).to_pil().convert("L").quantize(16, dither=Dither.NONE)
    picture.save(FOLDER / name, optimize=True)
    document.close()


if __name__ == "__main__":
    main()
