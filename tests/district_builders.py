"""Builders of a district's reference data: what a test does not say is a plain default."""

import datetime as dt

import msgspec

from inspect_registry import identifiers
from inspect_registry.actor import SYSTEM
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import DepartmentId, MatterId, NewCriterion, NewDepartment, NewMatter, Town
from inspect_registry.db import Database
from inspect_registry.enterprises import service as enterprises
from inspect_registry.enterprises.model import EnterpriseId, EnterpriseKind, NewEnterprise, NewPremises
from inspect_registry.inspectors import service as inspectors
from inspect_registry.inspectors.model import InspectorId, NewInspector

LONG_AGO = dt.date(2020, 1, 1)
FAR_AWAY = dt.date(2030, 12, 31)


def a_uscc(number: int, prefix: str = "91310114") -> str:
    """A made-up 统一社会信用代码 with right check characters."""
    return identifiers.make_uscc(prefix, f"MA1G{number:04d}")


def a_department(code="scjg", **changes):
    number = sum(ord(letter) * 31**place for place, letter in enumerate(code)) % 10_000
    values = {
        "code": code,
        "name": f"示范区{code}局",
        "short_name": f"{code}局",
        "uscc": a_uscc(number, "11310114"),
        "valid_from": LONG_AGO,
    }
    return NewDepartment(**(values | changes))


def a_criterion(text="证照齐全有效", **changes):
    return NewCriterion(**({"text": text, "basis": "《中华人民共和国食品安全法》第一百一十条"} | changes))


def a_matter(department, code="SCJG-001", **changes):
    values = {
        "code": code,
        "department": department,
        "name": f"{code}监督检查",
        "object_class": "餐饮服务提供者",
        "tags": ("catering",),
        "basis": ("《中华人民共和国食品安全法》第一百一十条",),
        "published_on": LONG_AGO,
        "criteria": (a_criterion(), a_criterion("记录完整", important=True)),
    }
    return NewMatter(**(values | changes))


def an_enterprise(number=1, **changes):
    values = {
        "name": f"上海安亭第{number}餐饮有限公司",
        "uscc": a_uscc(number),
        "kind": EnterpriseKind.COMPANY,
        "industry": "H6210",
        "tags": ("catering",),
        "contact": f"contact{number}@example.invalid",
        "premises": (NewPremises(address=f"安亭镇墨玉路{number}号", town="310114103"),),
    }
    return NewEnterprise(**(values | changes))


def an_inspector(department, number=1, **changes):
    values = {
        "department": department,
        "name": f"执法员{number}",
        "certificate": f"09114{number:06d}",
        "valid_from": LONG_AGO,
        "valid_to": FAR_AWAY,
    }
    return NewInspector(**(values | changes))


class District(msgspec.Struct, kw_only=True):
    """What `a_small_district` has entered."""

    departments: dict[str, DepartmentId]
    matters: dict[str, MatterId]
    enterprises: list[EnterpriseId]
    inspectors: dict[str, list[InspectorId]]


async def a_small_district(database: Database, *, enterprise_count: int = 5) -> District:
    """Two towns, departments scjg and xfjy with a matter each, some restaurants, four inspectors each."""
    acting = database.acting(SYSTEM)
    await catalogue.enter_towns(
        acting,
        [
            Town(code="310114103", name="安亭镇", zone=1, near=[1, 2]),
            Town(code="310114106", name="马陆镇", zone=2, near=[1, 2]),
        ],
    )
    codes = ["scjg", "xfjy"]
    departments = dict(
        zip(codes, await catalogue.list_departments(acting, [a_department(code) for code in codes]), strict=True)
    )
    matters = await catalogue.publish_matters(
        acting, [a_matter(departments["scjg"], "SCJG-001"), a_matter(departments["xfjy"], "XFJY-001")]
    )
    entered = await enterprises.import_enterprises(acting, [an_enterprise(n + 1) for n in range(enterprise_count)])
    officers = {}
    for place, (code, matter) in enumerate(zip(codes, matters, strict=True)):
        officers[code] = await inspectors.enrol(
            acting, [an_inspector(departments[code], place * 100 + n, matters=(matter,)) for n in range(4)]
        )
    return District(
        departments=departments,
        matters=dict(zip(["SCJG-001", "XFJY-001"], matters, strict=True)),
        enterprises=entered,
        inspectors=officers,
    )
