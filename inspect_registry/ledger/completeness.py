"""Counting the silences: what the log should hold beside what it holds, from public leaves alone.

A log proves that what was registered was not erased. That something was never registered shows in the gaps between
acts of different parties: a code that nobody presented, an arrival without a result, a result without an arrival, a
report of a visit without a code. Anybody can count them from the published leaves; the registry publishes its own.
"""

from datetime import datetime
from typing import Final

import msgspec

from inspect_registry.ledger.actions import Action
from inspect_registry.ledger.health import LedgerHealth
from inspect_registry.ledger.leaf import Leaf

NO_CODE: Final = "no_code"


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The silences of a log; each figure counts visits unless it says otherwise."""

    codes_issued: int
    """Visits for which a code was issued and not revoked."""
    codes_without_arrival: int
    """Of these, no arrival was confirmed: visits that have not begun are among them."""
    codes_not_presented: int
    """Of these, the code was never shown at the door either."""
    arrivals_without_result: int
    results_without_arrival: int
    reports_without_code: int
    """Reports that somebody came without a code."""
    late_backfills: int
    """Acts entered afterwards, with a reason (emergency or network failure)."""
    acts_refused: int
    """Acts that a rule refused."""


class Counted(Figures, frozen=True, kw_only=True):
    """The silences as the registry counted them at one moment, with what no leaf can show: acts that wait."""

    size: int
    """Leaves that were counted."""
    at: datetime
    """When they were counted, by the registry's clock."""
    pending: int
    """Registered acts that had no number then."""
    oldest_pending_seconds: int
    """Age of the oldest of them; over 60 a promise is broken."""


class Completeness:
    """Reads leaves in any order and keeps what is needed to count."""

    def __init__(self) -> None:
        self._visits: dict[str, set[str]] = {
            action: set()
            for action in (
                Action.CODE_ISSUED,
                Action.CODE_REVOKED,
                Action.CODE_PRESENTED,
                Action.ARRIVAL_CONFIRMED,
                Action.INSPECTION_CLOSED,
            )
        }
        self._reports = 0
        self._backfills = 0
        self._refused = 0

    def add(self, leaf: Leaf) -> None:
        """Take one leaf into account."""
        if leaf.action in self._visits:
            # Acts at the door name their visit; one that does not is counted under its own subject.
            self._visits[leaf.action].add(str(leaf.public.get("visit", f"{leaf.subject.kind}:{leaf.subject.uid}")))
        elif leaf.action == Action.REPORT_FILED:
            self._reports += leaf.public.get("kind") == NO_CODE
        elif leaf.action == Action.VISIT_BACKFILLED:
            self._backfills += 1
        elif leaf.action == Action.REFUSED:
            self._refused += 1

    def figures(self) -> Figures:
        """Count."""
        issued = self._visits[Action.CODE_ISSUED] - self._visits[Action.CODE_REVOKED]
        arrived = self._visits[Action.ARRIVAL_CONFIRMED]
        closed = self._visits[Action.INSPECTION_CLOSED]
        return Figures(
            codes_issued=len(issued),
            codes_without_arrival=len(issued - arrived),
            codes_not_presented=len(issued - self._visits[Action.CODE_PRESENTED] - arrived),
            arrivals_without_result=len(arrived - closed),
            results_without_arrival=len(closed - arrived),
            reports_without_code=self._reports,
            late_backfills=self._backfills,
            acts_refused=self._refused,
        )

    def counted(self, size: int, at: datetime, health: LedgerHealth) -> Counted:
        """Count, and say what waits."""
        return Counted(
            size=size,
            at=at,
            pending=health.pending,
            oldest_pending_seconds=round(health.oldest_pending_seconds),
            **msgspec.structs.asdict(self.figures()),
        )
