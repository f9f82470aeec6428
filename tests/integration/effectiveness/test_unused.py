"""A matter that nobody has carried out for five years is listed for cancellation, to the day."""

import datetime as dt

import pytest

from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue import versions
from inspect_registry.catalogue.versions import Withdrawal
from inspect_registry.cli.catalogue import lines, read_report
from inspect_registry.effectiveness import unused
from inspect_registry.errors import NotAllowed
from inspect_registry.history import service as history
from inspect_registry.history.model import NewFact
from tests.district_builders import District, a_matter, a_small_district
from tests.integration.catalogue.test_versions import a_version
from tests.plans_builders import a_published_plan

TODAY = dt.date(2026, 11, 20)
FIVE_YEARS_AGO = dt.date(2021, 11, 20)


async def codes_unused(database, on: dt.date | None = None) -> list[str]:
    return [one.code for one in await unused.unused_matters(database.acting(SYSTEM), on)]


async def remember(database, district: District, code: str, day: dt.date, **changes) -> None:
    fact = NewFact(
        enterprise=district.enterprises[0],
        department=district.departments["scjg"],
        matter_code=code,
        day=day,
        **changes,
    )
    await history.import_facts(database.acting(SYSTEM), [fact], "old register")


@pytest.mark.parametrize(
    ("last", "listed"),
    [
        (FIVE_YEARS_AGO - dt.timedelta(days=1), True),
        (FIVE_YEARS_AGO, False),
        (FIVE_YEARS_AGO + dt.timedelta(days=1), False),
        (TODAY, False),
    ],
)
async def test_the_five_years_count_from_the_day_after_the_last_inspection(database, last, listed) -> None:
    district = await a_small_district(database)
    old = a_matter(district.departments["scjg"], "SCJG-010", published_on=dt.date(2015, 1, 1))
    await catalogue.publish_matters(database.acting(SYSTEM), [old])
    await remember(database, district, "SCJG-010", last)
    found = {one.code: one.last_done for one in await unused.unused_matters(database.acting(SYSTEM))}
    assert found.get("SCJG-010") == (last if listed else None)
    assert ("SCJG-010" in found) is listed


@pytest.mark.parametrize(
    ("published", "listed"),
    [(FIVE_YEARS_AGO - dt.timedelta(days=1), True), (FIVE_YEARS_AGO, False), (dt.date(2026, 1, 1), False)],
)
async def test_a_matter_published_within_the_five_years_is_not_listed(database, published, listed) -> None:
    district = await a_small_district(database)
    matter = a_matter(district.departments["scjg"], "SCJG-010", published_on=published)
    await catalogue.publish_matters(database.acting(SYSTEM), [matter])
    assert ("SCJG-010" in await codes_unused(database)) is listed


async def test_the_list_is_made_as_of_any_day(database) -> None:
    district = await a_small_district(database)  # Its two matters are published on 2020-01-01.
    assert await codes_unused(database, dt.date(2025, 1, 1)) == []
    assert await codes_unused(database, dt.date(2025, 1, 2)) == ["SCJG-001", "XFJY-001"]
    await remember(database, district, "SCJG-001", dt.date(2025, 1, 3))
    assert await codes_unused(database, dt.date(2025, 1, 2)) == ["SCJG-001", "XFJY-001"]
    assert await codes_unused(database, dt.date(2025, 1, 3)) == ["XFJY-001"]


async def test_off_site_inspections_count_and_a_new_version_does_not_make_a_matter_new(database) -> None:
    district = await a_small_district(database)
    acting = database.acting(SYSTEM)
    assert await codes_unused(database) == ["SCJG-001", "XFJY-001"]
    await remember(database, district, "SCJG-001", dt.date(2024, 5, 6), onsite=False)
    await versions.change_matter(acting, "XFJY-001", a_version(effective_on=TODAY))
    (left,) = await unused.unused_matters(acting)
    assert (left.code, left.name, left.published_on) == ("XFJY-001", "餐饮服务食品安全监督检查", dt.date(2020, 1, 1))


async def test_a_withdrawn_matter_is_done_with(database) -> None:
    await a_small_district(database)
    keeper = database.acting(Actor(role=Role.COORDINATOR, person=2))
    await versions.withdraw_matter(keeper, "XFJY-001", Withdrawal(on=dt.date(2026, 12, 1), reason="五年未实施"))
    assert await codes_unused(database) == ["SCJG-001", "XFJY-001"]
    assert await codes_unused(database, dt.date(2026, 12, 1)) == ["SCJG-001"]


async def test_what_is_planned_and_never_carried_out_stays_on_the_list_with_its_count(database) -> None:
    district = await a_small_district(database)
    await a_published_plan(database, district)
    found = {one.code: (one.planned, one.issued) for one in await unused.unused_matters(database.acting(SYSTEM))}
    assert found == {"SCJG-001": (1, 0), "XFJY-001": (0, 0)}


async def test_the_report_says_it_in_words(database) -> None:
    await a_small_district(database)
    report = await read_report(database)
    told = "\n".join(lines(report))
    assert report.on == TODAY
    assert "五年以上未实施、应清理的检查事项：2 项" in told
    assert "SCJG-001 SCJG-001监督检查（示范区scjg局），2020-01-01 公布以来没有实施记录" in told
    assert "到期待复核的清单条目：0 条" in told


async def test_counts_over_all_departments_are_for_the_keeper_and_the_auditor(database) -> None:
    district = await a_small_district(database)
    for role in (Role.COORDINATOR, Role.AUDITOR):
        assert len(await unused.unused_matters(database.acting(Actor(role=role, person=3)))) == 2
    clerk = Actor(role=Role.CLERK, person=1, department=district.departments["scjg"])
    with pytest.raises(NotAllowed):
        await unused.unused_matters(database.acting(clerk))
