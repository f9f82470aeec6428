"""Pages of the log in Chromium: a leaf proves itself in the reader's browser, and a forged page cannot pretend."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.ledger import Action, Subject, addresses
from tests.acceptance.served import a_page
from tests.conftest import REGION, Cluster
from tests.ledger_builders import Keepers, append_some, keepers_in, sequence_all
from tests.receipt_builders import a_receipt

pytestmark = pytest.mark.browser


class Shown:
    """A log of 301 leaves, the last of which is the closing of a check, and a browser."""

    def __init__(self, page: Page, keepers: Keepers) -> None:
        self.page, self.keepers = page, keepers

    async def verdict(self) -> tuple[str, str]:
        await self.page.wait_for_selector("#result[data-verdict]")
        kind = await self.page.get_attribute("#result", "data-verdict")
        return kind or "", await self.page.inner_text("#result")

    async def check_with(self, name: str, text: str) -> tuple[str, str]:
        """Check again with another text on the page, as a forger of the page would serve it."""
        await self.page.evaluate("([id, text]) => { document.querySelector(id).textContent = text; }", [name, text])
        await self.page.evaluate("delete document.querySelector('#result').dataset.verdict")
        await self.page.click("button[type=submit]")
        return await self.verdict()


@pytest_asyncio.fixture
async def shown(
    database: Database, cluster: Cluster, database_name: str, clock: SetClock, tmp_path: Path
) -> AsyncIterator[Shown]:
    sequencing = await Database.open(
        cluster.dsn(database_name, "sequencer"), region=REGION, clock=clock, size=4, command_timeout=20
    )
    with keepers_in(tmp_path / "var", clock, witnesses=3, threshold=2) as keepers:
        await append_some(database, 300)
        async with database.transaction(SYSTEM) as tx:
            await ledger.append(tx, Action.INSPECTION_CLOSED, Subject("inspection", "abcdefghij234567klmnopqrst"))
        await sequence_all(keepers.sequencer(sequencing))
        async with a_page(database, keepers.places.var) as page:
            yield Shown(page, keepers)
    await sequencing.close()


async def test_a_leaf_proves_itself_and_no_part_of_it_can_be_another(shown: Shown) -> None:
    await shown.page.goto(addresses.entry(300))
    kind, words = await shown.verdict()
    assert kind == "valid", words
    assert "300（共 301 条）" in words
    assert "witness-1" in words
    texts = {name: await shown.page.text_content(name) or "" for name in ("#leaf", "#proof", "#policy")}
    for name, old, new in (
        ("#leaf", "inspection.closed", "inspection.opened"),
        ("#proof", "index 300", "index 299"),
        ("#proof", "\n301\n", "\n302\n"),
        ("#policy", texts["#policy"], a_receipt(seed=2).policy),
    ):
        kind, words = await shown.check_with(name, texts[name].replace(old, new))
        assert kind == "invalid", (name, new, words)
        kind, _ = await shown.check_with(name, texts[name])
        assert kind == "valid"
    witnesses = [line for line in texts["#proof"].splitlines(keepends=True) if "/witness-" in line]
    kind, words = await shown.check_with("#proof", texts["#proof"].replace(witnesses[0], "").replace(witnesses[1], ""))
    assert (kind, "见证人尚未签齐" in words) == ("invalid", True)


async def test_ones_own_policy_decides(shown: Shown) -> None:
    await shown.page.goto(addresses.entry(7))
    assert (await shown.verdict())[0] == "valid"
    for policy, expected in ((a_receipt(seed=2).policy, "invalid"), (str(shown.keepers.policy), "valid")):
        chosen = {"name": "policy.txt", "mimeType": "text/plain", "buffer": policy.encode()}
        await shown.page.set_input_files("#own-policy", chosen)
        await shown.page.evaluate("delete document.querySelector('#result').dataset.verdict")
        await shown.page.click("button[type=submit]")
        assert (await shown.verdict())[0] == expected


@pytest.mark.parametrize(
    "path", ["/log/", addresses.entry(300), addresses.about("inspection", "abcdefghij234567klmnopqrst")]
)
async def test_the_pages_are_usable_by_everybody_on_a_phone(shown: Shown, path: str) -> None:
    errors: list[str] = []
    shown.page.on("pageerror", lambda error: errors.append(str(error)))
    shown.page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    await shown.page.goto(path)
    if "entries" in path:
        await shown.verdict()
    results = await Axe().run(shown.page)
    assert results.violations_count == 0, results.generate_report()
    assert await shown.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert [error for error in errors if "favicon" not in error and "assets/" not in error and "404" not in error] == []


async def test_the_log_page_leads_to_a_leaf_by_its_number(shown: Shown) -> None:
    await shown.page.goto("/log/")
    await shown.page.fill("#number", "300")
    await shown.page.click("button[type=submit]")
    await shown.page.wait_for_url(f"**{addresses.entry(300)}")
    assert (await shown.verdict())[0] == "valid"
