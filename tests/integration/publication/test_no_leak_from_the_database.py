"""Canaries in the tables themselves: planted where secrets are kept, looked for in every byte that a release shows."""

import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import asyncpg
import pypdf
import pytest

from inspect_registry.db import Database
from inspect_registry.publication import service
from inspect_registry.publication.errors import MonthUnchanged
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.service import Publishing
from tests.integration.publication.test_publishing import a_closed_record, an_approved_visit
from tests.publication_builders import a_site
from tests.visits_builders import COORDINATOR, District, a_district

MONTH = date(2026, 12, 1)
PHONE, PERSON, SECRET_FIRM, SECRET_FINDING, CERTIFICATE = (
    "13912345678", "执法金丝雀", "上海飞检金丝雀有限公司", "金丝雀违法事实", "99999000777",
)  # fmt: skip


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file's name and whatever can be read in it, unpacked."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        yield path.name, f"{path.relative_to(folder)}\n{content.decode('utf-8', errors='replace')}"
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                for name in book.namelist():
                    yield f"{path.name}!{name}", book.read(name).decode("utf-8", errors="replace")
        if path.suffix == ".pdf":
            for page in pypdf.PdfReader(io.BytesIO(content)).pages:
                yield path.name, "".join(page.extract_text().split())


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def test_nothing_that_is_kept_secret_is_in_any_byte_of_a_release(
    database: Database, district: District, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    publisher = Publishing(a_site(), Releases(tmp_path / "public"), load_kit())
    department = district.departments[0]
    await an_approved_visit(database, district)
    hidden = await an_approved_visit(database, district, announced=False)
    await owner.execute("UPDATE enterprise SET contact = $1", PHONE)
    await owner.execute(
        "UPDATE enterprise SET name = $2, kind = 'company' WHERE id = (SELECT enterprise FROM visit WHERE uid = $1)",
        hidden,
        SECRET_FIRM,
    )
    await owner.execute(
        "INSERT INTO credit_risk (enterprise, month, class) SELECT id, '2026-11-01', 'D' FROM enterprise"
    )
    await owner.execute(
        "UPDATE inspector SET name = $1, certificate = $2 WHERE id = $3",
        PERSON,
        CERTIFICATE,
        district.inspectors[department][0],
    )
    await owner.execute("UPDATE department SET phone = $1", PHONE)
    done = await an_approved_visit(database, district, day=date(2026, 11, 12))
    record = await a_closed_record(district, done, notes=SECRET_FINDING, signature_note=PERSON, result="guidance")
    assert record
    await service.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    canaries = (PHONE, PERSON, SECRET_FIRM, SECRET_FINDING, CERTIFICATE, hidden)
    seen = list(texts(tmp_path / "public"))
    assert len(seen) > 40
    assert [(name, canary) for name, text in seen for canary in canaries if canary in text] == []
    words = re.compile(r'"class"|credit(?! code)|risk', re.IGNORECASE)  # 统一社会信用代码 is a "social credit code".
    assert [(name, found[0]) for name, text in seen if (found := words.search(text))] == []
    assert any(done in text for _, text in seen), "what may be shown must be there, or this test shows nothing"


async def test_what_is_secret_before_is_public_after_and_nothing_more(
    database: Database, district: District, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    publisher = Publishing(a_site(), Releases(tmp_path / "public"), load_kit())
    hidden = await an_approved_visit(database, district, day=date(2026, 11, 12), announced=False)
    await owner.execute(
        "UPDATE enterprise SET name = $2, kind = 'company' WHERE id = (SELECT enterprise FROM visit WHERE uid = $1)",
        hidden,
        SECRET_FIRM,
    )
    await service.refresh(database.acting(COORDINATOR), publisher)
    assert not [name for name, text in texts(tmp_path / "public") if SECRET_FIRM in text]
    await a_closed_record(district, hidden, notes=SECRET_FINDING)
    await service.refresh(database.acting(COORDINATOR), publisher)
    found = [name for name, text in texts(tmp_path / "public") if SECRET_FIRM in text]
    assert "results.csv" in found
    assert not [name for name, text in texts(tmp_path / "public") if SECRET_FINDING in text]


async def test_planning_moving_and_cancelling_unannounced_visits_changes_no_file_and_makes_no_release(
    database: Database, district: District, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    """What is secret does not show in time either: nobody learns from a new release that something was planned."""
    publisher = Publishing(a_site(), Releases(tmp_path / "public"), load_kit())
    await an_approved_visit(database, district)
    acting = database.acting(COORDINATOR)
    await service.publish_month(acting, publisher, MONTH)
    before = {path.name: path.stat().st_mtime_ns for path in sorted((tmp_path / "public").rglob("*"))}
    await owner.execute(
        "UPDATE matter SET disclosure = 'afterwards', mergeable = false WHERE department = $1", district.departments[1]
    )
    hidden = await an_approved_visit(database, district, district.departments[1], announced=False)
    assert await service.refresh(acting, publisher) is None
    with pytest.raises(MonthUnchanged):
        await service.publish_month(acting, publisher, MONTH, "补充一次检查的更正")
    await owner.execute("UPDATE visit SET day = day + 1 WHERE uid = $1", hidden)
    assert await service.refresh(acting, publisher) is None
    await owner.execute(
        "UPDATE visit SET state = 'cancelled', cancelled_at = now(), cancel_reason = '不查了' WHERE uid = $1", hidden
    )
    assert await service.refresh(acting, publisher) is None
    assert {path.name: path.stat().st_mtime_ns for path in sorted((tmp_path / "public").rglob("*"))} == before


async def test_the_number_of_planned_visits_of_a_past_month_tells_nothing_of_unannounced_ones(
    database: Database, district: District, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    publisher = Publishing(a_site(), Releases(tmp_path / "public"), load_kit())
    october = date(2026, 10, 13)
    done = await an_approved_visit(database, district, day=october)
    await a_closed_record(district, done)
    await owner.execute("UPDATE visit SET state = 'closed' WHERE uid = $1", done)
    await service.refresh(database.acting(COORDINATOR), publisher)
    said = (tmp_path / "public/results/2026-10/results.json").read_bytes()
    assert b'"planned":1' in said
    await an_approved_visit(
        database, district, day=october, announced=False
    )  # Of October, and still to be carried out.
    assert await service.refresh(database.acting(COORDINATOR), publisher) is None
    assert (tmp_path / "public/results/2026-10/results.json").read_bytes() == said
