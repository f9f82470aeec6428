"""What a published log says about draws: the commitment before the seed, and the seed with the result after it."""

from collections.abc import Collection

import msgspec

from inspect_registry.ledger.checkpoint import parse_checkpoint
from inspect_registry.ledger.leaf import decode_leaf
from inspect_registry.ledger.publication import CHECKPOINT
from inspect_registry.ledger.source import LogRejectedError, Source
from inspect_registry.ledger.verify import leaves

_COMMITTED = {"draw": "draw.committed", "crew_draw": "crew.committed"}
_DRAWN = {"draw": "draw.drawn", "crew_draw": "crew.drawn"}


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """The two entries of one draw; numbers are places in the log."""

    commitment: str
    committed: int
    seed: str = ""
    result: str = ""
    drawn: int | None = None
    twice: bool = False
    """There is a second entry where there may be one: somebody tried again under one identity."""


def logged_draws(source: Source, draws: Collection[str]) -> dict[str, Logged]:
    """Read what a log says about some draws; draws that it does not know are left out. Raises LogRejectedError."""
    try:
        size = parse_checkpoint(source.get(CHECKPOINT))[0].size
    except (ValueError, FileNotFoundError) as error:
        raise LogRejectedError(f"the checkpoint: {error}") from error
    wanted = set(draws)
    found: dict[str, Logged] = {}
    for number, entry in leaves(source, size):
        leaf = decode_leaf(entry)
        kind, uid = leaf.subject.kind, leaf.subject.uid
        if uid not in wanted or kind not in _COMMITTED:
            continue
        known = found.get(uid)
        if leaf.action == _COMMITTED[kind]:
            if known is None:
                found[uid] = Logged(commitment=str(leaf.public["commitment"]), committed=number)
            else:
                found[uid] = msgspec.structs.replace(known, twice=True)
        elif leaf.action == _DRAWN[kind] and known is not None:
            if known.drawn is not None:
                found[uid] = msgspec.structs.replace(known, twice=True)
            else:
                said = {"seed": str(leaf.public["seed"]), "result": str(leaf.public["result"])}
                found[uid] = msgspec.structs.replace(known, drawn=number, **said)
    return found
