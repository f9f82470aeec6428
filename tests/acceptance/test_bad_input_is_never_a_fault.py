"""Whatever is sent to an operation of the API, the answer is no fault of ours, and tells in problem+json what is wrong."""

import random
from collections import Counter
from pathlib import Path

import asyncpg
import httpx
import pytest

from inspect_registry.db import Database
from tests.asked_badly import Asked, operations
from tests.asking import a_lived_in_district, asking_at, known_names

EACH = 6
"""Wrong requests of each sort for each operation."""
WHO = ("coordinator", "clerk0", "head0", "officer0", "keeper", "auditor")
SIGNERLESS = "signer-unavailable"
"""No signer runs beside this application; what it says to that is right whatever was asked."""


def faults(asked: Asked, answer: httpx.Response) -> list[str]:
    """Say what is wrong with an answer, whatever was asked."""
    media = answer.headers.get("content-type", "")
    if answer.status_code == 503 and answer.json()["code"] == SIGNERLESS:
        return []
    if answer.status_code >= 500:
        return [f"{answer.status_code} {answer.text[:200]} <- {asked}"]
    if answer.status_code >= 400 and media != "application/problem+json":
        return [f"{answer.status_code} as {media!r} <- {asked}"]
    if answer.status_code >= 400 and not (answer.json()["code"] and answer.json()["title"]):
        return [f"{answer.status_code} says nothing <- {asked}"]
    return []


async def test_bad_input_is_never_a_fault(
    database: Database, owner: asyncpg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(20261122)
    found: list[str] = []
    seen: Counter[int] = Counter()
    shut: list[str] = []
    district = await a_lived_in_district(database, owner)
    async with asking_at(database, district, tmp_path, monkeypatch) as asking:
        for operation in operations(await asking.document(), await known_names(owner)):
            allowed = []
            for who in WHO:
                asked = operation.plausible()
                answer = await asking.send(asked, who)
                found += faults(asked, answer)
                if answer.status_code not in (401, 403):
                    allowed.append(who)
            if not allowed:
                shut.append(operation.name)
            for asked in operation.wrong(dice, EACH):
                answer = await asking.send(asked, dice.choice(allowed or list(WHO)))
                seen[answer.status_code] += 1
                found += faults(asked, answer)
    assert not found, "\n".join([*found, str(seen)])
    assert shut == ["signIn"], f"nobody got in: {shut}"
    assert seen[429] < 30
    assert sum(seen.values()) > 1500


def an_answer(status: int, content: bytes, media: str) -> httpx.Response:
    return httpx.Response(status, content=content, headers={"content-type": media})


@pytest.mark.parametrize(
    "answer",
    [
        an_answer(500, b'{"code": "internal", "title": "x"}', "application/problem+json"),
        an_answer(503, b'{"code": "database-unavailable", "title": "x"}', "application/problem+json"),
        an_answer(404, b'{"detail": "Not Found"}', "application/json"),
        an_answer(400, b'{"code": "", "title": "x"}', "application/problem+json"),
    ],
)
def test_an_answer_that_is_a_fault_is_found(answer: httpx.Response) -> None:
    """The planted faults of this check itself."""
    assert faults(Asked(operation="x", method="GET", address="/"), answer)
