"""Inspectors drawn by lot for a month's randomly drawn enterprises: who may be drawn, that only they go, and again."""

from datetime import date, timedelta
from decimal import Decimal

import asyncpg
import msgspec
import pytest

from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.history import service as history
from inspect_registry.history.model import Attendance
from inspect_registry.inspectors import service as inspectors
from inspect_registry.inspectors.model import Leave
from inspect_registry.plans import crew_drawing, disclosure, generating, months
from inspect_registry.plans.cells.values import Bounds
from inspect_registry.plans.crew_draw import crew_urn, crews
from inspect_registry.plans.crew_shapes import CommitCrews
from inspect_registry.plans.draw import Method
from inspect_registry.plans.draw_shapes import SeedDraft
from inspect_registry.plans.errors import (
    CrewDrawUnknown,
    CrewNotDrawable,
    CrewNotDrawn,
    DrawAlreadyDrawn,
    DrawReasonMissing,
    PlanUnknown,
)
from inspect_registry.plans.generating import MonthOrder
from inspect_registry.visits import merge
from tests.district_builders import District, a_small_district, an_inspector
from tests.plans_builders import a_clerk, a_coordinator, a_published_plan, a_task

DECEMBER = date(2026, 12, 1)


async def a_month(database: Database, *tasks_changes: dict[str, object]) -> tuple[District, str]:
    """A department's month with checks; inspectors are drawn with the same seed in one go."""
    small = await a_small_district(database, enterprise_count=12)
    await a_published_plan(database, small, *(a_task(small, **changes) for changes in tasks_changes or ({},)))
    order = MonthOrder(department=small.departments["scjg"], month=DECEMBER, seed="2026134", seed_source="双色球")
    made = await generating.generate_month(database.acting(a_clerk(small)), order)
    return small, made.plan.uid


async def drawn_for(owner: asyncpg.Connection) -> dict[int, list[int]]:
    rows = await owner.fetch('SELECT "check", array_agg(inspector ORDER BY position) FROM check_inspector GROUP BY 1')
    return {row[0]: row[1] for row in rows}


async def test_two_and_a_stand_in_are_drawn_for_every_enterprise(database: Database, owner: asyncpg.Connection) -> None:
    small, plan = await a_month(database)
    (draw,) = await crew_drawing.crew_draws(database.acting(a_clerk(small)), plan)
    assert (draw.roster, draw.enterprises, draw.short, draw.attempt) == (4, 3, 0, 1)
    assert not draw.seed_independent
    for crew in draw.crews:
        assert [one.stand_in for one in crew.inspectors] == [False, False, True]
        assert len({one.uid for one in crew.inspectors}) == 3
    given = await drawn_for(owner)
    assert len(given) == 3
    assert {one for people in given.values() for one in people} <= set(small.inspectors["scjg"])
    await months.submit_monthly_plan(database.acting(a_clerk(small)), plan)


async def test_the_draw_is_what_anybody_computes_from_what_is_published(database: Database, clock: SetClock) -> None:
    small, plan = await a_month(database)
    clerk, coordinator = database.acting(a_clerk(small)), database.acting(a_coordinator())
    (draw,) = await crew_drawing.crew_draws(clerk, plan)
    proof = await disclosure.crew_proof(clerk, draw.uid)
    again = crew_urn(
        proof.draw,
        reserves=proof.reserves,
        most=proof.most,
        roster=proof.roster,
        away=proof.away,
        lines=proof.lines,
    )
    assert list(crews(again, proof.seed or "")) == proof.crews
    assert await disclosure.published_crew_proofs(coordinator, DECEMBER) == []
    await months.submit_monthly_plan(clerk, plan)
    await months.review_monthly_plan(coordinator, plan, "同意")
    await months.file_monthly_plan(coordinator, plan)
    await months.publish_monthly_plan(coordinator, plan)
    # Who is going to inspect whom is not told in advance.
    assert await disclosure.published_crew_proofs(coordinator, DECEMBER) == []
    await months.close_monthly_plan(coordinator, plan, "已完成")
    assert await disclosure.published_crew_proofs(coordinator, DECEMBER) == [proof]


