"""The open lists on a real database: entered, changed, ended, answered as of a day, and told when due."""

import datetime as dt

import pytest

from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.catalogue import care, listings, service, versions
from inspect_registry.catalogue.errors import (
    ListingEnded,
    ListingThere,
    ListingUnknown,
    ListingUnsound,
    VersionUnsound,
)
from inspect_registry.catalogue.listing import (
    Condition,
    KeyIndustry,
    KeyIndustryInput,
    LeniencyContent,
    LeniencyInput,
    ListKind,
)
from inspect_registry.catalogue.model import Disclosure
from inspect_registry.catalogue.versions import DepartmentChange, Withdrawal
from inspect_registry.errors import NotAllowed
from tests.district_builders import a_matter, a_small_district

TODAY = dt.date(2026, 11, 20)
NEXT_MONTH = dt.date(2026, 12, 1)
KEEPER = Actor(role=Role.COORDINATOR, person=2)


def an_industry(**changes) -> KeyIndustryInput:
    content = {
        "object_class": "餐饮服务提供者",
        "industries": ("H62",),
        "lead": "scjg",
        "departments": ("scjg", "xfjy"),
        "matters": ("SCJG-001", "XFJY-001"),
    }
    content |= {name: changes.pop(name) for name in list(changes) if name in content}
    values = {
        "code": "ZHJG-01",
        "title": "餐饮服务",
        "content": KeyIndustry(**content),
        "basis": ("《上海市优化营商环境条例》第六十一条",),
        "reason": "食品安全和消防在同一场所",
        "valid_from": TODAY,
        "review_on": dt.date(2027, 11, 20),
    }
    return KeyIndustryInput(**(values | changes))


def an_item(**changes) -> LeniencyInput:
    content = {
        "list": "轻微违法行为免罚清单（四）",
        "version": "2026",
        "item": "3",
        "conditions": (Condition(code="first", text="初次违法"), Condition(code="corrected", text="及时改正")),
        "matters": ("SCJG-",),
        "words": ("台账",),
    }
    content |= {name: changes.pop(name) for name in list(changes) if name in content}
    values = {
        "violation": "进货台账记录不全，及时补正",
        "content": LeniencyContent(**content),
        "basis": ("《中华人民共和国行政处罚法》第三十三条第一款",),
        "reason": "市级部门公布第四批清单",
        "valid_from": TODAY,
        "review_on": dt.date(2028, 11, 20),
    }
    return LeniencyInput(**(values | changes))


async def test_an_industry_answers_as_of_each_day_through_its_versions(database, owner) -> None:
    await a_small_district(database)
    keeper = database.acting(KEEPER)
    await listings.enter_key_industry(keeper, an_industry())
    later = an_industry(title="餐饮服务和集体用餐", reason="纳入集体用餐配送单位", valid_from=NEXT_MONTH)
    changed = await listings.change_key_industry(keeper, later)
    assert changed.version == 2
    before = NEXT_MONTH - dt.timedelta(days=1)
    assert [one.title for one in await listings.listed_on(keeper, ListKind.KEY_INDUSTRY, before)] == ["餐饮服务"]
    assert [one.title for one in await listings.listed_on(keeper, ListKind.KEY_INDUSTRY, NEXT_MONTH)] == [later.title]
    assert await listings.listed_on(keeper, ListKind.KEY_INDUSTRY, TODAY - dt.timedelta(days=1)) == []
    newest, first = await listings.history(keeper, ListKind.KEY_INDUSTRY)
    assert (newest.reason, newest.valid_to, first.valid_to) == ("纳入集体用餐配送单位", None, before)
    told = await owner.fetch("SELECT leaf FROM ledger_entry WHERE action = 'list.changed' ORDER BY id DESC LIMIT 2")
    assert b'"change":"changed"' in bytes(told[0]["leaf"]).replace(b" ", b"")
    assert b"ZHJG-01" in bytes(told[1]["leaf"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"matters": ("SCJG-001",)}, "content.matters"),
        ({"matters": ("SCJG-001", "SCJG-001")}, "content.matters"),
        ({"departments": ("scjg",)}, "content.departments"),
        ({"lead": "sthj"}, "content.departments"),
        ({"departments": ("scjg", "xfjy", "nobody")}, "content.departments[2]"),
        ({"matters": ("SCJG-001", "XFJY-009")}, "content.matters[1]"),
        ({"object_class": " "}, "content.object_class"),
        ({"title": ""}, "title"),
        ({"reason": "短"}, "reason"),
        ({"basis": ()}, "basis"),
        ({"review_on": TODAY}, "review_on"),
        ({"code": ""}, "subject"),
    ],
)
async def test_an_unsound_industry_is_refused_with_the_place(database, owner, change, field) -> None:
    await a_small_district(database)
    with pytest.raises(ListingUnsound) as caught:
        await listings.enter_key_industry(database.acting(KEEPER), an_industry(**change))
    assert field in {place.field for place in caught.value.places}
    assert (caught.value.rule, bool(caught.value.basis), bool(caught.value.remedy)) == ("listing-sound", True, True)
    assert await owner.fetchval("SELECT count(*) FROM listing") == 0
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'act.refused'") == 1


