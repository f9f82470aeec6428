"""The life of an annual plan on a real database: upload, settle, submit, return, review, file, publish, revise."""

import time
from datetime import UTC, datetime

import asyncpg
import pytest

from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.errors import NotAllowed
from inspect_registry.plans import drafting, reading, service
from inspect_registry.plans.errors import (
    PlanAlreadyOpen,
    PlanAlreadyPublished,
    PlanElementMissing,
    PlanReasonMissing,
    PlanStepForbidden,
    PlanUnknown,
    PlanUnsettled,
    PlanUploadUnreadable,
    TaskUnsound,
)
from inspect_registry.plans.inputs import TaskChange
from inspect_registry.plans.lifecycle import PlanState
from tests.district_builders import a_small_district
from tests.plans_builders import a_clerk, a_coordinator, a_published_plan, a_row, a_task, an_upload


async def test_a_clean_upload_walks_to_publication(database: Database, owner: asyncpg.Connection) -> None:
    district = await a_small_district(database)
    clerk, coordinator = database.acting(a_clerk(district)), database.acting(a_coordinator())
    plan = await drafting.upload_annual_plan(clerk, an_upload())
    assert plan.state is PlanState.DRAFT
    assert plan.unsettled == 0
    assert [task.matters[0].code for task in plan.tasks] == ["SCJG-001"]
    assert plan.tasks[0].joint_departments[0].code == "xfjy"
    assert plan.tasks[0].cells["检查比例"] == "50%"
    assert plan.uploads[0].skipped[0]["text"] == "某局2026年度行政检查计划表"
    await service.submit_annual_plan(clerk, plan.uid)
    await service.review_annual_plan(coordinator, plan.uid, "合法合规")
    filed = await service.file_annual_plan(coordinator, plan.uid)
    assert filed.number == "JH2026-SCJG"
    published = await service.publish_annual_plan(coordinator, plan.uid)
    assert published.state is PlanState.PUBLISHED
    assert [step.step for step in published.steps] == ["draft", "submit", "review", "file", "publish"]
    actions = await owner.fetch("SELECT action FROM ledger_entry WHERE subject_kind = 'annual_plan' ORDER BY id")
    assert [row["action"] for row in actions] == [
        "annual_plan.drafted",
        "annual_plan.submitted",
        "annual_plan.reviewed",
        "annual_plan.filed",
        "annual_plan.published",
    ]


async def test_a_doubtful_upload_is_kept_and_settled_cell_by_cell(database: Database) -> None:
    district = await a_small_district(database)
    clerk = database.acting(a_clerk(district))
    row = a_row(检查比例="待定", 检查事项="不存在的事项", 联合部门="火星局", 检查时间="春、秋季", 检查主体="xfjy局")
    plan = await drafting.upload_annual_plan(clerk, an_upload(row))
    problems = {problem.code: problem for problem in plan.tasks[0].problems}
    assert set(problems) == {"cell-undetermined", "matter-unknown", "department-unknown", "department-not-yours"}
    assert problems["matter-unknown"].column == "检查事项"
    assert problems["matter-unknown"].row == 3
    with pytest.raises(PlanUnsettled) as refused:
        await service.submit_annual_plan(clerk, plan.uid)
    assert {place.column for place in refused.value.places} == {
        "检查比例",
        "检查事项",
        "联合部门",
        "检查时间",
        "检查主体",
    }
    task = plan.tasks[0].uid
    left = await drafting.change_task(
        clerk, task, TaskChange(matters=["SCJG-001"], joint_departments=[], ratio=_bounds(5, 5))
    )
    left = await drafting.change_task(clerk, task, TaskChange(starts=_day(3, 1), ends=_day(5, 31)))
    assert [problem.code for problem in left.problems] == ["department-not-yours"]
    left = await drafting.settle_problem(clerk, task, left.problems[0].id, "填写有误，为本局任务")
    assert left.problems == []
    assert (await service.submit_annual_plan(clerk, plan.uid)).state is PlanState.SUBMITTED


async def test_a_missing_element_keeps_a_plan_from_being_submitted(database: Database) -> None:
    district = await a_small_district(database)
    clerk = database.acting(a_clerk(district))
    draft = drafting.AnnualDraft(
        department=district.departments["scjg"], year=2026, tasks=(a_task(district, ratio=None, basis="", matters=()),)
    )
    plan = await drafting.draft_annual_plan(clerk, draft)
    with pytest.raises(PlanElementMissing) as refused:
        await service.submit_annual_plan(clerk, plan.uid)
    assert [place.field for place in refused.value.places] == ["tasks[1].matters", "tasks[1].ratio", "tasks[1].basis"]
    assert refused.value.basis == "《上海市优化营商环境条例》第六十二条"


