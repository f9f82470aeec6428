"""Every bad input of the door is refused over HTTP with its rule and place, and what was typed stays on the server."""

import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from inspect_registry.db import Database
from tests.fieldwork_doors import NOW, begun
from tests.visits_builders import District, a_district
from tests.visits_people import People, people_of, sign_all

FIVE_GIGABYTES = 5 * 1024**3
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 4000


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest_asyncio.fixture
async def people(
    database: Database, district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[People]:
    monkeypatch.setenv("IR_VAR", str(tmp_path))
    async with people_of(database, district) as opened:
        yield opened


class Door:
    """One record whose every point is answered, and the closing that would end it."""

    def __init__(self, people: People, district: District, record: dict[str, Any]) -> None:
        self.people, self.district, self.uid = people, district, record["uid"]
        self.points = [point["criterion"] for point in record["points"]]

    async def answer(self, *criteria: str, status: int = 200) -> Any:
        answers = [{"criterion": one, "value": "conforms"} for one in criteria]
        return await self.people.ask(
            "officer0", "PUT", f"/inspections/{self.uid}/answers", {"answers": answers}, status=status
        )

    async def closing(self, people: int = 2, **facts: Any) -> dict[str, Any]:
        inspectors = self.district.inspectors[self.district.departments[0]][:people]
        return {
            "present": [await self.district.uid_of("inspector", one) for one in inspectors],
            "started_at": (NOW - timedelta(minutes=50)).isoformat(), "ended_at": NOW.isoformat(),
            "signature": "signed", "signature_note": "王某(店长)",
        } | facts  # fmt: skip

    async def close(self, door: dict[str, Any], *, status: int) -> Any:
        return await self.people.ask("officer0", "POST", f"/inspections/{self.uid}/closing", door, status=status)

    async def draft(self) -> Any:
        return await self.people.ask("officer0", "GET", f"/inspections/{self.uid}")

    async def upload(self, content: bytes | AsyncIterator[bytes], name: str, **headers: str) -> Any:
        at = (NOW - timedelta(minutes=5)).isoformat().replace("+", "%2B")
        answer = await self.people.client.post(
            f"/api/v1/inspections/{self.uid}/evidence?name={name}&taken_at={at}",
            content=content,
            headers={
                "authorization": f"Bearer {self.people._tokens['officer0']}",
                "content-type": "application/octet-stream",
                **headers,
            },
        )
        return answer.json() | {"status": answer.status_code}


@pytest.fixture
async def door(database: Database, people: People, district: District) -> Door:
    _, visit = await begun(database, district)
    door = Door(people, district, await people.ask("officer0", "POST", "/inspections", {"visit": visit}, status=201))
    await door.answer(*door.points)
    return door


def told(refused: dict[str, Any], code: str, rule: str, field: str) -> None:
    """A refusal names the rule, where it lies, and what to do."""
    assert (refused["code"], refused["rule"]) == (code, rule), refused
    assert field in [place["field"] for place in refused["places"]], refused
    assert refused["remedy"]
    assert refused["title"]


async def test_a_criterion_unanswered(database: Database, people: People, district: District) -> None:
    _, visit = await begun(database, district)
    door = Door(people, district, await people.ask("officer0", "POST", "/inspections", {"visit": visit}, status=201))
    await door.answer(door.points[0])
    before = await door.draft()
    refused = await door.close(await door.closing(), status=409)
    told(refused, "criteria-unanswered", "every-point-answered", f"answers.{door.points[1]}")
    assert await door.draft() == before


async def test_an_answer_outside_the_code(door: Door, district: District) -> None:
    before = await door.draft()
    foreign = await district.uid_of("criterion", district.criteria[district.matters[district.departments[1]][0]][0])
    refused = await door.answer(foreign, status=409)
    told(refused, "outside-scope", "scope-lock", "answers.0.criterion")
    assert await door.draft() == before


@pytest.mark.parametrize(
    ("facts", "status", "code", "rule", "field"),
    [
        ({"people": 1}, 409, "too-few-inspectors-present", "two-inspectors-present", "closing.present"),
        (
            {"people": 1, "companions": [{"name": "协管员", "role": "assistant"}]},
            409, "too-few-inspectors-present", "two-inspectors-present", "closing.present",
        ),
        (
            {"ended_at": (NOW + timedelta(hours=1)).isoformat()},
            422, "time-not-possible", "times-possible", "closing.ended_at",
        ),
        ({}, 409, "signature-missing", "record-signatures", "signatures.enterprise"),
        ({"signature": "refused", "signature_note": "拒"}, 409, "signature-missing", "record-signed", "closing.signature_note"),
    ],
)  # fmt: skip
async def test_a_closing_that_breaks_a_rule(door: Door, facts, status, code, rule, field) -> None:
    before = await door.draft()
    told(await door.close(await door.closing(**facts), status=status), code, rule, field)
    assert await door.draft() == before


async def test_an_expired_certificate(door: Door, owner: asyncpg.Connection) -> None:
    signed = await door.closing()
    await sign_all(door.people, "officer0", door.uid, signed)
    before = await door.draft()
    await owner.execute("UPDATE inspector SET valid_to = '2026-11-19' WHERE uid = $1", signed["present"][0])
    refused = await door.close(signed, status=409)
    told(refused, "certificate-not-valid", "certificate-valid", "closing.present")
    after = await door.draft()
    assert (after["points"], after["signatures"]) == (before["points"], before["signatures"])


async def test_five_gigabytes_are_refused_before_a_byte_of_them_is_read(door: Door, tmp_path: Path) -> None:
    await door.draft()
    read = 0

    async def film() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield PNG

    refused = await door.upload(film(), "film.png", **{"content-length": str(FIVE_GIGABYTES)})
    told(refused, "evidence-too-large", "evidence-size", "name")
    assert (refused["status"], read) == (413, 0)
    assert [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()] == []


def a_zip_bomb() -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("photo.png", b"0" * 50_000_000)
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"MZ" + b"0" * 99, "photo.png"), (a_zip_bomb(), "photos.zip"), (a_zip_bomb(), "photo.png"), (PNG, "photo.pdf")],
    ids=["program", "bomb", "hidden-bomb", "other-name"],
)
async def test_wrong_types_and_bombs_are_refused_unopened(
    door: Door, tmp_path: Path, content: bytes, name: str
) -> None:
    before = await door.draft()
    refused = await door.upload(content, name)
    told(refused, "evidence-type-not-allowed", "evidence-type", "name")
    assert refused["status"] == 422
    assert [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()] == []
    assert await door.draft() == before


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "=HYPERLINK(A1)"])
async def test_a_name_with_markup_or_formula_is_kept_as_the_text_it_is(door: Door, name: str) -> None:
    ended = await door.closing(companions=[{"name": name, "role": "third_party"}])
    read = await sign_all(door.people, "officer0", door.uid, ended)
    assert name in [one["name"] for one in read["companions"]]
