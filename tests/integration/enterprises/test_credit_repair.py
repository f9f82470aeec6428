"""Applications for repair on a real database: who, when, under which regime, and what it stops."""

from datetime import date, timedelta

import asyncpg
import pytest

from inspect_registry.actor import SYSTEM, Role
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.enterprises.credit import effects, records, service
from inspect_registry.enterprises.credit.errors import (
    CreditRecordEnded,
    CreditRecordNotFound,
    MeasureUnsound,
    RepairNotFound,
    RepairNotPossible,
    RepairNotYours,
    RepairSettled,
    RepairUnderWay,
    RepairUnfounded,
)
from inspect_registry.enterprises.credit.model import Condition, Measure, RepairState
from inspect_registry.enterprises.credit.records import MeasureInput
from inspect_registry.errors import NotAllowed
from tests.credit_builders import PAPERS, a_record, an_application, an_input, at, boss, clerk, granted, head, refused
from tests.visits_builders import COORDINATOR, District, a_district, an_actor

d = date
AUDITOR = an_actor(Role.AUDITOR, 0, person=901)


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def applied(database: Database, district: District, clock: SetClock, day: date, **facts: object) -> str:
    record = await a_record(district, **facts)
    clock.set(at(day))
    return (await service.apply(database.acting(boss(district)), record, an_application())).uid


@pytest.mark.parametrize(
    ("field", "measure", "day", "rule"),
    [
        ("general", "fine", d(2026, 3, 15), "repair-minimum-publicity"),
        ("general", "fine", d(2026, 3, 16), ""),
        ("food", "fine", d(2026, 3, 31), "repair-minimum-publicity"),
        ("food", "fine", d(2026, 4, 1), ""),
        ("food", "warning", d(2026, 3, 31), "repair-minimum-publicity"),
        ("food", "warning", d(2026, 4, 1), ""),
        ("general", "revocation", d(2026, 3, 31), "repair-measure-excluded"),
        ("general", "revocation", d(2026, 4, 1), "repair-minimum-publicity"),
        ("general", "revocation", d(2026, 12, 15), "repair-minimum-publicity"),
        ("general", "revocation", d(2026, 12, 16), ""),
    ],
)
async def test_the_same_record_gets_another_answer_on_each_side_of_the_change(
    database, district, clock, owner, field, measure, day, rule
) -> None:
    record = await a_record(district, field=field, measure=measure)
    clock.set(at(day))
    acting = database.acting(boss(district))
    if not rule:
        assert (await service.apply(acting, record, an_application())).state is RepairState.APPLIED
        return
    with pytest.raises(RepairNotPossible) as caught:
        await service.apply(acting, record, an_application())
    assert caught.value.rule == rule
    assert caught.value.basis.startswith("《")
    assert caught.value.remedy
    leaf = await owner.fetchval("SELECT leaf FROM ledger_entry WHERE action = 'act.refused'")
    assert rule.encode() in leaf, "a refusal is a committed result"
    assert await owner.fetchval("SELECT count(*) FROM credit_repair") == 0


async def test_what_is_asked_can_be_read_before_applying(database, district, clock) -> None:
    record = await a_record(district, field="food")
    clock.set(at(d(2026, 3, 31)))
    acting = database.acting(boss(district))
    old = await records.credit_record(acting, record)
    assert (old.regime, old.minimum_months, old.earliest) == ("domain", 12, d(2026, 12, 16))
    assert [one.code for one in old.papers] == ["application", "performance"]
    assert [one.code for one in old.confirm] == ["harm_removed", "not_listed"]
    assert [one.rule for one in old.obstacles] == ["repair-minimum-publicity"]
    clock.set(at(d(2026, 4, 1)))
    new = await records.credit_record(acting, record)
    assert (new.regime, new.minimum_months, new.earliest, new.obstacles) == ("severity", 3, d(2026, 3, 16), [])
    assert (new.publicity_ends, new.confirm) == (d(2026, 12, 15), [])


