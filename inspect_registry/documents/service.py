"""Drawing papers up: each gets its number once, is kept as it was, and is printed from what was kept.

Asking again for the same subject gives the same paper: a number is never used twice and never lost. A corrected record
gets new papers, which say what they replace; so does a subject whose paper was taken back.
"""

import hashlib

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.codes import service as codes
from inspect_registry.db import Tx
from inspect_registry.documents import drafting, store
from inspect_registry.documents.errors import (
    DocumentNotInForce,
    DocumentUnknown,
    NoticeNeedsCode,
    RecordNotClosed,
    VoidingNotReasoned,
)
from inspect_registry.documents.forms import Common
from inspect_registry.documents.issuing import Issue, issue
from inspect_registry.documents.model import Document, DocumentKind, DocumentView, Press
from inspect_registry.documents.papers import PAPERS, content_of, pdf_of_content
from inspect_registry.errors import Place
from inspect_registry.fieldwork import service as fieldwork
from inspect_registry.fieldwork.model import InspectionState
from inspect_registry.fieldwork.views import InspectionView
from inspect_registry.ledger import Action, Subject

PLAIN_PRESS = Press()
REASON_LENGTH = range(4, 501)  # characters
REPRINTED = "版式已更新，与原件字节不同；内容同原件"


@act(Permission.DOCUMENT_ISSUE)
async def issue_notice(tx: Tx, visit: str, press: Press = PLAIN_PRESS) -> DocumentView:
    """Draw up the notice of a visit. Raises DocumentUnknown, NoticeNeedsCode."""
    found = await store.noticed_visit(tx, visit)
    if found is None:
        raise DocumentUnknown
    await store.lock_papers(tx, found.lead)
    newest = await store.newest_document(tx, DocumentKind.NOTICE, found.lead, visit)
    if newest is not None and not newest.void_reason:
        return view(newest)
    if not found.code:
        raise NoticeNeedsCode(remedy="请在负责人批准后签发检查码")
    url = press.printed(await codes.code_to_print(tx, found.code)) if press.printed else ""
    content = await drafting.notice(tx, found, url)
    what = Issue(
        kind=DocumentKind.NOTICE,
        department=found.lead,
        short_name=found.lead_short_name,
        visit=visit,
        subject=visit,
        code=found.code,
        replaced=newest,
        reason=newest.void_reason if newest else "",
    )
    return view(await issue(tx, what, press, content))


@act(Permission.DOCUMENT_ISSUE)
async def issue_approval(tx: Tx, visit: str, press: Press = PLAIN_PRESS) -> DocumentView:
    """Draw up the approval form of the acting department's share. Raises DocumentUnknown, ApprovalMissing."""
    department = tx.actor.department or 0
    part = await store.approved_part(tx, visit, department)
    found = await store.noticed_visit(tx, visit)
    if part is None or found is None:
        raise DocumentUnknown
    await store.lock_papers(tx, department)
    newest = await store.newest_document(tx, DocumentKind.APPROVAL, department, visit)
    if newest is not None and not newest.void_reason:
        return view(newest)
    source = f"登记编号 {part.source_number}" if part.source_number else "、".join(found.plan_numbers)
    content = await drafting.approval(tx, part, department, source)
    what = Issue(
        kind=DocumentKind.APPROVAL,
        department=department,
        short_name=part.department_short_name,
        visit=visit,
        subject=visit,
        replaced=newest,
        reason=newest.void_reason if newest else "",
    )
    return view(await issue(tx, what, press, content))


@act(Permission.DOCUMENT_ISSUE)
async def issue_record(tx: Tx, inspection: str, press: Press = PLAIN_PRESS) -> DocumentView:
    """Draw up the on-site record of a closed inspection. Raises DocumentUnknown, RecordNotClosed."""
    return view(await _of_inspection(tx, DocumentKind.RECORD, inspection, press))


@act(Permission.DOCUMENT_ISSUE)
async def issue_result(tx: Tx, inspection: str, press: Press = PLAIN_PRESS) -> DocumentView:
    """Draw up the result notice of a closed inspection. Raises DocumentUnknown, RecordNotClosed."""
    return view(await _of_inspection(tx, DocumentKind.RESULT, inspection, press))


@act(Permission.DOCUMENT_ISSUE)
async def issue_order(tx: Tx, inspection: str, press: Press = PLAIN_PRESS) -> DocumentView:
    """Draw up the order to rectify. Raises DocumentUnknown, RecordNotClosed, NothingToRectify."""
    return view(await _of_inspection(tx, DocumentKind.ORDER, inspection, press))


