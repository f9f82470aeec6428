"""A scan can be answered with the log's signed promise; the signer that makes it is another process."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest_asyncio

from inspect_registry import app as composition
from inspect_registry.config import Settings
from inspect_registry.db import Database
from inspect_registry.ledger import installation, places
from inspect_registry.ledger.promise import open_promise
from tests.code_door import Door, a_door
from tests.code_world import BASE
from tests.conftest import Cluster
from tests.ledger_processes import environment, running


class Promised:
    """A door whose application knows an installation's folder."""

    def __init__(self, door: Door, client: httpx.AsyncClient, var: Path) -> None:
        self.door = door
        self.client = client
        self.var = var

    async def ask(self, token: str) -> httpx.Response:
        return await self.client.get(f"/api/v1/verdicts/{token}/promise")


@pytest_asyncio.fixture
async def promised(database: Database, owner: asyncpg.Connection, tmp_path: Path) -> AsyncIterator[Promised]:
    installation.init_once(tmp_path, origin="registry.example/310114", witnesses=1)
    async with a_door(database, owner) as door:
        outer = composition.create(Settings(public_url=BASE, secret=b"s" * 32, var=tmp_path), database)
        outer._app.state.codes = door.desk
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=outer), base_url=BASE) as client:
            yield Promised(door, client, tmp_path)


async def until_the_signer_answers(promised: Promised) -> httpx.Response:
    for _ in range(200):
        answer = await promised.ask(promised.door.desk.live(promised.door.code).token)
        if answer.status_code == 200:
            return answer
        await asyncio.sleep(0.1)
    raise AssertionError(answer.text)


async def test_a_promise_names_the_codes_own_leaf_and_is_signed_by_the_log(
    promised: Promised, owner: asyncpg.Connection, cluster: Cluster, database_name: str
) -> None:
    dsns = [cluster.dsn(database_name, role) for role in ("app", "sequencer", "auditor")]
    commands = [line for line in places.commands(promised.var) if line[0] == "signer"]
    with running(commands, environment(promised.var, *dsns)):
        answer = await until_the_signer_answers(promised)
        keys = places.Places(promised.var).policy().logs
        note = open_promise(answer.text, keys)
        leaf_hash = await owner.fetchval(
            "SELECT leaf_hash FROM ledger_entry WHERE action = 'code.issued' AND subject_uid = $1",
            promised.door.code.uid,
        )
        assert note.leaf == bytes(leaf_hash)
        again = await promised.ask(promised.door.desk.live(promised.door.code).token)
        assert again.text == answer.text


async def test_nobody_gets_a_promise_for_a_made_up_token_or_from_a_signer_that_is_away(promised: Promised) -> None:
    assert (await promised.ask("A" * 224)).json()["code"] == "code-not-found"
    away = await promised.ask(promised.door.desk.live(promised.door.code).token)
    assert (away.status_code, away.json()["code"]) == (503, "signer-unavailable")
