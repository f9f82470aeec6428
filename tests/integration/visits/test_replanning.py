"""A month is planned anew after something happened: promises stay, and what cannot stay is changed in the open."""

from datetime import date

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.db import Database
from inspect_registry.visits import listing, merge, replanning, runs, service
from inspect_registry.visits.errors import MonthChangedMeanwhile, VisitMovedSilently
from inspect_registry.visits.model import VisitState
from inspect_registry.visits.month_reading import month_to_plan
from inspect_registry.visits.orders import MergeOrder
from inspect_registry.visits.run_rows import ChangeKind
from inspect_registry.visits.solving import plan_month
from tests.visits_builders import COORDINATOR, SYSTEM, District, a_district, an_actor, append_marker

MONTH = date(2026, 12, 1)


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def merged(database: Database) -> runs.MergeRunView:
    return await merge.merge_month(database.acting(COORDINATOR), MONTH, seconds=0.2)


async def promised_visit(database: Database, district: District, department: int) -> listing.VisitView:
    """One visit of the department, confirmed, approved and published; the enterprise has a registered contact."""
    await district.owner.execute("UPDATE enterprise SET contact = 'shop@example.org'")
    await district.check(department, date(2026, 12, 7), date(2026, 12, 18))
    await merged(database)
    (visit,) = await visits(database)
    await service.confirm(database.acting(an_actor(Role.CLERK, department)), visit.uid)
    await service.approve_visit(database.acting(an_actor(Role.HEAD, department)), visit.uid)
    await publish(database, district, visit.uid)
    return await listing.visit(database.acting(COORDINATOR), visit.uid)


async def publish(database: Database, district: District, uid: str) -> None:
    async with database.transaction(SYSTEM) as tx:
        row = await district.owner.fetchval("SELECT id FROM visit WHERE uid = $1", uid)
        assert await service.mark_published(tx, [row]) == 1
        await append_marker(tx)


async def visits(database: Database) -> list[listing.VisitView]:
    return await listing.visits_of_month(database.acting(COORDINATOR), MONTH)


async def leave(district: District, uid: str, inspector: int, days: int = 1) -> None:
    await district.owner.execute(
        "INSERT INTO inspector_leave SELECT $1, daterange(day, day + $3::integer) FROM visit WHERE uid = $2",
        inspector,
        uid,
        days,
    )


async def going(district: District, uid: str) -> list[int]:
    rows = await district.owner.fetch(
        "SELECT inspector FROM visit_inspector JOIN visit_part ON visit_part.id = part JOIN visit ON visit.id = visit_part.visit "
        "WHERE visit.uid = $1 ORDER BY 1",
        uid,
    )
    return [row["inspector"] for row in rows]


async def test_a_replan_without_changes_leaves_a_promised_visit_alone(database, district) -> None:
    before = await promised_visit(database, district, district.departments[0])
    again = await merged(database)
    assert (again.visits, again.withdrawn, again.changes) == (1, 0, [])
    assert await visits(database) == [before]


async def test_an_added_check_is_a_new_visit_and_the_promised_one_stays(database, district) -> None:
    before = await promised_visit(database, district, district.departments[0])
    _, elsewhere = await district.shop()
    await district.check(district.departments[1], date(2026, 12, 1), date(2026, 12, 31), premises=elsewhere)
    again = await merged(database)
    (change,) = again.changes
    assert (change.kind, change.departments) == (ChangeKind.NEW, ["区消防救"])
    now = {one.uid: one for one in await visits(database)}
    assert now.pop(before.uid) == before
    assert list(now) == [change.after]


async def test_an_inspectors_leave_gives_the_same_day_to_others_and_says_so(database, district, owner) -> None:
    market = district.departments[0]
    before = await promised_visit(database, district, market)
    away = (await going(district, before.uid))[0]
    await leave(district, before.uid, away)
    again = await merged(database)
    (change,) = again.changes
    assert (change.kind, change.before, change.published) == (ChangeKind.RESTAFFED, before.uid, True)
    assert (change.day_before, change.day_after) == (before.day, before.day)
    assert "请假" in change.reason
    assert away not in await going(district, change.after)
    now = {one.uid: one for one in await visits(database)}
    assert (now[before.uid].state, now[before.uid].day) == (VisitState.CANCELLED, before.day)
    assert now[before.uid].published
    assert now[change.after].state is VisitState.PROPOSED, "other people need a new answer and a new approval"
    assert await owner.fetchval("SELECT used FROM quota WHERE department = $1", market) == 0, "the cap is given back"


