"""The acts on codes: issue, replace, revoke, close, confirm an arrival, report from a door.

What needs a key (signing a presentation, checking a token, comparing a word) is the desk's (desk.py); here are the acts
that change the register, each one transaction with its ledger entries.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import Role
from inspect_registry.clock import day_of, shanghai, start_of_day
from inspect_registry.codes import store
from inspect_registry.codes.binding import bound_digest, enterprise_commitment, premises_commitment
from inspect_registry.codes.errors import (
    ArrivalAlreadyConfirmed,
    BackfillOverdue,
    CodeNotFound,
    CodeNotLive,
    WrongEnterprise,
)
from inspect_registry.codes.issuing import (
    NETWORK_BACKFILL_DAYS,
    Subject,
    backfill_due,
    bound_of,
    page_of,
    refuse_unless_issuable,
    window_of,
)
from inspect_registry.codes.model import (
    LIVE_STATES,
    Alarm,
    AlarmKind,
    ArrivalMethod,
    ArrivalView,
    CodePath,
    CodeRow,
    CodeState,
    CodeView,
    InspectorCode,
    LateArrival,
    NewCode,
    NewReport,
    ReportLine,
    Scan,
    masked_page,
)
from inspect_registry.codes.notices import opening_notice
from inspect_registry.codes.payload import CODE_ID_BYTES, code_id_of, uid_of
from inspect_registry.codes.subjects import subjects_of
from inspect_registry.codes.words import TRIES_MAX
from inspect_registry.db import Tx
from inspect_registry.errors import NotAllowed
from inspect_registry.identifiers import new_uid
from inspect_registry.jobs import service as jobs
from inspect_registry.visits import service as visits
from inspect_registry.visits.model import VisitId

REPORT_DAYS = 90
REPORTS_MAX = 200


@act(Permission.CODE_ISSUE)
async def issue(tx: Tx, new: NewCode) -> CodeView:
    """Issue the code of an approved visit. Raises the refusal of the rule that is broken (issuing.py)."""
    visit = await store.visit_of_uid(tx, new.visit)
    if visit is None:
        raise CodeNotFound("没有这次检查，或不属于本部门。")
    return await _issue(tx, visit, new.path, new.reason, replaces=None)


@act(Permission.CODE_ISSUE)
async def reissue(tx: Tx, uid: str, reason: str) -> CodeView:
    """Replace a code after its people or matters changed: revoke it and issue one for the visit as it stands."""
    old = await _live_code(tx, uid)
    await _end(tx, old, CodeState.REVOKED, reason)
    return await _issue(tx, old.visit, old.path, old.path_reason, replaces=old)


@act(Permission.CODE_ISSUE)
async def issue_bulk(tx: Tx, visits: Sequence[int]) -> int:
    """Issue the codes of many approved visits under the same rules; the demo's form. Refused if one is refused."""
    subjects = await subjects_of(tx, visits)
    drafts = [_draft(tx, subject, CodePath.NORMAL, "", replaces=None) for subject in subjects]
    await store.add_codes(tx, drafts)
    entries = [_issued_entry(draft, subject) for draft, subject in zip(drafts, subjects, strict=True)]
    await ledger.append_many(tx, entries)
    return len(drafts)


@act(Permission.CODE_REVOKE)
async def revoke(tx: Tx, uid: str, reason: str) -> CodeView:
    """Take a live code back; scanners see the reason within two seconds."""
    code = await _live_code(tx, uid)
    await _end(tx, code, CodeState.REVOKED, reason)
    return await _view(tx, uid)


@act(Permission.INSPECTION_RECORD)
async def close(tx: Tx, visit: int) -> None:
    """End the code of a visit that is over; fieldwork calls it. A visit without a live code is left alone."""
    code = await store.code_of_visit(tx, visit)
    if code is not None and code.state in LIVE_STATES:
        await _end(tx, code, CodeState.CLOSED, "")


@reads(Permission.VISIT_READ)
async def code_of_visit(tx: Tx, visit: int) -> CodeView | None:
    """Return a visit's live code, or its newest one."""
    code = await store.code_of_visit(tx, visit)
    return None if code is None else _shown(code)


