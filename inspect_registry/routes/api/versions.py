"""Versions of matters, bundles and departments over JSON: the history, and the keeper's next version."""

import datetime as dt

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from inspect_registry.catalogue import service, versions
from inspect_registry.catalogue.model import Department, Matter
from inspect_registry.catalogue.versions import BundleVersion, DepartmentChange, MatterVersion, Withdrawal
from inspect_registry.catalogue.versions_store import DepartmentVersion
from inspect_registry.db import Acting
from inspect_registry.effectiveness import unused
from inspect_registry.effectiveness.unused import UnusedMatter
from inspect_registry.routes.api.catalogue import BundleView, DepartmentView, MatterView, bundle_views
from inspect_registry.routes.frame import signed_in


class MatterVersionView(MatterView, frozen=True, kw_only=True):
    """One version of a matter, with its end and its reasons."""

    withdrawn_on: dt.date | None
    change_reason: str
    withdrawn_reason: str


class DepartmentVersionView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of what is listed about a department."""

    version: int
    name: str
    short_name: str
    kind: str
    level: str
    domain: str
    phone: str
    valid_to: dt.date | None
    effective_from: dt.date
    reason: str


@get("/matters/unused", operation_id="listUnusedMatters", guards=[signed_in])
async def unused_matters(acting: NamedDependency[Acting], on: FromQuery[dt.date | None] = None) -> list[UnusedMatter]:
    """List the published matters that nobody has carried out for five years on a day (today): to be cancelled."""
    return await unused.unused_matters(acting, on)


@get("/matters/{code:str}/versions", operation_id="listMatterVersions", guards=[signed_in])
async def matter_versions(acting: NamedDependency[Acting], code: FromPath[str]) -> list[MatterVersionView]:
    """List every version of a matter, oldest first."""
    return [await _matter(acting, one) for one in await versions.matter_history(acting, code)]


@post("/matters/{code:str}/versions", operation_id="changeMatter", guards=[signed_in], status_code=201)
async def change_matter(
    acting: NamedDependency[Acting], code: FromPath[str], data: JSONBody[MatterVersion]
) -> MatterVersionView:
    """Publish the next version of a matter, from a day on, with the reason."""
    return await _matter(acting, await versions.change_matter(acting, code, data))


@post("/matters/{code:str}/withdraw", operation_id="withdrawMatter", guards=[signed_in], status_code=200)
async def withdraw_matter(
    acting: NamedDependency[Acting], code: FromPath[str], data: JSONBody[Withdrawal]
) -> MatterVersionView:
    """Let a matter hold no longer from a day on, with the reason."""
    return await _matter(acting, await versions.withdraw_matter(acting, code, data))


@get("/bundles/{code:str}/versions", operation_id="listBundleVersions", guards=[signed_in])
async def bundle_versions(acting: NamedDependency[Acting], code: FromPath[str]) -> list[BundleView]:
    """List every version of a 一业一查 bundle, oldest first."""
    return await bundle_views(acting, await versions.bundle_history(acting, code))


@post("/bundles/{code:str}/versions", operation_id="changeBundle", guards=[signed_in], status_code=201)
async def change_bundle(
    acting: NamedDependency[Acting], code: FromPath[str], data: JSONBody[BundleVersion]
) -> BundleView:
    """Make the next version of a bundle, from a day on, with the reason."""
    (view,) = await bundle_views(acting, [await versions.change_bundle(acting, code, data)])
    return view


@get("/departments/{code:str}/versions", operation_id="listDepartmentVersions", guards=[signed_in])
async def department_versions(acting: NamedDependency[Acting], code: FromPath[str]) -> list[DepartmentVersionView]:
    """List every version of what is listed about a department, oldest first."""
    return [_version(one) for one in await versions.department_history(acting, code)]


@post("/departments/{code:str}/versions", operation_id="changeDepartment", guards=[signed_in], status_code=201)
async def change_department(
    acting: NamedDependency[Acting], code: FromPath[str], data: JSONBody[DepartmentChange]
) -> DepartmentView:
    """Change what is listed about a department, from a day on, with the reason; answers with what holds that day."""
    return _department(await versions.change_department(acting, code, data))


@get("/departments/{code:str}/on/{day:date}", operation_id="readDepartmentOn", guards=[signed_in])
async def department_on(acting: NamedDependency[Acting], code: FromPath[str], day: FromPath[dt.date]) -> DepartmentView:
    """Read what was listed about a department on a day."""
    return _department(await versions.department_as_of(acting, code, day))


async def _matter(acting: Acting, row: Matter) -> MatterVersionView:
    department = await service.department(acting, row.department)
    shown = {name: getattr(row, name) for name in MatterVersionView.__struct_fields__ if name != "department"}
    return MatterVersionView(department=department.code, **shown)


def _department(row: Department) -> DepartmentView:
    return msgspec.convert(row, DepartmentView, from_attributes=True)


def _version(row: DepartmentVersion) -> DepartmentVersionView:
    return msgspec.convert(row, DepartmentVersionView, from_attributes=True)


handlers = [
    unused_matters,
    matter_versions,
    change_matter,
    withdraw_matter,
    bundle_versions,
    change_bundle,
    department_versions,
    change_department,
    department_on,
]
