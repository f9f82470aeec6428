"""Many visits recorded at once under the same rules; one visit replayed out of the ledger, faults planted and found."""

from datetime import timedelta

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.errors import NotAllowed
from inspect_registry.fieldwork import bulk, errors, replay
from inspect_registry.fieldwork.bulk import BulkFinding, BulkRecord
from inspect_registry.fieldwork.model import DispositionKind
from inspect_registry.visits import listing
from inspect_registry.visits.model import VisitState
from tests.fieldwork_doors import NOW, a_closed_record, begun, officer
from tests.visits_builders import COORDINATOR, SYSTEM, District, a_district, a_part, an_actor

AUDITOR = an_actor(Role.AUDITOR, 0, person=55)


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


def a_record(visit: int, *findings: BulkFinding) -> BulkRecord:
    return BulkRecord(visit=visit, started_at=NOW - timedelta(hours=1), ended_at=NOW, findings=findings)


async def test_visits_are_recorded_at_once_and_those_with_orders_stay_open(database, district, owner) -> None:
    market, fire = district.departments
    quiet, quiet_uid = await begun(database, district, a_part(district, market), a_part(district, fire))
    _, place = await district.shop()
    found, found_uid = await begun(database, district, premises=place, arrived=False)
    problem = BulkFinding(
        department=market, point=1, facts="台账不全", clause="《食品安全法》第五十条",
        disposition=DispositionKind.RECTIFY_BY_DATE, demand="补齐台账",
    )  # fmt: skip
    made = await bulk.record_bulk(database.acting(SYSTEM), [a_record(quiet), a_record(found, problem)])
    assert made == 3
    states = [(await listing.visit(database.acting(COORDINATOR), uid)).state for uid in (quiet_uid, found_uid)]
    assert states == [VisitState.CLOSED, VisitState.RECORDED]
    rows = await owner.fetch("SELECT state, result, told_at IS NOT NULL AS told FROM inspection ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("closed", "no_problem", True),
        ("closed", "no_problem", True),
        ("closed", "rectify_by_date", True),
    ]
    assert await owner.fetchval("SELECT count(*) FROM rectification WHERE state = 'ordered'") == 1
    assert await owner.fetchval("SELECT count(*) FROM fact") == 3
    assert await owner.fetchval("SELECT count(*) FROM answer WHERE answer = 'fails'") == 1


async def test_one_broken_rule_refuses_the_whole_load(database, district, owner) -> None:
    number, _ = await begun(database, district)
    late = BulkRecord(visit=number, started_at=NOW - timedelta(days=1), ended_at=NOW)
    with pytest.raises(errors.TimeNotPossible):
        await bulk.record_bulk(database.acting(SYSTEM), [late])
    assert await owner.fetchval("SELECT count(*) FROM inspection") == 0


async def test_an_auditor_replays_a_visit_from_its_plan_to_its_end(database, district, owner) -> None:
    _, uid = await begun(database, district)
    await a_closed_record(database, district, uid, {})
    story = await replay.replay(database.acting(AUDITOR), uid)
    assert [line.action for line in story.lines] == [
        "visit.proposed", "visit.confirmed", "visit.approved", "visit.started", "inspection.opened", "inspection.saved",
        "finding.recorded", "inspection.saved", "signature.taken", "signature.taken", "signature.taken",
        "rectification.ordered", "inspection.closed", "grade_input.noted", "visit.recorded",
        "code.closed",
    ]  # fmt: skip
    assert all(line.intact for line in story.lines)
    assert story.lines[2].text == "负责人批准"
    assert story.lines[-4].record["result"] == "rectify_by_date"
    assert [line.at for line in story.lines] == sorted(line.at for line in story.lines)
    with pytest.raises(NotAllowed):
        await replay.replay(database.acting(officer(district)), uid)


async def test_a_rewritten_private_record_shows_as_not_intact(database, district, owner) -> None:
    _, uid = await begun(database, district)
    await owner.execute("ALTER TABLE ledger_private DISABLE TRIGGER ledger_private_append_only")
    await owner.execute(
        "UPDATE ledger_private SET record = replace(convert_from(record, 'UTF8'), '2026', '2025')::bytea "
        "WHERE entry = (SELECT min(id) FROM ledger_entry WHERE subject_uid = $1)",
        uid,
    )
    story = await replay.replay(database.acting(AUDITOR), uid)
    assert [line.intact for line in story.lines][:2] == [False, True]
