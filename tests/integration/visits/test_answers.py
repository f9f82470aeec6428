"""Departments answer proposals: confirm, decline, approve, cancel; each step in the ledger, illegal ones refused."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from inspect_registry.access.permissions import Permission
from inspect_registry.actor import Role
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.errors import NotAllowed, Refused, RegistryError
from inspect_registry.visits import listing, service
from inspect_registry.visits.errors import (
    ApprovalTooLate,
    FrequencyCapReached,
    InspectorNotEligible,
    TooFewInspectors,
    VisitNotFound,
    VisitOverlapsAnother,
    VisitReasonMissing,
    VisitStepNotAllowed,
)
from inspect_registry.visits.model import PartState, VisitState
from tests.visits_builders import COORDINATOR, SYSTEM, TODAY, District, a_district, a_part, a_visit, an_actor


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def entries(owner: asyncpg.Connection, uid: str) -> list[str]:
    rows = await owner.fetch("SELECT action FROM ledger_entry WHERE subject_uid = $1 ORDER BY id", uid)
    return [row["action"] for row in rows]


async def test_a_joint_visit_is_confirmed_and_approved_by_each_department(database: Database, district, owner) -> None:
    market, fire = district.departments
    _, uid = await a_visit(database, district, a_part(district, market), a_part(district, fire))
    one = await service.confirm(database.acting(an_actor(Role.CLERK, market)), uid)
    assert one.state is VisitState.PROPOSED
    both = await service.confirm(database.acting(an_actor(Role.CLERK, fire)), uid)
    assert both.state is VisitState.CONFIRMED
    assert both.joint
    half = await service.approve_visit(database.acting(an_actor(Role.HEAD, fire)), uid)
    assert half.state is VisitState.CONFIRMED
    whole = await service.approve_visit(database.acting(an_actor(Role.HEAD, market)), uid)
    assert whole.state is VisitState.APPROVED
    assert all(part.approved for part in whole.parts)
    assert await entries(owner, uid) == [
        "visit.proposed",
        "visit.confirmed",
        "visit.confirmed",
        "visit.approved",
        "visit.approved",
    ]


async def test_a_declining_department_leaves_and_the_lead_passes_on(database: Database, district, owner) -> None:
    market, fire = district.departments
    _, uid = await a_visit(database, district, a_part(district, market), a_part(district, fire))
    seen = await service.decline(database.acting(an_actor(Role.CLERK, market)), uid, " 当日全员参加应急演练 ")
    assert {part.department: part.state for part in seen.parts} == {
        "区市场监督管理局": PartState.DECLINED,
        "区消防救援支队": PartState.PROPOSED,
    }
    assert seen.lead == "区消防救"
    assert not seen.joint
    assert seen.parts[0].reason == "当日全员参加应急演练"
    ended = await service.decline(database.acting(an_actor(Role.CLERK, fire)), uid, "同一时段另有任务")
    assert ended.state is VisitState.CANCELLED
    assert (await entries(owner, uid)).count("visit.declined") == 2


async def test_declining_needs_words_and_the_refusal_is_itself_an_entry(database: Database, district, owner) -> None:
    market = district.departments[0]
    _, uid = await a_visit(database, district)
    with pytest.raises(VisitReasonMissing):
        await service.decline(database.acting(an_actor(Role.CLERK, market)), uid, " ")
    refused = await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'act.refused'")
    assert refused == 1
    assert (await listing.visit(database.acting(COORDINATOR), uid)).parts[0].state is PartState.PROPOSED


async def test_another_department_neither_sees_nor_answers_a_visit(database: Database, district, owner) -> None:
    _, uid = await a_visit(database, district)
    stranger = an_actor(Role.CLERK, district.departments[1])
    for call in (listing.visit, service.confirm):
        with pytest.raises(VisitNotFound) as foreign:
            await call(database.acting(stranger), uid)
        with pytest.raises(VisitNotFound) as unknown:
            await call(database.acting(stranger), "n" * 26)
        assert (foreign.value.detail, foreign.value.code) == (unknown.value.detail, unknown.value.code)


async def test_an_inspector_cannot_approve(database: Database, district, owner) -> None:
    _, uid = await a_visit(database, district)
    with pytest.raises(NotAllowed) as refused:
        await service.approve_visit(database.acting(an_actor(Role.INSPECTOR, district.departments[0])), uid)
    assert refused.value.rule == Permission.VISIT_APPROVE


async def test_approval_needs_confirmation_first(database: Database, district, owner) -> None:
    _, uid = await a_visit(database, district)
    with pytest.raises(VisitStepNotAllowed):
        await service.approve_visit(database.acting(an_actor(Role.HEAD, district.departments[0])), uid)


async def confirmed_visit(database: Database, district: District, **facts) -> str:
    market = district.departments[0]
    part = a_part(district, market, **facts.pop("part", {}))
    _, uid = await a_visit(database, district, part, **facts)
    await service.confirm(database.acting(an_actor(Role.CLERK, market)), uid)
    return uid


async def test_one_inspector_is_not_enough_to_approve(database: Database, district, owner) -> None:
    uid = await confirmed_visit(
        database, district, part={"inspectors": tuple(district.inspectors[district.departments[0]][:1])}
    )
    with pytest.raises(TooFewInspectors):
        await service.approve_visit(database.acting(an_actor(Role.HEAD, district.departments[0])), uid)


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE inspector SET valid_to = '2026-11-19' WHERE id = $1",
        "UPDATE inspector SET state = 'suspended' WHERE id = $1",
        "INSERT INTO inspector_leave VALUES ($1, '[2026-11-20,2026-11-21)')",
        "INSERT INTO recusal SELECT $1, max(id), '亲属', '2026-01-01' FROM enterprise",
        "DELETE FROM inspector_matter WHERE inspector = $1",
    ],
)
async def test_an_inspector_who_may_not_go_blocks_the_approval(database: Database, district, owner, fault) -> None:
    uid = await confirmed_visit(database, district)
    await owner.execute(fault, district.inspectors[district.departments[0]][0])
    with pytest.raises(InspectorNotEligible):
        await service.approve_visit(database.acting(an_actor(Role.HEAD, district.departments[0])), uid)


async def test_a_past_day_can_no_longer_be_approved(database: Database, district, owner, clock: SetClock) -> None:
    uid = await confirmed_visit(database, district)
    clock.advance(timedelta(days=1))
    with pytest.raises(ApprovalTooLate):
        await service.approve_visit(database.acting(an_actor(Role.HEAD, district.departments[0])), uid)


async def test_the_same_department_cannot_come_twice_on_one_day(database: Database, district, owner) -> None:
    await a_visit(database, district)
    with pytest.raises(VisitOverlapsAnother):
        await a_visit(database, district)
    await a_visit(database, district, day=TODAY + timedelta(days=1))


async def test_a_month_is_confirmed_and_approved_at_once_and_the_cap_leaves_the_rest(
    database: Database, district, owner
) -> None:
    market, fire = district.departments
    days = [TODAY + timedelta(days=offset) for offset in (0, 3, 4)]
    uids = [(await a_visit(database, district, day=day))[1] for day in days]
    _, other = await a_visit(database, district, a_part(district, fire), day=days[0])
    assert await service.confirm_month(database.acting(an_actor(Role.CLERK, market)), TODAY.replace(day=1)) == 3
    outcome = await service.approve_month(database.acting(an_actor(Role.HEAD, market)), TODAY.replace(day=1))
    assert outcome.approved == 2
    assert [(one.uid, one.code) for one in outcome.refused] == [(uids[2], "frequency-cap-reached")]
    states = [(await listing.visit(database.acting(COORDINATOR), uid)).state for uid in (*uids, other)]
    assert states == [VisitState.APPROVED, VisitState.APPROVED, VisitState.CONFIRMED, VisitState.PROPOSED]
    assert (await entries(owner, uids[2]))[-1] == "act.refused"


async def test_history_of_the_year_counts_towards_the_cap(database: Database, district, owner) -> None:
    market = district.departments[0]
    for day in ("2026-02-01", "2026-05-01"):
        await owner.execute(
            "INSERT INTO fact (enterprise, department, matter_code, day, onsite, level) "
            "VALUES ($1, $2, 'M', $3::text::date, true, 'district')",
            district.enterprise,
            market,
            day,
        )
    uid = await confirmed_visit(database, district)
    with pytest.raises(FrequencyCapReached, match="上限2次"):
        await service.approve_visit(database.acting(an_actor(Role.HEAD, market)), uid)


async def test_fifty_parallel_approvals_under_a_cap_of_three_pass_exactly_three(
    database: Database, district, owner
) -> None:
    market = district.departments[0]
    await owner.execute(
        "INSERT INTO quota (enterprise, department, year, cap) VALUES ($1, $2, 2026, 3), ($1, 0, 2026, 50)",
        district.enterprise,
        market,
    )
    uids = []
    for _ in range(50):
        _, place = await district.shop()
        await owner.execute(
            "UPDATE premises SET enterprise = $1, position = $2 WHERE id = $2", district.enterprise, place
        )
        uids.append((await a_visit(database, district, premises=place))[1])
    await service.confirm_month(database.acting(an_actor(Role.CLERK, market)), TODAY.replace(day=1))
    head = an_actor(Role.HEAD, market)

    async def attempt(uid: str) -> str:
        try:
            await service.approve_visit(database.acting(head), uid)
        except RegistryError as error:
            return error.code
        return "approved"

    outcomes = [await done for done in asyncio.as_completed([attempt(uid) for uid in uids])]
    assert outcomes.count("approved") == 3
    assert outcomes.count("frequency-cap-reached") == 47
    assert await owner.fetchval("SELECT used FROM quota WHERE department = $1", market) == 3
    assert await owner.fetchval("SELECT count(*) FROM visit WHERE state = 'approved'") == 3


async def test_a_joint_visit_counts_once_for_the_enterprise_and_an_exempt_one_only_apart(
    database: Database, district, owner
) -> None:
    market, fire = district.departments
    _, joint = await a_visit(database, district, a_part(district, market), a_part(district, fire))
    later = TODAY + timedelta(days=3)
    await a_visit(database, district, a_part(district, market, counted=False), day=later)
    for department in (market, fire):
        await service.confirm_month(database.acting(an_actor(Role.CLERK, department)), TODAY.replace(day=1))
        await service.approve_month(database.acting(an_actor(Role.HEAD, department)), TODAY.replace(day=1))
    rows = await owner.fetch("SELECT department, used, exempt_used FROM quota ORDER BY department")
    assert [tuple(row) for row in rows] == [(0, 1, 0), (market, 1, 1), (fire, 1, 0)]
    await service.cancel(database.acting(an_actor(Role.HEAD, market)), joint, "企业当日停业")
    rows = await owner.fetch("SELECT department, used, exempt_used FROM quota ORDER BY department")
    assert [tuple(row) for row in rows] == [(0, 0, 0), (market, 0, 1), (fire, 0, 0)]


async def test_only_the_lead_or_the_coordinator_cancels_and_never_after_the_start(
    database: Database, district, owner
) -> None:
    market, fire = district.departments
    number, uid = await a_visit(database, district, a_part(district, market), a_part(district, fire))
    with pytest.raises(VisitNotFound):
        await service.cancel(database.acting(an_actor(Role.HEAD, fire)), uid, "不去了")
    await service.confirm_month(database.acting(SYSTEM), TODAY.replace(day=1))
    await service.approve_month(database.acting(SYSTEM), TODAY.replace(day=1))
    async with database.transaction(SYSTEM) as tx:
        await service.start(tx, number, tx.now)
    with pytest.raises(VisitStepNotAllowed):
        await service.cancel(database.acting(COORDINATOR), uid, "不去了")


async def test_the_same_key_answers_alike_and_acts_once(database: Database, district, owner) -> None:
    market = district.departments[0]
    _, uid = await a_visit(database, district)
    acting = database.acting(an_actor(Role.CLERK, market), "key-1")
    answers = await asyncio.gather(*(service.confirm(acting, uid) for _ in range(10)))
    assert all(answer == answers[0] for answer in answers)
    assert (await entries(owner, uid)).count("visit.confirmed") == 1


async def test_a_refusal_is_answered_alike_under_the_same_key(database: Database, district, owner) -> None:
    acting = database.acting(an_actor(Role.HEAD, district.departments[0]), "key-2")
    _, uid = await a_visit(database, district)
    with pytest.raises(VisitStepNotAllowed):
        await service.approve_visit(acting, uid)
    with pytest.raises(Refused) as again:
        await service.approve_visit(acting, uid)
    assert again.value.stored.code == "visit-step-not-allowed"
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'act.refused'") == 1


async def test_lists_show_what_waits_for_a_department_and_where_an_inspector_goes(
    database: Database, district, owner
) -> None:
    market, fire = district.departments
    _, uid = await a_visit(database, district, a_part(district, market), a_part(district, fire))
    _, alone = await a_visit(database, district, day=TODAY + timedelta(days=3))
    month = TODAY.replace(day=1)
    waiting = await listing.joint_proposals(database.acting(an_actor(Role.CLERK, fire)), month)
    assert [one.uid for one in waiting] == [uid]
    everything = await listing.visits_of_month(database.acting(an_actor(Role.CLERK, market)), month)
    assert {one.uid for one in everything} == {uid, alone}
    await service.confirm_month(database.acting(SYSTEM), month)
    await service.approve_month(database.acting(SYSTEM), month)
    officer = an_actor(Role.INSPECTOR, market, inspector=district.inspectors[market][0])
    todays = await listing.todays_visits(database.acting(officer))
    assert [one.uid for one in todays] == [uid]
    stay_home = an_actor(Role.INSPECTOR, market, inspector=district.inspectors[market][2])
    assert await listing.todays_visits(database.acting(stay_home)) == []


async def test_an_enterprise_learns_of_an_unannounced_visit_only_when_it_has_begun(
    database: Database, district, owner
) -> None:
    number, uid = await a_visit(database, district, announced=False)
    boss = an_actor(Role.ENTERPRISE, 0, person=77, enterprise=district.enterprise)
    await service.confirm_month(database.acting(SYSTEM), TODAY.replace(day=1))
    await service.approve_month(database.acting(SYSTEM), TODAY.replace(day=1))
    assert await listing.own_visits(database.acting(boss)) == []
    with pytest.raises(VisitNotFound):
        await listing.visit(database.acting(boss), uid)
    async with database.transaction(SYSTEM) as tx:
        await service.start(tx, number, tx.now)
    assert [one.uid for one in await listing.own_visits(database.acting(boss))] == [uid]
    assert (await listing.visit(database.acting(boss), uid)).uid == uid
