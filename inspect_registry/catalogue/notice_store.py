"""Notices of holidays in the database: one typed function for each query of notices.sql."""

import datetime as dt

import msgspec

from inspect_registry.catalogue.notices import NoticeDraft, NoticeState
from inspect_registry.db import SqlFile, Tx

SQL = SqlFile(__file__, "notices.sql")


class NoticeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one year's notice as stored."""

    id: int
    uid: str
    year: int
    version: int
    content: NoticeDraft
    state: NoticeState
    proposed_by: int
    proposed_at: dt.datetime
    decided_by: int | None
    decided_at: dt.datetime | None
    decision: str


async def notices(tx: Tx) -> list[NoticeRow]:
    """Return every notice that was entered."""
    return await tx.many(SQL["notices"], NoticeRow)


async def notice_locked(tx: Tx, uid: str) -> NoticeRow | None:
    """Return one notice and hold it."""
    return await tx.maybe(SQL["notice_locked"], NoticeRow, uid)


async def notices_in_force(tx: Tx) -> list[NoticeRow]:
    """Return what working days are counted by."""
    return await tx.many(SQL["notices_in_force"], NoticeRow)


async def add_notice(tx: Tx, uid: str, draft: NoticeDraft) -> NoticeRow:
    """Enter a notice."""
    return await tx.one(SQL["add_notice"], NoticeRow, uid, draft.year, draft, tx.actor.person, tx.now)


async def replace_notice(tx: Tx, year: int) -> int:
    """Take the notice of a year out of force."""
    return await tx.execute(SQL["replace_notice"], year)


async def decide_notice(tx: Tx, notice: int, state: NoticeState, remark: str) -> NoticeRow:
    """Sign a notice off, or reject it."""
    return await tx.one(SQL["decide_notice"], NoticeRow, notice, state.value, tx.actor.person, tx.now, remark)