@reads(Permission.CODE_PRESENT)
async def code_to_present(tx: Tx, uid: str) -> CodeRow:
    """Return a code for its inspector to show. Raises NotAllowed for anybody who does not go on this visit."""
    code = _known(await store.code_by_uid(tx, uid))
    if tx.actor.role is not Role.SYSTEM and not await store.inspects_in_visit(tx, code.visit, tx.actor.inspector):
        raise NotAllowed("只有这次检查的执法人员可以出示此码。", rule="code-shown-by-its-inspectors")
    if code.state not in LIVE_STATES:
        raise CodeNotLive(f"检查码已{'撤销' if code.state is CodeState.REVOKED else '结束'}。")
    return code


@act(Permission.CODE_PRESENT)
async def open_code(tx: Tx, uid: str) -> CodeRow:
    """Note that a code is shown at the door for the first time, and tell the enterprise's registered contact.

    The message goes through another channel than the QR, so a look-alike page or a relayed picture cannot forge it.
    Nothing is told before the window, so that an unannounced visit stays unannounced. Later showings change nothing.
    """
    code = await code_to_present(tx, uid)
    if code.opens_at <= tx.now < code.ends_at and await store.open_code(tx, code.id):
        contact = await store.contact_of_code(tx, code.id)
        if contact.contact:
            subject, body = opening_notice(contact, code, tx.now)
            await jobs.notify_enterprise(tx, contact.enterprise, contact.contact, "code.opened", subject, body)
        await ledger.append(
            tx,
            ledger.Action.CODE_PRESENTED,
            ledger.Subject("code", uid),
            department=tx.actor.department or None,
            public={"visit": code.visit_uid},
            private={"told": bool(contact.contact)},
        )
    return code


@reads(Permission.VISIT_READ)
async def code_to_print(tx: Tx, uid: str) -> CodeRow:
    """Return a code for the printed notice of its visit."""
    return _known(await store.code_by_uid(tx, uid))


@reads(Permission.CODE_PRESENT)
async def codes_today(tx: Tx) -> list[InspectorCode]:
    """List what the acting inspector may present today."""
    start = start_of_day(tx.today)
    return await store.codes_of_inspector(tx, tx.actor.inspector, start, start + timedelta(days=1))


@act(Permission.ARRIVAL_CONFIRM)
async def confirm_arrival(tx: Tx, uid: str, method: ArrivalMethod) -> ArrivalView:
    """Confirm the arrival for the enterprise that this actor stands for. Exactly one confirmation per code wins.

    The desk has checked the token; an actor without an account carries the code's own enterprise (desk.py).
    """
    code = _known(await store.code_to_change(tx, uid))
    if code.enterprise != tx.actor.enterprise:
        raise WrongEnterprise(rule="arrival-by-its-own-enterprise", remedy="请拒绝检查并报告。")
    return await _confirm(tx, code, method)


@act(Permission.ARRIVAL_CONFIRM)
async def count_wrong_word(tx: Tx, uid: str) -> int:
    """Count a wrong one-time word, in the ledger too, and return how many tries are left."""
    code = _known(await store.code_to_change(tx, uid))
    await store.count_wrong_word(tx, code.id)
    left = max(0, TRIES_MAX - code.word_tries - 1)
    await ledger.append(
        tx,
        ledger.Action.ARRIVAL_REFUSED,
        ledger.Subject("code", uid),
        department=None,
        public={"left": left},
        private={},
    )
    return left


@reads(Permission.ARRIVAL_CONFIRM)
async def word_tries(tx: Tx, uid: str) -> int:
    """Return how many wrong words were typed for a code."""
    return _known(await store.code_by_uid(tx, uid)).word_tries


@act(Permission.CODE_PRESENT)
async def confirm_with_enterprise_code(tx: Tx, uid: str, identifier: str) -> ArrivalView:
    """Confirm the arrival by the enterprise's own code, scanned or typed by the inspector from its licence."""
    code = await code_to_present(tx, uid)
    if enterprise_commitment(code_id_of(uid), identifier.strip()) != code.enterprise_commitment:
        raise WrongEnterprise("扫到的企业码与检查码所列企业不一致。", rule="arrival-by-its-own-enterprise")
    return await _confirm(tx, _known(await store.code_to_change(tx, uid)), ArrivalMethod.ENTERPRISE_CODE)


