"""The stored codes: one typed function for each named query."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from inspect_registry.codes.issuing import SubjectInspector, SubjectMatter, SubjectPart, SubjectVisit
from inspect_registry.codes.model import (
    AlarmKind,
    AlarmLine,
    ArrivalMethod,
    ArrivalView,
    CodeId,
    CodePath,
    CodeRow,
    CodeState,
    Contact,
    InspectorCode,
    NewReport,
    ReportLine,
    Scan,
    VerdictRow,
)
from inspect_registry.db import SqlFile, Tx
from inspect_registry.ledger import EntryId

SQL = SqlFile(__file__, "codes.sql")


class CodeDraft(msgspec.Struct, frozen=True, kw_only=True):
    """One code about to be added, with what scans of it will read."""

    uid: str
    visit: int
    enterprise: int
    premises: int
    opens_at: datetime
    ends_at: datetime
    enterprise_commitment: bytes
    premises_commitment: bytes
    bound: bytes
    bound_fields: object
    path: CodePath
    path_reason: str
    backfill_due: date | None
    replaces: int
    """Id of the code it replaces; 0 for none."""
    inspectors: list[int]
    page: str
    masked: str


class AddedCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code's two identities."""

    id: CodeId
    uid: str


class AddedAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that was new."""

    uid: str
    kind: AlarmKind
    code_uid: str


async def subjects_of_visits(tx: Tx, visits: Sequence[int]) -> list[SubjectVisit]:
    """Read the visits that this actor may see."""
    return await tx.many(SQL["subjects_of_visits"], SubjectVisit, visits)


async def parts_of_visits(tx: Tx, visits: Sequence[int]) -> list[SubjectPart]:
    """Read who takes part."""
    return await tx.many(SQL["parts_of_visits"], SubjectPart, visits)


async def matters_of_parts(tx: Tx, parts: Sequence[int]) -> list[SubjectMatter]:
    """Read what will be checked."""
    return await tx.many(SQL["matters_of_parts"], SubjectMatter, parts)


async def inspectors_of_parts(tx: Tx, parts: Sequence[int]) -> list[SubjectInspector]:
    """Read who will go."""
    return await tx.many(SQL["inspectors_of_parts"], SubjectInspector, parts)


async def visit_of_uid(tx: Tx, uid: str) -> int | None:
    """Find a visit."""
    return await tx.maybe_value(SQL["visit_of_uid"], int, uid)


async def hold_visits(tx: Tx, visits: Sequence[int]) -> list[int]:
    """Let nobody change these visits before this act ends; return those that are there."""
    return await tx.values(SQL["hold_visits"], int, list(visits))


async def add_codes(tx: Tx, drafts: Sequence[CodeDraft]) -> list[AddedCode]:
    """Add codes and their verdict rows, one statement for each kind of row."""
    added = await tx.many(
        SQL["add_codes"],
        AddedCode,
        [draft.uid for draft in drafts],
        [draft.visit for draft in drafts],
        [draft.enterprise for draft in drafts],
        [draft.premises for draft in drafts],
        [draft.opens_at for draft in drafts],
        [draft.ends_at for draft in drafts],
        [draft.enterprise_commitment for draft in drafts],
        [draft.premises_commitment for draft in drafts],
        [draft.bound for draft in drafts],
        [draft.bound_fields for draft in drafts],
        [draft.path.value for draft in drafts],
        [draft.path_reason for draft in drafts],
        [draft.backfill_due for draft in drafts],
        [draft.replaces for draft in drafts],
        tx.now,
        tx.actor.person,
    )
    ids = {code.uid: code.id for code in added}
    await tx.execute(
        SQL["add_verdicts"],
        [draft.uid for draft in drafts],
        [ids[draft.uid] for draft in drafts],
        [draft.enterprise for draft in drafts],
        [",".join(map(str, draft.inspectors)) for draft in drafts],
        [draft.page for draft in drafts],
        [draft.masked for draft in drafts],
    )
    return added


async def code_by_uid(tx: Tx, uid: str) -> CodeRow | None:
    """Read one code."""
    return await tx.maybe(SQL["code_by_uid"], CodeRow, uid)


async def code_to_change(tx: Tx, uid: str) -> CodeRow | None:
    """Read one code and lock it."""
    return await tx.maybe(SQL["code_to_change"], CodeRow, uid)


async def code_of_visit(tx: Tx, visit: int) -> CodeRow | None:
    """Read a visit's live or newest code."""
    return await tx.maybe(SQL["code_of_visit"], CodeRow, visit)


async def inspects_in_visit(tx: Tx, visit: int, inspector: int) -> bool:
    """Say whether an inspector goes on a visit."""
    return await tx.value(SQL["inspects_in_visit"], bool, visit, inspector)


