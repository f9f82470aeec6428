"""One act = one transaction = its ledger entries; refusals are committed; the same key gets the same answer."""

import asyncio

import asyncpg
import pytest

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import ANONYMOUS, SYSTEM, Actor, Role
from inspect_registry.db import Database, SqlFile, Tx
from inspect_registry.db.errors import UnledgeredWrite
from inspect_registry.errors import Conflict, IdempotencyKeyReused, NotAllowed, NotSignedIn, Refused

SQL = SqlFile(__file__, "probe.sql")
COORDINATOR = Actor(role=Role.COORDINATOR, person=5)


class ZoneTaken(Conflict):
    """A rule's refusal, for these tests."""

    code = "test-zone-taken"
    title = "区域编号已被使用"
    constraint = "town_zone_unique"
    refusal = True


@act(Permission.CATALOGUE_CHANGE)
async def add_town(tx: Tx, code: str, zone: int, *, silent: bool = False) -> int:
    await tx.execute(SQL["add_town"], code, zone)
    if not silent:
        await ledger.append(
            tx, ledger.Action.MATTER_PUBLISHED, ledger.Subject("town", "a" * 26), private={"code": code}
        )
    return zone


@act(Permission.CATALOGUE_CHANGE)
async def add_two(tx: Tx, zone: int) -> int:
    await add_town(tx, "310114001", zone)
    return await add_town(tx, "310114002", zone + 1)


@reads(Permission.CATALOGUE_READ)
async def towns(tx: Tx) -> int:
    return await tx.value(SQL["towns"], int)


async def entries(owner: asyncpg.Connection) -> list[str]:
    return [row["action"] for row in await owner.fetch("SELECT action FROM ledger_entry ORDER BY id")]


async def test_an_act_commits_with_its_entry(database: Database, owner: asyncpg.Connection) -> None:
    assert await add_two(database.acting(COORDINATOR), 1) == 2
    assert await towns(database.acting(COORDINATOR)) == 2
    assert await entries(owner) == ["matter.published", "matter.published"]


async def test_an_inner_act_does_not_commit_on_its_own(database: Database) -> None:
    await add_town(database.acting(COORDINATOR), "310114003", 2)
    with pytest.raises(ZoneTaken):
        await add_two(database.acting(COORDINATOR), 1)
    assert await towns(database.acting(SYSTEM)) == 1


async def test_a_silent_act_is_rolled_back(database: Database) -> None:
    with pytest.raises(UnledgeredWrite):
        await add_town(database.acting(COORDINATOR), "310114001", 1, silent=True)
    assert await towns(database.acting(SYSTEM)) == 0


async def test_a_refusal_is_committed_with_its_entry_and_nothing_else(
    database: Database, owner: asyncpg.Connection
) -> None:
    await add_town(database.acting(COORDINATOR), "310114001", 1)
    with pytest.raises(ZoneTaken):
        await add_town(database.acting(COORDINATOR), "310114002", 1)
    assert await entries(owner) == ["matter.published", "act.refused"]


async def test_no_permission_no_transaction(database: Database, owner: asyncpg.Connection) -> None:
    with pytest.raises(NotAllowed):
        await add_town(database.acting(Actor(role=Role.CLERK, person=1, department=1)), "310114001", 1)
    with pytest.raises(NotSignedIn):
        await add_town(database.acting(ANONYMOUS), "310114001", 1)
    assert await entries(owner) == []


async def test_fifty_parallel_repeats_have_one_effect_and_one_answer(
    database: Database, owner: asyncpg.Connection
) -> None:
    answers = await asyncio.gather(
        *(add_town(database.acting(COORDINATOR, "key-1"), "310114001", 4) for _ in range(50))
    )
    assert answers == [4] * 50
    assert await entries(owner) == ["matter.published"]


async def test_a_repeated_refusal_is_refused_with_the_same_words(database: Database, owner: asyncpg.Connection) -> None:
    await add_town(database.acting(COORDINATOR), "310114001", 1)
    with pytest.raises(ZoneTaken):
        await add_town(database.acting(COORDINATOR, "key-2"), "310114002", 1)
    with pytest.raises(Refused) as again:
        await add_town(database.acting(COORDINATOR, "key-2"), "310114002", 1)
    assert again.value.stored.code == "test-zone-taken"
    assert await entries(owner) == ["matter.published", "act.refused"]


async def test_a_key_serves_one_request_of_one_person(database: Database) -> None:
    await add_town(database.acting(COORDINATOR, "key-3"), "310114001", 1)
    with pytest.raises(IdempotencyKeyReused):
        await add_town(database.acting(COORDINATOR, "key-3"), "310114001", 2)
    assert await add_town(database.acting(SYSTEM, "key-3"), "310114009", 9) == 9
