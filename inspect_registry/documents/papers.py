"""Every paper of an inspection in one table: kind, title, word in the number, snapshot, and how it is set."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
from reportlab.platypus import Flowable

from inspect_registry.documents import approval, delivery, notice, order, record, result
from inspect_registry.documents.forms import Common
from inspect_registry.documents.model import Document, DocumentKind
from inspect_registry.documents.paper import Sheet, bind, make_pdf


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of paper."""

    title: str
    word: str
    """Stands in the 机关代字 after the office's short name; sample until each office fixes its own."""
    content: type[Common]
    setting: Callable[[Any], tuple[Sheet, list[Flowable]]]


_K = DocumentKind
PAPERS: Final[Mapping[DocumentKind, Paper]] = MappingProxyType(
    {
        _K.APPROVAL: Paper(title=approval.TITLE, word="检审", content=approval.Approval, setting=approval.set_approval),
        _K.NOTICE: Paper(title=notice.TITLE, word="检通", content=notice.Notice, setting=notice.set_notice),
        _K.RECORD: Paper(title=record.TITLE, word="检录", content=record.Record, setting=record.set_record),
        _K.RESULT: Paper(title=result.TITLE, word="检告", content=result.Result, setting=result.set_result),
        _K.ORDER: Paper(title=order.TITLE, word="责改", content=order.Order, setting=order.set_order),
        _K.DELIVERY: Paper(title=delivery.TITLE, word="送达", content=delivery.Delivery, setting=delivery.set_delivery),
    }
)


def pdf_of_content(kind: DocumentKind, content: Common) -> bytes:
    """Print a snapshot; run it in a thread. The same snapshot gives the same bytes."""
    return make_pdf(*PAPERS[kind].setting(content))


def content_of(paper: Document) -> Common:
    """Return the snapshot of a kept paper."""
    return msgspec.convert(paper.content, PAPERS[paper.kind].content)


def bound(papers: list[Document], *, title: str, author: str) -> bytes:
    """Print several papers into one file, as each was issued."""
    parts = [PAPERS[paper.kind].setting(content_of(paper)) for paper in papers]
    cover = msgspec.structs.replace(parts[0][0], title=title, author=author)
    return bind(cover, parts)
