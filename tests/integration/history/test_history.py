"""What has been inspected: counted once a visit, kept by code of the matter, found by level and by place."""

import datetime as dt

import pytest

from inspect_registry.actor import SYSTEM
from inspect_registry.catalogue.model import Level
from inspect_registry.db.errors import UnledgeredWrite
from inspect_registry.history import service
from inspect_registry.history.model import Attendance, Counted, NewFact
from tests.district_builders import a_small_district


def a_fact(district, **changes):
    values = {
        "enterprise": district.enterprises[0],
        "department": district.departments["scjg"],
        "matter_code": "SCJG-001",
        "day": dt.date(2026, 5, 6),
        "visit_uid": "v1",
    }
    return NewFact(**(values | changes))


async def test_a_visit_counts_once_and_exempt_ones_apart(database):
    district = await a_small_district(database)
    fire = district.departments["xfjy"]
    facts = [
        a_fact(district),
        a_fact(district, matter_code="SCJG-002"),
        a_fact(district, visit_uid="v2", day=dt.date(2026, 6, 1)),
        a_fact(district, visit_uid="v3", exempt=True),
        a_fact(district, visit_uid="v4", onsite=False),
        a_fact(district, visit_uid="v5", day=dt.date(2025, 12, 31)),
        a_fact(district, department=fire, matter_code="XFJY-001"),
        a_fact(district, department=fire, matter_code="XFJY-001", visit_uid="", day=dt.date(2026, 7, 1)),
    ]
    await service.import_facts(database.acting(SYSTEM), facts, "test")
    shop = district.enterprises[0]
    assert await service.counted_visits(database.acting(SYSTEM), [shop], 2026) == [
        Counted(enterprise=shop, department=district.departments["scjg"], counted=2, exempt=1),
        Counted(enterprise=shop, department=fire, counted=2, exempt=0),
    ]
    assert len(await service.facts_of(database.acting(SYSTEM), shop, dt.date(2026, 1, 1))) == 7


async def test_facts_are_found_by_matter_level_place_and_day(database):
    district = await a_small_district(database)
    facts = [
        a_fact(district, level=Level.CITY, day=dt.date(2026, 9, 1)),
        a_fact(district, level=Level.DISTRICT, day=dt.date(2026, 9, 2)),
        a_fact(district, onsite=False, day=dt.date(2026, 9, 3)),
        a_fact(district, enterprise=district.enterprises[1], level=Level.CITY, day=dt.date(2026, 9, 1)),
    ]
    await service.import_facts(database.acting(SYSTEM), facts, "test")

    async def days(*arguments, **options):
        asked = ([district.enterprises[0]], *arguments)
        found = await service.inspected_since(database.acting(SYSTEM), *asked, **options)
        return [fact.day.day for fact in found]

    assert await days(["SCJG-001"], dt.date(2026, 9, 1)) == [3, 2, 1]
    assert await days(["SCJG-001"], dt.date(2026, 9, 1), [Level.CITY]) == [1]
    assert await days(["SCJG-001"], dt.date(2026, 9, 2), [Level.CITY]) == []
    assert await days(["SCJG-001"], dt.date(2026, 9, 1), onsite=False) == [3]
    assert await days(["SCJG-002"], dt.date(2026, 9, 1)) == []


async def test_remembering_needs_the_entry_of_the_act_around_it(database):
    district = await a_small_district(database)
    with pytest.raises(UnledgeredWrite):
        async with database.transaction(SYSTEM) as tx:
            await service.remember(tx, [a_fact(district)])
    assert await service.facts_of(database.acting(SYSTEM), district.enterprises[0], dt.date(2026, 1, 1)) == []


async def test_the_last_visit_of_a_department_says_who_was_there(database):
    district = await a_small_district(database)
    scjg, xfjy = district.departments["scjg"], district.departments["xfjy"]
    first, second, *_ = district.enterprises
    one, two, three, _ = district.inspectors["scjg"]
    other = district.inspectors["xfjy"][0]
    rows = [
        (first, scjg, dt.date(2026, 3, 2), one),
        (first, scjg, dt.date(2026, 9, 1), two),
        (first, scjg, dt.date(2026, 9, 1), three),
        (first, xfjy, dt.date(2026, 10, 1), other),
        (second, scjg, dt.date(2026, 12, 1), one),
    ]
    async with database.transaction(SYSTEM) as tx:
        new = [Attendance(enterprise=e, department=d, day=day, inspector=i) for e, d, day, i in rows]
        assert await service.remember_attendance(tx, new) == 5
        assert await service.remember_attendance(tx, new[:2]) == 0
        there = await service.last_there(tx, scjg, [first, second], dt.date(2026, 12, 1))
        tx.appended += 1  # the act that records a visit appends; here there is none
    assert there == {first: {two, three}}
