"""Thousands of codes: no pattern to guess from, nothing to be hit, every stranger told, one winner in every race."""

import asyncio
import math
import random
import secrets
import statistics
import time
from datetime import UTC, datetime

import asyncpg
import pytest

from inspect_registry.actor import ANONYMOUS, SYSTEM, Actor, Role
from inspect_registry.clock import SetClock
from inspect_registry.codes import service
from inspect_registry.codes.desk import CodeDesk
from inspect_registry.codes.errors import ArrivalAlreadyConfirmed
from inspect_registry.codes.payload import TOKEN_BYTES, code_id_of, parse, to_text
from inspect_registry.db import Database
from tests.code_builders import a_key_ring
from tests.code_world import World, a_desk

pytestmark = [pytest.mark.asyncio, pytest.mark.long]


async def more_visits(owner: asyncpg.Connection, world: World, count: int) -> list[int]:
    """Copy the approved visit to other premises of the same shop."""
    await owner.execute(
        """INSERT INTO premises (uid, enterprise, address, site, town, position)
           SELECT lpad(n::text, 26, 'y'), enterprise, address || n, site || n, town, n + 1
           FROM premises, generate_series(1, $1) AS n WHERE premises.id = $2""",
        count,
        world.premises,
    )
    rows = await owner.fetch(
        """INSERT INTO visit (uid, month, enterprise, premises, day, lead, state, approved_at, approved_by)
           SELECT 'z' || right(p.uid, 25), month, visit.enterprise, p.id, day, lead, 'approved', approved_at, approved_by
           FROM visit, premises AS p WHERE visit.id = $1 AND p.uid LIKE 'y%' RETURNING id""",
        world.visit,
    )
    visits = [row["id"] for row in rows]
    await owner.execute(
        """WITH parts AS (
             INSERT INTO visit_part (uid, visit, department, premises, during, state, minutes, approved_at, approved_by)
             SELECT 'w' || right(visit.uid, 25), visit.id, department, visit.premises, during, part.state, minutes,
               part.approved_at, part.approved_by
             FROM visit_part AS part, visit WHERE part.id = $1 AND visit.id = ANY ($2) RETURNING id),
           matters AS (
             INSERT INTO visit_matter (part, matter)
             SELECT parts.id, matter FROM parts, visit_matter WHERE visit_matter.part = $1)
           INSERT INTO visit_inspector (part, inspector)
           SELECT parts.id, inspector FROM parts, visit_inspector WHERE visit_inspector.part = $1""",
        world.part,
        visits,
    )
    return visits


async def test_ten_thousand_codes_show_no_pattern_and_fifty_thousand_guesses_hit_nothing(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = await more_visits(owner, world, 10_000)
    monkeypatch.setattr(database, "random", secrets.token_bytes)
    assert await service.issue_bulk(database.acting(SYSTEM), visits) == 10_000
    ids = [code_id_of(row["uid"]) for row in await owner.fetch("SELECT uid FROM code ORDER BY id")]
    assert len(set(ids)) == 10_000
    counts = [sum(one[bit // 8] >> bit % 8 & 1 for one in ids) for bit in range(128)]
    sigma = math.sqrt(len(ids)) / 2
    assert all(abs(count - len(ids) / 2) < 4.5 * sigma for count in counts)
    assert abs(sum(counts) - 64 * len(ids)) < 4 * math.sqrt(128 * len(ids)) / 2
    rng = random.Random(17)
    for _ in range(50_000):
        answer = await desk.answer(to_text(bytes([1, 1]) + rng.randbytes(TOKEN_BYTES - 2)), ANONYMOUS)
        assert answer.verdict == "unknown"
    await desk.flush()
    assert await owner.fetchval("SELECT count(*) FROM code_scan") == 0


async def test_unknown_malformed_foreign_and_expired_take_the_same_time(
    database: Database, world: World, desk: CodeDesk, clock: SetClock
) -> None:
    await service.issue_bulk(database.acting(SYSTEM), [world.visit])
    row = await service.code_of_visit(database.acting(SYSTEM), world.visit)
    code = await service.code_to_print(database.acting(SYSTEM), row.uid)
    whole = parse(desk.live(code).token)
    foreign = a_desk(database, a_key_ring(9)).live(code).token
    clock.set(datetime(2026, 11, 21, 2, 0, tzinfo=UTC))
    texts = {
        "unknown": to_text(whole.body + whole.signature + bytes(10)),
        "malformed": whole.text[:-1] + "1",
        "foreign": foreign,
        "expired": desk.live(code).token,
    }
    times: dict[str, list[float]] = {name: [] for name in texts}
    for _ in range(2000):
        for name, text in texts.items():
            begun = time.perf_counter()
            await desk.answer(text, ANONYMOUS)
            times[name].append(time.perf_counter() - begun)
    medians = {name: statistics.median(values) for name, values in times.items()}
    assert max(medians.values()) - min(medians.values()) < 0.002, medians


async def test_a_hundred_strangers_are_told_and_each_raises_one_alarm(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection
) -> None:
    visits = await more_visits(owner, world, 100)
    await service.issue_bulk(database.acting(SYSTEM), visits)
    uids = [row["uid"] for row in await owner.fetch("SELECT uid FROM code")]
    for number, uid in enumerate(uids):
        code = await service.code_to_print(database.acting(SYSTEM), uid)
        stranger = Actor(role=Role.ENTERPRISE, person=number + 1, enterprise=world.other_enterprise)
        for _ in range(2):
            assert (await desk.answer(desk.live(code).token, stranger)).verdict == "wrong_enterprise"
    await desk.flush()
    assert await owner.fetchval("SELECT count(*) FROM code_alarm") == 100


async def test_of_a_hundred_parallel_starts_exactly_one_wins_every_time(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection
) -> None:
    visits = await more_visits(owner, world, 20)
    await service.issue_bulk(database.acting(SYSTEM), visits)
    for row in await owner.fetch("SELECT uid FROM code"):
        code = await service.code_to_print(database.acting(SYSTEM), row["uid"])
        token = desk.live(code).token
        outcomes = []
        for _batch in range(5):
            outcomes += await asyncio.gather(
                *[desk.confirm_signed_in(database.acting(world.keeper), token) for _ in range(20)],
                return_exceptions=True,
            )
        assert sum(not isinstance(one, BaseException) for one in outcomes) == 1
        assert {type(one) for one in outcomes if isinstance(one, BaseException)} == {ArrivalAlreadyConfirmed}
    assert await owner.fetchval("SELECT count(*) FROM arrival") == 20
