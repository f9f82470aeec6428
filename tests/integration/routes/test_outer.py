"""What holds for every answer, also where there is no route."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from inspect_registry.app import create
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.routes import outer

HOME = "http://127.0.0.1:8000"


@pytest_asyncio.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create(from_environment({}), database))
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as opened:
        yield opened


ANSWERS = [
    ("GET", "/health/live", 200),
    ("GET", "/nowhere", 404),
    ("POST", "/health/live", 405),
    ("TRACE", "/", 405),
    ("GET", "/api/v1/session", 401),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
async def test_every_answer_carries_the_security_headers(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == status
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin", (
        "else the origin of our own forms is null over plain HTTP"
    )
    assert "server" not in answer.headers
    if path.startswith("/api/") or status >= 400:
        assert answer.headers["cache-control"] == "no-store"


async def test_another_host_is_not_answered_anywhere(client: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/nowhere"):
        answer = await client.get(path, headers={"host": "evil.example", "x-forwarded-host": "127.0.0.1:8000"})
        assert answer.status_code == 421
        assert "evil" not in answer.text


@pytest.mark.parametrize("path", ["/health/live", "/nowhere"])
async def test_the_rate_limit_counts_known_and_unknown_addresses_alike(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """The stock framework fails this: its limit does not run for addresses that do not exist."""
    monkeypatch.setattr(outer, "READS_PER_MINUTE", 20)
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    answers = [(await client.get(path, headers={"x-forwarded-for": f"10.0.0.{n}"})).status_code for n in range(40)]
    assert answers.count(429) == 20
    assert answers[:20].count(429) == 0


def test_buckets_refill_and_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    buckets = outer.Buckets(most=3)
    assert [buckets.take("a", 2) for _ in range(3)] == [True, True, False]
    now[0] = 30.0
    assert buckets.take("a", 2)
    for name in "bcdef":
        buckets.take(name, 2)
    assert len(buckets._levels) == 3


WRITES = [
    ({"origin": "https://evil.example"}, 403),
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "same-site", "origin": HOME}, 403),
    ({}, 403),
    ({"sec-fetch-site": "same-origin"}, 303),
    ({"origin": HOME}, 303),
    ({"origin": "null"}, 403),
    ({"origin": "http://["}, 403),
]


@pytest.mark.parametrize(("headers", "status"), WRITES)
async def test_a_write_with_our_cookie_must_come_from_our_pages(
    client: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    client.cookies.set("sid", "x" * 43)
    answer = await client.post("/sign-out", data={}, headers=headers, follow_redirects=False)
    assert answer.status_code == status


async def test_a_cookie_that_came_in_pieces_is_still_ours(client: httpx.AsyncClient) -> None:
    """HTTP/2 may split one Cookie header into many; the last piece is not the whole."""
    pieces = [("cookie", f"sid={'x' * 43}"), ("cookie", "theme=dark"), ("sec-fetch-site", "same-site")]
    answer = await client.post("/sign-out", data={}, headers=pieces)
    assert answer.status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://["])
async def test_nobody_is_signed_in_by_another_site(client: httpx.AsyncClient, origin: str) -> None:
    form = {"account": "a", "password": "b"}
    assert (await client.post("/sign-in", data=form, headers={"origin": origin})).json()["code"] == "cross-site"
    assert "账号或密码不正确" in (await client.post("/sign-in", data=form, headers={"origin": HOME})).text


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
async def test_the_api_takes_json_only(client: httpx.AsyncClient, media: str) -> None:
    answer = await client.post(
        "/api/v1/session", content=b'{"account":"a","password":"b"}', headers={"content-type": media}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


BODIES = [
    b"[" * 60_000,
    b'{"account": "a\\u0000b", "password": "x"}',
    b'{"account": ' + str(2**70).encode() + b', "password": "x"}',
    b'{"account": "a", "password": "x", "role": "coordinator"}',
    b'{"account": "a"',
    b"\xff\xfe{}",
    b'\xef\xbb\xbf{"account": "a", "password": "x"}',
    b'{"account": NaN, "password": "x"}',
    b'{"account": "\\ud800", "password": "x"}',
    b"",
    b"null",
    b"[]",
]


@pytest.mark.parametrize("body", BODIES)
async def test_odd_bodies_are_the_clients_mistake(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/api/v1/session", content=body, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"]


async def test_a_body_over_the_limit_is_refused(client: httpx.AsyncClient) -> None:
    body = b'{"account": "' + b"a" * 70_000 + b'", "password": "x"}'
    answer = await client.post("/api/v1/session", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_people_get_a_page_and_programs_get_json(client: httpx.AsyncClient) -> None:
    page = await client.get("/nowhere", headers={"accept": "text/html,*/*"})
    assert page.headers["content-type"].startswith("text/html")
    assert "未找到" in page.text
    data = await client.get("/api/v1/nowhere", headers={"accept": "text/html"})
    assert data.json() == {"title": "未找到", "status": 404, "code": "not-found", "instance": "/api/v1/nowhere"}


async def test_health_tells_the_process_from_the_database(client: httpx.AsyncClient, database: Database) -> None:
    assert (await client.get("/health/ready")).json() == {"status": "ok", "database": "ok", "ledger": "ok"}
    await database.close()
    assert (await client.get("/health/live")).status_code == 200
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


async def test_an_unexpected_error_says_nothing_but_an_event_number(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_arguments: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("inspect_registry.access.service.sign_in", broken)
    answer = await client.post("/api/v1/session", json={"account": "a", "password": "b"})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "编号" in answer.json()["detail"]
