"""Records and applications for tests of credit: what a test does not say is a plain default."""

from datetime import UTC, date, datetime
from typing import Any

from inspect_registry.actor import Actor, Role
from inspect_registry.enterprises.credit.model import Condition, Paper, PaperKind
from inspect_registry.enterprises.credit.service import Application, Verdict
from tests.visits_builders import District, an_actor

PAPERS = [Paper(kind=kind, reference=f"材料-{kind.value}") for kind in PaperKind]
COMMITMENT = "我单位郑重承诺：已全面整改，今后依法诚信经营，接受社会监督。"


def at(day: date, hour: int = 10) -> datetime:
    """An instant of a day in Shanghai."""
    return datetime(day.year, day.month, day.day, hour - 8, tzinfo=UTC)


def boss(district: District, enterprise: int = 0) -> Actor:
    return an_actor(Role.ENTERPRISE, 0, person=77, enterprise=enterprise or district.enterprise)


def head(district: District, which: int = 0) -> Actor:
    return an_actor(Role.HEAD, district.departments[which])


def clerk(district: District, which: int = 0) -> Actor:
    return an_actor(Role.CLERK, district.departments[which])


def an_application(**changes: Any) -> Application:
    return Application(**{"papers": PAPERS, "commitment": COMMITMENT} | changes)


def granted(**changes: Any) -> Verdict:
    values = {
        "granted": True,
        "reason": "经核实，已改正并履行全部义务。",
        "confirmed": [Condition.HARM_REMOVED, Condition.NOT_LISTED],
    }
    return Verdict(**values | changes)


def refused(*unmet: Condition, reason: str = "现场核实尚未改正到位。") -> Verdict:
    return Verdict(granted=False, reason=reason, unmet=list(unmet))


async def a_record(district: District, **changes: Any) -> str:
    """Plant a negative record as an earlier result would have left it; returns its uid."""
    uid = district.uid("cred")
    values = {
        "uid": uid,
        "part": 900_000 + next(district.numbers),
        "department": district.departments[0],
        "enterprise": district.enterprise,
        "inspection": district.uid("oldins"),
        "field": "general",
        "measure": "fine",
        "measure_document": "沪市监嘉处〔2025〕000123号",
        "measure_on": date(2025, 12, 1),
        "found_on": date(2025, 11, 20),
        "published_on": date(2025, 12, 15),
        "performed_on": date(2025, 12, 20),
        "noted_at": datetime(2025, 12, 1, tzinfo=UTC),
    }
    if changes.get("measure") in {"order", "pending"}:
        values |= {"measure_document": "", "measure_on": None}
    await district.add("credit_record", **values | changes)
    return uid


async def an_input(district: District, record: str, **changes: Any) -> None:
    """Plant what the result of a planted record feeds into the class."""
    values = {
        "enterprise": district.enterprise,
        "department": district.departments[0],
        "inspection": await district.owner.fetchval("SELECT inspection FROM credit_record WHERE uid = $1", record),
        "scale": "credit_risk",
        "kind": "case",
        "feeds_from": date(2025, 12, 1),
        "counts_to": date(2030, 11, 20),
        "rule": "credit.effect.input",
        "rule_from": date(2022, 1, 13),
        "basis": "国市监信发〔2022〕6号",
    }
    await district.add("grade_input", **values | changes)
