"""Special campaigns (专项检查) and the conflict of minimum and cap: told with the rule, never resolved silently."""

from datetime import date, timedelta
from decimal import Decimal

import asyncpg
import pytest

from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.plans import drafting, reading, service
from inspect_registry.plans.cells.values import Bounds, Frequency
from inspect_registry.plans.drafting import AnnualDraft
from inspect_registry.plans.draw import Method
from inspect_registry.plans.errors import PlanElementMissing, PlanStepForbidden
from inspect_registry.plans.lifecycle import PlanState
from inspect_registry.plans.minimums import Finding
from tests.district_builders import a_small_district
from tests.plans_builders import a_clerk, a_coordinator, a_published_plan, a_task

APPROVED = date(2026, 11, 10)


async def a_campaign(database: Database, district, **changes):
    draft = AnnualDraft(
        department=district.departments["scjg"],
        year=2026,
        tasks=(a_task(district),),
        campaign="校园周边食品安全",
        **changes,
    )
    return await drafting.draft_annual_plan(database.acting(a_clerk(district)), draft)


async def filed(database: Database, district, uid: str) -> None:
    clerk, coordinator = database.acting(a_clerk(district)), database.acting(a_coordinator())
    await service.submit_annual_plan(clerk, uid)
    await service.review_annual_plan(coordinator, uid, "同意")
    await service.file_annual_plan(coordinator, uid)


async def test_an_approved_campaign_stands_beside_the_plan_of_the_year(database: Database) -> None:
    district = await a_small_district(database)
    regular = await a_published_plan(database, district)
    plan = await a_campaign(database, district, approval_document="嘉府〔2026〕18号", approved_on=APPROVED)
    await filed(database, district, plan.uid)
    published = await service.publish_annual_plan(database.acting(a_coordinator()), plan.uid)
    assert published.state is PlanState.PUBLISHED
    assert published.number not in {None, regular.number}
    assert (
        await reading.annual_plan_view(database.acting(a_clerk(district)), regular.uid)
    ).state is PlanState.PUBLISHED


@pytest.mark.parametrize(
    "approval",
    [
        {},
        {"approval_document": "嘉府〔2026〕18号"},
        {"approval_document": "嘉府〔2026〕18号", "approved_on": date(2026, 12, 24)},
        {"approved_on": APPROVED},
    ],
    ids=["none", "no day", "a day to come", "no document"],
)
async def test_a_campaign_without_sound_approval_is_refused(database: Database, approval: dict[str, object]) -> None:
    district = await a_small_district(database)
    plan = await a_campaign(database, district, **approval)
    with pytest.raises(PlanElementMissing) as refused:
        await service.submit_annual_plan(database.acting(a_clerk(district)), plan.uid)
    assert refused.value.rule == "special-approved"


async def test_an_emergency_may_begin_first_but_is_not_published_before_its_approval(database: Database) -> None:
    district = await a_small_district(database)
    clerk, coordinator = database.acting(a_clerk(district)), database.acting(a_coordinator())
    plan = await a_campaign(database, district, emergency=True)
    await filed(database, district, plan.uid)
    with pytest.raises(PlanElementMissing):
        await service.publish_annual_plan(coordinator, plan.uid)
    await service.approve_campaign(clerk, plan.uid, "嘉府〔2026〕19号", APPROVED)
    assert (await service.publish_annual_plan(coordinator, plan.uid)).approved_on == APPROVED
    with pytest.raises(PlanStepForbidden):
        await service.approve_campaign(clerk, plan.uid, "嘉府〔2026〕20号", APPROVED)


async def test_a_campaign_is_late_a_month_after_its_approval(database: Database, clock: SetClock) -> None:
    district = await a_small_district(database)
    coordinator = database.acting(a_coordinator())
    await a_campaign(database, district, approval_document="嘉府〔2026〕18号", approved_on=APPROVED)
    [line] = await reading.special_plans(coordinator, 2026)
    assert (line.publish_due, line.late, line.number_in_year) == (date(2026, 12, 10), False, 1)
    clock.advance(timedelta(days=21))
    assert (await reading.special_plans(coordinator, 2026))[0].late


async def test_a_minimum_above_the_cap_is_told_and_not_resolved(database: Database, owner: asyncpg.Connection) -> None:
    district = await a_small_district(database, enterprise_count=3)
    for enterprise, grade in zip(district.enterprises, "AD", strict=False):
        await owner.execute(
            "INSERT INTO food_risk (enterprise, since, grade) VALUES ($1, '2026-01-01', $2)", enterprise, grade
        )
    once = a_task(district, selection=Method.FULL, ratio=None, frequency=Frequency(min=Decimal(1), per="year"), cap=2)
    by_lot = a_task(district, name="抽查", ratio=Bounds(min=Decimal(50)), cap=3)
    plan = await a_published_plan(database, district, once, by_lot)
    clerk = database.acting(a_clerk(district))
    lines = await reading.minimum_conflicts(clerk, plan.tasks[0].uid)
    # Grade D demands three a year: more than the cap of two, and more than the one that is planned. Grade A is content,
    # and so is whoever sells food, whom every two years must see once.
    assert [(line.finding, line.rule, line.minimum, len(line.enterprises)) for line in lines] == [
        (Finding.MINIMUM_ABOVE_CAP, "frequency.minimum.food_risk", 3, 1),
        (Finding.MINIMUM_NOT_PLANNED, "frequency.minimum.food_risk", 3, 1),
    ]
    lines = await reading.minimum_conflicts(clerk, plan.tasks[1].uid)
    # Lots guarantee nobody anything; a cap of three leaves room for the minimum.
    assert [(line.finding, line.minimum, line.years, len(line.enterprises)) for line in lines] == [
        (Finding.MINIMUM_NOT_PLANNED, 1, 2, 3),
        (Finding.MINIMUM_NOT_PLANNED, 1, 1, 1),
        (Finding.MINIMUM_NOT_PLANNED, 3, 1, 1),
    ]
