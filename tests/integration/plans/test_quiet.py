"""Quiet lists keep enterprises and matters out of planned on-site checks, for their days only."""

from datetime import date, timedelta

import pytest

from inspect_registry.catalogue.errors import ListingEnded, ListingThere, ListingUnknown, ListingUnsound, MatterUnknown
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.enterprises import service as enterprises
from inspect_registry.enterprises.errors import EnterpriseUnknown
from inspect_registry.errors import NotAllowed
from inspect_registry.plans import drawing, months, quiet
from inspect_registry.plans.draw import Method
from inspect_registry.plans.draw_shapes import CommitDraw
from inspect_registry.plans.model import TaskMode
from inspect_registry.plans.quiet import QuietInput, QuietRenewal
from tests.district_builders import a_small_district
from tests.plans_builders import a_clerk, a_coordinator, a_published_plan, a_task

DECEMBER = date(2026, 12, 1)


def an_entry(**changes: object) -> QuietInput:
    values = {"reason": "近三年检查未发现问题", "valid_from": date(2026, 11, 1), "review_on": date(2027, 5, 1)}
    return QuietInput(**(values | changes))


async def excluded(database: Database, district, *, mode: TaskMode = TaskMode.ONSITE) -> dict[str, int]:
    clerk = database.acting(a_clerk(district))
    task = a_task(district, selection=Method.FULL, ratio=None, mode=mode)
    plan = await a_published_plan(database, district, task)
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    return (await drawing.commit_draw(clerk, month.uid, CommitDraw(task=plan.tasks[0].uid))).excluded


async def uid_of(database: Database, enterprise) -> str:
    found = await enterprises.enterprises_by_id(database.acting(a_coordinator()), [enterprise])
    return found[enterprise].uid


async def test_a_quiet_enterprise_is_left_out_with_the_reason(database: Database) -> None:
    district = await a_small_district(database, enterprise_count=4)
    uid = await uid_of(database, district.enterprises[0])
    entered = await quiet.enter_quiet(database.acting(a_coordinator()), an_entry(enterprise=uid))
    assert (entered.enterprise, entered.review_due) == (uid, False)
    assert await excluded(database, district) == {"quiet-enterprise": 1}


async def test_a_quiet_matter_leaves_everybody_alone_on_site_but_not_off_site(database: Database) -> None:
    district = await a_small_district(database, enterprise_count=4)
    await quiet.enter_quiet(database.acting(a_coordinator()), an_entry(matter="SCJG-001"))
    assert await excluded(database, district) == {"quiet-matter": 4}


async def test_off_site_checks_are_not_bound_by_the_quiet_lists(database: Database) -> None:
    district = await a_small_district(database, enterprise_count=4)
    await quiet.enter_quiet(database.acting(a_coordinator()), an_entry(matter="SCJG-001"))
    assert await excluded(database, district, mode=TaskMode.OFFSITE) == {}


async def test_an_ended_or_future_entry_binds_nobody(database: Database, clock: SetClock) -> None:
    district = await a_small_district(database, enterprise_count=4)
    coordinator = database.acting(a_coordinator())
    ended = await quiet.enter_quiet(coordinator, an_entry(matter="SCJG-001"))
    await quiet.end_quiet(coordinator, ended.uid, "事项风险上升")
    later = an_entry(
        enterprise=await uid_of(database, district.enterprises[0]),
        valid_from=date(2027, 1, 1),
        review_on=date(2027, 6, 1),
    )
    await quiet.enter_quiet(coordinator, later)
    assert await excluded(database, district) == {}
    with pytest.raises(ListingEnded):
        await quiet.end_quiet(coordinator, ended.uid, "再次终止")
    clock.advance(timedelta(days=300))
    assert [entry.review_due for entry in await quiet.quiet_lists(coordinator)] == [True, False]


async def test_unsound_and_repeated_entries_are_refused(database: Database) -> None:
    district = await a_small_district(database)
    coordinator = database.acting(a_coordinator())
    uid = await uid_of(database, district.enterprises[0])
    for entry in (
        an_entry(),
        an_entry(enterprise=uid, matter="SCJG-001"),
        an_entry(enterprise=uid, reason=" "),
        an_entry(enterprise=uid, review_on=date(2026, 11, 1)),
    ):
        with pytest.raises(ListingUnsound):
            await quiet.enter_quiet(coordinator, entry)
    with pytest.raises(EnterpriseUnknown):
        await quiet.enter_quiet(coordinator, an_entry(enterprise="x" * 26))
    with pytest.raises(MatterUnknown):
        await quiet.enter_quiet(coordinator, an_entry(matter="NO-1"))
    await quiet.enter_quiet(coordinator, an_entry(enterprise=uid))
    with pytest.raises(ListingThere):
        await quiet.enter_quiet(coordinator, an_entry(enterprise=uid))
    await quiet.enter_quiet(coordinator, an_entry(matter="SCJG-001"))
    with pytest.raises(ListingThere):
        await quiet.enter_quiet(coordinator, an_entry(matter="SCJG-001"))
    with pytest.raises(ListingUnknown):
        await quiet.end_quiet(coordinator, "x" * 26, "没有这条")
    with pytest.raises(NotAllowed):
        await quiet.enter_quiet(database.acting(a_clerk(district)), an_entry(enterprise=uid))


async def test_a_public_reason_never_tells_the_credit_class(database: Database, owner) -> None:
    district = await a_small_district(database)
    uid = await uid_of(database, district.enterprises[0])
    for reason in ("信用风险低，近三年无问题", "企业信用风险分类为A，可以免扰", "属于 Ａ 类企业，不再打扰"):
        with pytest.raises(ListingUnsound, match="不得写入企业信用风险分类"):
            await quiet.enter_quiet(database.acting(a_coordinator()), an_entry(enterprise=uid, reason=reason))
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'act.refused'") == 3


async def test_a_renewed_entry_keeps_its_history_and_binds_without_a_gap(database: Database, clock: SetClock) -> None:
    district = await a_small_district(database, enterprise_count=4)
    coordinator = database.acting(a_coordinator())
    first = await quiet.enter_quiet(coordinator, an_entry(matter="SCJG-001", review_on=date(2026, 11, 20)))
    assert first.review_due
    renewal = QuietRenewal(reason="复核后继续有效", valid_from=date(2026, 12, 10), review_on=date(2027, 12, 10))
    renewed = await quiet.renew_quiet(coordinator, first.uid, renewal)
    assert (renewed.version, renewed.review_due) == (2, False)
    newest, old = await quiet.quiet_lists(coordinator)
    assert (newest.version, old.valid_to, old.ended_reason) == (2, date(2026, 12, 9), "")
    assert not old.review_due
    assert await excluded(database, district) == {"quiet-matter": 4}


async def test_an_entry_taken_back_before_it_began_never_held(database: Database) -> None:
    district = await a_small_district(database, enterprise_count=4)
    coordinator = database.acting(a_coordinator())
    later = an_entry(matter="SCJG-001", valid_from=DECEMBER, review_on=date(2027, 6, 1))
    entered = await quiet.enter_quiet(coordinator, later)
    ended = await quiet.end_quiet(coordinator, entered.uid, "事项风险上升")
    assert ended.valid_to == date(2026, 11, 30)
    assert await excluded(database, district) == {}
    assert (await quiet.enter_quiet(coordinator, later)).version == 2
