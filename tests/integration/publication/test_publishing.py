"""Publishing against the database: what is read, what is committed, what is put in force, who may."""

import asyncio
import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.db import Database
from inspect_registry.errors import NotAllowed
from inspect_registry.publication import service
from inspect_registry.publication.errors import MonthUnchanged, NothingToPublish, ReleaseNotWritten, RevisionNeedsReason
from inspect_registry.publication.manifest import differences
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.service import Publishing
from tests.publication_builders import a_site
from tests.visits_builders import COORDINATOR, SYSTEM, District, a_district, a_part, a_visit, an_actor

MONTH = date(2026, 12, 1)
DAY = date(2026, 12, 8)


@pytest.fixture
def publisher(tmp_path: Path) -> Publishing:
    return Publishing(a_site(), Releases(tmp_path / "public"), load_kit())


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def an_approved_visit(database: Database, district: District, *departments: int, day: date = DAY, **facts) -> str:
    """Propose a visit and put it and its shares where heads' approvals would have put them."""
    enterprise, premises = await district.shop()
    parts = [a_part(district, one) for one in departments or district.departments[:1]]
    found, uid = await a_visit(
        database, district, *parts, day=day, **({"enterprise": enterprise, "premises": premises} | facts)
    )
    await approve(district, found)
    await log(district, "visit.approved", "visit", uid)
    return uid


async def log(district: District, action: str, kind: str, uid: str) -> None:
    """Leave the ledger entry that the act itself would have left."""
    leaf = f"{action} {uid}".encode()
    await district.owner.execute(
        "INSERT INTO ledger_entry (leaf, leaf_hash, action, subject_kind, subject_uid, appended_at)"
        " VALUES ($1, $2, $3, $4, $5, now())",
        leaf,
        hashlib.sha256(b"\x00" + leaf).digest(),
        action,
        kind,
        uid,
    )


async def approve(district: District, visit: int) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    await district.owner.execute("UPDATE visit_part SET state = 'confirmed' WHERE visit = $1", visit)
    await district.owner.execute(
        "UPDATE visit SET state = 'approved', confirmed_at = $2, approved_at = $2, approved_by = 1 WHERE id = $1",
        visit,
        now,
    )


async def a_closed_record(district: District, uid: str, **facts: object) -> int:
    part = await district.owner.fetchrow(
        "SELECT visit_part.id, department FROM visit_part JOIN visit ON visit.id = visit WHERE visit.uid = $1", uid
    )
    at = datetime(2026, 11, 12, 2, tzinfo=UTC)
    values = {
        "uid": district.uid("ins"),
        "part": part["id"],
        "department": part["department"],
        "state": "closed",
        "present": district.inspectors[part["department"]][:2],
        "started_at": at,
        "ended_at": at,
        "signature": "signed",
        "disposition": "no_problem",
        "result": "no_problem",
        "opened_at": at,
        "opened_by": 1,
        "closed_at": at,
        "told_at": at,
        "publish_due": date(2026, 12, 10),
        "signed_elsewhere": True,
    }
    values |= facts
    await log(district, "inspection.closed", "inspection", str(values["uid"]))
    async with district.owner.transaction():  # The registry itself enters what was signed elsewhere.
        await district.owner.execute("SELECT set_config('app.role', 'system', true)")
        return await district.add("inspection", **values)


def shown(publisher: Publishing, path: str) -> str:
    current = publisher.releases.current()
    assert current is not None
    return (current[0] / path).read_text()


async def test_a_month_is_published_and_put_in_force(
    database: Database, district: District, publisher: Publishing
) -> None:
    joint = await an_approved_visit(database, district, *district.departments)
    alone = await an_approved_visit(database, district, district.departments[0])
    published = await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    assert (published.number, published.kind, published.revision) == (1, "month", 1)
    assert published.address == "/plans/2026-12/"
    data = shown(publisher, "plans/2026-12/plan.json")
    assert joint in data
    assert alone in data
    assert '"joint":1' in data
    current = publisher.releases.current()
    assert current is not None
    assert current[1].digest().hex() == published.manifest
    assert list(differences(current[0])) == []


async def test_the_release_its_entry_and_its_files_say_the_same_hash(
    database: Database, district: District, publisher: Publishing
) -> None:
    await an_approved_visit(database, district)
    published = await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    row = await district.owner.fetchrow("SELECT number, manifest_hash, files, published_by FROM release")
    assert (row["number"], row["manifest_hash"].hex(), row["published_by"]) == (1, published.manifest, 900)
    entry = await district.owner.fetchval(
        "SELECT convert_from(leaf, 'UTF8') FROM ledger_entry WHERE convert_from(leaf, 'UTF8') LIKE '%release.published%'"
    )
    assert published.manifest in entry


