"""Queries about people and sessions: one function each."""

from collections.abc import Sequence
from datetime import datetime

from inspect_registry.access.model import NewPerson, PersonId, PersonRow, SessionRow
from inspect_registry.db import SqlFile, Tx

SQL = SqlFile(__file__, "access.sql")


async def person_by_account(tx: Tx, account: str) -> PersonRow | None:
    """Return the account of this name."""
    return await tx.maybe(SQL["person_by_account"], PersonRow, account)


async def add_people(tx: Tx, uids: Sequence[str], people: Sequence[NewPerson], hashes: Sequence[str]) -> list[PersonId]:
    """Add accounts in the given order."""
    return await tx.values(
        SQL["add_people"],
        PersonId,
        list(uids),
        [person.account for person in people],
        [person.name for person in people],
        list(hashes),
        [person.role.value for person in people],
        [person.department for person in people],
        [person.enterprise for person in people],
        [person.inspector for person in people],
        tx.now,
    )


async def disable_person(tx: Tx, person: PersonId) -> bool:
    """Close an account; False when it was closed or is not there."""
    return await tx.execute(SQL["disable_person"], person, tx.now) == 1


async def end_sessions_of(tx: Tx, person: PersonId) -> int:
    """End all sessions of a person."""
    return await tx.execute(SQL["end_sessions_of"], person)


async def add_session(tx: Tx, token_hash: bytes, person: PersonId, expires_at: datetime) -> None:
    """Keep a new session."""
    await tx.execute(SQL["add_session"], token_hash, person, tx.now, expires_at)


async def live_session(tx: Tx, token_hash: bytes, idle_before: datetime) -> SessionRow | None:
    """Return the session of a token while it lives."""
    return await tx.maybe(SQL["live_session"], SessionRow, token_hash, tx.now, idle_before)


async def touch_session(tx: Tx, token_hash: bytes) -> None:
    """Note that the session is in use."""
    await tx.execute(SQL["touch_session"], token_hash, tx.now)


async def end_session(tx: Tx, token_hash: bytes) -> None:
    """End one session."""
    await tx.execute(SQL["end_session"], token_hash)


async def count_attempt(tx: Tx, bucket: str, window_start: datetime) -> int:
    """Count one more attempt and return how many there are."""
    return await tx.value(SQL["count_attempt"], int, bucket, window_start)


async def give_back_attempt(tx: Tx, bucket: str, window_start: datetime) -> None:
    """Take one attempt back: it was no failure."""
    await tx.execute(SQL["give_back_attempt"], bucket, window_start)


async def forget_attempts(tx: Tx, before: datetime) -> int:
    """Drop old counters."""
    return await tx.execute(SQL["forget_attempts"], before)


async def forget_sessions(tx: Tx) -> int:
    """Drop sessions that are over."""
    return await tx.execute(SQL["forget_sessions"], tx.now)
