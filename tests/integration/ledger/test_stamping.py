"""The service's daily time stamp: made once a day, tried again when the authority is away, checked by every audit."""

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from inspect_registry.cli import ledger_watch
from inspect_registry.clock import SetClock, SystemClock, day_of
from inspect_registry.config import Settings
from inspect_registry.db import Database
from inspect_registry.ledger.alarm import Alarm, keep_watch, wait
from inspect_registry.ledger.source import LogRejectedError, open_site
from inspect_registry.ledger.stamping import Stamper, keep_stamped
from inspect_registry.ledger.stamps import published_stamps, verify_authority
from inspect_registry.ledger.timestamp import StampRefusedError, make_query, stamped_at
from inspect_registry.ledger.verify import audit
from tests.integration.ledger.test_time_stamps import OpensslAuthority, authority, url
from tests.ledger_builders import Keepers, append_some, grow
from tests.ledger_processes import run as command

__all__ = ["authority", "url"]  # Fixtures of the sister module.


class Sometimes:
    """An authority that is away for the first so many questions."""

    def __init__(self, real: OpensslAuthority, away: int) -> None:
        self.real, self.away, self.asked = real, away, 0

    def stamp(self, query: bytes) -> bytes:
        self.asked += 1
        if self.asked <= self.away:
            raise StampRefusedError("nobody answers")
        return self.real.stamp(query)


class Told:
    def __init__(self) -> None:
        self.subjects: list[str] = []

    async def tell(self, subject: str, _words: str) -> None:
        self.subjects.append(subject)


@pytest_asyncio.fixture
async def stamped(
    database: Database, sequencing: Database, keepers: Keepers, authority: OpensslAuthority
) -> AsyncIterator[Keepers]:
    """A log of 8 leaves, stamped today when it had 5."""
    await grow(database, keepers, sequencing, [5])
    assert await Stamper(keepers.folder, authority, SystemClock(), database.random, Told().tell).try_today()
    await grow(database, keepers, sequencing, [3])
    yield keepers


async def test_a_day_without_an_answer_is_told_once_tried_again_and_told_when_it_is_there(
    database: Database, sequencing: Database, keepers: Keepers, authority: OpensslAuthority
) -> None:
    told, clock = Told(), SetClock(datetime.now(UTC))
    away = Sometimes(authority, 3)
    stamper = Stamper(keepers.folder, away, clock, database.random, told.tell)
    assert await stamper.try_today()  # No checkpoint yet: nothing to stamp, nobody is asked.
    assert away.asked == 0
    await grow(database, keepers, sequencing, [5])
    assert [await stamper.try_today() for _ in range(3)] == [False, False, False]
    assert told.subjects == ["台账时间戳未取得"]
    assert await stamper.try_today()
    assert told.subjects == ["台账时间戳未取得", "台账时间戳已恢复"]
    assert await stamper.try_today()
    assert away.asked == 4  # The day has its stamp; nobody is asked again.
    clock.advance(timedelta(days=1))
    assert await stamper.try_today()
    assert len(keepers.folder.stamped_days()) == 2


async def test_the_loop_goes_on_whatever_the_authority_does(
    database: Database, sequencing: Database, keepers: Keepers, authority: OpensslAuthority
) -> None:
    await grow(database, keepers, sequencing, [2])
    stop, pauses = asyncio.Event(), []

    async def pause(event: asyncio.Event, seconds: float) -> None:
        pauses.append(seconds)
        if keepers.folder.stamped_days():
            event.set()

    stamper = Stamper(keepers.folder, Sometimes(authority, 2), SystemClock(), database.random, Told().tell)
    await keep_stamped(stamper, stop, pause)
    assert pauses == [600.0] * 3


async def test_the_worker_stamps_where_an_authority_is_set_and_only_there(
    database: Database, sequencing: Database, keepers: Keepers, url: str
) -> None:
    await grow(database, keepers, sequencing, [2])
    var = keepers.places.var
    plain = ledger_watch.tasks(Settings(var=var), database, None, asyncio.Event())
    assert len(plain) == 1
    plain[0].close()
    stop = asyncio.Event()
    both = ledger_watch.tasks(Settings(var=var, stamp_authority=url), database, None, stop)
    running = asyncio.gather(*both)
    async with asyncio.timeout(60):
        while not keepers.folder.stamped_days():  # noqa: ASYNC110 - the worker's own loop says nothing when it is done
            await asyncio.sleep(0.02)
    stop.set()
    await running
    with pytest.raises(StampRefusedError, match="no http"):
        ledger_watch.tasks(Settings(var=var, stamp_authority="ftp://x"), database, None, stop)


