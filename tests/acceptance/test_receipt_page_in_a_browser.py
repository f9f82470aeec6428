"""The page that checks a receipt in Chromium: the same receipts, the same refusals as the stand-alone verifier."""

import io
import random
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from inspect_registry.db import Database
from inspect_registry.ledger import receipt as receipts
from tests.acceptance.served import a_page
from tests.receipt_builders import a_receipt

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture
async def page(database: Database, tmp_path: Path) -> AsyncIterator[Page]:
    """The receipt page on a phone."""
    async with a_page(database, tmp_path / "var") as made:
        await made.goto("/log/receipt")
        yield made


async def verdict(page: Page, data: bytes, policy: str = "") -> tuple[str, str]:
    """Hand a receipt in; returns the verdict's kind and words."""
    await page.reload()
    return await handed_in(page, data, policy)


async def handed_in(page: Page, data: bytes, policy: str = "") -> tuple[str, str]:
    """The same on the page as it is."""
    await page.set_input_files("#receipt", {"name": "receipt.zip", "mimeType": "application/zip", "buffer": data})
    if policy:
        chosen = {"name": "policy.txt", "mimeType": "text/plain", "buffer": policy.encode()}
        await page.set_input_files("#policy", chosen)
    await page.click("button[type=submit]")
    await page.wait_for_selector("#result[data-verdict]")
    kind = await page.get_attribute("#result", "data-verdict")
    return kind or "", await page.inner_text("#result")


def changed(data: bytes, dice: random.Random) -> tuple[str, bytes]:
    """The same zip with one bit of its contents flipped."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = dice.choice(["record.json", "salt", "leaf.json", "receipt.tlog-proof", "receipt.tlog-proof"])
    content = bytearray(files[name])
    at, bit = dice.randrange(len(content)), dice.randrange(8)
    content[at] ^= 1 << bit
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for other, value in files.items():
            archive.writestr(other, bytes(content) if other == name else value)
    return f"{name} byte {at} bit {bit}", buffer.getvalue()


async def test_a_good_receipt_is_shown_and_changed_ones_are_refused(page: Page) -> None:
    receipt = a_receipt(leaves=300, record='{"result":"合格"}'.encode())
    data = receipts.pack(receipt)
    kind, words = await verdict(page, data)
    assert kind == "valid", words
    for expected in (
        "回执有效",
        "inspection.closed",
        "150（共 300 条）",
        "合格",
        "witness.example/w1",
        "registry.example",
    ):
        assert expected in words
    assert (await verdict(page, data, receipt.policy))[0] == "valid"
    kind, words = await verdict(page, data, a_receipt(seed=2).policy)
    assert (kind, "没有签署" in words) == ("invalid", True)
    kind, words = await verdict(page, b"not a zip at all, but long enough for one")
    assert (kind, "不是回执压缩包" in words) == ("invalid", True)
    accepted, dice = [], random.Random(11)
    for _ in range(25):
        what, broken = changed(data, dice)
        if (await verdict(page, broken))[0] != "invalid":
            accepted.append(what)
    assert accepted == []


async def test_once_opened_the_page_needs_no_network(page: Page) -> None:
    """Nothing of a receipt leaves the phone, and nothing has to come: the network is cut before the file is chosen."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.context.set_offline(True)
    reached = "fetch('/log/policy.txt').then(() => true, () => false)"
    assert await page.evaluate(reached) is False  # The planted fault: who asked the network would get no answer.
    asked.clear()
    good = receipts.pack(a_receipt(leaves=300))
    _, broken = changed(good, random.Random(3))
    for data, expected in ((good, "valid"), (broken, "invalid"), (good, "valid")):
        kind, words = await handed_in(page, data)
        assert kind == expected, words
        await page.evaluate("delete document.querySelector('#result').dataset.verdict")
    assert asked == []


async def test_the_page_is_usable_by_everybody(page: Page) -> None:
    await verdict(page, receipts.pack(a_receipt()))
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
