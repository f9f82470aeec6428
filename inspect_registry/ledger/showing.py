"""What the log's pages show people, read from the published files alone: no database, so a mirror could do the same."""

from datetime import UTC, date, datetime
from typing import Final

import msgspec

from inspect_registry.ledger.checkpoint import parse_checkpoint
from inspect_registry.ledger.completeness import Counted
from inspect_registry.ledger.errors import EntryNotFound, EntryNotYetPublic
from inspect_registry.ledger.leaf import Leaf, decode_leaf
from inspect_registry.ledger.places import Places
from inspect_registry.ledger.policy import parse_policy
from inspect_registry.ledger.publication import LogFolder
from inspect_registry.ledger.receipts import MAX_NUMBER, published_proof, sound_files
from inspect_registry.ledger.tiles import BUNDLE_LEVEL, WIDTH, TileName, unpack_entries, width_in

STAMPS_SHOWN: Final = 7


class ShownEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One public leaf with everything that proves it."""

    number: int
    size: int
    leaf: Leaf
    leaf_text: str
    """The leaf's exact bytes."""
    proof: str
    """C2SP tlog-proof."""
    policy: str


class Cosigned(msgspec.Struct, frozen=True, kw_only=True):
    """One witness of the policy and what it said of the newest checkpoint."""

    name: str
    at: datetime | None
    """When it signed, by its own clock; None = it has not signed this one."""


class ShownLog(msgspec.Struct, frozen=True, kw_only=True):
    """The log as its files say it is."""

    origin: str
    size: int
    root: str
    """Hex."""
    log_key: str
    witnesses: list[Cosigned]
    witnessed: bool
    """Enough of them have signed, as the policy wants."""
    counted: Counted | None
    stamps: list[date]
    """Days with an RFC 3161 time stamp, newest first."""


def shown_entry(places: Places, number: int) -> ShownEntry:
    """Return a published leaf with its proof. Raises EntryNotFound, EntryNotYetPublic, PublishedLogDamaged."""
    if not 0 <= number < MAX_NUMBER:
        raise EntryNotFound(f"{number}")
    folder = places.published
    with sound_files():
        proof = published_proof(folder, number)
        checkpoint, _ = parse_checkpoint(proof.checkpoint)
        name = TileName(BUNDLE_LEVEL, number // WIDTH, width_in(checkpoint.size, 0, number // WIDTH))
        data = unpack_entries(folder.read(name), name)[number % WIDTH]
        return ShownEntry(
            number=number,
            size=checkpoint.size,
            leaf=decode_leaf(data),
            leaf_text=data.decode(),
            proof=str(proof),
            policy=_policy_of(folder),
        )


def shown_log(places: Places) -> ShownLog | None:
    """Return what the newest checkpoint and the files beside it say; None before the first checkpoint.

    Raises PublishedLogDamaged.
    """
    folder = places.published
    note, text = folder.checkpoint(), folder.policy()
    if note is None or text is None:
        return None
    with sound_files():
        checkpoint, parsed = parse_checkpoint(note)
        policy = parse_policy(text)
        signed = parsed.opened_by(policy.witnesses.values())
        return ShownLog(
            origin=checkpoint.origin,
            size=checkpoint.size,
            root=checkpoint.root.hex(),
            log_key=str(policy.log),
            witnesses=[Cosigned(name=key.name, at=_time(signed.get(key))) for key in policy.witnesses.values()],
            witnessed=policy.is_witnessed(parsed),
            counted=folder.figures(),
            stamps=folder.stamped_days()[:STAMPS_SHOWN],
        )


def _policy_of(folder: LogFolder) -> str:
    policy = folder.policy()
    if policy is None:
        raise EntryNotYetPublic("还没有公布信任策略")
    return policy


def _time(stated: int | None) -> datetime | None:
    return datetime.fromtimestamp(stated, UTC) if stated else None