async def test_an_audit_finds_the_stamp_and_openssl_believes_the_authority(
    stamped: Keepers, authority: OpensslAuthority
) -> None:
    source = open_site(str(stamped.folder.root))
    report = audit(source, stamped.policy)
    today = day_of(SystemClock().now())
    assert report.stamps == {str(today): 5}
    stamps = published_stamps(source, stamped.policy)
    assert abs(stamps[0].at - datetime.now(UTC)) < timedelta(minutes=10)
    verify_authority(stamps, authority.folder / "ca.pem")
    other = OpensslAuthority(authority.folder.with_name("other"))
    with pytest.raises(LogRejectedError, match="is not the authority's"):
        verify_authority(stamps, other.folder / "ca.pem")
    shown = command("ledger", "verify", str(stamped.folder.root), "--authority", str(authority.folder / "ca.pem"))
    assert shown.returncode == 0, shown.stderr
    assert f"外部时间戳：1 个，最新 {today}（5 条）" in shown.stdout
    assert "机构签名已按" in shown.stdout
    false = command("ledger", "verify", str(stamped.folder.root), "--authority", str(other.folder / "ca.pem"))
    assert false.returncode == 1


async def test_a_stamp_of_another_history_or_day_or_for_other_bytes_is_refused(
    stamped: Keepers, authority: OpensslAuthority, tmp_path: Path
) -> None:
    """The planted faults: each would let somebody show a stamp that proves nothing about this log."""
    today = day_of(SystemClock().now())

    def copy() -> Path:
        shutil.rmtree(tmp_path / "copy", ignore_errors=True)
        return Path(shutil.copytree(stamped.folder.root, tmp_path / "copy"))

    def refused(folder: Path, words: str) -> None:
        with pytest.raises(LogRejectedError, match=words):
            audit(open_site(str(folder)), stamped.policy)

    folder = copy()
    (folder / "timestamps" / f"{today}.tsr").unlink()
    refused(folder, "the time stamp of")
    folder = copy()
    (folder / "timestamps" / f"{today}.checkpoint").write_text(stamped.folder.checkpoint() or "")
    refused(folder, "for something else")
    folder = copy()
    for kind in ("checkpoint", "tsr"):
        (folder / "timestamps" / f"{today}.{kind}").rename(folder / "timestamps" / f"2026-01-01.{kind}")
    (folder / "timestamps" / "days.txt").write_text("2026-01-01\n")
    refused(folder, "was made on")
    key = stamped.signer._key
    text = f"{key.verifier.name}\n5\n{'A' * 43}=\n"
    forged = f"{text}\n{key.sign(text)}"  # Signed by the log itself, of another tree, and honestly stamped.
    folder = copy()
    (folder / "timestamps" / f"{today}.checkpoint").write_text(forged)
    (folder / "timestamps" / f"{today}.tsr").write_bytes(_stamp_of(authority, forged))
    refused(folder, "not those time-stamped")
    larger = forged.replace("\n5\n", "\n9\n")
    larger = larger.partition("\n\n")[0] + "\n\n" + key.sign(larger.partition("\n\n")[0] + "\n")
    (folder / "timestamps" / f"{today}.checkpoint").write_text(larger)
    (folder / "timestamps" / f"{today}.tsr").write_bytes(_stamp_of(authority, larger))
    refused(folder, "9 leaves were time-stamped")


def _stamp_of(authority: OpensslAuthority, note: str) -> bytes:
    return authority.stamp(make_query(hashlib.sha256(note.encode()).digest(), b"\x40" + b"n" * 15))


def test_the_time_is_read_from_the_stamp_itself(authority: OpensslAuthority) -> None:
    digest = b"d" * 32
    answer = authority.stamp(make_query(digest, b"\x40" + b"n" * 15))
    assert abs(stamped_at(answer, digest) - datetime.now(UTC)) < timedelta(minutes=10)
    for wrong in (b"", b"<html>", answer[:60], answer.replace(digest, b"e" * 32)):
        with pytest.raises(StampRefusedError):
            stamped_at(wrong, digest)


async def test_the_watch_raises_the_alarm_from_the_database_alone(database: Database, clock: SetClock) -> None:
    """Neither sequencer nor signer is running here."""
    await append_some(database, 2)
    told, stop = Told(), asyncio.Event()
    clock.advance(timedelta(seconds=61))

    async def tell(subject: str, words: str) -> None:
        await told.tell(subject, words)
        stop.set()

    async with asyncio.timeout(20):
        await keep_watch(database, Alarm(tell), stop, pause=0.01)
    assert told.subjects == ["台账编号停滞"]
    again = asyncio.Event()
    again.set()
    await wait(again, 60)  # A stop is heard at once.
