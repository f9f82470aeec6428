"""What a closed record feeds into the next grades, and how correction, revocation and repair take it back."""

from datetime import date, timedelta

import asyncpg
import pytest

from inspect_registry.actor import Role
from inspect_registry.clock import SetClock
from inspect_registry.enterprises.credit import effects, records
from inspect_registry.enterprises.credit import service as repairs
from inspect_registry.enterprises.credit.model import Ended, GradeInput, Input, Scale, left_out
from inspect_registry.fieldwork import corrections, followup
from inspect_registry.fieldwork.model import AnswerValue, DispositionKind
from inspect_registry.fieldwork.replay import replay
from inspect_registry.fieldwork.views import AnswerInput, CorrectionInput, FindingInput, RecheckInput
from inspect_registry.ledger.leaf import decode_leaf
from tests.credit_builders import an_application, boss, clerk, granted, head
from tests.fieldwork_doors import a_closed_record, a_finding, begun, officer
from tests.visits_builders import District, a_district, an_actor

DECEMBER = date(2026, 12, 1)
AUDITOR = an_actor(Role.AUDITOR, 0, person=901)


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    made = await a_district(owner)
    await owner.execute("UPDATE matter SET tags = '{catering}' WHERE department = $1", made.departments[0])
    return made


async def inputs(owner: asyncpg.Connection) -> list[tuple[str, str, str | None]]:
    rows = await owner.fetch("SELECT scale, kind, ended_why FROM grade_input ORDER BY id")
    return [(row["scale"], row["kind"], row["ended_why"]) for row in rows]


@pytest.mark.parametrize(
    ("findings", "kind", "measure"),
    [
        ((), "conforms", None),
        (({"disposition": DispositionKind.GUIDANCE, "demand": ""},), "guided", None),
        (({"disposition": DispositionKind.RECTIFY_ON_SPOT},), "corrected", "order"),
        (({},), "ordered", "order"),
        (({}, {"disposition": DispositionKind.TRANSFER, "demand": ""}), "case", "pending"),
    ],
)
async def test_each_result_feeds_its_input_and_only_some_leave_a_record(
    database, district, owner, findings, kind, measure
) -> None:
    await owner.execute(
        "INSERT INTO credit_risk (enterprise, month, class) VALUES ($1, '2026-11-01', 'B')", district.enterprise
    )
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid, *findings)
    assert await inputs(owner) == [("credit_risk", kind, None), ("food_risk", kind, None), ("catering", kind, None)]
    rows = await owner.fetch("SELECT measure, field, inspection, found_on FROM credit_record")
    assert [(row["measure"], row["field"]) for row in rows] == ([(measure, "food")] if measure else [])
    assert all(row["inspection"] == closed.uid for row in rows)
    classes = await owner.fetch("SELECT month, class FROM credit_risk")
    assert [(row["month"], row["class"]) for row in classes] == [(date(2026, 11, 1), "B")], "a class is never changed"


async def test_the_entry_names_the_version_of_the_rule_and_its_leaf_says_nothing(database, district, owner) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid, {})
    row = await owner.fetchrow(
        "SELECT leaf, record FROM ledger_entry JOIN ledger_private ON entry = id WHERE action = 'grade_input.noted'"
    )
    leaf = decode_leaf(row["leaf"])
    assert (leaf.subject.kind, leaf.subject.uid, leaf.public) == ("grade_input", closed.uid, {})
    for word in ("credit.effect.input", "2022-01-13", "国市监信发〔2022〕6号", "2026-12-01"):
        assert word.encode() in row["record"]
    for word in (b"ordered", b"credit_risk"):
        assert word in row["record"]
        assert word not in row["leaf"]


