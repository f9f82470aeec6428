"""Making proofs and receipts for entries of the registry, out of the published files."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from inspect_registry.actor import SYSTEM
from inspect_registry.db import Database, Tx
from inspect_registry.ledger import store
from inspect_registry.ledger.checkpoint import parse_checkpoint
from inspect_registry.ledger.errors import EntryErased, EntryNotFound, EntryNotYetPublic, PublishedLogDamaged
from inspect_registry.ledger.keeper import KeeperError
from inspect_registry.ledger.model import EntryId, EntryRow, LeafNumber
from inspect_registry.ledger.note import parse_note
from inspect_registry.ledger.places import Places
from inspect_registry.ledger.proof import InclusionProof, prove
from inspect_registry.ledger.publication import LogFolder
from inspect_registry.ledger.receipt import Receipt, minimal_checkpoint
from inspect_registry.ledger.service import erase

MAX_NUMBER = 2**62


@contextmanager
def sound_files() -> Iterator[None]:
    """Say of published files that cannot be read what an auditor would say of them. Raises PublishedLogDamaged."""
    try:
        yield
    except ValueError as error:  # Notes, policies, proofs, tiles and leaves that cannot be read are all of this kind.
        raise PublishedLogDamaged(str(error), remedy="请运维人员运行 inspect-registry ledger verify 查明") from error


def published_proof(folder: LogFolder, number: int) -> InclusionProof:
    """Prove a leaf from the published checkpoint. Raises EntryNotYetPublic, PublishedLogDamaged."""
    with sound_files():
        note = folder.checkpoint()
        size = 0 if note is None else _size(note)
        if note is None or number >= size:
            raise EntryNotYetPublic(f"已公布 {size} 条")
        return prove(number, note, folder.read)


def _size(note: str) -> int:
    checkpoint, _ = parse_checkpoint(note)
    return checkpoint.size


async def public_entry(tx: Tx, number: int) -> EntryRow:
    """Return the entry of a leaf number. Raises EntryNotFound."""
    row = await store.entry_at(tx, LeafNumber(number)) if 0 <= number < MAX_NUMBER else None
    if row is None:
        raise EntryNotFound(f"{number}")
    return row


async def erase_numbers(database: Database, numbers: Sequence[int], *, reason: str, basis: str) -> None:
    """Destroy the private parts of the leaves of these numbers. Raises EntryNotFound."""
    async with database.transaction(SYSTEM) as tx:
        entries = [(await public_entry(tx, number)).id for number in numbers]
        await erase(tx, entries, reason=reason, basis=basis)


async def receipt_of(tx: Tx, entry: EntryId, places: Places) -> Receipt:
    """Make the receipt of an entry whose private part the actor may see.

    Raises EntryNotFound for what the actor may not see, EntryErased, EntryNotYetPublic.
    """
    row, private = await store.entry(tx, entry), await store.private_of(tx, entry)
    if row is None or private is None:
        raise EntryNotFound
    if private.salt is None or private.record is None:
        raise EntryErased
    if row.leaf_index is None:
        raise EntryNotYetPublic
    try:
        policy = places.policy()
    except KeeperError as error:
        raise EntryNotYetPublic(str(error)) from error
    proof = published_proof(places.published, row.leaf_index)
    witnessed = await store.witnessed_note(tx)
    if witnessed and not policy.is_witnessed(parse_note(proof.checkpoint)) and _size(witnessed) > row.leaf_index:
        proof = prove(row.leaf_index, witnessed, places.published.read)
    # Without any witnessed one the receipt says itself that it is signed and not yet witnessed; fetch it again later.
    checkpoint = minimal_checkpoint(proof.checkpoint, policy)
    return Receipt(
        record=private.record,
        salt=private.salt,
        leaf=row.leaf,
        proof=str(InclusionProof(proof.index, proof.path, checkpoint)),
        policy=places.published_policy(),
    )