async def test_the_enterprise_applies_and_the_head_of_the_same_department_grants(
    database, district, clock, owner
) -> None:
    await owner.execute("UPDATE enterprise SET contact = 'shop@example.invalid'")
    record = await a_record(district)
    await an_input(district, record)
    clock.set(at(d(2026, 4, 2)))
    waiting = await service.apply(database.acting(boss(district)), record, an_application())
    assert (waiting.decide_due, waiting.late, waiting.on_behalf) == (d(2026, 4, 17), False, False)
    clock.set(at(d(2026, 4, 3)))
    done = await service.decide(database.acting(head(district)), waiting.uid, granted())
    assert (done.state, done.share_due, done.judged_on) == (RepairState.GRANTED, d(2026, 4, 9), d(2026, 4, 2))
    row = await owner.fetchrow("SELECT * FROM credit_record WHERE uid = $1", record)
    assert (row["ended_why"], row["ended_on"], row["publicity_ended_on"]) == ("repaired", *[d(2026, 4, 3)] * 2)
    told = await owner.fetchrow("SELECT subject, body, enterprise FROM notice")
    assert told["enterprise"] == district.enterprise
    assert "准予信用修复" in told["subject"]
    assert "信用修复管理办法" in told["body"]


async def test_a_refusal_names_condition_and_reason_and_another_try_is_possible(
    database, district, clock, owner
) -> None:
    uid = await applied(database, district, clock, d(2026, 4, 2))
    acting = database.acting(head(district))
    with pytest.raises(RepairUnfounded):
        await service.decide(acting, uid, refused())
    with pytest.raises(RepairUnfounded):  # not a condition of the regime that judges
        await service.decide(acting, uid, refused(Condition.HARM_REMOVED))
    with pytest.raises(RepairUnfounded):
        await service.decide(acting, uid, refused(Condition.DUTIES_DONE, reason="   "))
    no = await service.decide(acting, uid, refused(Condition.DUTIES_DONE))
    assert (no.state, no.unmet, no.share_due) == (RepairState.REFUSED, ["已经改正并全部履行相关义务"], None)
    with pytest.raises(RepairSettled):
        await service.decide(acting, uid, granted())
    again = await service.apply(database.acting(boss(district)), no.record, an_application())
    assert again.uid != uid
    assert await owner.fetchval("SELECT ended_on FROM credit_record") is None


async def test_granting_against_a_condition_is_refused_with_its_rule(database, district, clock) -> None:
    uid = await applied(database, district, clock, d(2026, 3, 16))
    with pytest.raises(RepairNotPossible) as caught:
        await service.decide(database.acting(head(district)), uid, granted(confirmed=[Condition.HARM_REMOVED]))
    assert caught.value.rule == "repair-not-listed"
    other = await a_record(district, measure_on=d(2026, 3, 17), published_on=None, performed_on=None)
    clock.set(at(d(2026, 3, 18)))
    with pytest.raises(RepairNotPossible) as caught:
        await service.decide(database.acting(head(district)), uid, granted())
    assert caught.value.rule == "repair-no-repeat", other


async def test_a_repeat_in_another_field_or_before_or_revoked_is_none(database, district, clock, owner) -> None:
    uid = await applied(database, district, clock, d(2026, 3, 16))
    await a_record(district, field="fire", measure_on=d(2026, 3, 1))
    await a_record(district, measure_on=d(2025, 12, 15))
    await a_record(district, measure="order")
    await a_record(district, measure_on=d(2026, 3, 2), ended_on=d(2026, 3, 3), ended_why="revoked")
    _, other_shop = district.enterprise, (await district.shop())[0]
    await a_record(district, measure_on=d(2026, 3, 2), enterprise=other_shop)
    assert (await service.decide(database.acting(head(district)), uid, granted())).state is RepairState.GRANTED


async def test_an_application_that_the_change_overtook_is_judged_by_what_grants_it(
    database, district, clock, owner
) -> None:
    uid = await applied(database, district, clock, d(2026, 3, 27))
    await a_record(district, measure_on=d(2026, 3, 28), published_on=None, performed_on=None)
    clock.set(at(d(2026, 3, 31)))
    with pytest.raises(RepairNotPossible):
        await service.decide(database.acting(head(district)), uid, granted())
    clock.set(at(d(2026, 4, 1)))
    done = await service.decide(database.acting(head(district)), uid, granted())
    assert (done.applied_on, done.judged_on) == (d(2026, 3, 27), d(2026, 4, 1))


