"""What is told apart under one idempotency key, and what is not."""

import datetime as dt

from inspect_registry.db.idempotency import fingerprint
from inspect_registry.documents.model import Press


class Tool:
    """Something an act is handed to work with."""


def asked(*arguments: object, **options: object) -> bytes:
    return fingerprint("documents.service.issue_notice", arguments, options)


def test_the_same_request_with_the_tools_of_another_process_is_the_same_request() -> None:
    first = asked("visit", Press(base="https://x", printed=lambda _code: "a"), Tool())
    again = asked("visit", Press(base="https://x", printed=lambda _code: "b"), Tool())
    assert first == again


def test_another_act_argument_or_order_is_another_request() -> None:
    told = {
        asked("visit", 1),
        asked("visit", 2),
        asked(1, "visit"),
        asked("visit", number=1),
        asked("visit", "1"),
        asked("visit", dt.date(2026, 1, 1)),
        asked("visit", Tool()),
        fingerprint("documents.service.issue_order", ("visit", 1), {}),
    }
    assert len(told) == 8