async def test_inputs_count_from_the_next_month_until_five_years_after_the_day(database, district, clock) -> None:
    _, uid = await begun(database, district)
    await a_closed_record(database, district, uid, {})
    coordinator = database.acting(an_actor(Role.COORDINATOR, 0, person=900))
    for month, count in (
        (date(2026, 11, 1), 0),
        (DECEMBER, 1),
        (date(2031, 11, 1), 1),
        (date(2031, 12, 1), 0),
    ):
        page = await effects.grade_inputs(coordinator, month, scale=Scale.CREDIT_RISK)
        assert len(page.counted) == count, month
    assert page.left_out == {"expired": 1}
    whole = await effects.grade_inputs(coordinator, DECEMBER, limit=2)
    rest = await effects.grade_inputs(coordinator, DECEMBER, limit=2, after=whole.next)
    assert (len(whole.counted), len(rest.counted), rest.next) == (2, 1, 0)


async def test_a_correction_replaces_inputs_and_ends_the_record_until_it_is_corrected_back(
    database, district, owner
) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid, {"disposition": DispositionKind.RECTIFY_ON_SPOT})
    failed = closed.findings[0].criterion

    async def corrected(of: str, value: AnswerValue, findings: list[FindingInput]) -> str:
        change = CorrectionInput(
            reason="复核录像后更正要点", answers=[AnswerInput(criterion=failed, value=value)], findings=findings
        )
        draft = await corrections.propose_correction(database.acting(officer(district)), of, change)
        return (await corrections.confirm_correction(database.acting(head(district)), draft.uid)).uid

    second = await corrected(closed.uid, AnswerValue.CONFORMS, [])
    assert await owner.fetchval("SELECT ended_why FROM credit_record") == "corrected"
    assert [one for one in await inputs(owner) if one[0] == "credit_risk"] == [
        ("credit_risk", "corrected", "corrected"),
        ("credit_risk", "conforms", None),
    ]
    again = [a_finding(failed, disposition=DispositionKind.RECTIFY_ON_SPOT)]
    third = await corrected(second, AnswerValue.FAILS, again)
    row = await owner.fetchrow("SELECT inspection, ended_why FROM credit_record")
    assert (row["inspection"], row["ended_why"]) == (third, None)
    assert await owner.fetchval("SELECT count(*) FROM credit_record") == 1


async def test_a_revoked_result_stops_feeding_and_its_record_is_over(database, district, owner) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid, {})
    await followup.revoke(database.acting(head(district)), closed.uid, "检查对象错误")
    assert {one[2] for one in await inputs(owner)} == {"revoked"}
    assert await owner.fetchval("SELECT ended_why FROM credit_record") == "revoked"


async def put_right(database, district, order: str) -> None:
    await followup.give_evidence(database.acting(boss(district)), order, "已更换压缩机，附维修单")
    passed = RecheckInput(passed=True, note="维修单与照片核对无误")
    await followup.recheck(database.acting(officer(district)), order, passed)
    await followup.close_rectification(database.acting(officer(district)), order)


async def test_duties_are_done_when_the_last_order_is_closed(database, district, owner) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid, {}, {})
    first, last = (one.uid for one in closed.rectifications)
    await put_right(database, district, first)
    assert await owner.fetchval("SELECT performed_on FROM credit_record") is None
    (record,) = await records.credit_records(database.acting(boss(district)))
    assert [one.rule for one in record.obstacles] == ["repair-duties-done"]
    await put_right(database, district, last)
    assert await owner.fetchval("SELECT performed_on FROM credit_record") == date(2026, 11, 20)
    (record,) = await records.credit_records(database.acting(boss(district)))
    assert (record.obstacles, record.earliest) == ([], date(2026, 11, 20))


