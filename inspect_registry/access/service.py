"""Signing in and out, and making accounts.

A session token is 32 random bytes; the database keeps only its SHA-256. It is made at sign-in and never taken from the
client, so a planted cookie is worthless; ending it deletes the row, so nothing in flight can revive it.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from inspect_registry import ledger
from inspect_registry.access import store
from inspect_registry.access.acts import act
from inspect_registry.access.errors import SignInFailed, TooManySignIns
from inspect_registry.access.model import (
    ABSOLUTE_HOURS,
    FAILURES_PER_ACCOUNT,
    FAILURES_PER_NETWORK,
    IDLE_MINUTES,
    WINDOW_MINUTES,
    NewPerson,
    PersonId,
    SignedIn,
)
from inspect_registry.access.networks import network_of
from inspect_registry.access.passwords import hashed, matches
from inspect_registry.access.permissions import Permission
from inspect_registry.actor import SYSTEM, Actor
from inspect_registry.db import Database, Tx
from inspect_registry.db.idempotency import forget
from inspect_registry.errors import NotFound
from inspect_registry.identifiers import new_uid

_ANSWERS_KEPT = timedelta(days=2)
_COUNTERS_KEPT = timedelta(days=1)
_TOUCH_SECONDS = 60
"""A session in use is written back at most this often."""


async def sign_in(database: Database, account: str, password: str, address: str) -> SignedIn:
    """Check a password and open a session.

    Raises SignInFailed (unknown, wrong and disabled alike, after the same work) and TooManySignIns. Failures are
    counted by account and by network; a success from another network than the guesser's still goes through until the
    account's own count is full. An attempt is counted before the password is looked at and given back when it was
    right: of a hundred guesses at once no more are heard than of a hundred in a row.
    """
    account = account.strip().lower()[:200]
    buckets = {f"account:{account}": FAILURES_PER_ACCOUNT, f"network:{network_of(address)}": FAILURES_PER_NETWORK}
    async with database.transaction(SYSTEM) as tx:
        window = _window(tx.now)
        for bucket, allowed in buckets.items():
            if await store.count_attempt(tx, bucket, window) > allowed:
                raise TooManySignIns(remedy=f"请在 {WINDOW_MINUTES} 分钟后再试")
        person = await store.person_by_account(tx, account)
    usable = person is not None and person.disabled_at is None
    if not await matches(person.password_hash if person else None, password) or not usable or person is None:
        raise SignInFailed
    token = secrets.token_urlsafe(32)
    async with database.transaction(SYSTEM) as tx:
        expires_at = tx.now + timedelta(hours=ABSOLUTE_HOURS)
        await store.add_session(tx, token_hash(token), person.id, expires_at)
        for bucket in buckets:
            await store.give_back_attempt(tx, bucket, window)
    return SignedIn(token=token, account=person.account, name=person.name, role=person.role, expires_at=expires_at)


async def actor_of(database: Database, token: str) -> Actor | None:
    """Return who a session token belongs to, or None: unknown, ended, idle too long, or account disabled."""
    if not 20 <= len(token) <= 100:
        return None
    digest = token_hash(token)
    async with database.transaction(SYSTEM, read_only=True) as tx:
        row = await store.live_session(tx, digest, tx.now - timedelta(minutes=IDLE_MINUTES))
        stale = row is not None and (tx.now - row.seen_at).total_seconds() > _TOUCH_SECONDS
    if row is None:
        return None
    if stale:
        async with database.transaction(SYSTEM) as tx:
            await store.touch_session(tx, digest)
    return row.actor()


async def sign_out(database: Database, token: str) -> None:
    """End the session of this token; an unknown token is ended already."""
    async with database.transaction(SYSTEM) as tx:
        await store.end_session(tx, token_hash(token))


@act(Permission.PERSON_CHANGE)
async def add_people(tx: Tx, people: Sequence[NewPerson], *, quick: bool = False) -> list[PersonId]:
    """Make accounts. Raises AccountTaken. `quick` hashing is for the demo's published passwords only."""
    by_password = {person.password: await hashed(person.password, quick=quick) for person in people}
    uids = [new_uid(tx.random) for _ in people]
    ids = await store.add_people(tx, uids, people, [by_password[person.password] for person in people])
    await ledger.append_many(
        tx,
        [
            ledger.Draft(
                action=ledger.Action.PERSON_CREATED,
                subject=ledger.Subject("person", uid),
                public={"role": person.role.value},
                private={"account": person.account, "name": person.name},
            )
            for uid, person in zip(uids, people, strict=True)
        ],
    )
    return ids


@act(Permission.PERSON_CHANGE)
async def disable(tx: Tx, account: str) -> None:
    """Close an account and end its sessions at once. Raises NotFound."""
    person = await store.person_by_account(tx, account)
    if person is None or not await store.disable_person(tx, person.id):
        raise NotFound
    await store.end_sessions_of(tx, person.id)
    await ledger.append(tx, ledger.Action.PERSON_DISABLED, ledger.Subject("person", person.uid))


async def keep_house(database: Database) -> None:
    """Drop sessions that are over, old counters, and answers kept for repeats of acts older than two days."""
    async with database.transaction(SYSTEM) as tx:
        await forget(tx, tx.now - _ANSWERS_KEPT)
        await store.forget_attempts(tx, tx.now - _COUNTERS_KEPT)
        await store.forget_sessions(tx)


def token_hash(token: str) -> bytes:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()


def _window(now: datetime) -> datetime:
    return now - timedelta(minutes=now.minute % WINDOW_MINUTES, seconds=now.second, microseconds=now.microsecond)
