"""Erasing one person's records by the documented command: no copy stays, and everything else stays provable.

`reliability.md` test 10. Write-ahead log and older backups keep copies until they expire; docs/trust.md says so.
"""

import base64
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.db import Database
from inspect_registry.db.embedded import EmbeddedServer
from inspect_registry.ledger import Action, Draft, Subject, receipt, receipts
from inspect_registry.ledger.source import open_site
from inspect_registry.ledger.verify import audit
from tests.conftest import Cluster
from tests.integration.ledger.test_ledger_commands import Commands
from tests.integration.ledger.test_outside_verifiers import aics, gosumdb
from tests.ledger_builders import Keepers, sequence_all
from tests.ledger_processes import environment

PHONE = "13800001234"


class Register:
    """A log in which every so many records are about one person."""

    def __init__(self, commands: Commands, cluster: Cluster, name: str, keepers: Keepers, folder: Path) -> None:
        self.commands, self.cluster, self.name, self.keepers, self.folder = commands, cluster, name, keepers, folder
        self.salts: list[bytes] = []

    async def fill(self, database: Database, records: int, every: int) -> list[int]:
        """Append records; returns the numbers of those about the person."""
        drafts = [
            Draft(
                action=Action.INSPECTION_CLOSED,
                subject=Subject("inspection", f"i{number}"),
                private={"contact": PHONE if number % every == 0 else f"139{number:08}"},
            )
            for number in range(records)
        ]
        async with database.transaction(SYSTEM) as tx:
            await ledger.append_many(tx, drafts)
        return list(range(0, records, every))

    async def receipt(self, database: Database, number: int) -> receipt.Receipt:
        async with database.transaction(Actor(role=Role.AUDITOR), read_only=True) as tx:
            row = await receipts.public_entry(tx, number)
            return await receipts.receipt_of(tx, row.id, self.keepers.places)

    def dump(self) -> Path:
        """What a backup made now holds."""
        program = EmbeddedServer(self.folder / "programs", durable=False).program("pg_dump")
        out = self.folder / "after.sql"
        done = subprocess.run(
            [str(program), "--no-password", f"--file={out}", self.cluster.dsn(self.name)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return out

    async def server_files(self, owner: asyncpg.Connection) -> list[Path]:
        """Every file of this database on the server."""
        await owner.execute("CHECKPOINT")
        data = Path(await owner.fetchval("SHOW data_directory"))
        oid = await owner.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
        return [path for path in (data / "base" / str(oid)).rglob("*") if path.is_file()]

    async def files(self, owner: asyncpg.Connection) -> list[Path]:
        """The server's files, those of the installation, and a fresh dump."""
        own = [path for path in self.keepers.places.var.rglob("*") if path.is_file()]
        return [*await self.server_files(owner), *own, self.dump()]


def copies(files: list[Path], needles: list[bytes]) -> list[str]:
    """Say which file still holds one of these, raw, as hex or as base64."""
    wanted = [form for one in needles for form in (one, one.hex().encode(), base64.b64encode(one))]
    return [str(path) for path in files if any(form in data for data in [path.read_bytes()] for form in wanted)]


@pytest_asyncio.fixture
async def register(cluster: Cluster, database_name: str, keepers: Keepers, tmp_path: Path) -> AsyncIterator[Register]:
    dsns = (cluster.dsn(database_name, role) for role in ("app", "sequencer", "auditor"))
    env = environment(keepers.places.var, *dsns, DATABASE_OWNER_URL=cluster.dsn(database_name))
    yield Register(Commands(env), cluster, database_name, keepers, tmp_path)


async def erased(
    register: Register, database: Database, sequencing: Database, owner: asyncpg.Connection, records: int, every: int
) -> None:
    """Fill, erase what is about the person, and look for copies before and after."""
    numbers = await register.fill(database, records, every)
    await sequence_all(register.keepers.sequencer(sequencing))
    kept, other = await register.receipt(database, numbers[0]), await register.receipt(database, 1)
    salts = await owner.fetch(
        """SELECT salt FROM ledger_private JOIN ledger_entry ON ledger_entry.id = entry WHERE leaf_index = ANY ($1)""",
        numbers,
    )
    needles = [PHONE.encode(), *(row["salt"] for row in salts)]
    before = copies(await register.files(owner), needles)
    assert any(path.endswith("after.sql") for path in before)  # The planted fault: unerased, it is found everywhere.
    assert len(before) >= 2
    words = ["--reason", "本人申请", "--basis", "个人信息保护法第四十七条"]
    done = register.commands.run("erase", *map(str, numbers), *words)
    assert done.returncode == 0, done.stderr
    await sequence_all(register.keepers.sequencer(sequencing))
    assert copies(await register.files(owner), needles) == []
    policy = register.keepers.policy
    report = audit(open_site(str(register.keepers.folder.root)), policy)
    assert report.actions == {"inspection.closed": records, "entry.erased": 1}
    assert receipt.verify(kept, policy).size == records  # The holder's own receipt stays good.
    assert receipt.verify(await register.receipt(database, 1), policy).size == records + 1
    assert other.record in (await register.receipt(database, 1)).record  # Others' records are untouched.
    checked = register.commands.run("check")
    assert checked.returncode == 0, checked.stderr


async def test_no_copy_stays_in_database_files_or_dump(
    register: Register, database: Database, sequencing: Database, owner: asyncpg.Connection
) -> None:
    await erased(register, database, sequencing, owner, 300, 100)


async def test_an_erasure_that_forgot_to_rewrite_the_table_would_be_found(
    register: Register, database: Database, sequencing: Database, owner: asyncpg.Connection
) -> None:
    """The planted fault: rows are emptied, but the pages still hold what stood there before."""
    numbers = await register.fill(database, 50, 25)
    await sequence_all(register.keepers.sequencer(sequencing))
    await receipts.erase_numbers(database, numbers, reason="本人申请", basis="个人信息保护法第四十七条")
    assert copies(await register.server_files(owner), [PHONE.encode()]) != []


@pytest.mark.long
async def test_no_copy_of_five_hundred_records_stays_and_outsiders_accept_the_log(
    register: Register, database: Database, sequencing: Database, owner: asyncpg.Connection
) -> None:
    await erased(register, database, sequencing, owner, 5_000, 10)
    (key,) = register.keepers.policy.logs
    folder = register.keepers.folder.root
    accepted = gosumdb(folder, str(key), folder / "checkpoint")
    assert accepted.returncode == 0, accepted.stderr
    assert aics(folder).stdout == "5001\n"