async def test_a_promised_visit_that_nobody_can_make_that_day_moves_and_everybody_is_told(
    database, district, owner
) -> None:
    before = await promised_visit(database, district, district.departments[0])
    for inspector in district.inspectors[district.departments[0]]:
        await leave(district, before.uid, inspector)
    again = await merged(database)
    (change,) = again.changes
    assert (change.kind, change.day_before) == (ChangeKind.MOVED, before.day)
    assert change.day_after != before.day
    row = await owner.fetchrow(
        "SELECT old.uid, old.day, old.published_at FROM visit JOIN visit AS old ON old.id = visit.moved_from WHERE visit.uid = $1",
        change.after,
    )
    assert (row["uid"], row["day"]) == (before.uid, before.day)
    assert row["published_at"] is not None, "the old announcement is kept"
    entries = await owner.fetch(
        "SELECT action, subject_uid, convert_from(leaf, 'UTF8') AS leaf FROM ledger_entry "
        "WHERE action IN ('visit.moved', 'visit.cancelled') ORDER BY action"
    )
    cancelled, moved = entries
    assert (cancelled["subject_uid"], moved["subject_uid"]) == (before.uid, change.after)
    assert before.uid in moved["leaf"], "the public leaf names what was replaced"
    (letter,) = await owner.fetch("SELECT kind, address, body FROM notice WHERE kind = 'visit.moved'")
    assert letter["address"] == "shop@example.org"
    assert f"12月{before.day.day}日" in letter["body"]
    assert f"12月{change.day_after.day}日" in letter["body"]
    seen = await runs.last_run(database.acting(an_actor(Role.CLERK, district.departments[0])), MONTH)
    assert seen.changes == again.changes
    other = await runs.last_run(database.acting(an_actor(Role.CLERK, district.departments[1])), MONTH)
    assert other.changes == [], "another department's change is not its business"


async def test_a_promised_visit_without_any_place_is_dropped_by_name(database, district, owner) -> None:
    before = await promised_visit(database, district, district.departments[0])
    await owner.execute("UPDATE inspector SET state = 'suspended' WHERE department = $1", district.departments[0])
    again = await merged(database)
    (change,) = again.changes
    assert (change.kind, change.before, change.after) == (ChangeKind.DROPPED, before.uid, "")
    assert len(again.unserved) == 1
    assert await owner.fetchval("SELECT count(*) FROM notice WHERE kind = 'visit.moved'") == 1


async def test_the_database_refuses_to_move_a_published_visit_by_hand(database, district) -> None:
    before = await promised_visit(database, district, district.departments[0])
    for statement in (
        "UPDATE ir.visit SET day = day + 1 WHERE uid = $1",
        "UPDATE ir.visit SET published_at = NULL WHERE uid = $1",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await district.owner.execute(statement, before.uid)


async def test_a_fault_that_moves_a_promise_silently_undoes_the_merge(database, district, owner, monkeypatch) -> None:
    """The fault: the re-plan withdraws a shaken visit and forgets to tell."""
    before = await promised_visit(database, district, district.departments[0])
    await leave(district, before.uid, (await going(district, before.uid))[0])

    async def forgetful(tx, month, proposals):
        await withdraw_replaced(tx, month, proposals)
        return []

    withdraw_replaced = replanning.withdraw_replaced
    monkeypatch.setattr(replanning, "withdraw_replaced", forgetful)
    with pytest.raises(VisitMovedSilently) as caught:
        await merged(database)
    assert before.uid in caught.value.detail
    assert await visits(database) == [before], "nothing was stored"


async def test_an_answer_given_while_the_planner_works_is_not_lost(database, district, owner) -> None:
    market = district.departments[0]
    await district.check(market, date(2026, 12, 7), date(2026, 12, 18))
    await merged(database)
    (proposal,) = await visits(database)
    _, elsewhere = await district.shop()
    await district.check(market, date(2026, 12, 7), date(2026, 12, 7), premises=elsewhere)
    order = MergeOrder(month=MONTH, seconds=0.2)
    solved = plan_month(await month_to_plan(database.acting(COORDINATOR), MONTH), order)
    moved = [
        one if one.check != solved.problem.checks[0].id else type(one)(check=one.check, day=one.day + 1, visit=one.visit, inspectors=one.inspectors, lead=one.lead)
        for one in solved.solution.plan.placements
    ]  # fmt: skip
    plan = type(solved.solution.plan)(placements=tuple(moved))
    solved.solution = type(solved.solution)(
        plan=plan, measures=None, impossible=(), reasons=None, effort=solved.solution.effort
    )
    await service.confirm(database.acting(an_actor(Role.CLERK, market)), proposal.uid)
    with pytest.raises(MonthChangedMeanwhile):
        await merge.store_solution(database.acting(COORDINATOR), order, solved)
    assert [one.uid for one in await visits(database)] == [proposal.uid]
    assert (await merged(database)).visits == 2, "the merge run again keeps the answer"
    assert (await listing.visit(database.acting(COORDINATOR), proposal.uid)).day == proposal.day
