"""The same key, the same answer: how a repeated act is answered instead of done again.

The key is taken first, in the act's own transaction: a lost COMMIT reply is therefore harmless, and of fifty parallel
requests with one key the losers wait for the winner's commit and then repeat its answer.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from inspect_registry.db.database import SQL
from inspect_registry.db.transaction import Tx
from inspect_registry.errors import IdempotencyKeyReused, Refusal, Refused


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """An answer given before."""

    act: str
    fingerprint: bytes
    outcome: bytes | None
    refused: bool


def fingerprint(act: str, arguments: Sequence[object], options: Mapping[str, object]) -> bytes:
    """Return the digest of what was asked, so that a key cannot be used for something else.

    A tool that an act is handed (a folder's keeper, a function) is no part of what was asked: it counts by its kind, or
    a repeat would be taken for another request, since each process has tools of its own.
    """
    encoded = msgspec.json.encode(
        [act, list(arguments), dict(options)], enc_hook=lambda tool: type(tool).__qualname__, order="sorted"
    )
    return hashlib.sha256(encoded).digest()


async def claim(tx: Tx, key: str, act: str, asked: bytes) -> Answered | None:
    """Take the key, or return the answer given under it. Raises IdempotencyKeyReused for another request."""
    taken = await tx.maybe_value(SQL["claim_key"], str, tx.actor.person, key, act, asked, tx.now)
    if taken is not None:
        return None
    earlier = await tx.one(SQL["answered"], Answered, tx.actor.person, key)
    if earlier.act != act or earlier.fingerprint != asked:
        raise IdempotencyKeyReused(remedy="请为新的请求使用新的幂等键")
    return earlier


def replayed(earlier: Answered, kind: Any) -> Any:
    """Return the earlier result. Raises Refused where the act had been refused."""
    if earlier.refused:
        raise Refused(msgspec.json.decode(earlier.outcome or b"", type=Refusal))
    return msgspec.json.decode(earlier.outcome or b"null", type=kind)


async def keep(tx: Tx, key: str, result: object, *, refused: bool = False) -> None:
    """Keep the answer for repeats."""
    await tx.execute(SQL["keep_answer"], tx.actor.person, key, msgspec.json.encode(result), refused)


async def forget(tx: Tx, before: datetime) -> int:
    """Drop answers given before this instant; their keys may then be used again."""
    return await tx.execute(SQL["forget_old_keys"], before)
