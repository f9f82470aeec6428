"""The catalogue over JSON, for everybody signed in: departments, matters with criteria, bundles, towns."""

import datetime as dt

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from inspect_registry.catalogue import service
from inspect_registry.catalogue.model import (
    BundleRow,
    Criterion,
    Department,
    DepartmentId,
    DepartmentKind,
    Disclosure,
    Level,
    Matter,
    MatterId,
    Mode,
    Town,
)
from inspect_registry.db import Acting
from inspect_registry.routes.frame import signed_in


class DepartmentView(msgspec.Struct, frozen=True, kw_only=True):
    """One listed authority."""

    uid: str
    code: str
    name: str
    short_name: str
    uscc: str
    kind: DepartmentKind
    level: Level
    domain: str
    phone: str
    mandate: str
    valid_from: dt.date
    valid_to: dt.date | None


class CriterionView(msgspec.Struct, frozen=True, kw_only=True):
    """One point of a checklist."""

    uid: str
    position: int
    text: str
    basis: str
    important: bool


class MatterView(msgspec.Struct, frozen=True, kw_only=True):
    """One published matter."""

    uid: str
    code: str
    version: int
    department: str
    """The department's code."""
    name: str
    object_class: str
    industries: list[str]
    tags: list[str]
    basis: list[str]
    mode: Mode
    disclosure: Disclosure
    disclosure_basis: str
    mergeable: bool
    offsite_possible: bool
    mandatory: bool
    min_inspectors: int
    minutes: int
    sample: bool
    published_on: dt.date


class MatterWithCriteria(MatterView, frozen=True, kw_only=True):
    """One published matter with its checklist."""

    criteria: list[CriterionView]


class BundleView(msgspec.Struct, frozen=True, kw_only=True):
    """One 一业一查 bundle."""

    uid: str
    code: str
    version: int
    name: str
    lead: str
    industries: list[str]
    tags: list[str]
    sample: bool
    published_on: dt.date
    withdrawn_on: dt.date | None
    change_reason: str
    matters: list[str]
    """Codes of its matters."""


@get("/towns", operation_id="listTowns", guards=[signed_in])
async def towns(acting: NamedDependency[Acting]) -> list[Town]:
    """List the towns and sub-districts."""
    return await service.towns(acting)


@get("/departments", operation_id="listDepartments", guards=[signed_in])
async def departments(acting: NamedDependency[Acting]) -> list[DepartmentView]:
    """List the authorities that may inspect, by name."""
    return [_department(row) for row in await service.departments(acting)]


@get("/departments/{code:str}", operation_id="readDepartment", guards=[signed_in])
async def department(acting: NamedDependency[Acting], code: FromPath[str]) -> DepartmentView:
    """Read one authority by its code or identity."""
    return _department(await service.department_by_code(acting, code))


@get("/matters", operation_id="listMatters", guards=[signed_in])
async def matters(
    acting: NamedDependency[Acting], department: FromQuery[str] = "", on: FromQuery[dt.date | None] = None
) -> list[MatterView]:
    """List the matters in force on a day (today), of one department or of all."""
    codes = await _codes(acting)
    of = (await service.department_by_code(acting, department)).id if department else None
    return [_matter(row, codes) for row in await service.matters(acting, of, on)]


@get("/matters/{code:str}", operation_id="readMatter", guards=[signed_in])
async def matter(
    acting: NamedDependency[Acting], code: FromPath[str], on: FromQuery[dt.date | None] = None
) -> MatterWithCriteria:
    """Read the version of one matter in force on a day (today), with its checklist."""
    found = await service.matter_by_code(acting, code, on)
    points = [_criterion(row) for row in await service.criteria(acting, [found.id])]
    view = _matter(found, await _codes(acting))
    return MatterWithCriteria(**msgspec.structs.asdict(view), criteria=points)


@get("/bundles", operation_id="listBundles", guards=[signed_in])
async def bundles(acting: NamedDependency[Acting]) -> list[BundleView]:
    """List the 一业一查 bundles in force."""
    return await bundle_views(acting, await service.bundles(acting))


async def bundle_views(acting: Acting, rows: list[BundleRow]) -> list[BundleView]:
    """Shape bundles with the codes of their matters."""
    codes = await _codes(acting)
    members = await service.matters_by_id(acting, sorted({matter for row in rows for matter in row.matters}))
    return [_bundle(row, codes, members) for row in rows]


async def _codes(acting: Acting) -> dict[DepartmentId, str]:
    return {row.id: row.code for row in await service.departments(acting)}


def _department(row: Department) -> DepartmentView:
    return msgspec.convert(row, DepartmentView, from_attributes=True)


def _criterion(row: Criterion) -> CriterionView:
    return msgspec.convert(row, CriterionView, from_attributes=True)


def _matter(row: Matter, codes: dict[DepartmentId, str]) -> MatterView:
    shown = {field: getattr(row, field) for field in MatterView.__struct_fields__ if field != "department"}
    return MatterView(department=codes[row.department], **shown)


def _bundle(row: BundleRow, codes: dict[DepartmentId, str], members: dict[MatterId, Matter]) -> BundleView:
    shown = {name: getattr(row, name) for name in BundleView.__struct_fields__ if name not in {"lead", "matters"}}
    return BundleView(lead=codes[row.lead], matters=[members[matter].code for matter in row.matters], **shown)


handlers = [towns, departments, department, matters, matter, bundles]
