"""Earlier trees that a log must begin with: what an auditor saw last time, and what an authority has time-stamped.

Each says two things. The leaves below it are those of that tree still, else history was rewritten. And whatever stands
behind it was not in the log at that time: an act there that states an earlier time was entered afterwards.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Final, NamedTuple

import msgspec

from inspect_registry.ledger.checkpoint import Checkpoint
from inspect_registry.ledger.merkle import EMPTY_ROOT
from inspect_registry.ledger.note import NoteError, parse_note
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.promise import MAX_MERGE_DELAY
from inspect_registry.ledger.source import LogRejectedError
from inspect_registry.ledger.stamps import Stamp
from inspect_registry.ledger.tiles import Tree

GRACE: Final = 2 * MAX_MERGE_DELAY
"""An act may wait so long for its number: the merge delay, and as much for the clocks of those who signed."""
SHOWN: Final = 20


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What an auditor remembers between two audits."""

    origin: str
    size: int
    root: bytes
    note: str
    policy: str


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """Leaves that state a time at which they were provably not in the log yet."""

    count: int
    numbers: list[int]
    """The first 20 of them."""


class Waypoint(NamedTuple):
    """One earlier tree, and who says so."""

    size: int
    root: bytes
    at: datetime | None
    """When the tree had this size, as outsiders state; None where nobody did."""
    fault: str
    """What it means when this tree has another root."""


def waypoints(checkpoint: Checkpoint, seen: Seen | None, stamps: Sequence[Stamp], policy: Policy) -> list[Waypoint]:
    """Collect what the log must extend; raises `LogRejectedError` where it is too short for that."""
    found = []
    if seen is not None:
        _check_not_older(checkpoint, seen)
        fault = f"the first {seen.size} leaves are not those seen before"
        found.append(Waypoint(seen.size, seen.root, _witnessed_at(seen.note, policy), fault))
    for stamp in stamps:
        size = stamp.checkpoint.size
        if size > checkpoint.size:
            raise LogRejectedError(f"the log has shrunk: {size} leaves were time-stamped on {stamp.day}")
        fault = f"the first {size} leaves are not those time-stamped on {stamp.day}"
        found.append(Waypoint(size, stamp.checkpoint.root, stamp.at, fault))
    return sorted(found, key=lambda waypoint: waypoint.size)


def _check_not_older(checkpoint: Checkpoint, seen: Seen) -> None:
    if checkpoint.origin != seen.origin:
        raise LogRejectedError(f"the log calls itself {checkpoint.origin}; it was {seen.origin}")
    if checkpoint.size < seen.size:
        raise LogRejectedError(
            f"the log has shrunk: {seen.size} leaves were seen before, now it shows {checkpoint.size}"
        )
    if seen.size == 0 and seen.root != EMPTY_ROOT:
        raise LogRejectedError("the state file is damaged")


def _witnessed_at(note: str, policy: Policy) -> datetime | None:
    """When witnesses of the policy cosigned what was seen, the latest of them; None where none of them did."""
    try:
        times = parse_note(note).opened_by(policy.witnesses.values()).values()
    except NoteError:
        return None
    return max((datetime.fromtimestamp(time, UTC) for time in times if time), default=None)


class Roots:
    """Compares a growing tree with earlier ones."""

    def __init__(self, found: Sequence[Waypoint]) -> None:
        self._found: dict[int, list[Waypoint]] = {}
        for waypoint in found:
            self._found.setdefault(waypoint.size, []).append(waypoint)

    def cut(self, hashes: list[bytes], at: int) -> Iterator[list[bytes]]:
        """Cut the next leaf hashes, the first of which is leaf `at`, wherever an earlier tree ended."""
        start = 0
        for size in sorted(size for size in self._found if at < size < at + len(hashes)):
            yield hashes[start : size - at]
            start = size - at
        yield hashes[start:]

    def compare(self, tree: Tree) -> None:
        """Raise LogRejectedError when the tree has the size of an earlier one and another root."""
        for waypoint in self._found.get(tree.size, []):
            if tree.root != waypoint.root:
                raise LogRejectedError(f"history was rewritten: {waypoint.fault}")


class Lateness:
    """Finds leaves that state an earlier time than that of a tree which they are not part of."""

    def __init__(self, found: Sequence[Waypoint], grace: timedelta = GRACE) -> None:
        dated = [(waypoint.size, waypoint.at) for waypoint in found if waypoint.at is not None]
        self._sizes = [size for size, _ in dated]
        self._earliest = [f"{time - grace:%Y-%m-%dT%H:%M:%SZ}" for time in accumulate((at for _, at in dated), max)]
        """For leaves behind the tree in the same place: the earliest time that they may state."""
        self._count = 0
        self._numbers: list[int] = []

    def add(self, number: int, at: str) -> None:
        """Look at one leaf; `at` in the one spelling that leaves have, which sorts as time does."""
        place = bisect_right(self._sizes, number) - 1
        if place >= 0 and at < self._earliest[place]:
            self._count += 1
            if len(self._numbers) < SHOWN:
                self._numbers.append(number)

    def found(self) -> Late:
        """Say what was found."""
        return Late(count=self._count, numbers=self._numbers)
