"""What happens at the door: the code is shown, the arrival confirmed or back-filled, something reported, alarms raised.

Exactly one arrival per visit wins, whoever asks and however often (the code's row is locked; arrival_once in SQL).
The desk (desk.py) has checked the token or compared the word before it calls here.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import Role
from inspect_registry.clock import day_of, shanghai
from inspect_registry.codes import store
from inspect_registry.codes.binding import enterprise_commitment
from inspect_registry.codes.errors import (
    ArrivalAlreadyConfirmed,
    ArrivalWordExhausted,
    BackfillOverdue,
    CodeNotLive,
    WrongEnterprise,
)
from inspect_registry.codes.issuing import NETWORK_BACKFILL_DAYS
from inspect_registry.codes.model import (
    Alarm,
    AlarmKind,
    AlarmLine,
    ArrivalMethod,
    ArrivalView,
    CodeRow,
    CodeState,
    LateArrival,
    NewReport,
    ReportLine,
    Scan,
    WordOutcome,
)
from inspect_registry.codes.notices import opening_notice
from inspect_registry.codes.payload import code_id_of
from inspect_registry.codes.service import code_to_present, known
from inspect_registry.codes.words import TRIES_MAX
from inspect_registry.db import Tx
from inspect_registry.identifiers import new_uid
from inspect_registry.jobs import service as jobs
from inspect_registry.visits import service as visits
from inspect_registry.visits.model import VisitId

REPORT_DAYS = 90
REPORTS_MAX = 200


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
            enterprise=code.enterprise,
        )
    return code


@act(Permission.ARRIVAL_CONFIRM)
async def confirm_arrival(tx: Tx, uid: str, method: ArrivalMethod) -> ArrivalView:
    """Confirm the arrival for the enterprise that this actor stands for. Exactly one confirmation per code wins.

    The desk has checked the token; an actor without an account carries the code's own enterprise (desk.py).
    """
    code = known(await store.code_to_change(tx, uid))
    if code.enterprise != tx.actor.enterprise and tx.actor.role is not Role.SYSTEM:
        raise WrongEnterprise(rule="arrival-by-its-own-enterprise", remedy="请拒绝检查并报告。")
    return await _confirm(tx, code, method)


@act(Permission.ARRIVAL_CONFIRM)
async def confirm_by_word(tx: Tx, uid: str, *, fits: bool) -> WordOutcome:
    """Confirm the arrival by the one-time word, or count a wrong one, in the ledger too.

    `fits` is the desk's comparison. It is told only under the row's lock and only while tries are left, so that a
    thousand guesses at once are six. Raises ArrivalWordExhausted.
    """
    code = known(await store.code_to_change(tx, uid))
    if code.word_tries >= TRIES_MAX:
        raise ArrivalWordExhausted(remedy="请登录企业账号确认，或请执法人员扫本店企业码。")
    if fits:
        return WordOutcome(arrival=await _confirm(tx, code, ArrivalMethod.WORD), left=TRIES_MAX - code.word_tries)
    await store.count_wrong_word(tx, code.id)
    left = TRIES_MAX - code.word_tries - 1
    await ledger.append(
        tx,
        ledger.Action.ARRIVAL_REFUSED,
        ledger.Subject("code", uid),
        department=None,
        public={"left": left},
        private={},
    )
    return WordOutcome(arrival=None, left=left)


@act(Permission.CODE_PRESENT)
async def confirm_with_enterprise_code(tx: Tx, uid: str, identifier: str) -> ArrivalView:
    """Confirm the arrival by the enterprise's own code, scanned or typed by the inspector from its licence."""
    code = await code_to_present(tx, uid)
    if enterprise_commitment(code_id_of(uid), identifier.strip()) != code.enterprise_commitment:
        raise WrongEnterprise("扫到的企业码与检查码所列企业不一致。", rule="arrival-by-its-own-enterprise")
    return await _confirm(tx, known(await store.code_to_change(tx, uid)), ArrivalMethod.ENTERPRISE_CODE)


@act(Permission.CODE_PRESENT)
async def confirm_late(tx: Tx, uid: str, late: LateArrival) -> ArrivalView:
    """Back-fill an arrival that could not be confirmed at the door, within the days that the rules allow."""
    await code_to_present(tx, uid)
    code = known(await store.code_to_change(tx, uid))
    last = code.backfill_due or day_of(late.occurred_at) + timedelta(days=NETWORK_BACKFILL_DAYS)
    if not code.opens_at <= late.occurred_at < code.ends_at or late.occurred_at > tx.now or tx.today > last:
        raise BackfillOverdue(
            f"到场时间须在检查时间内且不晚于现在，补登不晚于 {last}。",
            rule="arrival-backfill",
            remedy="逾期未补登的，由执法监督机构处理。",
        )
    return await _confirm(tx, code, ArrivalMethod.LATE, at=late.occurred_at, reason=late.reason)


@act(Permission.REPORT_FILE)
async def report(tx: Tx, new: NewReport, code_uid: str, code: int) -> str:
    """File a report from a door and return its number; departments never read reports (domain.md 33, T5).

    The code (0 = none) comes from the desk, which read it from a token that the registry made: a reporter is often not
    the enterprise that the code was issued for, and then could not see it.
    """
    uid = new_uid(tx.random)
    await store.add_report(tx, uid, new, code=code, enterprise=tx.actor.enterprise)
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


@reads(Permission.REPORT_READ)
async def alarms(tx: Tx) -> list[AlarmLine]:
    """List the alarms of the last 90 days for supervisors."""
    return await store.alarms_since(tx, tx.now - timedelta(days=REPORT_DAYS), REPORTS_MAX)


@act(Permission.CODE_VERIFY)
async def keep_book(tx: Tx, scans: Sequence[Scan], seen: Sequence[Alarm]) -> None:
    """Write what the desk saw: scans are counted, an alarm that is new today gets its entry."""
    if scans:
        await store.add_scans(tx, scans)
    await _alarm(tx, seen)


@act(Permission.CODE_VERIFY)
async def raise_overdue(tx: Tx) -> int:
    """Raise an alarm for each code whose back-fill is overdue; once a day each. Returns how many are new."""
    overdue = await store.overdue_codes(tx, NETWORK_BACKFILL_DAYS)
    return await _alarm(tx, [(AlarmKind.OVERDUE_BACKFILL, uid, 0) for uid in overdue])


@reads(Permission.CODE_VERIFY)
async def revoked(tx: Tx) -> tuple[list[str], int]:
    """Return the uids of codes revoked before their window ended, and how many were ever revoked."""
    return await store.revoked_codes(tx), await store.revoked_count(tx)


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
        enterprise=code.enterprise,
    )
    return ArrivalView(uid=uid, method=method, occurred_at=occurred_at, logged_at=tx.now, reason=reason)


def _already(first: ArrivalView | None) -> ArrivalAlreadyConfirmed:
    at = f"首次核验时间 {shanghai(first.occurred_at):%Y-%m-%d %H:%M:%S}。" if first else ""
    return ArrivalAlreadyConfirmed(at, rule="arrival-once-per-code")


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
