"""A warm re-plan asks nobody anew about what it does not touch, and adds nobody to what was promised."""

from datetime import date, datetime, timedelta

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.clock import SHANGHAI
from inspect_registry.db import Database
from inspect_registry.visits import listing, merge, runs, service
from inspect_registry.visits.model import PartState, VisitState
from tests.visits_builders import COORDINATOR, SYSTEM, District, a_district, an_actor, append_marker

MONTH = date(2026, 12, 1)


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    made = await a_district(owner)
    for department in made.departments:
        for _ in range(3):
            await made.inspector(department)
    return made


async def merged(database: Database, seed: int = 0) -> runs.MergeRunView:
    return await merge.merge_month(database.acting(COORDINATOR), MONTH, seconds=0.2, seed=seed)


async def visits(database: Database) -> dict[str, listing.VisitView]:
    return {one.uid: one for one in await listing.visits_of_month(database.acting(COORDINATOR), MONTH)}


async def twelve_joint_proposals(district: District) -> list[int]:
    """Checks of both departments at twelve shops; returns the places."""
    places = [(await district.shop())[1] for _ in range(12)]
    for place in places:
        for department in district.departments:
            await district.check(department, date(2026, 12, 2), date(2026, 12, 24), premises=place)
    return places


async def asked(owner: asyncpg.Connection) -> int:
    return await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'visit.proposed'")


async def test_untouched_proposals_stand_with_their_people_and_nobody_is_asked_again(database, district, owner) -> None:
    await twelve_joint_proposals(district)
    await merged(database)
    before, questions = await visits(database), await asked(owner)
    _, elsewhere = await district.shop()
    await district.check(district.departments[0], date(2026, 12, 2), date(2026, 12, 24), premises=elsewhere)
    for one in await owner.fetch("SELECT DISTINCT inspector FROM visit_inspector ORDER BY 1 LIMIT 1"):
        await owner.execute(
            "INSERT INTO inspector_leave VALUES ($1, daterange('2026-12-28', '2026-12-30'))", one["inspector"]
        )
    again = await merged(database, seed=3)
    assert (again.kept, again.withdrawn, again.visits) == (12, 0, 13)
    after = await visits(database)
    for uid, was in before.items():
        assert (after[uid].day, after[uid].parts, after[uid].state) == (was.day, was.parts, was.state)
    assert await asked(owner) == questions + 1, "one question: about the new check"
    leaf = await owner.fetchval(
        "SELECT convert_from(leaf, 'UTF8') FROM ledger_entry WHERE action = 'visit.merged' ORDER BY id DESC LIMIT 1"
    )
    assert '"kept":12' in leaf
    assert '"withdrawn":0' in leaf


async def test_what_a_kept_proposal_says_of_itself_is_true_today(database, district, owner) -> None:
    market, fire = district.departments
    await district.check(market, date(2026, 12, 7), date(2026, 12, 9))
    await merged(database)
    ((uid, was),) = (await visits(database)).items()
    assert [one["kind"] for one in was.reasons] == ["merged"]
    await district.check(fire, date(2026, 12, 21), date(2026, 12, 22))
    assert (await merged(database)).kept == 1
    now = (await visits(database))[uid]
    assert (now.day, now.parts) == (was.day, was.parts)
    assert [one["kind"] for one in now.reasons] == ["merged", "held_off"]
    assert "时间窗" in now.reasons[1]["sentence"]


async def test_a_new_check_does_not_join_what_was_answered_and_its_reason_is_told(database, district, owner) -> None:
    market, fire = district.departments
    await district.check(market, date(2026, 12, 7), date(2026, 12, 18))
    await merged(database)
    ((uid, was),) = (await visits(database)).items()
    await service.confirm(database.acting(an_actor(Role.CLERK, market)), uid)
    await district.check(fire, was.day, was.day)
    await merged(database)
    after = await visits(database)
    kept = after.pop(uid)
    assert ([part.department for part in kept.parts], kept.state) == (["区市场监督管理局"], VisitState.CONFIRMED)
    (beside,) = after.values()
    assert beside.day == was.day
    assert any("已公布或者已答复，不再与其他检查合并" in one["sentence"] for one in beside.reasons)


async def test_the_lawful_way_to_one_knock_is_to_call_the_answered_visit_off(database, district, owner) -> None:
    market, fire = district.departments
    await district.check(market, date(2026, 12, 7), date(2026, 12, 18))
    await merged(database)
    ((uid, was),) = (await visits(database)).items()
    await service.confirm(database.acting(an_actor(Role.CLERK, market)), uid)
    await district.check(fire, was.day, was.day)
    await service.cancel(database.acting(COORDINATOR), uid, "与消防检查合并进行，重新征求意见")
    run = await merged(database)
    assert (run.visits, run.joint_visits) == (1, 1)
    (joint,) = [one for one in (await visits(database)).values() if one.state is not VisitState.CANCELLED]
    assert {part.state for part in joint.parts} == {PartState.PROPOSED}, "both are asked"


