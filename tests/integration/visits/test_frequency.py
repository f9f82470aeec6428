"""The cap of an enterprise over all departments, and the lists of who is inspected often: where each bites and where not."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.errors import RegistryError
from inspect_registry.visits import service
from inspect_registry.visits.errors import FrequencyCapReached
from inspect_registry.visits.frequency import frequent
from tests.visits_builders import COORDINATOR, TODAY, District, a_district, a_part, a_visit, an_actor


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def quota(district: District, department: int, cap: int, used: int, exempt: int = 0, enterprise: int = 0) -> None:
    await district.owner.execute(
        "INSERT INTO quota (enterprise, department, year, cap, used, exempt_used) VALUES ($1, $2, 2026, $3, $4, $5)",
        enterprise or district.enterprise,
        department,
        cap,
        used,
        exempt,
    )


async def confirmed(database, district, department: int, **facts) -> str:
    counted = facts.pop("counted", True)
    _, uid = await a_visit(database, district, a_part(district, department, counted=counted), **facts)
    await service.confirm(database.acting(an_actor(Role.CLERK, department)), uid)
    return uid


async def approve(database, department: int, uid: str):
    return await service.approve_visit(database.acting(an_actor(Role.HEAD, department)), uid)


async def test_the_cap_of_the_enterprise_binds_a_department_that_has_room_of_its_own(database, district) -> None:
    market, fire = district.departments
    await quota(district, 0, cap=4, used=4)
    await quota(district, market, cap=2, used=2)
    await quota(district, fire, cap=2, used=0)
    uid = await confirmed(database, district, fire)
    with pytest.raises(FrequencyCapReached, match="上限4次"):
        await approve(database, fire, uid)


async def test_it_does_not_bind_exempt_visits_other_enterprises_or_next_year(database, district, owner) -> None:
    _, fire = district.departments
    await quota(district, 0, cap=4, used=4)
    exempt = await confirmed(database, district, fire, counted=False)
    assert (await approve(database, fire, exempt)).state == "approved"
    enterprise, premises = await district.shop()
    other = await confirmed(
        database, district, fire, enterprise=enterprise, premises=premises, day=TODAY + timedelta(days=3)
    )
    assert (await approve(database, fire, other)).state == "approved"
    january = TODAY.replace(year=2027, month=1, day=8)
    later = await confirmed(database, district, fire, day=january)
    assert (await approve(database, fire, later)).state == "approved"
    rows = await owner.fetch(
        "SELECT year, used, exempt_used FROM quota WHERE enterprise = $1 AND department = $2 ORDER BY year",
        district.enterprise,
        fire,
    )
    assert [tuple(row) for row in rows] == [(2026, 0, 1), (2027, 1, 0)]


async def test_fifty_parallel_approvals_of_two_departments_share_the_enterprises_cap(database, district, owner) -> None:
    market, fire = district.departments
    await quota(district, 0, cap=5, used=0)
    for department in (market, fire):
        await quota(district, department, cap=40, used=0)
    tries = []
    for number in range(50):
        department = (market, fire)[number % 2]
        _, place = await district.shop()
        await owner.execute(
            "UPDATE premises SET enterprise = $1, position = $2 WHERE id = $2", district.enterprise, place
        )
        tries.append((department, (await a_visit(database, district, a_part(district, department), premises=place))[1]))
    for department in (market, fire):
        await service.confirm_month(database.acting(an_actor(Role.CLERK, department)), TODAY.replace(day=1))

    async def attempt(department: int, uid: str) -> str:
        try:
            await approve(database, department, uid)
        except RegistryError as error:
            return error.code
        return "approved"

    outcomes = await asyncio.gather(*[attempt(*one) for one in tries])
    assert (outcomes.count("approved"), outcomes.count("frequency-cap-reached")) == (5, 45)
    used = await owner.fetch("SELECT department, used FROM quota ORDER BY department")
    assert used[0]["used"] == 5 == sum(row["used"] for row in used[1:])


async def test_used_up_caps_and_many_exempt_visits_are_listed_apart(database, district) -> None:
    market, fire = district.departments
    await quota(district, market, cap=2, used=2)
    await quota(district, fire, cap=2, used=0, exempt=3)
    quiet_one, _ = await district.shop()
    await quota(district, market, cap=2, used=1, exempt=2, enterprise=quiet_one)
    everything = await frequent(database.acting(COORDINATOR), 2026)
    assert [(one.used, one.exempt_used, one.cap_used_up, one.exempt_warned) for one in everything] == [
        (0, 3, False, True),
        (2, 0, True, False),
    ]
    mine = await frequent(database.acting(an_actor(Role.CLERK, market)), 2026)
    assert [(one.department, one.cap_used_up) for one in mine] == [("区市场监", True)]
    assert await frequent(database.acting(COORDINATOR), 2025) == []
    boss = an_actor(Role.ENTERPRISE, 0, enterprise=district.enterprise)
    assert await frequent(database.acting(boss), 2026) == []
