"""A month of the whole district becomes visits: merged, stored with reasons, planned anew without losing what stands."""

from datetime import date
from time import perf_counter

import asyncpg
import msgspec
import pytest

from inspect_registry.actor import Role
from inspect_registry.db import Database
from inspect_registry.errors import IdempotencyKeyReused, NotAllowed
from inspect_registry.planning.problem import Placement, Plan
from inspect_registry.planning.solve import Effort, Solution
from inspect_registry.visits import listing, merge, runs, service
from inspect_registry.visits.asking import problem_of
from inspect_registry.visits.errors import MergeOvertaken, NothingToPlan
from inspect_registry.visits.model import PartState, VisitState
from inspect_registry.visits.month_reading import month_to_plan
from inspect_registry.visits.solving import Solved, plan_month
from tests.visits_builders import COORDINATOR, District, a_district, an_actor

MONTH = date(2026, 12, 1)


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def merged(database: Database, seed: int = 0) -> runs.MergeRunView:
    return await merge.merge_month(database.acting(COORDINATOR), MONTH, seconds=0.2, seed=seed)


async def test_overlapping_checks_of_two_departments_become_one_visit_with_its_reason(
    database, district, owner
) -> None:
    market, fire = district.departments
    await district.check(market, date(2026, 12, 1), date(2026, 12, 18))
    await district.check(fire, date(2026, 12, 14), date(2026, 12, 31))
    run = await merged(database)
    assert (run.checks, run.visits, run.joint_visits, run.naive_visits, run.avoided) == (2, 1, 1, 2, 1)
    (seen,) = await listing.visits_of_month(database.acting(COORDINATOR), MONTH)
    assert date(2026, 12, 14) <= seen.day <= date(2026, 12, 18)
    assert seen.joint
    assert {part.department for part in seen.parts} == {"区市场监督管理局", "区消防救援支队"}
    assert all(len(part.inspectors) == 2 for part in seen.parts)
    assert seen.reasons[0]["kind"] == "merged"
    assert seen.reasons[0]["sentence"]
    entry = await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'visit.merged'")
    assert entry == 1


async def test_windows_that_do_not_meet_stay_apart(database, district, owner) -> None:
    market, fire = district.departments
    await district.check(market, date(2026, 12, 1), date(2026, 12, 4))
    await district.check(fire, date(2026, 12, 14), date(2026, 12, 31))
    run = await merged(database)
    assert (run.visits, run.joint_visits, run.avoided) == (2, 0, 0)


async def test_an_unannounced_check_never_joins_an_announced_visit(database, district, owner) -> None:
    market, fire = district.departments
    secret = await district.matter(market, disclosure="afterwards", mergeable=False)
    await district.check(market, date(2026, 12, 1), date(2026, 12, 18), matters=(secret,))
    await district.check(fire, date(2026, 12, 1), date(2026, 12, 18))
    await merged(database)
    seen = await listing.visits_of_month(database.acting(COORDINATOR), MONTH)
    assert sorted((one.announced, len(one.parts)) for one in seen) == [(False, 1), (True, 1)]


async def test_the_same_input_and_seed_give_the_same_visits(database, district, owner) -> None:
    for _ in range(6):
        _, place = await district.shop()
        for department in district.departments:
            await district.check(department, date(2026, 12, 2), date(2026, 12, 24), premises=place)
    await merged(database, seed=5)
    first = await owner.fetch("SELECT premises, day FROM visit ORDER BY id")
    again = await merged(database, seed=5)
    assert (again.kept, again.withdrawn) == (len(first), 0)
    assert await owner.fetchval("SELECT count(*) FROM visit") == len(first)


async def test_what_is_answered_stays_and_a_declined_check_is_planned_anew_alone(database, district, owner) -> None:
    market, fire = district.departments
    await district.check(market, date(2026, 12, 1), date(2026, 12, 18))
    await district.check(fire, date(2026, 12, 1), date(2026, 12, 18))
    await merged(database)
    (before,) = await listing.visits_of_month(database.acting(COORDINATOR), MONTH)
    await service.confirm(database.acting(an_actor(Role.CLERK, market)), before.uid)
    await service.decline(database.acting(an_actor(Role.CLERK, fire)), before.uid, "当月人员调训")
    await merged(database)
    after = {one.uid: one for one in await listing.visits_of_month(database.acting(COORDINATOR), MONTH)}
    kept = after.pop(before.uid)
    assert (kept.day, kept.state) == (before.day, VisitState.CONFIRMED)
    (alone,) = after.values()
    assert [(part.department, part.state) for part in alone.parts] == [("区消防救援支队", PartState.PROPOSED)]
    live = await owner.fetch('SELECT "check" FROM visit_check WHERE live')
    assert len({row["check"] for row in live}) == len(live) == 2


async def test_caps_and_people_leave_checks_unserved_with_reason_and_remedy(database, district, owner) -> None:
    market = district.departments[0]
    await owner.execute(
        "INSERT INTO quota (enterprise, department, year, cap, used) VALUES ($1, $2, 2026, 2, 2)",
        district.enterprise,
        market,
    )
    check = await district.check(market, date(2026, 12, 1), date(2026, 12, 18))
    run = await merged(database)
    assert run.visits == 0
    (unserved,) = run.unserved
    assert unserved.check == await district.uid_of("check", check)
    assert unserved.sentence
    assert (await runs.last_run(database.acting(COORDINATOR), MONTH)).unserved == run.unserved


