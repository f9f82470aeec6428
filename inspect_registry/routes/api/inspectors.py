"""Officers over JSON, for those who plan and inspect."""

import datetime as dt

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from inspect_registry.catalogue import service as catalogue
from inspect_registry.clock import day_of
from inspect_registry.db import Acting
from inspect_registry.inspectors import service
from inspect_registry.inspectors.model import Inspector, InspectorState
from inspect_registry.routes.frame import signed_in


class InspectorView(msgspec.Struct, frozen=True, kw_only=True):
    """One officer with the certificate."""

    uid: str
    department: str
    """The department's code."""
    name: str
    certificate: str
    valid_from: dt.date
    valid_to: dt.date
    state: InspectorState
    certified_today: bool


@get("/inspectors", operation_id="listInspectors", guards=[signed_in])
async def inspectors(acting: NamedDependency[Acting], department: FromQuery[str] = "") -> list[InspectorView]:
    """List the officers of one department (its code) or of all, by name."""
    of = (await catalogue.department_by_code(acting, department)).id if department else None
    codes = {row.id: row.code for row in await catalogue.departments(acting)}
    today = day_of(acting.database.clock.now())
    return [_view(row, codes[row.department], today) for row in await service.roster(acting, of)]


@get("/inspectors/{uid:str}", operation_id="readInspector", guards=[signed_in])
async def inspector(acting: NamedDependency[Acting], uid: FromPath[str]) -> InspectorView:
    """Read one officer."""
    found = await service.inspector_by_uid(acting, uid)
    department = await catalogue.department(acting, found.department)
    return _view(found, department.code, day_of(acting.database.clock.now()))


def _view(row: Inspector, department: str, today: dt.date) -> InspectorView:
    return InspectorView(
        uid=row.uid,
        department=department,
        name=row.name,
        certificate=row.certificate,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        state=row.state,
        certified_today=row.certified_on(today),
    )


handlers = [inspectors, inspector]
