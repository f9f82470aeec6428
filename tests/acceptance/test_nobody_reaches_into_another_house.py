"""Every operation about one thing, asked by everybody whose thing it is not: as if there were no such thing.

Reliability test 27 (BOLA/BFLA): foreign and unknown are answered alike, and nothing is changed.
"""

import json
from pathlib import Path

import asyncpg
import httpx
import msgspec
import pytest

from inspect_registry.db import Database
from tests.asked_badly import Asked, Operation, operations
from tests.asking import TABLES, Asking, a_lived_in_district, asking_at, known_names

STRANGERS = ("clerk1", "head1", "officer1", "rival")
SHARED = {"readEnterprise", "readEnterpriseHistory", "readInspector"}
"""The register of who is inspected, and of who inspects, is every department's; it is no enterprise's."""
UNKNOWN = "n" * 26
STATE = "SELECT md5(coalesce(string_agg(row_to_json(t)::text, '' ORDER BY id), '')) FROM \"{}\" AS t"


def segment(operation: Operation) -> str:
    """What a path's uid is the identity of: `visits`, `codes` …"""
    return operation.path.split("/{uid}")[0].rsplit("/", 1)[-1]


def told(answer: httpx.Response) -> tuple[object, ...]:
    """What an answer gives away."""
    if answer.status_code < 400:
        return (answer.status_code,)
    problem = answer.json()
    return (answer.status_code, problem["code"], problem.get("detail", ""))


async def some_papers(asking: Asking, known: dict[str, str]) -> None:
    """Let the first department and the enterprise leave more things behind: a paper, an objection."""
    words = json.dumps({"words": "当时现场温度计读数有误，请复核"}).encode()
    for who, address, body in (
        ("clerk0", f"/api/v1/inspections/{known['inspections']}/record", None),
        ("keeper", f"/api/v1/inspections/{known['inspections']}/objections", words),
    ):
        answer = await asking.send(Asked(operation="", method="POST", address=address, body=body), who)
        assert answer.status_code in (200, 201), answer.text


async def doors(asking: Asking, known: dict[str, str]) -> tuple[set[str], list[str]]:
    """Try every operation about one thing as every stranger; return what was tried, and what gave something away."""
    open_doors, tried = [], set()
    for operation in operations(await asking.document(), known):
        if "{uid}" not in operation.path or segment(operation) not in known:
            continue
        for who in STRANGERS:
            real = operation.plausible()
            unknown = msgspec.structs.replace(real, address=real.address.replace(known[segment(operation)], UNKNOWN))
            assert unknown.address != real.address
            foreign, nothing = told(await asking.send(real, who)), told(await asking.send(unknown, who))
            if foreign != nothing and not (operation.name in SHARED and who != "rival"):
                open_doors.append(f"{who} {real}: {foreign} instead of {nothing}")
            tried.add(operation.name)
    return tried, open_doors


async def test_nobody_reaches_into_another_house(
    database: Database, owner: asyncpg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = await a_lived_in_district(database, owner)
    async with asking_at(database, district, tmp_path, monkeypatch) as asking:
        await some_papers(asking, await known_names(owner))
        known = await known_names(owner)
        watched = sorted({TABLES[name] for name in known if name in TABLES})
        before = [await owner.fetchval(STATE.format(table)) for table in watched]
        tried, open_doors = await doors(asking, known)
        after = [await owner.fetchval(STATE.format(table)) for table in watched]
    assert not open_doors, "\n".join(open_doors)
    assert before == after
    assert len(tried) > 70


async def test_a_wall_that_is_gone_is_missed(
    database: Database, owner: asyncpg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault of this check itself: without row-level security of orders and objections."""
    district = await a_lived_in_district(database, owner)
    for table in ("objection", "rectification"):
        await owner.execute(f"ALTER TABLE ir.{table} DISABLE ROW LEVEL SECURITY")
    async with asking_at(database, district, tmp_path, monkeypatch) as asking:
        await some_papers(asking, await known_names(owner))
        _, open_doors = await doors(asking, await known_names(owner))
    assert open_doors
