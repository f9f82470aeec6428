"""When the alarm goes off, and when it must not."""

from datetime import timedelta

import pytest

from inspect_registry.ledger.health import LedgerState, judge
from inspect_registry.ledger.model import StatusRow
from tests.receipt_builders import AT


def a_status(**changes: object) -> StatusRow:
    fields: dict[str, object] = {
        "size": 10,
        "published_size": 10,
        "witnessed_size": 10,
        "pending": 0,
        "oldest_pending_at": None,
        "last_published_at": AT,
        "frozen": None,
        **changes,
    }
    return StatusRow(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, LedgerState.OK),
        ({"pending": 3, "oldest_pending_at": AT - timedelta(seconds=60)}, LedgerState.OK),
        ({"pending": 3, "oldest_pending_at": AT - timedelta(seconds=61)}, LedgerState.LATE),
        ({"pending": 3, "oldest_pending_at": AT + timedelta(seconds=61)}, LedgerState.OK),
        ({"witnessed_size": 9}, LedgerState.UNWITNESSED),
        ({"witnessed_size": 9, "pending": 1, "oldest_pending_at": AT - timedelta(hours=1)}, LedgerState.LATE),
        ({"frozen": "why", "pending": 1, "oldest_pending_at": AT - timedelta(hours=1)}, LedgerState.FROZEN),
    ],
)
def test_the_worst_is_said(changes: dict[str, object], state: LedgerState) -> None:
    health = judge(a_status(**changes), AT)
    assert health.state is state
    assert health.reason == (changes.get("frozen") or "")
    assert health.oldest_pending_seconds >= 0
