"""Saving a long checklist and replaying a long story stay quick; the bounds are far above what was measured."""

import asyncio
from time import perf_counter

import asyncpg
import pytest

from inspect_registry import ledger
from inspect_registry.actor import Role
from inspect_registry.fieldwork import replay, service
from inspect_registry.fieldwork.model import AnswerValue
from inspect_registry.fieldwork.views import AnswerInput
from inspect_registry.ledger import Action, Subject
from tests.fieldwork_doors import begun, officer
from tests.visits_builders import SYSTEM, District, a_district, a_part, an_actor


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def test_a_story_of_five_hundred_entries_is_told_at_once(database, district, owner) -> None:
    _, uid = await begun(database, district)
    drafts = [
        ledger.Draft(action=Action.VISIT_MOVED, subject=Subject("visit", uid), private={"step": step})
        for step in range(500)
    ]
    async with database.transaction(SYSTEM) as tx:
        await ledger.append_many(tx, drafts)
    times = []
    for _ in range(5):
        started = perf_counter()
        story = await replay.replay(database.acting(an_actor(Role.AUDITOR, 0, person=55)), uid)
        times.append(perf_counter() - started)
        assert len(story.lines) >= 500
    assert min(times) < 0.1, f"{min(times):.3f} s"  # asked; 0.02 s measured, the best of five forgives a busy machine


async def test_sixty_criteria_are_saved_by_sixteen_phones_at_once(database, district, owner) -> None:
    market = district.departments[0]
    matter = await district.matter(market, points=60)
    records = []
    for _ in range(4):
        enterprise, place = await district.shop()
        _, uid = await begun(
            database, district, a_part(district, market, matters=(matter,)), premises=place, enterprise=enterprise
        )
        records.append(await service.open_inspection(database.acting(officer(district)), uid))
    times = []

    async def save(number: int) -> None:
        record = records[number % len(records)]
        answers = [AnswerInput(criterion=one.criterion, value=AnswerValue.CONFORMS) for one in record.points]
        started = perf_counter()
        await service.save_answers(database.acting(officer(district)), record.uid, answers)
        times.append(perf_counter() - started)

    for _ in range(5):
        await asyncio.gather(*(save(number) for number in range(16)))
    times.sort()
    assert times[-1] < 5, f"worst {times[-1]:.3f} s"
