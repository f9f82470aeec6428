"""One typed function for each query of documents.sql."""

from collections.abc import Sequence
from datetime import date

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.documents.model import Document, DocumentKind

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

    name: str
    short_name: str
    used: int
    cap: int


class NoticedMatter(msgspec.Struct, frozen=True, kw_only=True):
    """One matter of a visit."""

    name: str
    department: str
    basis: list[str]
    prepare: str
    criteria: list[str]


class NamedOfficer(msgspec.Struct, frozen=True, kw_only=True):
    """One inspector as papers name him."""

    name: str
    certificate_no: str
    department: str


class RecordedCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What a paper says of a record beside its answers."""

    department: int
    department_name: str
    department_short_name: str
    enterprise_name: str
    enterprise_number: str
    address: str
    code: str


class NewDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A paper to keep."""

    uid: str
    kind: DocumentKind
    department: int
    year: int
    ordinal: int
    subject: str
    code: str
    content: object


async def document_of(tx: Tx, kind: DocumentKind, subject: str) -> Document | None:
    """Return the paper that was drawn up for a subject."""
    return await tx.maybe(SQL["document_of"], Document, kind.value, subject)


async def document_by_uid(tx: Tx, uid: str) -> Document | None:
    """Return one paper."""
    return await tx.maybe(SQL["document_by_uid"], Document, uid)


async def next_ordinal(tx: Tx, department: int, kind: DocumentKind, year: int) -> int:
    """Take the next number; holds the department's papers until the transaction ends."""
    await tx.execute(SQL["lock_numbers"], department)
    return await tx.value(SQL["next_ordinal"], int, department, kind.value, year)


async def add_document(tx: Tx, new: NewDocument) -> None:
    """Keep a paper."""
    await tx.execute(
        SQL["add_document"],
        new.uid,
        new.kind.value,
        new.department,
        new.year,
        new.ordinal,
        new.subject,
        new.code,
        new.content,
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
