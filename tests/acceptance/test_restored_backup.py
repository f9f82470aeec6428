"""Story: an operator puts an old dump back beside a newer signer. The service says so, writes nothing, and recovers.

Real processes: PostgreSQL's own dump and restore, our signer, witnesses and sequencer, the commands as people run them.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from inspect_registry.actor import SYSTEM
from inspect_registry.app import create
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.db.embedded import EmbeddedServer
from inspect_registry.ledger import LedgerFrozen, store
from inspect_registry.ledger.client import KeeperClient
from inspect_registry.ledger.places import Places
from inspect_registry.ledger.source import open_site
from inspect_registry.ledger.verify import Report, audit
from tests.acceptance.test_history_can_be_proved import published
from tests.code_world import a_desk
from tests.conftest import REGION, Cluster
from tests.ledger_builders import append_some
from tests.ledger_processes import companions, environment

BEFORE, AFTER = 150, 500
KEEPERS = 2


class Home:
    """One installation whose database can be swapped for a restored one."""

    def __init__(self, cluster: Cluster, name: str, var: Path, programs: EmbeddedServer) -> None:
        self.cluster, self.name, self.var, self.programs = cluster, name, var, programs

    def env(self) -> dict[str, str]:
        roles = (self.cluster.dsn(self.name, role) for role in ("app", "sequencer", "auditor"))
        return environment(self.var, *roles, DATABASE_OWNER_URL=self.cluster.dsn(self.name))

    async def open(self) -> Database:
        return await Database.open(self.cluster.dsn(self.name, "app"), region=REGION, size=3, command_timeout=20)

    def tool(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.programs.program(name)), "--no-password", *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def audit(self) -> Report:
        return audit(open_site(str(self.var)), Places(self.var).policy())

    def ledger(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "inspect_registry", "ledger", *arguments]
        return subprocess.run(command, env=self.env(), capture_output=True, text=True, check=False, timeout=120)


@pytest_asyncio.fixture
async def home(cluster: Cluster, database_name: str, tmp_path: Path) -> AsyncIterator[Home]:
    made = Home(cluster, database_name, tmp_path / "var", EmbeddedServer(tmp_path / "programs", durable=False))
    restored = f"{database_name}_restored"
    yield made
    await cluster.drop(restored)


async def frozen(database: Database) -> str:
    async with asyncio.timeout(30):
        while True:
            async with database.transaction(SYSTEM) as tx:
                reason = (await store.head(tx)).frozen
            if reason is not None:
                return reason
            await asyncio.sleep(0.05)


async def grown(home: Home, tmp_path: Path) -> None:
    """Register, dump, register more, and stop everything."""
    with companions(home.var, home.env(), witnesses=KEEPERS):
        database = await home.open()
        await append_some(database, BEFORE, "before")
        await published(database, BEFORE)
        home.tool("pg_dump", "--format=custom", f"--file={tmp_path / 'old.dump'}", home.cluster.dsn(home.name))
        await append_some(database, AFTER, "after")
        await published(database, BEFORE + AFTER)
        await database.close()


async def test_a_restored_dump_is_read_only_says_why_and_recovers_every_leaf(home: Home, tmp_path: Path) -> None:
    await grown(home, tmp_path)
    truth = home.audit()
    home.name = f"{home.name}_restored"
    await home.cluster.run(f'CREATE DATABASE "{home.name}"')
    home.tool("pg_restore", f"--dbname={home.cluster.dsn(home.name)}", "--exit-on-error", str(tmp_path / "old.dump"))
    with companions(home.var, home.env(), witnesses=KEEPERS):
        database = await home.open()
        reason = await frozen(database)
        assert str(BEFORE + AFTER) in reason
        assert "旧备份" in reason
        await _nothing_is_written(home, database, reason)
        signer = KeeperClient(Places(home.var).signer_address).ask("GET", "/checkpoint")
        assert signer.split("\n")[1] == str(BEFORE + AFTER)  # It signed nothing smaller and nothing else.
        assert home.audit() == truth
        done = home.ledger("recover")
        assert done.returncode == 0, done.stderr
        assert f"由 {BEFORE} 条恢复到 {BEFORE + AFTER} 条" in done.stdout
        assert done.stdout.count("须重新录入") == AFTER
        await append_some(database, 2, "again")
        await published(database, BEFORE + AFTER + 3)  # With the entry that tells of the recovery.
        checked = home.ledger("check")
        assert checked.returncode == 0, checked.stderr
        await database.close()
    assert home.audit().actions["ledger.recovered"] == 1


async def _nothing_is_written(home: Home, database: Database, reason: str) -> None:
    with pytest.raises(LedgerFrozen):
        await append_some(database, 1)
    outer = create(from_environment({}, var=home.var), database)
    outer._app.state.codes = a_desk(database)
    transport = httpx.ASGITransport(app=outer)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        refused = await client.post("/api/v1/reports", json={"kind": "no_code", "place": "墨玉路1号"})
        assert (refused.status_code, refused.json()["code"], refused.json()["detail"]) == (503, "ledger-frozen", reason)
        assert "docs/trust.md" in refused.json()["remedy"]
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["ledger"]) == (200, "frozen")
        assert "registry_ledger_frozen 1.0" in (await client.get("/metrics")).text
        assert (await client.get("/log/checkpoint")).status_code == 200  # Reading goes on.


async def test_the_same_dump_beside_its_own_signer_is_no_alarm(home: Home, tmp_path: Path) -> None:
    """The planted fault turned round: nothing but the newer signer makes the difference."""
    with companions(home.var, home.env(), witnesses=KEEPERS):
        database = await home.open()
        await append_some(database, 10, "before")
        await published(database, 10)
        await database.close()
    home.tool("pg_dump", "--format=custom", f"--file={tmp_path / 'now.dump'}", home.cluster.dsn(home.name))
    home.name = f"{home.name}_restored"
    await home.cluster.run(f'CREATE DATABASE "{home.name}"')
    home.tool("pg_restore", f"--dbname={home.cluster.dsn(home.name)}", "--exit-on-error", str(tmp_path / "now.dump"))
    with companions(home.var, home.env(), witnesses=KEEPERS):
        database = await home.open()
        await append_some(database, 5, "after")
        await published(database, 15)
        await database.close()
