"""Stages of loading: a month's plans drawn, filed, merged into visits, confirmed, approved and published."""

import datetime as dt
import json
from typing import Final

from inspect_registry import rules
from inspect_registry.actor import Role
from inspect_registry.demo.scene import Scene
from inspect_registry.demo.year import next_month
from inspect_registry.plans import generating, months
from inspect_registry.plans.generating import MonthOrder
from inspect_registry.publication import service as publication
from inspect_registry.visits import merge
from inspect_registry.visits import service as visits

_DRAWN_ON: Final = 18
"""Day of the month before on which departments draw and hand in."""
_MERGED_ON: Final = 20
_PUBLISHED_ON: Final = 25
_CORRECTED_ON: Final = 28
_MERGE_SECONDS: Final = 1.0
SEED_SOURCE: Final = "演示用固定种子（不独立）"


async def load_this_month(scene: Scene) -> None:
    """The month under way: everything that came before its first day."""
    month = scene.today.replace(day=1)
    before = month - dt.timedelta(days=1)
    await _plan(scene, month, before.replace(day=_DRAWN_ON))
    scene.at(before.replace(day=_MERGED_ON))
    await _merge(scene, month)
    system = scene.acting()
    await visits.confirm_month(system, month)
    judged = await visits.approve_month(system, month)
    for uid, detail in {refused.uid: refused.detail for refused in judged.refused}.items():
        await visits.cancel(system, uid, f"不予批准：{detail}")
    scene.report(3, 4)
    scene.at(before.replace(day=_PUBLISHED_ON), 10)
    await publication.publish_month(system, publication.publishing(scene.settings), month)
    scene.at(before.replace(day=_CORRECTED_ON), 16)
    await _correct(scene, month)


async def _correct(scene: Scene, month: dt.date) -> None:
    """One enterprise has closed down since: the month gets a correction (更正), so that there is one to look at."""
    publisher = publication.publishing(scene.settings)
    plan = json.loads((scene.settings.var / "public" / "plans" / f"{month:%Y-%m}" / "plan.json").read_text("utf-8"))
    last = [visit for visit in plan["visits"] if not visit["joint"]][-1]
    system = scene.acting()
    await visits.cancel(system, last["uid"], "企业已经停业")
    await publication.publish_month(system, publisher, month, "一家企业已经停业，取消原定的检查")


async def load_next_month(scene: Scene) -> None:
    """The month to come, as far as it is on the start day: drawn and filed; merged from the 20th on."""
    month = next_month(scene.today)
    await _plan(scene, month, min(scene.today, scene.today.replace(day=_DRAWN_ON)))
    if scene.today.day >= _MERGED_ON:
        scene.at(scene.today.replace(day=_MERGED_ON), 15)
        await _merge(scene, month)


async def _plan(scene: Scene, month: dt.date, day: dt.date) -> None:
    """Every department draws, makes its checks and hands in; the coordinator reviews and files."""
    plans = []
    scene.at(day)
    for number, (code, department) in enumerate(scene.departments.items()):
        clerk = scene.acting(Role.CLERK, code)
        order = MonthOrder(
            department=department, month=month, seed=f"{scene.seed} {month:%Y-%m}", seed_source=SEED_SOURCE
        )
        made = await generating.generate_month(clerk, order)
        scene.report(number + 1, 2 * len(scene.departments))
        if made.checks:
            await months.submit_monthly_plan(clerk, made.plan.uid)
            plans.append(made.plan.uid)
    scene.at(day, 14)
    coordinator = scene.acting(Role.COORDINATOR)
    for plan in plans:
        await months.review_monthly_plan(coordinator, plan, "符合年度计划")
        await months.file_monthly_plan(coordinator, plan)


async def _merge(scene: Scene, month: dt.date) -> None:
    await merge.merge_month(scene.acting(Role.COORDINATOR), month, seconds=_MERGE_SECONDS, seed=scene.seed)


def workdays_before(today: dt.date) -> list[dt.date]:
    """The working days of the present month that are over."""
    return rules.calendar().workdays(today.replace(day=1), today - dt.timedelta(days=1))
