"""What a numbered paper is: drawn up once, kept as it was, printed as often as wanted."""

from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

DocumentId = NewType("DocumentId", int)


class DocumentKind(StrEnum):
    """Which paper."""

    NOTICE = "notice"
    """检查通知书 of one visit."""
    RECORD = "record"
    """现场检查笔录 of one version of one department's record."""


OFFICE_WORDS = {DocumentKind.NOTICE: "检通", DocumentKind.RECORD: "检录"}
"""What stands in 机关代字 after the office's short name; sample until each office fixes its own."""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One paper as it was drawn up."""

    id: DocumentId
    uid: str
    kind: DocumentKind
    department: int
    year: int
    ordinal: int
    subject: str
    """uid of the visit or inspection."""
    code: str
    """uid of the printed code; empty where none is printed."""
    content: dict[str, object]
    """What it says (Notice or Record), without the code's picture."""
    issued_at: datetime
    issued_by: int


class DocumentView(msgspec.Struct, frozen=True, kw_only=True):
    """One paper in a list."""

    uid: str
    kind: DocumentKind
    number: str
    title: str
    issued_at: datetime
