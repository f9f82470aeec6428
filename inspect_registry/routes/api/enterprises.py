"""Enterprises over JSON, for those who inspect: search, one enterprise, its addresses and what happened there.

A credit class never appears here (国市监信发〔2022〕6号); the one grade that does is the catering grade, public by law.
"""

import datetime as dt

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from inspect_registry.catalogue import service as catalogue
from inspect_registry.clock import day_of
from inspect_registry.db import Acting
from inspect_registry.enterprises import service
from inspect_registry.enterprises.model import (
    CateringGrade,
    Enterprise,
    EnterpriseHit,
    EnterpriseKind,
    EnterpriseState,
    Premises,
)
from inspect_registry.history import service as history
from inspect_registry.routes.frame import signed_in
from inspect_registry.routes.queries import PageSize

_HISTORY_YEARS = 5


class PremisesView(msgspec.Struct, frozen=True, kw_only=True):
    """One address, with its catering grade where it has one."""

    uid: str
    name: str
    address: str
    town: str
    """Nine-digit code of the town."""
    catering_grade: CateringGrade | None
    catering_since: dt.date | None


class EnterpriseView(msgspec.Struct, frozen=True, kw_only=True):
    """One enterprise as those who inspect see it."""

    uid: str
    name: str
    uscc: str | None
    reg_no: str | None
    kind: EnterpriseKind
    industry: str
    tags: list[str]
    state: EnterpriseState
    premises: list[PremisesView]


class FactView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was inspected."""

    department: str
    matter: str
    day: dt.date
    onsite: bool
    exempt: bool
    visit: str


@get("/enterprises", operation_id="searchEnterprises", guards=[signed_in])
async def search(acting: NamedDependency[Acting], q: FromQuery[str], limit: PageSize = 20) -> list[EnterpriseHit]:
    """Find enterprises by name, address, number or pinyin initials."""
    return await service.search(acting, q, limit)


@get("/enterprises/{uid:str}", operation_id="readEnterprise", guards=[signed_in])
async def enterprise(acting: NamedDependency[Acting], uid: FromPath[str]) -> EnterpriseView:
    """Read one enterprise with its addresses."""
    found = await service.enterprise_by_uid(acting, uid)
    places = await service.premises_of(acting, [found.id])
    today = day_of(acting.database.clock.now())
    grades = await service.catering_grades(acting, [place.id for place in places], today)
    return _enterprise(found, places, {row.premises: (row.grade, row.since) for row in grades})


@get("/enterprises/{uid:str}/history", operation_id="readEnterpriseHistory", guards=[signed_in])
async def enterprise_history(acting: NamedDependency[Acting], uid: FromPath[str]) -> list[FactView]:
    """Read what has been inspected there in five years, newest first."""
    found = await service.enterprise_by_uid(acting, uid)
    codes = {row.id: row.code for row in await catalogue.departments(acting)}
    today = day_of(acting.database.clock.now())
    facts = await history.facts_of(acting, found.id, dt.date(today.year - _HISTORY_YEARS, 1, 1))
    return [
        FactView(
            department=codes[fact.department],
            matter=fact.matter_code,
            day=fact.day,
            onsite=fact.onsite,
            exempt=fact.exempt,
            visit=fact.visit_uid,
        )
        for fact in facts
    ]


def _enterprise(
    found: Enterprise, places: list[Premises], grades: dict[int, tuple[CateringGrade, dt.date]]
) -> EnterpriseView:
    return EnterpriseView(
        uid=found.uid,
        name=found.name,
        uscc=found.uscc,
        reg_no=found.reg_no,
        kind=found.kind,
        industry=found.industry,
        tags=found.tags,
        state=found.state,
        premises=[
            PremisesView(
                uid=place.uid,
                name=place.name,
                address=place.address,
                town=place.town,
                catering_grade=grades[place.id][0] if place.id in grades else None,
                catering_since=grades[place.id][1] if place.id in grades else None,
            )
            for place in places
        ],
    )


handlers = [search, enterprise, enterprise_history]
