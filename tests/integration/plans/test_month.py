"""A department's month on a real database: draws committed before their seed, checks with windows, publication."""

from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.catalogue.model import Level
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.history import service as history
from inspect_registry.history.model import NewFact
from inspect_registry.plans import disclosure, drawing, generating, month_checks, months, service
from inspect_registry.plans.draw import Ball, Method, drawn, urn
from inspect_registry.plans.draw_shapes import CommitDraw, SeedDraft
from inspect_registry.plans.errors import (
    CheckUnknown,
    DrawAlreadyDrawn,
    DrawNotDrawn,
    DrawReasonMissing,
    MonthAlreadyPlanned,
    MonthOver,
    PlanElementMissing,
    PlanStepForbidden,
    TaskOutsidePlan,
)
from inspect_registry.plans.generating import MonthOrder
from inspect_registry.plans.lifecycle import PlanState
from inspect_registry.plans.model import CheckState
from tests.district_builders import a_small_district
from tests.plans_builders import a_clerk, a_coordinator, a_published_plan, a_task, draw_the_inspectors

DECEMBER = date(2026, 12, 1)


async def test_a_month_goes_from_draw_to_publication(database: Database, clock: SetClock) -> None:
    district = await a_small_district(database, enterprise_count=12)
    clerk, coordinator = database.acting(a_clerk(district)), database.acting(a_coordinator())
    plan = await a_published_plan(database, district)
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    committed = await drawing.commit_draw(clerk, month.uid, CommitDraw(task=plan.tasks[0].uid))
    # 50 % of 12 over November and December: three in each month.
    assert (committed.pool, committed.wanted, committed.drawn_at) == (12, 3, None)
    with pytest.raises(DrawNotDrawn):
        await month_checks.make_checks(clerk, month.uid)
    clock.advance(timedelta(hours=2))
    seeded = await drawing.seed_draw(
        clerk,
        committed.uid,
        SeedDraft(
            seed="03 11 19 22 30 32 07", source="双色球第2026134期", appeared_at=clock.now() - timedelta(hours=1)
        ),
    )
    assert len(seeded.drawn) == 3
    assert seeded.seed_independent
    month = await month_checks.make_checks(clerk, month.uid)
    assert month.checks == 3
    checks = await month_checks.checks_of_plan(clerk, month.uid)
    assert {(check.starts, check.ends) for check in checks} == {(date(2026, 12, 1), date(2026, 12, 31))}
    await draw_the_inspectors(database, district, month.uid)
    await months.submit_monthly_plan(clerk, month.uid)
    await months.review_monthly_plan(coordinator, month.uid, "同意")
    filed = await months.file_monthly_plan(coordinator, month.uid)
    assert filed.number == "JH202612-SCJG"
    assert (await months.publish_monthly_plan(coordinator, month.uid)).state is PlanState.PUBLISHED
    merged = await month_checks.checks_of_month(database.acting(SYSTEM), DECEMBER)
    assert [check.matters for check in merged] == [[district.matters["SCJG-001"]]] * 3


async def test_the_ledger_holds_the_commitment_before_the_seed(database: Database, owner: asyncpg.Connection) -> None:
    district = await a_small_district(database, enterprise_count=8)
    clerk = database.acting(a_clerk(district))
    plan = await a_published_plan(database, district)
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    draw = await drawing.commit_draw(clerk, month.uid, CommitDraw(task=plan.tasks[0].uid))
    await drawing.seed_draw(clerk, draw.uid, SeedDraft(seed="0000", source=""))
    rows = await owner.fetch(
        "SELECT action, leaf FROM ledger_entry WHERE subject_kind = 'draw' AND subject_uid = $1 ORDER BY id", draw.uid
    )
    assert [row["action"] for row in rows] == ["draw.committed", "draw.drawn"]
    assert draw.commitment.encode() in rows[0]["leaf"]
    assert b"0000" not in rows[0]["leaf"]
    for rule in ("credit.draw.weight.general@2025-01-01", "frequency.superior.repeat_months@2022-03-15"):
        assert rule.encode() in rows[0]["leaf"], "the versions of the rules are committed too"
    with pytest.raises(DrawAlreadyDrawn):
        await drawing.seed_draw(clerk, draw.uid, SeedDraft(seed="1111", source=""))