async def test_visits_that_are_named_are_marked_and_others_are_not(
    database: Database, district: District, publisher: Publishing
) -> None:
    named = await an_approved_visit(database, district)
    unnamed = await an_approved_visit(database, district, announced=False)
    await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    marked = await district.owner.fetch("SELECT uid FROM visit WHERE published_at IS NOT NULL")
    assert [row["uid"] for row in marked] == [named]
    assert unnamed not in shown(publisher, "plans/2026-12/plan.json")


async def test_proposed_declined_triggered_and_other_months_visits_are_not_published(
    database: Database, district: District, publisher: Publishing
) -> None:
    await an_approved_visit(database, district)
    other_month = await an_approved_visit(database, district, day=date(2027, 1, 8))
    enterprise, premises = await district.shop()
    _, proposed = await a_visit(
        database, district, a_part(district, district.departments[0]), day=DAY, enterprise=enterprise, premises=premises
    )
    await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    data = shown(publisher, "plans/2026-12/plan.json")
    assert proposed not in data
    assert other_month not in data


async def test_a_month_without_approved_visits_is_not_published(database: Database, publisher: Publishing) -> None:
    with pytest.raises(NothingToPublish):
        await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    assert publisher.releases.current() is None


async def test_a_published_month_is_corrected_with_a_reason_and_its_first_version_stays(
    database: Database, district: District, publisher: Publishing
) -> None:
    await an_approved_visit(database, district)
    acting = database.acting(COORDINATOR)
    await service.publish_month(acting, publisher, MONTH)
    first = {name: shown(publisher, f"plans/2026-12/r1/{name}") for name in ("index.html", "plan.json", "plan.csv")}
    added = await an_approved_visit(database, district)
    with pytest.raises(RevisionNeedsReason):
        await service.publish_month(acting, publisher, MONTH, "补")
    second = await service.publish_month(acting, publisher, MONTH, "补充一家企业的检查")
    assert (second.number, second.revision) == (2, 2)
    assert added in shown(publisher, "plans/2026-12/plan.json")
    assert "更正 · 第 2 版" in shown(publisher, "plans/2026-12/index.html")
    assert added in shown(publisher, "plans/2026-12/r2/plan.json")
    assert {name: shown(publisher, f"plans/2026-12/r1/{name}") for name in first} == first


async def test_a_correction_that_changes_nothing_is_refused(
    database: Database, district: District, publisher: Publishing
) -> None:
    await an_approved_visit(database, district)
    await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    with pytest.raises(MonthUnchanged):
        await service.publish_month(database.acting(COORDINATOR), publisher, MONTH, "没有变化的更正")
    assert await district.owner.fetchval("SELECT count(*) FROM release") == 1


@pytest.mark.parametrize("role", [Role.CLERK, Role.HEAD, Role.INSPECTOR, Role.ENTERPRISE, Role.AUDITOR])
async def test_only_the_coordinator_publishes(database: Database, publisher: Publishing, role: Role) -> None:
    with pytest.raises(NotAllowed):
        await service.publish_month(database.acting(an_actor(role, 1)), publisher, MONTH)


async def test_the_same_key_publishes_once(database: Database, district: District, publisher: Publishing) -> None:
    await an_approved_visit(database, district)
    acting = database.acting(COORDINATOR, "publish-december")
    first = await service.publish_month(acting, publisher, MONTH)
    assert await service.publish_month(acting, publisher, MONTH) == first


async def test_results_appear_when_they_were_told_and_go_when_they_are_revoked(
    database: Database, district: District, publisher: Publishing
) -> None:
    uid = await an_approved_visit(database, district, day=date(2026, 11, 12))
    record = await a_closed_record(district, uid)
    refreshed = await service.refresh(database.acting(SYSTEM), publisher)
    assert refreshed is not None
    assert "未发现问题" in shown(publisher, "results/2026-11/index.html")
    assert await district.owner.fetchval("SELECT published_at IS NOT NULL FROM inspection WHERE id = $1", record)
    await district.owner.execute(
        "UPDATE inspection SET revoked_at = now(), revoke_reason = '决定被撤销' WHERE id = $1", record
    )
    assert await service.refresh(database.acting(SYSTEM), publisher) is not None
    assert uid not in shown(publisher, "results/2026-11/results.json")


async def test_a_result_that_was_not_told_is_not_shown_and_not_marked(
    database: Database, district: District, publisher: Publishing
) -> None:
    uid = await an_approved_visit(database, district, day=date(2026, 11, 12))
    record = await a_closed_record(district, uid, told_at=None)
    await service.refresh(database.acting(SYSTEM), publisher)
    assert uid not in shown(publisher, "results/2026-11/results.json")
    assert not await district.owner.fetchval("SELECT published_at IS NOT NULL FROM inspection WHERE id = $1", record)


