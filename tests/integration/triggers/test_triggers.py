"""From a documented reason to a visit: decided by the head, or in an emergency afterwards; every step in the ledger."""

from datetime import datetime, timedelta

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.clock import SetClock
from inspect_registry.errors import NotAllowed
from inspect_registry.fieldwork import service as fieldwork
from inspect_registry.triggers import errors, service
from inspect_registry.triggers.model import TriggerDraft, TriggerKind, TriggerState
from inspect_registry.visits import listing
from inspect_registry.visits import service as visits
from inspect_registry.visits.errors import ApprovalTooLate, InspectorNotEligible, VisitDayNotAllowed
from inspect_registry.visits.model import VisitState
from inspect_registry.visits.triggered import TriggeredVisit, visit_from_trigger
from tests.fieldwork_doors import a_door, all_conform, close_signed, officer
from tests.visits_builders import COORDINATOR, TODAY, District, a_district, an_actor

RECEIVED = datetime.fromisoformat("2026-11-20T08:30:00+08:00")


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


def clerk(district: District, which: int = 0):
    return an_actor(Role.CLERK, district.departments[which])


def head(district: District, which: int = 0):
    return an_actor(Role.HEAD, district.departments[which])


async def a_draft(district: District, **facts) -> TriggerDraft:
    values = {
        "kind": TriggerKind.COMPLAINT,
        "premises": await district.uid_of("premises", district.premises),
        "matters": [await district.uid_of("matter", district.matters[district.departments[0]][0])],
        "facts": "群众反映后厨有老鼠",
        "source_number": "12345-2026-001877",
        "received_at": RECEIVED,
    }
    return TriggerDraft(**values | facts)


async def a_plan(district: District, **facts) -> TriggeredVisit:
    people = district.inspectors[district.departments[0]][:2]
    values = {"day": TODAY, "inspectors": [await district.uid_of("inspector", one) for one in people]}
    return TriggeredVisit(**values | facts)


async def test_an_approved_complaint_becomes_an_unannounced_visit_outside_the_cap(database, district, owner) -> None:
    made = await service.propose(database.acting(clerk(district)), await a_draft(district))
    assert (made.state, made.kind_text) == (TriggerState.PROPOSED, "投诉举报")
    await service.approve(database.acting(head(district)), made.uid)
    seen = await visit_from_trigger(database.acting(clerk(district)), made.uid, await a_plan(district))
    assert (seen.announced, seen.exempt, seen.joint, seen.state) == (False, True, False, VisitState.CONFIRMED)
    assert "12345-2026-001877" in seen.reasons[0]["sentence"]
    approved = await visits.approve_visit(database.acting(head(district)), seen.uid)
    assert approved.state is VisitState.APPROVED
    actions = await owner.fetch("SELECT action FROM ledger_entry WHERE subject_uid = $1 ORDER BY id", made.uid)
    assert [row["action"] for row in actions] == ["trigger.recorded", "trigger.accepted", "trigger.closed"]
    with pytest.raises(errors.TriggerStepNotAllowed):
        await visit_from_trigger(database.acting(clerk(district)), made.uid, await a_plan(district))


async def test_a_superiors_order_counts_towards_the_cap(database, district, owner) -> None:
    made = await service.propose(
        database.acting(clerk(district)),
        await a_draft(district, kind=TriggerKind.SUPERIOR, source_number="沪市监〔2026〕7号"),
    )
    await service.approve(database.acting(head(district)), made.uid)
    seen = await visit_from_trigger(database.acting(clerk(district)), made.uid, await a_plan(district))
    assert not seen.exempt
    await visits.approve_visit(database.acting(head(district)), seen.uid)
    assert await owner.fetchval("SELECT used FROM quota WHERE department <> 0") == 1


async def test_an_emergency_is_inspected_first_and_approved_within_its_days(
    database, district, owner, clock: SetClock
) -> None:
    draft = await a_draft(district, kind=TriggerKind.ACCIDENT, emergency=True, source_number="事故20261120-01")
    made = await service.propose(database.acting(officer(district)), draft)
    seen = await visit_from_trigger(database.acting(officer(district)), made.uid, await a_plan(district))
    assert (seen.emergency, str(seen.approval_due)) == (True, "2026-11-24")
    record = await fieldwork.open_inspection(database.acting(officer(district)), seen.uid, "燃气泄漏，先行到场处置")
    await all_conform(database, officer(district), record.uid)
    await close_signed(database, officer(district), record.uid, await a_door(district, district.departments[0]))
    clock.advance(timedelta(days=4))
    late = await visits.approve_visit(database.acting(head(district)), seen.uid)
    assert late.state is VisitState.RECORDED
    assert late.parts[0].approved
    actions = await owner.fetch("SELECT action FROM ledger_entry WHERE subject_uid = $1 ORDER BY id", seen.uid)
    assert "visit.backfilled" in [row["action"] for row in actions]


