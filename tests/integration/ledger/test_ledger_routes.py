"""The log over HTTP: files under their C2SP names and no others, proofs, and receipts for those they concern."""

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from inspect_registry import ledger
from inspect_registry.actor import Actor, Role
from inspect_registry.app import create
from inspect_registry.clock import SetClock
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.ledger import receipt
from inspect_registry.routes import frame
from tests.ledger_builders import Keepers, append_some, grow, sequence_all


@pytest_asyncio.fixture
async def client(
    database: Database, keepers: Keepers, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose bearer token names the actor, so that each test says who asks."""
    actors = {
        "auditor": Actor(role=Role.AUDITOR, person=1),
        "mine": Actor(role=Role.ENTERPRISE, person=2, enterprise=7),
        "theirs": Actor(role=Role.ENTERPRISE, person=3, enterprise=8),
    }

    async def actor_of(_database: Database, token: str) -> Actor | None:
        return actors.get(token)

    monkeypatch.setattr(frame, "actor_of", actor_of)
    settings = from_environment({}, var=keepers.places.var)
    app: Litestar = create(settings, database)  # type: ignore[assignment]
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as made:
        yield made


def bearer(who: str) -> dict[str, str]:
    return {"authorization": f"Bearer {who}"}


async def test_files_are_served_under_their_names_and_nothing_else_is(
    client: httpx.AsyncClient, database: Database, sequencing: Database, keepers: Keepers
) -> None:
    assert (await client.get("/log/checkpoint")).status_code == 404
    await grow(database, keepers, sequencing, [300])
    checkpoint = await client.get("/log/checkpoint")
    assert checkpoint.text == keepers.folder.checkpoint()
    assert checkpoint.headers["cache-control"] == "no-cache"
    tile = await client.get("/log/tile/0/000")
    assert len(tile.content) == 8_192
    assert "immutable" in tile.headers["cache-control"]
    assert (await client.get("/log/tile/entries/001.p/44")).status_code == 200
    assert (await client.get("/log/policy.txt")).text.startswith("log registry.example/310114+")
    for name in ("tile/0/1", "tile/0/../checkpoint", "tile/0/000.p/44", "tile/0/002", "tile/0/000/000", "tile/", "x"):
        assert (await client.get(f"/log/{name}")).status_code == 404, name


async def test_leaves_proofs_and_the_state_of_the_log_are_public(
    client: httpx.AsyncClient, database: Database, sequencing: Database, keepers: Keepers
) -> None:
    await grow(database, keepers, sequencing, [5])
    status = (await client.get("/api/v1/ledger/status")).json()
    assert (status["size"], status["published_size"], status["pending"], status["frozen"]) == (5, 5, 0, False)
    entry = (await client.get("/api/v1/ledger/entries/3")).json()
    assert entry["published"] is True
    assert entry["leaf"]["subject"] == {"kind": "check", "uid": "s0-3"}
    about = (await client.get("/api/v1/ledger/subjects/check/s0-3")).json()
    assert [(found["number"], found["published"]) for found in about] == [(3, True)]
    assert (await client.get("/api/v1/ledger/subjects/check/nobody")).json() == []
    assert (await client.get("/api/v1/ledger/entries/3/proof")).text.startswith("c2sp.org/tlog-proof@v1\nindex 3\n")
    for number in ("5", "4611686018427387904", "1180591620717411303424"):
        missing = await client.get(f"/api/v1/ledger/entries/{number}")
        assert missing.status_code == 404, number
        assert missing.json()["code"] == "entry-not-found"
    late = await client.get("/api/v1/ledger/entries/5/proof")
    assert (late.status_code, late.json()["code"]) == (409, "entry-not-yet-public")


async def test_who_asks_for_a_number_waits_a_little_and_else_comes_again(
    client: httpx.AsyncClient, database: Database, sequencing: Database, keepers: Keepers
) -> None:
    await append_some(database, 1, "act")
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    outer = client._transport.app  # type: ignore[attr-defined]
    outer._app.state["ledger_waiter"] = ledger.Waiter(sleep, seconds=1.0, interval=0.5)
    pending = await client.get("/api/v1/ledger/subjects/check/act0/number")
    assert (pending.status_code, pending.json(), slept) == (202, {"number": None}, [0.5, 0.5])

    async def work(_seconds: float) -> None:
        await sequence_all(keepers.sequencer(sequencing))

    outer._app.state["ledger_waiter"] = ledger.Waiter(work)
    there = await client.get("/api/v1/ledger/subjects/check/act0/number")
    assert (there.status_code, there.json()) == (200, {"number": 0})
    assert (await client.get("/api/v1/ledger/subjects/check/act0/number")).json() == {"number": 0}
    assert (await client.get("/api/v1/ledger/subjects/check/nobody/number")).status_code == 404


async def test_a_receipt_goes_to_those_it_concerns(
    client: httpx.AsyncClient, database: Database, sequencing: Database, keepers: Keepers
) -> None:
    inspector = Actor(role=Role.INSPECTOR, person=9, name="李检查")
    async with database.transaction(inspector) as tx:
        entry = await ledger.append(
            tx,
            ledger.Action.INSPECTION_CLOSED,
            ledger.Subject("inspection", "i1"),
            enterprise=7,
            private={"result": "合格"},
        )
    await sequence_all(keepers.sequencer(sequencing))
    answers = {
        who: (await client.get("/api/v1/ledger/entries/0/receipt", headers=bearer(who))).status_code
        for who in ("auditor", "mine", "theirs", "nobody")
    }
    assert answers == {"auditor": 200, "mine": 200, "theirs": 404, "nobody": 401}
    data = (await client.get("/api/v1/ledger/entries/0/receipt", headers=bearer("mine"))).content
    receipt.verify(receipt.unpack(data), keepers.policy)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "合格" in archive.read("record.json").decode()
        assert "verify.py" in archive.namelist()
    async with database.transaction(Actor(role=Role.SYSTEM)) as tx:
        await ledger.erase(tx, [entry], reason="本人申请", basis="个人信息保护法第四十七条")
    gone = await client.get("/api/v1/ledger/entries/0/receipt", headers=bearer("mine"))
    assert (gone.status_code, gone.json()["code"]) == (410, "entry-erased")
    receipt.verify(receipt.unpack(data), keepers.policy)  # What the holder has stays good.


async def test_health_and_metrics_tell_of_a_late_and_of_a_frozen_log(
    client: httpx.AsyncClient, database: Database, clock: SetClock, owner: asyncpg.Connection
) -> None:
    assert (await client.get("/health/ready")).json() == {"status": "ok", "database": "ok", "ledger": "ok"}
    await append_some(database, 2)
    clock.advance(timedelta(seconds=61))
    assert (await client.get("/health/ready")).json() == {"status": "degraded", "database": "ok", "ledger": "late"}
    metrics = (await client.get("/metrics")).text
    assert "registry_ledger_pending_seconds 61.0" in metrics
    assert "registry_ledger_pending_entries 2.0" in metrics
    await owner.execute("UPDATE ledger_head SET frozen = 'why'")
    assert (await client.get("/health/ready")).json()["ledger"] == "frozen"
    assert (await client.get("/api/v1/ledger/status")).json()["state"] == "frozen"