async def test_an_unannounced_visit_appears_after_it_was_carried_out(
    database: Database, district: District, publisher: Publishing
) -> None:
    uid = await an_approved_visit(database, district, day=date(2026, 11, 12), announced=False)
    await service.refresh(database.acting(SYSTEM), publisher)
    assert uid not in shown(publisher, "results/2026-11/results.json")
    await a_closed_record(district, uid)
    await service.refresh(database.acting(SYSTEM), publisher)
    assert uid in shown(publisher, "results/2026-11/results.json")


async def test_a_refresh_without_change_writes_nothing(
    database: Database, district: District, publisher: Publishing, tmp_path: Path
) -> None:
    await an_approved_visit(database, district)
    await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    before = sorted(tmp_path.rglob("*"))
    assert await service.refresh(database.acting(SYSTEM), publisher) is None
    assert sorted(tmp_path.rglob("*")) == before
    assert await district.owner.fetchval("SELECT count(*) FROM release") == 1


async def test_a_refresh_leaves_published_months_byte_equal(
    database: Database, district: District, publisher: Publishing, clock
) -> None:
    await an_approved_visit(database, district)
    await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    kept = ("plans/2026-12/index.html", "en/plans/2026-12/index.html", "en/plans/2026-12/r1/index.html")
    before = {path: shown(publisher, path) for path in kept}
    clock.advance(timedelta(days=40))
    await district.department("区新设立局")
    assert await service.refresh(database.acting(SYSTEM), publisher) is not None
    assert {path: shown(publisher, path) for path in kept} == before
    assert "区新设立局" in shown(publisher, "departments/index.html")


async def test_a_crash_between_commit_and_switch_is_finished(
    database: Database, district: District, publisher: Publishing
) -> None:
    await an_approved_visit(database, district)
    await service.register_month(database.acting(COORDINATOR), publisher, MONTH, "")
    assert publisher.releases.current() is None
    await service.recover(database, publisher)
    assert "入企检查" in shown(publisher, "plans/2026-12/index.html")


async def test_a_lost_folder_is_made_anew_from_the_rows(
    database: Database, district: District, publisher: Publishing, tmp_path: Path
) -> None:
    await an_approved_visit(database, district)
    await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    await an_approved_visit(database, district)
    await service.publish_month(database.acting(COORDINATOR), publisher, MONTH, "补充一家企业")
    before = {name: shown(publisher, f"plans/2026-12/{name}/plan.json") for name in ("r1", "r2")}
    fresh = Publishing(a_site(), Releases(tmp_path / "elsewhere" / "public"), load_kit())
    (tmp_path / "elsewhere").mkdir()
    await service.recover(database, fresh)
    assert {name: shown(fresh, f"plans/2026-12/{name}/plan.json") for name in ("r1", "r2")} == before
    assert shown(fresh, "plans/2026-12/index.html") == shown(publisher, "plans/2026-12/index.html")


async def test_a_disk_that_refuses_leaves_database_and_site_as_they_were(
    database: Database, district: District, publisher: Publishing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_approved_visit(database, district)
    await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    before = shown(publisher, "plans/2026-12/index.html")
    await an_approved_visit(database, district)

    def refuse(self: Path, *_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    with pytest.raises(ReleaseNotWritten):
        await service.publish_month(database.acting(COORDINATOR), publisher, MONTH, "补充一家企业")
    assert shown(publisher, "plans/2026-12/index.html") == before
    assert await district.owner.fetchval("SELECT count(*) FROM release") == 1
    assert await district.owner.fetchval("SELECT count(*) FROM visit WHERE published_at IS NOT NULL") == 1


async def test_two_publishers_at_once_make_two_releases_one_after_the_other(
    database: Database, district: District, publisher: Publishing
) -> None:
    await an_approved_visit(database, district)
    await an_approved_visit(database, district, day=date(2027, 1, 8))
    acting = database.acting(COORDINATOR)
    done = await asyncio.gather(
        service.publish_month(acting, publisher, MONTH), service.publish_month(acting, publisher, date(2027, 1, 1))
    )
    assert sorted(published.number for published in done) == [1, 2]
    await service.recover(database, publisher)
    assert shown(publisher, "plans/2026-12/index.html")
    assert shown(publisher, "plans/2027-01/index.html")


async def test_the_worker_keeps_results_current_and_outlives_a_full_disk(
    database: Database, district: District, publisher: Publishing, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = await an_approved_visit(database, district, day=date(2026, 11, 12))
    await a_closed_record(district, uid)
    stop = asyncio.Event()
    real, failures = publisher.releases.stage, iter([True])

    def failing_first(*arguments: object, **options: object) -> object:
        if next(failures, False):
            raise ReleaseNotWritten("磁盘空间不足")
        stop.set()
        return real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(publisher.releases, "stage", failing_first)
    await asyncio.wait_for(service.keep_current(database, publisher, stop, pause=0.01), 30)
    assert uid in shown(publisher, "results/2026-11/results.json")
