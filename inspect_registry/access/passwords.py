"""Passwords: argon2id, slow on purpose, always in a thread so that the event loop never waits for it."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_HASHER = PasswordHasher()
_QUICK = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
_NOBODY = _HASHER.hash("nobody has this password")


async def hashed(password: str, *, quick: bool = False) -> str:
    """Return the argon2id hash; `quick` (8 MiB, one pass) is for the demo's published passwords and for tests."""
    return await asyncio.to_thread((_QUICK if quick else _HASHER).hash, password)


async def matches(password_hash: str | None, password: str) -> bool:
    """Compare; with no hash (unknown account) the same work is done, so that time tells nothing."""
    return await asyncio.to_thread(_matches, password_hash or _NOBODY, password) and password_hash is not None


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
