"""A register that stops or falls silent: no scan is ever told "valid", each is answered in time, and it recovers."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
import pytest_asyncio

from inspect_registry.actor import ANONYMOUS
from inspect_registry.clock import SetClock
from inspect_registry.codes import service
from inspect_registry.codes.desk import CodeDesk
from inspect_registry.codes.errors import VerdictUnavailable
from inspect_registry.codes.model import CodeRow, NewCode
from inspect_registry.codes.reader import VerdictReader
from inspect_registry.db import Database
from tests.code_world import BASE, KEYS, World
from tests.conftest import REGION, Cluster
from tests.tcp_proxy import Mode, Proxy

pytestmark = pytest.mark.asyncio


class Line:
    """A desk whose verdicts are read through a proxy."""

    def __init__(self, proxy: Proxy, desk: CodeDesk, code: CodeRow) -> None:
        self.proxy = proxy
        self.desk = desk
        self.code = code

    async def scan(self) -> tuple[str, float]:
        """Scan the live code; returns the verdict (or `unavailable`) and the seconds it took."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            answer = await self.desk.answer(self.desk.live(self.code).token, ANONYMOUS)
        except VerdictUnavailable:
            return "unavailable", loop.time() - begun
        return answer.verdict.value, loop.time() - begun


@pytest_asyncio.fixture
async def line(
    cluster: Cluster, database_name: str, database: Database, world: World, clock: SetClock
) -> AsyncIterator[Line]:
    issued = await service.issue(database.acting(world.clerk), NewCode(visit=world.visit_uid))
    code = await service.code_to_present(database.acting(world.inspector), issued.uid)
    dsn = cluster.dsn(database_name, "app")
    parts = urlsplit(dsn)
    folder = parse_qs(parts.query).get("host", [""])[0]
    port = int(parse_qs(parts.query).get("port", [str(parts.port or 5432)])[0])
    socket_path = f"{folder}/.s.PGSQL.{port}" if folder else ""
    async with Proxy(parts.hostname or "127.0.0.1", port, socket_path) as proxy:
        who = parts.netloc.rpartition("@")[0]
        reading = await Database.open(
            f"postgresql://{who}@127.0.0.1:{proxy.port}{parts.path}",
            region=REGION,
            clock=clock,
            size=1,
            connect_timeout=0.4,
            command_timeout=0.4,
            acquire_timeout=0.4,
        )
        desk = CodeDesk(KEYS, database, VerdictReader(reading, workers=1, deadline=0.5), base=BASE)
        desk.start()
        yield Line(proxy, desk, code)
        await desk.stop()
        await reading.close()


async def recovered(line: Line) -> float:
    """Wait until scans are answered again; returns the seconds it took."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while (await line.scan())[0] != "valid":
        assert loop.time() - begun < 5, "the desk does not recover"
    return loop.time() - begun


@pytest.mark.parametrize("mode", [Mode.BLACK_HOLE, Mode.STOPPED])
async def test_nothing_is_valid_while_the_register_is_away(line: Line, mode: Mode) -> None:
    assert (await line.scan())[0] == "valid"
    line.proxy.set(mode)
    for verdict, seconds in [await line.scan() for _ in range(3)]:
        assert verdict == "unavailable"
        assert seconds < 1.0
    together = await asyncio.gather(*[line.scan() for _ in range(50)])
    assert {verdict for verdict, _seconds in together} == {"unavailable"}
    assert max(seconds for _verdict, seconds in together) < 1.5
    line.proxy.set(Mode.PASS)
    assert await recovered(line) < 5


async def test_forged_codes_are_still_refused_while_the_register_is_away(line: Line) -> None:
    line.proxy.set(Mode.BLACK_HOLE)
    answer = await line.desk.answer("A" * 224, ANONYMOUS)
    assert answer.verdict == "unknown"


async def test_the_harness_sees_a_desk_that_guesses(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant the fault the tests above must catch: a reader that answers from memory."""
    row = await line.desk._reader.row(line.code.uid)

    async def remembered(_uid: str) -> object:
        return row

    line.proxy.set(Mode.BLACK_HOLE)
    monkeypatch.setattr(line.desk._reader, "row", remembered)
    assert (await line.scan())[0] == "valid"


async def test_a_revocation_is_seen_by_every_desk_at_once(
    line: Line, database: Database, world: World, owner: asyncpg.Connection
) -> None:
    other = CodeDesk(KEYS, database, VerdictReader(database, workers=1), base=BASE)
    other.start()
    desks = (line.desk, other)
    token = other.live(line.code).token
    assert [(await desk.answer(token, ANONYMOUS)).verdict.value for desk in desks] == ["valid", "valid"]
    await service.revoke(database.acting(world.head), line.code.uid, "计划调整，改日检查")
    assert [(await desk.answer(token, ANONYMOUS)).verdict.value for desk in desks] == ["revoked", "revoked"]
    await other.stop()


async def test_a_scan_right_after_the_server_restarted_is_answered(line: Line, owner: asyncpg.Connection) -> None:
    """Connections of a killed server are dead without knowing it; the scan that finds out is asked again, not refused."""
    assert (await line.scan())[0] == "valid"
    for _ in range(5):
        await owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        assert (await line.scan())[0] == "valid"
