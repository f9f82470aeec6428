"""New versions of matters, bundles and departments: what held on a day stays answered, and nothing begins in the past."""

import datetime as dt

import pytest

from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.catalogue import service, versions
from inspect_registry.catalogue.errors import (
    BundleThere,
    BundleUnknown,
    DepartmentUnknown,
    MatterUnknown,
    MatterUnsound,
    VersionUnsound,
)
from inspect_registry.catalogue.model import Disclosure, Level, NewBundle
from inspect_registry.catalogue.versions import BundleVersion, DepartmentChange, MatterVersion, Withdrawal
from inspect_registry.clock import SetClock
from inspect_registry.errors import NotAllowed
from inspect_registry.inspectors import service as inspectors
from tests.district_builders import LONG_AGO, a_criterion, a_matter, a_small_district

TODAY = dt.date(2026, 11, 20)
NEXT_MONTH = dt.date(2026, 12, 1)
REASON = "依据新修订的办法调整检查要点"


def a_version(**changes) -> MatterVersion:
    values = {
        "effective_on": NEXT_MONTH,
        "reason": REASON,
        "name": "餐饮服务食品安全监督检查",
        "object_class": "餐饮服务提供者",
        "tags": ("catering",),
        "basis": ("《中华人民共和国食品安全法》第一百一十条",),
        "criteria": (a_criterion("后厨环境整洁"),),
    }
    return MatterVersion(**(values | changes))


def a_bundle_version(**changes) -> BundleVersion:
    values = {"effective_on": NEXT_MONTH, "reason": REASON, "name": "餐饮店一件事", "matters": ("SCJG-001",)}
    return BundleVersion(**(values | changes))


async def test_the_old_version_answers_until_the_day_before_and_the_new_one_from_its_day_on(database) -> None:
    district = await a_small_district(database)
    acting = database.acting(SYSTEM)
    changed = await versions.change_matter(acting, "SCJG-001", a_version())
    assert (changed.version, changed.published_on, changed.change_reason) == (2, NEXT_MONTH, REASON)
    before = await service.matter_by_code(acting, "SCJG-001", NEXT_MONTH - dt.timedelta(days=1))
    after = await service.matter_by_code(acting, "SCJG-001", NEXT_MONTH)
    assert (before.id, before.version) == (district.matters["SCJG-001"], 1)
    assert (after.version, after.name) == (2, "餐饮服务食品安全监督检查")
    assert [m.version for m in await service.matters(acting, on=NEXT_MONTH) if m.code == "SCJG-001"] == [2]
    assert [point.text for point in await service.criteria(acting, [before.id])] == ["证照齐全有效", "记录完整"]
    assert [point.text for point in await service.criteria(acting, [after.id])] == ["后厨环境整洁"]
    assert [m.version for m in await versions.matter_history(acting, "SCJG-001")] == [1, 2]


async def test_a_version_that_another_refers_to_leads_to_the_one_in_force(database) -> None:
    district = await a_small_district(database)
    acting = database.acting(SYSTEM)
    held = list(district.matters.values())
    changed = await versions.change_matter(acting, "SCJG-001", a_version())
    await versions.withdraw_matter(acting, "XFJY-001", Withdrawal(on=NEXT_MONTH, reason="上级取消该事项"))
    assert await versions.in_force(acting, held, TODAY) == {one: one for one in held}
    assert await versions.in_force(acting, held, NEXT_MONTH) == {district.matters["SCJG-001"]: changed.id}
    assert await versions.in_force(acting, [changed.id], TODAY) == {changed.id: district.matters["SCJG-001"]}


async def test_officers_certified_for_a_matter_are_certified_for_its_next_version(database) -> None:
    await a_small_district(database)
    acting = database.acting(SYSTEM)
    before = await service.matter_by_code(acting, "SCJG-001")
    changed = await versions.change_matter(acting, "SCJG-001", a_version())
    old = {one.inspector for one in await inspectors.certified_for(acting, [before.id], TODAY)}
    new = {one.inspector for one in await inspectors.certified_for(acting, [changed.id], NEXT_MONTH)}
    assert len(old) == 4
    assert new == old


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"effective_on": TODAY - dt.timedelta(days=1)}, "version-not-backdated"),
        ({"reason": " 改 "}, "version-explained"),
        ({"reason": "改" * 501}, "version-explained"),
        ({"criteria": ()}, "matter-sound"),
        ({"basis": ("食品安全法",)}, "matter-sound"),
        ({"disclosure": Disclosure.AFTERWARDS, "disclosure_basis": "《某办法》第四十六条"}, "matter-sound"),
    ],
)
async def test_an_unsound_version_is_refused_and_the_old_one_stays(database, owner, change, rule) -> None:
    await a_small_district(database)
    with pytest.raises((VersionUnsound, MatterUnsound)) as caught:
        await versions.change_matter(database.acting(SYSTEM), "SCJG-001", a_version(**change))
    assert caught.value.rule == rule
    assert caught.value.basis
    assert caught.value.remedy
    assert len(await versions.matter_history(database.acting(SYSTEM), "SCJG-001")) == 1
    refused = await owner.fetch("SELECT leaf FROM ledger_entry WHERE action = 'act.refused'")
    assert len(refused) == 1
    assert rule.encode() in bytes(refused[0]["leaf"])


