"""Published within 20 working days, taken down within 3: the countdown, the late list, and what stops each clock."""

from datetime import date
from pathlib import Path

import asyncpg
import pytest

from inspect_registry import rules
from inspect_registry.actor import Role
from inspect_registry.clock import SetClock
from inspect_registry.fieldwork import followup
from inspect_registry.fieldwork.publicity import days_left, publicity_clocks
from inspect_registry.publication import service as publication
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.service import Publishing
from tests.credit_builders import at, boss, clerk, head
from tests.fieldwork_doors import a_closed_record, begun, officer
from tests.publication_builders import a_site
from tests.visits_builders import COORDINATOR, SYSTEM, District, a_district, an_actor

d = date


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest.mark.parametrize(
    ("today", "due", "left"),
    [
        (d(2026, 11, 20), d(2026, 12, 18), 20),
        (d(2026, 12, 17), d(2026, 12, 18), 1),
        (d(2026, 12, 18), d(2026, 12, 18), 0),
        (d(2026, 12, 20), d(2026, 12, 18), 0),  # a weekend after the last day: late, by no working day yet
        (d(2026, 12, 22), d(2026, 12, 18), -2),
        (d(2026, 9, 30), d(2026, 10, 9), 2),  # 国庆
        (d(2026, 10, 10), d(2026, 10, 9), -1),  # a make-up Saturday counts
    ],
)
def test_days_left_are_working_days(today, due, left) -> None:
    assert days_left(rules.calendar(), today, due) == left


async def test_a_result_counts_down_to_its_publication(database, district, clock: SetClock, tmp_path: Path) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid)
    coordinator = database.acting(COORDINATOR)
    (one,) = await publicity_clocks(coordinator)
    assert (one.uid, one.due, one.working_days_left, one.told) == (closed.uid, d(2026, 12, 18), 20, False)
    clock.set(at(d(2026, 12, 18)))
    assert await publicity_clocks(coordinator, late=True) == []
    clock.set(at(d(2026, 12, 21)))
    (late,) = await publicity_clocks(coordinator, late=True)
    assert (late.late, late.working_days_left) == (True, -1)
    await followup.tell_result(database.acting(officer(district)), closed.uid)
    publisher = Publishing(a_site(), Releases(tmp_path / "public"), load_kit())
    await publication.refresh(database.acting(SYSTEM), publisher)
    assert await publicity_clocks(coordinator) == []


async def test_a_revoked_result_counts_down_until_a_release_has_taken_it_down(
    database, district, clock: SetClock, owner, tmp_path: Path
) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid)
    await followup.tell_result(database.acting(officer(district)), closed.uid)
    publisher = Publishing(a_site(), Releases(tmp_path / "public"), load_kit())
    await publication.refresh(database.acting(SYSTEM), publisher)
    await followup.revoke(database.acting(head(district)), closed.uid, "检查对象错误")
    mine = database.acting(clerk(district))
    (one,) = await publicity_clocks(mine)
    assert (one.withdrawal, one.due, one.working_days_left) == (True, d(2026, 11, 25), 3)
    clock.set(at(d(2026, 11, 26)))
    assert [one.uid for one in await publicity_clocks(mine, late=True)] == [closed.uid]
    assert await publicity_clocks(database.acting(clerk(district, 1))) == []
    assert await publicity_clocks(database.acting(boss(district))) == []
    await publication.refresh(database.acting(SYSTEM), publisher)
    assert await publicity_clocks(mine) == []
    assert await owner.fetchval("SELECT withdrawn_at IS NOT NULL FROM inspection WHERE uid = $1", closed.uid)


async def test_a_result_that_was_never_public_has_nothing_to_take_down(database, district) -> None:
    _, uid = await begun(database, district)
    closed = await a_closed_record(database, district, uid)
    await followup.revoke(database.acting(head(district)), closed.uid, "检查对象错误")
    assert await publicity_clocks(database.acting(an_actor(Role.AUDITOR, 0))) == []
