"""A large month: 10,000 visits within half a minute and half a gigabyte, and nothing at all the second time."""

import time
from pathlib import Path

import pytest

from inspect_registry.publication.build import release_files
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import load_kit
from tests.publication_builders import a_plan, a_snapshot, many_rows

pytestmark = pytest.mark.long


def test_ten_thousand_visits_are_published_in_time_and_room(tmp_path: Path) -> None:
    kit = load_kit()
    snapshot = a_snapshot(a_plan(many_rows(10_000)))
    releases = Releases(tmp_path / "public")
    steps: list[tuple[str, int]] = []
    began = time.process_time()
    staged = releases.stage(
        1,
        release_files(kit, snapshot),
        progress=lambda step, count: steps.append((step, count)),
    )
    assert staged is not None
    releases.complete(1, staged)
    releases.switch(1)
    assert time.process_time() - began <= 30
    folder = tmp_path / "releases/000001"
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) <= 500_000_000
    assert steps[-1][0] == "staged"
    month = sum((folder / f"plans/2026-12/{name}.gz").stat().st_size for name in ("index.html",))
    assets = sum(file.stat().st_size for file in (folder / "assets").glob("*.gz"))
    assert month + assets <= 300_000
    assert releases.stage(2, release_files(kit, snapshot)) is None