async def test_the_earliest_day_is_today_or_the_day_after_the_newest_version_began(database) -> None:
    await a_small_district(database)
    acting = database.acting(SYSTEM)
    assert (await versions.change_matter(acting, "SCJG-001", a_version(effective_on=TODAY))).published_on == TODAY
    with pytest.raises(VersionUnsound, match="2026-11-21") as caught:
        await versions.change_matter(acting, "SCJG-001", a_version(effective_on=TODAY))
    assert "2026-11-21" in caught.value.remedy
    third = await versions.change_matter(acting, "SCJG-001", a_version(effective_on=TODAY + dt.timedelta(days=1)))
    assert third.version == 3
    history = await versions.matter_history(acting, "SCJG-001")
    assert [(one.published_on, one.withdrawn_on) for one in history] == [
        (LONG_AGO, TODAY),
        (TODAY, TODAY + dt.timedelta(days=1)),
        (TODAY + dt.timedelta(days=1), None),
    ]


async def test_a_withdrawn_matter_is_gone_from_its_day_on_and_may_be_published_again(database, clock: SetClock) -> None:
    await a_small_district(database)
    acting = database.acting(SYSTEM)
    gone = await versions.withdraw_matter(acting, "SCJG-001", Withdrawal(on=NEXT_MONTH, reason="五年未实施，予以取消"))
    assert (gone.withdrawn_on, gone.withdrawn_reason) == (NEXT_MONTH, "五年未实施，予以取消")
    assert (await service.matter_by_code(acting, "SCJG-001")).version == 1
    with pytest.raises(MatterUnknown):
        await service.matter_by_code(acting, "SCJG-001", NEXT_MONTH)
    with pytest.raises(VersionUnsound, match="废止"):
        await versions.withdraw_matter(acting, "SCJG-001", Withdrawal(on=NEXT_MONTH, reason="再次取消"))
    clock.advance(dt.timedelta(days=60))
    again = await versions.change_matter(acting, "SCJG-001", a_version(effective_on=dt.date(2027, 2, 1)))
    assert again.version == 2
    with pytest.raises(MatterUnknown):
        await service.matter_by_code(acting, "SCJG-001", dt.date(2027, 1, 31))


async def test_a_bundle_keeps_its_versions_and_takes_the_matters_in_force_on_its_day(database) -> None:
    district = await a_small_district(database)
    acting = database.acting(SYSTEM)
    first = NewBundle(
        code="B1", name="餐饮", lead=district.departments["scjg"], matters=tuple(district.matters.values())
    )
    await service.make_bundles(acting, [first])
    with pytest.raises(BundleThere):
        await service.make_bundles(acting, [first])
    changed_matter = await versions.change_matter(acting, "SCJG-001", a_version())
    (taken,) = await service.bundles(acting, NEXT_MONTH)
    assert set(taken.matters) == {changed_matter.id, district.matters["XFJY-001"]}
    changed = await versions.change_bundle(acting, "B1", a_bundle_version())
    assert (changed.version, changed.matters, changed.lead) == (2, [changed_matter.id], district.departments["scjg"])
    assert [one.version for one in await service.bundles(acting)] == [1]
    assert [one.version for one in await service.bundles(acting, NEXT_MONTH)] == [2]
    assert [one.withdrawn_on for one in await versions.bundle_history(acting, "B1")] == [NEXT_MONTH, None]
    with pytest.raises(VersionUnsound):
        await versions.change_bundle(acting, "B1", a_bundle_version())
    with pytest.raises(BundleUnknown):
        await versions.change_bundle(acting, "B9", a_bundle_version())


