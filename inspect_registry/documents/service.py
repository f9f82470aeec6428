"""Drawing papers up: each gets its number once, is kept as it was, and is printed from what was kept.

Asking again for the same subject gives the same paper: a number is never used twice and never lost.
"""

import re

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.db import Tx
from inspect_registry.documents import store
from inspect_registry.documents.errors import DocumentUnknown, NoticeNeedsCode, RecordNotClosed
from inspect_registry.documents.model import OFFICE_WORDS, Document, DocumentKind, DocumentView
from inspect_registry.documents.notice import CheckedMatter, Count, Notice, Officer, notice_pdf
from inspect_registry.documents.numbers import DocumentNumber
from inspect_registry.documents.paper import LedgerMark
from inspect_registry.documents.record import AnsweredCriterion, Exchange, Record, record_pdf
from inspect_registry.fieldwork import service as fieldwork
from inspect_registry.fieldwork.model import ANSWER_TEXT, InspectionState, Signature
from inspect_registry.fieldwork.views import InspectionView
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action, Subject, addresses

TITLES = {DocumentKind.NOTICE: "行政检查通知书", DocumentKind.RECORD: "现场检查笔录"}
Matrix = tuple[tuple[bool, ...], ...]
_TOLD = (
    Exchange(
        question="我们是上列执法人员，现出示执法证件和检查码，请核对。是否看清、是否一致？", answer="已核对，一致。"
    ),
    Exchange(question="你认为我们与本次检查有直接利害关系的，可以申请回避。是否申请？", answer="不申请。"),
    Exchange(question="你有权陈述、申辩，检查不收取任何费用。是否明白？", answer="明白。"),
)
"""What the template of 司法部 has every enterprise told; the answers stand as signed below it."""


@act(Permission.DOCUMENT_ISSUE)
async def issue_notice(tx: Tx, visit: str) -> DocumentView:
    """Draw up the notice of a visit. Raises DocumentUnknown, NoticeNeedsCode."""
    known = await store.document_of(tx, DocumentKind.NOTICE, visit)
    if known is not None:
        return view(known)
    found = await store.noticed_visit(tx, visit)
    if found is None:
        raise DocumentUnknown
    if not found.code:
        raise NoticeNeedsCode(remedy="请在负责人批准后签发检查码")
    number = await _number(tx, DocumentKind.NOTICE, found.lead, found.lead_short_name)
    content = await _notice(tx, found, number)
    return await _keep(tx, DocumentKind.NOTICE, found.lead, number, visit, found.code, content)


@act(Permission.DOCUMENT_ISSUE)
async def issue_record(tx: Tx, inspection: str) -> DocumentView:
    """Draw up the on-site record of a closed inspection. Raises DocumentUnknown, RecordNotClosed."""
    known = await store.document_of(tx, DocumentKind.RECORD, inspection)
    if known is not None:
        return view(known)
    found = await store.recorded_check(tx, inspection)
    if found is None:
        raise DocumentUnknown
    sheet = await fieldwork.sheet(tx, inspection)
    if sheet.state is InspectionState.OPEN:
        raise RecordNotClosed(remedy="请先办结检查记录")
    number = await _number(tx, DocumentKind.RECORD, found.department, found.department_short_name)
    content = await _record(tx, found, sheet, number)
    return await _keep(tx, DocumentKind.RECORD, found.department, number, inspection, found.code, content)


@reads(Permission.DOCUMENT_READ)
async def document(tx: Tx, uid: str) -> Document:
    """Return a paper as it was drawn up. Raises DocumentUnknown."""
    found = await store.document_by_uid(tx, uid)
    if found is None:
        raise DocumentUnknown
    return found


def pdf_of(paper: Document, matrix: Matrix, *, mark: str = "", base: str = "") -> bytes:
    """Print a paper; run it in a thread. `matrix` is the printed code's, empty where none is printed.

    `base` is the public address of the registry; with it the foot says where the entry's proof and receipt are.
    """
    about = LedgerMark(entry=f"document/{paper.uid}", address=base + addresses.about("document", paper.uid))
    more = {"mark": mark, "ledger": about if base else None}
    if paper.kind is DocumentKind.NOTICE:
        notice = msgspec.convert(paper.content | {"matrix": matrix}, Notice)
        return notice_pdf(msgspec.structs.replace(notice, **more))
    return record_pdf(msgspec.structs.replace(msgspec.convert(paper.content, Record), **more))


