"""The demo district's catalogue as data files, read into the structs that the services take."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from inspect_registry import identifiers
from inspect_registry.catalogue.model import (
    DepartmentId,
    Disclosure,
    Level,
    MatterId,
    Mode,
    NewBundle,
    NewCriterion,
    NewDepartment,
    NewMatter,
    Town,
)

_DATA: Final = Path(__file__).parent / "data"
_DEPARTMENT_PREFIX: Final = "11310114"
_NAMED_BASIS: Final = "《上海市优化营商环境条例》第六十二条"
LISTED_FROM: Final = dt.date(2024, 1, 1)
T = TypeVar("T")


class AreaData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One town as the file has it."""

    code: str
    name: str
    near: list[str]


class DepartmentData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One authority as the file has it."""

    code: str
    name: str
    short_name: str
    subject: str
    inspectors: int
    level: str = "district"
    domain: str = ""
    needs_city_consent: bool = False


class MatterData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One matter as the file has it: its criteria in two lists, the important ones first."""

    code: str
    name: str
    basis: list[str]
    object: str
    key: list[str]
    minutes: int
    general: list[str] = []
    industries: list[str] = []
    activities: list[str] = []
    mode: str = "on_site"
    inspectors: int = 2
    risk: str = "general"
    disclosure: str = "named"
    disclosure_basis: str = ""
    mergeable: bool = True
    off_site: bool = False
    mandatory: bool = False
    sample: bool = False
    published_on: dt.date | None = None
    """Long ago, for a matter that nobody has carried out since."""


class BundleData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One bundle as the file has it."""

    code: str
    name: str
    lead: str
    industries: list[str]
    activities: list[str]
    matters: list[str]


class KeyIndustryData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One key industry as the file has it, with what a later version changes."""

    code: str
    title: str
    objects: str
    lead: str
    departments: list[str]
    matters: list[str]
    reason: str
    industries: list[str] = []
    tags: list[str] = []
    next_departments: list[str] = []
    next_matters: list[str] = []
    next_reason: str = ""


class IndustryData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of business of the demo's enterprises."""

    code: str
    name: str
    share: float
    activities: list[str]
    some: dict[str, float]
    words: list[str]


def _read(name: str, kind: type[T]) -> list[T]:
    content = msgspec.toml.decode((_DATA / f"{name}.toml").read_bytes(), type=dict[str, list[kind]])  # type: ignore[valid-type]  # kind is a class
    (rows,) = content.values()
    return rows


@cache
def department_data() -> tuple[DepartmentData, ...]:
    return tuple(_read("departments", DepartmentData))


@cache
def industries() -> tuple[IndustryData, ...]:
    return tuple(_read("industries", IndustryData))


@cache
def matter_data() -> tuple[MatterData, ...]:
    names = sorted(path.stem for path in (_DATA / "matters").glob("*.toml"))
    return tuple(matter for name in names for matter in _read(f"matters/{name}", MatterData))


def key_industries() -> list[KeyIndustryData]:
    return _read("lists", KeyIndustryData)


def towns() -> list[Town]:
    """The 12 towns; a zone is a town's place in the list, counted from 1."""
    areas = _read("areas", AreaData)
    zone = {area.code: place for place, area in enumerate(areas, start=1)}
    near = {(zone[a.code], zone[b]) for a in areas for b in [a.code, *a.near]}
    near |= {(b, a) for a, b in near}
    return [
        Town(code=a.code, name=a.name, zone=zone[a.code], near=sorted(b for z, b in near if z == zone[a.code]))
        for a in areas
    ]


def departments() -> list[NewDepartment]:
    """The 20 listed authorities; vertical ones stand at district level."""
    return [
        NewDepartment(
            code=data.code,
            name=data.name,
            short_name=data.short_name,
            uscc=identifiers.make_uscc(_DEPARTMENT_PREFIX, data.subject),
            level=Level.DISTRICT,
            domain=data.domain,
            phone="12345",
            needs_city_consent=data.needs_city_consent,
            valid_from=LISTED_FROM,
        )
        for data in department_data()
    ]


def matters(of: Mapping[str, DepartmentId]) -> list[NewMatter]:
    """The published matters; `of` gives each department's identity by its code."""
    disclosures = {
        "named": Disclosure.NAMED,
        "numbers_only": Disclosure.NUMBERS,
        "afterwards": Disclosure.AFTERWARDS,
    }
    return [
        NewMatter(
            code=data.code,
            department=of[department_of(data.code)],
            name=data.name,
            object_class=data.object,
            industries=tuple(data.industries),
            tags=tuple(data.activities),
            basis=tuple(data.basis),
            mode=Mode.OFFSITE if data.mode == "off_site" else Mode.ONSITE,
            disclosure=disclosures[data.disclosure],
            disclosure_basis=data.disclosure_basis or _NAMED_BASIS,
            mergeable=data.mergeable,
            offsite_possible=data.off_site or data.mode == "off_site",
            mandatory=data.mandatory,
            min_inspectors=data.inspectors,
            minutes=data.minutes,
            key_risk=data.risk == "key",
            sample=data.sample,
            prepare="营业执照、相关许可证件、台账记录",
            published_on=data.published_on or LISTED_FROM,
            criteria=tuple(_criteria(data)),
        )
        for data in matter_data()
    ]


def _criteria(data: MatterData) -> list[NewCriterion]:
    important = [NewCriterion(text=text, basis=data.basis[0], important=True) for text in data.key]
    return important + [NewCriterion(text=text, basis=data.basis[-1]) for text in data.general]


def bundles(of: Mapping[str, DepartmentId], matter: Mapping[str, MatterId]) -> list[NewBundle]:
    """The 一业一查 bundles; `matter` gives each matter's identity by its code."""
    return [
        NewBundle(
            code=data.code,
            name=data.name,
            lead=of[data.lead],
            industries=tuple(data.industries),
            tags=tuple(data.activities),
            sample=True,
            matters=tuple(matter[code] for code in data.matters),
        )
        for data in _read("bundles", BundleData)
    ]


def department_of(matter_code: str) -> str:
    """The code of the department whose matter this is (SCJG-001 is scjg's)."""
    return matter_code.partition("-")[0].lower()


def matters_of(department: str, codes: Sequence[str]) -> list[str]:
    return [code for code in codes if department_of(code) == department]