async def test_a_bundle_s_next_version_takes_no_unannounced_matter(database) -> None:
    district = await a_small_district(database)
    acting = database.acting(SYSTEM)
    scjg = district.departments["scjg"]
    secret = a_matter(
        scjg, "SCJG-004", disclosure=Disclosure.NUMBERS, disclosure_basis="《某办法》第四十六条", mergeable=False
    )
    await service.publish_matters(acting, [secret])
    first = NewBundle(code="B1", name="餐饮", lead=scjg, matters=tuple(district.matters.values()))
    await service.make_bundles(acting, [first])
    with pytest.raises(MatterUnsound, match="SCJG-004"):
        await versions.change_bundle(acting, "B1", a_bundle_version(matters=("SCJG-001", "SCJG-004")))
    assert len(await versions.bundle_history(acting, "B1")) == 1


async def test_a_department_is_renamed_from_a_day_on_and_the_day_before_still_says_the_old_name(
    database, clock
) -> None:
    await a_small_district(database)
    acting = database.acting(SYSTEM)
    change = DepartmentChange(
        effective_on=NEXT_MONTH, reason="机构改革更名", name="示范区市场监管局", level=Level.TOWN, phone="12315"
    )
    told = await versions.change_department(acting, "scjg", change)
    assert (told.name, told.level, told.phone) == ("示范区市场监管局", Level.TOWN, "12315")
    assert (await service.department_by_code(acting, "scjg")).name == "示范区scjg局"
    assert await versions.bring_in_force(acting) == 0
    clock.advance(dt.timedelta(days=11))
    assert await versions.bring_in_force(acting) == 1
    assert await versions.bring_in_force(acting) == 0
    now = await service.department_by_code(acting, "scjg")
    assert (now.name, now.level, now.short_name) == ("示范区市场监管局", Level.TOWN, "scjg局")
    assert (await versions.department_as_of(acting, "scjg", NEXT_MONTH - dt.timedelta(days=1))).name == "示范区scjg局"
    with pytest.raises(DepartmentUnknown):
        await versions.department_as_of(acting, "scjg", LONG_AGO - dt.timedelta(days=1))
    history = await versions.department_history(acting, "scjg")
    assert [(one.version, one.reason) for one in history] == [(1, ""), (2, "机构改革更名")]


async def test_a_department_leaves_the_list_on_its_last_day(database) -> None:
    await a_small_district(database)
    acting = database.acting(SYSTEM)
    last = TODAY + dt.timedelta(days=10)
    change = DepartmentChange(effective_on=TODAY, reason="职责划转，不再列名", valid_to=last)
    await versions.change_department(acting, "xfjy", change)
    department = await service.department_by_code(acting, "xfjy")
    assert department.listed_on(last)
    assert not department.listed_on(last + dt.timedelta(days=1))


@pytest.mark.parametrize(
    "change",
    [{}, {"name": " "}, {"valid_to": TODAY - dt.timedelta(days=1)}, {"valid_to": NEXT_MONTH - dt.timedelta(days=1)}],
)
async def test_an_unsound_change_of_a_department_is_refused(database, owner, change) -> None:
    await a_small_district(database)
    with pytest.raises(VersionUnsound) as caught:
        await versions.change_department(
            database.acting(SYSTEM), "scjg", DepartmentChange(effective_on=NEXT_MONTH, reason="调整名录信息", **change)
        )
    assert caught.value.rule == "department-change-sound"
    assert await owner.fetchval("SELECT count(*) FROM department_version") == 2
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'act.refused'") == 1


async def test_only_the_keeper_changes_and_each_change_is_in_the_ledger(database, owner) -> None:
    district = await a_small_district(database)
    clerk = Actor(role=Role.CLERK, person=1, department=district.departments["scjg"])
    with pytest.raises(NotAllowed):
        await versions.change_matter(database.acting(clerk), "SCJG-001", a_version())
    keeper = database.acting(Actor(role=Role.COORDINATOR, person=2))
    await versions.change_matter(keeper, "SCJG-001", a_version())
    await versions.withdraw_matter(keeper, "XFJY-001", Withdrawal(on=NEXT_MONTH, reason="上级取消该事项"))
    await versions.change_department(keeper, "scjg", DepartmentChange(effective_on=TODAY, reason="更换电话", phone="1"))
    actions = await owner.fetch("SELECT action FROM ledger_entry ORDER BY id DESC LIMIT 3")
    assert [row["action"] for row in actions] == ["department.changed", "matter.withdrawn", "matter.changed"]
