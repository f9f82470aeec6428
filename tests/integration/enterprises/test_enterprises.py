"""Enterprises on a real database: entering, finding, grading, and who may see the class."""

import datetime as dt

import pytest

from inspect_registry import identifiers
from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.catalogue import service as catalogue
from inspect_registry.enterprises import service
from inspect_registry.enterprises.errors import (
    CreditClassAlreadyImported,
    EnterpriseAlreadyEntered,
    EnterpriseUnknown,
    EnterpriseUnsound,
)
from inspect_registry.enterprises.model import (
    CateringGrade,
    CreditRiskClass,
    DeviceLevel,
    DeviceSide,
    EnterpriseKind,
    FoodRiskGrade,
    Grades,
    NewCreditClass,
    NewPremises,
)
from inspect_registry.errors import NotAllowed
from tests.district_builders import a_matter, a_small_district, an_enterprise

NOVEMBER = dt.date(2026, 11, 1)


async def test_an_enterprise_reads_back_with_its_premises_in_order(database):
    await a_small_district(database, enterprise_count=0)
    two = (
        NewPremises(address="安亭镇墨玉路１号", town="310114103"),
        NewPremises(address="马陆镇宝安公路2号", town="310114106", name="二店", open_mask=31),
    )
    (entered,) = await service.import_enterprises(database.acting(SYSTEM), [an_enterprise(7, premises=two)])
    found = await service.enterprise(database.acting(SYSTEM), entered)
    assert (found.initials, found.tags, found.kind) == ("shatd7cyyxgs", ["catering"], EnterpriseKind.COMPANY)
    places = await service.premises_of(database.acting(SYSTEM), [entered])
    assert [(p.position, p.town, p.open_mask) for p in places] == [(1, "310114103", 127), (2, "310114106", 31)]
    assert places[0].site == "安亭镇墨玉路1号"
    assert (await service.premises(database.acting(SYSTEM), places[1].id)).name == "二店"


async def test_an_enterprise_is_found_by_either_number_however_typed(database):
    await a_small_district(database, enterprise_count=1)
    reg_no = identifiers.make_reg_no("31011460012345")
    trader = an_enterprise(2, uscc=None, reg_no=reg_no, kind=EnterpriseKind.INDIVIDUAL)
    await service.import_enterprises(database.acting(SYSTEM), [trader])
    by_code = await service.enterprise_by_number(database.acting(SYSTEM), f" {an_enterprise(1).uscc.lower()} ")
    assert by_code.name == an_enterprise(1).name
    assert (await service.enterprise_by_number(database.acting(SYSTEM), reg_no)).uscc is None
    for nonsense in ("", "\x00x", "9" * 5000, str(2**70)):
        with pytest.raises(EnterpriseUnknown):
            await service.enterprise_by_number(database.acting(SYSTEM), nonsense.replace("\x00", ""))


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("安亭第3餐饮", [3]),
        ("安亭第３ 餐饮", [3]),
        ("墨玉路5", [5]),
        ("shatd2cy", [2]),
        (an_enterprise(4).uscc, [4]),
        (an_enterprise(4).uscc[:-4].lower(), [1, 2, 3, 4, 5]),
        ("%", []),
        ("_______", []),
        ("没有这一家", []),
        ("", []),
    ],
)
async def test_search_takes_names_addresses_numbers_and_initials(database, typed, numbers):
    await a_small_district(database, enterprise_count=5)
    hits = await service.search(database.acting(SYSTEM), typed)
    wanted = {an_enterprise(n).name for n in numbers}
    assert {hit.name for hit in hits} >= wanted
    if not numbers:
        assert hits == []
    elif len(numbers) == 1:
        assert hits[0].name in wanted


async def test_search_answers_at_most_what_was_asked(database):
    await a_small_district(database, enterprise_count=5)
    assert len(await service.search(database.acting(SYSTEM), "餐饮", limit=2)) == 2
    assert len(await service.search(database.acting(SYSTEM), "餐饮", limit=-1)) == 1


async def test_faulty_rows_are_named_and_nothing_is_entered(database, owner):
    await a_small_district(database, enterprise_count=0)
    code = an_enterprise(2).uscc
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    rows = [an_enterprise(1), an_enterprise(2, uscc=wrong), an_enterprise(3, industry="62", premises=())]
    with pytest.raises(EnterpriseUnsound) as caught:
        await service.import_enterprises(database.acting(SYSTEM), rows)
    assert [place.field for place in caught.value.places] == ["[1].uscc", "[2].industry", "[2].premises"]
    assert f"应为“{code[-1]}”" in caught.value.places[0].message
    assert await owner.fetchval("SELECT count(*) FROM enterprise") == 0


async def test_a_code_is_entered_once(database):
    await a_small_district(database, enterprise_count=1)
    with pytest.raises(EnterpriseAlreadyEntered):
        await service.import_enterprises(database.acting(SYSTEM), [an_enterprise(1)])


