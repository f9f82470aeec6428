"""Reads verdict rows for scans: outside row-level security, many scans in one query, never longer than a deadline.

Scans that come while a query is under way wait together and go out in the next one, so that under load one round trip
serves dozens of scans, and a lone scan waits for nobody. The connections are the reader's own and stay with it: a busy
or dead main pool cannot starve the people at the doors, and no reset query is paid for each scan.
A scan that has no answer at its deadline is told so (VerdictUnavailable); it is never told "valid".
"""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import date
from typing import Any

from inspect_registry.clock import day_of
from inspect_registry.codes.errors import VerdictUnavailable
from inspect_registry.codes.model import VerdictRow
from inspect_registry.codes.store import SQL, verdict_row
from inspect_registry.db import Database

DEADLINE_SECONDS = 2.5
BATCH_MAX = 128
WAITING_MAX = 4096
"""Beyond this many waiting scans a new one is refused at once."""
_PAUSE_SECONDS = 0.2
"""Between tries to reach a dead database."""
_SHORT_PAUSE_SECONDS = 0.01
"""Before the first new try."""
_QUERY = SQL["verdicts_by_uid"].sql

Waiting = tuple[str, "asyncio.Future[VerdictRow | None]"]


class VerdictReader:
    """Answers `uid → row` from a small pool of its own."""

    def __init__(self, database: Database, *, workers: int = 2, deadline: float = DEADLINE_SECONDS) -> None:
        """Take a Database whose pool has `workers` connections and a command timeout below the deadline."""
        self._database = database
        self._deadline = deadline
        self._waiting: asyncio.Queue[Waiting] = asyncio.Queue(WAITING_MAX)
        self._workers = workers
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to work in the running event loop."""
        self._tasks = [asyncio.create_task(self._work(), name=f"verdicts-{n}") for n in range(self._workers)]

    async def stop(self) -> None:
        """Stop working; scans still waiting run into their deadline."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def row(self, uid: str) -> VerdictRow | None:
        """Return the row of a code, or None. Raises VerdictUnavailable at the deadline or when too many wait."""
        answer: asyncio.Future[VerdictRow | None] = asyncio.get_running_loop().create_future()
        try:
            self._waiting.put_nowait((uid, answer))
        except asyncio.QueueFull:
            raise VerdictUnavailable from None
        try:
            async with asyncio.timeout(self._deadline):
                return await answer
        except TimeoutError:
            raise VerdictUnavailable(remedy="请稍后重扫；核验恢复之前，不要把这次检查当作有效。") from None

    async def _work(self) -> None:
        reached = True
        while True:
            try:
                async with self._database.connection() as connection:
                    reached = True
                    await self._serve(connection)
            except asyncio.CancelledError:
                raise
            except Exception:  # noqa: BLE001 - whatever a dead database raises, the next try is the only cure.
                # A connection that died unnoticed is replaced at once; a database that is away is waited for.
                await asyncio.sleep(_SHORT_PAUSE_SECONDS if reached else _PAUSE_SECONDS)
                reached = False

    async def _serve(self, connection: Any) -> None:
        while True:
            batch = await self._batch()
            with self._asking_again(batch):
                rows = await connection.fetch(_QUERY, [uid for uid, _answer in batch], self._today())
                found = {row["uid"]: verdict_row(dict(row)) for row in rows}
            for uid, answer in batch:
                if not answer.done():
                    answer.set_result(found.get(uid))

    @contextlib.contextmanager
    def _asking_again(self, batch: list[Waiting]) -> Iterator[None]:
        """Put scans back in the queue when the connection fails: it may only be a dead one; their deadline holds."""
        try:
            yield
        except BaseException:
            for uid, answer in batch:
                try:
                    self._waiting.put_nowait((uid, answer))
                except asyncio.QueueFull:
                    if not answer.done():
                        answer.set_exception(VerdictUnavailable())
            raise

    async def _batch(self) -> list[Waiting]:
        batch = [await self._waiting.get()]
        with contextlib.suppress(asyncio.QueueEmpty):
            while len(batch) < BATCH_MAX:
                batch.append(self._waiting.get_nowait())
        return [one for one in batch if not one[1].done()]

    def _today(self) -> date:
        return day_of(self._database.clock.now())
