"""The pool and the transactions: who acts is set for each one, and nothing else commits.

Every connection carries three time limits (connect, statement, acquire), because without them a dead database holds a
request for more than a minute (measured: docs/adr/0001). Settings for row-level security are transaction-local.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec

from inspect_registry.actor import Actor
from inspect_registry.clock import Clock, SystemClock
from inspect_registry.db.errors import DatabaseBusy, translated
from inspect_registry.db.sqlfile import SqlFile
from inspect_registry.db.transaction import Tx

SQL = SqlFile(__file__, "db.sql")


class Acting(msgspec.Struct, frozen=True):
    """An actor about to act from outside: what a route or a command hands to a service."""

    database: "Database"
    actor: Actor
    key: str = ""
    """The client's Idempotency-Key; empty = none given."""


class Database:
    """A pool of connections of one database role."""

    def __init__(
        self,
        pool: Any,
        *,
        region: str,
        clock: Clock,
        acquire_timeout: float,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._pool = pool
        self.region = region
        self.clock = clock
        self.random = random
        self._acquire_timeout = acquire_timeout

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        region: str,
        clock: Clock | None = None,
        size: int = 8,
        connect_timeout: float = 3.0,
        command_timeout: float = 5.0,
        acquire_timeout: float = 2.0,
        application_name: str = "inspect-registry",
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> "Database":
        """Connect. Raises DatabaseUnavailable when nobody answers within the connect timeout."""
        try:
            pool = await asyncpg.create_pool(
                dsn,
                min_size=min(2, size),
                max_size=size,
                timeout=connect_timeout,
                command_timeout=command_timeout,
                init=_prepare_connection,
                server_settings={"application_name": application_name, "search_path": "ir,public", "TimeZone": "UTC"},
            )
        except Exception as error:
            known = translated(error)
            if known is None:
                raise
            raise known from error
        return cls(pool, region=region, clock=clock or SystemClock(), acquire_timeout=acquire_timeout, random=random)

    async def close(self) -> None:
        """Give every connection back, within a few seconds."""
        try:
            async with asyncio.timeout(5.0):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    def acting(self, actor: Actor, key: str = "") -> Acting:
        """Return what a service takes as its first argument when called from outside."""
        return Acting(self, actor, key)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """Lend one bare connection: for the sequencer, listeners and health checks."""
        try:
            connection = await self._pool.acquire(timeout=self._acquire_timeout)
        except TimeoutError as error:
            raise DatabaseBusy from error
        except Exception as error:
            known = translated(error)
            if known is None:
                raise
            raise known from error
        try:
            yield connection
        finally:
            # A connection that cannot be reset in time is thrown away by the pool; what was committed is committed.
            with contextlib.suppress(TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._pool.release(connection)

    @asynccontextmanager
    async def transaction(self, actor: Actor, *, read_only: bool = False) -> AsyncIterator[Tx]:
        """Open a transaction for this actor; returning commits, raising rolls back.

        Raises UnledgeredWrite when business rows were written and no entry was appended.
        """
        async with self.connection() as connection:
            tx = Tx(connection, actor, self.clock.now(), self.random)
            try:
                async with connection.transaction(readonly=read_only):
                    await connection.execute(SQL["set_actor"].sql, *_scope(actor, self.region))
                    yield tx
                    tx.check_ledgered()
            except Exception as error:
                known = translated(error)
                if known is None:
                    raise
                raise known from error
        for wake in tx.after_commit:
            wake()


def _scope(actor: Actor, region: str) -> tuple[str, ...]:
    return (
        actor.role.value,
        str(actor.person or ""),
        str(actor.department or ""),
        str(actor.enterprise or ""),
        region,
    )


async def _prepare_connection(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: msgspec.json.encode(value).decode(),
        decoder=msgspec.json.decode,
    )
