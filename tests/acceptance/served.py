"""An application of this test's own, behind a real server, and a page of Chromium that looks at it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from granian.server.embed import Server
from playwright.async_api import Page, async_playwright

from inspect_registry import app as composition
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.publication.rendering import FOLDER
from tests.acceptance.browser import ARGUMENTS, CHROMIUM


@asynccontextmanager
async def a_page(
    database: Database, var: Path, *, width: int = 390, height: int = 844, dark: bool = False
) -> AsyncIterator[Page]:
    """Serve an installation and open a browser at its address; nothing is published in it, so the style is put in."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    application = composition.create(from_environment({"PUBLIC_URL": base}, var=var, port=port), database)
    server = Server(application, address="127.0.0.1", port=port, interface="asgi", websockets=False, log_enabled=False)
    serving = asyncio.create_task(server.serve())
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            color_scheme="dark" if dark else "light",
            base_url=base,
        )
        style = (FOLDER / "assets" / "ir.css").read_text()
        await context.route("**/assets/*.css", lambda route: route.fulfill(body=style, content_type="text/css"))
        made = await context.new_page()
        await _answers(port)
        yield made
        await browser.close()
    server.stop()
    await asyncio.wait([serving], timeout=5)


async def _answers(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
