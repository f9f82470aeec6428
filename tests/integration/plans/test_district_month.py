"""A month ordered as background work: committed, then drawn with a seed; watched, broken off, gone on with."""

from datetime import date, timedelta

import asyncpg
import pytest

from inspect_registry.actor import Actor, Role
from inspect_registry.catalogue import service as catalogue
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.errors import NotAllowed, NotFound
from inspect_registry.jobs.model import JobState
from inspect_registry.jobs.service import Worker
from inspect_registry.plans import district, generating, month_orders, months
from inspect_registry.plans.draw import Method, SeedUnsound
from inspect_registry.plans.draw_shapes import SeedDraft
from inspect_registry.plans.errors import CrewNotDrawn
from inspect_registry.plans.lifecycle import PlanState
from inspect_registry.plans.month_orders import MonthWork
from tests.district_builders import District, a_small_district
from tests.plans_builders import a_clerk, a_coordinator, a_published_plan, a_task

DECEMBER = date(2026, 12, 1)


async def a_district(database: Database) -> District:
    small = await a_small_district(database, enterprise_count=12)
    full = a_task(small, name="全覆盖检查", selection=Method.FULL, ratio=None)
    await a_published_plan(database, small, a_task(small), full)
    return small


async def worked(database: Database, actor: Actor, work: MonthWork) -> dict[str, object]:
    """Order, let the worker do it, and return what the one who asked is told."""
    ordered = await month_orders.order_month(database.acting(actor), work)
    worker = Worker(database, {month_orders.KIND: month_orders.work(database)}, None)
    assert await worker.one_job()
    told = await month_orders.month_job(database.acting(actor), ordered.job)
    assert told.state is JobState.DONE
    assert told.progress["of"] == told.progress["done"] > 0
    assert told.result is not None
    return told.result


async def test_a_month_is_committed_first_and_drawn_once_the_seed_has_appeared(
    database: Database, clock: SetClock
) -> None:
    small = await a_district(database)
    committed = await worked(database, a_coordinator(), MonthWork(month=DECEMBER))
    assert (committed["phase"], committed["draws"], committed["checks"]) == ("done", 2, 0)
    clock.advance(timedelta(hours=3))
    seed = SeedDraft(seed="03 11 19", source="双色球第2026134期", appeared_at=clock.now() - timedelta(hours=1))
    made = await worked(database, a_coordinator(), MonthWork(month=DECEMBER, seed=seed))
    assert (made["draws"], made["checks"]) == (2, 15)
    (plan,) = await months.monthly_plans(database.acting(a_clerk(small)), DECEMBER)
    assert plan.checks == 15
    again = await worked(database, a_coordinator(), MonthWork(month=DECEMBER, seed=seed))
    assert again["checks"] == 0
    assert (await months.monthly_plan(database.acting(a_clerk(small)), plan.uid)).checks == 15


async def test_the_seeds_that_appeared_after_the_commitment_are_independent(
    database: Database, clock: SetClock, owner: asyncpg.Connection
) -> None:
    await a_district(database)
    await worked(database, a_coordinator(), MonthWork(month=DECEMBER))
    clock.advance(timedelta(hours=3))
    seed = SeedDraft(seed="03 11 19", source="双色球", appeared_at=clock.now())
    await worked(database, a_coordinator(), MonthWork(month=DECEMBER, seed=seed))
    assert {row[0] for row in await owner.fetch("SELECT seed_independent FROM draw")} == {True}


async def test_a_seed_that_was_there_before_is_marked(
    database: Database, clock: SetClock, owner: asyncpg.Connection
) -> None:
    await a_district(database)
    seed = SeedDraft(seed="03 11 19", source="双色球", appeared_at=clock.now())
    made = await worked(database, a_coordinator(), MonthWork(month=DECEMBER, seed=seed))
    assert made["checks"] == 15
    assert {row[0] for row in await owner.fetch("SELECT seed_independent FROM draw")} == {False}


async def test_a_clerk_makes_the_own_department_only_and_watches_the_own_order_only(database: Database) -> None:
    small = await a_district(database)
    with pytest.raises(NotAllowed):
        await month_orders.order_month(database.acting(a_clerk(small)), MonthWork(month=DECEMBER, department="xfjy"))
    made = await worked(database, a_clerk(small), MonthWork(month=DECEMBER))
    assert made["of"] == 1
    ordered = await month_orders.order_month(database.acting(a_clerk(small)), MonthWork(month=DECEMBER))
    stranger = Actor(role=Role.CLERK, person=99, name="别人", department=small.departments["xfjy"])
    with pytest.raises(NotFound):
        await month_orders.month_job(database.acting(stranger), ordered.job)
    with pytest.raises(NotAllowed):
        inspector = Actor(role=Role.INSPECTOR, person=98, department=small.departments["scjg"], inspector=1)
        await month_orders.order_month(database.acting(inspector), MonthWork(month=DECEMBER))


async def test_a_seed_that_is_none_is_refused_at_the_order(database: Database) -> None:
    await a_district(database)
    with pytest.raises(SeedUnsound):
        await month_orders.order_month(
            database.acting(a_coordinator()), MonthWork(month=DECEMBER, seed=SeedDraft(seed="1", source=""))
        )


