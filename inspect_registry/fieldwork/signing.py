"""What a signature is, and what it stands under: strokes drawn on a screen, and a record's content as one digest. Pure.

A signature is never a picture that came from somewhere: only coordinates, so that nothing has to be decoded or trusted.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final

import msgspec

from inspect_registry.fieldwork.model import Answer, Point
from inspect_registry.fieldwork.rows import FindingRow, InspectionRow

BOX_WIDTH: Final = 1000
BOX_HEIGHT: Final = 400
"""The box in which coordinates are counted, from its upper left corner."""
MOST_LINES: Final = 100
MOST_POINTS: Final = 4000
MIN_LINE: Final = 2  # numbers: one point
MIN_POINTS: Final = 8
MIN_LENGTH: Final = 250.0
"""Of all strokes together, in units of the box."""
MIN_WIDTH: Final = 80
"""From the leftmost to the rightmost point."""

_Number = Annotated[int, msgspec.Meta(ge=-32768, le=32767)]


class Strokes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A drawn signature: each line is x, y, x, y, … of one stroke, from pen down to pen up."""

    lines: tuple[tuple[_Number, ...], ...]

    @property
    def points(self) -> int:
        """How many points there are."""
        return sum(len(line) // 2 for line in self.lines)

    @property
    def length(self) -> float:
        """How long all strokes are together."""
        return sum(
            math.dist(line[place : place + 2], line[place + 2 : place + 4])
            for line in self.lines
            for place in range(0, len(line) - 3, 2)
        )

    @property
    def width(self) -> int:
        """How wide the whole is."""
        across = [x for line in self.lines for x in line[::2]]
        return max(across) - min(across) if across else 0

    @property
    def lie_in_the_box(self) -> bool:
        """Whether no point lies outside."""
        return all(
            0 <= x <= BOX_WIDTH and 0 <= y <= BOX_HEIGHT
            for line in self.lines
            for x, y in zip(line[::2], line[1::2], strict=False)
        )

    @property
    def canonical(self) -> bytes:
        """The bytes whose hash is kept: the same strokes give the same bytes."""
        return msgspec.json.encode(self, order="deterministic")

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical bytes."""
        return hashlib.sha256(self.canonical).digest()


class _Content(msgspec.Struct, frozen=True, kw_only=True):
    """What people read before they sign, in one fixed order."""

    record: str
    version: int
    visit: str
    day: date
    enterprise: str
    address: str
    answers: list[tuple[str, str, int, str, str]]
    findings: list[dict[str, Any]]
    present: list[str]
    companions: list[dict[str, Any]]
    started_at: datetime | None
    ended_at: datetime | None
    notes: str


def content_digest(
    row: InspectionRow,
    points: Sequence[Point],
    answers: Mapping[int, Answer],
    findings: Sequence[FindingRow],
    present: Sequence[str],
) -> bytes:
    """Return the SHA-256 of a record's content as it stands; how it was signed is no part of it."""
    content = _Content(
        record=row.uid,
        version=row.version,
        visit=row.visit_uid,
        day=row.day,
        enterprise=row.enterprise_name,
        address=row.address,
        answers=[
            (
                point.uid,
                point.matter_code,
                point.matter_version,
                answers[point.criterion].value.value if point.criterion in answers else "",
                answers[point.criterion].reason if point.criterion in answers else "",
            )
            for point in points
        ],
        findings=[
            {
                name: value
                for name, value in msgspec.structs.asdict(finding).items()
                if name not in {"id", "uid"}  # rewritten whenever findings are saved
            }
            for finding in findings
        ],
        present=sorted(present),
        companions=row.assistants,
        started_at=row.started_at,
        ended_at=row.ended_at,
        notes=row.notes,
    )
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).digest()


def refusal_digest(content: bytes, reason: str) -> bytes:
    """Return what a witness signs: the record's content and why the enterprise's side did not sign it."""
    return hashlib.sha256(content + reason.encode()).digest()
