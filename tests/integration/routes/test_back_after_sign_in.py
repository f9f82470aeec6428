"""Who had to sign in again comes back to the page he was on, and is never led to another site."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from inspect_registry.db import Database
from tests.visits_builders import District, a_district
from tests.visits_people import PASSWORD, People, people_of

PAGE = {"accept": "text/html"}


@pytest_asyncio.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest_asyncio.fixture
async def people(database: Database, district: District) -> AsyncIterator[People]:
    async with people_of(database, district) as opened:
        yield opened


async def test_the_page_that_was_asked_for_is_where_one_comes_out(people: People) -> None:
    asked = await people.client.get("/me/visits", headers=PAGE)
    assert (asked.status_code, "/sign-in?next=" in asked.text) == (401, True)
    form = await people.client.get("/sign-in", params={"next": "/me/visits"})
    assert '<input type="hidden" name="next" value="&#x2f;me&#x2f;visits">' in form.text
    typed = {"account": "keeper", "password": "wrong", "next": "/me/visits"}
    again = await people.client.post("/sign-in", data=typed)
    assert 'name="next"' in again.text, "a wrong password does not lose the way"
    done = await people.client.post("/sign-in", data=typed | {"password": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/me/visits")


@pytest.mark.parametrize(
    "path",
    ["https://evil.example/me", "//evil.example", "/\\evil.example", "/me//evil.example", "/me/../x", "/me\r\nx: y",
     "javascript:alert(1)", "/sign-out", "/me?x=1", "/me/" + "x" * 100, "me", ""],
)  # fmt: skip
async def test_nobody_is_led_elsewhere(people: People, path: str) -> None:
    assert 'name="next"' not in (await people.client.get("/sign-in", params={"next": path})).text
    done = await people.client.post("/sign-in", data={"account": "keeper", "password": PASSWORD, "next": path})
    assert (done.status_code, done.headers["location"]) == (303, "/me")


async def test_a_form_that_came_too_late_is_no_page_to_come_back_to(people: People) -> None:
    late = await people.client.post("/me/visits/x/answer/y", headers=PAGE, data={"words": "改好了"})
    assert (late.status_code, "next=" in late.text) == (401, False)