async def test_the_pool_of_a_draw_holds_exactly_the_objects_of_the_matters(database):
    district = await a_small_district(database, enterprise_count=2)
    others = [
        an_enterprise(11, industry="F5212", tags=("food_retail",)),
        an_enterprise(12, industry="F5212", tags=("catering",)),
        an_enterprise(13, industry="C1411", tags=()),
    ]
    await service.import_enterprises(database.acting(SYSTEM), others)
    scjg = district.departments["scjg"]
    published = await catalogue.publish_matters(
        database.acting(SYSTEM),
        [
            a_matter(scjg, "SCJG-011", tags=(), industries=("C14", "F52")),
            a_matter(scjg, "SCJG-012", tags=("catering",), industries=("F52",)),
            a_matter(scjg, "SCJG-013", tags=(), industries=()),
        ],
    )
    everyone = await service.kinds_for(database.acting(SYSTEM), [published[2]])
    assert sum(len(kind.uids) for kind in everyone) == 5
    for matter in [*published, district.matters["SCJG-001"]]:
        rule = (await catalogue.matters_by_id(database.acting(SYSTEM), [matter]))[matter]
        pool = await service.objects_for(database.acting(SYSTEM), [matter])
        assert {c.uid for c in pool} == {
            uid for kind in everyone if rule.applies_to(kind.industry, kind.tags) for uid in kind.uids
        }
    joined = await service.objects_for(database.acting(SYSTEM), [published[0], district.matters["SCJG-001"]])
    assert len(joined) == 5
    assert await service.objects_for(database.acting(SYSTEM), [published[2]], ["310114106"]) == []


async def test_the_class_is_for_the_inside_only(database, owner):
    district = await a_small_district(database, enterprise_count=2)
    first, second = district.enterprises
    lines = [
        NewCreditClass(enterprise=first, credit_class=CreditRiskClass.D),
        NewCreditClass(enterprise=second, credit_class=CreditRiskClass.A),
    ]
    await service.import_credit_classes(database.acting(SYSTEM), dt.date(2026, 11, 20), lines)
    with pytest.raises(CreditClassAlreadyImported):
        await service.import_credit_classes(database.acting(SYSTEM), NOVEMBER, lines)
    clerk = database.acting(Actor(role=Role.CLERK, person=1, department=district.departments["scjg"]))
    assert await service.credit_classes(clerk, [first], NOVEMBER) == {first: CreditRiskClass.D}
    assert await service.credit_classes(clerk, [first], dt.date(2027, 1, 9)) == {first: CreditRiskClass.D}
    assert await service.credit_classes(clerk, [first], dt.date(2026, 10, 31)) == {}
    inspector = Actor(role=Role.INSPECTOR, person=2, department=district.departments["scjg"], inspector=1)
    with pytest.raises(NotAllowed):
        await service.credit_classes(database.acting(inspector), [first], NOVEMBER)
    owner_of = Actor(role=Role.ENTERPRISE, person=3, enterprise=first)
    async with database.transaction(owner_of, read_only=True) as tx:
        assert await service.credit_classes(tx, [first], NOVEMBER) == {}
    leaf = await owner.fetchval("SELECT leaf FROM ledger_entry WHERE action = 'credit_class.imported'")
    assert b'"rows"' not in leaf
    assert b"2026-11" in leaf


async def test_the_other_scales_are_kept_apart(database):
    district = await a_small_district(database, enterprise_count=2)
    first, second = district.enterprises
    (place,) = await service.premises_of(database.acting(SYSTEM), [first])
    earlier = Grades(since=dt.date(2025, 3, 1), food=((first, FoodRiskGrade.B),))
    later = Grades(
        since=NOVEMBER,
        food=((first, FoodRiskGrade.D),),
        catering=((place.id, CateringGrade.A),),
        devices=((second, DeviceSide.DISTRIBUTION, DeviceLevel.FOUR),),
    )
    for grades in (earlier, later):
        await service.import_grades(database.acting(SYSTEM), grades)
    acting = database.acting(SYSTEM)
    assert await service.food_risk_grades(acting, [first, second], dt.date(2026, 10, 31)) == {first: FoodRiskGrade.B}
    assert await service.food_risk_grades(acting, [first], NOVEMBER) == {first: FoodRiskGrade.D}
    (rating,) = await service.catering_grades(acting, [place.id], NOVEMBER)
    assert (rating.grade, rating.since) == (CateringGrade.A, NOVEMBER)
    (level,) = await service.device_levels(acting, [first, second], NOVEMBER)
    assert (level.enterprise, level.level) == (second, DeviceLevel.FOUR)


async def test_unknown_identities_are_said_to_be_unknown(database):
    acting = database.acting(SYSTEM)
    with pytest.raises(EnterpriseUnknown):
        await service.enterprise(acting, 404)
    with pytest.raises(EnterpriseUnknown):
        await service.enterprise_by_uid(acting, "x" * 26)
    assert await service.enterprises_by_id(acting, [404]) == {}


async def test_statistics_are_fresh_after_an_import(database, owner):
    await a_small_district(database, enterprise_count=30)
    known = "SELECT reltuples::int FROM pg_class WHERE oid = 'ir.enterprise'::regclass"
    assert await owner.fetchval(known) <= 0
    await service.settle_import(database.acting(SYSTEM))
    assert await owner.fetchval(known) == 30
    with pytest.raises(NotAllowed):
        await service.settle_import(database.acting(Actor(role=Role.OPERATOR, person=9)))
