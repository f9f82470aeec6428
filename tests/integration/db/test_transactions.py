"""Transactions: who acts is set for each, nothing leaks, writes need a ledger entry."""

import asyncio

import asyncpg
import pytest

from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.db import Database, SqlFile
from inspect_registry.db.errors import DatabaseUnavailable, UnledgeredWrite, ValueOutOfRange

SQL = SqlFile(__file__, "probe.sql")
CLERK = Actor(role=Role.CLERK, person=7, department=3)


async def test_the_actor_is_set_inside_and_gone_afterwards(database: Database) -> None:
    async with database.transaction(CLERK) as tx:
        assert await tx.value(SQL["who"], str) == "clerk/3"
    async with database.connection() as connection:
        assert await connection.fetchval(SQL["who"].sql) == "/"


async def test_the_actor_is_gone_after_a_cancelled_transaction(database: Database) -> None:
    started = asyncio.Event()

    async def hang() -> None:
        async with database.transaction(CLERK):
            started.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for _ in range(5):
        async with database.connection() as connection:
            assert await connection.fetchval(SQL["who"].sql) == "/"


async def test_a_write_without_a_ledger_entry_is_refused_and_rolled_back(database: Database) -> None:
    with pytest.raises(UnledgeredWrite):
        async with database.transaction(SYSTEM) as tx:
            await tx.execute(SQL["add_town"], "310114001", 1)
    async with database.transaction(SYSTEM) as tx:
        assert await tx.value(SQL["towns"], int) == 0


async def test_a_write_that_touches_no_row_needs_no_entry(database: Database) -> None:
    async with database.transaction(SYSTEM) as tx:
        assert await tx.execute(SQL["rename_town"], "nobody", "x") == 0
        assert await tx.maybe_value(SQL["rename_and_tell"], str, "nobody", "x") is None
    async with database.transaction(SYSTEM) as tx:
        await tx.execute(SQL["add_town"], "310114001", 1)
        tx.appended += 1  # as if an entry had been appended
    for query in ("rename_town", "rename_and_tell"):
        with pytest.raises(UnledgeredWrite):
            async with database.transaction(SYSTEM) as tx:
                await (tx.execute if query == "rename_town" else tx.maybe_value)(
                    SQL[query], *(() if query == "rename_town" else (str,)), "310114001", "y"
                )


async def test_numbers_and_texts_that_cannot_be_stored_are_the_callers_mistake(database: Database) -> None:
    for bad in (2**70, "\x00"):
        with pytest.raises(ValueOutOfRange):
            async with database.transaction(SYSTEM) as tx:
                await tx.execute(
                    SQL["add_town"], "310114001" if isinstance(bad, int) else bad, bad if isinstance(bad, int) else 1
                )


async def test_a_database_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(DatabaseUnavailable):
        await Database.open("postgresql://nobody@127.0.0.1:1/none", region="310114", connect_timeout=1)


async def test_the_application_role_owns_nothing(database: Database, owner: asyncpg.Connection) -> None:
    async with database.connection() as connection:
        role = await connection.fetchval(SQL["role"].sql)
    row = await owner.fetchrow(SQL["role_powers"].sql, role)
    assert not any(row.values())
