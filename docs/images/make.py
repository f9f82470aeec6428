# ruff: noqa: INP001 - a script beside its pictures, no package
"""Take the pictures of the public pages from a running demo: `python docs/images/make.py http://127.0.0.1:8000`."""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
SHOTS = {
    "home-page-desktop": ("", 1280, 960, 1.0, "light"),
    "month-page-phone": ("month", 390, 1300, 1.5, "light"),
    "month-page-desktop": ("month", 1280, 1180, 1.0, "light"),
    "changes-page-phone": ("changes", 390, 900, 1.5, "dark"),
    "results-page-phone": ("results", 390, 1300, 1.5, "light"),
}
"""Page, width, height, pixels for each CSS pixel, scheme."""


def main(base: str) -> None:
    """Open each page as a visitor finds it from the home page, and photograph it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (what, width, height, scale, scheme) in SHOTS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, device_scale_factor=scale, color_scheme=scheme
            )
            page = context.new_page()
            page.goto(base)
            if what == "results":
                page.get_by_role("link", name="检查结果").last.click()
                page.get_by_role("searchbox").fill("餐饮")
                page.get_by_role("status").filter(has_text="找到").wait_for()
            elif what:
                page.get_by_role("link", name="查看").first.click()
            if what == "changes":
                page.get_by_role("link", name="逐项查看").click()
            page.wait_for_load_state("networkidle")
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
