"""The whole application with a district behind it, and one client that asks in the names of many people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from inspect_registry.access.model import NewPerson
from inspect_registry.access.service import add_people
from inspect_registry.actor import SYSTEM, Role
from inspect_registry.app import create
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.publication.service import publishing
from inspect_registry.routes import outer
from inspect_registry.triggers import service as triggers
from inspect_registry.triggers.model import TriggerDraft, TriggerKind
from tests.asked_badly import Asked
from tests.code_world import a_desk
from tests.fieldwork_doors import NOW, a_closed_record, begun
from tests.visits_builders import District, a_district, an_actor
from tests.visits_people import PASSWORD, people_of

TABLES = {
    "visits": "visit", "inspections": "inspection", "rectifications": "rectification", "enterprises": "enterprise",
    "inspectors": "inspector", "codes": "code", "monthly-plans": "monthly_plan", "annual-plans": "annual_plan",
    "tasks": "task", "checks": "check", "triggers": "trigger", "objections": "objection", "documents": "document",
    "visit": "visit", "premises": "premises", "matters": "matter", "matter": "matter", "enterprise": "enterprise",
    "criterion": "criterion", "task": "task", "inspector": "inspector", "present": "inspector", "crew": "inspector",
}  # fmt: skip
"""A part of an address, or a field of a body: the table whose first row stands for it."""


class Asking:
    """One client in the names of many people."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self._tokens: dict[str, str] = {}

    async def document(self) -> Any:
        """The OpenAPI document as it is served."""
        return (await self.client.get("/api/schema")).json()

    async def send(self, asked: Asked, who: str) -> httpx.Response:
        """Send a request as this person, who signs in first."""
        if who not in self._tokens:
            answer = await self.client.post("/api/v1/session", json={"account": who, "password": PASSWORD})
            assert answer.status_code == 201, answer.text
            self._tokens[who] = answer.json()["token"]
        headers = {"authorization": f"Bearer {self._tokens[who]}"}
        if asked.body is not None and asked.media:
            headers["content-type"] = asked.media
        answer = await self.client.request(asked.method, asked.address, content=asked.body, headers=headers)
        if asked.operation == "signOut" and answer.status_code == 204:
            del self._tokens[who]
        return answer


async def a_lived_in_district(database: Database, owner: asyncpg.Connection) -> District:
    """A visit with its code, record, finding and order; a check of next month; a reason; all of the first department."""
    district = await a_district(owner)
    first = district.departments[0]
    _, visit = await begun(database, district)
    await a_closed_record(database, district, visit, {})
    await district.check(first, date(2026, 12, 1), date(2026, 12, 20))
    await owner.execute("UPDATE code SET uid = repeat('code', 6) || 'aa'")
    draft = TriggerDraft(
        kind=TriggerKind.COMPLAINT,
        premises=await district.uid_of("premises", district.premises),
        matters=[await district.uid_of("matter", district.matters[first][0])],
        facts="群众反映后厨有老鼠",
        source_number="12345-2026-1",
        received_at=NOW,
    )
    await triggers.propose(database.acting(an_actor(Role.CLERK, first)), draft)
    return district


async def known_names(owner: asyncpg.Connection) -> dict[str, str]:
    """What exists, by the part of an address or the field that names it."""
    rows = {table: await owner.fetchval(f'SELECT min(uid) FROM "{table}"') for table in set(TABLES.values())}
    code = await owner.fetchval("SELECT min(code) FROM department")
    return {name: rows[table] for name, table in TABLES.items() if rows[table]} | {
        "departments": code,
        "department": code,
    }


@asynccontextmanager
async def asking_at(
    database: Database, district: District, var: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Asking]:
    """The application as it serves, without a limit of requests; `rival` keeps another shop than `keeper`."""
    monkeypatch.setattr(outer, "READS_PER_MINUTE", 10**6)
    monkeypatch.setattr(outer, "WRITES_PER_MINUTE", 10**6)
    settings = from_environment({}, var=var)
    app, desk = create(settings, database), a_desk(database)
    app._app.state.update({"codes": desk, "publishing": publishing(settings)})
    other, _ = await district.shop()
    desk.start()
    try:
        async with people_of(database, district):
            rival = NewPerson(account="rival", name="同行", password=PASSWORD, role=Role.ENTERPRISE, enterprise=other)
            await add_people(database.acting(SYSTEM), [rival], quick=True)
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
                yield Asking(client)
    finally:
        await desk.stop()
