"""Order under 32 writers with two sequencers, and how long an act waits for its number under a steady stream.

Real processes and real time: `reliability.md` tests 5 and 8. The long forms have its figures, the short ones its logic.
"""

import asyncio
import time
from bisect import bisect_right
from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx
import msgspec
import pytest
import pytest_asyncio
import structlog

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM
from inspect_registry.app import create
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.ledger import Action, Subject, store, verify
from inspect_registry.ledger.leaf import LeafError
from inspect_registry.ledger.policy import parse_policy
from inspect_registry.ledger.publication import LogFolder
from inspect_registry.ledger.source import open_site
from tests.conftest import REGION, Cluster
from tests.ledger_processes import SEQUENCE, companions, environment, running

WRITERS = 32
show = structlog.get_logger("tests").info
"""Tells a figure; pytest shows it with -s."""
RECEIPT_SECONDS = 3.0  # p99 from the commit until a published checkpoint covers the act
PENDING_SECONDS = 5.0


class Office:
    """One installation with its real processes, as its application sees it, by the machine's own clock."""

    def __init__(self, database: Database, owner: asyncpg.Connection, var: Path, env: dict[str, str]) -> None:
        self.database, self.owner, self.var, self.env = database, owner, var, env

    async def append(self, uid: str) -> None:
        async with self.database.transaction(SYSTEM) as tx:
            await ledger.append(tx, Action.CHECK_ADDED, Subject("check", uid))

    async def published(self) -> int:
        async with self.database.transaction(SYSTEM, read_only=True) as tx:
            return (await store.status(tx)).published_size

    async def wait_for(self, size: int, seconds: float = 60) -> None:
        async with asyncio.timeout(seconds):
            while await self.published() < size:  # noqa: ASYNC110 - another process does it
                await asyncio.sleep(0.1)


@pytest_asyncio.fixture
async def office(
    cluster: Cluster, database_name: str, owner: asyncpg.Connection, tmp_path: Path
) -> AsyncIterator[Office]:
    opened = await Database.open(
        cluster.dsn(database_name, "app"), region=REGION, size=8, acquire_timeout=30, command_timeout=30
    )
    dsns = (cluster.dsn(database_name, role) for role in ("app", "sequencer", "auditor"))
    yield Office(opened, owner, tmp_path / "var", environment(tmp_path / "var", *dsns))
    await opened.close()


# -- Test 5: one order ---------------------------------------------------------------------------------------------------


async def write(office: Office, writer: int, acts: int, committed: dict[str, float]) -> None:
    """Write acts one after another, every fifth of which fails after its entry and so leaves none."""
    for act in range(acts):
        uid = f"{writer}-{act}"
        try:
            async with office.database.transaction(SYSTEM) as tx:
                await ledger.append(tx, Action.CHECK_ADDED, Subject("check", uid))
                if act % 5 == 4:
                    await ledger.append(tx, Action.CHECK_ADDED, Subject("nothing", "x"), department=-1)
        except LeafError:
            continue
        committed[uid] = time.monotonic()


class Watched(msgspec.Struct):
    """When how many leaves were public, as somebody saw who kept looking."""

    times: list[float] = []
    sizes: list[int] = []

    async def look(self, office: Office, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self.sizes.append(await office.published())
            self.times.append(time.monotonic())
            await asyncio.sleep(0.05)

    def seconds(self, number: int, since: float) -> float:
        """How long after `since` the leaf of this number was seen to be public."""
        return max(0.0, self.times[bisect_right(self.sizes, number)] - since)


def faults_of_order(rows: list[tuple[int | None, str]], committed: set[str]) -> list[str]:
    """Name what is wrong with (number, uid) pairs; empty when they are one order of exactly these acts."""
    faults = []
    if sorted(number for number, _ in rows if number is not None) != list(range(len(rows))):
        faults.append("numbers have gaps or doubles")
    if len({uid for _, uid in rows}) != len(rows):
        faults.append("an act stands there twice")
    if {uid for _, uid in rows} != committed:
        faults.append("what was committed and what is in the log differ")
    return faults


async def order_under(office: Office, each: int) -> float:
    """Write from 32 tasks while two sequencer processes run; returns the 99th percentile of seconds to a receipt."""
    committed: dict[str, float] = {}
    watched, stop = Watched(), asyncio.Event()
    with companions(office.var, office.env, witnesses=0), running([SEQUENCE], office.env) as (second,):
        looking = asyncio.create_task(watched.look(office, stop))
        await asyncio.gather(*(write(office, number, each, committed) for number in range(WRITERS)))
        await office.wait_for(len(committed))
        await asyncio.sleep(0.2)
        stop.set()
        await looking
        assert second.poll() is None  # Idle, not dead.
        leaders = await office.owner.fetchval(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database"
            " WHERE datname = current_database())"
        )
    assert leaders == 1
    assert await office.owner.fetchval("SELECT epoch FROM ledger_head") == 1  # Nobody else ever led.
    rows = [
        (row["leaf_index"], row["subject_uid"])
        for row in await office.owner.fetch("SELECT leaf_index, subject_uid FROM ledger_entry")
    ]
    assert faults_of_order(rows, set(committed)) == []
    policy = parse_policy((office.var / "log" / "policy.txt").read_bytes())
    assert verify.audit(open_site(str(office.var)), policy).checkpoint.size == len(committed)
    waits = sorted(watched.seconds(number or 0, committed[uid]) for number, uid in rows)
    return waits[len(waits) * 99 // 100]


async def test_two_sequencers_and_32_writers_make_one_order(office: Office) -> None:
    await order_under(office, 15)


@pytest.mark.long
async def test_two_sequencers_and_10000_events_make_one_order_in_time(office: Office) -> None:
    slowest = await order_under(office, 391)
    assert await office.owner.fetchval("SELECT count(*) FROM ledger_entry") >= 10_000
    show(f"p99 from commit to receipt {slowest:.2f} s")
    assert slowest <= RECEIPT_SECONDS


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([(0, "a"), (2, "b")], "gaps"),
        ([(0, "a"), (0, "b")], "gaps"),
        ([(0, "a"), (None, "b")], "gaps"),
        ([(0, "a"), (1, "a")], "twice"),
        ([(0, "a"), (1, "c")], "differ"),
        ([(0, "a")], "differ"),
    ],
)
def test_every_fault_of_an_order_would_be_found(rows: list[tuple[int | None, str]], fault: str) -> None:
    """The planted faults of test 5."""
    assert any(fault in found for found in faults_of_order(rows, {"a", "b"}))
    assert faults_of_order([(1, "a"), (0, "b")], {"a", "b"}) == []


