"""A year's notice of holidays over HTTP: entered by one, signed off by another, read by everybody who has signed in."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec
import pytest_asyncio

from inspect_registry.access.model import NewPerson
from inspect_registry.access.service import add_people
from inspect_registry.actor import SYSTEM, Role
from inspect_registry.db import Database
from tests.notice_builders import notice_of_2027
from tests.visits_builders import a_district
from tests.visits_people import PASSWORD, People, people_of

NOTICE: dict[str, Any] = msgspec.to_builtins(notice_of_2027())


@pytest_asyncio.fixture
async def people(database: Database, owner: asyncpg.Connection) -> AsyncIterator[People]:
    async with people_of(database, await a_district(owner)) as opened:
        second = NewPerson(account="seconder", name="签发", password=PASSWORD, role=Role.COORDINATOR)
        await add_people(database.acting(SYSTEM), [second], quick=True)
        yield opened


async def test_a_notice_is_entered_and_signed_off_by_another(people: People) -> None:
    entered = await people.ask("coordinator", "POST", "/holiday-notices", NOTICE, status=201)
    own = await people._ask("coordinator", "POST", f"/holiday-notices/{entered['uid']}/sign", None, "")
    assert own.status_code == 409
    signed = await people.ask("seconder", "POST", f"/holiday-notices/{entered['uid']}/sign")
    assert signed["state"] == "in_force"
    read = await people.ask("clerk0", "GET", "/holiday-notices")
    assert [(one["uid"], one["state"]) for one in read] == [(entered["uid"], "in_force")]


async def test_a_clerk_enters_none_and_what_is_wrong_is_told(people: People) -> None:
    await people.ask("clerk0", "POST", "/holiday-notices", NOTICE, status=403)
    entered = await people.ask("coordinator", "POST", "/holiday-notices", NOTICE, status=201)
    path = f"/holiday-notices/{entered['uid']}/reject"
    rejected = await people.ask("seconder", "POST", path, {"reason": "调休上班日少录一天"})
    assert rejected["state"] == "rejected"
    unsound = await people._ask("coordinator", "POST", "/holiday-notices", NOTICE | {"work": ["2028-01-01"]}, "")
    assert unsound.status_code in (409, 422)
    assert unsound.json()["places"]
