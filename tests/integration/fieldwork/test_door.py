"""A record at the door: opened after arrival, answered, closed by two; scope lock and frozen records over SQL too."""

from datetime import timedelta

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.clock import SetClock
from inspect_registry.fieldwork import errors, followup, service
from inspect_registry.fieldwork.model import AnswerValue, DispositionKind, InspectionState, Leniency, Signature
from inspect_registry.fieldwork.views import AnswerInput, Companion
from inspect_registry.visits import listing
from inspect_registry.visits.model import VisitState
from tests.fieldwork_doors import NOW, a_door, a_finding, all_conform, begun, close_signed, officer
from tests.visits_builders import COORDINATOR, TODAY, District, a_district, a_part, an_actor


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def test_a_record_is_opened_answered_and_closed_and_the_visit_follows(database, district, owner) -> None:
    number, uid = await begun(database, district)
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, uid)
    assert record.state is InspectionState.OPEN
    assert [point.text for point in record.points] == ["要点1", "要点2", "要点3"]
    await all_conform(database, officer(district), record.uid)
    closed = await close_signed(
        database, officer(district), record.uid, await a_door(district, district.departments[0])
    )
    assert (closed.state, closed.result, closed.result_text) == (InspectionState.CLOSED, "no_problem", "未发现问题")
    assert str(closed.publish_due) == "2026-12-18"
    assert not closed.publish_provisional
    assert (await listing.visit(database.acting(COORDINATOR), uid)).state is VisitState.RECORDED
    assert await owner.fetchval("SELECT state FROM code WHERE visit = $1", number) == "closed"
    remembered = await owner.fetch("SELECT matter_code, day, onsite, exempt, visit_uid FROM fact")
    assert [tuple(row) for row in remembered] == [("M-009", TODAY, True, False, uid)]
    told = await followup.tell_result(acting, record.uid)
    assert told.told_at is not None
    assert (await listing.visit(database.acting(COORDINATOR), uid)).state is VisitState.CLOSED
    actions = await owner.fetch(
        "SELECT action FROM ledger_entry WHERE subject_uid IN ($1, $2) ORDER BY id", uid, record.uid
    )
    assert [row["action"] for row in actions] == [
        "visit.proposed", "visit.confirmed", "visit.approved", "visit.started", "inspection.opened", "inspection.saved",
        "inspection.saved", "signature.taken", "signature.taken", "signature.taken", "inspection.closed",
        "grade_input.noted", "visit.recorded", "notice.sent", "visit.closed",
    ]  # fmt: skip


async def test_opening_twice_shows_the_same_record(database, district, owner) -> None:
    _, uid = await begun(database, district)
    first = await service.open_inspection(database.acting(officer(district)), uid)
    again = await service.open_inspection(database.acting(officer(district)), uid)
    assert first.uid == again.uid


async def test_without_arrival_only_a_reasoned_late_record_in_time_is_possible(
    database, district, owner, clock: SetClock
) -> None:
    _, uid = await begun(database, district, arrived=False)
    acting = database.acting(officer(district))
    with pytest.raises(errors.ArrivalNotConfirmed):
        await service.open_inspection(acting, uid)
    clock.advance(timedelta(days=11))
    with pytest.raises(errors.LatePathExpired):
        await service.open_inspection(acting, uid, "地下室无网络")
    clock.advance(timedelta(days=-1))
    record = await service.open_inspection(acting, uid, " 地下室无网络 ")
    assert record.late_reason == "地下室无网络"


async def test_the_scope_is_locked_to_the_matters_of_the_visit(database, district, owner) -> None:
    market, fire = district.departments
    _, uid = await begun(database, district)
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, uid)
    extra = await district.matter(market)
    foreign = [district.criteria[extra][0], district.criteria[district.matters[fire][0]][0]]
    uids = [await district.uid_of("criterion", one) for one in foreign] + ["nosuchcriterion"]
    for criterion in uids:
        with pytest.raises(errors.OutsideScope):
            await service.save_answers(
                acting, record.uid, [AnswerInput(criterion=criterion, value=AnswerValue.CONFORMS)]
            )
        with pytest.raises(errors.OutsideScope, match="检查事项"):
            await service.save_findings(acting, record.uid, [a_finding(criterion)])
    refusals = await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'act.refused'")
    assert refusals == len(uids) * 2


