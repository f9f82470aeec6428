"""Builders of plans on the small district: actors, drafts, uploads, a published plan."""

from datetime import date
from decimal import Decimal

from inspect_registry.actor import Actor, Role
from inspect_registry.db import Database
from inspect_registry.plans import crew_drawing, drafting, service
from inspect_registry.plans.cells.values import Bounds
from inspect_registry.plans.crew_shapes import CommitCrews, CrewDrawView
from inspect_registry.plans.drafting import AnnualDraft
from inspect_registry.plans.draw_shapes import SeedDraft
from inspect_registry.plans.inputs import AnnualUpload
from inspect_registry.plans.model import TaskDraft
from inspect_registry.plans.views import AnnualPlanView
from tests.district_builders import District
from tests.plan_tables import a_csv

HEADER = (
    "序号",
    "任务名称",
    "检查主体",
    "检查事项",
    "检查对象",
    "检查方式",
    "检查比例",
    "检查时间",
    "检查依据",
    "联合部门",
)


def a_row(**changes: str) -> tuple[str, ...]:
    """One row of a table that the small district's 市场监管 department could send in."""
    cells = {
        "序号": "1",
        "任务名称": "餐饮单位日常检查",
        "检查主体": "示范区scjg局",
        "检查事项": "SCJG-001监督检查",
        "检查对象": "餐饮服务提供者",
        "检查方式": "现场检查",
        "检查比例": "50%",
        "检查时间": "11月-12月",
        "检查依据": "《中华人民共和国食品安全法》第一百一十条",
        "联合部门": "xfjy局",
    } | changes
    return tuple(cells[name] for name in HEADER)


def an_upload(*rows: tuple[str, ...], year: int = 2026, **changes: object) -> AnnualUpload:
    """A CSV with a title row."""
    content = a_csv((HEADER, *(rows or (a_row(),))), title="某局2026年度行政检查计划表")
    values = {"year": year, "filename": "计划.csv", "content": content} | changes
    return AnnualUpload(**values)


def a_clerk(district: District, department: str = "scjg") -> Actor:
    return Actor(role=Role.CLERK, person=11, name="经办人", department=district.departments[department])


def a_coordinator() -> Actor:
    return Actor(role=Role.COORDINATOR, person=12, name="协调人")


def a_task(district: District, **changes: object) -> TaskDraft:
    values = {
        "name": "餐饮单位日常检查",
        "matters": (district.matters["SCJG-001"],),
        "objects": "餐饮服务提供者",
        "ratio": Bounds(min=Decimal(50), max=Decimal(50)),
        "starts": date(2026, 11, 1),
        "ends": date(2026, 12, 31),
        "basis": "《中华人民共和国食品安全法》第一百一十条",
    }
    return TaskDraft(**(values | changes))


async def draw_the_inspectors(database: Database, district: District, plan_uid: str) -> CrewDrawView:
    """Commit and draw the inspectors of a month in one go."""
    clerk = database.acting(a_clerk(district))
    committed = await crew_drawing.commit_crew_draw(clerk, plan_uid, CommitCrews())
    return await crew_drawing.seed_crew_draw(clerk, committed.uid, SeedDraft(seed="2026135", source="双色球"))


async def a_published_plan(database: Database, district: District, *tasks: TaskDraft) -> AnnualPlanView:
    """Draft, submit, review, file and publish."""
    clerk, coordinator = database.acting(a_clerk(district)), database.acting(a_coordinator())
    draft = AnnualDraft(department=district.departments["scjg"], year=2026, tasks=tasks or (a_task(district),))
    plan = await drafting.draft_annual_plan(clerk, draft)
    await service.submit_annual_plan(clerk, plan.uid)
    await service.review_annual_plan(coordinator, plan.uid, "合法合规")
    await service.file_annual_plan(coordinator, plan.uid)
    return await service.publish_annual_plan(coordinator, plan.uid)