async def codes_of_inspector(tx: Tx, inspector: int, start: datetime, end: datetime) -> list[InspectorCode]:
    """Read what an inspector may present between two instants."""
    return await tx.many(SQL["codes_of_inspector"], InspectorCode, inspector, start, end)


async def open_code(tx: Tx, code: CodeId) -> bool:
    """Note that a code is shown for the first time; False when it was shown before."""
    return bool(await tx.execute(SQL["open_code"], code, tx.now))


async def contact_of_code(tx: Tx, code: CodeId) -> Contact:
    """Read whom to tell about a code."""
    return await tx.one(SQL["contact_of_code"], Contact, code)


async def overdue_codes(tx: Tx, backfill_days: int) -> list[str]:
    """Read the uids of codes never presented whose back-fill is overdue."""
    return await tx.values(SQL["overdue_codes"], str, tx.today, backfill_days)


async def present(tx: Tx, code: CodeId, arrived_at: datetime) -> bool:
    """Make an issued code presented; False when it was not issued any more."""
    if not await tx.execute(SQL["present_code"], code, tx.now):
        return False
    await tx.execute(SQL["present_verdict"], code, arrived_at)
    return True


async def end(tx: Tx, code: CodeId, state: CodeState, reason: str) -> bool:
    """Close or revoke a live code; False when it was not live any more."""
    if not await tx.execute(SQL["end_code"], code, state.value, tx.now, reason):
        return False
    await tx.execute(SQL["end_verdict"], code, state.value, tx.now, reason)
    return True


async def count_wrong_word(tx: Tx, code: CodeId) -> None:
    """Count one wrong word."""
    await tx.execute(SQL["count_wrong_word"], code)


async def add_arrival(
    tx: Tx, uid: str, visit: int, code: CodeId, method: ArrivalMethod, *, reason: str, occurred_at: datetime
) -> None:
    """Add the arrival of a visit."""
    person = tx.actor.person
    await tx.execute(SQL["add_arrival"], uid, visit, code, method.value, reason, occurred_at, tx.now, person)


async def arrival_of_code(tx: Tx, code: CodeId) -> ArrivalView | None:
    """Read the arrival confirmed with a code."""
    return await tx.maybe(SQL["arrival_of_code"], ArrivalView, code)


async def add_report(tx: Tx, uid: str, report: NewReport, *, code: int, enterprise: int) -> None:
    """Add a report from a door."""
    await tx.execute(SQL["add_report"], uid, code, enterprise, report.kind.value, report.text, report.place, tx.now)


async def reports_since(tx: Tx, since: datetime, limit: int) -> list[ReportLine]:
    """Read reports, newest first."""
    return await tx.many(SQL["reports_since"], ReportLine, since, limit)


async def alarms_since(tx: Tx, since: datetime, limit: int) -> list[AlarmLine]:
    """Read alarms, newest first."""
    return await tx.many(SQL["alarms_since"], AlarmLine, since, limit)


async def add_scans(tx: Tx, scans: Sequence[Scan]) -> None:
    """Add answered scans."""
    await tx.execute(SQL["add_scans"], *[list(column) for column in zip(*scans, strict=True)])


async def add_alarms(tx: Tx, alarms: Sequence[tuple[str, AlarmKind, str, int]]) -> list[AddedAlarm]:
    """Add alarms (uid, kind, code uid, scanning enterprise) and return those that are new today."""
    columns = [list(column) for column in zip(*alarms, strict=True)]
    columns[1] = [kind.value for _uid, kind, _code, _scanner in alarms]
    return await tx.many(SQL["add_alarms"], AddedAlarm, *columns, tx.today, tx.now)


async def identifier_of_enterprise(tx: Tx, enterprise: int) -> str | None:
    """Read the number that codes for this enterprise are bound to."""
    return await tx.maybe_value(SQL["identifier_of_enterprise"], str, enterprise)


async def revoked_codes(tx: Tx) -> list[str]:
    """Read the uids of codes revoked before their window ended."""
    return await tx.values(SQL["revoked_codes"], str, tx.now)


async def revoked_count(tx: Tx) -> int:
    """Count the codes that were ever revoked."""
    return await tx.value(SQL["revoked_count"], int)


async def issued_entry(tx: Tx, uid: str) -> EntryId | None:
    """Find the ledger entry of a code's issuing."""
    return await tx.maybe_value(SQL["issued_entry"], EntryId, uid)


def verdict_row(columns: dict[str, object]) -> VerdictRow:
    """Shape a row of `verdicts_by_uid`, which the reader fetches outside a transaction."""
    return msgspec.convert(columns, VerdictRow)