async def test_the_version_of_the_matter_in_force_on_the_day_is_answered(database, district, owner) -> None:
    market = district.departments[0]
    old = district.matters[market][0]
    _, uid = await begun(database, district)
    await owner.execute("UPDATE matter SET withdrawn_on = $2 WHERE id = $1", old, TODAY)
    code = await owner.fetchval("SELECT code FROM matter WHERE id = $1", old)
    new = await district.matter(market, points=2, code=code, version=2, published_on=TODAY, change_reason="要点调整")
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, uid)
    assert {point.matter_version for point in record.points} == {2}
    assert len(record.points) == len(district.criteria[new])
    stale = await district.uid_of("criterion", district.criteria[old][0])
    with pytest.raises(errors.CriterionNotInForce):
        await service.save_answers(acting, record.uid, [AnswerInput(criterion=stale, value=AnswerValue.CONFORMS)])


async def test_nothing_is_closed_with_a_criterion_unanswered_and_the_draft_stays(database, district, owner) -> None:
    _, uid = await begun(database, district)
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, uid)
    first = record.points[0].criterion
    await service.save_answers(acting, record.uid, [AnswerInput(criterion=first, value=AnswerValue.CONFORMS)])
    with pytest.raises(errors.CriteriaUnanswered) as refused:
        await service.close_inspection(acting, record.uid, await a_door(district, district.departments[0]))
    assert [place.field for place in refused.value.places] == [f"answers.{p.criterion}" for p in record.points[1:]]
    kept = await service.sheet(acting, record.uid)
    assert (kept.state, kept.points[0].value) == (InspectionState.OPEN, AnswerValue.CONFORMS)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"people": 1}, errors.TooFewInspectorsPresent),
        ({"people": 1, "companions": [Companion(name="协管员", role="assistant")]}, errors.TooFewInspectorsPresent),
        ({"people": 3}, errors.InspectorNotNamed),
        ({"ended_at": NOW + timedelta(seconds=1)}, errors.TimeNotPossible),
        ({"started_at": NOW - timedelta(days=1)}, errors.TimeNotPossible),
        ({"signature_note": ""}, errors.SignatureMissing),
        ({"signature": Signature.REFUSED, "signature_note": "拒"}, errors.SignatureMissing),
    ],
)
async def test_faults_at_the_door_are_refused_by_name(database, district, owner, fault, error) -> None:
    _, uid = await begun(database, district)
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, uid)
    await all_conform(database, officer(district), record.uid)
    with pytest.raises(error):
        await service.close_inspection(acting, record.uid, await a_door(district, district.departments[0], **fault))


async def test_a_certificate_suspended_since_the_approval_stops_the_closing(database, district, owner) -> None:
    market = district.departments[0]
    _, uid = await begun(database, district)
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, uid)
    await all_conform(database, officer(district), record.uid)
    await owner.execute("UPDATE inspector SET state = 'suspended' WHERE id = $1", district.inspectors[market][1])
    with pytest.raises(errors.CertificateNotValid):
        await service.close_inspection(acting, record.uid, await a_door(district, market))


async def test_a_finding_orders_rectification_and_the_heaviest_disposition_is_the_result(
    database, district, owner
) -> None:
    _, uid = await begun(database, district)
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, uid)
    criteria = await all_conform(database, officer(district), record.uid, fails=2)
    await service.save_findings(
        acting,
        record.uid,
        [
            a_finding(criteria[0]),
            a_finding(criteria[1], disposition=DispositionKind.GUIDANCE, demand=""),
        ],
    )
    closed = await close_signed(
        database, officer(district), record.uid, await a_door(district, district.departments[0])
    )
    assert closed.result == "rectify_by_date"
    (order,) = closed.rectifications
    assert (order.state_text, str(order.due), order.overdue) == ("已责令", "2026-12-04", False)


async def test_findings_and_answers_must_agree(database, district, owner) -> None:
    _, uid = await begun(database, district)
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, uid)
    await all_conform(database, officer(district), record.uid, fails=1)
    with pytest.raises(errors.FindingIncomplete):
        await service.close_inspection(acting, record.uid, await a_door(district, district.departments[0]))


