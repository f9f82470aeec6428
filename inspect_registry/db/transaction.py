"""One open transaction of one actor: typed queries, the time, the dice, and what has been written so far."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, TypeVar

import asyncpg
import msgspec

from inspect_registry.actor import Actor
from inspect_registry.clock import day_of
from inspect_registry.db.errors import UnledgeredWrite, translated
from inspect_registry.db.sqlfile import Query

T = TypeVar("T")
Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy


class RowMissing(LookupError):
    """A query that must find exactly one row found none: a bug in the caller, which should have asked `maybe`."""


class Tx:
    """A transaction. Made by Database only; rows come back as msgspec structs whose fields are the columns."""

    def __init__(self, connection: Any, actor: Actor, now: datetime, random: Callable[[int], bytes]) -> None:
        self._connection = connection
        self.actor = actor
        self.now = now
        """The instant of the act: one for the whole transaction, aware, UTC."""
        self.random = random
        """Returns so many random bytes; seeded in the demo's loading only."""
        self.appended = 0
        """Ledger entries appended so far."""
        self.after_commit: list[Callable[[], None]] = []
        """Called in order once the transaction is durable; for wake-ups only, never for facts."""
        self._wrote = ""

    @property
    def today(self) -> date:
        """The day of the act in Shanghai."""
        return day_of(self.now)

    async def one(self, query: Query, kind: type[T], *arguments: object) -> T:
        """Return the single row. Raises RowMissing."""
        row = await self.maybe(query, kind, *arguments)
        if row is None:
            raise RowMissing(query.name)
        return row

    async def maybe(self, query: Query, kind: type[T], *arguments: object) -> T | None:
        """Return the first row, or None."""
        with _translating():
            row = await self._connection.fetchrow(query.sql, *arguments)
        self._note(query, touched=row is not None or not query.returning)
        return None if row is None else msgspec.convert(dict(row), kind)

    async def many(self, query: Query, kind: type[T], *arguments: object) -> list[T]:
        """Return every row."""
        with _translating():
            rows = await self._connection.fetch(query.sql, *arguments)
        self._note(query, touched=bool(rows) or not query.returning)
        return msgspec.convert([dict(row) for row in rows], list[kind])  # type: ignore[valid-type]  # kind is a class

    async def value(self, query: Query, kind: type[T], *arguments: object) -> T:
        """Return the first column of the first row. Raises RowMissing when there is none, or it is NULL."""
        value = await self.maybe_value(query, kind, *arguments)
        if value is None:
            raise RowMissing(query.name)
        return value

    async def maybe_value(self, query: Query, kind: type[T], *arguments: object) -> T | None:
        """Return the first column of the first row; NULL and no row are both None."""
        with _translating():
            value = await self._connection.fetchval(query.sql, *arguments)
        self._note(query, touched=value is not None or not query.returning)
        return None if value is None else msgspec.convert(value, kind)

    async def values(self, query: Query, kind: type[T], *arguments: object) -> list[T]:
        """Return the first column of every row."""
        with _translating():
            rows = await self._connection.fetch(query.sql, *arguments)
        self._note(query, touched=bool(rows) or not query.returning)
        return msgspec.convert([row[0] for row in rows], list[kind])  # type: ignore[valid-type]  # kind is a class

    async def execute(self, query: Query, *arguments: object) -> int:
        """Run a statement and return how many rows it touched."""
        with _translating():
            status = await self._connection.execute(query.sql, *arguments)
        rows = int(status.rsplit(" ", 1)[-1]) if status[-1:].isdigit() else 0
        self._note(query, touched=rows > 0)
        return rows

    async def copy(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Add many rows by COPY (bulk loading; not possible on tables with row-level security)."""
        self._wrote = f"copy {table}"
        with _translating():
            await self._connection.copy_records_to_table(table, columns=list(columns), records=rows, schema_name="ir")

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo what happens inside when it raises, and only that."""
        appended, wrote = self.appended, self._wrote
        try:
            async with self._connection.transaction():
                yield
        except BaseException:
            self.appended, self._wrote = appended, wrote
            raise

    def check_ledgered(self) -> None:
        """Refuse to commit business rows without a ledger entry. Raises UnledgeredWrite."""
        if self._wrote and not self.appended:
            raise UnledgeredWrite(f"{self._wrote} wrote, but nothing was appended to the ledger")

    def _note(self, query: Query, *, touched: bool) -> None:
        """Remember that business rows were written; a plain write that touched no row wrote nothing.

        Where a reading encloses the write (WITH …), what came back says nothing about it, and it counts.
        """
        if query.writes and (touched or not query.plain):
            self._wrote = query.name


class _translating:  # noqa: N801 - reads as a verb in `with`
    """Turns database errors into the registry's own; anything unknown passes unchanged."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None:
            known = translated(error)
            if known is not None:
                raise known from error
