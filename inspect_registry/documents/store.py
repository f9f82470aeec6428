"""One typed function for each query of documents.sql."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.documents.model import Document, DocumentId, DocumentKind

SQL = SqlFile(__file__, "documents.sql")


class NoticedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """The visit of a notice."""

    id: int
    uid: str
    day: date
    state: str
    lead: int
    lead_name: str
    lead_short_name: str
    phone: str
    enterprise: int
    enterprise_name: str
    enterprise_number: str
    address: str
    source_number: str
    plan_numbers: list[str]
    code: str


class NoticedDepartment(msgspec.Struct, frozen=True, kw_only=True):
    """One department that takes part."""

    id: int
    name: str
    short_name: str
    used: int
    cap: int


class NoticedMatter(msgspec.Struct, frozen=True, kw_only=True):
    """One matter of a visit."""

    name: str
    department_id: int
    department: str
    basis: list[str]
    prepare: str
    criteria: list[str]


class NamedOfficer(msgspec.Struct, frozen=True, kw_only=True):
    """One inspector as papers name him."""

    name: str
    certificate_no: str
    department_id: int
    department: str


class RecordedCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What a paper says of a record beside its answers."""

    department: int
    department_name: str
    department_short_name: str
    phone: str
    visit: int
    enterprise_name: str
    enterprise_number: str
    address: str
    code: str


class ApprovedPart(msgspec.Struct, frozen=True, kw_only=True):
    """What an approval form says of one department's share."""

    visit: int
    department_name: str
    department_short_name: str
    phone: str
    enterprise_name: str
    enterprise_number: str
    address: str
    day: date
    triggered: bool
    emergency: bool
    source_number: str
    trigger_facts: str
    answered_at: datetime | None
    approved_at: datetime | None
    approver: str


class NewDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A paper to keep."""

    uid: str
    kind: DocumentKind
    department: int
    year: int
    ordinal: int
    visit: str
    subject: str
    edition: int
    replaces: int | None
    replace_reason: str
    code: str
    content: object
    digest: bytes


async def newest_document(tx: Tx, kind: DocumentKind, department: int, visit: str) -> Document | None:
    """Return the newest paper of this kind that a department drew up for a visit."""
    return await tx.maybe(SQL["newest_document"], Document, kind.value, department, visit)


async def documents_of_visit(tx: Tx, visit: str) -> list[Document]:
    """Return the papers of a visit."""
    return await tx.many(SQL["documents_of_visit"], Document, visit)


async def void_document(tx: Tx, document: int, department: int, reason: str) -> None:
    """Note that a paper no longer holds."""
    await tx.execute(SQL["void_document"], document, department, reason, tx.now, tx.actor.person)


async def deliver_documents(tx: Tx, documents: Sequence[int], receipt: int) -> None:
    """Note that papers were handed over."""
    await tx.execute(SQL["deliver_documents"], list(documents), receipt)


async def approved_part(tx: Tx, visit: str, department: int) -> ApprovedPart | None:
    """Return one department's share of a visit with its approval."""
    return await tx.maybe(SQL["approved_part"], ApprovedPart, visit, department)


async def document_by_uid(tx: Tx, uid: str) -> Document | None:
    """Return one paper."""
    return await tx.maybe(SQL["document_by_uid"], Document, uid)


async def lock_papers(tx: Tx, department: int) -> None:
    """Hold the department's papers until the transaction ends: what is looked up is what is issued."""
    await tx.execute(SQL["lock_papers"], department)


async def next_ordinal(tx: Tx, department: int, kind: DocumentKind, year: int) -> int:
    """Take the next number; the department's papers must be locked."""
    return await tx.value(SQL["next_ordinal"], int, department, kind.value, year)


async def add_document(tx: Tx, new: NewDocument) -> DocumentId:
    """Keep a paper."""
    return await tx.value(
        SQL["add_document"],
        DocumentId,
        new.uid,
        new.kind.value,
        new.department,
        new.year,
        new.ordinal,
        new.visit,
        new.subject,
        new.edition,
        new.replaces,
        new.replace_reason,
        new.code,
        new.content,
        new.digest,
        tx.now,
        tx.actor.person,
    )


async def noticed_visit(tx: Tx, uid: str) -> NoticedVisit | None:
    """Return the visit of a notice, if the actor may see it."""
    return await tx.maybe(SQL["noticed_visit"], NoticedVisit, uid)


async def noticed_departments(tx: Tx, visit: int) -> list[NoticedDepartment]:
    """Return who takes part, the lead first."""
    return await tx.many(SQL["noticed_departments"], NoticedDepartment, visit)


async def noticed_matters(tx: Tx, visit: int) -> list[NoticedMatter]:
    """Return what may be checked."""
    return await tx.many(SQL["noticed_matters"], NoticedMatter, visit)


async def noticed_officers(tx: Tx, visit: int) -> list[NamedOfficer]:
    """Return who goes."""
    return await tx.many(SQL["noticed_officers"], NamedOfficer, visit)


async def recorded_check(tx: Tx, uid: str) -> RecordedCheck | None:
    """Return what a paper says of a record beside its answers."""
    return await tx.maybe(SQL["recorded_check"], RecordedCheck, uid)


async def present_officers(tx: Tx, uids: Sequence[str]) -> list[NamedOfficer]:
    """Return the inspectors who were there."""
    return await tx.many(SQL["present_officers"], NamedOfficer, list(uids))


async def visits_to_print(tx: Tx, department: int, first: date, last: date) -> list[str]:
    """Return visits that a department leads and that can have a notice."""
    return await tx.values(SQL["visits_to_print"], str, department, first, last)


async def records_to_print(tx: Tx, department: int, first: date, last: date) -> list[str]:
    """Return the records in force of a department's visits."""
    return await tx.values(SQL["records_to_print"], str, department, first, last)


async def records_of_visit(tx: Tx, visit: str) -> list[str]:
    """Return every version of every record of a visit."""
    return await tx.values(SQL["records_of_visit"], str, visit)