async def test_who_may_not_go_is_excluded_with_the_reason(database: Database, clock: SetClock) -> None:
    small = await a_small_district(database, enterprise_count=12)
    system = database.acting(SYSTEM)
    scjg, matter = small.departments["scjg"], small.matters["SCJG-001"]
    one, two, three, four = small.inspectors["scjg"]
    ended, uncertified, *_ = await inspectors.enrol(
        system,
        [
            an_inspector(scjg, 500, matters=(matter,), valid_to=date(2026, 12, 15)),
            an_inspector(scjg, 501),
            an_inspector(scjg, 502, matters=(matter,)),
            an_inspector(scjg, 503, matters=(matter,)),
        ],
    )
    await inspectors.record_leave(system, [Leave(inspector=one, first=date(2026, 11, 30), last=date(2027, 1, 5))])
    # A week off leaves other days to go.
    await inspectors.record_leave(system, [Leave(inspector=four, first=date(2026, 12, 7), last=date(2026, 12, 11))])
    await inspectors.recuse(system, [(two, enterprise, "近亲属任职") for enterprise in small.enterprises])
    async with database.transaction(SYSTEM) as tx:
        last = [
            Attendance(enterprise=enterprise, department=scjg, day=date(2026, 6, 1), inspector=three)
            for enterprise in small.enterprises
        ]
        earlier = [msgspec.structs.replace(row, day=date(2026, 3, 1), inspector=four) for row in last]
        await history.remember_attendance(tx, [*last, *earlier])
        tx.appended += 1
    await a_published_plan(database, small)
    order = MonthOrder(department=scjg, month=DECEMBER, seed="2026134", seed_source="")
    plan = (await generating.generate_month(database.acting(a_clerk(small)), order)).plan
    (draw,) = await crew_drawing.crew_draws(database.acting(a_clerk(small)), plan.uid)
    assert draw.away == {"certificate-invalid": 1, "on-leave": 1}
    assert draw.excluded == {"recused": 3, "last-time": 3}
    proof = await disclosure.crew_proof(database.acting(a_clerk(small)), draw.uid)
    barred = {await _uid(database, person) for person in (one, two, three, ended, uncertified)}
    assert not barred & {uid for crew in proof.crews for uid in crew.inspectors}
    assert await _uid(database, four) in {uid for crew in proof.crews for uid in crew.inspectors}


async def test_too_few_people_stop_the_month_until_rotation_is_lifted_with_a_reason(
    database: Database, owner: asyncpg.Connection
) -> None:
    small = await a_small_district(database, enterprise_count=12)
    scjg = small.departments["scjg"]
    await owner.execute("UPDATE inspector SET state = 'suspended' WHERE id = ANY ($1)", small.inspectors["scjg"][2:])
    async with database.transaction(SYSTEM) as tx:
        there = [
            Attendance(enterprise=one, department=scjg, day=date(2026, 6, 1), inspector=small.inspectors["scjg"][0])
            for one in small.enterprises
        ]
        await history.remember_attendance(tx, there)
        tx.appended += 1
    await a_published_plan(database, small)
    order = MonthOrder(department=scjg, month=DECEMBER, seed="2026134", seed_source="")
    clerk = database.acting(a_clerk(small))
    plan = (await generating.generate_month(clerk, order)).plan
    (draw,) = await crew_drawing.crew_draws(clerk, plan.uid)
    assert draw.short == draw.enterprises == 3
    with pytest.raises(CrewNotDrawn):
        await months.submit_monthly_plan(clerk, plan.uid)
    with pytest.raises(DrawReasonMissing):
        await crew_drawing.commit_crew_draw(clerk, plan.uid, CommitCrews(rotation_reason="全科仅两人持证"))
    again = await crew_drawing.commit_crew_draw(
        clerk, plan.uid, CommitCrews(reason="人员不足", rotation_reason="全科仅两人持证")
    )
    seeded = await crew_drawing.seed_crew_draw(clerk, again.uid, SeedDraft(seed="2026136", source=""))
    assert (seeded.attempt, seeded.short, seeded.rotation_reason) == (2, 0, "全科仅两人持证")
    await months.submit_monthly_plan(clerk, plan.uid)


async def test_a_draw_again_is_a_new_entry_with_its_reason_and_replaces_only_whom_it_names(
    database: Database, owner: asyncpg.Connection, clock: SetClock
) -> None:
    small, plan = await a_month(database)
    clerk = database.acting(a_clerk(small))
    (first,) = await crew_drawing.crew_draws(clerk, plan)
    before = await drawn_for(owner)
    named = first.crews[0].enterprise
    with pytest.raises(DrawReasonMissing):
        await crew_drawing.commit_crew_draw(clerk, plan, CommitCrews(enterprises=[named]))
    committed = await crew_drawing.commit_crew_draw(clerk, plan, CommitCrews(enterprises=[named], reason="一人伤病"))
    assert await drawn_for(owner) == before
    with pytest.raises(CrewNotDrawable):  # one at a time, or the better of two could be kept
        await crew_drawing.commit_crew_draw(clerk, plan, CommitCrews(enterprises=[named], reason="再来一次"))
    clock.advance(timedelta(hours=1))
    seed = SeedDraft(seed="2026137", source="双色球第2026137期", appeared_at=clock.now())
    second = await crew_drawing.seed_crew_draw(clerk, committed.uid, seed)
    assert (second.attempt, second.enterprises, second.reason) == (2, 1, "一人伤病")
    assert second.seed_independent
    with pytest.raises(DrawAlreadyDrawn):
        await crew_drawing.seed_crew_draw(clerk, committed.uid, seed)
    after = await drawn_for(owner)
    changed = [check for check in before if after[check] != before[check]]
    enterprises = await owner.fetch(
        'SELECT enterprise.uid FROM "check" JOIN enterprise ON enterprise.id = "check".enterprise '
        'WHERE "check".id = ANY ($1)',
        changed,
    )
    assert {row[0] for row in enterprises} <= {named}
    assert [draw.attempt for draw in await crew_drawing.crew_draws(clerk, plan)] == [1, 2]
    entries = await owner.fetch("SELECT action FROM ledger_entry WHERE subject_kind = 'crew_draw' ORDER BY id")
    assert [row[0] for row in entries] == ["crew.committed", "crew.drawn"] * 2


