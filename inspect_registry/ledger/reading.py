"""What is asked from outside: the log's health, one leaf, one receipt; each in a transaction of its own.

Leaves and health are public. A receipt shows a private record, so it is read as the person who asks: row-level security
lets departments and enterprises see their own, coordinator and auditor all.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from inspect_registry.actor import SYSTEM
from inspect_registry.db import Acting, Database
from inspect_registry.ledger import receipts, store
from inspect_registry.ledger.actions import Action
from inspect_registry.ledger.errors import EntryNotFound
from inspect_registry.ledger.health import LedgerHealth, judge
from inspect_registry.ledger.leaf import Leaf, Subject, decode_leaf
from inspect_registry.ledger.model import EntryId, LeafNumber, StatusRow
from inspect_registry.ledger.places import Places
from inspect_registry.ledger.receipt import pack
from inspect_registry.ledger.service import Waiter, wait_for_number

RECEIPTS_PAGE: Final = 50


class PublicEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One public leaf with its place."""

    number: int
    leaf: Leaf
    leaf_hash: str
    """Hex."""
    published: bool
    """A published checkpoint covers it."""


async def status_of(database: Database) -> tuple[StatusRow, LedgerHealth]:
    """Return how long the log is and how it is."""
    async with database.transaction(SYSTEM, read_only=True) as tx:
        row = await store.status(tx)
        return row, judge(row, tx.now)


async def entry_of(database: Database, number: int) -> PublicEntry:
    """Return a public leaf. Raises EntryNotFound."""
    async with database.transaction(SYSTEM, read_only=True) as tx:
        row = await receipts.public_entry(tx, number)
        published = await store.public_number(tx, row.id) is not None
    return PublicEntry(number=number, leaf=decode_leaf(row.leaf), leaf_hash=row.leaf_hash.hex(), published=published)


async def entries_about(database: Database, kind: str, uid: str) -> list[PublicEntry]:
    """Return the numbered leaves about one subject, oldest first; empty when there is none."""
    async with database.transaction(SYSTEM, read_only=True) as tx:
        rows = await store.entries_of(tx, kind, uid)
        published = (await store.status(tx)).published_size
    return [
        PublicEntry(
            number=row.leaf_index,
            leaf=decode_leaf(row.leaf),
            leaf_hash=row.leaf_hash.hex(),
            published=row.leaf_index < published,
        )
        for row in rows
        if row.leaf_index is not None
    ]


class ActAbout(msgspec.Struct, frozen=True, kw_only=True):
    """One act about a subject, numbered or not."""

    leaf: Leaf
    leaf_hash: str
    """Hex."""
    number: int | None
    """None: registered, its number is pending."""


async def acts_about(database: Database, kind: str, uid: str) -> list[ActAbout]:
    """Return everything registered about one subject, oldest first. Raises EntryNotFound when nothing is."""
    async with database.transaction(SYSTEM, read_only=True) as tx:
        rows = await store.entries_of(tx, kind, uid)
        published = (await store.status(tx)).published_size
    if not rows:
        raise EntryNotFound(f"{kind} {uid}")
    return [
        ActAbout(leaf=decode_leaf(row.leaf), leaf_hash=row.leaf_hash.hex(), number=_public(row.leaf_index, published))
        for row in rows
    ]


async def number_about(
    database: Database, kind: str, uid: str, waiter: Waiter, actions: Sequence[Action] = tuple(Action)
) -> LeafNumber | None:
    """Return the number of the newest act (of these kinds) about a subject, waiting for it; None while it is pending.

    Raises EntryNotFound when nothing was registered about it.
    """
    async with database.transaction(SYSTEM, read_only=True) as tx:
        row = await store.act_about(tx, kind, uid, actions)
    if row is None:
        raise EntryNotFound(f"{kind} {uid}")

    async def read(entry: EntryId) -> LeafNumber | None:
        async with database.transaction(SYSTEM, read_only=True) as tx:
            return await store.public_number(tx, entry)

    return await wait_for_number(read, row.id, waiter)


class ReceiptLine(msgspec.Struct, frozen=True, kw_only=True):
    """One act whose receipt the actor may fetch."""

    number: int | None
    """None: its number is pending; the receipt follows within a minute."""
    action: str
    at: str
    department: str
    subject: Subject
    visit: str = ""
    """uid of the visit it belongs to, where the leaf names one."""


async def receipts_for(acting: Acting, below: int | None = None, most: int = RECEIPTS_PAGE) -> list[ReceiptLine]:
    """List the acts whose receipts the actor may fetch, newest first, below a leaf number.

    An enterprise has what is addressed to it, a department its own codes and closed checks; nobody else has any.
    Raises EntryNotFound for a false number.
    """
    actor = acting.actor
    async with acting.database.transaction(actor, read_only=True) as tx:
        start = EntryId(receipts.MAX_NUMBER) if below is None else (await receipts.public_entry(tx, below)).id
        if actor.enterprise:
            rows = await store.receipts_of_enterprise(tx, actor.enterprise, start, most)
        elif actor.department:
            rows = await store.receipts_of_department(tx, actor.department, start, most)
        else:
            rows = []
        published = (await store.status(tx)).published_size
    return [_line(decode_leaf(row.leaf), _public(row.leaf_index, published)) for row in rows]


def _line(leaf: Leaf, number: int | None) -> ReceiptLine:
    return ReceiptLine(
        number=number,
        action=leaf.action,
        at=leaf.at,
        department=leaf.department,
        subject=leaf.subject,
        visit=str(leaf.public.get("visit", "")),
    )


def _public(number: LeafNumber | None, published: int) -> int | None:
    return number if number is not None and number < published else None


async def receipt_for(acting: Acting, number: int, places: Places) -> bytes:
    """Return the receipt as a zip, for those who may see the record. Raises as `receipts.receipt_of` does."""
    async with acting.database.transaction(acting.actor, read_only=True) as tx:
        row = await receipts.public_entry(tx, number)
        return pack(await receipts.receipt_of(tx, row.id, places))