async def test_after_repair_nothing_uses_the_record_and_the_auditor_still_reads_why(
    database, district, owner, clock: SetClock
) -> None:
    visit, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid, {})
    await put_right(database, district, closed.rectifications[0].uid)
    (record,) = await records.credit_records(database.acting(boss(district)))
    await owner.execute(
        "INSERT INTO credit_risk (enterprise, month, class, known_on) VALUES ($1, '2026-12-01', 'D', '2026-12-02')",
        district.enterprise,
    )
    clock.advance(timedelta(days=14))
    asked = await repairs.apply(database.acting(clerk(district)), record.uid, an_application())
    await repairs.decide(database.acting(head(district)), asked.uid, granted())
    january = date(2027, 1, 1)
    page = await effects.grade_inputs(database.acting(AUDITOR), january)
    assert (page.counted, page.left_out) == ([], {"repaired": 3})
    async with database.transaction(clerk(district), read_only=True) as tx:
        assert await effects.lightened(tx, [district.enterprise], january) == {district.enterprise}
        assert await effects.lightened(tx, [district.enterprise], DECEMBER) == {district.enterprise}
        assert await effects.lightened(tx, [district.enterprise], date(2026, 11, 1)) == set()
    await owner.execute(
        "INSERT INTO credit_risk (enterprise, month, class, known_on) VALUES ($1, '2027-01-01', 'C', '2026-12-30')",
        district.enterprise,
    )
    async with database.transaction(clerk(district), read_only=True) as tx:
        assert await effects.lightened(tx, [district.enterprise], january) == set(), "a class fixed after the repair"
    story = await replay(database.acting(AUDITOR), uid)
    told = [line.text for line in story.lines if line.subject_kind in {"grade_input", "credit_repair"}]
    assert told == ["结果记为分级输入", "申请信用修复", "准予信用修复"]
    assert all(line.intact for line in story.lines)
    decided = next(line for line in story.lines if line.action == "credit_repair.granted")
    regime = decided.record["given"]["regime"]
    assert (regime["regime"], regime["in_force_from"]) == ("severity", "2026-04-01")
    assert visit


async def test_what_was_repaired_stays_repaired_when_the_record_is_corrected(database, district, owner) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid, {"disposition": DispositionKind.RECTIFY_ON_SPOT})
    (record,) = await records.credit_records(database.acting(boss(district)))
    asked = await repairs.apply(database.acting(boss(district)), record.uid, an_application())
    await repairs.decide(database.acting(head(district)), asked.uid, granted())
    change = CorrectionInput(reason="补充现场情况说明", notes="补充")
    draft = await corrections.propose_correction(database.acting(officer(district)), closed.uid, change)
    await corrections.confirm_correction(database.acting(head(district)), draft.uid)
    assert await owner.fetchval("SELECT ended_why FROM credit_record") == "repaired"
    assert [one for one in await inputs(owner) if one[0] == "credit_risk"] == [
        ("credit_risk", "corrected", "repaired"),
        ("credit_risk", "corrected", "repaired"),
    ]


def an_input_of(**changes) -> GradeInput:
    values = {
        "enterprise": 1, "enterprise_uid": "e", "inspection": "i", "scale": Scale.CREDIT_RISK, "kind": Input.CASE,
        "feeds_from": date(2025, 12, 1), "counts_to": date(2030, 11, 20), "rule": "r", "rule_from": date(2022, 1, 13),
        "basis": "b", "ended_on": date(2026, 3, 20), "ended_why": Ended.REPAIRED,
    }  # fmt: skip
    return GradeInput(**values | changes)


@pytest.mark.parametrize(
    ("month", "why", "reason"),
    [
        (date(2026, 3, 1), Ended.REPAIRED, ""),
        (date(2026, 4, 1), Ended.REPAIRED, "repaired"),
        (date(2026, 3, 1), Ended.REVOKED, "revoked"),
        (date(2026, 4, 1), Ended.CORRECTED, "corrected"),
        (date(2025, 11, 1), Ended.REPAIRED, "not-yet"),
        (date(2030, 12, 1), None, "expired"),
        (date(2030, 11, 1), None, ""),
    ],
)
def test_a_repair_stops_the_use_only_from_the_new_regime_on(month, why, reason) -> None:
    stops = frozenset(effects.parameters.value("repair.effect", list[str], on=month))
    ended = date(2026, 3, 20) if why else None
    assert left_out(an_input_of(ended_why=why, ended_on=ended), month, stops) == reason