@act(Permission.DOCUMENT_VOID)
async def void(tx: Tx, uid: str, reason: str) -> DocumentView:
    """Take a paper back: it stays readable as voided, its number stays taken. Raises DocumentNotInForce."""
    reason = drafting.clean(reason).strip()
    if len(reason) not in REASON_LENGTH:
        raise VoidingNotReasoned(
            "理由为4至500字。", rule="voiding-reasoned", places=(Place(field="reason", text=reason[:40]),)
        )
    await store.lock_papers(tx, tx.actor.department or 0)
    paper = await document(tx, uid)
    if paper.void_reason or paper.delivered:
        trouble = "已经送达，不能作废；内容有误的，请更正记录后出具新的文书。" if paper.delivered else "已经作废。"
        raise DocumentNotInForce(f"{content_of(paper).number}{trouble}", rule="document-in-force")
    await store.void_document(tx, paper.id, paper.department, reason)
    await ledger.append(
        tx,
        Action.DOCUMENT_VOIDED,
        Subject("document", uid),
        department=paper.department,
        public={"kind": paper.kind.value, "year": paper.year, "serial": paper.ordinal},
        private={"reason": reason},
    )
    return view(await document(tx, uid))


@reads(Permission.DOCUMENT_READ)
async def document(tx: Tx, uid: str) -> Document:
    """Return a paper as it was drawn up. Raises DocumentUnknown."""
    found = await store.document_by_uid(tx, uid)
    if found is None:
        raise DocumentUnknown
    return found


@reads(Permission.DOCUMENT_READ)
async def documents_of(tx: Tx, visit: str) -> list[DocumentView]:
    """List the papers of a visit, voided ones too, in the order in which they were drawn up."""
    return [view(paper) for paper in await store.documents_of_visit(tx, visit)]


def pdf_of(paper: Document, *, as_issued: bool = True) -> bytes:
    """Print a paper; run it in a thread. As it was issued: the same bytes, or it says itself that the setting is newer.

    Otherwise a paper that was taken back says so on every page.
    """
    content = content_of(paper)
    if paper.void_reason and not as_issued:
        words = f"已作废：{paper.void_reason}"
        return pdf_of_content(paper.kind, msgspec.structs.replace(content, mark=words[:60]))
    made = pdf_of_content(paper.kind, content)
    if hashlib.sha256(made).digest() == paper.digest:
        return made
    words = f"{content.mark}　{REPRINTED}".strip()
    return pdf_of_content(paper.kind, msgspec.structs.replace(content, mark=words))


def view(paper: Document) -> DocumentView:
    """Return a paper as lists show it."""
    return DocumentView(
        uid=paper.uid,
        kind=paper.kind,
        number=str(paper.content["number"]),
        title=PAPERS[paper.kind].title,
        issued_at=paper.issued_at,
        sha256=paper.digest.hex(),
        edition=paper.edition,
        void_reason=paper.void_reason,
        delivered=paper.delivered,
    )


async def _of_inspection(tx: Tx, kind: DocumentKind, inspection: str, press: Press) -> Document:
    found = await store.recorded_check(tx, inspection)
    if found is None:
        raise DocumentUnknown
    sheet = await fieldwork.sheet(tx, inspection)
    if sheet.state is InspectionState.OPEN:
        raise RecordNotClosed(remedy="请先办结检查记录")
    await store.lock_papers(tx, found.department)
    newest = await store.newest_document(tx, kind, found.department, sheet.visit)
    if newest is not None and newest.subject == inspection and not newest.void_reason:
        return newest
    content = await _drafted(tx, kind, found, sheet)
    what = Issue(
        kind=kind,
        department=found.department,
        short_name=found.department_short_name,
        visit=sheet.visit,
        subject=inspection,
        code=found.code,
        replaced=newest,
        reason=_why(newest, sheet) if newest else "",
    )
    return await issue(tx, what, press, content)


async def _drafted(tx: Tx, kind: DocumentKind, found: store.RecordedCheck, sheet: InspectionView) -> Common:
    if kind is DocumentKind.RECORD:
        return await drafting.record(tx, found, sheet)
    if kind is DocumentKind.RESULT:
        return await drafting.result(tx, found, found.department, sheet)
    drawn = await store.newest_document(tx, DocumentKind.RECORD, found.department, sheet.visit)
    number = str(drawn.content["number"]) if drawn and drawn.subject == sheet.uid and not drawn.void_reason else ""
    return await drafting.order(tx, found, sheet, number)


def _why(newest: Document, sheet: InspectionView) -> str:
    """Say why there is a new paper: the old one was taken back, or the record was corrected."""
    corrected = next((one.correction_reason for one in sheet.versions if one.version == sheet.version), "")
    return drafting.clean(newest.void_reason or corrected or "记录更正")[:500]
