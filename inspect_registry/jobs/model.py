"""Jobs and notices as stored."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

import msgspec

JobId = NewType("JobId", int)
NoticeId = NewType("NoticeId", int)

LEASE_SECONDS = 120
"""A running job that reported nothing for this long belongs to a dead worker and is taken again."""
MOST_ATTEMPTS = 3
"""A job that failed so often is left to a person."""
RETRY_SECONDS = 60
NOTICE_ATTEMPTS = 10
"""A notice that failed so often is left to a person."""
NOTICE_RETRY_SECONDS = 60
"""A notice waits so long after its first failure, and twice as long after each further one: 8.5 hours in all."""


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One job that a worker has taken."""

    id: JobId
    uid: str
    kind: str
    argument: dict[str, Any]
    attempts: int
    requested_by: int


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job as told to the person who asked for it."""

    uid: str
    kind: str
    state: JobState
    attempts: int
    progress: dict[str, Any]
    result: dict[str, Any] | None
    stop_asked: bool
    """Somebody asked it to end early."""
    due_at: datetime
    ended_at: datetime | None


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One message to be sent, with the address it goes to now."""

    id: NoticeId
    uid: str
    kind: str
    subject: str
    body: str
    address: str
    attempts: int


Report = Callable[[dict[str, Any]], Awaitable[bool]]
"""Tells how far a job is, which renews its lease; True when somebody wants it to end early with what it has."""
Work = Callable[[Job, Report], Awaitable[dict[str, Any]]]
"""Does one kind of job and returns its result."""
Send = Callable[[Notice], Awaitable[None]]
"""Hands one notice to the outside; raises when it cannot."""
