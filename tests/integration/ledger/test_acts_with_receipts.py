"""Acts that hand out a receipt: 201 with their number, 202 with where to ask; a replay repeats the result."""

from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import Mock

import asyncpg
import httpx
import pytest
import pytest_asyncio
from litestar.datastructures import State

from inspect_registry.actor import Actor
from inspect_registry.app import create
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.ledger import Waiter, receipt
from inspect_registry.ledger.installation import init_once
from inspect_registry.routes import frame
from inspect_registry.routes.standing import waiter_of
from tests.code_world import World, a_desk, a_world
from tests.ledger_builders import Keepers, sequence_all


class Office:
    """A clerk at a browser, and how long the service waits for numbers."""

    def __init__(self, client: httpx.AsyncClient, state: dict[str, object], world: World) -> None:
        self.client, self.state, self.world = client, state, world
        self.slept: list[float] = []

    def wait_with(self, waiter: Waiter) -> None:
        self.state["ledger_waiter"] = waiter

    def in_vain(self) -> Waiter:
        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        return Waiter(sleep, seconds=3.0, interval=0.5)

    async def issue(self, key: str = "") -> httpx.Response:
        headers = {"authorization": "Bearer clerk"} | ({"idempotency-key": key} if key else {})
        return await self.client.post("/api/v1/codes", json={"visit": self.world.visit_uid}, headers=headers)


@pytest_asyncio.fixture
async def office(
    database: Database, owner: asyncpg.Connection, keepers: Keepers, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    world = await a_world(owner)
    actors = {"clerk": world.clerk, "keeper": world.keeper, "stranger": world.stranger}

    async def actor_of(_database: Database, token: str) -> Actor | None:
        return actors.get(token)

    monkeypatch.setattr(frame, "actor_of", actor_of)
    outer = create(from_environment({}, var=keepers.places.var), database)
    outer._app.state.codes = a_desk(database)
    transport = httpx.ASGITransport(app=outer)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield Office(client, outer._app.state, world)


async def test_a_code_that_gets_its_number_in_time_is_answered_201_with_its_receipt(
    office: Office, sequencing: Database, keepers: Keepers
) -> None:
    async def sequencer_works(_seconds: float) -> None:
        await sequence_all(keepers.sequencer(sequencing))

    office.wait_with(Waiter(sequencer_works))
    answer = await office.issue()
    assert answer.status_code == 201, answer.text
    standing = answer.json()["ledger"]
    assert standing["number"] == 0
    assert answer.headers["location"] == standing["receipt"] == "/api/v1/ledger/entries/0/receipt"
    mine = await office.client.get(standing["receipt"], headers={"authorization": "Bearer keeper"})
    receipt.verify(receipt.unpack(mine.content), keepers.policy)
    theirs = await office.client.get(standing["receipt"], headers={"authorization": "Bearer stranger"})
    assert theirs.status_code == 404


async def test_a_code_whose_number_takes_too_long_is_issued_all_the_same_and_says_where_to_ask(
    office: Office, sequencing: Database, keepers: Keepers
) -> None:
    office.wait_with(office.in_vain())
    answer = await office.issue()
    assert (answer.status_code, office.slept) == (202, [0.5] * 6)
    body = answer.json()
    assert (body["state"], body["ledger"]["number"], body["ledger"]["receipt"]) == ("issued", None, "")
    assert answer.headers["location"] == body["ledger"]["ask"]
    assert (await office.client.get(body["ledger"]["ask"])).status_code == 202
    await sequence_all(keepers.sequencer(sequencing))
    asked = await office.client.get(body["ledger"]["ask"])
    assert (asked.status_code, asked.json()) == (200, {"number": 0})
    assert (await office.client.get(body["ledger"]["about"])).status_code == 200


async def test_a_replay_repeats_the_result_and_says_the_number_once_there_is_one(
    office: Office, sequencing: Database, keepers: Keepers, owner: asyncpg.Connection
) -> None:
    office.wait_with(office.in_vain())
    first, again = await office.issue("one"), await office.issue("one")
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.content == first.content
    await sequence_all(keepers.sequencer(sequencing))
    numbered, repeated = await office.issue("one"), await office.issue("one")
    assert (numbered.status_code, repeated.status_code) == (201, 201)
    assert repeated.content == numbered.content
    assert numbered.json() | {"ledger": None} == first.json() | {"ledger": None}
    assert await owner.fetchval("SELECT count(*) FROM code") == 1
    other = await office.issue("two")  # The planted fault: without the key it is another act, and is refused.
    assert (other.status_code, other.json()["code"]) == (409, "code-already-live")


def test_with_a_log_people_wait_three_seconds_at_most(tmp_path: Path) -> None:
    request = Mock()
    request.app.state = State({"settings": from_environment({}, var=tmp_path)})
    assert waiter_of(request).seconds == 0.0
    init_once(tmp_path, origin="registry.example/310114", witnesses=0)
    assert waiter_of(request).seconds == 3.0


async def test_without_a_log_nobody_waits(
    database: Database, owner: asyncpg.Connection, office: Office, tmp_path: Path
) -> None:
    office.state["settings"] = from_environment({}, var=tmp_path / "nowhere")
    answer = await office.issue()  # No waiter is injected: a real one would sleep here.
    assert answer.status_code == 202
