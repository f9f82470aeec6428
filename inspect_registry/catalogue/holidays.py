"""Use cases of the yearly notice of holidays: enter it, sign it off, count working days by what is in force.

A notice counts once a second person has compared it with the document; until then its year is provisional. A correction
is a new version with a reason; the one before stays readable.
"""

import datetime as dt

import msgspec

from inspect_registry import ledger, rules
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue import notice_store
from inspect_registry.catalogue.errors import NoticeDecided, NoticeNotSeconded, NoticeUnknown, NoticeUnsound
from inspect_registry.catalogue.notice_store import NoticeRow
from inspect_registry.catalogue.notices import NoticeDraft, NoticeState, notice_faults
from inspect_registry.db import Tx
from inspect_registry.errors import Place
from inspect_registry.identifiers import new_uid
from inspect_registry.workdays import Calendar

BASIS = "《全国年节及纪念日放假办法》"


class NoticeView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one year's notice."""

    uid: str
    version: int
    state: NoticeState
    notice: NoticeDraft
    proposed_at: dt.datetime
    decided_at: dt.datetime | None
    decision: str


@act(Permission.CATALOGUE_CHANGE)
async def propose_notice(tx: Tx, draft: NoticeDraft) -> NoticeView:
    """Enter a year's notice; it counts once it is signed off. Raises NoticeUnsound with the place of each fault."""
    places = notice_faults(draft, tx.today)
    in_force = [row for row in await notice_store.notices_in_force(tx) if row.year == draft.year]
    if in_force and not draft.reason.strip():
        places.append(Place(field="reason", message=f"{draft.year} 年已有通知生效，请写明更正的理由"))
    if places:
        raise NoticeUnsound(
            f"{len(places)} 处有误；第一处：{places[0].message}",
            rule="holiday-notice-sound",
            basis=BASIS,
            remedy="请对照国务院办公厅的通知逐处更正",
            places=tuple(places),
        )
    row = await notice_store.add_notice(tx, new_uid(tx.random), draft)
    await _log(tx, ledger.Action.CALENDAR_IMPORTED, row)
    return _view(row)


@act(Permission.CATALOGUE_CHANGE)
async def sign_notice(tx: Tx, uid: str) -> NoticeView:
    """Sign a notice off, as somebody else than who entered it.

    Raises NoticeUnknown, NoticeDecided, NoticeNotSeconded.
    """
    row = await _waiting(tx, uid)
    if row.proposed_by == tx.actor.person:
        raise NoticeNotSeconded(
            "通知由您录入，须由另一人核对签发", rule="holiday-notice-seconded", remedy="请另一名协调人员对照原文签发"
        )
    await notice_store.replace_notice(tx, row.year)
    signed = await notice_store.decide_notice(tx, row.id, NoticeState.IN_FORCE, "")
    await _log(tx, ledger.Action.CALENDAR_SIGNED, signed)
    return _view(signed)


@act(Permission.CATALOGUE_CHANGE)
async def reject_notice(tx: Tx, uid: str, reason: str) -> NoticeView:
    """Reject a notice that does not say what the document says. Raises NoticeUnknown, NoticeDecided, NoticeUnsound."""
    row = await _waiting(tx, uid)
    if not reason.strip():
        place = Place(field="reason", message="请写明与原文不符之处")
        raise NoticeUnsound(place.message, rule="holiday-notice-sound", basis=BASIS, places=(place,))
    rejected = await notice_store.decide_notice(tx, row.id, NoticeState.REJECTED, reason.strip()[:500])
    await _log(tx, ledger.Action.CALENDAR_REJECTED, rejected)
    return _view(rejected)


@reads(Permission.CATALOGUE_READ)
async def notices(tx: Tx) -> list[NoticeView]:
    """Return every notice that was entered, newest first."""
    return [_view(row) for row in await notice_store.notices(tx)]


@reads(Permission.CATALOGUE_READ)
async def calendar(tx: Tx) -> Calendar:
    """Return the official calendars: notices signed off here, before those that come with the program."""
    signed = {row.year: row.content.calendar() for row in await notice_store.notices_in_force(tx)}
    return Calendar({**rules.calendar().years, **signed})


async def _waiting(tx: Tx, uid: str) -> NoticeRow:
    row = await notice_store.notice_locked(tx, uid)
    if row is None:
        raise NoticeUnknown
    if row.state is not NoticeState.PROPOSED:
        raise NoticeDecided("该通知已签发、退回或被替代", rule="holiday-notice-once", remedy="需要更正时请录入新的版本")
    return row


async def _log(tx: Tx, action: ledger.Action, row: NoticeRow) -> None:
    year = row.content.calendar()
    await ledger.append(
        tx,
        action,
        ledger.Subject("calendar_notice", row.uid),
        public={
            "year": row.year,
            "version": row.version,
            "document": row.content.document,
            "rest": len(year.rest),
            "work": len(year.work),
        },
        private={"notice": row.content, "decision": row.decision},
    )


def _view(row: NoticeRow) -> NoticeView:
    return NoticeView(
        uid=row.uid,
        version=row.version,
        state=row.state,
        notice=row.content,
        proposed_at=row.proposed_at,
        decided_at=row.decided_at,
        decision=row.decision,
    )
