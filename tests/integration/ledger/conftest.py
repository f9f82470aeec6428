"""The sequencer's own pool, and a log with its signer."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from tests.conftest import REGION, Cluster
from tests.ledger_builders import Keepers, keepers_in


@pytest_asyncio.fixture
async def sequencing(cluster: Cluster, database_name: str, clock: SetClock) -> AsyncIterator[Database]:
    """The sequencer's pool: its own role, which cannot append."""
    opened = await Database.open(
        cluster.dsn(database_name, "sequencer"), region=REGION, clock=clock, size=4, command_timeout=20
    )
    yield opened
    await opened.close()


@pytest.fixture
def keepers(tmp_path: Path, clock: SetClock) -> Iterator[Keepers]:
    """A log without witnesses."""
    with keepers_in(tmp_path / "var", clock) as made:
        yield made


@pytest.fixture
def watched(tmp_path: Path, clock: SetClock) -> Iterator[Keepers]:
    """A log of which two of three witnesses must have signed."""
    with keepers_in(tmp_path / "watched", clock, witnesses=3, threshold=2) as made:
        yield made
