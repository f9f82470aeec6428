"""Signing in and out: what an attacker with a planted cookie, a slow request or a word list finds."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import httpx
import pytest
import pytest_asyncio

from inspect_registry.access import service
from inspect_registry.access.errors import AccountTaken, SignInFailed, TooManySignIns
from inspect_registry.access.model import FAILURES_PER_ACCOUNT, IDLE_MINUTES, NewPerson
from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.app import create
from inspect_registry.clock import SetClock
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.errors import NotAllowed

HOME = "http://127.0.0.1:8000"
AUDITOR = NewPerson(account="auditor", name="审计员", password="correct horse", role=Role.AUDITOR)


@pytest_asyncio.fixture
async def people(database: Database) -> None:
    await service.add_people(database.acting(SYSTEM), [AUDITOR], quick=True)


@pytest_asyncio.fixture
async def client(database: Database, people: None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create(from_environment({}), database))
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as opened:
        yield opened


async def test_a_right_password_opens_a_session_of_that_person(database: Database, people: None) -> None:
    session = await service.sign_in(database, " Auditor ", "correct horse", "192.0.2.1")
    actor = await service.actor_of(database, session.token)
    assert actor is not None
    assert (actor.role, actor.name) == (Role.AUDITOR, "审计员")


async def test_the_database_never_holds_a_token_or_password(
    database: Database, people: None, owner: asyncpg.Connection
) -> None:
    session = await service.sign_in(database, "auditor", "correct horse", "192.0.2.1")
    stored = await owner.fetchrow("SELECT token_hash, (SELECT password_hash FROM person) AS password_hash FROM session")
    assert session.token.encode() not in stored["token_hash"]
    assert stored["password_hash"].startswith("$argon2id$")


@pytest.mark.parametrize(
    ("account", "password"), [("auditor", "wrong"), ("nobody", "correct horse"), ("auditor\x00", "x")]
)
async def test_unknown_account_and_wrong_password_are_answered_alike(
    database: Database, people: None, account: str, password: str
) -> None:
    with pytest.raises((SignInFailed, Exception)) as told:
        await service.sign_in(database, account, password, "192.0.2.1")
    assert told.value.status in (401, 422)


async def test_guessing_stops_after_the_documented_number(database: Database, people: None) -> None:
    for attempt in range(FAILURES_PER_ACCOUNT):
        with pytest.raises(SignInFailed):
            await service.sign_in(database, "auditor", f"guess {attempt}", f"192.0.2.{attempt}")
    with pytest.raises(TooManySignIns):
        await service.sign_in(database, "auditor", "correct horse", "198.51.100.7")


async def test_a_hundred_guesses_at_once_are_no_more_than_in_a_row(database: Database, people: None) -> None:
    guesses = [service.sign_in(database, "auditor", f"guess {n}", f"192.0.{n}.1") for n in range(30)]
    told = await asyncio.gather(*guesses, return_exceptions=True)
    assert [type(one) for one in told].count(SignInFailed) == FAILURES_PER_ACCOUNT
    assert {type(one) for one in told} == {SignInFailed, TooManySignIns}


async def test_right_passwords_are_not_counted(database: Database, people: None) -> None:
    for _ in range(FAILURES_PER_ACCOUNT + 2):
        assert await service.sign_in(database, "auditor", "correct horse", "192.0.2.1")


async def test_guessing_is_possible_again_in_the_next_window(database: Database, people: None, clock: SetClock) -> None:
    for attempt in range(FAILURES_PER_ACCOUNT):
        with pytest.raises(SignInFailed):
            await service.sign_in(database, "auditor", f"guess {attempt}", "192.0.2.1")
    clock.advance(timedelta(minutes=16))
    assert await service.sign_in(database, "auditor", "correct horse", "192.0.2.1")


async def test_a_session_ends_when_idle_and_when_signed_out_and_when_disabled(
    database: Database, people: None, clock: SetClock
) -> None:
    tokens = [(await service.sign_in(database, "auditor", "correct horse", "192.0.2.1")).token for _ in range(3)]
    await service.sign_out(database, tokens[0])
    assert await service.actor_of(database, tokens[0]) is None
    clock.advance(timedelta(minutes=IDLE_MINUTES - 1))
    assert await service.actor_of(database, tokens[1]) is not None
    clock.advance(timedelta(minutes=IDLE_MINUTES - 1))
    assert await service.actor_of(database, tokens[1]) is not None
    assert await service.actor_of(database, tokens[2]) is None
    await service.disable(database.acting(SYSTEM), "auditor")
    assert await service.actor_of(database, tokens[1]) is None


async def test_a_request_in_flight_cannot_revive_an_ended_session(
    database: Database, people: None, clock: SetClock
) -> None:
    """The stock framework fails this: it writes the session back when a slow request ends (reliability.md, test 31)."""
    token = (await service.sign_in(database, "auditor", "correct horse", "192.0.2.1")).token
    clock.advance(timedelta(minutes=5))
    for _ in range(20):
        await asyncio.gather(service.actor_of(database, token), service.sign_out(database, token))
        assert await service.actor_of(database, token) is None


async def test_two_people_cannot_have_one_account(database: Database, people: None) -> None:
    with pytest.raises(AccountTaken):
        await service.add_people(database.acting(SYSTEM), [AUDITOR], quick=True)


async def test_only_the_coordinator_makes_accounts(database: Database, people: None) -> None:
    for role in Role:
        if role in (Role.COORDINATOR, Role.SYSTEM, Role.ANONYMOUS):
            continue
        with pytest.raises(NotAllowed):
            await service.add_people(database.acting(Actor(role=role, person=9, department=1)), [AUDITOR], quick=True)


async def test_a_planted_cookie_is_never_adopted(client: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    """The stock framework fails this: it adopts the client's session id at sign-in (reliability.md, test 30)."""
    client.cookies.set("sid", "attacker-chosen-session-id-of-good-length")
    answer = await client.post(
        "/sign-in",
        data={"account": "auditor", "password": "correct horse"},
        headers={"origin": HOME},
        follow_redirects=False,
    )
    assert answer.status_code == 303
    assert answer.cookies["sid"] != "attacker-chosen-session-id-of-good-length"
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    client.cookies.clear()
    client.cookies.set("sid", "attacker-chosen-session-id-of-good-length")
    assert (await client.get("/api/v1/session")).status_code == 401
    assert await owner.fetchval("SELECT count(*) FROM session") == 1