async def test_a_second_visit_of_one_department_on_one_day_is_left_out_not_failed(database, district, owner) -> None:
    market = district.departments[0]
    for _ in range(2):
        alone = await district.matter(market, mergeable=False)
        await district.check(market, date(2026, 12, 8), date(2026, 12, 8), matters=(alone,))
    run = await merged(database)
    assert run.visits == 1
    assert [one.rules for one in run.unserved] == [["visit_part_no_overlap"]]


async def test_the_same_key_is_answered_alike_and_merges_once(database, district, owner) -> None:
    await district.check(district.departments[0], date(2026, 12, 1), date(2026, 12, 18))
    acting = database.acting(COORDINATOR, "merge-key")
    first = await merge.merge_month(acting, MONTH, seconds=0.2)
    again = await merge.merge_month(acting, MONTH, seconds=0.2)
    assert again == first
    assert await owner.fetchval("SELECT count(*) FROM merge_run") == 1
    with pytest.raises(IdempotencyKeyReused):
        await merge.merge_month(acting, MONTH, seconds=0.2, seed=9)


async def test_a_merge_that_was_overtaken_stores_nothing(database, district, owner) -> None:
    await district.check(district.departments[0], date(2026, 12, 1), date(2026, 12, 18))
    order = merge.MergeOrder(month=MONTH, seconds=0.2, seed=0)
    facts = await month_to_plan(database.acting(COORDINATOR), MONTH)
    solved = plan_month(facts, order)
    await merge.store_solution(database.acting(COORDINATOR), order, solved)
    moved = msgspec.structs.replace(solved.solution.plan.placements[0], day=solved.solution.plan.placements[0].day + 1)
    late = msgspec.structs.replace(solved.solution, plan=Plan(placements=(moved,)))
    with pytest.raises(MergeOvertaken):
        await merge.store_solution(database.acting(COORDINATOR), order, Solved(facts, solved.problem, late, 1))
    assert await owner.fetchval("SELECT count(*) FROM visit") == 1


async def test_an_empty_month_and_a_clerk_are_refused(database, district, owner) -> None:
    with pytest.raises(NothingToPlan):
        await merged(database)
    with pytest.raises(NotAllowed):
        await merge.merge_month(database.acting(an_actor(Role.CLERK, district.departments[0])), MONTH)


async def test_a_thousand_visits_are_stored_in_seconds(database, district, owner) -> None:
    market, fire = district.departments
    monthly = {department: await district.month_plan(department, MONTH) for department in (market, fire)}
    await owner.execute(
        """INSERT INTO enterprise (uid, region, name, sort_key, initials, search_name, reg_no, kind, industry)
           SELECT 'bulk-e' || n, '310114', '店' || n, '', '', '', '3101149' || lpad(n::text, 8, '0'), 'individual', 'H6210'
           FROM generate_series(1, 1000) AS n"""
    )
    await owner.execute(
        """INSERT INTO premises (uid, enterprise, address, site, town)
           SELECT 'bulk-p' || id, id, '路' || id, '路' || id, '310114004' FROM enterprise WHERE uid LIKE 'bulk-e%'"""
    )
    for department, (plan, task) in monthly.items():
        await owner.execute(
            """INSERT INTO "check" (uid, region, monthly_plan, department, task, enterprise, premises, starts, ends)
               SELECT 'bulk-c' || $2::bigint || '-' || premises.id, '310114', $1, $2::bigint, $3, enterprise, premises.id, '2026-12-02', '2026-12-30'
               FROM premises WHERE uid LIKE 'bulk-p%'""",
            plan,
            department,
            task,
        )
        await owner.execute(
            'INSERT INTO check_matter SELECT id, $2 FROM "check" WHERE department = $1',
            department,
            district.matters[department][0],
        )
    facts = await month_to_plan(database.acting(COORDINATOR), MONTH)
    places = sorted({check.premises for check in facts.checks})
    plan = Plan(
        placements=tuple(
            Placement(
                check=check.id,
                day=1 + places.index(check.premises) % 20,
                visit=places.index(check.premises) + 1,
                inspectors=tuple(district.inspectors[check.department][:2]),
                lead=market,
            )
            for check in facts.checks
        )
    )
    solution = Solution(plan=plan, measures=None, impossible=(), reasons=None, effort=Effort.of(0))
    order = merge.MergeOrder(month=MONTH, seconds=1, seed=1)
    solved = Solved(facts, problem_of(facts), solution, 2000)
    started = perf_counter()
    run = await merge.store_solution(database.acting(COORDINATOR), order, solved)
    assert perf_counter() - started < 8
    assert (run.checks, run.visits, run.joint_visits, run.avoided) == (2000, 1000, 1000, 1000)
    assert await owner.fetchval("SELECT count(*) FROM visit") == 1000
    assert await owner.fetchval("SELECT count(*) FROM visit_check WHERE live") == 2000
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'visit.proposed'") == 1000
