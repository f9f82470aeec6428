"""A coordinator publishes over HTTP, everybody reads; and the command does the same from a shell."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio

from inspect_registry.access import service as access
from inspect_registry.access.model import NewPerson
from inspect_registry.actor import Role
from inspect_registry.app import create
from inspect_registry.cli import publish
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from tests.integration.publication.test_publishing import an_approved_visit
from tests.visits_builders import SYSTEM, District, a_district

HOME = "http://127.0.0.1:8000"
ADDRESS = "/api/v1/months/2026-12/publish"


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest_asyncio.fixture
async def client(database: Database, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create(from_environment({}, var=tmp_path), database)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HOME) as opened:
        yield opened


async def token_of(database: Database, role: Role, department: int | None = None) -> dict[str, str]:
    person = NewPerson(account=role.value, name=role.value, role=role, department=department, password="correct horse")
    await access.add_people(database.acting(SYSTEM), [person], quick=True)
    session = await access.sign_in(database, role.value, "correct horse", "192.0.2.1")
    return {"authorization": f"Bearer {session.token}"}


async def test_what_the_coordinator_publishes_everybody_reads(
    database: Database, district: District, client: httpx.AsyncClient
) -> None:
    visit = await an_approved_visit(database, district)
    headers = await token_of(database, Role.COORDINATOR)
    answer = await client.post(ADDRESS, json={}, headers={**headers, "idempotency-key": "december"})
    assert answer.status_code == 200, answer.text
    published = answer.json()
    assert (published["kind"], published["revision"], published["address"]) == ("month", 1, "/plans/2026-12/")
    assert (await client.post(ADDRESS, json={}, headers={**headers, "idempotency-key": "december"})).json() == published
    page = await client.get(published["address"])
    assert page.status_code == 200
    assert visit in (await client.get("/plans/2026-12/plan.json")).text
    again = await client.post(ADDRESS, json={}, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "month-unchanged")


async def test_a_refresh_over_http_tells_whether_anything_changed(
    database: Database, district: District, client: httpx.AsyncClient
) -> None:
    headers = await token_of(database, Role.COORDINATOR)
    first = await client.post("/api/v1/releases/refresh", headers=headers)
    assert first.json()["release"]["kind"] == "refresh"
    assert (await client.post("/api/v1/releases/refresh", headers=headers)).json() == {"release": None}
    assert (await client.get("/departments/")).status_code == 200


@pytest.mark.parametrize(
    ("month", "body", "status", "code"),
    [
        ("2026-13", {}, 400, "malformed"),
        ("december", {}, 400, "malformed"),
        ("2026-12", {"reason": "x" * 501}, 400, None),
        ("2026-12", {"reason": "好的", "unknown": 1}, 400, None),
        ("2026-12", {"reason": 5}, 400, None),
        ("2026-12", {}, 409, "nothing-to-publish"),
        ("9999-12", {}, 409, "nothing-to-publish"),
    ],
)
async def test_bad_input_is_refused_with_its_place_and_nothing_is_published(
    database: Database, client: httpx.AsyncClient, month: str, body: dict, status: int, code: str | None
) -> None:
    headers = await token_of(database, Role.COORDINATOR)
    answer = await client.post(f"/api/v1/months/{month}/publish", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    if code:
        assert answer.json()["code"] == code
    assert (await client.get("/plans/2026-12/")).status_code == 404


async def test_a_clerk_may_not_publish(database: Database, district: District, client: httpx.AsyncClient) -> None:
    headers = await token_of(database, Role.CLERK, district.departments[0])
    assert (await client.post(ADDRESS, json={}, headers=headers)).status_code == 403
    assert (await client.post("/api/v1/releases/refresh", headers=headers)).status_code == 403


async def test_the_command_publishes_the_same_and_marks_a_demo(
    database: Database, district: District, cluster, database_name: str, tmp_path: Path
) -> None:
    visit = await an_approved_visit(database, district)
    (tmp_path / "demo.json").write_text("{}")
    settings = from_environment({}, var=tmp_path)
    dsn = cluster.dsn(database_name, "app")
    published = await publish._publish(settings, dsn, date(2026, 12, 1), "")
    assert published is not None
    assert visit in (tmp_path / "public/plans/2026-12/plan.json").read_text()
    assert "演示数据" in (tmp_path / "public/index.html").read_text()
