"""The embedded server: it starts as whoever we are, survives kill -9 of either side, and keeps its data to itself."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from inspect_registry.db.embedded import EmbeddedServer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for parent in list(tmp_path.parents)[:3]:
        if parent.owner() == tmp_path.owner() and "pytest" in parent.name:
            parent.chmod(0o755)
    tmp_path.chmod(0o755)
    return tmp_path / "var" / "postgres"


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedServer]:
    made = EmbeddedServer(folder)
    made.start()
    yield made
    made.stop()


async def run(server: EmbeddedServer, *statements: str) -> object:
    connection = await asyncpg.connect(server.dsn(), timeout=10)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


async def until_answers(server: EmbeddedServer, statement: str, seconds: float = 20) -> object:
    """Ask again until the server answers; bounded, and every wait is for a real event."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return await run(server, statement)
        except (OSError, asyncpg.PostgresError, asyncpg.InternalClientError, asyncpg.InterfaceError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.02)


async def test_data_survive_kill_9_of_the_server(server: EmbeddedServer) -> None:
    server.keep_alive()
    await run(server, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7) RETURNING n")
    for _ in range(3):
        pid = server.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert await until_answers(server, "SELECT n FROM kept") == 7
        assert server.pid() != pid


async def test_a_server_that_outlived_its_starter_is_adopted(folder: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from inspect_registry.db.embedded import EmbeddedServer; "
        "s = EmbeddedServer(Path(sys.argv[1])); s.start(); print(s.pid(), flush=True); os.kill(os.getpid(), 9)"
    )
    died = subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=False)
    assert died.returncode == -signal.SIGKILL
    server = EmbeddedServer(folder)
    server.start()
    try:
        assert server.pid() == int(died.stdout)
        assert await run(server, "SELECT 1") == 1
        server.keep_alive()
        os.kill(int(died.stdout), signal.SIGKILL)
        assert await until_answers(server, "SELECT 1") == 1
    finally:
        server.stop()
    assert server.pid() is None


async def test_a_stopped_server_starts_again_on_its_data(server: EmbeddedServer, folder: Path) -> None:
    await run(server, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (8) RETURNING n")
    server.stop()
    again = EmbeddedServer(folder)
    again.start()
    try:
        assert await run(again, "SELECT n FROM kept") == 8
    finally:
        again.stop()


async def test_a_first_start_that_was_cut_off_is_done_again(folder: Path) -> None:
    server = EmbeddedServer(folder)
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "half").write_text("cut off before PG_VERSION")
    server.start()
    try:
        assert await run(server, "SELECT 1") == 1
    finally:
        server.stop()


async def test_nobody_gets_in_without_the_password(server: EmbeddedServer) -> None:
    dsn = server.dsn().replace(server.password("registry"), "guess")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(dsn, timeout=5)
    assert stat.S_IMODE((server.folder / "secret").stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must hand the server to another account")
async def test_a_closed_folder_stays_closed_and_the_data_go_elsewhere(folder: Path) -> None:
    closed = folder.parent.parent / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedServer(closed / "var" / "postgres")
    server.start()
    try:
        assert await run(server, "SELECT 1") == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        where = Path((closed / "var" / "postgres" / "DATA-IS-IN").read_text().strip())
        assert (where / "data" / "PG_VERSION").exists()
    finally:
        server.stop()
        subprocess.run(["rm", "-rf", str(where)], check=True)


async def test_the_server_does_not_run_as_root(server: EmbeddedServer) -> None:
    status = Path(f"/proc/{server.pid()}/status").read_text()
    uid = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Uid:"))
    assert uid != 0