async def test_a_draw_can_be_repeated_from_its_proof(database: Database) -> None:
    district = await a_small_district(database, enterprise_count=9)
    clerk = database.acting(a_clerk(district))
    plan = await a_published_plan(database, district)
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    draw = await drawing.commit_draw(clerk, month.uid, CommitDraw(task=plan.tasks[0].uid))
    seeded = await drawing.seed_draw(clerk, draw.uid, SeedDraft(seed="20261120-17", source="公开信标"))
    assert not seeded.seed_independent  # nobody said when it appeared
    proof = await disclosure.draw_proof(database.acting(a_coordinator()), draw.uid)
    one = urn(
        proof.draw,
        proof.wanted,
        [Ball(uid, proof.weight) for uid in proof.pool],
        proof.excluded,
        bytes.fromhex(proof.salt),
    )
    assert list(drawn(one, proof.seed or "")) == proof.drawn == [enterprise.uid for enterprise in seeded.drawn]


async def test_the_class_of_an_enterprise_weighs_and_stays_secret(
    database: Database, owner: asyncpg.Connection
) -> None:
    district = await a_small_district(database, enterprise_count=6)
    for place, enterprise in enumerate(district.enterprises):
        await owner.execute(
            "INSERT INTO credit_risk (enterprise, month, class) VALUES ($1, '2026-12-01', $2)",
            enterprise,
            "D" if place == 0 else "A",
        )
    clerk = database.acting(a_clerk(district))
    plan = await a_published_plan(database, district)
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    draw = await drawing.commit_draw(clerk, month.uid, CommitDraw(task=plan.tasks[0].uid))
    weights = await owner.fetchval("SELECT weights FROM draw WHERE uid = $1", draw.uid)
    assert sorted(weights) == [1, 1, 1, 1, 1, 20]
    proof = await disclosure.draw_proof(clerk, draw.uid)
    assert (proof.salt, proof.weight) == ("", 0)
    salt = await owner.fetchval("SELECT salt FROM draw WHERE uid = $1", draw.uid)
    leaves = await owner.fetch("SELECT leaf FROM ledger_entry WHERE subject_uid = $1", draw.uid)
    assert all(salt.hex().encode() not in row["leaf"] for row in leaves)


async def test_a_pool_of_one_class_is_published_without_the_weight_that_would_name_it(
    database: Database, owner: asyncpg.Connection
) -> None:
    district = await a_small_district(database, enterprise_count=4)
    clerk = database.acting(a_clerk(district))
    plan = await a_published_plan(database, district)
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    shown = {}
    for place, one_class in enumerate("ABCD"):
        await owner.execute("DELETE FROM credit_risk")
        await owner.execute(
            "INSERT INTO credit_risk (enterprise, month, class) SELECT id, '2026-12-01', $1 FROM enterprise", one_class
        )
        reason = f"第{place}次重新抽取" if place else ""
        draw = await drawing.commit_draw(clerk, month.uid, CommitDraw(task=plan.tasks[0].uid, reason=reason))
        proof = await disclosure.draw_proof(database.acting(a_coordinator()), draw.uid)
        shown[one_class] = (proof.weight, bool(proof.salt))
    assert set(shown.values()) == {(1, True)}


