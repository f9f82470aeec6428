"""What a numbered paper is: drawn up once, kept as it was, printed as often as wanted."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, NewType

import msgspec

from inspect_registry.codes.model import CodeRow
from inspect_registry.fieldwork.signing import Strokes

DocumentId = NewType("DocumentId", int)


class DocumentKind(StrEnum):
    """Which paper."""

    APPROVAL = "approval"
    """检查审批表 of one department's share of a visit."""
    DELIVERY = "delivery"
    """送达回证 of some papers that were handed over together."""
    NOTICE = "notice"
    """检查通知书 of one visit."""
    ORDER = "order"
    """责令改正通知书 of one version of one department's record."""
    RECORD = "record"
    """现场检查笔录 of one version of one department's record."""
    RESULT = "result"
    """检查结果告知书 of one version of one department's record."""


class Press(msgspec.Struct, frozen=True, kw_only=True):
    """What the place of printing adds; it goes into the snapshot, so that a paper is the same whoever prints it."""

    base: str = ""
    """Public address of the registry; the foot then says where proof and receipt are."""
    mark: str = ""
    """Words across every page, such as those of a demo."""
    printed: Callable[[CodeRow], str] | None = None
    """Signs a code for paper and returns its URL."""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One paper as it was drawn up."""

    id: DocumentId
    uid: str
    kind: DocumentKind
    department: int
    year: int
    ordinal: int
    visit: str
    """uid of the visit."""
    subject: str
    """uid of what it tells: the visit or the inspection; of itself for a delivery receipt."""
    edition: int
    """Counts the papers of this kind, department and visit."""
    replaces: int | None
    replace_reason: str
    code: str
    """uid of the printed code; empty where none is printed."""
    content: dict[str, Any]
    """Its snapshot."""
    digest: bytes
    """SHA-256 of the file as it was issued."""
    issued_at: datetime
    issued_by: int
    void_reason: str
    """Why it no longer holds; empty while it does."""
    delivered: bool


class DocumentView(msgspec.Struct, frozen=True, kw_only=True):
    """One paper in a list."""

    uid: str
    kind: DocumentKind
    number: str
    title: str
    issued_at: datetime
    sha256: str
    edition: int = 1
    void_reason: str = ""
    delivered: bool = False


Words = Annotated[str, msgspec.Meta(max_length=500)]
Name = Annotated[str, msgspec.Meta(max_length=60)]
Uid = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class Signing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One handwritten signature under a delivery receipt."""

    name: Name
    position: Name = ""
    strokes: Strokes


class DeliveryInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some papers that were handed over, and who signed for them."""

    papers: Annotated[list[Uid], msgspec.Meta(min_length=1, max_length=20)]
    place: Words
    delivered_at: datetime
    officers: Annotated[list[Uid], msgspec.Meta(min_length=1, max_length=10)]
    """Inspectors who handed them over."""
    officer_strokes: Strokes
    """Of the first of them."""
    receiver: Signing | None = None
    refusal: Words = ""
    """Why nobody signed; then a witness signs (留置送达)."""
    witness: Signing | None = None
