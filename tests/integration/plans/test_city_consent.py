"""需市级同意: a marked department's plan is not published, and so not carried out, without the record of consent."""

import datetime as dt

import asyncpg
import pytest

from inspect_registry.db import Database
from inspect_registry.errors import NotAllowed
from inspect_registry.plans import drafting, service
from inspect_registry.plans.consent import note_city_consent
from inspect_registry.plans.drafting import AnnualDraft
from inspect_registry.plans.errors import PlanElementMissing, PlanStepForbidden
from inspect_registry.plans.lifecycle import PlanState
from tests.district_builders import District, a_small_district
from tests.plans_builders import a_clerk, a_coordinator, a_task

TODAY = dt.date(2026, 11, 20)


async def a_filed_plan(database: Database, owner: asyncpg.Connection, *, marked: bool = True) -> tuple[District, str]:
    small = await a_small_district(database)
    await owner.execute("UPDATE department SET needs_city_consent = $1 WHERE code = 'scjg'", marked)
    draft = AnnualDraft(department=small.departments["scjg"], year=2026, tasks=(a_task(small),))
    plan = await drafting.draft_annual_plan(database.acting(a_clerk(small)), draft)
    await handed_in(database, small, plan.uid)
    return small, plan.uid


async def handed_in(database: Database, small: District, plan: str) -> None:
    coordinator = database.acting(a_coordinator())
    await service.submit_annual_plan(database.acting(a_clerk(small)), plan)
    await service.review_annual_plan(coordinator, plan, "同意")
    await service.file_annual_plan(coordinator, plan)


async def test_a_plan_that_needs_the_city_is_not_published_without_its_consent(
    database: Database, owner: asyncpg.Connection
) -> None:
    _, plan = await a_filed_plan(database, owner)
    coordinator = database.acting(a_coordinator())
    with pytest.raises(PlanElementMissing) as refused:
        await service.publish_annual_plan(coordinator, plan)
    assert refused.value.rule == "city-consent"
    noted = await note_city_consent(coordinator, plan, "沪交法〔2026〕12号", TODAY)
    assert noted.steps[-1].reason == "沪交法〔2026〕12号（2026-11-20）"
    assert (await service.publish_annual_plan(coordinator, plan)).state is PlanState.PUBLISHED


async def test_a_text_that_was_given_back_needs_another_consent(database: Database, owner: asyncpg.Connection) -> None:
    small, plan = await a_filed_plan(database, owner)
    coordinator = database.acting(a_coordinator())
    await note_city_consent(coordinator, plan, "沪交法〔2026〕12号", TODAY)
    await service.return_annual_plan(coordinator, plan, "比例有误")
    await handed_in(database, small, plan)
    with pytest.raises(PlanElementMissing):
        await service.publish_annual_plan(coordinator, plan)
    await note_city_consent(coordinator, plan, "沪交法〔2026〕15号", TODAY)
    await service.publish_annual_plan(coordinator, plan)


async def test_a_consent_has_a_number_and_a_day_that_has_come_and_is_noted_by_the_coordinator(
    database: Database, owner: asyncpg.Connection
) -> None:
    small, plan = await a_filed_plan(database, owner)
    coordinator = database.acting(a_coordinator())
    for document, day in (("", TODAY), ("沪交法\0号", TODAY), ("沪交法〔2026〕12号", TODAY + dt.timedelta(days=1))):
        with pytest.raises(PlanElementMissing) as refused:
            await note_city_consent(coordinator, plan, document, day)
        assert refused.value.places
    with pytest.raises(NotAllowed):
        await note_city_consent(database.acting(a_clerk(small)), plan, "沪交法〔2026〕12号", TODAY)


async def test_a_plan_that_needs_no_consent_takes_none(database: Database, owner: asyncpg.Connection) -> None:
    _, plan = await a_filed_plan(database, owner, marked=False)
    with pytest.raises(PlanStepForbidden):
        await note_city_consent(database.acting(a_coordinator()), plan, "沪交法〔2026〕12号", TODAY)
    await service.publish_annual_plan(database.acting(a_coordinator()), plan)
