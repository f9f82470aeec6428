"""The open lists in the database: one typed function for each query of listing.sql."""

import datetime as dt
from collections.abc import Sequence

from inspect_registry.catalogue.listing import Listing, ListKind
from inspect_registry.db import SqlFile, Tx

SQL = SqlFile(__file__, "listing.sql")


async def listings(tx: Tx, kind: ListKind | None) -> list[Listing]:
    """Return every version of every entry, newest first."""
    return await tx.many(SQL["listings"], Listing, kind.value if kind else None)


async def listing_newest(tx: Tx, kind: ListKind, subject: str) -> Listing | None:
    """Return the newest version of one entry and hold it."""
    return await tx.maybe(SQL["listing_newest"], Listing, kind.value, subject)


async def listing_by_uid(tx: Tx, uid: str) -> Listing | None:
    """Return one version of one entry."""
    return await tx.maybe(SQL["listing_by_uid"], Listing, uid)


async def add_listing(tx: Tx, new: Listing) -> int:
    """Add one version of one entry."""
    return await tx.execute(
        SQL["add_listing"],
        new.uid,
        new.kind.value,
        new.subject,
        new.version,
        new.title,
        new.content,
        new.basis,
        new.reason,
        new.sample,
        new.valid_from,
        new.valid_to,
        new.review_on,
        tx.now,
    )


async def due_untold(tx: Tx) -> list[Listing]:
    """Return the entries that are due for review and whose keeper was not told yet, and hold them."""
    return await tx.many(SQL["due_untold"], Listing, tx.today)


async def mark_told(tx: Tx, uids: Sequence[str]) -> int:
    """Note that the keeper was told."""
    return await tx.execute(SQL["mark_told"], list(uids), tx.now)


async def end_listing(tx: Tx, uid: str, last: dt.date, reason: str) -> int:
    """End one version on a day; 0 where it ends as early already."""
    return await tx.execute(SQL["end_listing"], uid, last, reason)
