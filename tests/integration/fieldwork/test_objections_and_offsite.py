"""Objections are marked and decided in time by somebody else; off-site checks go round their loop; the scope stays locked."""

from datetime import timedelta

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.clock import SetClock
from inspect_registry.fieldwork import corrections, errors, objections, offsite, service
from inspect_registry.fieldwork.model import ObjectionState, OffsiteMeans, OffsiteState
from inspect_registry.fieldwork.offsite import OffsiteDraft
from inspect_registry.fieldwork.views import CorrectionInput
from inspect_registry.triggers.model import TriggerDraft, TriggerKind
from tests.fieldwork_doors import NOW, a_closed_record, begun, officer
from tests.visits_builders import COORDINATOR, District, a_district, an_actor


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


def boss(district: District, enterprise: int = 0):
    return an_actor(Role.ENTERPRISE, 0, person=77, enterprise=enterprise or district.enterprise)


def head(district: District, which: int = 0):
    return an_actor(Role.HEAD, district.departments[which])


async def a_result(database, district) -> str:
    _, uid = await begun(database, district)
    return (await a_closed_record(database, district, uid)).uid


async def test_an_objection_is_marked_and_decided_within_its_working_days(database, district, owner, clock) -> None:
    record = await a_result(database, district)
    raised = await objections.object_to(database.acting(boss(district)), record, "检查当日本店未营业，记录有误")
    assert (str(raised.mark_due), str(raised.decide_due)) == ("2026-11-23", "2026-11-27")
    marked = await objections.mark(database.acting(head(district)), raised.uid)
    assert (marked.state, marked.late) == (ObjectionState.MARKED, False)
    clock.advance(timedelta(days=8))
    (late,) = await objections.objections(database.acting(COORDINATOR))
    assert late.late
    done = await objections.decide(
        database.acting(head(district)), raised.uid, upheld=True, decision="经核查属实，另行更正"
    )
    assert (done.state, done.decision) == (ObjectionState.UPHELD, "经核查属实，另行更正")
    assert await objections.objections(database.acting(head(district))) == []
    actions = await owner.fetch("SELECT action FROM ledger_entry WHERE subject_uid = $1 ORDER BY id", raised.uid)
    assert [row["action"] for row in actions] == ["objection.raised", "objection.marked", "objection.decided"]


async def test_whoever_made_the_record_does_not_decide_on_the_objection(database, district, owner) -> None:
    record = await a_result(database, district)
    raised = await objections.object_to(database.acting(boss(district)), record, "记录有误，请核查")
    recorder = an_actor(Role.HEAD, district.departments[0], person=officer(district).person)
    with pytest.raises(errors.SecondPersonNeeded):
        await objections.decide(database.acting(recorder), raised.uid, upheld=False, decision="记录无误")


async def test_an_objection_is_to_the_newest_closed_version_and_in_words(database, district) -> None:
    _, uid = await begun(database, district)
    acting, shop = database.acting(officer(district)), database.acting(boss(district))
    record = (await a_closed_record(database, district, uid)).uid
    change = CorrectionInput(reason="补充现场情况说明", notes="补充")
    newest = (await corrections.propose_correction(acting, record, change)).uid
    await corrections.confirm_correction(database.acting(head(district)), newest)
    for target, words in ((record, "记录有误，请核查"), (newest, "  有误吧  "), (newest, "误" * 2001)):
        with pytest.raises(errors.ObjectionNotAllowed) as refused:
            await objections.object_to(shop, target, words)
        assert refused.value.rule == "objection-to-closed-record"
    assert (await objections.object_to(shop, newest, "五个字刚好")).state is ObjectionState.RAISED


async def test_one_objection_at_a_time_and_only_by_the_inspected_enterprise(database, district, owner) -> None:
    record = await a_result(database, district)
    await objections.object_to(database.acting(boss(district)), record, "记录有误，请核查")
    with pytest.raises(errors.ObjectionNotAllowed):
        await objections.object_to(database.acting(boss(district)), record, "记录有误，再次请求")
    other, _ = await district.shop()
    with pytest.raises(errors.InspectionNotFound):
        await objections.object_to(database.acting(boss(district, other)), record, "与我无关但想反对")
    with pytest.raises(errors.ObjectionNotFound):
        await objections.mark(database.acting(head(district, 1)), "n" * 26)


