"""kill -9 at every step of the sequencer: it resumes, nothing is numbered twice, and what was proved stays proved."""

import asyncio
import subprocess
import time
from pathlib import Path

import pytest
import structlog

from inspect_registry.actor import SYSTEM
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.ledger import store, verify
from inspect_registry.ledger.failpoints import NAMES
from inspect_registry.ledger.installation import init_once
from inspect_registry.ledger.places import Places, commands
from inspect_registry.ledger.source import open_site
from inspect_registry.ledger.waypoints import Seen
from tests.conftest import Cluster
from tests.ledger_builders import append_some
from tests.ledger_processes import SEQUENCE, environment, running, start

WITNESSES = 2
RESTART_SECONDS = 5.0  # until everything that waited is public and witnessed


async def published(database: Database, size: int) -> None:
    async with asyncio.timeout(30):
        while True:
            async with database.transaction(SYSTEM) as tx:
                status = await store.status(tx)
            assert status.frozen is None
            if status.published_size >= size and status.witnessed_size >= size:
                return
            await asyncio.sleep(0.05)


async def died(process: "subprocess.Popen[bytes]") -> None:
    assert await asyncio.to_thread(process.wait, 30) == -9


async def crash_at_each(
    names: list[str], rounds: int, database: Database, env: dict[str, str], var: Path
) -> tuple[int, float]:
    """Crash, restart and audit; returns how many leaves there are in the end, and the slowest restart in seconds."""
    init_once(var, origin="registry.example/310114", witnesses=WITNESSES)
    policy, size, seen, slowest = Places(var).policy(), 0, None, 0.0
    with running(commands(var)[:-1], env):
        for number in range(rounds):
            for name in names:
                await append_some(database, 150, f"{name}-{number}-")
                size += 150
                crashing = start(SEQUENCE, {**env, "IR_FAILPOINT": name, "IR_FAILPOINTS_ALLOWED": "1"})
                await died(crashing)
                restarted = time.monotonic()
                with running([SEQUENCE], env):
                    await published(database, size)
                slowest = max(slowest, time.monotonic() - restarted)
                report = verify.audit(open_site(str(var)), policy, seen)
                assert report.checkpoint.size == size, name
                seen = Seen(
                    origin=report.checkpoint.origin,
                    size=size,
                    root=report.checkpoint.root,
                    note=report.note,
                    policy="",
                )
    return size, slowest


@pytest.fixture
def env(cluster: Cluster, database_name: str, tmp_path: Path) -> dict[str, str]:
    dsns = (cluster.dsn(database_name, role) for role in ("app", "sequencer", "auditor"))
    return environment(tmp_path / "var", *dsns)


async def test_a_crash_at_every_step_is_resumed(
    database: Database, env: dict[str, str], tmp_path: Path, clock: SetClock
) -> None:
    del clock
    size, _ = await crash_at_each(list(NAMES), 1, database, env, tmp_path / "var")
    assert size == 150 * len(NAMES)


@pytest.mark.long
async def test_a_crash_at_every_step_is_resumed_twenty_times(
    database: Database, env: dict[str, str], tmp_path: Path
) -> None:
    size, slowest = await crash_at_each(list(NAMES), 20, database, env, tmp_path / "var")
    assert size == 150 * 20 * len(NAMES)
    structlog.get_logger("tests").info(f"slowest restart {slowest:.2f} s")
    assert slowest <= RESTART_SECONDS


async def test_failpoints_do_nothing_where_they_are_not_allowed(
    database: Database, env: dict[str, str], tmp_path: Path
) -> None:
    init_once(tmp_path / "var", origin="registry.example/310114", witnesses=0)
    await append_some(database, 1)
    with running(commands(tmp_path / "var"), {**env, "IR_FAILPOINT": "after-take"}):
        await published(database, 1)


async def test_a_history_that_differs_after_a_crash_would_be_seen(
    database: Database, env: dict[str, str], tmp_path: Path
) -> None:
    """The planted fault: between crash and restart somebody changes one byte of what was already published."""
    var = tmp_path / "var"
    init_once(var, origin="registry.example/310114", witnesses=WITNESSES)
    with running(commands(var)[:-1], env):
        await append_some(database, 150)
        dying = start(SEQUENCE, {**env, "IR_FAILPOINT": "before-checkpoint-rename", "IR_FAILPOINTS_ALLOWED": "1"})
        await died(dying)
        bundle = var / "log" / "tile" / "entries" / "000.p" / "150"
        data = bytearray(bundle.read_bytes())
        data[1_000] ^= 1
        bundle.write_bytes(bytes(data))
        with running([SEQUENCE], env), pytest.raises(AssertionError, match="other bytes"):
            await published(database, 150)
