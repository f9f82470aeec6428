# ruff: noqa: INP001 - a script beside its pictures, no package
"""Take the README's pictures of the month page from a running demo: `python docs/images/make.py http://127.0.0.1:8000`."""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
SHOTS = {"month-page-phone": (390, 1300, 1.5), "month-page-desktop": (1280, 1180, 1.0)}
"""Width, height and pixels for each CSS pixel."""


def main(base: str) -> None:
    """Open the newest month as a visitor finds it from the home page, and photograph it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (width, height, scale) in SHOTS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, device_scale_factor=scale, color_scheme="light"
            )
            page = context.new_page()
            page.goto(base)
            page.get_by_role("link", name="查看").first.click()
            page.wait_for_load_state("networkidle")
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
