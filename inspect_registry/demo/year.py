"""Stage of loading: the annual plans of the 20 departments, handed in, reviewed, filed and published.

Every department has a task for each of its matters. Most draw a sample of their objects over the whole year; the trades
whose season is the present month (or the next) are visited all in that month, so that departments meet at one door.
"""

import calendar
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from inspect_registry.actor import Role
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import BundleRow, DepartmentId, Matter, MatterId, Mode
from inspect_registry.clock import day_of
from inspect_registry.demo.scene import Scene
from inspect_registry.plans import drafting, service
from inspect_registry.plans.cells.values import Bounds, Frequency
from inspect_registry.plans.consent import note_city_consent
from inspect_registry.plans.drafting import AnnualDraft
from inspect_registry.plans.draw import Method
from inspect_registry.plans.model import TaskDraft, TaskMode

FIRST_HALF: Final = frozenset({"MZJ-001", "MZJ-002", "JYJ-002", "JYJ-003"})
"""Care homes and nurseries, in the first half of the present month."""
WHOLE_MONTH: Final = frozenset({"GAJ-002", "WHLY-001"})
"""Places of entertainment."""
FROM_TODAY: Final = frozenset({"YJGL-003", "SWW-002", "XFJY-002", "TYJ-001", "WSJK-006", "SCJG-003"})
"""Filling stations, dangerous goods, swimming pools, makers of food: so that there are visits today and tomorrow."""
NEXT_MONTH: Final = frozenset({
    "GAJ-001", "WHLY-002", "GAJ-003", "YJGL-004", "YPJG-001", "YPJG-002", "XFJY-004", "WSJK-002", "WSJK-003",
})  # fmt: skip
"""Hotels, dangerous goods, pharmacies, clinics."""

_SHARE_BY_POOL: Final = ((100, 30), (500, 8), (2_000, 3), (10_000, 1), (1_000_000, 1))
"""Per cent of the objects a year, by the greatest number of objects it holds for."""


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after a day's."""
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


async def load_annual_plans(scene: Scene) -> None:
    """The plans of this year, and of the next where the next month lies in it."""
    matters = await catalogue.matters(scene.acting())
    joinable = _joinable(await catalogue.bundles(scene.acting()), matters)
    pools = {m.id: sum(n for (line, tags), n in scene.kinds.items() if m.applies_to(line, tags)) for m in matters}
    years = sorted({scene.today.year, next_month(scene.today).year})
    for place, year in enumerate(years):
        drafted, published = _days(scene, year)
        plans = []
        scene.at(min(drafted, scene.today))
        for number, (code, department) in enumerate(scene.departments.items()):
            own = [matter for matter in matters if matter.department == department]
            tasks = tuple(_task(scene, m, year, pools[m.id], joinable.get(m.id, ())) for m in own)
            clerk = scene.acting(Role.CLERK, code)
            plan = await drafting.draft_annual_plan(clerk, AnnualDraft(department=department, year=year, tasks=tasks))
            await service.submit_annual_plan(clerk, plan.uid)
            plans.append(plan.uid)
            scene.report(place * len(scene.departments) + number + 1, len(years) * len(scene.departments))
        await _publish(scene, plans, published)


async def _publish(scene: Scene, plans: Iterable[str], published: dt.date) -> None:
    coordinator = scene.acting(Role.COORDINATOR)
    needs = {one.uid for one in await catalogue.departments(coordinator) if one.needs_city_consent}
    for plan in plans:
        await service.review_annual_plan(coordinator, plan, "要素齐全，依据充分，同意")
        filed = await service.file_annual_plan(coordinator, plan)
        if filed.department.uid in needs:
            today = day_of(scene.database.clock.now())
            await note_city_consent(coordinator, plan, f"沪交法〔{today.year}〕12号（示例）", today)
    scene.at(min(published, scene.today))
    for plan in plans:
        await service.publish_annual_plan(coordinator, plan)


def _days(scene: Scene, year: int) -> tuple[dt.date, dt.date]:
    """When a year's plans are handed in and published: before the end of March, and before the month they serve."""
    if year == scene.today.year and scene.today.month > 3:
        return dt.date(year, 2, 25), dt.date(year, 3, 20)
    return dt.date(year - 1, 12, 5), dt.date(year - 1, 12, 15)


def _joinable(bundles: Iterable[BundleRow], matters: Iterable[Matter]) -> dict[MatterId, tuple[DepartmentId, ...]]:
    """The other departments that each matter of a bundle is checked with."""
    department_of = {matter.id: matter.department for matter in matters}
    found: dict[MatterId, set[DepartmentId]] = {}
    for bundle in bundles:
        together = {department_of[matter] for matter in bundle.matters}
        for matter in bundle.matters:
            found.setdefault(matter, set()).update(together - {department_of[matter]})
    return {matter: tuple(sorted(others)) for matter, others in found.items()}


def _task(scene: Scene, matter: Matter, year: int, pool: int, joint: tuple[DepartmentId, ...]) -> TaskDraft:
    season = _season(scene, matter.code)
    seasonal = season is not None and season[0].year == year
    starts, ends = season if season and seasonal else (dt.date(year, 1, 1), dt.date(year, 12, 31))
    share = 100 if seasonal else next(percent for most, percent in _SHARE_BY_POOL if pool <= most)
    return TaskDraft(
        name=f"{year}年度{matter.name}",
        matters=(matter.id,),
        joint_departments=joint,
        objects=matter.object_class,
        mode=TaskMode.OFFSITE if matter.mode is Mode.OFFSITE else TaskMode.ONSITE,
        selection=Method.FULL if seasonal else Method.RANDOM,
        ratio=Bounds(min=Decimal(share), max=Decimal(share)),
        frequency=Frequency(max=Decimal(1), per="year"),
        starts=starts,
        ends=ends,
        basis="；".join(matter.basis),
    )


def _season(scene: Scene, code: str) -> tuple[dt.date, dt.date] | None:
    """The first and last day of a trade's season; None for a matter that is sampled over the year."""
    first, following = scene.today.replace(day=1), next_month(scene.today)
    if code in FIRST_HALF:
        return first, first.replace(day=15)
    if code in WHOLE_MONTH:
        return first, _last_day(first)
    if code in FROM_TODAY:
        return scene.today, _last_day(first)
    return (following, _last_day(following)) if code in NEXT_MONTH else None


def _last_day(month: dt.date) -> dt.date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
