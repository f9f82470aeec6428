"""A world with one approved visit, and a desk that answers scans of its codes."""

from collections.abc import AsyncIterator

import asyncpg
import pytest_asyncio

from inspect_registry.codes.desk import CodeDesk
from inspect_registry.db import Database
from tests.code_world import World, a_desk, a_world


@pytest_asyncio.fixture
async def world(owner: asyncpg.Connection) -> World:
    return await a_world(owner)


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[CodeDesk]:
    opened = a_desk(database)
    opened.start()
    yield opened
    await opened.stop()