@pytest.mark.parametrize(
    ("month", "ended_on", "weights"),
    [
        # The class was fixed on 1 December while the record fed it; the repair of the 10th came later.
        (DECEMBER, date(2026, 12, 10), [1, 1, 5]),
        # Repaired before the class was fixed: it was not in it any more, and the class counts as it is.
        (DECEMBER, date(2026, 11, 30), [1, 1, 20]),
        (DECEMBER, None, [1, 1, 20]),
    ],
)
async def test_a_class_that_rests_on_a_repaired_record_weighs_no_more_than_none(
    database: Database, owner: asyncpg.Connection, month: date, ended_on: date | None, weights: list[int]
) -> None:
    district = await a_small_district(database, enterprise_count=3)
    for place, enterprise in enumerate(district.enterprises):
        await owner.execute(
            "INSERT INTO credit_risk (enterprise, month, class, known_on) VALUES ($1, $2, $3, $2)",
            enterprise,
            DECEMBER,
            "D" if place == 0 else "A",
        )
    await owner.execute(
        """INSERT INTO grade_input (enterprise, department, inspection, scale, kind, feeds_from, counts_to, rule,
             rule_from, basis, ended_on, ended_why)
           VALUES ($1, $2, 'x', 'credit_risk', 'case', '2026-11-01', '2031-10-20', 'r', '2022-01-13', 'b', $3, $4)""",
        district.enterprises[0],
        district.departments["scjg"],
        ended_on,
        ended_on and "repaired",
    )
    clerk = database.acting(a_clerk(district))
    plan = await a_published_plan(database, district)
    made = await months.draft_monthly_plan(clerk, month)
    draw = await drawing.commit_draw(clerk, made.uid, CommitDraw(task=plan.tasks[0].uid))
    assert sorted(await owner.fetchval("SELECT weights FROM draw WHERE uid = $1", draw.uid)) == weights


async def test_nobody_is_drawn_twice_by_a_task_in_a_year(database: Database) -> None:
    district = await a_small_district(database, enterprise_count=10)
    system = database.acting(SYSTEM)
    await a_published_plan(database, district)
    made = {}
    for month in (date(2026, 11, 1), DECEMBER):
        generated = await generating.generate_month(
            system,
            MonthOrder(department=district.departments["scjg"], month=month, seed=f"种子{month}", seed_source="演示"),
        )
        assert (generated.draws, generated.checks) == (1, 2 if month.month == 11 else 3)
        states = (PlanState.DRAFT,)
        made[month] = {check.enterprise for check in await month_checks.checks_of_month(system, month, states)}
    assert not made[date(2026, 11, 1)] & made[DECEMBER]


async def test_a_revision_remembers_whom_its_task_has_drawn(database: Database) -> None:
    district = await a_small_district(database, enterprise_count=10)
    system, clerk, coordinator = (
        database.acting(SYSTEM),
        database.acting(a_clerk(district)),
        database.acting(a_coordinator()),
    )
    plan = await a_published_plan(database, district)
    november = MonthOrder(
        department=district.departments["scjg"], month=date(2026, 11, 1), seed="2026134", seed_source=""
    )
    drawn_before = (await generating.generate_month(system, november)).checks
    revision = await service.revise_annual_plan(clerk, plan.uid, "调整依据")
    await service.submit_annual_plan(clerk, revision.uid)
    await service.review_annual_plan(coordinator, revision.uid, "同意")
    await service.file_annual_plan(coordinator, revision.uid)
    revised = await service.publish_annual_plan(coordinator, revision.uid)
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    draw = await drawing.commit_draw(clerk, month.uid, CommitDraw(task=revised.tasks[0].uid))
    assert draw.excluded == {"drawn-earlier": drawn_before}


async def test_an_enterprise_at_its_cap_is_kept_out_with_the_reason(database: Database) -> None:
    district = await a_small_district(database, enterprise_count=4)
    system = database.acting(SYSTEM)
    full = a_task(district, name="全覆盖检查", selection=Method.FULL, ratio=None, cap=1)
    plan = await a_published_plan(database, district, full)
    department = district.departments["scjg"]
    november = MonthOrder(department=department, month=date(2026, 11, 1), seed="种子1111", seed_source="演示")
    assert (await generating.generate_month(system, november)).checks == 4
    clerk = database.acting(a_clerk(district))
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    draw = await drawing.commit_draw(clerk, month.uid, CommitDraw(task=plan.tasks[0].uid))
    assert (draw.pool, draw.excluded) == (0, {"cap-reached": 4})


