"""After any course of confirming, approving, declining and cancelling, the quota rows say what really stands."""

import random
from datetime import timedelta

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.errors import RegistryError
from inspect_registry.visits import service
from tests.visits_builders import COORDINATOR, TODAY, District, a_district, a_part, a_visit, an_actor

MISMATCHES = """
    WITH stands AS (
      SELECT visit.enterprise, visit_part.department, count(*) FILTER (WHERE visit_part.counted) AS used,
        count(*) FILTER (WHERE NOT visit_part.counted) AS exempt_used
      FROM visit_part JOIN visit ON visit.id = visit_part.visit
      WHERE visit_part.state = 'confirmed' AND visit_part.approved_at IS NOT NULL
      GROUP BY visit.enterprise, visit_part.department
      UNION ALL
      SELECT visit.enterprise, 0, count(DISTINCT visit.id), 0
      FROM visit_part JOIN visit ON visit.id = visit_part.visit
      WHERE visit_part.state = 'confirmed' AND visit_part.approved_at IS NOT NULL AND visit_part.counted
      GROUP BY visit.enterprise
    )
    SELECT quota.enterprise, quota.department, quota.used, stands.used
    FROM quota FULL JOIN stands USING (enterprise, department)
    WHERE coalesce(quota.used, 0) <> coalesce(stands.used, 0)
       OR coalesce(quota.exempt_used, 0) <> coalesce(stands.exempt_used, 0)
       OR quota.used > quota.cap
"""
STEPS = ("propose", "confirm", "approve", "decline", "cancel")
WEIGHTS = (3, 5, 6, 1, 1)
EXPECTED = {
    "visit-step-not-allowed",
    "visit-not-found",
    "visit-overlaps-another",
    "frequency-cap-reached",
}


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest.mark.parametrize("seed", [1, 2])
async def test_quotas_equal_what_is_approved_and_live_whatever_was_done(database, district, owner, seed: int) -> None:
    dice = random.Random(seed)
    shops = [await district.shop() for _ in range(3)]
    uids: list[str] = []
    seen: set[str] = set()
    approved = 0
    for _ in range(140):
        department = dice.choice(district.departments)
        clerk, head = an_actor(Role.CLERK, department), an_actor(Role.HEAD, department)
        uid = dice.choice(uids[-5:]) if uids else ""
        step = dice.choices(STEPS, WEIGHTS)[0]
        try:
            if step == "propose" or not uid:
                enterprise, premises = dice.choice(shops)
                departments = dice.sample(district.departments, dice.choice((1, 2)))
                parts = [a_part(district, one, counted=dice.random() < 0.8) for one in departments]
                day = TODAY + timedelta(days=dice.randrange(8))
                made = await a_visit(database, district, *parts, day=day, enterprise=enterprise, premises=premises)
                uids.append(made[1])
            elif step == "confirm":
                await service.confirm(database.acting(clerk), uid)
            elif step == "approve":
                await service.approve_visit(database.acting(head), uid)
                approved += 1
            elif step == "decline":
                await service.decline(database.acting(clerk), uid, "人员不足")
            else:
                await service.cancel(database.acting(COORDINATOR), uid, "企业停业")
        except RegistryError as error:
            seen.add(error.code)
    assert seen <= EXPECTED
    assert await owner.fetch(MISMATCHES) == []
    assert approved >= 4


async def test_the_check_above_can_fail(database, district, owner) -> None:
    await a_visit(database, district)
    month = TODAY.replace(day=1)
    await service.confirm_month(database.acting(an_actor(Role.CLERK, district.departments[0])), month)
    await service.approve_month(database.acting(an_actor(Role.HEAD, district.departments[0])), month)
    assert await owner.fetch(MISMATCHES) == []
    await owner.execute("UPDATE quota SET used = 0")
    assert len(await owner.fetch(MISMATCHES)) == 2
