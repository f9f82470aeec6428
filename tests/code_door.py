"""A keeper at the door with a browser, the desk that signs, and a live code between them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx

from inspect_registry import app as composition
from inspect_registry.codes import service
from inspect_registry.codes.desk import CodeDesk
from inspect_registry.codes.model import CodeRow, NewCode
from inspect_registry.config import Settings
from inspect_registry.db import Database
from tests.code_world import BASE, World, a_desk, a_world


class Door:
    """A browser at the door, the inspector's desk, and the code between them."""

    def __init__(self, client: httpx.AsyncClient, desk: CodeDesk, world: World, code: CodeRow) -> None:
        self.client = client
        self.desk = desk
        self.world = world
        self.code = code

    async def scan(self, url: str = "", **parameters: str) -> httpx.Response:
        return await self.client.get(path_of(url or self.desk.live(self.code).url), params=parameters)


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


@asynccontextmanager
async def a_door(database: Database, owner: asyncpg.Connection, *, demo: bool = False) -> AsyncIterator[Door]:
    """Issue a code for the world's visit and answer requests to the whole application."""
    world = await a_world(owner)
    issued = await service.issue(database.acting(world.clerk), NewCode(visit=world.visit_uid))
    code = await service.code_to_present(database.acting(world.inspector), issued.uid)
    outer = composition.create(Settings(public_url=BASE, secret=b"s" * 32, demo=demo), database)
    desk = a_desk(database)
    outer._app.state.codes = desk
    desk.start()
    transport = httpx.ASGITransport(app=outer)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield Door(client, desk, world, code)
    await desk.stop()
