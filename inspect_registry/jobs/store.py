"""Queries about jobs and notices: one function each."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from inspect_registry.db import SqlFile, Tx
from inspect_registry.jobs.model import MOST_ATTEMPTS, NOTICE_ATTEMPTS, Job, JobState, JobView, Notice, NoticeId

SQL = SqlFile(__file__, "jobs.sql")


async def add_job(tx: Tx, uid: str, kind: str, argument: dict[str, Any], due_at: datetime) -> None:
    """Add a job."""
    await tx.execute(SQL["add_job"], uid, kind, argument, due_at, tx.actor.person)


async def take_job(tx: Tx, lease_ended_before: datetime, kinds: Sequence[str]) -> Job | None:
    """Take the next job of these kinds."""
    return await tx.maybe(SQL["take_job"], Job, tx.now, lease_ended_before, list(kinds), MOST_ATTEMPTS)


async def give_up_jobs(tx: Tx, lease_ended_before: datetime, kinds: Sequence[str], result: dict[str, Any]) -> int:
    """End the jobs of these kinds whose worker died at the last attempt; return how many."""
    return await tx.execute(SQL["give_up_jobs"], tx.now, lease_ended_before, list(kinds), MOST_ATTEMPTS, result)


async def report_job(tx: Tx, job: Job, progress: dict[str, Any]) -> bool:
    """Keep how far a job is; True when somebody wants it to end early, or it is no longer ours."""
    return await tx.maybe_value(SQL["report_job"], bool, job.id, job.attempts, progress, tx.now) is not False


async def end_job(tx: Tx, job: Job, state: JobState, result: dict[str, Any]) -> None:
    """End a job, unless another worker has taken it meanwhile."""
    await tx.execute(SQL["end_job"], job.id, job.attempts, state.value, result, tx.now)


async def retry_job(tx: Tx, job: Job, due_at: datetime, progress: dict[str, Any]) -> None:
    """Put a failed job back, unless another worker has taken it meanwhile."""
    await tx.execute(SQL["retry_job"], job.id, job.attempts, due_at, progress)


async def job_by_uid(tx: Tx, uid: str) -> JobView | None:
    """Return a job as told to people."""
    return await tx.maybe(SQL["job_by_uid"], JobView, uid)


async def job_of_person(tx: Tx, uid: str, person: int) -> JobView | None:
    """Return one job as told to the person who asked for it."""
    return await tx.maybe(SQL["job_of_person"], JobView, uid, person)


async def jobs_about(tx: Tx, kinds: Sequence[str], first: date, next_first: date, most: int) -> list[JobView]:
    """Return the jobs of these kinds about one month."""
    return await tx.many(SQL["jobs_about"], JobView, list(kinds), first, next_first, most)


async def ask_stop(tx: Tx, uid: str, kinds: Sequence[str]) -> JobView | None:
    """Ask a job to end early; None when there is no such job any more."""
    return await tx.maybe(SQL["ask_stop"], JobView, uid, list(kinds))


async def add_notice(
    tx: Tx,
    uid: str,
    *,
    enterprise: int | None,
    department: int | None,
    address: str,
    kind: str,
    subject: str,
    body: str,
) -> None:
    """Add a message."""
    await tx.execute(SQL["add_notice"], uid, enterprise, department, address, kind, subject, body, tx.now)


async def take_notices(tx: Tx, most: int) -> list[Notice]:
    """Lock some messages that were not sent yet and are due."""
    return await tx.many(SQL["take_notices"], Notice, NOTICE_ATTEMPTS, most, tx.now)


async def sent_notice(tx: Tx, notice: NoticeId) -> None:
    """Note that a message left."""
    await tx.execute(SQL["sent_notice"], notice, tx.now)


async def failed_notice(tx: Tx, notice: NoticeId, error: str, due_at: datetime) -> None:
    """Note why a message did not leave, and when it is tried again."""
    await tx.execute(SQL["failed_notice"], notice, error, due_at)
