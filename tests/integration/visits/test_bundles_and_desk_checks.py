"""What the service gives the planner besides single visits: trade bundles, desk checks, drawn inspectors, caps shared out."""

from datetime import date

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.db import Database
from inspect_registry.visits import listing, merge, runs, service
from inspect_registry.visits.errors import InspectorNotDrawn
from tests.visits_builders import COORDINATOR, District, a_district, a_part, a_visit, an_actor

MONTH = date(2026, 12, 1)


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def merged(database: Database) -> runs.MergeRunView:
    return await merge.merge_month(database.acting(COORDINATOR), MONTH, seconds=0.2)


async def visits(database: Database) -> list[listing.VisitView]:
    return await listing.visits_of_month(database.acting(COORDINATOR), MONTH)


async def bundle(district: District, lead: int, *matters: int) -> None:
    made = await district.add(
        "bundle", uid=district.uid("bundle"), region="310114", code="canyin", name="餐饮一业一查", lead=lead, industries=["H62"], tags=[],
        version=1, published_on=date(2024, 1, 1),
    )  # fmt: skip
    for matter in matters:
        await district.owner.execute("INSERT INTO bundle_matter VALUES ($1, $2)", made, matter)


async def test_a_bundle_goes_together_under_its_lead_or_not_at_all(database, district, owner) -> None:
    market, fire = district.departments
    await district.check(market, date(2026, 12, 7), date(2026, 12, 18))
    await district.check(fire, date(2026, 12, 14), date(2026, 12, 31))
    await bundle(district, fire, district.matters[market][0], district.matters[fire][0])
    await merged(database)
    (joint,) = await visits(database)
    assert joint.joint
    assert joint.lead == "区消防救", "the bundle's lead, not the longest share"
    assert "一业一查" in joint.reasons[0]["sentence"]

    await owner.execute("UPDATE inspector SET state = 'suspended' WHERE department = $1", fire)
    run = await merged(database)
    assert {one.bundle for one in run.unserved} == {"餐饮一业一查"}
    assert len(run.unserved) == 2, "one department without people keeps the whole bundle out"


async def test_a_bundle_whose_windows_never_meet_does_not_make_its_checks_impossible(database, district) -> None:
    market, fire = district.departments
    await district.check(market, date(2026, 12, 7), date(2026, 12, 8))
    await district.check(fire, date(2026, 12, 14), date(2026, 12, 31))
    await bundle(district, fire, district.matters[market][0], district.matters[fire][0])
    run = await merged(database)
    assert (run.visits, run.unserved) == (2, [])


async def test_a_desk_check_takes_a_day_and_people_but_knocks_on_no_door(database, district, owner) -> None:
    market = district.departments[0]
    papers = await district.check(market, date(2026, 12, 7), date(2026, 12, 18), onsite=False)
    await district.check(market, date(2026, 12, 7), date(2026, 12, 18))
    run = await merged(database)
    assert (run.checks, run.visits, run.naive_visits, run.unserved) == (2, 1, 1, [])
    (desk,) = await runs.desk_checks(database.acting(COORDINATOR), MONTH)
    assert desk.uid == await district.uid_of("check", papers)
    assert date(2026, 12, 7) <= desk.day <= date(2026, 12, 18)
    assert len(desk.inspectors) == 2
    assert await owner.fetchval('SELECT count(*) FROM visit_check WHERE "check" = $1', papers) == 0
    again = await merged(database)
    assert again.changes == []
    assert await runs.desk_checks(database.acting(COORDINATOR), MONTH) == [desk], "planned again, it stays"
    other = an_actor(Role.CLERK, district.departments[1])
    assert await runs.desk_checks(database.acting(other), MONTH) == []


async def test_only_drawn_inspectors_go(database, district, owner) -> None:
    market = district.departments[0]
    check = await district.check(market, date(2026, 12, 7), date(2026, 12, 18))
    drawn = district.inspectors[market][1:]
    for place, inspector in enumerate(drawn, 1):
        await owner.execute("INSERT INTO check_inspector VALUES ($1, $2, $3)", check, inspector, place)
    await merged(database)
    (visit,) = await visits(database)
    names = {one.uid for one in visit.parts[0].inspectors}
    assert names == {await district.uid_of("inspector", one) for one in drawn}


async def test_too_few_drawn_inspectors_leave_the_check_unserved_and_say_so(database, district, owner) -> None:
    market = district.departments[0]
    check = await district.check(market, date(2026, 12, 7), date(2026, 12, 18))
    await owner.execute("INSERT INTO check_inspector VALUES ($1, $2)", check, district.inspectors[market][0])
    run = await merged(database)
    (unserved,) = run.unserved
    assert unserved.rules == ["H8"]
    assert "抽取名单" in unserved.remedy


async def test_a_head_cannot_approve_people_who_were_not_drawn(database, district, owner) -> None:
    market = district.departments[0]
    check = await district.check(market, date(2026, 12, 1), date(2026, 12, 18))
    await owner.execute("INSERT INTO check_inspector VALUES ($1, $2)", check, district.inspectors[market][2])
    part = a_part(district, market, checks=(check,))
    _, uid = await a_visit(database, district, part, day=date(2026, 12, 8))
    await service.confirm(database.acting(an_actor(Role.CLERK, market)), uid)
    with pytest.raises(InspectorNotDrawn):
        await service.approve_visit(database.acting(an_actor(Role.HEAD, market)), uid)


async def test_the_cap_of_an_enterprise_with_two_places_is_not_exceeded_by_both_together(
    database, district, owner
) -> None:
    market = district.departments[0]
    second = await district.add(
        "premises",
        uid=district.uid("prem"),
        enterprise=district.enterprise,
        position=2,
        address="二店",
        site="二店",
        town="310114004",
    )
    for place in (district.premises, second):
        for _ in range(2):
            alone = await district.matter(market, mergeable=False)
            await district.check(market, date(2026, 12, 7), date(2026, 12, 31), premises=place, matters=(alone,))
    await owner.execute(
        "INSERT INTO quota (enterprise, department, year, cap, used) VALUES ($1, $2, 2026, 3, 1), ($1, 0, 2026, 9, 1)",
        district.enterprise,
        market,
    )
    run = await merged(database)
    assert run.visits == 2
    assert len(run.unserved) == 2
    assert all("H10" in one.rules for one in run.unserved)
