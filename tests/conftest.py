"""What every test may use: a real PostgreSQL, a clone of a database for each test, a clock that is set, seeded dice.

The server is the embedded one (made in a temporary folder, not durable, one for each worker) unless
`TEST_DATABASE_OWNER_URL` names a real one. Roles get a suffix there, so that runs never meet.
"""

import asyncio
import itertools
import os
import random
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import settings

from inspect_registry.clock import SetClock
from inspect_registry.db import Database, schema
from inspect_registry.db.embedded import EmbeddedServer
from tests.rule_watch import PAGE, broken_claim, claims, rules_on, watching

# The gate asks the same questions each time: a green run can be repeated. Elsewhere new examples are tried.
settings.register_profile("gate", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("gate")

REGION = "310114"
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""Friday 2026-11-20, 10:00 in Shanghai: a working day."""
_numbers = itertools.count(1)


class Cluster:
    """A PostgreSQL server for tests, with one finished database to clone from."""

    def __init__(self, owner_dsn: str, suffix: str, password: Callable[[str], str]) -> None:
        self.owner_dsn = owner_dsn
        self.roles = schema.Roles(suffix)
        self.passwords = {role: password(self.roles.name(role)) for role in schema.ROLES}
        self.template = f"template{suffix or '_ir'}"

    def dsn(self, database: str, role: str = "") -> str:
        """Return the address of a database, for a role of the registry or (empty) for the owner of the cluster."""
        parts = urlsplit(self.owner_dsn)
        host = parts.netloc.rpartition("@")[2]
        who = f"{self.roles.name(role)}:{self.passwords[role]}" if role else parts.netloc.rpartition("@")[0]
        return urlunsplit(parts._replace(netloc=f"{who}@{host}", path=f"/{database}"))

    async def run(self, *statements: str) -> None:
        """Run statements of the cluster's administrator."""
        connection = await asyncpg.connect(self.dsn("postgres"))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def prepare(self) -> None:
        """Make the template."""
        await self.run(f'DROP DATABASE IF EXISTS "{self.template}"', f'CREATE DATABASE "{self.template}"')
        await schema.apply(self.dsn(self.template), self.passwords, self.roles)

    async def clone(self) -> str:
        """Make a database of its own for one test and return its name."""
        name = f"{self.template}_{next(_numbers)}"
        await self.run(
            f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"'
        )
        return name

    async def drop(self, name: str) -> None:
        """Throw a clone away."""
        await self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One server for the whole run."""
    given = os.environ.get("TEST_DATABASE_OWNER_URL")
    if given:
        cluster = Cluster(given, f"_t{os.getpid()}", lambda role: f"test-{role}")
        asyncio.run(cluster.prepare())
        yield cluster
        return
    # Not in pytest's own folder: that one is closed to other accounts, and runs side by side tidy it up.
    folder = Path(tempfile.mkdtemp(prefix="ir-tests-"))
    folder.chmod(0o755)
    server = EmbeddedServer(folder / "server", durable=False)
    try:
        server.start()
        cluster = Cluster(server.dsn(), "", server.password)
        asyncio.run(cluster.prepare())
        yield cluster
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands at NOW until the test sets it."""
    return SetClock(NOW)


@pytest.fixture
def dice() -> Callable[[int], bytes]:
    """Random bytes that are the same in every run."""
    return random.Random(310114).randbytes


@pytest_asyncio.fixture
async def database_name(cluster: Cluster) -> AsyncIterator[str]:
    """A fresh database for this test."""
    name = await cluster.clone()
    yield name
    await cluster.drop(name)


@pytest_asyncio.fixture
async def database(
    cluster: Cluster, database_name: str, clock: SetClock, dice: Callable[[int], bytes]
) -> AsyncIterator[Database]:
    """The application's own pool on a fresh database: the same role and row-level security as in service.

    Waits long for one of its few connections: fifty acts at once on a slow machine are no fault of the acts.
    """
    opened = await Database.open(
        cluster.dsn(database_name, "app"),
        region=REGION,
        clock=clock,
        random=dice,
        size=4,
        acquire_timeout=60,
        command_timeout=60,
    )
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def owner(cluster: Cluster, database_name: str) -> AsyncIterator[asyncpg.Connection]:
    """The cluster's administrator on this test's database: for planting faults and looking behind the policies."""
    connection = await asyncpg.connect(
        cluster.dsn(database_name), server_settings={"search_path": "ir,public", "TimeZone": "UTC"}
    )
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Golden files and vectors."""
    return Path(__file__).parent / "data"


RULES = rules_on(PAGE.read_text(encoding="utf-8"))
_shown: dict[tuple[str, str], bool] = {}
"""Claims of docs/rules.md whose tests ran here: (test, identifiers) → whether some case of it has shown the claim."""
_left: dict[str, int] = {}
"""Cases of a test that are still to run here."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count the cases of each test, because a claim holds when one of them shows it."""
    for item in items:
        name = item.nodeid.partition("[")[0]
        _left[name] = _left.get(name, 0) + 1


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Watch the rules that docs/rules.md says this test shows, and fail it where it does not."""
    claimed = claims(item.nodeid, RULES)
    with ExitStack() as stack:
        watched = [(rule, kind, stack.enter_context(watching(rule))) for rule, kind in claimed]
        outcome = yield
    name = item.nodeid.partition("[")[0]
    _left[name] = _left.get(name, 1) - 1
    for rule, kind, seen in watched:
        broken = broken_claim(rule, kind, seen)
        key = (f"{name} {kind}", "+".join(rule.identifiers) + rule.function)
        _shown[key] = _shown.get(key, False) or not broken
        if not _left[name] and not _shown[key] and outcome.excinfo is None:
            outcome.force_exception(AssertionError(broken))
