"""Results whose publicity has ended: gone from every byte with the next release, in neutral words, old months too."""

from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import pytest

from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.enterprises.credit import service as repairs
from inspect_registry.publication import service
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.service import Publishing
from tests.credit_builders import a_record, an_application, at, boss, granted, head
from tests.integration.publication.test_no_leak_from_the_database import texts
from tests.integration.publication.test_publishing import a_closed_record, an_approved_visit, shown
from tests.publication_builders import a_site
from tests.visits_builders import SYSTEM, District, a_district

FIRM = "上海公示结束金丝雀有限公司"
STIGMA = ("失信", "信用修复", "违法", "处罚", "不良")


@pytest.fixture
def publisher(tmp_path: Path) -> Publishing:
    return Publishing(a_site(), Releases(tmp_path / "public"), load_kit())


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def a_public_problem(
    database: Database, district: District, publisher: Publishing, day: date, **record: object
) -> tuple[str, str]:
    """A result with a problem, shown by a release, and its negative record; returns both uids."""
    visit = await an_approved_visit(database, district, day=day)
    enterprise = await district.owner.fetchval("SELECT enterprise FROM visit WHERE uid = $1", visit)
    await district.owner.execute("UPDATE enterprise SET name = $2, kind = 'company' WHERE id = $1", enterprise, FIRM)
    found = await a_closed_record(district, visit, result="rectify_by_date", disposition="rectify_by_date")
    inspection = await district.uid_of("inspection", found)
    values = {"measure": "order", "found_on": day, "published_on": None, "performed_on": day}
    uid = await a_record(district, enterprise=enterprise, inspection=inspection, **values | record)
    assert await service.refresh(database.acting(SYSTEM), publisher) is not None
    return uid, inspection


def files_with(publisher: Publishing, word: str) -> list[str]:
    """Which files of the release in force say a word."""
    current = publisher.releases.current()
    assert current is not None
    return sorted({name for name, text in texts(current[0]) if word in text})


async def repaired(database: Database, district: District, uid: str, enterprise: int) -> None:
    asked = await repairs.apply(database.acting(boss(district, enterprise)), uid, an_application())
    await repairs.decide(database.acting(head(district)), asked.uid, granted())


async def test_a_repaired_result_is_gone_with_the_next_release_and_what_stays_does_not_stigmatise(
    database, district, publisher, owner
) -> None:
    uid, inspection = await a_public_problem(database, district, publisher, date(2026, 11, 12))
    assert files_with(publisher, FIRM) != []
    assert await owner.fetchval("SELECT published_on FROM credit_record") == date(2026, 11, 20)
    await repaired(database, district, uid, await owner.fetchval("SELECT enterprise FROM credit_record"))
    assert await service.refresh(database.acting(SYSTEM), publisher) is not None
    assert files_with(publisher, FIRM) == []
    page = shown(publisher, f"results/2026-11/records/{inspection}.html")
    assert "按照规定，这份记录的公示已经结束" in page
    assert "撤销" not in page
    for path in (f"results/2026-11/records/{inspection}.html", "results/2026-11/index.html"):
        text = shown(publisher, path)
        assert inspection in text
        body = text[text.index("<main") : text.index("</main>")]
        assert not [word for word in STIGMA if word in body], path
    assert (await owner.fetchrow("SELECT shared_on FROM credit_repair"))["shared_on"] == date(2026, 11, 20)
    actions = await owner.fetch("SELECT action FROM ledger_entry WHERE action LIKE 'credit_repair.%' ORDER BY id")
    assert [row["action"].split(".")[1] for row in actions] == ["applied", "granted", "shared"]
    assert await service.refresh(database.acting(SYSTEM), publisher) is None, "an unchanged re-run writes nothing"


async def test_without_the_gate_the_name_would_stay(database, district, publisher, owner, monkeypatch) -> None:
    uid, _ = await a_public_problem(database, district, publisher, date(2026, 11, 12))
    await repaired(database, district, uid, await owner.fetchval("SELECT enterprise FROM credit_record"))
    monkeypatch.setattr("inspect_registry.publication.disclosure.left_on", lambda _row: None)
    with pytest.raises(service.RegistryError) as caught:
        await service.refresh(database.acting(SYSTEM), publisher)
    assert caught.value.code == "export-differs", "the comparison with the tables stops such a release"


async def test_a_result_of_long_ago_goes_too_and_the_other_old_months_stay_as_they_were(
    database, district, publisher, owner, clock: SetClock
) -> None:
    clock.set(datetime(2026, 11, 20, 2, tzinfo=UTC))
    uid, inspection = await a_public_problem(database, district, publisher, date(2026, 10, 12))
    other = await an_approved_visit(database, district, day=date(2026, 9, 15))
    await a_closed_record(district, other)
    await service.refresh(database.acting(SYSTEM), publisher)
    clock.set(at(date(2028, 3, 1)))
    await service.refresh(database.acting(SYSTEM), publisher)
    assert {f"{inspection}.html", "results.csv", "results.json"} <= set(files_with(publisher, FIRM))
    before = shown(publisher, "results/2026-09/results.json")
    await repaired(database, district, uid, await owner.fetchval("SELECT enterprise FROM credit_record"))
    clock.set(at(date(2028, 3, 2)))
    assert await service.refresh(database.acting(SYSTEM), publisher) is not None
    assert files_with(publisher, FIRM) == []
    assert shown(publisher, "results/2026-09/results.json") == before
    clock.set(at(date(2028, 3, 6)))
    await service.refresh(database.acting(SYSTEM), publisher)
    assert "公示已经结束" in shown(publisher, f"results/2026-10/records/{inspection}.html")


async def test_a_revoked_result_of_long_ago_goes_too(database, district, publisher, owner, clock: SetClock) -> None:
    _, inspection = await a_public_problem(database, district, publisher, date(2026, 10, 12))
    clock.set(at(date(2028, 3, 1)))
    await service.refresh(database.acting(SYSTEM), publisher)
    assert files_with(publisher, FIRM) != []
    await owner.execute(
        "UPDATE inspection SET revoked_at = $1, revoke_reason = '决定被撤销' WHERE uid = $2",
        at(date(2028, 3, 1), 15),
        inspection,
    )
    clock.set(at(date(2028, 3, 1), 16))
    await service.refresh(database.acting(SYSTEM), publisher)
    assert files_with(publisher, FIRM) == []
    assert "依法撤销或者变更" in shown(publisher, f"results/2026-10/records/{inspection}.html")


async def test_the_longest_publicity_ends_with_the_release_of_the_day_after(
    database, district, publisher, owner, clock: SetClock
) -> None:
    facts = {"measure": "warning", "measure_document": "沪〔2026〕1号", "measure_on": date(2026, 11, 12)}
    _, _inspection = await a_public_problem(database, district, publisher, date(2026, 11, 12), **facts)
    clock.set(at(date(2027, 2, 20)))
    await service.refresh(database.acting(SYSTEM), publisher)
    assert files_with(publisher, FIRM) != []
    clock.set(at(date(2027, 2, 21)))
    await service.refresh(database.acting(SYSTEM), publisher)
    assert files_with(publisher, FIRM) == []
