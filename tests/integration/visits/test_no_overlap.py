"""Whatever is proposed, declined and cancelled: no department ever has two live visits to one door on one day."""

import random
from datetime import timedelta

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.errors import RegistryError
from inspect_registry.visits import service
from inspect_registry.visits.errors import VisitOverlapsAnother
from tests.visits_builders import COORDINATOR, TODAY, District, a_district, a_part, a_visit, an_actor

OVERLAPS = """
    SELECT count(*) FROM visit_part AS one JOIN visit_part AS other
      ON one.id < other.id AND one.premises = other.premises AND one.department = other.department AND one.during && other.during
    WHERE one.state IN ('proposed', 'confirmed') AND other.state IN ('proposed', 'confirmed')
"""


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def test_random_proposals_declines_and_cancellations_leave_no_overlap(database, district, owner) -> None:
    dice = random.Random(22)
    places = [await district.shop() for _ in range(3)]
    live: list[str] = []
    refused = 0
    for _ in range(120):
        if live and dice.random() < 0.35:
            uid = dice.choice(live)
            try:
                if dice.random() < 0.5:
                    await service.cancel(database.acting(COORDINATOR), uid, "企业当日停业")
                else:
                    department = dice.choice(district.departments)
                    await service.decline(database.acting(an_actor(Role.CLERK, department)), uid, "人员不足")
            except RegistryError as error:
                assert error.code in {"visit-step-not-allowed", "visit-not-found"}  # noqa: PT017 - either is right
            continue
        enterprise, premises = dice.choice(places)
        departments = dice.sample(district.departments, dice.choice((1, 2)))
        try:
            _, uid = await a_visit(
                database,
                district,
                *(a_part(district, department) for department in departments),
                day=TODAY + timedelta(days=dice.randrange(4)),
                enterprise=enterprise,
                premises=premises,
            )
            live.append(uid)
        except VisitOverlapsAnother:
            refused += 1
    assert refused > 10
    assert len(live) > 20
    assert await owner.fetchval(OVERLAPS) == 0


async def test_the_check_above_can_fail(database, district, owner) -> None:
    await owner.execute("ALTER TABLE visit_part DROP CONSTRAINT visit_part_no_overlap")
    await a_visit(database, district)
    await a_visit(database, district)
    assert await owner.fetchval(OVERLAPS) == 1
