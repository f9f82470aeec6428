"""What is quiet, for draws and months: one typed function for the query of quiet.sql."""

import datetime as dt

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.enterprises.model import EnterpriseId

SQL = SqlFile(__file__, "quiet.sql")


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """One enterprise or one matter that planned on-site checks leave alone."""

    uid: str
    enterprise: EnterpriseId | None
    matter_code: str | None


async def quiet_in_force(tx: Tx, first: dt.date, last: dt.date) -> list[Quiet]:
    """Return what is quiet on some day of a span."""
    return await tx.many(SQL["quiet_in_force"], Quiet, first, last)
