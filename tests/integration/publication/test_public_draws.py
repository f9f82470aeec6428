"""Draws on the public site: the proofs that may be shown, in files that the command takes, made once."""

import re
from datetime import date
from pathlib import Path

import asyncpg
import msgspec
import pytest

from inspect_registry.actor import SYSTEM
from inspect_registry.catalogue import service as catalogue
from inspect_registry.cli import main
from inspect_registry.db import Database
from inspect_registry.plans import disclosure, generating, months
from inspect_registry.plans.generating import MonthOrder
from inspect_registry.publication import service
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.service import Publishing
from tests.district_builders import a_department, a_small_district
from tests.plans_builders import a_coordinator, a_published_plan
from tests.publication_builders import a_site

DECEMBER = date(2026, 12, 1)


@pytest.fixture
def publisher(tmp_path: Path) -> Publishing:
    return Publishing(a_site(), Releases(tmp_path / "public"), load_kit())


async def a_drawn_month(database: Database, *, publish: bool = True) -> str:
    """Draw, file and publish one department's December; return the plan."""
    district = await a_small_district(database, enterprise_count=8)
    system, coordinator = database.acting(SYSTEM), database.acting(a_coordinator())
    await a_published_plan(database, district)
    order = MonthOrder(department=district.departments["scjg"], month=DECEMBER, seed="2026134", seed_source="双色球")
    plan = (await generating.generate_month(system, order)).plan
    await months.submit_monthly_plan(system, plan.uid)
    await months.review_monthly_plan(coordinator, plan.uid, "同意")
    await months.file_monthly_plan(coordinator, plan.uid)
    if publish:
        await months.publish_monthly_plan(coordinator, plan.uid)
    return plan.uid


def proofs(folder: Path) -> list[Path]:
    return sorted((folder / "public/draws").rglob("*.json"))


async def test_anybody_repeats_a_published_draw_with_the_command(
    database: Database,
    publisher: Publishing,
    tmp_path: Path,
    owner: asyncpg.Connection,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await a_drawn_month(database)
    await service.refresh(database.acting(SYSTEM), publisher)
    (proof,) = proofs(tmp_path)
    page = (proof.parent / "index.html").read_text()
    assert proof.name in page
    assert "双色球" in page
    leaf = await owner.fetchval("SELECT convert_from(leaf, 'UTF8') FROM ledger_entry WHERE action = 'draw.committed'")
    found = re.search(r'"commitment":"([0-9a-f]{64})"', leaf)
    assert found is not None, leaf
    assert main(["draw", "verify", str(proof), "--commitment", found[1]]) == 0
    assert "复算得到同样的" in capsys.readouterr().out
    document = msgspec.json.decode(proof.read_bytes())
    document["drawn"] = list(reversed(document["pool"]))[: len(document["drawn"])]
    proof.unlink()
    proof.write_bytes(msgspec.json.encode(document))
    assert main(["draw", "verify", str(proof), "--commitment", found[1]]) == 1


async def test_a_draw_of_a_month_that_is_not_public_is_not_shown(
    database: Database, publisher: Publishing, tmp_path: Path
) -> None:
    await a_drawn_month(database, publish=False)
    await service.refresh(database.acting(SYSTEM), publisher)
    assert proofs(tmp_path) == []
    assert "还没有公布抽取证明" in (tmp_path / "public/draws/index.html").read_text()


@pytest.mark.parametrize("mode", ["afterwards", "numbers"])
async def test_a_draw_of_an_unannounced_matter_waits_until_the_month_is_closed(
    database: Database, publisher: Publishing, tmp_path: Path, owner: asyncpg.Connection, mode: str
) -> None:
    """Else pool, size or mere existence of a file would tell of it."""
    system, coordinator = database.acting(SYSTEM), database.acting(a_coordinator())
    plan = await a_drawn_month(database)
    await owner.execute("UPDATE matter SET disclosure = $1, mergeable = false", mode)
    await service.refresh(system, publisher)
    assert proofs(tmp_path) == []
    assert not (tmp_path / "public/draws/2026-12").exists()
    await months.close_monthly_plan(coordinator, plan, "已完成")
    await service.refresh(system, publisher)
    assert len(proofs(tmp_path)) == 1


async def test_proofs_that_are_public_are_taken_over_without_being_read_again(
    database: Database, publisher: Publishing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_drawn_month(database)
    system = database.acting(SYSTEM)
    await service.refresh(system, publisher)
    before = {path.name: path.read_bytes() for path in proofs(tmp_path)}
    assert before

    async def never(*_arguments: object) -> list[object]:
        raise AssertionError("the pools were read again")

    monkeypatch.setattr(disclosure, "published_proofs", never)
    assert await service.refresh(system, publisher) is None
    await catalogue.list_departments(system, [a_department("new")])  # So that the living pages change.
    assert await service.refresh(system, publisher) is not None
    assert {path.name: path.read_bytes() for path in proofs(tmp_path)} == before
    assert (tmp_path / "public/en/draws/2026-12/index.html").exists()
