"""30-second slots: how a photographed code goes stale.

Slot n covers the seconds [30 n, 30 n + 30) since 1970. A presentation is fresh in its own slot and in one slot of
grace after it, so the picture of a code is good for 30 to 60 seconds and never for 90. Slot 0 marks a printed notice.
"""

from datetime import datetime
from enum import StrEnum

from inspect_registry.codes.payload import PRINTED_SLOT

SLOT_SECONDS = 30
GRACE_SLOTS = 1


class Freshness(StrEnum):
    """How a token's slot stands to the present."""

    FRESH = "fresh"
    STALE = "stale"
    AHEAD = "ahead"
    """The slot lies in the future: the phone's clock (or ours) is wrong, or the picture was fetched for later."""
    PRINTED = "printed"


def slot_at(now: datetime) -> int:
    """Return the slot of this instant."""
    return int(now.timestamp()) // SLOT_SECONDS


def freshness(slot: int, now: datetime, *, tolerance: int = 0) -> Freshness:
    """Say whether a presentation is fresh; `tolerance` widens both ends, for verifiers with a clock of their own."""
    if slot == PRINTED_SLOT:
        return Freshness.PRINTED
    age = slot_at(now) - slot
    if age < -tolerance:
        return Freshness.AHEAD
    return Freshness.FRESH if age <= GRACE_SLOTS + tolerance else Freshness.STALE
