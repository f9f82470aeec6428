"""What the registers say today: departments, towns, matters with their criteria, annual plans and open lists."""

from collections.abc import Sequence
from datetime import date

from inspect_registry import rules
from inspect_registry.catalogue import listings
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.listing import ListKind
from inspect_registry.catalogue.model import Department, DepartmentKind, Matter, Mode
from inspect_registry.db import Tx
from inspect_registry.publication import annual, listed_store, store
from inspect_registry.publication.listed import PublicListing, public_listings
from inspect_registry.publication.snapshot import (
    AnnualPlans,
    AnnualTask,
    PublicCriterion,
    PublicDepartment,
    PublicMatter,
    PublicTown,
)

_KINDS = {
    DepartmentKind.AGENCY: "行政机关",
    DepartmentKind.AUTHORISED: "法律、法规授权的组织",
    DepartmentKind.DELEGATED: "受委托的组织",
}
_METHODS = {Mode.ONSITE: "现场检查", Mode.OFFSITE: "非现场检查"}


async def towns(tx: Tx) -> tuple[PublicTown, ...]:
    """Return the district's towns in its own order."""
    return tuple(PublicTown(code=town.code, name=town.name) for town in await catalogue.towns(tx))


def departments(found: Sequence[Department], today: date) -> tuple[PublicDepartment, ...]:
    """Return the departments that are listed today."""
    return tuple(_department(one) for one in found if _listed(one, today))


async def matters_in_force(tx: Tx, matters: Sequence[Matter], listed: Sequence[Department]) -> tuple[PublicMatter, ...]:
    codes = {one.id: one.code for one in listed}
    shown = [one for one in matters if one.in_force(tx.today)]
    criteria: dict[int, list[PublicCriterion]] = {}
    for point in await catalogue.criteria(tx, [one.id for one in shown]):
        public = PublicCriterion(text=point.text, basis=point.basis, key=point.important)
        criteria.setdefault(point.matter, []).append(public)
    return tuple(
        PublicMatter(
            code=one.code,
            name=one.name,
            department=codes[one.department],
            basis=tuple(one.basis),
            criteria=tuple(criteria.get(one.id, ())),
            objects=one.object_class,
            method=_METHODS[one.mode],
            prepare=one.prepare,
            sample=one.sample,
        )
        for one in shown
    )


async def annual_plans(tx: Tx) -> tuple[AnnualPlans, ...]:
    years = sorted({tx.today.year, *await store.years_with_plans(tx)}, reverse=True)
    return tuple([await _year(tx, year) for year in years])


async def _year(tx: Tx, year: int) -> AnnualPlans:
    deadline = _deadline(year)
    rows = await store.annual_filings(tx, year, min(tx.today, date(year, 12, 31)))
    tasks: dict[int, list[store.TaskRow]] = {}
    for task in await store.published_tasks(tx, [row.plan for row in rows if row.plan is not None]):
        tasks.setdefault(task.plan, []).append(task)
    return AnnualPlans(
        year=year,
        deadline=deadline,
        filings=tuple(
            annual.filing(
                department=row.department,
                published_at=row.published_at,
                first_published_at=row.first_published_at,
                plan_number=row.plan_number,
                revision=row.revision,
                deadline=deadline,
                today=tx.today,
                tasks=[_task(task) for task in tasks.get(row.plan or 0, ())],
            )
            for row in rows
        ),
    )


def _deadline(year: int) -> date:
    month, day = rules.text("publication.annual_plan.last_day", on=date(year, 12, 31)).split("-")
    return date(year, int(month), int(day))


def _task(row: store.TaskRow) -> AnnualTask:
    return annual.task(
        name=row.name,
        matters=row.matters,
        objects=row.objects,
        mode=row.mode,
        selection=row.selection,
        parsed=row.parsed,
        starts=row.starts,
        ends=row.ends,
        joint_departments=row.joint_departments,
    )


async def open_lists(tx: Tx) -> tuple[PublicListing, ...]:
    entries = await listings.history(tx)
    quiet = [one.subject for one in entries if one.kind is ListKind.QUIET_ENTERPRISE]
    return public_listings(entries, await listed_store.listed_enterprises(tx, quiet))


def _listed(department: Department, today: date) -> bool:
    return department.valid_from <= today and (department.valid_to is None or department.valid_to >= today)


def _department(one: Department) -> PublicDepartment:
    kind = _KINDS[one.kind] + (f"（委托书：{one.mandate}）" if one.mandate else "")
    return PublicDepartment(code=one.code, name=one.name, short_name=one.short_name, kind=kind)
