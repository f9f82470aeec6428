"""Jobs are done once, survive their worker, and give up; notices leave only after the act is durable."""

import asyncio
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import asyncpg
import pytest

from inspect_registry.actor import SYSTEM
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.errors import Conflict, NotFound
from inspect_registry.jobs import mail, service
from inspect_registry.jobs.model import (
    LEASE_SECONDS,
    MOST_ATTEMPTS,
    NOTICE_ATTEMPTS,
    NOTICE_RETRY_SECONDS,
    RETRY_SECONDS,
    Job,
    JobState,
    Notice,
    Report,
)
from tests.mail_sink import a_mail_sink


async def ask(database: Database, kind: str = "count", **argument: Any) -> str:
    async with database.transaction(SYSTEM) as tx:
        return await service.enqueue(tx, kind, argument)


async def state(database: Database, uid: str) -> Any:
    async with database.transaction(SYSTEM) as tx:
        return await service.job(tx, uid)


async def count(job: Job, report: Report) -> dict[str, Any]:
    await report({"done": 1, "of": 2})
    return {"asked": job.argument["n"]}


async def test_a_job_is_done_with_progress_and_result(database: Database) -> None:
    uid = await ask(database, n=5)
    worker = service.Worker(database, {"count": count}, None)
    assert await worker.one_job()
    assert not await worker.one_job()
    done = await state(database, uid)
    assert (done.state, done.result, done.progress) == (JobState.DONE, {"asked": 5}, {"done": 1, "of": 2})


async def test_many_workers_do_each_job_once(database: Database) -> None:
    seen: list[int] = []

    async def note(job: Job, _report: Report) -> dict[str, Any]:
        seen.append(job.argument["n"])
        return {}

    for number in range(30):
        await ask(database, "note", n=number)
    workers = [service.Worker(database, {"note": note}, None) for _ in range(4)]

    async def drain(worker: service.Worker) -> None:
        while await worker.one_job():
            pass

    await asyncio.gather(*map(drain, workers))
    assert sorted(seen) == list(range(30))


async def test_a_job_of_a_dead_worker_is_taken_again_after_its_lease(database: Database, clock: SetClock) -> None:
    uid = await ask(database, n=1)

    async def die(_job: Job, _report: Report) -> dict[str, Any]:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await service.Worker(database, {"count": die}, None).one_job()
    worker = service.Worker(database, {"count": count}, None)
    assert not await worker.one_job()
    clock.advance(timedelta(seconds=LEASE_SECONDS + 1))
    assert await worker.one_job()
    assert (await state(database, uid)).state is JobState.DONE


async def test_a_job_that_kills_every_worker_is_given_up_and_who_asked_is_told(
    database: Database, clock: SetClock
) -> None:
    uid = await ask(database, n=1)

    async def die(_job: Job, _report: Report) -> dict[str, Any]:
        raise asyncio.CancelledError

    for _ in range(MOST_ATTEMPTS):
        assert (await state(database, uid)).state is not JobState.FAILED
        with pytest.raises(asyncio.CancelledError):
            await service.Worker(database, {"count": die}, None).one_job()
        clock.advance(timedelta(seconds=LEASE_SECONDS + 1))
    assert not await service.Worker(database, {"count": die}, None).one_job()
    told = await state(database, uid)
    assert (told.state, told.result["detail"]) == (JobState.FAILED, "任务多次中断，已停止。")


async def test_a_worker_that_comes_late_cannot_end_the_job_of_another(database: Database, clock: SetClock) -> None:
    uid = await ask(database, n=1)
    told_to_stop: list[bool] = []

    async def quick(_job: Job, _report: Report) -> dict[str, Any]:
        return {"by": "second"}

    async def slow(_job: Job, report: Report) -> dict[str, Any]:
        clock.advance(timedelta(seconds=LEASE_SECONDS + 1))
        second = service.Worker(database, {"count": hold}, None)
        running.append(asyncio.create_task(second.one_job()))
        await taken.wait()
        told_to_stop.append(await report({"done": 1}))
        return {"by": "first"}

    async def hold(job: Job, report: Report) -> dict[str, Any]:
        taken.set()
        await finish.wait()
        return await quick(job, report)

    taken, finish, running = asyncio.Event(), asyncio.Event(), []
    await service.Worker(database, {"count": slow}, None).one_job()
    meanwhile = await state(database, uid)
    assert (told_to_stop, meanwhile.state, meanwhile.progress) == ([True], JobState.RUNNING, {})
    finish.set()
    await asyncio.gather(*running)
    assert (await state(database, uid)).result == {"by": "second"}


