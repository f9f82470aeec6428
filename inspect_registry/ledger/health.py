"""Is the log in good order: what health checks, metrics and the alarm ask.

Registered acts are safe whatever this says; what may suffer is the log's word that they will be public within a minute.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from inspect_registry.ledger.model import StatusRow
from inspect_registry.ledger.promise import MAX_MERGE_DELAY

PENDING_ALARM: Final = MAX_MERGE_DELAY
"""An act that waits longer for its number breaks a promise."""


class LedgerState(StrEnum):
    """The worst that can be said of the log now."""

    OK = "ok"
    UNWITNESSED = "unwitnessed"
    """The newest published checkpoint wants cosignatures; they are asked for again every few seconds."""
    LATE = "late"
    """An act has waited longer than a minute: sequencer or signer stand still."""
    FROZEN = "frozen"
    """Nothing may be written until a person has decided (docs/trust.md)."""


class LedgerHealth(msgspec.Struct, frozen=True, kw_only=True):
    """The state with its figures."""

    state: LedgerState
    pending: int
    oldest_pending_seconds: float
    unwitnessed: int
    """Published leaves that no sufficiently witnessed checkpoint covers yet."""
    reason: str = ""
    """Why it is frozen."""


def judge(status: StatusRow, now: datetime) -> LedgerHealth:
    """Say how the log is, from its row of figures."""
    age = max(timedelta(), now - status.oldest_pending_at) if status.oldest_pending_at else timedelta()
    unwitnessed = max(0, status.published_size - status.witnessed_size)
    if status.frozen is not None:
        state = LedgerState.FROZEN
    elif age > PENDING_ALARM:
        state = LedgerState.LATE
    else:
        state = LedgerState.UNWITNESSED if unwitnessed else LedgerState.OK
    return LedgerHealth(
        state=state,
        pending=status.pending,
        oldest_pending_seconds=age.total_seconds(),
        unwitnessed=unwitnessed,
        reason=status.frozen or "",
    )
