"""The quiet lists in the database: one typed function for each query of quiet.sql."""

import datetime as dt

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.enterprises.model import EnterpriseId

SQL = SqlFile(__file__, "quiet.sql")


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a quiet list: an enterprise or a matter."""

    uid: str
    enterprise: EnterpriseId | None
    matter_code: str | None
    reason: str
    valid_from: dt.date
    valid_to: dt.date | None
    review_on: dt.date
    ended_reason: str


async def quiet_entries(tx: Tx) -> list[Quiet]:
    """Return the lists, newest entry first."""
    return await tx.many(SQL["quiet_entries"], Quiet)


async def quiet_by_uid(tx: Tx, uid: str) -> Quiet | None:
    """Return one entry and hold it."""
    return await tx.maybe(SQL["quiet_by_uid"], Quiet, uid)


async def quiet_in_force(tx: Tx, first: dt.date, last: dt.date) -> list[Quiet]:
    """Return what is quiet on some day of a span."""
    return await tx.many(SQL["quiet_in_force"], Quiet, first, last)


async def add_quiet(tx: Tx, new: Quiet) -> int:
    """Put one enterprise or matter on the list."""
    return await tx.execute(
        SQL["add_quiet"], new.uid, new.enterprise, new.matter_code, new.reason, new.valid_from, new.review_on, tx.now
    )


async def end_quiet(tx: Tx, uid: str, last: dt.date, reason: str) -> int:
    """Take one off the list; 0 where it is off already."""
    return await tx.execute(SQL["end_quiet"], uid, last, reason)