async def test_a_decided_objection_is_not_decided_again(database, district, owner) -> None:
    record = await a_result(database, district)
    raised = await objections.object_to(database.acting(boss(district)), record, "记录有误，请核查")
    await objections.decide(database.acting(head(district)), raised.uid, upheld=False, decision="记录无误")
    with pytest.raises(errors.ObjectionNotAllowed):
        await objections.decide(database.acting(head(district)), raised.uid, upheld=True, decision="改主意了")
    await objections.object_to(database.acting(boss(district)), record, "补充证据后再次提出")


async def a_view(district: District, **facts) -> OffsiteDraft:
    market = district.departments[0]
    matter = await district.matter(market, offsite_possible=True)
    values = {
        "premises": await district.uid_of("premises", district.premises),
        "matter": await district.uid_of("matter", matter),
        "means": OffsiteMeans.VIDEO,
        "observation": "明厨亮灶画面正常，人员着装规范",
        "problem": False,
    }
    return OffsiteDraft(**values | facts)


async def test_an_offsite_check_goes_found_reviewed_acted_and_is_remembered(database, district, owner) -> None:
    found = await offsite.find(database.acting(officer(district)), await a_view(district))
    assert found.state is OffsiteState.FOUND
    with pytest.raises(errors.SecondPersonNeeded):
        await offsite.review(database.acting(officer(district)), found.uid, sufficient=True)
    with pytest.raises(errors.OffsiteStepNotAllowed):
        await offsite.act_on(database.acting(head(district)), found.uid, "无需到场")
    reviewed = await offsite.review(database.acting(head(district)), found.uid, sufficient=True)
    assert (reviewed.state, reviewed.sufficient) == (OffsiteState.REVIEWED, True)
    assert [one.uid for one in await offsite.open_loops(database.acting(COORDINATOR))] == [found.uid]
    await offsite.act_on(database.acting(head(district)), found.uid, "无需到场检查")
    assert await offsite.open_loops(database.acting(COORDINATOR)) == []
    fact = await owner.fetchrow("SELECT onsite, sufficient, day FROM fact")
    assert (fact["onsite"], fact["sufficient"], str(fact["day"])) == (False, True, "2026-11-20")


async def test_only_matters_that_allow_it_are_checked_from_afar(database, district, owner) -> None:
    plain = await district.uid_of("matter", district.matters[district.departments[0]][0])
    with pytest.raises(errors.OffsiteStepNotAllowed, match="未列为"):
        await offsite.find(database.acting(officer(district)), await a_view(district, matter=plain))
    with pytest.raises(errors.OffsiteNotFound):
        await offsite.find(database.acting(officer(district, 1)), await a_view(district))
    with pytest.raises(errors.OffsiteNotFound):
        await offsite.find(database.acting(officer(district)), await a_view(district, premises="nowhere"))


async def test_what_lies_outside_the_code_becomes_a_trigger_and_not_an_extra_matter(
    database, district, owner, clock: SetClock
) -> None:
    market = district.departments[0]
    number, uid = await begun(database, district)
    record = await service.open_inspection(database.acting(officer(district)), uid)
    extra = await district.matter(market)
    draft = TriggerDraft(
        kind=TriggerKind.DATA,
        premises=await district.uid_of("premises", district.premises),
        matters=[await district.uid_of("matter", extra)],
        facts="检查中看到电梯未贴检验标志",
        source_number=f"检查记录{record.uid[:8]}",
        received_at=NOW,
    )
    trigger = await service.propose_beyond_scope(database.acting(officer(district)), record.uid, draft)
    assert await owner.fetchval("SELECT origin_visit FROM trigger WHERE uid = $1", trigger.uid) == number
    again = await service.sheet(database.acting(officer(district)), record.uid)
    assert len(again.points) == len(record.points)
    with pytest.raises(errors.InspectionNotFound):
        await service.propose_beyond_scope(database.acting(officer(district, 1)), record.uid, draft)