@act(Permission.CODE_PRESENT)
async def confirm_late(tx: Tx, uid: str, late: LateArrival) -> ArrivalView:
    """Back-fill an arrival that could not be confirmed at the door, within the days that the rules allow."""
    await code_to_present(tx, uid)
    code = _known(await store.code_to_change(tx, uid))
    last = code.backfill_due or day_of(late.occurred_at) + timedelta(days=NETWORK_BACKFILL_DAYS)
    if not code.opens_at <= late.occurred_at < code.ends_at or late.occurred_at > tx.now or tx.today > last:
        raise BackfillOverdue(
            f"到场时间须在检查时间内且不晚于现在，补登不晚于 {last}。",
            rule="arrival-backfill",
            remedy="逾期未补登的，由执法监督机构处理。",
        )
    return await _confirm(tx, code, ArrivalMethod.LATE, at=late.occurred_at, reason=late.reason)


@act(Permission.CODE_VERIFY)
async def raise_overdue(tx: Tx) -> int:
    """Raise an alarm for each code whose back-fill is overdue; once a day each. Returns how many are new."""
    overdue = await store.overdue_codes(tx, NETWORK_BACKFILL_DAYS)
    return await _alarm(tx, [(AlarmKind.OVERDUE_BACKFILL, uid, 0) for uid in overdue])


@act(Permission.REPORT_FILE)
async def report(tx: Tx, new: NewReport, code_uid: str) -> str:
    """File a report from a door and return its number; departments never read reports (domain.md 33, T5)."""
    uid = new_uid(tx.random)
    code = await store.code_by_uid(tx, code_uid) if code_uid else None
    await store.add_report(tx, uid, new, code=code.id if code else 0, enterprise=tx.actor.enterprise)
    await ledger.append(
        tx,
        ledger.Action.REPORT_FILED,
        ledger.Subject("report", uid),
        department=None,
        public={"kind": new.kind.value},
        private={"text": new.text, "place": new.place, "code": code_uid},
    )
    return uid


@reads(Permission.REPORT_READ)
async def reports(tx: Tx) -> list[ReportLine]:
    """List the reports of the last 90 days for supervisors."""
    return await store.reports_since(tx, tx.now - timedelta(days=REPORT_DAYS), REPORTS_MAX)


@act(Permission.CODE_VERIFY)
async def keep_book(tx: Tx, scans: Sequence[Scan], alarms: Sequence[Alarm]) -> None:
    """Write what the desk saw: scans are counted, an alarm that is new today gets its entry."""
    if scans:
        await store.add_scans(tx, scans)
    await _alarm(tx, alarms)


@reads(Permission.CODE_VERIFY)
async def revoked(tx: Tx) -> tuple[list[str], int]:
    """Return the uids of codes revoked before their window ended, and how many were ever revoked."""
    return await store.revoked_codes(tx), await store.revoked_count(tx)


async def _issue(tx: Tx, visit: int, path: CodePath, reason: str, *, replaces: CodeRow | None) -> CodeView:
    (subject,) = await subjects_of(tx, [visit])
    draft = _draft(tx, subject, path, reason, replaces=replaces)
    await store.add_codes(tx, [draft])
    await ledger.append_many(tx, [_issued_entry(draft, subject)])
    return await _view(tx, draft.uid)


def _draft(tx: Tx, subject: Subject, path: CodePath, reason: str, *, replaces: CodeRow | None) -> store.CodeDraft:
    window = window_of(subject, path, tx.now)
    refuse_unless_issuable(subject, path, reason, window, tx.now)
    visit, code_id = subject.visit, tx.random(CODE_ID_BYTES)
    bound, page = bound_of(subject), page_of(subject, path, window)
    return store.CodeDraft(
        uid=uid_of(code_id),
        visit=visit.visit,
        enterprise=visit.enterprise,
        premises=visit.premises,
        opens_at=window.opens_at,
        ends_at=window.ends_at,
        enterprise_commitment=enterprise_commitment(code_id, visit.identifier),
        premises_commitment=premises_commitment(code_id, visit.premises_uid),
        bound=bound_digest(code_id, bound),
        bound_fields=bound,
        path=path,
        path_reason=reason,
        backfill_due=backfill_due(path, tx.now),
        replaces=replaces.id if replaces else 0,
        inspectors=subject.inspector_ids,
        page=msgspec.json.encode(page).decode(),
        masked=msgspec.json.encode(masked_page(page)).decode(),
    )