async def test_drawing_again_needs_a_reason_and_keeps_the_first_attempt(
    database: Database, owner: asyncpg.Connection
) -> None:
    district = await a_small_district(database, enterprise_count=8)
    clerk = database.acting(a_clerk(district))
    plan = await a_published_plan(database, district)
    task = plan.tasks[0].uid
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    first = await drawing.commit_draw(clerk, month.uid, CommitDraw(task=task))
    with pytest.raises(DrawReasonMissing):
        await drawing.commit_draw(clerk, month.uid, CommitDraw(task=task))
    second = await drawing.commit_draw(clerk, month.uid, CommitDraw(task=task, reason="名单有误，已更正"))
    assert second.attempt == 2
    assert (await drawing.draw(clerk, first.uid)).superseded
    with pytest.raises(DrawAlreadyDrawn):
        await drawing.seed_draw(clerk, first.uid, SeedDraft(seed="0000", source=""))
    assert await owner.fetchval("SELECT count(*) FROM draw") == 2


async def test_a_targeted_task_names_its_enterprises(database: Database, owner: asyncpg.Connection) -> None:
    district = await a_small_district(database, enterprise_count=4)
    clerk = database.acting(a_clerk(district))
    plan = await a_published_plan(database, district, a_task(district, selection=Method.TARGETED))
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    task = plan.tasks[0].uid
    uid = await owner.fetchval("SELECT uid FROM enterprise WHERE id = $1", district.enterprises[2])
    with pytest.raises(DrawReasonMissing):
        await drawing.commit_draw(clerk, month.uid, CommitDraw(task=task, named=[uid]))
    with pytest.raises(DrawReasonMissing):
        await drawing.commit_draw(clerk, month.uid, CommitDraw(task=task, named=["x" * 26], reason="监管需要"))
    draw = await drawing.commit_draw(clerk, month.uid, CommitDraw(task=task, named=[uid], reason="上年问题较多"))
    drawn_now = await drawing.seed_draw(clerk, draw.uid, SeedDraft(seed="无需种子", source="定向"))
    assert [one.uid for one in drawn_now.drawn] == [uid]


async def test_a_month_outside_the_plan_or_over_is_refused(database: Database, clock: SetClock) -> None:
    district = await a_small_district(database)
    clerk = database.acting(a_clerk(district))
    plan = await a_published_plan(database, district, a_task(district, ends=date(2026, 11, 30)))
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    with pytest.raises(TaskOutsidePlan):
        await drawing.commit_draw(clerk, month.uid, CommitDraw(task=plan.tasks[0].uid))
    with pytest.raises(PlanElementMissing):
        await months.submit_monthly_plan(clerk, month.uid)
    with pytest.raises(MonthAlreadyPlanned):
        await months.draft_monthly_plan(clerk, DECEMBER)
    clock.set(datetime(2027, 1, 5, tzinfo=UTC))
    with pytest.raises(MonthOver):
        await months.draft_monthly_plan(clerk, date(2026, 11, 1))


async def test_a_month_of_a_year_without_calendar_is_provisional(database: Database, clock: SetClock) -> None:
    district = await a_small_district(database)
    clock.set(datetime(2026, 12, 20, tzinfo=UTC))
    month = await months.draft_monthly_plan(database.acting(a_clerk(district)), date(2027, 1, 1))
    assert month.provisional