async def test_an_industry_takes_no_matter_that_is_withdrawn_unannounced_or_another_department_s(database) -> None:
    district = await a_small_district(database)
    keeper = database.acting(KEEPER)
    secret = a_matter(
        district.departments["scjg"], "SCJG-004", disclosure=Disclosure.AFTERWARDS, disclosure_basis="《某办法》第一条",
        mergeable=False,
    )  # fmt: skip
    await service.publish_matters(database.acting(SYSTEM), [secret])
    with pytest.raises(ListingUnsound, match="不预先告知"):
        await listings.enter_key_industry(keeper, an_industry(matters=("SCJG-001", "SCJG-004")))
    await versions.withdraw_matter(keeper, "XFJY-001", Withdrawal(on=NEXT_MONTH, reason="上级取消该事项"))
    await listings.enter_key_industry(keeper, an_industry())
    with pytest.raises(ListingUnsound, match="未经公布"):
        await listings.change_key_industry(keeper, an_industry(valid_from=NEXT_MONTH))
    with pytest.raises(ListingUnsound) as caught:
        await listings.enter_key_industry(
            keeper, an_industry(code="ZHJG-02", departments=("xfjy", "sthj"), lead="xfjy")
        )
    told = {place.field: place.message for place in caught.value.places}
    assert told["content.matters[0]"] == "所属部门不在参加部门之内"


async def test_an_industry_takes_no_department_that_is_off_the_list(database) -> None:
    await a_small_district(database)
    keeper = database.acting(KEEPER)
    gone = DepartmentChange(effective_on=TODAY, reason="职责划转，不再列名", valid_to=TODAY)
    await versions.change_department(keeper, "xfjy", gone)
    await listings.enter_key_industry(keeper, an_industry())
    with pytest.raises(ListingUnsound, match="检查主体"):
        await listings.enter_key_industry(keeper, an_industry(code="ZHJG-02", valid_from=NEXT_MONTH))


async def test_an_entry_is_entered_once_ended_once_and_not_changed_backwards(database) -> None:
    await a_small_district(database)
    keeper = database.acting(KEEPER)
    kind = ListKind.KEY_INDUSTRY
    with pytest.raises(ListingUnknown):
        await listings.change_key_industry(keeper, an_industry())
    await listings.enter_key_industry(keeper, an_industry())
    with pytest.raises(ListingThere):
        await listings.enter_key_industry(keeper, an_industry())
    with pytest.raises(VersionUnsound, match="最早"):
        await listings.change_key_industry(keeper, an_industry(valid_from=TODAY - dt.timedelta(days=3)))
    with pytest.raises(VersionUnsound, match="理由"):
        await listings.end_listing(keeper, kind, "ZHJG-01", " ")
    ended = await listings.end_listing(keeper, kind, "ZHJG-01", "行业风险明显下降")
    assert (ended.valid_to, ended.ended_reason) == (TODAY, "行业风险明显下降")
    with pytest.raises(ListingEnded):
        await listings.end_listing(keeper, kind, "ZHJG-01", "行业风险明显下降")
    assert (await listings.enter_key_industry(keeper, an_industry(valid_from=NEXT_MONTH))).version == 2
    assert [one.version for one in await listings.listed_on(keeper, kind, TODAY)] == [1]