def view(paper: Document) -> DocumentView:
    """Return a paper as lists show it."""
    content = paper.content
    number = content.get("number")
    shown = str(msgspec.convert(number, DocumentNumber)) if number else str(content.get("reference", ""))
    return DocumentView(
        uid=paper.uid, kind=paper.kind, number=shown, title=TITLES[paper.kind], issued_at=paper.issued_at
    )


async def _number(tx: Tx, kind: DocumentKind, department: int, short_name: str) -> DocumentNumber:
    office = "".join(re.findall(r"[一-鿿]", short_name.removeprefix("区"))) or "本机关"
    year = tx.today.year
    serial = await store.next_ordinal(tx, department, kind, year)
    return DocumentNumber(office=f"{office}{OFFICE_WORDS[kind]}", year=year, serial=serial)


async def _keep(
    tx: Tx,
    kind: DocumentKind,
    department: int,
    number: DocumentNumber,
    subject: str,
    code: str,
    content: Notice | Record,
) -> DocumentView:
    uid = new_uid(tx.random)
    await store.add_document(
        tx,
        store.NewDocument(
            uid=uid,
            kind=kind,
            department=department,
            year=number.year,
            ordinal=number.serial,
            subject=subject,
            code=code,
            content=msgspec.to_builtins(msgspec.structs.replace(content, footer=f"文书编号 {uid}，已记入留痕台账")),
        ),
    )
    await ledger.append(
        tx,
        Action.DOCUMENT_ISSUED,
        Subject("document", uid),
        department=department,
        public={"kind": kind.value, "year": number.year, "serial": number.serial, "subject": subject},
        private=content,
    )
    kept = await store.document_by_uid(tx, uid)
    if kept is None:
        raise DocumentUnknown
    return view(kept)


async def _notice(tx: Tx, visit: store.NoticedVisit, number: DocumentNumber) -> Notice:
    departments = await store.noticed_departments(tx, visit.id)
    matters = await store.noticed_matters(tx, visit.id)
    day = visit.day
    source = f"登记编号 {visit.source_number}" if visit.source_number else "、".join(visit.plan_numbers)
    return Notice(
        number=number,
        departments=tuple(one.name for one in departments),
        enterprise=visit.enterprise_name,
        enterprise_code=visit.enterprise_number,
        address=visit.address,
        source=source,
        kind="触发式检查" if visit.source_number else "有计划检查",
        window=f"{day.year}年{day.month}月{day.day}日",
        method="现场检查",
        matters=tuple(
            CheckedMatter(
                name=one.name, department=one.department, basis=tuple(one.basis), criteria=tuple(one.criteria)
            )
            for one in matters
        ),
        officers=_officers(await store.noticed_officers(tx, visit.id)),
        assistants="",
        counts=tuple(Count(department=one.short_name, nth=max(one.used, 1), cap=one.cap) for one in departments),
        prepare=tuple(dict.fromkeys(one.prepare for one in matters if one.prepare)),
        contact=f"{visit.lead_short_name} {visit.phone or '12345'}",
        code_no=visit.code,
        matrix=(),
        issued_on=tx.today,
    )


async def _record(tx: Tx, found: store.RecordedCheck, sheet: InspectionView, number: DocumentNumber) -> Record:
    if sheet.started_at is None or sheet.ended_at is None:
        raise RecordNotClosed
    officers = _officers(await store.present_officers(tx, [one.uid for one in sheet.present]))
    refused = sheet.signature is Signature.REFUSED
    findings = [
        f"{place}. {one.facts}（{one.clause}；{one.disposition_text}）" for place, one in enumerate(sheet.findings, 1)
    ]
    return Record(
        department=found.department_name,
        reference=str(number),
        code_no=found.code or "（未出示检查码）",
        started_at=sheet.started_at,
        ended_at=sheet.ended_at,
        address=found.address,
        enterprise=found.enterprise_name,
        enterprise_code=found.enterprise_number,
        present="" if refused else sheet.signature_note,
        officers=officers,
        recorder=officers[-1].name if officers else "",
        told=_TOLD,
        answers=tuple(
            AnsweredCriterion(
                matter=point.matter,
                criterion=point.text,
                answer=ANSWER_TEXT[point.value] if point.value else "未检查",
                note=point.reason,
            )
            for point in sheet.points
        ),
        findings="\n".join([*findings, sheet.notes] if sheet.notes else findings),
        statement="",
        attachments=(),
        refusal=sheet.signature_note if refused else "",
    )


def _officers(rows: list[store.NamedOfficer]) -> tuple[Officer, ...]:
    return tuple(Officer(name=row.name, certificate_no=row.certificate_no, department=row.department) for row in rows)