async def test_a_check_can_be_withdrawn_with_a_reason_until_a_visit_serves_it(database: Database) -> None:
    district = await a_small_district(database, enterprise_count=8)
    system, clerk = database.acting(SYSTEM), database.acting(a_clerk(district))
    await a_published_plan(database, district)
    order = MonthOrder(department=district.departments["scjg"], month=DECEMBER, seed="种子1111", seed_source="演示")
    plan = (await generating.generate_month(system, order)).plan
    first, second = (await month_checks.checks_of_plan(clerk, plan.uid))[:2]
    withdrawn = await month_checks.withdraw_check(clerk, first.uid, "企业已注销")
    assert (withdrawn.state, withdrawn.withdrawn_reason) == (CheckState.WITHDRAWN, "企业已注销")
    assert (await months.monthly_plan(clerk, plan.uid)).checks == 1
    ids = [check.id for check in await month_checks.checks_of_month(system, DECEMBER, (PlanState.DRAFT,))]

    async with database.transaction(SYSTEM) as tx:
        assert await month_checks.mark_checks(tx, ids, CheckState.SCHEDULED) == 1
        tx.appended = 1  # the visit's own act appends the entry
    with pytest.raises(PlanStepForbidden):
        await month_checks.withdraw_check(clerk, second.uid, "晚了")
    other = database.acting(Actor(role=Role.CLERK, person=9, department=district.departments["xfjy"]))
    with pytest.raises(CheckUnknown):
        await month_checks.withdraw_check(other, second.uid, "别的部门")


async def test_superiors_and_off_site_results_keep_enterprises_out_unless_a_reason_is_given(
    database: Database, owner: asyncpg.Connection
) -> None:
    district = await a_small_district(database, enterprise_count=6)
    await owner.execute("UPDATE matter SET offsite_possible = true")
    system, clerk = database.acting(SYSTEM), database.acting(a_clerk(district))
    first, second, third = district.enterprises[:3]
    department = district.departments["scjg"]
    facts = [
        NewFact(
            enterprise=first, department=department, matter_code="SCJG-001", day=date(2026, 10, 9), level=Level.CITY
        ),
        NewFact(enterprise=second, department=department, matter_code="SCJG-001", day=date(2026, 11, 9), onsite=False),
        NewFact(enterprise=third, department=department, matter_code="SCJG-001", day=date(2026, 11, 9)),
    ]
    await history.import_facts(system, facts, "测试")
    plan = await a_published_plan(database, district, a_task(district, selection=Method.FULL))
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    task = plan.tasks[0].uid
    draw = await drawing.commit_draw(clerk, month.uid, CommitDraw(task=task))
    assert draw.excluded == {"superior-inspected": 1, "off-site-sufficient": 1}
    again = CommitDraw(task=task, reason="改为现场核查", on_site_reason="非现场数据与投诉不符")
    draw = await drawing.commit_draw(clerk, month.uid, again)
    assert draw.excluded == {"superior-inspected": 1}
    await drawing.seed_draw(clerk, draw.uid, SeedDraft(seed="0000", source="全覆盖"))
    assert (await month_checks.make_checks(clerk, month.uid)).checks == 5
    reasons = await owner.fetch('SELECT DISTINCT override_reason FROM "check"')
    assert [row["override_reason"] for row in reasons] == ["非现场数据与投诉不符"]


async def test_proofs_are_published_only_where_the_drawn_may_be_named(
    database: Database, owner: asyncpg.Connection
) -> None:
    district = await a_small_district(database, enterprise_count=8)
    system, coordinator = database.acting(SYSTEM), database.acting(a_coordinator())
    await a_published_plan(database, district)
    order = MonthOrder(department=district.departments["scjg"], month=DECEMBER, seed="2026134", seed_source="双色球")
    plan = (await generating.generate_month(system, order)).plan
    assert await disclosure.published_proofs(coordinator, DECEMBER) == []
    await months.submit_monthly_plan(system, plan.uid)
    await months.review_monthly_plan(coordinator, plan.uid, "同意")
    await months.file_monthly_plan(coordinator, plan.uid)
    await months.publish_monthly_plan(coordinator, plan.uid)
    assert len(await disclosure.published_proofs(coordinator, DECEMBER)) == 1
    await owner.execute("UPDATE matter SET disclosure = 'afterwards', mergeable = false")
    assert await disclosure.published_proofs(coordinator, DECEMBER) == []
    await months.close_monthly_plan(coordinator, plan.uid, "已完成")
    assert len(await disclosure.published_proofs(coordinator, DECEMBER)) == 1