async def test_a_clerk_enters_it_for_the_enterprise_and_somebody_else_decides(database, district, clock) -> None:
    record = await a_record(district)
    clock.set(at(d(2026, 4, 2)))
    entered = await service.apply(database.acting(clerk(district)), record, an_application())
    assert entered.on_behalf
    same = an_actor(Role.HEAD, district.departments[0], person=clerk(district).person)
    with pytest.raises(RepairNotYours):
        await service.decide(database.acting(same), entered.uid, granted())
    with pytest.raises(RepairNotFound):
        await service.withdraw(database.acting(boss(district)), entered.uid)
    back = await service.withdraw(database.acting(clerk(district)), entered.uid)
    assert back.state is RepairState.WITHDRAWN
    with pytest.raises(RepairSettled):
        await service.withdraw(database.acting(clerk(district)), entered.uid)


async def test_nobody_else_reads_applies_or_decides(database, district, clock) -> None:
    uid = await applied(database, district, clock, d(2026, 4, 2))
    record = (await service.repair(database.acting(boss(district)), uid)).record
    stranger = boss(district, (await district.shop())[0])
    for refused_call in (
        records.credit_record(database.acting(stranger), record),
        service.apply(database.acting(stranger), record, an_application()),
        service.apply(database.acting(clerk(district, 1)), record, an_application()),
    ):
        with pytest.raises(CreditRecordNotFound):
            await refused_call
    for refused_call in (
        service.repair(database.acting(stranger), uid),
        service.withdraw(database.acting(stranger), uid),
        service.decide(database.acting(head(district, 1)), uid, granted()),
    ):
        with pytest.raises(RepairNotFound):
            await refused_call
    for actor in (boss(district), clerk(district), COORDINATOR, AUDITOR):
        with pytest.raises(NotAllowed):
            await service.decide(database.acting(actor), uid, granted())
    with pytest.raises(NotAllowed):
        await service.apply(database.acting(head(district)), record, an_application())
    with pytest.raises(NotAllowed):
        await effects.grade_inputs(database.acting(boss(district)), d(2026, 4, 1))


async def test_one_open_application_at_a_time_and_none_for_what_is_over(database, district, clock) -> None:
    uid = await applied(database, district, clock, d(2026, 4, 2))
    record = (await service.repair(database.acting(boss(district)), uid)).record
    with pytest.raises(RepairUnderWay):
        await service.apply(database.acting(boss(district)), record, an_application())
    await service.decide(database.acting(head(district)), uid, granted())
    with pytest.raises(CreditRecordEnded):
        await service.apply(database.acting(boss(district)), record, an_application())
    revoked = await a_record(district, ended_on=d(2026, 4, 1), ended_why="revoked")
    with pytest.raises(CreditRecordEnded):
        await service.apply(database.acting(boss(district)), revoked, an_application())


async def test_missing_papers_and_an_empty_commitment_are_named_together(database, district, clock) -> None:
    record = await a_record(district)
    clock.set(at(d(2026, 4, 2)))
    with pytest.raises(RepairNotPossible) as caught:
        await service.apply(
            database.acting(boss(district)), record, an_application(papers=PAPERS[:1], commitment=" 好 ")
        )
    assert [place.field for place in caught.value.places] == ["repair-papers", "repair-commitment"]
    assert "《信用承诺书》" in caught.value.detail


async def test_undecided_and_unshared_applications_are_seen_as_late(database, district, clock) -> None:
    uid = await applied(database, district, clock, d(2026, 4, 2))
    acting = database.acting(head(district))
    clock.set(at(d(2026, 4, 17)))
    assert [one.late for one in await service.waiting(acting)] == [False]
    clock.set(at(d(2026, 4, 18)))
    assert [one.late for one in await service.waiting(acting)] == [True]
    assert await service.waiting(database.acting(head(district, 1))) == []
    assert [one.uid for one in await service.waiting(database.acting(AUDITOR))] == [uid]
    done = await service.decide(acting, uid, granted())
    assert [one.late for one in await service.waiting(acting)] == [False]
    clock.set(at(done.share_due + timedelta(days=1)))
    assert [one.late for one in await service.waiting(acting)] == [True]


