"""Evidence comes in whole or not at all, stays as it came, and is seen only by those who may."""

import asyncio
import hashlib
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.fieldwork import errors, evidence, service
from inspect_registry.fieldwork.evidence import EvidenceOf
from inspect_registry.fieldwork.evidence_folder import EvidenceFolder
from tests.fieldwork_doors import NOW, a_closed_record, begun, officer
from tests.visits_builders import District, a_district, an_actor
from tests.visits_people import people_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "evidence")


async def stream(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def an_open_record(database, district) -> str:
    _, uid = await begun(database, district)
    return (await service.open_inspection(database.acting(officer(district)), uid)).uid


def a_photo(record: str, **facts) -> EvidenceOf:
    values = {"inspection": record, "name": "后厨.png", "taken_at": NOW - timedelta(minutes=20), "place": "后厨"}
    return EvidenceOf(**values | facts)


async def test_a_photo_is_stored_under_its_hash_with_its_entry(database, district, owner, folder) -> None:
    record = await an_open_record(database, district)
    acting = database.acting(officer(district))
    view = await evidence.receive(acting, folder, a_photo(record), stream(PNG))
    assert (view.kind, view.media_type, view.size) == ("photo", "image/png", len(PNG))
    assert view.sha256 == hashlib.sha256(PNG).hexdigest()
    assert folder.path_of(bytes.fromhex(view.sha256)).read_bytes() == PNG
    again = await evidence.receive(acting, folder, a_photo(record, name="同一张.png"), stream(PNG, 7))
    assert again == view
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'evidence.added'") == 1
    _, path = await evidence.content(acting, folder, view.uid)
    assert path.read_bytes() == PNG


@pytest.mark.parametrize(
    ("facts", "content", "error"),
    [
        ({}, b"PK\x03\x04" + b"0" * 999, errors.EvidenceTypeNotAllowed),
        ({"name": "后厨.pdf"}, PNG, errors.EvidenceTypeNotAllowed),
        ({}, b"", errors.EvidenceTypeNotAllowed),
        ({"taken_at": NOW + timedelta(hours=1)}, PNG, errors.TimeNotPossible),
        ({"inspection": "nosuchrecord"}, PNG, errors.InspectionNotFound),
    ],
)
async def test_what_may_not_come_in_leaves_neither_file_nor_row(
    database, district, owner, folder, tmp_path, facts, content, error
) -> None:
    record = await an_open_record(database, district)
    with pytest.raises(error):
        await evidence.receive(database.acting(officer(district)), folder, a_photo(record, **facts), stream(content))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert await owner.fetchval("SELECT count(*) FROM evidence") == 0


async def test_a_file_too_large_is_cut_off_at_the_first_byte_too_many(folder, tmp_path) -> None:
    asked = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield PNG

    with pytest.raises(errors.EvidenceTooLarge):
        await folder.take(endless(), name="x.png", most_bytes=5 * len(PNG))
    assert asked == 6
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_a_changed_or_missing_file_is_found_and_not_given_out(database, district, owner, folder) -> None:
    record = await an_open_record(database, district)
    acting = database.acting(officer(district))
    view = await evidence.receive(acting, folder, a_photo(record), stream(PNG))
    path = folder.path_of(bytes.fromhex(view.sha256))
    path.chmod(0o600)
    path.write_bytes(PNG[:-1] + b"x")
    with pytest.raises(errors.EvidenceDamaged):
        await evidence.content(acting, folder, view.uid)
    path.unlink()
    with pytest.raises(errors.EvidenceDamaged):
        await evidence.content(acting, folder, view.uid)


async def test_others_neither_add_nor_see_and_a_closed_record_takes_none(database, district, owner, folder) -> None:
    record = await an_open_record(database, district)
    view = await evidence.receive(database.acting(officer(district)), folder, a_photo(record), stream(PNG))
    with pytest.raises(errors.EvidenceNotFound):
        await evidence.evidence(database.acting(officer(district, 1)), view.uid)
    with pytest.raises(errors.InspectionNotFound):
        await evidence.receive(database.acting(officer(district, 1)), folder, a_photo(record), stream(PNG + b"1"))
    _, place = await district.shop()
    _, other = await begun(database, district, premises=place)
    closed = await a_closed_record(database, district, other)
    with pytest.raises(errors.InspectionClosed):
        await evidence.receive(database.acting(officer(district)), folder, a_photo(closed.uid), stream(PNG))


async def test_a_record_that_is_being_closed_takes_no_file_in_beside_it(database, district, owner, folder) -> None:
    record = await an_open_record(database, district)
    what = a_photo(record)
    stored = await folder.take(stream(PNG), name=what.name, most_bytes=len(PNG))
    async with owner.transaction():
        await owner.execute("SET LOCAL session_replication_role = replica")  # How it was closed is not the question.
        await owner.execute(
            """UPDATE inspection SET state = 'closed', result = 'no_problem', signature = 'signed', present = '{1,2}',
            started_at = $2, ended_at = $2, closed_at = $2, publish_due = '2026-12-25' WHERE uid = $1""",
            record,
            NOW,
        )
        entering = asyncio.create_task(evidence.enter(database.acting(officer(district)), what, stored))
        while not entering.done() and not await owner.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            continue
    with pytest.raises(errors.InspectionClosed):
        await entering
    assert await owner.fetchval("SELECT count(*) FROM evidence") == 0


async def test_an_enterprise_brings_a_file_for_its_order(database, district, owner, folder) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid, {})
    order = closed.rectifications[0].uid
    boss = an_actor(Role.ENTERPRISE, 0, person=77, enterprise=district.enterprise)
    what = EvidenceOf(rectification=order, name="维修单.png", taken_at=NOW)
    view = await evidence.receive(database.acting(boss), folder, what, stream(PNG))
    assert view.inspection == closed.uid
    other, _ = await district.shop()
    stranger = an_actor(Role.ENTERPRISE, 0, person=78, enterprise=other)
    with pytest.raises(errors.RectificationNotFound):
        await evidence.receive(database.acting(stranger), folder, what, stream(PNG))


