"""The case file: one zip that opens with anything, checks itself, and shows everybody what he may see."""

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from inspect_registry.actor import Role
from inspect_registry.app import create
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.documents import casefile, service
from inspect_registry.documents.archive import Member, zip_stream
from inspect_registry.documents.casefile import CaseFile
from inspect_registry.documents.model import Press
from inspect_registry.errors import NotAllowed
from inspect_registry.fieldwork import service as fieldwork
from inspect_registry.fieldwork.evidence import EvidenceOf, receive
from inspect_registry.fieldwork.evidence_folder import EvidenceFolder
from inspect_registry.ledger.places import Places
from inspect_registry.visits.errors import VisitNotFound
from tests.fieldwork_doors import NOW, a_door, a_finding, all_conform, begun, close_signed, officer
from tests.visits_builders import District, a_district, a_part, an_actor

PHOTO = b"\xff\xd8\xff\xe0" + b"picture" * 9000
FORMULA = '=HYPERLINK("http://127.0.0.1:9/","x")'
MARKUP = "<img src=file:///etc/passwd><script>alert(1)</script>"
AUDITOR = an_actor(Role.AUDITOR, 0, person=901)


@pytest_asyncio.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def _bytes(content: bytes):
    for start in range(0, len(content), 10_000):
        yield content[start : start + 10_000]


async def _case(database: Database, district: District, folder: Path) -> str:
    """A closed record with a photo, a hostile finding and its papers; returns the visit."""
    market, fire = district.departments
    _, visit = await begun(database, district, a_part(district, market), a_part(district, fire))
    acting = database.acting(officer(district))
    record = await fieldwork.open_inspection(acting, visit)
    criteria = await all_conform(database, officer(district), record.uid, fails=1)
    await fieldwork.save_findings(acting, record.uid, [a_finding(criteria[0], facts=f"{FORMULA}{MARKUP}")])
    of = EvidenceOf(inspection=record.uid, name="<b>照片.jpg", taken_at=NOW)
    await receive(acting, EvidenceFolder(folder), of, _bytes(PHOTO))
    await close_signed(database, officer(district), record.uid, await a_door(district, market))
    for draw in (service.issue_record, service.issue_result, service.issue_order):
        await draw(acting, record.uid, Press(base="https://jiancha.example"))
    other = await fieldwork.open_inspection(database.acting(officer(district, 1)), visit)
    await all_conform(database, officer(district, 1), other.uid)
    await close_signed(database, officer(district, 1), other.uid, await a_door(district, fire))
    await service.issue_record(database.acting(officer(district, 1)), other.uid)
    return visit


async def _export(database: Database, who: object, visit: str, folder: Path) -> CaseFile:
    return await casefile.export(database.acting(who), visit, EvidenceFolder(folder), Places(folder / "var"))


def _zip(made: CaseFile) -> bytes:
    return b"".join(zip_stream(made.members))


async def test_it_opens_with_zipfile_and_every_file_is_in_the_manifest(database, district, tmp_path, owner) -> None:
    visit = await _case(database, district, tmp_path)
    made = await _export(database, officer(district), visit, tmp_path)
    with zipfile.ZipFile(io.BytesIO(_zip(made))) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
        assert {entry["name"] for entry in manifest["files"]} | {"manifest.json"} == set(names)
        for entry in manifest["files"]:
            assert hashlib.sha256(archive.read(entry["name"])).hexdigest() == entry["sha256"], entry["name"]
        digest = hashlib.sha256(PHOTO).hexdigest()
        assert archive.read(f"evidence/{digest}.jpg") == PHOTO
        assert sum(name.startswith("documents/") for name in names) == 3
        assert sum(name.startswith("signatures/") for name in names) == 3
        assert hashlib.sha256(archive.read("manifest.json")).hexdigest() == made.manifest
    leaf = await owner.fetchval("SELECT leaf FROM ledger_entry WHERE action = 'casefile.exported'")
    assert made.manifest.encode() in leaf
    assert visit.encode() in leaf


async def test_the_same_case_gives_the_same_bytes(database, district, tmp_path) -> None:
    visit = await _case(database, district, tmp_path)
    first, second = [await _export(database, officer(district), visit, tmp_path) for _ in range(2)]
    assert _zip(first) == _zip(second)
    assert first.manifest == second.manifest


async def test_the_script_needs_nothing_and_finds_every_change(database, district, tmp_path) -> None:
    visit = await _case(database, district, tmp_path)
    packed = tmp_path / "case.zip"
    made = await _export(database, officer(district), visit, tmp_path)
    packed.write_bytes(_zip(made))
    folder = tmp_path / "case"
    zipfile.ZipFile(packed).extractall(folder)

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-I", "-S", str(folder / "verify.py"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        return done.returncode, done.stdout

    for arguments in ((), (str(packed),)):
        code, told = run(*arguments)
        assert (code, made.manifest in told) == (0, True), told
    for damage in ("timeline.csv", next(folder.glob("documents/*")).relative_to(folder).as_posix()):
        path = folder / damage
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        code, told = run()
        assert (code, f"{damage}: 已改变" in told) == (1, True)
        path.write_bytes(whole)
    (folder / "extra.txt").write_text("x")
    assert (run()[0], "extra.txt: 不在清单中" in run()[1]) == (1, True)
    (folder / "extra.txt").unlink()
    (folder / "case.json").unlink()
    assert (run()[0], "case.json: 缺少" in run()[1]) == (1, True)
    (folder / "manifest.json").write_text("[]")
    assert run()[0] == 2


