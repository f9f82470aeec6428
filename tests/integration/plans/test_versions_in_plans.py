"""A plan keeps the version of a matter that it was made with; its month is drawn and checked in the version in force."""

from datetime import date

from inspect_registry.actor import SYSTEM
from inspect_registry.catalogue import versions
from inspect_registry.catalogue.versions import Withdrawal
from inspect_registry.db import Database
from inspect_registry.plans import drawing, month_checks, months
from inspect_registry.plans.draw import Method
from inspect_registry.plans.draw_shapes import CommitDraw, SeedDraft
from inspect_registry.plans.reading import annual_plan_view
from tests.district_builders import a_small_district
from tests.integration.catalogue.test_versions import a_version
from tests.plans_builders import a_clerk, a_published_plan, a_task

DECEMBER = date(2026, 12, 1)


async def month_of(database: Database, district, task_uid: str) -> list[int]:
    """Draw everybody for December and return the matters of the checks."""
    clerk = database.acting(a_clerk(district))
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    draw = await drawing.commit_draw(clerk, month.uid, CommitDraw(task=task_uid))
    await drawing.seed_draw(clerk, draw.uid, SeedDraft(seed="20261130", source="上海福彩 2026139 期"))
    await month_checks.make_checks(clerk, month.uid)
    checks = await month_checks.checks_of_month(database.acting(SYSTEM), DECEMBER, list(months.PlanState))
    return sorted({matter for check in checks for matter in check.matters})


async def test_a_plan_keeps_its_version_and_the_month_takes_the_one_in_force(database: Database) -> None:
    district = await a_small_district(database, enterprise_count=3)
    plan = await a_published_plan(database, district, a_task(district, selection=Method.FULL, ratio=None))
    changed = await versions.change_matter(database.acting(SYSTEM), "SCJG-001", a_version(effective_on=DECEMBER))
    assert await month_of(database, district, plan.tasks[0].uid) == [changed.id]
    kept = await annual_plan_view(database.acting(SYSTEM), plan.uid)
    assert [matter.uid for matter in kept.tasks[0].matters] == [matter.uid for matter in plan.tasks[0].matters]
    assert kept.tasks[0].matters[0].name == "SCJG-001监督检查"


async def test_a_version_that_begins_within_the_month_waits_for_the_next(database: Database) -> None:
    district = await a_small_district(database, enterprise_count=3)
    plan = await a_published_plan(database, district, a_task(district, selection=Method.FULL, ratio=None))
    later = a_version(effective_on=date(2026, 12, 2))
    await versions.change_matter(database.acting(SYSTEM), "SCJG-001", later)
    assert await month_of(database, district, plan.tasks[0].uid) == [district.matters["SCJG-001"]]


async def test_a_matter_withdrawn_before_the_month_is_checked_nowhere(database: Database) -> None:
    district = await a_small_district(database, enterprise_count=3)
    plan = await a_published_plan(database, district, a_task(district, selection=Method.FULL, ratio=None))
    gone = Withdrawal(on=DECEMBER, reason="上级取消该事项")
    await versions.withdraw_matter(database.acting(SYSTEM), "SCJG-001", gone)
    assert await month_of(database, district, plan.tasks[0].uid) == []
