"""A delegated organisation inspects by its 委托书 only, which is listed, versioned and public like the rest."""

import datetime as dt

import asyncpg
import pytest

from inspect_registry.actor import SYSTEM
from inspect_registry.catalogue import service, versions
from inspect_registry.catalogue.errors import DepartmentUnsound, VersionUnsound
from inspect_registry.catalogue.model import DepartmentKind
from inspect_registry.catalogue.versions import DepartmentChange
from inspect_registry.db import Database
from inspect_registry.publication import registered
from tests.district_builders import a_department, a_small_district
from tests.plans_builders import a_coordinator

MANDATE = "嘉城管委〔2026〕3号：区城管执法局委托，市容检查，至2028年底，https://example.org/3"
TODAY = dt.date(2026, 11, 20)


async def test_a_delegated_organisation_is_listed_with_its_mandate_only(
    database: Database, owner: asyncpg.Connection
) -> None:
    for wrong in ("", "  ", "长" * 301, "甲\0乙"):
        delegated = a_department("wt", kind=DepartmentKind.DELEGATED, mandate=wrong)
        with pytest.raises(DepartmentUnsound) as refused:
            await service.list_departments(database.acting(SYSTEM), [delegated])
        assert (refused.value.rule, refused.value.places[0].field) == ("department-mandated", "[0].mandate")
    assert await owner.fetchval("SELECT count(*) FROM department") == 0
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'act.refused'") == 4
    good = a_department("wt", kind=DepartmentKind.DELEGATED, mandate=MANDATE)
    await service.list_departments(database.acting(SYSTEM), [good])
    listed = await service.department_by_code(database.acting(SYSTEM), "wt")
    assert listed.mandate == MANDATE
    (public,) = registered.departments([listed], TODAY)
    assert public.kind == f"受委托的组织（委托书：{MANDATE}）"


async def test_a_department_becomes_delegated_from_a_day_on_with_its_mandate_only(database: Database) -> None:
    await a_small_district(database)
    coordinator = database.acting(a_coordinator())
    change = DepartmentChange(effective_on=TODAY, reason="改由受委托组织实施", kind=DepartmentKind.DELEGATED)
    with pytest.raises(VersionUnsound) as refused:
        await versions.change_department(coordinator, "xfjy", change)
    assert refused.value.rule == "department-mandated"
    with_mandate = DepartmentChange(
        effective_on=TODAY, reason="改由受委托组织实施", kind=DepartmentKind.DELEGATED, mandate=MANDATE
    )
    assert (await versions.change_department(coordinator, "xfjy", with_mandate)).mandate == MANDATE
    assert (await service.department_by_code(coordinator, "xfjy")).mandate == MANDATE
    history = await versions.department_history(coordinator, "xfjy")
    assert [(one.kind, bool(one.mandate)) for one in history] == [
        (DepartmentKind.AGENCY, False), (DepartmentKind.DELEGATED, True),
    ]  # fmt: skip
