"""`ledger check`, `erase` and `recover` as an operator runs them, on a real signer process."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM
from inspect_registry.db import Database
from inspect_registry.ledger import Action, Subject
from tests.conftest import Cluster
from tests.ledger_builders import Keepers, sequence_all
from tests.ledger_processes import environment


class Commands:
    """Runs `inspect-registry ledger ...` in this test's installation."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "inspect_registry", "ledger", *arguments],
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest_asyncio.fixture
async def commands(
    cluster: Cluster, database: Database, database_name: str, sequencing: Database, keepers: Keepers
) -> AsyncIterator[Commands]:
    async with database.transaction(SYSTEM) as tx:
        await ledger.append(tx, Action.DEMO_LOADED, Subject("demo", "a"), private={"phone": "13800001234"})
        await ledger.append(tx, Action.DEMO_LOADED, Subject("demo", "b"), private={"phone": "13900005678"})
    await sequence_all(keepers.sequencer(sequencing))
    dsns = (cluster.dsn(database_name, role) for role in ("app", "sequencer", "auditor"))
    yield Commands(environment(keepers.places.var, *dsns, DATABASE_OWNER_URL=cluster.dsn(database_name)))


async def test_check_accepts_the_honest_and_names_the_forged(commands: Commands, owner: asyncpg.Connection) -> None:
    good = commands.run("check")
    assert good.returncode == 0, good.stderr
    assert "2 条" in good.stdout
    await owner.execute("ALTER TABLE ledger_private DISABLE TRIGGER ALL")
    await owner.execute("UPDATE ledger_private SET record = '{}' WHERE entry = (SELECT min(entry) FROM ledger_private)")
    forged = commands.run("check")
    assert forged.returncode == 1
    assert "the record of leaf 0 was changed" in forged.stderr


async def test_erase_leaves_no_copy_in_the_database_and_the_log_provable(
    commands: Commands, owner: asyncpg.Connection, sequencing: Database, keepers: Keepers
) -> None:
    salt, record = await owner.fetchrow("SELECT salt, record FROM ledger_private ORDER BY entry LIMIT 1")
    assert b"13800001234" in record
    done = commands.run("erase", "0", "--reason", "本人申请", "--basis", "个人信息保护法第四十七条")
    assert done.returncode == 0, done.stderr
    again = commands.run("erase", "0", "--reason", "x", "--basis", "x")
    assert again.returncode == 1
    assert "已经删除" in again.stderr
    missing = commands.run("erase", "99", "--reason", "x", "--basis", "x")
    assert missing.returncode == 1
    assert "entry-not-found" in missing.stderr
    path = Path(
        await owner.fetchval("SHOW data_directory"),
        await owner.fetchval("SELECT pg_relation_filepath('ledger_private')"),
    )
    await owner.execute("CHECKPOINT")
    pages = path.read_bytes()
    assert b"13900005678" in pages  # The other record is there, so this is the right file.
    assert b"13800001234" not in pages
    assert salt not in pages
    await sequence_all(keepers.sequencer(sequencing))
    checked = commands.run("check")
    assert checked.returncode == 0, checked.stderr
    assert "3 条" in checked.stdout


async def test_recover_thaws_what_was_frozen(commands: Commands, owner: asyncpg.Connection) -> None:
    refused = commands.run("recover")
    assert refused.returncode == 1
    assert "not frozen" in refused.stderr
    await owner.execute("UPDATE ledger_head SET frozen = 'false alarm'")
    done = commands.run("recover")
    assert done.returncode == 0, done.stderr
    assert "现已解冻" in done.stdout
    assert await owner.fetchval("SELECT frozen FROM ledger_head") is None


async def test_a_signer_that_does_not_answer_is_said(commands: Commands, keepers: Keepers, tmp_path: Path) -> None:
    del keepers
    result = Commands({**commands.env, "IR_VAR": str(tmp_path / "elsewhere")}).run("check")
    assert result.returncode == 1
    assert "is missing" in result.stderr


@pytest.fixture(autouse=True)
def _no_failpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IR_FAILPOINT", raising=False)
