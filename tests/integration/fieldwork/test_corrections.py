"""A closed record is corrected by a new version with a reason and a second person; both stay."""

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.fieldwork import corrections, errors, followup, service
from inspect_registry.fieldwork.model import AnswerValue, DispositionKind, InspectionState
from inspect_registry.fieldwork.views import AnswerInput, CorrectionInput
from tests.fieldwork_doors import a_closed_record, a_finding, begun, officer
from tests.visits_builders import District, a_district, an_actor


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


def head(district: District):
    return an_actor(Role.HEAD, district.departments[0])


async def test_a_correction_is_a_new_version_and_the_old_one_stays_readable(database, district, owner) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid, {"disposition": DispositionKind.GUIDANCE, "demand": ""})
    failed = closed.findings[0].criterion
    change = CorrectionInput(
        reason="要点一误记，复核录像后应为符合",
        answers=[AnswerInput(criterion=failed, value=AnswerValue.CONFORMS)],
        findings=[],
        notes="以本版为准",
    )
    draft = await corrections.propose_correction(database.acting(officer(district)), closed.uid, change)
    assert (draft.version, draft.state) == (2, InspectionState.OPEN)
    assert (await service.sheet(database.acting(officer(district)), closed.uid)).state is InspectionState.CLOSED
    new = await corrections.confirm_correction(database.acting(head(district)), draft.uid)
    assert (new.state, new.result, new.notes) == (InspectionState.CLOSED, "no_problem", "以本版为准")
    assert [(one.version, one.state.value, one.correction_reason) for one in new.versions] == [
        (1, "corrected", ""),
        (2, "closed", "要点一误记，复核录像后应为符合"),
    ]
    boss = an_actor(Role.ENTERPRISE, 0, person=77, enterprise=district.enterprise)
    old = await service.sheet(database.acting(boss), closed.uid)
    assert (old.result, len(old.findings)) == ("guidance", 1)
    assert (await service.sheet(database.acting(boss), new.uid)).result == "no_problem"
    facts = await owner.fetchval("SELECT count(*) FROM fact")
    assert facts == 1


async def test_whoever_proposes_cannot_confirm_and_the_rules_hold_for_corrections_too(
    database, district, owner
) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid)
    first = closed.points[0].criterion
    change = CorrectionInput(reason="要点一应为不符合", answers=[AnswerInput(criterion=first, value=AnswerValue.FAILS)])
    draft = await corrections.propose_correction(database.acting(officer(district)), closed.uid, change)
    with pytest.raises(errors.SecondPersonNeeded):
        await corrections.confirm_correction(database.acting(officer(district)), draft.uid)
    with pytest.raises(errors.FindingIncomplete):
        await corrections.confirm_correction(database.acting(head(district)), draft.uid)
    await service.save_findings(database.acting(officer(district)), draft.uid, [a_finding(first)])
    new = await corrections.confirm_correction(database.acting(head(district)), draft.uid)
    assert (new.result, len(new.rectifications)) == ("rectify_by_date", 1)


async def test_only_the_newest_closed_version_is_corrected_once_at_a_time(database, district, owner) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid)
    change = CorrectionInput(reason="补充现场情况说明", notes="补充")
    draft = await corrections.propose_correction(database.acting(officer(district)), closed.uid, change)
    for target in (closed.uid, draft.uid):
        with pytest.raises(errors.InspectionNotClosed):
            await corrections.propose_correction(database.acting(officer(district)), target, change)
    with pytest.raises(errors.CorrectionNotAllowed):
        await corrections.propose_correction(
            database.acting(officer(district)), closed.uid, CorrectionInput(reason="错")
        )
    with pytest.raises(errors.InspectionNotFound):
        await corrections.propose_correction(database.acting(officer(district, 1)), closed.uid, change)


async def test_a_revoked_result_has_its_withdrawal_date(database, district, owner) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid)
    revoked = await followup.revoke(database.acting(head(district)), closed.uid, "检查对象错误")
    assert revoked.revoked_at is not None
    due = await owner.fetchval("SELECT withdraw_due FROM inspection WHERE uid = $1", closed.uid)
    assert str(due) == "2026-11-25"