async def test_nothing_is_stored_for_anonymous_visitors(client: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    for _ in range(25):
        await client.get("/sign-in")
        await client.get("/nowhere")
    assert await owner.fetchval("SELECT count(*) FROM session") == 0


async def test_signing_in_over_json_and_using_the_token(client: httpx.AsyncClient) -> None:
    session = (await client.post("/api/v1/session", json={"account": "auditor", "password": "correct horse"})).json()
    headers = {"authorization": f"Bearer {session['token']}"}
    assert (await client.get("/api/v1/session", headers=headers)).json() == {"name": "审计员", "role": "auditor"}
    assert (await client.delete("/api/v1/session", headers=headers)).status_code == 204
    refused = await client.get("/api/v1/session", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "not-signed-in")


async def test_with_https_the_cookie_is_bound_to_the_host(database: Database, people: None) -> None:
    app = create(from_environment({"PUBLIC_URL": "https://jc.example.gov.cn"}), database)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="https://jc.example.gov.cn"
    ) as client:
        answer = await client.post(
            "/sign-in",
            data={"account": "auditor", "password": "correct horse"},
            headers={"origin": "https://jc.example.gov.cn"},
            follow_redirects=False,
        )
    assert answer.headers["set-cookie"].startswith("__Host-sid=")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "strict-transport-security" in answer.headers


async def test_a_failed_form_shows_again_what_was_typed_and_why_not(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sign-in", data={"account": "审<b>计", "password": "x"}, headers={"origin": HOME})
    assert answer.status_code == 403
    assert "账号或密码不正确" in answer.text
    assert "审&lt;b&gt;计" in answer.text


async def test_housekeeping_drops_what_is_over_and_nothing_else(
    database: Database, people: None, clock: SetClock, owner: asyncpg.Connection
) -> None:
    await service.sign_in(database, "auditor", "correct horse", "192.0.2.1")
    with pytest.raises(SignInFailed):
        await service.sign_in(database, "auditor", "wrong", "192.0.2.1")
    await service.keep_house(database)
    assert await owner.fetchval("SELECT count(*) FROM session") == 1
    assert await owner.fetchval("SELECT count(*) FROM attempt") == 2
    clock.advance(timedelta(days=3))
    await service.keep_house(database)
    assert await owner.fetchval("SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM attempt)") == 0
