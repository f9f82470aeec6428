"""People of the small district who sign in over HTTP and act there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from inspect_registry.access.model import NewPerson
from inspect_registry.access.service import add_people
from inspect_registry.actor import SYSTEM, Role
from inspect_registry.app import create
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.jobs.service import Worker
from inspect_registry.visits import merge_work
from tests.fieldwork_doors import signatures_wanted
from tests.visits_builders import District

PASSWORD = "a password for tests"


class People:
    """One client; each request is made in somebody's name."""

    def __init__(self, client: httpx.AsyncClient, database: Database) -> None:
        self.client = client
        self._worker = Worker(database, merge_work.works(database), None)
        self._tokens: dict[str, str] = {}

    async def ask(self, who: str, method: str, path: str, body: Any = None, *, status: int = 200, key: str = "") -> Any:
        """Make a request as this person and return the answer's JSON; any other status fails the test."""
        answer = await self._ask(who, method, path, body, key)
        if answer.status_code == 401:
            del self._tokens[who]
            answer = await self._ask(who, method, path, body, key)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def _ask(self, who: str, method: str, path: str, body: Any, key: str) -> httpx.Response:
        if who not in self._tokens:
            answer = await self.client.post("/api/v1/session", json={"account": who, "password": PASSWORD})
            assert answer.status_code == 201, answer.text
            self._tokens[who] = answer.json()["token"]
        headers = {"authorization": f"Bearer {self._tokens[who]}"} | ({"idempotency-key": key} if key else {})
        return await self.client.request(method, f"/api/v1{path}", json=body, headers=headers)

    async def merge(self, month: str) -> Any:
        """Order the merge of a month, let the worker do it, and return what the coordinator then reads."""
        ordered = await self.ask("coordinator", "POST", "/merges", {"month": month, "seconds": 0.2}, status=202)
        assert await self._worker.one_job()
        done = await self.ask("coordinator", "GET", f"/jobs/{ordered['job']}")
        assert done["state"] in ("done", "failed"), done
        return done["result"]


async def sign_all(people: People, who: str, record: str, door: dict[str, Any]) -> dict[str, Any]:
    """Note the door over HTTP and let everybody sign what the record says."""
    read = await people.ask(who, "PUT", f"/inspections/{record}/door", door)
    for hand in signatures_wanted(read):
        read = await people.ask(who, "POST", f"/inspections/{record}/signatures", hand)
    return read


@asynccontextmanager
async def people_of(database: Database, district: District) -> AsyncIterator[People]:
    """Accounts: coordinator, auditor, keeper (of the shop), and clerk, head, officer, second of each department (0, 1 …)."""
    made = [
        NewPerson(account="coordinator", name="统筹", password=PASSWORD, role=Role.COORDINATOR),
        NewPerson(account="auditor", name="审计", password=PASSWORD, role=Role.AUDITOR),
        NewPerson(
            account="keeper", name="店主", password=PASSWORD, role=Role.ENTERPRISE, enterprise=district.enterprise
        ),
    ]
    for number, department in enumerate(district.departments):
        for account, role, which in (
            ("clerk", Role.CLERK, None),
            ("head", Role.HEAD, None),
            ("officer", Role.INSPECTOR, 0),
            ("second", Role.INSPECTOR, 1),
        ):
            made.append(
                NewPerson(
                    account=f"{account}{number}",
                    name=f"{account}{number}",
                    password=PASSWORD,
                    role=role,
                    department=department,
                    inspector=None if which is None else district.inspectors[department][which],
                )
            )
    await add_people(database.acting(SYSTEM), made, quick=True)
    transport = httpx.ASGITransport(app=create(from_environment({}), database))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield People(client, database)