async def test_a_sequencer_that_was_overtaken_cannot_go_on(office: Office) -> None:
    """Fencing, with real processes: the epoch is raised behind the leader's back, and it begins again as a new leader."""
    with companions(office.var, office.env, witnesses=0):
        await office.append("one")
        await office.wait_for(1)
        await office.owner.execute("UPDATE ledger_head SET epoch = epoch + 1")
        await office.append("two")
        await office.wait_for(2)
    assert await office.owner.fetchval("SELECT epoch FROM ledger_head") == 3


async def test_the_sequencer_publishes_the_silences_with_what_waits(office: Office) -> None:
    folder = LogFolder(office.var / "log")
    with companions(office.var, office.env, witnesses=0):
        async with asyncio.timeout(60):
            while (counted := folder.figures()) is None:  # noqa: ASYNC110 - another process does it
                await asyncio.sleep(0.1)
    assert (counted.size, counted.pending, counted.oldest_pending_seconds, counted.codes_issued) == (0, 0, 0, 0)
    async with client_of(office) as client:
        assert (await client.get("/log/figures.json")).json()["pending"] == 0
        assert (
            "数到第 0 条" not in (await client.get("/log/")).text
        )  # Before the first checkpoint there is nothing to show.


# -- Test 8: the pending window ------------------------------------------------------------------------------------------


async def stream(office: Office, per_second: int, seconds: float) -> float:
    """Append single acts at a steady rate; returns the rate that was reached."""
    began, done, ticks = time.monotonic(), 0, 10
    for tick in range(round(seconds * ticks)):
        await asyncio.gather(*(office.append(f"{tick}-{number}") for number in range(per_second // ticks)))
        done += per_second // ticks
        await asyncio.sleep(max(0.0, began + (tick + 1) / ticks - time.monotonic()))
    return done / (time.monotonic() - began)


async def samples(office: Office, stop: asyncio.Event) -> list[float]:
    """Once a second: the age of the oldest act without a number, as the service itself reports it."""
    ages: list[float] = []
    began = time.monotonic()
    async with client_of(office) as client:
        while not stop.is_set():
            ages.append(await reported_age(client))
            try:
                await asyncio.wait_for(stop.wait(), max(0.0, began + len(ages) - time.monotonic()))
            except TimeoutError:
                continue
        ages.append(await reported_age(client))  # Also where a slow machine missed the last seconds.
    return ages


def client_of(office: Office) -> httpx.AsyncClient:
    app = create(from_environment({}, var=office.var), office.database)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")


async def reported_age(client: httpx.AsyncClient) -> float:
    metrics = (await client.get("/metrics")).text
    (line,) = [line for line in metrics.splitlines() if line.startswith("registry_ledger_pending_seconds ")]
    return float(line.split()[1])


async def window(
    office: Office, per_second: int, seconds: float, *, sequencer: bool = True
) -> tuple[float, list[float]]:
    """Stream acts with a sequencer (or, as a planted fault, without one); returns the rate and the ages seen."""
    stop = asyncio.Event()
    with companions(office.var, office.env, witnesses=0) if sequencer else nullcontext():
        watching = asyncio.create_task(samples(office, stop))
        rate = await stream(office, per_second, seconds)
        stop.set()
        return rate, await watching


async def test_acts_of_a_steady_stream_get_their_numbers_within_seconds(office: Office) -> None:
    _rate, ages = await window(office, 40, 4)
    assert len(ages) >= 3
    assert max(ages) <= PENDING_SECONDS


async def test_without_a_sequencer_the_window_opens_and_the_samples_show_it(office: Office) -> None:
    """The planted fault of test 8."""
    await office.append("waits from the start")  # However late a busy machine begins the stream.
    _rate, ages = await window(office, 20, 7, sequencer=False)
    assert max(ages) > PENDING_SECONDS
    assert ages == sorted(ages)


@pytest.mark.long
async def test_200_acts_a_second_for_five_minutes_wait_five_seconds_at_most_and_a_stop_raises_the_alarm(
    office: Office,
) -> None:
    rate, ages = await window(office, 200, 300)
    show(f"{rate:.0f} acts/s, {len(ages)} samples, oldest pending {max(ages):.2f} s")
    assert rate >= 190  # Else the machine was too slow for the test to mean anything.
    assert len(ages) >= 280
    assert max(ages) <= PENDING_SECONDS
    await office.append("after the sequencer has stopped")  # `window` has killed it.
    stopped = time.monotonic()
    async with client_of(office) as client:
        async with asyncio.timeout(90):
            while (await client.get("/health/ready")).json()["ledger"] != "late":  # noqa: ASYNC110 - time does it
                await asyncio.sleep(0.5)
        assert timedelta(seconds=time.monotonic() - stopped) <= timedelta(seconds=62)
        assert await reported_age(client) > 60
