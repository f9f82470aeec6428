"""A real browser: Debian's Chromium, driven by Playwright, on pages of a running installation."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from playwright.async_api import Browser, Page, async_playwright

from tests.acceptance.installation import Installation

T = TypeVar("T")
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def in_browser(
    installation: Installation,
    visit: Callable[[Page], Awaitable[T]],
    *,
    account: str = "",
    width: int = 390,
    height: int = 844,
    dark: bool = False,
) -> T:
    """Do something on a page, signed in where an account is named; in a thread, because the suite has its own loop."""

    async def run() -> T:
        async with async_playwright() as playwright:
            browser: Browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            try:
                context = await browser.new_context(
                    viewport={"width": width, "height": height}, base_url=installation.url,
                    color_scheme="dark" if dark else "light", locale="zh-CN",
                )  # fmt: skip
                page = await context.new_page()
                if account:
                    await page.goto("/sign-in")
                    await page.fill("#account", account)
                    await page.fill("#password", "jiancha-310114")
                    await page.click("button[type=submit]")
                    await page.wait_for_url("**/me")
                return await visit(page)
            finally:
                await browser.close()

    results: list[T] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(asyncio.run(run()))
        except BaseException as error:  # noqa: BLE001 - handed to the test below
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def screenshot_of(installation: Installation, path: str, **options: Any) -> bytes:
    """Look at a page as a person would."""

    async def look(page: Page) -> bytes:
        answer = await page.goto(path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        return await page.screenshot(full_page=True)

    return in_browser(installation, look, **options)


def keep(picture: bytes, file: Path) -> None:
    """Keep a picture for a person to look at."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(picture)
