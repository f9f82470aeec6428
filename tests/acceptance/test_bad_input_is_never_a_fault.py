"""Whatever is sent to an operation of the API, the answer is no fault of ours, and tells in problem+json what is wrong."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio

from inspect_registry.app import create
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.publication.service import publishing
from inspect_registry.routes import outer
from tests.asked_badly import Asked, operations
from tests.code_world import a_desk
from tests.fieldwork_doors import a_closed_record, begun
from tests.visits_builders import District, a_district
from tests.visits_people import PASSWORD, people_of

SIGNERLESS = "signer-unavailable"
"""No signer runs beside this application; what it says to that is right whatever was asked."""
EACH = 6
"""Wrong requests of each sort for each operation."""
WHO = ("coordinator", "clerk0", "head0", "officer0", "keeper", "auditor")
NAMES = {
    "visits": "visit", "inspections": "inspection", "rectifications": "rectification", "enterprises": "enterprise",
    "inspectors": "inspector", "codes": "code", "monthly-plans": "monthly_plan", "annual-plans": "annual_plan",
    "tasks": "task", "checks": "check", "visit": "visit", "premises": "premises", "matters": "matter", "matter": "matter",
    "enterprise": "enterprise", "criterion": "criterion", "task": "task", "inspector": "inspector", "present": "inspector",
    "crew": "inspector",
}  # fmt: skip
"""A part of an address, or a field: the table whose first row stands for it."""


@pytest.fixture
async def district(database: Database, owner: asyncpg.Connection) -> District:
    found = await a_district(owner)
    _, visit = await begun(database, found)
    await a_closed_record(database, found, visit, {})
    await found.check(found.departments[0], date(2026, 12, 1), date(2026, 12, 20))
    await owner.execute("UPDATE code SET uid = repeat('code', 6) || 'aa'")
    return found


class Asking:
    """One client in the names of many people."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._tokens: dict[str, str] = {}

    async def sign_in(self, who: str) -> None:
        answer = await self._client.post("/api/v1/session", json={"account": who, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        self._tokens[who] = answer.json()["token"]

    async def send(self, asked: Asked, who: str) -> httpx.Response:
        if who not in self._tokens:
            await self.sign_in(who)
        headers = {"authorization": f"Bearer {self._tokens[who]}"}
        if asked.body is not None and asked.media:
            headers["content-type"] = asked.media
        answer = await self._client.request(asked.method, asked.address, content=asked.body, headers=headers)
        if asked.operation == "signOut" and answer.status_code == 204:
            del self._tokens[who]
        return answer


@pytest_asyncio.fixture
async def asking(
    database: Database, district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Asking]:
    monkeypatch.setattr(outer, "READS_PER_MINUTE", 10**6)
    monkeypatch.setattr(outer, "WRITES_PER_MINUTE", 10**6)
    settings = from_environment({}, var=tmp_path)
    app = create(settings, database)
    desk = a_desk(database)
    app._app.state.update({"codes": desk, "publishing": publishing(settings)})
    desk.start()
    async with people_of(database, district):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            yield Asking(client)
    await desk.stop()


def faults(asked: Asked, answer: httpx.Response) -> list[str]:
    """Say what is wrong with an answer, whatever was asked."""
    media = answer.headers.get("content-type", "")
    if answer.status_code == 503 and answer.json()["code"] == SIGNERLESS:
        return []
    if answer.status_code >= 500:
        return [f"{answer.status_code} {answer.text[:200]} <- {asked}"]
    if answer.status_code >= 400 and media != "application/problem+json":
        return [f"{answer.status_code} as {media!r} <- {asked}"]
    if answer.status_code >= 400 and not (answer.json()["code"] and answer.json()["title"]):
        return [f"{answer.status_code} says nothing <- {asked}"]
    return []


async def test_bad_input_is_never_a_fault(asking: Asking, owner: asyncpg.Connection) -> None:
    document = (await asking._client.get("/api/schema")).json()
    rows = {table: await owner.fetchval(f'SELECT min(uid) FROM "{table}"') for table in set(NAMES.values())}
    known = {name: rows[table] for name, table in NAMES.items() if rows[table]}
    known["departments"] = known["department"] = await owner.fetchval("SELECT min(code) FROM department")
    dice = random.Random(20261122)
    found: list[str] = []
    seen: Counter[int] = Counter()
    shut: list[str] = []
    for operation in operations(document, known):
        allowed = []
        for who in WHO:
            asked = operation.plausible()
            answer = await asking.send(asked, who)
            found += faults(asked, answer)
            if answer.status_code not in (401, 403):
                allowed.append(who)
        if not allowed:
            shut.append(operation.name)
        for asked in operation.wrong(dice, EACH):
            answer = await asking.send(asked, dice.choice(allowed or list(WHO)))
            seen[answer.status_code] += 1
            found += faults(asked, answer)
    assert not found, "\n".join([*found, str(seen)])
    assert shut == ["signIn"], f"nobody got in: {shut}"
    assert seen[429] < 30
    assert sum(seen.values()) > 1500