async def test_what_a_case_ended_with_is_noted_by_its_department(database, district, clock, owner) -> None:
    record = await a_record(district, measure="pending", performed_on=None, found_on=d(2026, 4, 1))
    clock.set(at(d(2026, 5, 6)))
    acting = database.acting(clerk(district))
    with pytest.raises(RepairNotPossible) as caught:
        await service.apply(database.acting(boss(district)), record, an_application())
    assert caught.value.rule == "repair-decided-first"
    good = MeasureInput(measure=Measure.FINE, document="沪市监嘉处〔2026〕000200号", decided_on=d(2026, 5, 5))
    for wrong in (
        MeasureInput(measure=Measure.ORDER, document="x", decided_on=d(2026, 5, 5)),
        MeasureInput(measure=Measure.FINE, document="  ", decided_on=d(2026, 5, 5)),
        MeasureInput(measure=Measure.FINE, document="x", decided_on=d(2026, 3, 31)),
        MeasureInput(measure=Measure.FINE, document="x", decided_on=d(2026, 5, 7)),
    ):
        with pytest.raises(MeasureUnsound):
            await records.note_measure(acting, record, wrong)
    noted = await records.note_measure(acting, record, good)
    assert (noted.measure, noted.measure_document, noted.minimum_months) == (Measure.FINE, good.document, 3)
    for day in (d(2026, 5, 4), d(2026, 5, 7)):
        with pytest.raises(MeasureUnsound):
            await records.note_performance(acting, record, day)
    assert (await records.note_performance(acting, record, d(2026, 5, 6))).performed_on == d(2026, 5, 6)
    with pytest.raises(CreditRecordNotFound):
        await records.note_measure(database.acting(clerk(district, 1)), record, good)
    an_order = await a_record(district, measure="order")
    with pytest.raises(MeasureUnsound):
        await records.note_measure(acting, an_order, good)
    with pytest.raises(MeasureUnsound):
        await records.note_performance(acting, an_order, d(2026, 5, 6))


async def test_the_longest_publicity_ends_by_itself_with_its_entry(database, district, clock, owner) -> None:
    record = await a_record(district)
    clock.set(at(d(2026, 12, 15)))
    async with database.transaction(SYSTEM) as tx:
        assert await records.stop_publicity(tx) == 0
    clock.set(at(d(2026, 12, 16)))
    async with database.transaction(SYSTEM) as tx:
        assert await records.stop_publicity(tx) == 1
    async with database.transaction(SYSTEM) as tx:
        assert await records.stop_publicity(tx) == 0
    row = await owner.fetchrow("SELECT publicity_ended_on, ended_on FROM credit_record WHERE uid = $1", record)
    assert (row["publicity_ended_on"], row["ended_on"]) == (d(2026, 12, 16), None)
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'credit_publicity.ended'") == 1


async def test_the_public_leaves_of_a_repair_name_neither_enterprise_nor_record(
    database, district, clock, owner
) -> None:
    uid = await applied(database, district, clock, d(2026, 4, 2))
    await service.decide(database.acting(head(district)), uid, granted())
    leaves = await owner.fetch("SELECT leaf FROM ledger_entry WHERE subject_kind = 'credit_repair' ORDER BY id")
    assert len(leaves) == 2
    known = await owner.fetchrow(
        "SELECT credit_record.uid AS record, inspection, enterprise.uid AS enterprise, enterprise.name, reg_no "
        "FROM credit_record JOIN enterprise ON enterprise.id = credit_record.enterprise"
    )
    for row in leaves:
        assert not [word for word in known.values() if word.encode() in row["leaf"]]
    private = await owner.fetchval(
        "SELECT record FROM ledger_private JOIN ledger_entry ON ledger_entry.id = entry "
        "WHERE action = 'credit_repair.granted'"
    )
    for word in (known["record"], "信用修复管理办法", "2026-04-01", "judged_on"):
        assert word.encode() in private, "the ledger proves under which version of which rule it was granted"


async def test_the_database_itself_keeps_the_states_apart(database, district, clock, owner) -> None:
    uid = await applied(database, district, clock, d(2026, 4, 2))
    for statement, constraint in (
        ("UPDATE credit_repair SET state = 'granted'", "credit_repair_decided_whole"),
        (
            """UPDATE credit_repair SET state = 'refused', decided_at = now(), decided_on = now(), judged_on = now(),
                 decided_by = applied_by, decision = 'x', unmet = '{a}'""",
            "credit_repair_decided_by_another",
        ),
        ("UPDATE credit_record SET ended_why = 'repaired', ended_on = now()", "credit_record_repaired_not_public"),
        ("UPDATE credit_record SET measure = 'pending'", "credit_record_measure_documented"),
    ):
        with pytest.raises(asyncpg.CheckViolationError) as caught:
            await owner.execute(statement)
        assert caught.value.constraint_name == constraint, uid
