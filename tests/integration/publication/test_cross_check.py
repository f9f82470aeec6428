"""Export = database = ledger, with the real tables: what differs stops the release and leaves everything as it was."""

from datetime import date
from pathlib import Path

import asyncpg
import msgspec
import pytest

from inspect_registry.catalogue import service as catalogue
from inspect_registry.db import Database
from inspect_registry.publication import disclosure, inspected, service
from inspect_registry.publication.errors import ExportDiffers
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.service import Publishing
from tests.district_builders import a_department
from tests.integration.publication.test_publishing import a_closed_record, an_approved_visit, approve
from tests.publication_builders import a_site
from tests.visits_builders import COORDINATOR, SYSTEM, District, a_district, a_part, a_visit

MONTH = date(2026, 12, 1)


@pytest.fixture
def publisher(tmp_path: Path) -> Publishing:
    return Publishing(a_site(), Releases(tmp_path / "public"), load_kit())


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def nothing_happened(district: District, tmp_path: Path) -> bool:
    """Say whether no release, no entry of one, no mark and no staging folder is left."""
    rows = await district.owner.fetchval("SELECT count(*) FROM release")
    entries = await district.owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'release.published'")
    marked = await district.owner.fetchval("SELECT count(*) FROM visit WHERE published_at IS NOT NULL")
    return (rows, entries, marked, sorted((tmp_path / "releases").glob("*"))) == (0, 0, 0, [])


async def test_a_visit_without_its_entry_in_the_ledger_stops_the_release(
    database: Database, district: District, publisher: Publishing, tmp_path: Path
) -> None:
    await an_approved_visit(database, district)
    enterprise, premises = await district.shop()
    found, uid = await a_visit(
        database, district, a_part(district, district.departments[0]), day=date(2026, 12, 8),
        enterprise=enterprise, premises=premises,
    )  # fmt: skip
    await approve(district, found)
    with pytest.raises(ExportDiffers) as refused:
        await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    assert f"{uid} 在台账里没有条目" in refused.value.detail
    assert "2026年12月计划" in refused.value.detail
    assert await nothing_happened(district, tmp_path)


async def test_a_visit_lost_on_its_way_to_the_files_stops_the_release(
    database: Database, district: District, publisher: Publishing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uids = {await an_approved_visit(database, district, *district.departments) for _ in range(3)}
    real = disclosure.planned_visits
    monkeypatch.setattr(disclosure, "planned_visits", lambda rows: real(rows)[1:])
    with pytest.raises(ExportDiffers) as refused:
        await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    assert any(uid in refused.value.detail for uid in uids)
    assert "文件里 2，数据库里 3" in refused.value.detail
    assert await nothing_happened(district, tmp_path)


async def test_a_result_that_should_not_be_there_stops_the_release(
    database: Database, district: District, publisher: Publishing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = await an_approved_visit(database, district, day=date(2026, 11, 12))
    await a_closed_record(district, uid, told_at=None)
    monkeypatch.setattr(inspected, "results", lambda rows: tuple(disclosure._result(row) for row in rows))
    with pytest.raises(ExportDiffers) as refused:
        await service.refresh(database.acting(SYSTEM), publisher)
    assert "results/2026-11/results.csv" in refused.value.detail
    assert await nothing_happened(district, tmp_path)


async def test_a_published_file_that_was_changed_on_disk_stops_the_next_release(
    database: Database, district: District, publisher: Publishing, tmp_path: Path
) -> None:
    """The files of older months are taken over from the release before, and read again all the same."""
    await an_approved_visit(database, district)
    await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    file = tmp_path / "public/plans/2026-12/plan.json"
    document = msgspec.json.decode(file.read_bytes())
    document["visits"] = []
    file.unlink()
    file.write_bytes(msgspec.json.encode(document))
    system = database.acting(SYSTEM)
    await catalogue.list_departments(system, [a_department("new")])
    with pytest.raises(ExportDiffers) as refused:
        await service.refresh(system, publisher)
    assert "plans/2026-12/plan.json" in refused.value.detail
    assert publisher.releases.current()[0].name == "000001"  # type: ignore[index]
    assert await district.owner.fetchval("SELECT count(*) FROM release") == 1


async def test_a_month_goes_on_to_agree_when_its_visits_are_carried_out_or_called_off(
    database: Database, district: District, publisher: Publishing, tmp_path: Path
) -> None:
    uid = await an_approved_visit(database, district)
    await an_approved_visit(database, district)
    await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    page = (tmp_path / "public/data/check.html").read_bytes()
    await district.owner.execute(
        "UPDATE visit SET state = 'cancelled', cancelled_at = now(), cancel_reason = '停业' WHERE uid = $1", uid
    )
    system = database.acting(SYSTEM)
    await catalogue.list_departments(system, [a_department("new")])
    assert await service.refresh(system, publisher) is not None
    assert (tmp_path / "public/data/check.html").read_bytes() == page
    assert "台账里的这次发布" in (tmp_path / "public/plans/2026-12/history.html").read_text()
