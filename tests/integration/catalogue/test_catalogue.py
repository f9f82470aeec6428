"""The catalogue on a real database: listing, publishing, reading back, and what it refuses."""

import datetime as dt

import pytest

from inspect_registry.actor import ANONYMOUS, SYSTEM, Actor, Role
from inspect_registry.catalogue import service
from inspect_registry.catalogue.errors import (
    DepartmentAlreadyListed,
    DepartmentUnknown,
    DepartmentUnsound,
    MatterAlreadyPublished,
    MatterUnknown,
    MatterUnsound,
)
from inspect_registry.catalogue.model import Disclosure, NewBundle
from inspect_registry.errors import NotAllowed, NotSignedIn
from tests.district_builders import a_department, a_matter, a_small_district


async def test_what_is_published_reads_back_whole(database):
    district = await a_small_district(database)
    acting = database.acting(SYSTEM)
    matter = await service.matter_by_code(acting, "SCJG-001")
    assert matter.department == district.departments["scjg"]
    assert (matter.tags, matter.industries) == (["catering"], [])
    assert matter.basis == ["《中华人民共和国食品安全法》第一百一十条"]
    points = await service.criteria(acting, [matter.id])
    assert [(p.position, p.text, p.important) for p in points] == [(1, "证照齐全有效", False), (2, "记录完整", True)]
    assert [t.near for t in await service.towns(acting)] == [[1, 2], [1, 2]]


async def test_a_department_is_found_by_code_and_by_either_name(database):
    district = await a_small_district(database)
    acting = database.acting(SYSTEM)
    assert (await service.department_by_code(acting, "xfjy")).id == district.departments["xfjy"]
    found = await service.department_by_name(acting, "　示范区 ｘｆｊｙ局")
    assert found is not None
    assert found.id == district.departments["xfjy"]
    assert await service.department_by_name(acting, "水利部") is None
    with pytest.raises(DepartmentUnknown):
        await service.department_by_code(acting, "nobody")


async def test_a_wrong_check_character_is_refused_and_the_refusal_is_kept(database, owner):
    good = a_department("scjg").uscc
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    with pytest.raises(DepartmentUnsound) as caught:
        await service.list_departments(database.acting(SYSTEM), [a_department("scjg", uscc=wrong)])
    assert caught.value.places[0].field == "[0].uscc"
    assert f"应为“{good[-1]}”" in caught.value.detail
    assert await owner.fetchval("SELECT count(*) FROM department") == 0
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'act.refused'") == 1


async def test_a_department_is_listed_once(database):
    await service.list_departments(database.acting(SYSTEM), [a_department("scjg")])
    other_number = a_department("xfjy").uscc
    with pytest.raises(DepartmentAlreadyListed):
        await service.list_departments(database.acting(SYSTEM), [a_department("scjg", uscc=other_number)])


async def test_unsound_matters_are_refused_with_every_fault_and_nothing_is_published(database, owner):
    (department,) = await service.list_departments(database.acting(SYSTEM), [a_department()])
    faulty = a_matter(department, "SCJG-002", basis=("食品安全法110条",), min_inspectors=1, criteria=())
    with pytest.raises(MatterUnsound) as caught:
        await service.publish_matters(database.acting(SYSTEM), [a_matter(department), faulty])
    assert len(caught.value.places) == 3
    assert {place.text for place in caught.value.places} == {"SCJG-002"}
    assert await owner.fetchval("SELECT count(*) FROM matter") == 0


async def test_a_matter_in_force_is_not_published_twice(database):
    district = await a_small_district(database)
    with pytest.raises(MatterAlreadyPublished):
        await service.publish_matters(database.acting(SYSTEM), [a_matter(district.departments["scjg"])])


async def test_a_matter_is_in_force_from_its_day_on(database):
    (department,) = await service.list_departments(database.acting(SYSTEM), [a_department()])
    later = dt.date(2026, 12, 1)
    await service.publish_matters(database.acting(SYSTEM), [a_matter(department, published_on=later)])
    assert await service.matters(database.acting(SYSTEM)) == []
    assert len(await service.matters(database.acting(SYSTEM), on=later)) == 1
    with pytest.raises(MatterUnknown):
        await service.matter_by_code(database.acting(SYSTEM), "SCJG-001")


async def test_a_bundle_takes_no_unannounced_matter(database):
    district = await a_small_district(database)
    scjg = district.departments["scjg"]
    secret = a_matter(
        scjg, "SCJG-004", disclosure=Disclosure.AFTERWARDS, disclosure_basis="《某办法》第四十六条", mergeable=False
    )
    (secret_id,) = await service.publish_matters(database.acting(SYSTEM), [secret])
    good = NewBundle(code="B1", name="餐饮一业一查", lead=scjg, matters=tuple(district.matters.values()))
    await service.make_bundles(database.acting(SYSTEM), [good])
    with pytest.raises(MatterUnsound, match="SCJG-004"):
        await service.make_bundles(
            database.acting(SYSTEM), [NewBundle(code="B2", name="乙", lead=scjg, matters=(secret_id,))]
        )
    (bundle,) = await service.bundles(database.acting(SYSTEM))
    assert set(bundle.matters) == set(district.matters.values())


async def test_only_the_coordinator_changes_the_catalogue(database):
    district = await a_small_district(database)
    clerk = Actor(role=Role.CLERK, person=1, department=district.departments["scjg"])
    with pytest.raises(NotAllowed):
        await service.publish_matters(database.acting(clerk), [a_matter(clerk.department, "SCJG-009")])
    with pytest.raises(NotSignedIn):
        await service.departments(database.acting(ANONYMOUS))
    assert len(await service.departments(database.acting(clerk))) == 2
