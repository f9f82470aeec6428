"""Asking for background work and for notices, inside the act that causes them; and the worker that does them."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import structlog

from inspect_registry.actor import SYSTEM
from inspect_registry.db import Database, Tx
from inspect_registry.errors import NotFound, RegistryError, refusal_of
from inspect_registry.identifiers import new_uid
from inspect_registry.jobs import store
from inspect_registry.jobs.errors import JobEnded
from inspect_registry.jobs.model import (
    LEASE_SECONDS,
    MOST_ATTEMPTS,
    NOTICE_RETRY_SECONDS,
    RETRY_SECONDS,
    Job,
    JobState,
    JobView,
    Send,
    Work,
)

log = structlog.get_logger("registry.jobs")
_GIVEN_UP = {"code": "internal", "title": "系统内部错误", "detail": "任务多次中断，已停止。"}
"""What is told of a job whose worker died at every attempt."""


async def enqueue(tx: Tx, kind: str, argument: dict[str, Any]) -> str:
    """Ask for a job once this transaction is committed; return its uid. The asking act appends to the ledger."""
    uid = new_uid(tx.random)
    await store.add_job(tx, uid, kind, argument, tx.now)
    return uid


async def job(tx: Tx, uid: str) -> JobView:
    """Return how a job stands. Raises NotFound."""
    found = await store.job_by_uid(tx, uid)
    if found is None:
        raise NotFound
    return found


async def jobs_about(tx: Tx, kinds: Sequence[str], month: date, most: int) -> list[JobView]:
    """Return the newest jobs of these kinds whose argument names the month."""
    following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return await store.jobs_about(tx, kinds, month.replace(day=1), following, most)


async def ask_stop(tx: Tx, uid: str, kinds: Sequence[str]) -> JobView:
    """Ask a job of these kinds to end early. Raises NotFound, and JobEnded when it has ended; the act appends."""
    stopped = await store.ask_stop(tx, uid, kinds)
    if stopped is None:
        ended = await job(tx, uid)
        raise JobEnded(f"任务状态：{ended.state}。", remedy="请查看结果。")
    return stopped


async def own_job(tx: Tx, uid: str) -> JobView:
    """Return how a job stands that the actor has asked for. Raises NotFound."""
    found = await store.job_of_person(tx, uid, tx.actor.person)
    if found is None:
        raise NotFound
    return found


async def notify_enterprise(tx: Tx, enterprise: int, address: str, kind: str, subject: str, body: str) -> None:
    """Send a message to an enterprise's registered contact (`address`) once this transaction is committed."""
    await store.add_notice(
        tx,
        new_uid(tx.random),
        enterprise=enterprise,
        department=None,
        address=address,
        kind=kind,
        subject=subject,
        body=body,
    )


async def notify_office(tx: Tx, address: str, kind: str, subject: str, body: str) -> None:
    """Send a message to an office that runs the registry once this transaction is committed."""
    await store.add_notice(
        tx, new_uid(tx.random), enterprise=None, department=None, address=address, kind=kind, subject=subject, body=body
    )


class Worker:
    """Does jobs one after another and sends notices, until stopped."""

    def __init__(self, database: Database, works: Mapping[str, Work], send: Send | None) -> None:
        self._database = database
        self._works = dict(works)
        self._send = send

    async def run(self, stop: asyncio.Event, pause: float = 1.0) -> None:
        """Work until `stop` is set; an unreachable database is waited for."""
        while not stop.is_set():
            try:
                busy = await self.one_job() or await self.some_notices() > 0
            except RegistryError as error:
                log.warning("worker waits", code=error.code)
                busy = False
            if not busy:
                try:
                    await asyncio.wait_for(stop.wait(), pause)
                except TimeoutError:
                    continue

    async def one_job(self) -> bool:
        """Take and do one job; False when there is none. Jobs that killed every worker are given up first."""
        async with self._database.transaction(SYSTEM) as tx:
            lease_ended = tx.now - timedelta(seconds=LEASE_SECONDS)
            if await store.give_up_jobs(tx, lease_ended, list(self._works), _GIVEN_UP):
                log.error("gave up a job whose worker died at every attempt")
            taken = await store.take_job(tx, lease_ended, list(self._works))
        if taken is None:
            return False

        async def report(progress: dict[str, Any]) -> bool:
            async with self._database.transaction(SYSTEM) as tx:
                return await store.report_job(tx, taken, progress)

        try:
            result = await self._works[taken.kind](taken, report)
        except Exception as error:  # noqa: BLE001 - whatever a job does, the worker goes on
            await self._failed(taken, error)
            return True
        async with self._database.transaction(SYSTEM) as tx:
            await store.end_job(tx, taken, JobState.DONE, result)
        return True

    async def some_notices(self, most: int = 20) -> int:
        """Send up to `most` messages; return how many left. A message may leave twice if we die right after sending.

        With no way out (no mail server set) nothing is taken: unsent messages stay unsent.
        """
        left = 0
        if self._send is None:
            return left
        async with self._database.transaction(SYSTEM) as tx:
            for notice in await store.take_notices(tx, most):
                try:
                    await self._send(notice)
                except Exception as error:  # noqa: BLE001 - one bad address must not stop the others
                    again = tx.now + timedelta(seconds=NOTICE_RETRY_SECONDS * 2**notice.attempts)
                    await store.failed_notice(tx, notice.id, f"{type(error).__name__}: {error}"[:500], again)
                else:
                    await store.sent_notice(tx, notice.id)
                    left += 1
        return left

    async def _failed(self, taken: Job, error: Exception) -> None:
        told = (
            {"code": error.code, "title": error.title, "detail": refusal_of(error).detail}
            if isinstance(error, RegistryError)
            else {"code": "internal", "title": "系统内部错误", "detail": type(error).__name__}
        )
        log.error("job failed", job=taken.uid, kind=taken.kind, attempts=taken.attempts, exc_info=error)
        final = taken.attempts >= MOST_ATTEMPTS or (isinstance(error, RegistryError) and error.status < 500)
        async with self._database.transaction(SYSTEM) as tx:
            if final:
                await store.end_job(tx, taken, JobState.FAILED, told)
            else:
                await store.retry_job(tx, taken, tx.now + timedelta(seconds=RETRY_SECONDS), told)