async def test_a_new_item_of_a_leniency_list_prompts_from_its_day_on(database) -> None:
    await a_small_district(database)
    keeper = database.acting(KEEPER)
    shipped = len(await listings.leniency_items(keeper))
    await listings.enter_leniency(keeper, ListKind.NO_PENALTY, an_item())
    items = await listings.leniency_items(keeper)
    assert len(items) == shipped + 1
    (new,) = [one for one in items if one.version == "2026"]
    assert (new.kind, new.in_force(TODAY), new.in_force(TODAY - dt.timedelta(days=1))) == ("no_penalty", True, False)
    for wrong in (an_item(conditions=()), an_item(item=" "), an_item(violation="")):
        with pytest.raises(ListingUnsound):
            await listings.enter_leniency(keeper, ListKind.NO_PENALTY, wrong)
    with pytest.raises(ListingUnsound):
        await listings.enter_leniency(keeper, ListKind.KEY_INDUSTRY, an_item())


async def test_a_list_that_came_with_the_program_is_changed_like_any_other(database) -> None:
    await a_small_district(database)
    keeper = database.acting(KEEPER)
    (shipped,) = await listings.listed_on(keeper, ListKind.NO_COERCION, TODAY)
    assert shipped.uid == ""
    content = {name: shipped.content[name] for name in ("list", "item")}
    change = an_item(**content, version="2027", valid_from=NEXT_MONTH, violation="没有明显社会危害且已改正")
    await listings.change_leniency(keeper, ListKind.NO_COERCION, change)
    newest, first = await listings.history(keeper, ListKind.NO_COERCION)
    assert (newest.version, first.version) == (2, 1)
    assert (first.reason, first.valid_from) == (shipped.reason, shipped.valid_from)
    assert first.valid_to == NEXT_MONTH - dt.timedelta(days=1)
    kinds = [one.version for one in await listings.leniency_items(keeper) if one.kind == "no_coercion"]
    assert sorted(kinds) == sorted(["2027", shipped.content["version"]])


async def test_the_keeper_is_told_once_of_what_is_due_and_the_list_keeps_saying_so(database, owner, clock) -> None:
    await a_small_district(database)
    keeper = database.acting(KEEPER)
    await listings.enter_key_industry(keeper, an_industry(review_on=TODAY + dt.timedelta(days=1)))
    await care.take_care(database, "keeper@example.invalid")
    assert await owner.fetchval("SELECT count(*) FROM notice") == 0
    clock.advance(dt.timedelta(days=1))
    assert [one.subject for one in await listings.due_for_review(keeper)] == ["ZHJG-01"]
    await care.take_care(database, "")
    assert await owner.fetchval("SELECT count(*) FROM notice") == 0
    await care.take_care(database, "keeper@example.invalid")
    await care.take_care(database, "keeper@example.invalid")
    (notice,) = await owner.fetch("SELECT address, kind, subject, body FROM notice")
    assert (notice["address"], notice["kind"]) == ("keeper@example.invalid", "list-review")
    assert "餐饮服务（2026-11-21 到期复核）" in notice["body"]
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'list.review_due'") == 1
    assert [one.review_due(TODAY + dt.timedelta(days=1)) for one in await listings.due_for_review(keeper)] == [True]
    renewed = an_industry(reason="复核后继续有效", valid_from=TODAY + dt.timedelta(days=2))
    await listings.change_key_industry(keeper, renewed)
    assert await listings.due_for_review(keeper) == []


async def test_what_came_with_the_program_is_due_too(database, owner, clock) -> None:
    await a_small_district(database)
    clock.advance(dt.timedelta(days=365 * 3))
    told = await care.tell_reviews(database.acting(SYSTEM), "keeper@example.invalid")
    assert told == len(await listings.due_for_review(database.acting(SYSTEM))) > 0
    assert await care.tell_reviews(database.acting(SYSTEM), "keeper@example.invalid") == 0
    assert await owner.fetchval("SELECT count(*) FROM listing WHERE review_told_at IS NOT NULL") == told


async def test_departments_read_the_lists_and_only_the_keeper_writes(database) -> None:
    district = await a_small_district(database)
    clerk = database.acting(Actor(role=Role.CLERK, person=1, department=district.departments["scjg"]))
    assert await listings.history(clerk) != []
    for act in (
        listings.enter_key_industry(clerk, an_industry()),
        listings.enter_leniency(clerk, ListKind.NO_PENALTY, an_item()),
        listings.end_listing(clerk, ListKind.KEY_INDUSTRY, "ZHJG-01", "行业风险明显下降"),
    ):
        with pytest.raises(NotAllowed):
            await act
