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
from inspect_registry.plans import crew_drawing, disclosure, generating, months
from inspect_registry.plans.crew_shapes import CommitCrews
from inspect_registry.plans.draw_shapes import SeedDraft
from inspect_registry.plans.generating import MonthOrder
from inspect_registry.plans.proof import read_proof
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
    kinds = [read_proof(path.read_bytes()).algorithm for path in proofs(tmp_path)]
    assert sorted(kinds) == ["sha256-crews-1", "sha256-tickets-1"]


async def test_who_came_to_whom_is_proven_once_the_month_is_closed_and_without_names(
    database: Database,
    publisher: Publishing,
    tmp_path: Path,
    owner: asyncpg.Connection,
    capsys: pytest.CaptureFixture[str],
) -> None:
    system, coordinator = database.acting(SYSTEM), database.acting(a_coordinator())
    plan = await a_drawn_month(database)
    await service.refresh(system, publisher)
    (first,) = proofs(tmp_path)
    assert "随机选派执法检查人员" not in (first.parent / "index.html").read_text()
    await months.close_monthly_plan(coordinator, plan, "已完成")
    await service.refresh(system, publisher)
    uid = await owner.fetchval("SELECT uid FROM crew_draw")
    crew = first.parent / f"{uid}.json"
    assert set(proofs(tmp_path)) == {first, crew}, "the proof that was there stays"
    commitment = await owner.fetchval("SELECT encode(commitment, 'hex') FROM crew_draw")
    assert main(["draw", "verify", str(crew), "--commitment", commitment]) == 0
    assert "复算得到同样的" in capsys.readouterr().out
    for folder, title in (("", "随机选派执法检查人员"), ("en/", "Inspectors drawn at random")):
        page = (tmp_path / f"public/{folder}draws/2026-12/index.html").read_text()
        assert title in page
        assert crew.name in page
    people = await owner.fetch("SELECT name, certificate FROM inspector")
    files = [path for kind in ("html", "json") for path in (tmp_path / "public").rglob(f"draws/**/*.{kind}")]
    assert crew in files
    told = "".join(path.read_text() for path in files)
    assert people
    assert not [row for row in people if row["name"] in told or row["certificate"] in told]
    document = msgspec.json.decode(crew.read_bytes())
    document["crews"][0]["inspectors"].reverse()
    crew.unlink()
    crew.write_bytes(msgspec.json.encode(document))
    assert main(["draw", "verify", str(crew), "--commitment", commitment]) == 1


async def test_why_inspectors_were_drawn_again_is_not_published(
    database: Database, publisher: Publishing, tmp_path: Path
) -> None:
    """The reason may name the one who fell ill; that there was another attempt is shown."""
    system, coordinator = database.acting(SYSTEM), database.acting(a_coordinator())
    plan = await a_drawn_month(database)
    again = await crew_drawing.commit_crew_draw(system, plan, CommitCrews(reason="张某某生病住院"))
    await crew_drawing.seed_crew_draw(system, again.uid, SeedDraft(seed="2026137", source="双色球第2026137期"))
    await months.close_monthly_plan(coordinator, plan, "已完成")
    await service.refresh(system, publisher)
    assert len(proofs(tmp_path)) == 3
    assert "第 2 次选派" in (tmp_path / "public/draws/2026-12/index.html").read_text()
    assert not [path for path in (tmp_path / "public").rglob("*.*") if "张某某".encode() in path.read_bytes()]


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
    monkeypatch.setattr(disclosure, "published_crew_proofs", never)
    assert await service.refresh(system, publisher) is None
    await catalogue.list_departments(system, [a_department("new")])  # So that the living pages change.
    assert await service.refresh(system, publisher) is not None
    assert {path.name: path.read_bytes() for path in proofs(tmp_path)} == before
    assert (tmp_path / "public/en/draws/2026-12/index.html").exists()