async def test_a_refused_submission_leaves_one_entry_and_nothing_else(
    database: Database, owner: asyncpg.Connection
) -> None:
    district = await a_small_district(database)
    clerk = database.acting(a_clerk(district))
    plan = await drafting.upload_annual_plan(clerk, an_upload(a_row(检查比例="待定")))
    before = await owner.fetchval("SELECT count(*) FROM ledger_entry")
    with pytest.raises(PlanUnsettled):
        await service.submit_annual_plan(clerk, plan.uid)
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry") == before + 1
    assert await owner.fetchval("SELECT action FROM ledger_entry ORDER BY id DESC LIMIT 1") == "act.refused"
    assert await owner.fetchval("SELECT state FROM annual_plan WHERE uid = $1", plan.uid) == "draft"


async def test_a_published_plan_is_frozen_and_a_revision_tells_what_changed(
    database: Database, owner: asyncpg.Connection
) -> None:
    district = await a_small_district(database)
    clerk, coordinator = database.acting(a_clerk(district)), database.acting(a_coordinator())
    plan = await a_published_plan(database, district)
    with pytest.raises(PlanAlreadyPublished):
        await drafting.change_task(clerk, plan.tasks[0].uid, TaskChange(objects="别的对象"))
    with pytest.raises(asyncpg.PostgresError, match="published"):
        await owner.execute("UPDATE task SET objects = '偷改' WHERE uid = $1", plan.tasks[0].uid)
    with pytest.raises(PlanReasonMissing):
        await service.revise_annual_plan(clerk, plan.uid, " ")
    revision = await service.revise_annual_plan(clerk, plan.uid, "对象范围调整")
    assert (revision.revision, revision.number, len(revision.tasks)) == (2, plan.number, 1)
    with pytest.raises(PlanAlreadyOpen):
        await service.revise_annual_plan(clerk, plan.uid, "再来一次")
    await drafting.change_task(clerk, revision.tasks[0].uid, TaskChange(objects="全部餐饮单位"))
    await service.submit_annual_plan(clerk, revision.uid)
    await service.review_annual_plan(coordinator, revision.uid, "同意")
    await service.file_annual_plan(coordinator, revision.uid)
    published = await service.publish_annual_plan(coordinator, revision.uid)
    assert published.changes == [{"change": "changed", "task": "餐饮单位日常检查", "fields": ["objects"]}]
    assert (await reading.annual_plan_view(clerk, plan.uid)).state is PlanState.CLOSED


async def test_a_returned_plan_can_be_submitted_again(database: Database) -> None:
    district = await a_small_district(database)
    clerk, coordinator = database.acting(a_clerk(district)), database.acting(a_coordinator())
    plan = await drafting.upload_annual_plan(clerk, an_upload())
    await service.submit_annual_plan(clerk, plan.uid)
    with pytest.raises(PlanStepForbidden):
        await drafting.change_task(clerk, plan.tasks[0].uid, TaskChange(objects="别的对象"))
    returned = await service.return_annual_plan(coordinator, plan.uid, "请补充对象")
    assert returned.steps[-1].reason == "请补充对象"
    await drafting.change_task(clerk, plan.tasks[0].uid, TaskChange(objects="别的对象"))
    assert (await service.submit_annual_plan(clerk, plan.uid)).state is PlanState.SUBMITTED


async def test_other_departments_and_other_roles_are_kept_out(database: Database) -> None:
    district = await a_small_district(database)
    clerk, other = database.acting(a_clerk(district)), database.acting(a_clerk(district, "xfjy"))
    plan = await drafting.upload_annual_plan(clerk, an_upload())
    with pytest.raises(PlanUnknown):
        await reading.annual_plan_view(other, plan.uid)
    with pytest.raises(PlanUnknown):
        await service.submit_annual_plan(other, plan.uid)
    with pytest.raises(NotAllowed):
        await service.publish_annual_plan(clerk, plan.uid)
    with pytest.raises(NotAllowed):
        await drafting.upload_annual_plan(other, an_upload(department="scjg"))