async def test_facts_prompt_the_leniency_item_in_force_and_its_conditions_are_judged(database, district, owner) -> None:
    _, uid = await begun(database, district)
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, uid)
    (first, *_) = await all_conform(database, officer(district), record.uid, fails=1)
    finding = a_finding(first, facts="营业执照未公示", disposition=DispositionKind.GUIDANCE, demand="")
    seen = await service.save_findings(acting, record.uid, [finding])
    (prompt,) = seen.findings[0].prompts
    assert prompt.version == "2023"
    cited = Leniency(
        list=prompt.list_name, version=prompt.version, item=prompt.item,
        conditions_met=tuple(one["code"] for one in prompt.conditions[:-1]),
        education="已讲解规定并发放提示单", justification="初次发现，当场改正",
    )  # fmt: skip
    lenient = a_finding(
        first, facts="营业执照未公示", disposition=DispositionKind.NO_PENALTY, demand="", leniency=cited
    )
    await service.save_findings(acting, record.uid, [lenient])
    with pytest.raises(errors.LeniencyNotApplicable, match="及时改正"):
        await service.close_inspection(acting, record.uid, await a_door(district, district.departments[0]))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inspection SET result = 'no_problem', notes = 'x'",
        "UPDATE inspection SET state = 'open'",
        "UPDATE inspection SET closed_at = now()",
        "UPDATE answer SET answer = 'conforms'",
        "DELETE FROM answer",
        "DELETE FROM finding",
        "INSERT INTO answer SELECT inspection.id, criterion.id, 'conforms', '' FROM inspection, criterion ON CONFLICT DO NOTHING",
        "DELETE FROM inspection",
        "UPDATE evidence SET digest = digest",
    ],
)
async def test_a_closed_record_cannot_be_changed_by_any_statement_of_the_application(
    database, district, owner, statement
) -> None:
    _, uid = await begun(database, district)
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, uid)
    criteria = await all_conform(database, officer(district), record.uid, fails=1)
    await service.save_findings(acting, record.uid, [a_finding(criteria[0])])
    await close_signed(database, officer(district), record.uid, await a_door(district, district.departments[0]))
    before = await owner.fetch("SELECT * FROM inspection, answer, finding")
    async with database.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('app.role', 'system', true)")
        if statement.startswith("UPDATE evidence"):
            assert await connection.execute(statement) == "UPDATE 0"
        else:
            with pytest.raises((asyncpg.IntegrityConstraintViolationError, asyncpg.InsufficientPrivilegeError)):
                async with connection.transaction():
                    await connection.execute(statement)
    assert await owner.fetch("SELECT * FROM inspection, answer, finding") == before
    with pytest.raises(errors.InspectionClosed):
        await service.save_answers(acting, record.uid, [AnswerInput(criterion=criteria[0], value=AnswerValue.CONFORMS)])


async def test_a_joint_visit_is_recorded_when_each_department_has_closed_its_record(database, district, owner) -> None:
    market, fire = district.departments
    _, uid = await begun(database, district, a_part(district, market), a_part(district, fire))
    for which, department in enumerate((market, fire)):
        assert (await listing.visit(database.acting(COORDINATOR), uid)).state is not VisitState.RECORDED
        acting = database.acting(officer(district, which))
        record = await service.open_inspection(acting, uid)
        await all_conform(database, officer(district, which), record.uid)
        await close_signed(database, officer(district, which), record.uid, await a_door(district, department))
    assert (await listing.visit(database.acting(COORDINATOR), uid)).state is VisitState.RECORDED


async def test_other_departments_and_enterprises_are_answered_as_if_nothing_were_there(
    database, district, owner
) -> None:
    _, uid = await begun(database, district)
    record = await service.open_inspection(database.acting(officer(district)), uid)
    boss = an_actor(Role.ENTERPRISE, 0, person=77, enterprise=district.enterprise)
    for stranger in (officer(district, 1), boss, an_actor(Role.ENTERPRISE, 0, person=78, enterprise=99)):
        with pytest.raises(errors.InspectionNotFound):
            await service.sheet(database.acting(stranger), record.uid)
    with pytest.raises(errors.InspectionNotFound):
        await service.save_answers(database.acting(officer(district, 1)), record.uid, [])
