"""Another condition is tried out: the run is kept and compared, and no visit changes."""

from datetime import date

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.db import Database
from inspect_registry.errors import NotAllowed
from inspect_registry.visits import comparing, merge, runs, service
from inspect_registry.visits.comparing import PageOfPlaces
from inspect_registry.visits.differences import PlaceKind, RunComparison
from inspect_registry.visits.errors import RunNotFound, RunsNotComparable, ScenarioUnsound
from inspect_registry.visits.orders import WhatIfOrder
from inspect_registry.visits.run_rows import Purpose
from inspect_registry.visits.scenario import MoreInspectors, Scenario
from tests.visits_builders import COORDINATOR, District, a_district, an_actor

MONTH = date(2026, 12, 1)


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    made = await a_district(owner)
    for department in made.departments:
        await made.check(department, date(2026, 12, 7), date(2026, 12, 18))
    return made


async def merged(database: Database) -> runs.MergeRunView:
    return await merge.merge_month(database.acting(COORDINATOR), MONTH, seconds=0.2)


async def tried(database: Database, **scenario) -> runs.MergeRunView:
    order = WhatIfOrder(month=MONTH, scenario=Scenario(**scenario), seconds=0.2)
    return await merge.try_month(database.acting(COORDINATOR), order)


async def compared(database: Database, before: str, after: str, actor=COORDINATOR) -> RunComparison:
    return await comparing.compare_runs(database.acting(actor), before, after, PageOfPlaces())


def figure(comparison: RunComparison, key: str) -> tuple[float, float, bool | None]:
    one = next(one for one in comparison.figures if one.key == key)
    return one.before, one.after, one.better


async def test_without_merging_the_same_checks_need_more_visits(database, district, owner) -> None:
    real = await merged(database)
    before = await owner.fetch("SELECT id, state, day FROM visit ORDER BY id")
    apart = await tried(database, merging=False)
    assert (real.visits, apart.visits, apart.purpose) == (1, 2, Purpose.WHAT_IF)
    assert real.naive_visits == apart.visits, "the avoided visits are the very same plan"
    assert await owner.fetch("SELECT id, state, day FROM visit ORDER BY id") == before
    told = await compared(database, real.uid, apart.uid)
    assert figure(told, "visits") == (1, 2, False)
    (place,) = told.places
    assert (place.kind, len(place.before), len(place.after)) == (PlaceKind.MORE, 1, 2)
    assert place.before[0].departments == ["区市场监", "区消防救"]
    assert (told.before_told, told.after_told) == ("正式安排", "假设：各部门单独检查（不合并）")
    assert [line.department for line in told.loads] == ["区市场监", "区消防救"]
    assert all(line.before and line.before > 0 for line in told.loads)
    entry = await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'merge.tried'")
    assert entry == 1


async def test_what_was_answered_stands_in_a_what_if_but_not_where_nothing_is_merged(database, district) -> None:
    await merged(database)
    assert await service.confirm_month(database.acting(an_actor(Role.CLERK, district.departments[0])), MONTH) == 1
    assert (await tried(database)).visits == 1
    assert (await tried(database, merging=False)).visits == 2


async def test_quiet_days_and_more_people_change_who_is_served(database, district, owner) -> None:
    market = district.departments[0]
    await owner.execute("UPDATE inspector SET state = 'suspended' WHERE id = ANY($1)", district.inspectors[market][1:])
    short = await merged(database)
    uid = await district.uid_of("department", market)
    helped = await tried(database, more_inspectors=(MoreInspectors(department=uid, count=1),))
    assert (len(short.unserved), len(helped.unserved)) == (1, 0)
    told = await compared(database, short.uid, helped.uid)
    assert [line.department for line in told.newly_served] == ["区市场监"]
    assert told.newly_served[0].sentence
    assert told.no_longer_served == []
    assert figure(told, "unserved") == (1, 0, True)
    assert "增加1名执法人员" in told.after_told
    shut = await tried(database, quiet_days=tuple(range(1, 32)))
    assert len(shut.unserved) == 2
    assert await owner.fetchval("SELECT count(*) FROM visit WHERE state <> 'cancelled'") == 1


async def test_a_scenario_about_nothing_is_refused(database, district, owner) -> None:
    with pytest.raises(ScenarioUnsound) as caught:
        await tried(database, more_inspectors=(MoreInspectors(department="nobody", count=1),))
    assert caught.value.places[0].text == "nobody"
    await district.check(district.departments[0], date(2027, 2, 1), date(2027, 2, 26))
    order = WhatIfOrder(month=date(2027, 2, 1), scenario=Scenario(quiet_days=(31,)), seconds=0.2)
    with pytest.raises(ScenarioUnsound):
        await merge.try_month(database.acting(COORDINATOR), order)
    assert await owner.fetchval("SELECT count(*) FROM merge_run") == 0


async def test_only_runs_of_one_month_that_exist_are_compared(database, district) -> None:
    real = await merged(database)
    await district.check(district.departments[0], date(2027, 1, 4), date(2027, 1, 29))
    other = await merge.merge_month(database.acting(COORDINATOR), date(2027, 1, 1), seconds=0.2)
    with pytest.raises(RunsNotComparable):
        await compared(database, real.uid, other.uid)
    with pytest.raises(RunNotFound):
        await compared(database, real.uid, "none")


async def test_a_department_compares_its_own_and_an_enterprise_nothing(database, district) -> None:
    real, apart = await merged(database), await tried(database, merging=False)
    told = await compared(database, real.uid, apart.uid, an_actor(Role.CLERK, district.departments[1]))
    assert [line.department for line in told.loads] == ["区消防救"]
    assert {one for place in told.places for knock in place.after for one in knock.departments} <= {"区消防救"}
    shopkeeper = an_actor(Role.ENTERPRISE, 0, person=7, enterprise=district.enterprise)
    for reading in (
        runs.last_run(database.acting(shopkeeper), MONTH),
        compared(database, real.uid, apart.uid, shopkeeper),
    ):
        with pytest.raises(NotAllowed):
            await reading


async def test_runs_of_a_month_are_listed_newest_first(database, district) -> None:
    real = await merged(database)
    apart = await tried(database, merging=False)
    listed = await runs.runs_of_month(database.acting(COORDINATOR), MONTH)
    assert [(one.uid, one.purpose) for one in listed] == [(apart.uid, Purpose.WHAT_IF), (real.uid, Purpose.MERGE)]
    assert (await runs.last_run(database.acting(COORDINATOR), MONTH)).uid == real.uid, "a what-if is not the plan"
    assert (await runs.run(database.acting(COORDINATOR), apart.uid)).scenario == Scenario(merging=False)
    (planned,) = await runs.months(database.acting(COORDINATOR))
    assert (planned.month, planned.checks, planned.newest) == (MONTH, 2, real.uid)


async def test_the_avoided_visits_of_a_month_do_not_shrink_when_visits_begin(database, district, owner) -> None:
    real = await merged(database)
    assert (real.naive_visits, real.avoided) == (2, 1)
    for department in district.departments:
        await service.confirm_month(database.acting(an_actor(Role.CLERK, department)), MONTH)
        await service.approve_month(database.acting(an_actor(Role.HEAD, department)), MONTH)
    await owner.execute("UPDATE visit SET state = 'under_way', started_at = now()")
    _, elsewhere = await district.shop()
    await district.check(district.departments[0], date(2026, 12, 7), date(2026, 12, 18), premises=elsewhere)
    again = await merged(database)
    assert (again.visits, again.naive_visits, again.avoided) == (2, 3, 1)