async def test_a_failing_job_is_tried_again_and_then_left_to_a_person(database: Database, clock: SetClock) -> None:
    uid = await ask(database, n=1)

    async def fail(_job: Job, _report: Report) -> dict[str, Any]:
        raise RuntimeError("secret detail")

    worker = service.Worker(database, {"count": fail}, None)
    for _ in range(MOST_ATTEMPTS):
        assert await worker.one_job()
        clock.advance(timedelta(seconds=RETRY_SECONDS + 1))
    assert not await worker.one_job()
    failed = await state(database, uid)
    assert failed.state is JobState.FAILED
    assert "secret" not in str(failed.result)


async def test_a_rules_no_is_final(database: Database) -> None:
    uid = await ask(database, n=1)

    async def refuse(_job: Job, _report: Report) -> dict[str, Any]:
        raise Conflict("该月计划已公布")

    await service.Worker(database, {"count": refuse}, None).one_job()
    refused = await state(database, uid)
    assert (refused.state, refused.result["code"], refused.attempts) == (JobState.FAILED, "conflict", 1)


async def test_what_was_rolled_back_was_never_asked_for(database: Database, owner: asyncpg.Connection) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction(SYSTEM) as tx:
            await service.enqueue(tx, "count", {})
            await service.notify_enterprise(tx, 1, "a@example.cn", "code", "s", "b")
            raise RuntimeError
    assert await owner.fetchval("SELECT (SELECT count(*) FROM job) + (SELECT count(*) FROM notice)") == 0


async def test_an_unknown_job_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        await state(database, "nothing")


async def test_notices_leave_by_smtp_and_a_bad_address_stops_nobody(
    database: Database, owner: asyncpg.Connection
) -> None:
    async with database.transaction(SYSTEM) as tx:
        await service.notify_enterprise(tx, 1, "no address", "code", "一", "正文")
        await service.notify_enterprise(
            tx, 1, "shop@example.cn", "code", "检查码已生成\r\nBcc: evil@example.cn", "今天有一次检查。"
        )
    async with a_mail_sink() as sink:
        worker = service.Worker(database, {}, mail.smtp(sink.url, "registry@example.gov.cn"))
        assert await worker.some_notices() == 1
        assert await worker.some_notices() == 0
    message = message_from_bytes(sink.received[0])
    assert message["To"] == "shop@example.cn"
    assert message["Bcc"] is None
    assert message.get_payload(decode=True).decode().strip() == "今天有一次检查。"
    assert "NoAddress" in await owner.fetchval("SELECT last_error FROM notice WHERE sent_at IS NULL")


async def test_a_mail_server_that_is_away_for_hours_loses_no_notice(database: Database, clock: SetClock) -> None:
    tried: list[int] = []
    away = True

    async def send(notice: Notice) -> None:
        tried.append(notice.attempts)
        if away:
            raise ConnectionRefusedError

    async with database.transaction(SYSTEM) as tx:
        await service.notify_enterprise(tx, 1, "a@example.cn", "code", "s", "b")
    worker = service.Worker(database, {}, send)
    for attempt in range(6):
        assert await worker.some_notices() == 0
        assert await worker.some_notices() == 0, "not again at once"
        assert tried == list(range(attempt + 1))
        clock.advance(timedelta(seconds=NOTICE_RETRY_SECONDS * 2**attempt + 1))
    away = False
    assert await worker.some_notices() == 1
    assert len(tried) == 7 < NOTICE_ATTEMPTS


def test_an_address_cannot_add_a_header() -> None:
    notice = Notice(id=1, uid="u", kind="k", subject="s", body="b", address="a@b.cn\nBcc: c@d.cn", attempts=0)
    assert mail.message_of(notice, "r@x.cn")["Bcc"] is None


async def test_without_a_way_out_notices_stay_unsent(database: Database, owner: asyncpg.Connection) -> None:
    async with database.transaction(SYSTEM) as tx:
        await service.notify_enterprise(tx, 1, "a@example.cn", "code", "s", "b")
    assert await service.Worker(database, {}, None).some_notices() == 0
    assert await owner.fetchval("SELECT count(*) FROM notice WHERE sent_at IS NULL") == 1


async def test_the_worker_stops_when_told(database: Database) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(service.Worker(database, {"count": count}, None).run(stop, pause=30))
    stop.set()
    await asyncio.wait_for(running, 10)
