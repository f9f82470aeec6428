"""Giving a drafted paper its number and keeping it for good; taking one back without losing its number.

The order inside the transaction: the department's numbers are locked, the number is taken, the file is made from the
snapshot, its hash goes into the ledger's public leaf, the snapshot is kept. A rollback gives the number back, so that
numbers have no gap; a paper that was issued keeps its number for ever, taken back or not.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from inspect_registry import ledger
from inspect_registry.db import Tx
from inspect_registry.documents import store
from inspect_registry.documents.drafting import fresh_uid
from inspect_registry.documents.errors import DocumentUnknown, GlyphMissing
from inspect_registry.documents.fonts import runs_of
from inspect_registry.documents.forms import Common
from inspect_registry.documents.model import Document, DocumentId, DocumentKind, Press
from inspect_registry.documents.numbers import DocumentNumber
from inspect_registry.documents.paper import LedgerMark
from inspect_registry.documents.papers import PAPERS, pdf_of_content
from inspect_registry.errors import Place
from inspect_registry.ledger import Action, Subject, addresses

NOT_PRINTED = frozenset({"hands", "initial", "ledger"})
"""Parts of a snapshot that hold strokes or our own words."""


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be issued, and where it belongs."""

    kind: DocumentKind
    department: int
    short_name: str
    visit: str
    subject: str
    """Empty: the paper itself."""
    code: str = ""
    replaced: Document | None = None
    reason: str = ""
    """Why it replaces that one."""


async def issue(tx: Tx, what: Issue, press: Press, draft: Callable[[str], Common] | Common) -> Document:
    """Number, print, log and keep a paper; `draft` is its snapshot without number and foot.

    Raises GlyphMissing, with the place, before a number is taken.
    """
    uid = fresh_uid(tx)
    content = draft if isinstance(draft, Common) else draft(uid)
    refuse_missing_glyphs(content)
    serial = await store.next_ordinal(tx, what.department, what.kind, tx.today.year)
    number = DocumentNumber(office=_office(what), year=tx.today.year, serial=serial)
    replaces = f"本文书替换{_shown(what.replaced)}：{what.reason}" if what.replaced else ""
    about = LedgerMark(entry=f"document/{uid}", address=press.base + addresses.about("document", uid))
    content = msgspec.structs.replace(
        content,
        number=str(number),
        replaces=replaces,
        footer=f"文书编号 {uid}，已记入留痕台账",
        ledger=about if press.base else None,
        mark=press.mark,
    )
    digest = hashlib.sha256(await asyncio.to_thread(pdf_of_content, what.kind, content)).digest()
    kept = await store.add_document(
        tx,
        store.NewDocument(
            uid=uid,
            kind=what.kind,
            department=what.department,
            year=number.year,
            ordinal=number.serial,
            visit=what.visit,
            subject=what.subject or uid,
            edition=await _edition(tx, what),
            replaces=what.replaced.id if what.replaced else None,
            replace_reason=what.reason if what.replaced else "",
            code=what.code,
            content=msgspec.to_builtins(content),
            digest=digest,
        ),
    )
    await ledger.append(
        tx,
        Action.DOCUMENT_ISSUED,
        Subject("document", uid),
        department=what.department,
        public={
            "kind": what.kind.value,
            "year": number.year,
            "serial": number.serial,
            "subject": what.subject or uid,
            "sha256": digest.hex(),
            **({"replaces": what.replaced.uid} if what.replaced else {}),
        },
        private=content,
    )
    return await _read(tx, uid, kept)


def refuse_missing_glyphs(content: Common) -> None:
    """Refuse a paper with a character that no font has, and say in which field. Raises GlyphMissing."""
    places, details = [], []
    for field, text in _texts(msgspec.to_builtins(content), ""):
        try:
            runs_of(text)
        except GlyphMissing as missing:
            places.append(Place(field=field, text=text[:40], message=missing.detail))
            details.append(missing.detail)
    if places:
        raise GlyphMissing(
            "；".join(dict.fromkeys(details)),
            rule="document-glyphs",
            remedy="请核对该字；确为生僻字的，请联系系统管理员补充字库；表情、控制字符请删去",
            places=tuple(places),
        )


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, one in value.items():
            if path or name not in NOT_PRINTED:
                yield from _texts(one, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from _texts(one, f"{path}.{number}")


def _office(what: Issue) -> str:
    office = "".join(re.findall(r"[一-鿿]", what.short_name.removeprefix("区"))) or "本机关"
    return f"{office}{PAPERS[what.kind].word}"


def _shown(paper: Document) -> str:
    return f"《{PAPERS[paper.kind].title}》（{paper.content['number']}）"


async def _edition(tx: Tx, what: Issue) -> int:
    newest = await store.newest_document(tx, what.kind, what.department, what.visit)
    return newest.edition + 1 if newest else 1


async def _read(tx: Tx, uid: str, kept: DocumentId) -> Document:
    found = await store.document_by_uid(tx, uid)
    if found is None or found.id != kept:
        raise DocumentUnknown
    return found