def _issued_entry(draft: store.CodeDraft, subject: Subject) -> ledger.Draft:
    return ledger.Draft(
        action=ledger.Action.CODE_ISSUED,
        subject=ledger.Subject("code", draft.uid),
        department=subject.visit.lead,
        public={"visit": subject.visit.visit_uid, "bound": draft.bound.hex(), "path": draft.path.value},
        private={"fields": draft.bound_fields, "page": draft.page, "reason": draft.path_reason},
    )


async def _alarm(tx: Tx, alarms: Sequence[Alarm]) -> int:
    if not alarms:
        return 0
    new = await store.add_alarms(tx, [(new_uid(tx.random), kind, uid, scanner) for kind, uid, scanner in alarms])
    entries = [
        ledger.Draft(
            action=ledger.Action.ALARM_RAISED,
            subject=ledger.Subject("code_alarm", alarm.uid),
            public={"kind": alarm.kind.value},
            private={"code": alarm.code_uid},
        )
        for alarm in new
    ]
    if entries:
        await ledger.append_many(tx, entries)
    return len(new)


async def _confirm(
    tx: Tx, code: CodeRow, method: ArrivalMethod, *, at: datetime | None = None, reason: str = ""
) -> ArrivalView:
    occurred_at = at or tx.now
    if code.state is CodeState.PRESENTED:
        raise _already(await store.arrival_of_code(tx, code.id))
    if code.state is not CodeState.ISSUED or not code.opens_at <= occurred_at < code.ends_at:
        raise CodeNotLive("检查码不在有效时间内，或已结束、已撤销。", rule="arrival-needs-live-code")
    await store.present(tx, code.id, occurred_at)
    uid = new_uid(tx.random)
    await store.add_arrival(tx, uid, code.visit, code.id, method, reason=reason, occurred_at=occurred_at)
    await visits.start(tx, VisitId(code.visit), occurred_at)
    await ledger.append(
        tx,
        ledger.Action.ARRIVAL_CONFIRMED,
        ledger.Subject("code", code.uid),
        department=None,
        public={"visit": code.visit_uid, "method": method.value},
        private={"arrival": uid, "reason": reason},
    )
    return ArrivalView(uid=uid, method=method, occurred_at=occurred_at, logged_at=tx.now, reason=reason)


def _already(first: ArrivalView | None) -> ArrivalAlreadyConfirmed:
    at = f"首次核验时间 {shanghai(first.occurred_at):%Y-%m-%d %H:%M:%S}。" if first else ""
    return ArrivalAlreadyConfirmed(at, rule="arrival-once-per-code")


async def _end(tx: Tx, code: CodeRow, state: CodeState, reason: str) -> None:
    await store.end(tx, code.id, state, reason)
    action = ledger.Action.CODE_REVOKED if state is CodeState.REVOKED else ledger.Action.CODE_CLOSED
    await ledger.append(
        tx,
        action,
        ledger.Subject("code", code.uid),
        department=tx.actor.department or None,
        public={"visit": code.visit_uid},
        private={"reason": reason},
    )


async def _live_code(tx: Tx, uid: str) -> CodeRow:
    code = _known(await store.code_to_change(tx, uid))
    if code.state not in LIVE_STATES:
        raise CodeNotLive(f"检查码已{'撤销' if code.state is CodeState.REVOKED else '结束'}。", rule="code-live")
    return code


def _known(code: CodeRow | None) -> CodeRow:
    if code is None:
        raise CodeNotFound
    return code


async def _view(tx: Tx, uid: str) -> CodeView:
    return _shown(_known(await store.code_by_uid(tx, uid)))


def _shown(code: CodeRow) -> CodeView:
    return CodeView(
        uid=code.uid,
        visit=code.visit_uid,
        state=code.state,
        path=code.path,
        opens_at=code.opens_at,
        ends_at=code.ends_at,
        backfill_due=code.backfill_due,
        presented_at=code.presented_at,
        ended_at=code.ended_at,
        end_reason=code.end_reason,
    )