async def test_only_enterprises_drawn_by_lot_get_inspectors_by_lot(
    database: Database, owner: asyncpg.Connection
) -> None:
    full = {"name": "全覆盖检查", "selection": Method.FULL, "ratio": None}
    small, plan = await a_month(database, full)
    assert await crew_drawing.crew_draws(database.acting(a_clerk(small)), plan) == []
    assert await drawn_for(owner) == {}
    with pytest.raises(CrewNotDrawable):
        await crew_drawing.commit_crew_draw(database.acting(a_clerk(small)), plan, CommitCrews())
    await months.submit_monthly_plan(database.acting(a_clerk(small)), plan)


async def test_one_enterprise_with_two_tasks_gets_one_crew(database: Database, owner: asyncpg.Connection) -> None:
    everybody = {"ratio": Bounds(min=Decimal(100)), "starts": DECEMBER}
    small, plan = await a_month(database, everybody | {"name": "任务一"}, everybody | {"name": "任务二"})
    (draw,) = await crew_drawing.crew_draws(database.acting(a_clerk(small)), plan)
    assert draw.enterprises == 12
    crews_of: dict[int, set[tuple[int, ...]]] = {}
    places = {row[0]: row[1] for row in await owner.fetch('SELECT id, enterprise FROM "check"')}
    for check, people in (await drawn_for(owner)).items():
        crews_of.setdefault(places[check], set()).add(tuple(people))
    assert len(places) == 24
    assert all(len(found) == 1 for found in crews_of.values())


async def test_the_merge_sends_nobody_but_the_drawn(database: Database, owner: asyncpg.Connection) -> None:
    small, plan = await a_month(database)
    clerk, coordinator = database.acting(a_clerk(small)), database.acting(a_coordinator())
    await months.submit_monthly_plan(clerk, plan)
    await months.review_monthly_plan(coordinator, plan, "同意")
    await months.file_monthly_plan(coordinator, plan)
    run = await merge.merge_month(coordinator, DECEMBER, seconds=0.2)
    assert run.visits == 3
    rows = await owner.fetch(
        """SELECT visit_check."check", array_agg(visit_inspector.inspector) AS people
        FROM visit_check JOIN visit_inspector ON visit_inspector.part = visit_check.part GROUP BY 1"""
    )
    drawn = await drawn_for(owner)
    assert len(rows) == 3
    for row in rows:
        assert len(row["people"]) == 2
        assert set(row["people"]) <= set(drawn[row["check"]])


async def test_a_draw_of_inspectors_is_its_departments_own(database: Database) -> None:
    small, plan = await a_month(database)
    (draw,) = await crew_drawing.crew_draws(database.acting(a_clerk(small)), plan)
    other = database.acting(Actor(role=Role.CLERK, person=77, department=small.departments["xfjy"]))
    with pytest.raises(PlanUnknown):
        await crew_drawing.commit_crew_draw(other, plan, CommitCrews())
    with pytest.raises(CrewDrawUnknown):
        await disclosure.crew_proof(other, draw.uid)
    with pytest.raises(CrewDrawUnknown):
        await crew_drawing.seed_crew_draw(other, draw.uid, SeedDraft(seed="2026134", source=""))


async def test_strangers_are_refused_by_name(database: Database) -> None:
    small, plan = await a_month(database)
    with pytest.raises(CrewNotDrawable) as refused:
        await crew_drawing.commit_crew_draw(
            database.acting(a_clerk(small)), plan, CommitCrews(enterprises=["x" * 26], reason="试试")
        )
    assert refused.value.places[0].text == "x" * 26


async def _uid(database: Database, inspector: int) -> str:
    return (await inspectors.inspector(database.acting(SYSTEM), inspector)).uid
