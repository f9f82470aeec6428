"""What features do with the ledger: append, wait for a number, promise, erase.

An entry is appended in the transaction of the act it describes, so neither can exist without the other. It has no
number yet: the sequencer gives numbers to committed entries (sequencer.py, docs/adr/0003).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import islice

import msgspec

from inspect_registry.actor import Actor
from inspect_registry.db import Tx
from inspect_registry.ledger import store
from inspect_registry.ledger.actions import Action
from inspect_registry.ledger.client import KeeperClient, KeeperRefusedError, KeeperUnreachableError
from inspect_registry.ledger.errors import EntryNotFound, LedgerFrozen, SignerUnavailable
from inspect_registry.ledger.leaf import SALT_BYTES, LeafError, Subject, commit, encode_leaf, encode_record
from inspect_registry.ledger.merkle import leaf_hash
from inspect_registry.ledger.model import AppendedRow, Draft, EntryId, LeafNumber
from inspect_registry.ledger.promise import promise_for

BATCH = 1_000
"""Entries of one round trip."""

_codes: dict[int, str] = {}
"""Department codes as last read; the append query itself checks each one, so that an old one cannot do harm."""


async def append(
    tx: Tx,
    action: Action,
    subject: Subject,
    *,
    department: int | None = None,
    enterprise: int | None = None,
    public: Mapping[str, int | str] | None = None,
    private: object = None,
) -> EntryId:
    """Append one entry to the transaction of the act it describes. Raises LedgerFrozen.

    `public` is read by the whole world: identities, numbers and words, never a name, never a result. `private` is what
    the registry wants to be able to prove later; who acted is added to it. The enterprise named (`enterprise.id`) may
    fetch a receipt with that record: for its own codes and inspections.
    """
    draft = Draft(
        action=action,
        subject=subject,
        department=department,
        enterprise=enterprise,
        public=public or {},
        private=private,
    )
    (entry,) = await append_many(tx, [draft])
    return entry


async def append_many(tx: Tx, drafts: Sequence[Draft]) -> list[EntryId]:
    """Append many entries, in this order, a thousand a round trip. Raises LedgerFrozen."""
    entries: list[EntryId] = []
    waiting = iter(drafts)
    while batch := list(islice(waiting, BATCH)):
        rows = await _append(tx, batch)
        entries += (row.id for row in rows)
        tx.appended += len(rows)
    return entries


async def _append(tx: Tx, drafts: list[Draft]) -> list[AppendedRow]:
    actor = _actor_record(tx.actor)
    salts = [tx.random(SALT_BYTES) for _ in drafts]  # Once: what is remembered of other databases moves no dice.
    if any(draft.department is not None and draft.department not in _codes for draft in drafts):
        await _learn_codes(tx)
    rows = await store.append(tx, _columns(tx, drafts, salts, actor), tx.now)
    if rows:
        return rows
    await _refuse_if_frozen(tx)
    await _learn_codes(tx)  # Another database, or a department whose code was corrected.
    rows = await store.append(tx, _columns(tx, drafts, salts, actor), tx.now)
    if not rows:
        raise LeafError("an entry names a department that the catalogue does not have")
    return rows


def _columns(tx: Tx, drafts: list[Draft], salts: list[bytes], actor: Mapping[str, int | str]) -> list[list[object]]:
    rows: list[tuple[object, ...]] = []
    for draft, salt in zip(drafts, salts, strict=True):
        code = "" if draft.department is None else _code(draft.department)
        record = encode_record(actor, draft.private)
        leaf = encode_leaf(
            draft.action,
            draft.subject,
            at=tx.now,
            commitment=commit(salt, record),
            department=code,
            public=draft.public,
        )
        kind, uid = draft.subject.kind, draft.subject.uid
        rows.append(
            (
                leaf,
                leaf_hash(leaf),
                draft.action.value,
                kind,
                uid,
                draft.department,
                code or None,
                salt,
                record,
                draft.enterprise,
            )
        )
    return [list(column) for column in zip(*rows, strict=True)]


def _code(department: int) -> str:
    try:
        return _codes[department]
    except KeyError:
        raise LeafError(f"the catalogue has no department {department}") from None


async def _learn_codes(tx: Tx) -> None:
    _codes.clear()
    _codes.update({row.id: row.code for row in await store.department_codes(tx)})


async def _refuse_if_frozen(tx: Tx) -> None:
    head = await store.head(tx)
    if head.frozen is not None:
        raise LedgerFrozen(head.frozen, rule="ledger-frozen", remedy="请运维人员按照 docs/trust.md 中的恢复步骤处理")


def _actor_record(actor: Actor) -> dict[str, int | str]:
    fields: dict[str, int | str] = msgspec.to_builtins(actor)
    return {key: value for key, value in fields.items() if value}


class Waiter(msgspec.Struct, frozen=True):
    """How long somebody waits for a leaf number, and with what; a test's `sleep` does the sequencer's work."""

    sleep: Callable[[float], Awaitable[None]]
    seconds: float = 3.0
    interval: float = 0.1


async def wait_for_number(
    read: Callable[[EntryId], Awaitable[LeafNumber | None]], entry: EntryId, waiter: Waiter
) -> LeafNumber | None:
    """Wait until a published checkpoint covers the entry; None when that takes too long: registered, number pending."""
    waited = 0.0
    while True:
        number = await read(entry)
        if number is not None or waited >= waiter.seconds:
            return number
        await waiter.sleep(waiter.interval)
        waited += waiter.interval


async def numbers_of(tx: Tx, kind: str, uids: Sequence[str], actions: Sequence[Action]) -> dict[str, LeafNumber]:
    """Return the number of the newest published act of these kinds about each subject; without one: no number yet."""
    return {row.uid: row.number for row in await store.numbers_of(tx, kind, uids, actions)}


async def promise(tx: Tx, entry: EntryId, signer: KeeperClient, origin: str) -> str:
    """Have the log promise a committed entry; the same entry gets the same promise. Raises SignerUnavailable.

    To be asked after the commit only: a promise for an entry that was rolled back would be false evidence against us.
    """
    row = await store.entry(tx, entry)
    if row is None:
        raise EntryNotFound(f"{entry}")
    try:
        return await signer.promise(promise_for(origin, row.leaf_hash, row.appended_at))
    except (KeeperUnreachableError, KeeperRefusedError) as error:
        raise SignerUnavailable from error


async def erase(tx: Tx, entries: Sequence[EntryId], *, reason: str, basis: str) -> EntryId:
    """Destroy the private parts of these entries, and say so in an entry of their own. Raises EntryNotFound.

    The leaves and the tree stay as they are; whoever holds a receipt can still prove what it contains.
    """
    found = [row for entry in entries if (row := await store.entry(tx, entry)) is not None]
    if not found or len(found) != len(set(entries)):
        raise EntryNotFound("要删除的条目有的不存在")
    public: dict[str, int | str] = {"entries": len(found), "basis": basis}
    if found[0].leaf_index is not None:
        public["first"] = found[0].leaf_index
    erasure = await append(
        tx,
        Action.ENTRY_ERASED,
        Subject("entry", found[0].leaf_hash.hex()),
        public=public,
        private={"reason": reason, "leaf_hashes": [row.leaf_hash.hex() for row in found]},
    )
    if await store.erase_private(tx, [row.id for row in found], erasure) != len(found):
        raise EntryNotFound("要删除的条目有的已经删除，或者您无权查看")
    return erasure