async def test_an_upload_without_tasks_is_refused_with_places(database: Database) -> None:
    district = await a_small_district(database)
    clerk = database.acting(a_clerk(district))
    with pytest.raises(PlanUploadUnreadable) as refused:
        await drafting.upload_annual_plan(clerk, an_upload(content="随便,写写\r\n一,二".encode()))
    assert refused.value.places[0].sheet == "计划"


async def test_a_corrected_upload_replaces_the_draft_but_not_a_submitted_plan(database: Database) -> None:
    district = await a_small_district(database)
    clerk = database.acting(a_clerk(district))
    first = await drafting.upload_annual_plan(clerk, an_upload(a_row(检查比例="待定")))
    second = await drafting.upload_annual_plan(clerk, an_upload(a_row(), a_row(序号="2", 任务名称="节前检查")))
    assert second.uid == first.uid
    assert second.unsettled == 0
    assert [task.name for task in second.tasks] == ["餐饮单位日常检查", "节前检查"]
    assert len(second.uploads) == 2
    await service.submit_annual_plan(clerk, second.uid)
    with pytest.raises(PlanStepForbidden):
        await drafting.upload_annual_plan(clerk, an_upload())


async def test_a_task_cannot_be_given_impossible_numbers(database: Database) -> None:
    district = await a_small_district(database)
    clerk = database.acting(a_clerk(district))
    plan = await drafting.upload_annual_plan(clerk, an_upload())
    for change in (
        TaskChange(ratio=_bounds(5, 2**70)),
        TaskChange(count=_bounds(2, 1)),
        TaskChange(cap=-1),
        TaskChange(name="x" * 5_000),
        TaskChange(matters=["XFJY-001"]),
        TaskChange(joint_departments=["nobody"]),
        TaskChange(),
    ):
        with pytest.raises(TaskUnsound):
            await drafting.change_task(clerk, plan.tasks[0].uid, change)


async def test_who_has_no_published_plan_after_march_is_late(database: Database) -> None:
    district = await a_small_district(database)
    coordinator = database.acting(a_coordinator())
    assert [one.code for one in await reading.late_departments(coordinator, 2026)] == ["scjg", "xfjy"]
    await a_published_plan(database, district)
    assert [one.code for one in await reading.late_departments(coordinator, 2026)] == ["xfjy"]
    assert await reading.late_departments(coordinator, 2027) == []


async def test_nobody_is_late_until_midnight_after_the_last_of_march(database: Database, clock: SetClock) -> None:
    await a_small_district(database)
    coordinator = database.acting(a_coordinator())
    clock.set(datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC))
    assert await reading.late_departments(coordinator, 2026) == []
    clock.set(datetime(2026, 3, 31, 16, 0, tzinfo=UTC))
    assert [one.code for one in await reading.late_departments(coordinator, 2026)] == ["scjg", "xfjy"]


def _bounds(low: int, high: int):
    from decimal import Decimal

    from inspect_registry.plans.cells.values import Bounds

    return Bounds(min=Decimal(low), max=Decimal(high))


def _day(month: int, day: int):
    from datetime import date

    return date(2026, month, day)


async def test_a_department_that_is_no_longer_listed_cannot_plan(database: Database, owner: asyncpg.Connection) -> None:
    district = await a_small_district(database)
    await owner.execute("UPDATE department SET valid_to = '2026-11-01' WHERE code = 'scjg'")
    with pytest.raises(NotAllowed) as refused:
        await drafting.upload_annual_plan(database.acting(a_clerk(district)), an_upload())
    assert refused.value.rule == "department-listed"
    assert (await drafting.upload_annual_plan(database.acting(a_clerk(district, "xfjy")), an_upload())).unsettled


async def test_an_upload_of_five_thousand_rows_of_unknown_names_is_kept_in_time(database: Database) -> None:
    district = await a_small_district(database)
    rows = [
        a_row(序号=str(n), 任务名称=f"任务{n}", 检查事项=f"没有的事项{n}", 联合部门=f"{n}号局") for n in range(5_000)
    ]
    started = time.process_time()
    plan = await drafting.upload_annual_plan(database.acting(a_clerk(district)), an_upload(*rows))
    assert time.process_time() - started < 20, "seconds of our own work, however busy the machine is"
    assert (len(plan.tasks), plan.unsettled) == (5_000, 10_000)
