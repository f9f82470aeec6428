"""The city's system gives plans codes of its own: they come in with a table, stay through revisions, and go out again."""

from inspect_registry.db import Database
from inspect_registry.plans import drafting, export, reading, service
from tests.district_builders import a_small_district
from tests.plan_tables import a_csv
from tests.plans_builders import HEADER, a_clerk, a_coordinator, a_row, an_upload

COLUMNS = ("计划编号", *HEADER)


def an_upload_with(*codes: str, **changes: object):
    rows = [(code, *a_row(任务名称=f"第{number}项")) for number, code in enumerate(codes, start=1)]
    return an_upload(content=a_csv((COLUMNS, *rows)), **changes)


async def test_a_code_that_every_row_has_is_the_plan_s(database: Database) -> None:
    district = await a_small_district(database)
    clerk = database.acting(a_clerk(district))
    plan = await drafting.upload_annual_plan(clerk, an_upload_with("SH-2026-0099", "SH-2026-0099"))
    (line,) = await reading.annual_plans(clerk, 2026)
    assert line.upstream_plan_code == "SH-2026-0099"
    assert [task.upstream_code for task in plan.tasks] == ["", ""]


async def test_codes_of_single_rows_stay_with_their_tasks(database: Database) -> None:
    district = await a_small_district(database)
    clerk = database.acting(a_clerk(district))
    plan = await drafting.upload_annual_plan(clerk, an_upload_with("A-1", "A-2", "", upstream_plan_code="A"))
    (line,) = await reading.annual_plans(clerk, 2026)
    assert line.upstream_plan_code == "A"
    assert [task.upstream_code for task in plan.tasks] == ["A-1", "A-2", ""]


async def test_an_exported_plan_is_read_back_with_its_codes_and_a_revision_keeps_them(database: Database) -> None:
    district = await a_small_district(database)
    clerk, coordinator = database.acting(a_clerk(district)), database.acting(a_coordinator())
    plan = await drafting.upload_annual_plan(clerk, an_upload_with("A-1", "A-2", upstream_plan_code="A"))
    await service.submit_annual_plan(clerk, plan.uid)
    await service.review_annual_plan(coordinator, plan.uid, "合法合规")
    await service.file_annual_plan(coordinator, plan.uid)
    await service.publish_annual_plan(coordinator, plan.uid)
    revision = await service.revise_annual_plan(clerk, plan.uid, "增加任务")
    assert [task.upstream_code for task in revision.tasks] == ["A-1", "A-2"]
    assert {line.upstream_plan_code for line in await reading.annual_plans(clerk, 2026)} == {"A"}
    table = await export.annual_plan_table(clerk, plan.uid, xlsx=True)
    again = an_upload(content=table.content, filename=table.name, upstream_plan_code="A")
    read_back = await drafting.upload_annual_plan(clerk, again)
    assert read_back.unsettled == 0
    for field in ("name", "matters", "joint_departments", "ratio", "starts", "ends", "mode", "basis", "upstream_code"):
        assert [getattr(task, field) for task in read_back.tasks] == [getattr(task, field) for task in plan.tasks], (
            field
        )