async def test_an_emergency_not_approved_in_time_can_no_longer_be(database, district, owner, clock: SetClock) -> None:
    draft = await a_draft(district, kind=TriggerKind.ACCIDENT, emergency=True, source_number="事故20261120-01")
    made = await service.propose(database.acting(officer(district)), draft)
    seen = await visit_from_trigger(database.acting(officer(district)), made.uid, await a_plan(district))
    assert await listing.overdue_approvals(database.acting(COORDINATOR)) == []
    clock.advance(timedelta(days=5))
    with pytest.raises(ApprovalTooLate, match="补办"):
        await visits.approve_visit(database.acting(head(district)), seen.uid)
    (listed,) = await listing.overdue_approvals(database.acting(COORDINATOR))
    assert listed.uid == seen.uid
    assert await listing.overdue_approvals(database.acting(head(district, 1))) == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"source_number": ""}, errors.TriggerWithoutSource),
        ({"facts": "差"}, errors.TriggerWithoutSource),
        ({"kind": TriggerKind.RECHECK}, errors.RecheckNotLinked),
        ({"received_at": RECEIVED + timedelta(days=1)}, errors.TriggerInTheFuture),
        ({"kind": TriggerKind.DATA, "emergency": True}, errors.NotAnEmergency),
        ({"premises": "nowhere"}, errors.TriggerObjectUnknown),
        ({"matters": ["M-999"]}, errors.TriggerObjectUnknown),
    ],
)
async def test_an_undocumented_reason_is_refused_and_the_refusal_is_logged(database, district, owner, fault, error):
    with pytest.raises(error):
        await service.propose(database.acting(clerk(district)), await a_draft(district, **fault))
    assert await owner.fetchval("SELECT count(*) FROM trigger") == 0
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'act.refused'") == 1


async def test_another_departments_matter_cannot_be_a_reason(database, district, owner) -> None:
    fire_matter = await district.uid_of("matter", district.matters[district.departments[1]][0])
    with pytest.raises(errors.TriggerObjectUnknown):
        await service.propose(database.acting(clerk(district)), await a_draft(district, matters=[fire_matter]))


async def test_a_rejected_reason_makes_no_visit_and_nobody_else_sees_it(database, district, owner) -> None:
    made = await service.propose(database.acting(clerk(district)), await a_draft(district))
    with pytest.raises(NotAllowed):
        await service.approve(database.acting(clerk(district)), made.uid)
    for call in (service.approve,):
        with pytest.raises(errors.TriggerNotFound):
            await call(database.acting(head(district, 1)), made.uid)
    with pytest.raises(errors.TriggerReasonMissing):
        await service.reject(database.acting(head(district)), made.uid, " ")
    gone = await service.reject(database.acting(head(district)), made.uid, "同一线索已并入前案")
    assert (gone.state, gone.reason) == (TriggerState.REJECTED, "同一线索已并入前案")
    with pytest.raises(errors.TriggerStepNotAllowed):
        await visit_from_trigger(database.acting(clerk(district)), made.uid, await a_plan(district))
    assert await service.triggers(database.acting(clerk(district, 1))) == []
    assert [one.uid for one in await service.triggers(database.acting(COORDINATOR))] == [made.uid]


async def test_the_day_and_the_people_of_a_triggered_visit_are_judged(database, district, owner) -> None:
    made = await service.propose(database.acting(clerk(district)), await a_draft(district))
    await service.approve(database.acting(head(district)), made.uid)
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(VisitDayNotAllowed):
            await visit_from_trigger(database.acting(clerk(district)), made.uid, await a_plan(district, day=day))
    stranger = await district.uid_of("inspector", district.inspectors[district.departments[1]][0])
    with pytest.raises(InspectorNotEligible):
        await visit_from_trigger(
            database.acting(clerk(district)), made.uid, await a_plan(district, inspectors=[stranger])
        )
    assert (await service.triggers(database.acting(COORDINATOR)))[0].state is TriggerState.APPROVED