async def test_a_run_that_was_broken_off_goes_on_where_it_stopped(
    database: Database, monkeypatch: pytest.MonkeyPatch, owner: asyncpg.Connection
) -> None:
    await a_district(database)
    seed = SeedDraft(seed="03 11 19", source="")
    reached: list[str] = []

    async def dies_after_committing(progress: district.Progress) -> None:
        reached.append(progress.phase)
        if progress.phase == "drawing":
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await district.make_month(database.acting(a_coordinator()), DECEMBER, dies_after_committing, seed=seed)
    committed = await owner.fetch("SELECT uid, pool_hash FROM draw ORDER BY id")
    assert len(committed) == 2
    made = await worked(database, a_coordinator(), MonthWork(month=DECEMBER, seed=seed))
    assert made["checks"] == 15
    assert await owner.fetch("SELECT uid, pool_hash FROM draw ORDER BY id") == committed


async def test_whom_draws_are_made_from_is_not_read_where_all_are_committed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_district(database)
    assert (await worked(database, a_coordinator(), MonthWork(month=DECEMBER)))["draws"] == 2

    async def read_again(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(generating, "population", read_again)
    seed = SeedDraft(seed="03 11 19", source="")
    assert (await worked(database, a_coordinator(), MonthWork(month=DECEMBER, seed=seed)))["checks"] == 15


async def test_a_month_of_targeted_tasks_alone_is_opened_and_waits_for_names(database: Database) -> None:
    small = await a_small_district(database)
    await a_published_plan(database, small, a_task(small, selection=Method.TARGETED))
    made = await worked(database, a_coordinator(), MonthWork(month=DECEMBER))
    assert (made["draws"], made["checks"]) == (0, 0)
    assert len(await months.monthly_plans(database.acting(a_clerk(small)), DECEMBER)) == 1


async def test_a_department_whose_month_is_public_is_left_alone_and_does_not_stop_the_others(
    database: Database, owner: asyncpg.Connection
) -> None:
    small = await a_district(database)
    await owner.execute(
        "INSERT INTO annual_plan (uid, department, year, title, state, number, created_at, filed_at, published_at) "
        "VALUES ('x', $1, 2026, '计划', 'published', 'JH', now(), now(), now())",
        small.departments["xfjy"],
    )
    await owner.execute(
        "INSERT INTO task (uid, plan, position, name, matters, selection, starts, ends, basis) "
        "SELECT 'y', id, 1, '任务', ARRAY[$1::bigint], 'full', '2026-12-01', '2026-12-31', 'b' FROM annual_plan WHERE uid = 'x'",
        small.matters["SCJG-001"],
    )
    # The other department's matter is nobody's of this one, but its task draws from it; its month cannot be opened.
    await owner.execute(
        "INSERT INTO monthly_plan (uid, department, month, state, created_at, number, filed_at, published_at) "
        "VALUES ('z', $1, '2026-12-01', 'published', now(), 'N', now(), now())",
        small.departments["xfjy"],
    )
    made = await district.make_month(
        database.acting(a_coordinator()), DECEMBER, _silent, seed=SeedDraft(seed="03 11 19", source="")
    )
    assert (made.of, made.draws, made.checks) == (2, 2, 15)
    assert await owner.fetchval("SELECT count(*) FROM draw WHERE department = $1", small.departments["xfjy"]) == 0


async def test_a_month_past_its_draft_is_left_alone(database: Database) -> None:
    small = await a_district(database)
    seed = SeedDraft(seed="03 11 19", source="")
    await worked(database, a_coordinator(), MonthWork(month=DECEMBER, seed=seed))
    (plan,) = await months.monthly_plans(database.acting(a_clerk(small)), DECEMBER)
    with pytest.raises(CrewNotDrawn):
        await months.submit_monthly_plan(database.acting(a_clerk(small)), plan.uid)
    await worked(database, a_coordinator(), MonthWork(month=DECEMBER, seed=SeedDraft(seed="2026135", source="")))
    await months.submit_monthly_plan(database.acting(a_clerk(small)), plan.uid)
    made = await worked(database, a_coordinator(), MonthWork(month=DECEMBER, seed=seed))
    assert (made["draws"], made["checks"]) == (0, 0)
    assert (await months.monthly_plan(database.acting(a_clerk(small)), plan.uid)).state is PlanState.SUBMITTED


async def test_a_month_that_is_over_is_told_for_every_department(database: Database, clock: SetClock) -> None:
    await a_district(database)
    clock.advance(timedelta(days=60))
    made = await worked(database, a_coordinator(), MonthWork(month=DECEMBER))
    assert [one["reason"] for one in made["skipped"]] == ["2026-12 已经结束"]


async def test_the_month_of_a_department_is_the_same_alone_and_among_all(database: Database, clock: SetClock) -> None:
    """Reading everybody once for all departments draws from the same pools as reading for one."""
    small = await a_district(database)
    acting = database.acting(a_coordinator())
    listed = await catalogue.departments(acting)
    among_all = await generating.district_population(acting, DECEMBER, listed)
    alone = await generating.district_population(
        acting, DECEMBER, [one for one in listed if one.id == small.departments["scjg"]]
    )
    tasks = await _tasks(database, small)
    for task in tasks:
        assert {one.uid for one in among_all.candidates_for(task)} == {one.uid for one in alone.candidates_for(task)}
        assert len(alone.candidates_for(task)) == 12


async def _tasks(database: Database, small: District):
    from inspect_registry.plans import reading

    return await reading.published_tasks(
        database.acting(a_coordinator()), DECEMBER, date(2026, 12, 31), small.departments["scjg"]
    )


async def _silent(_: district.Progress) -> None:
    return None