UPLOAD = """
import asyncio, sys
from pathlib import Path
from inspect_registry.fieldwork.evidence_folder import EvidenceFolder

async def slowly():
    yield bytes.fromhex(sys.argv[2])
    for _ in range(200):
        yield b"0" * 100_000
        print("chunk", flush=True)
        await asyncio.sleep(0.005)

asyncio.run(EvidenceFolder(Path(sys.argv[1])).take(slowly(), name="x.png", most_bytes=10**9))
print("done", flush=True)
"""


@pytest.mark.parametrize("after", [1, 40, 120])
async def test_kill_9_during_an_upload_leaves_no_file_with_a_hash(folder, tmp_path, after: int) -> None:
    root = tmp_path / "evidence"
    upload = subprocess.Popen(  # noqa: ASYNC220 - it must be killed by its id
        [sys.executable, "-c", UPLOAD, str(root), PNG[:64].hex()], stdout=subprocess.PIPE, text=True
    )
    assert upload.stdout is not None
    for _ in range(after):
        assert upload.stdout.readline() == "chunk\n"
    upload.send_signal(signal.SIGKILL)
    await asyncio.to_thread(upload.wait)
    upload.stdout.close()
    assert [path.parent.name for path in root.rglob("*") if path.is_file()] == ["incoming"]
    assert folder.sweep() == 1
    stored = await folder.take(stream(PNG), name="x.png", most_bytes=10**9)
    assert await folder.check(stored.digest, stored.size)


async def test_a_file_goes_in_and_out_over_http(database, district, owner, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("IR_VAR", str(tmp_path))
    record = await an_open_record(database, district)
    async with people_of(database, district) as people:
        await people.ask("officer0", "GET", "/session")
        headers = {
            "authorization": f"Bearer {people._tokens['officer0']}",
            "content-type": "application/octet-stream",
        }
        at = (NOW - timedelta(minutes=5)).isoformat().replace("+", "%2B")
        path = f"/api/v1/inspections/{record}/evidence?name=a.png&taken_at={at}"
        sent = await people.client.post(path, content=PNG, headers=headers)
        assert sent.status_code == 201, sent.text
        back = await people.client.get(f"/api/v1/evidence/{sent.json()['uid']}/content", headers=headers)
        assert back.content == PNG
        assert back.headers["content-disposition"].startswith("attachment")
        bad = await people.client.post(path, content=b"MZ" + b"0" * 99, headers=headers)
        assert (bad.status_code, bad.json()["code"]) == (422, "evidence-type-not-allowed")
        (listed,) = await people.ask("officer0", "GET", f"/inspections/{record}/evidence")
        assert listed["sha256"] == hashlib.sha256(PNG).hexdigest()