async def test_damaged_evidence_is_told_and_does_not_stop_the_rest(database, district, tmp_path) -> None:
    visit = await _case(database, district, tmp_path)
    digest = hashlib.sha256(PHOTO).hexdigest()
    path = tmp_path / digest[:2] / digest
    path.chmod(0o600)
    path.write_bytes(PHOTO[:-1] + b"!")
    made = await _export(database, officer(district), visit, tmp_path)
    packed = tmp_path / "case.zip"
    packed.write_bytes(_zip(made))
    with zipfile.ZipFile(packed) as archive:
        assert json.loads(archive.read("manifest.json"))["missing"][0]["sha256"] == digest
        assert "下列证据导出时已缺失或者改变" in archive.read("index.html").decode()
        (tmp_path / "verify.py").write_bytes(archive.read("verify.py"))
    done = subprocess.run(
        [sys.executable, str(tmp_path / "verify.py"), str(packed)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "导出时证据已损坏" in done.stdout) == (1, True)


async def test_what_was_typed_is_text_in_every_table_and_page(database, district, tmp_path) -> None:
    visit = await _case(database, district, tmp_path)
    with zipfile.ZipFile(io.BytesIO(_zip(await _export(database, officer(district), visit, tmp_path)))) as archive:
        for name in ("index.html", "timeline.html"):
            page = archive.read(name).decode()
            assert "<script" not in page
            assert "<img src=file" not in page
            assert "<b>照片" not in page
        assert "&lt;script&gt;" in archive.read("index.html").decode()
        rows = list(csv.reader(io.StringIO(archive.read("timeline.csv").decode("utf-8-sig"))))
        assert len(rows) > 10
        assert not [cell for row in rows for cell in row if cell[:1] in "=+-@|\t\r＝＋－＠｜" and cell]
        timeline = json.loads(archive.read("timeline.json"))
        assert any("HYPERLINK" in json.dumps(line["record"]) for line in timeline["lines"])


async def test_everybody_gets_what_he_may_see(database, district, tmp_path) -> None:
    visit = await _case(database, district, tmp_path)

    async def documents(who: object) -> int:
        made = await _export(database, who, visit, tmp_path)
        return sum(one.name.startswith("documents/") for one in made.members)

    assert [await documents(who) for who in (officer(district), officer(district, 1), AUDITOR)] == [3, 1, 4]
    theirs = await _export(database, officer(district, 1), visit, tmp_path)
    timeline = json.loads(next(one.data for one in theirs.members if one.name == "timeline.json"))
    assert all(
        line["record"] is None
        for line in timeline["lines"]
        if line["subject_kind"] == "document" and "receipt" in line["public"]
    )
    for stranger in (an_actor(Role.COORDINATOR, 0, person=900), an_actor(Role.ENTERPRISE, 0, person=5)):
        with pytest.raises(NotAllowed):
            await _export(database, stranger, visit, tmp_path)
    with pytest.raises(VisitNotFound):
        await _export(database, an_actor(Role.CLERK, 999_999, person=6), visit, tmp_path)


async def test_a_browser_opens_it_from_the_disk_without_a_network(database, district, tmp_path) -> None:
    visit = await _case(database, district, tmp_path)
    folder = tmp_path / "opened"
    zipfile.ZipFile(io.BytesIO(_zip(await _export(database, officer(district), visit, tmp_path)))).extractall(folder)
    async with async_playwright() as play:
        browser = await play.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            page = await browser.new_page(viewport={"width": 390, "height": 844})
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            await page.goto(f"file://{folder}/index.html")
            assert await page.locator("h1").inner_text()
            assert await page.locator("h2", has_text="时间线").count() == 1
            await page.get_by_role("link", name="网页").click()
            assert "时间线" in await page.locator("h1").inner_text()
            assert asked
            assert all(url.startswith("file://") for url in asked)
        finally:
            await browser.close()


def test_a_zip_is_streamed_piece_by_piece(tmp_path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(20 * 1024 * 1024)
    pieces = list(zip_stream([Member(name="a.txt", data=b"x" * 100), Member(name="film.mp4", path=large)]))
    assert max(map(len, pieces)) < 1024 * 1024
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert archive.getinfo("film.mp4").file_size == 20 * 1024 * 1024


async def test_nobody_in_particular_gets_a_case_file_over_http(database: Database) -> None:
    app = create(from_environment({}), database)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000") as client:
        assert (await client.post("/api/v1/visits/x/casefile")).status_code == 401
        assert (await client.post("/api/v1/prints", json={})).status_code == 401
