"""The number of avoided visits that the public reads is the stored merge's own: same checks, same rules, nobody together."""

import re
from datetime import date
from pathlib import Path

import asyncpg
import msgspec
import pytest

from inspect_registry.actor import Role
from inspect_registry.db import Database
from inspect_registry.publication import service as publication
from inspect_registry.publication.figures import plan_figures
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.service import Publishing
from inspect_registry.visits import merge, service
from inspect_registry.visits.runs import MergeRunView
from tests.publication_builders import a_plan, a_row, a_site
from tests.visits_builders import COORDINATOR, District, a_district, an_actor

MONTH = date(2026, 12, 1)


@pytest.fixture
def publisher(tmp_path: Path) -> Publishing:
    return Publishing(a_site(), Releases(tmp_path / "public"), load_kit())


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def approved_month(database: Database, district: District, places: int) -> MergeRunView:
    for _ in range(places):
        _, place = await district.shop()
        for department in district.departments:
            await district.check(department, date(2026, 12, 2), date(2026, 12, 30), premises=place)
    run = await merge.merge_month(database.acting(COORDINATOR), MONTH, seconds=0.2)
    for department in district.departments:
        await service.confirm_month(database.acting(an_actor(Role.CLERK, department)), MONTH)
        await service.approve_month(database.acting(an_actor(Role.HEAD, department)), MONTH)
    return run


def figure(page: str) -> int:
    """The number under 合并后少入企."""
    found = re.search(r"合并后少入企</dt><dd[^>]*>(\d+)", page)
    assert found, page[:3000]
    return int(found.group(1))


async def published(database: Database, publisher: Publishing) -> str:
    await publication.publish_month(database.acting(COORDINATOR), publisher, MONTH)
    current = publisher.releases.current()
    assert current is not None
    return (current[0] / "plans/2026-12/index.html").read_text("utf-8")


async def test_the_public_page_shows_the_number_of_the_stored_run(database, district, publisher, owner) -> None:
    run = await approved_month(database, district, 3)
    assert (run.visits, run.naive_visits, run.avoided) == (3, 6, 3)
    assert figure(await published(database, publisher)) == 3


async def test_another_number_in_the_stored_run_is_another_number_on_the_page(
    database, district, publisher, owner
) -> None:
    await approved_month(database, district, 3)
    await owner.execute("UPDATE merge_run SET naive_visits = 4")
    assert figure(await published(database, publisher)) == 1


@pytest.mark.parametrize(("by_the_run", "told"), [(None, 1), (0, 0), (1, 1), (7, 1), (-2, 0)])
def test_no_more_is_claimed_than_the_named_joint_visits_save(by_the_run: int | None, told: int) -> None:
    rows = [a_row(), a_row(department="yjgl", matter="YJGL-001", lead=False), a_row(visit="alone")]
    plan = a_plan(rows)
    assert plan_figures(msgspec.structs.replace(plan, avoided=by_the_run)).avoided == told