async def test_a_second_knock_beside_a_promise_is_not_proposed_over_the_enterprises_cap(
    database, district, owner
) -> None:
    """The planner once took the new check into the promised visit, where it used no cap; stored was a second visit."""
    market, fire = district.departments
    await owner.execute(
        "INSERT INTO quota (enterprise, department, year, cap, used) VALUES ($1, 0, 2026, 3, 2)", district.enterprise
    )
    await district.check(market, date(2026, 12, 7), date(2026, 12, 7))
    await merged(database)
    ((uid, _),) = (await visits(database)).items()
    await service.confirm(database.acting(an_actor(Role.CLERK, market)), uid)
    async with database.transaction(SYSTEM) as tx:
        await service.mark_published(tx, [await owner.fetchval("SELECT id FROM visit WHERE uid = $1", uid)])
        await append_marker(tx)
    await district.check(fire, date(2026, 12, 7), date(2026, 12, 7))
    run = await merged(database)
    assert list(await visits(database)) == [uid]
    (line,) = run.unserved
    assert "计次上限" in line.sentence
    assert [way.kind.value for way in line.ways] == ["cap-total"]


async def test_a_share_whose_checks_need_different_certificates_is_approved_and_kept(database, district, owner) -> None:
    """Approval and re-plan once asked each of the share's people for every certificate of the share."""
    market = district.departments[0]
    first, other = district.matters[market][0], await district.matter(market)
    people = district.inspectors[market]
    await owner.execute(
        "DELETE FROM inspector_matter WHERE matter = $1 AND inspector = ANY($2::bigint[])", other, people[:4]
    )
    await owner.execute(
        "DELETE FROM inspector_matter WHERE matter = $1 AND inspector = ANY($2::bigint[])", first, people[4:]
    )
    for matter in (first, other):
        await district.check(market, date(2026, 12, 7), date(2026, 12, 9), matters=(matter,))
    await merged(database)
    ((uid, visit),) = (await visits(database)).items()
    assert len(visit.parts[0].inspectors) == 4
    await service.confirm(database.acting(an_actor(Role.CLERK, market)), uid)
    done = await service.approve_visit(database.acting(an_actor(Role.HEAD, market)), uid)
    assert done.state is VisitState.APPROVED
    again = await merged(database)
    assert (again.changes, again.visits) == ([], 1)
    assert list(await visits(database)) == [uid]


async def test_what_happened_since_the_merge_is_counted_until_it_is_merged_again(database, district, owner) -> None:
    market, fire = district.departments

    async def waiting() -> tuple[int, int]:
        found = await runs.waiting_for_a_merge(database.acting(COORDINATOR), MONTH)
        return found.checks, found.visits

    await district.check(market, date(2026, 12, 12), date(2026, 12, 13))
    await district.check(market, date(2026, 12, 7), date(2026, 12, 9))
    assert await waiting() == (0, 0), "never merged"
    await merged(database)
    assert await waiting() == (0, 0), "the weekend's check was left out with a reason"
    await district.check(fire, date(2026, 12, 21), date(2026, 12, 22))
    ((_uid, visit),) = (await visits(database)).items()
    going = await owner.fetchval("SELECT min(inspector) FROM visit_inspector")
    await owner.execute("INSERT INTO inspector_leave VALUES ($1, daterange($2, $2, '[]'))", going, visit.day)
    assert await waiting() == (1, 1)
    assert (await merged(database)).visits == 2
    assert await waiting() == (0, 0)
    await service.cancel(database.acting(COORDINATOR), next(iter(await _standing(database))), "企业停业，改期")
    assert await waiting() == (1, 0)


async def test_who_is_late_with_an_answer_is_named(database, district, owner, clock) -> None:
    market, fire = district.departments
    await district.check(market, date(2026, 12, 21), date(2026, 12, 23))
    await district.check(fire, date(2026, 12, 21), date(2026, 12, 23))
    await merged(database)
    ((uid, _visit),) = (await visits(database)).items()
    await service.confirm(database.acting(an_actor(Role.CLERK, market)), uid)
    due = await owner.fetchval("SELECT max(answer_due) FROM visit_part")

    async def late() -> list[str]:
        return (await runs.waiting_for_a_merge(database.acting(COORDINATOR), MONTH)).late

    clock.set(datetime(due.year, due.month, due.day, 12, tzinfo=SHANGHAI))
    assert await late() == []
    clock.set(datetime(due.year, due.month, due.day, 12, tzinfo=SHANGHAI) + timedelta(days=1))
    assert await late() == ["区消防救"]


async def _standing(database: Database) -> list[str]:
    return [uid for uid, one in (await visits(database)).items() if one.state is not VisitState.CANCELLED]
