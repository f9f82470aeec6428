"""Officers on a real database: enrolment, leave, recusal, and who may inspect what on which day."""

import datetime as dt

import pytest

from inspect_registry.actor import SYSTEM
from inspect_registry.inspectors import service
from inspect_registry.inspectors.errors import CertificateTaken, InspectorUnknown, InspectorUnsound, LeaveOverlaps
from inspect_registry.inspectors.model import InspectorState, Leave
from tests.district_builders import FAR_AWAY, LONG_AGO, a_small_district, an_inspector

TODAY = dt.date(2026, 11, 20)


async def test_only_those_whose_certificate_holds_that_day_are_certified(database):
    district = await a_small_district(database)
    scjg, matter = district.departments["scjg"], district.matters["SCJG-001"]
    acting = database.acting(SYSTEM)
    expired, suspended, until_today = await service.enrol(
        acting,
        [
            an_inspector(scjg, 901, valid_to=TODAY - dt.timedelta(days=1), matters=(matter,)),
            an_inspector(scjg, 902, state=InspectorState.SUSPENDED, matters=(matter,)),
            an_inspector(scjg, 903, valid_to=TODAY, matters=(matter,)),
        ],
    )
    today = {q.inspector for q in await service.certified_for(acting, [matter], TODAY)}
    tomorrow = {q.inspector for q in await service.certified_for(acting, [matter], TODAY + dt.timedelta(days=1))}
    assert today == {*district.inspectors["scjg"], until_today}
    assert tomorrow == set(district.inspectors["scjg"])
    for officer in (await service.inspectors_by_id(acting, [expired, suspended, until_today])).values():
        assert officer.certified_on(TODAY) == (officer.id in today)


async def test_obstacles_are_said_one_by_one(database):
    district = await a_small_district(database)
    officer, colleague = district.inspectors["scjg"][:2]
    matter, shop = district.matters["SCJG-001"], district.enterprises[0]
    acting = database.acting(SYSTEM)
    assert await service.obstacles(acting, officer, [matter], shop, TODAY) == []
    await service.record_leave(acting, [Leave(inspector=officer, first=TODAY, last=TODAY)])
    await service.recuse(acting, [(officer, shop, "配偶任职")])
    assert await service.obstacles(acting, officer, [matter], shop, TODAY) == ["该日离岗", "须回避该经营主体"]
    assert await service.obstacles(acting, officer, [matter], shop, TODAY + dt.timedelta(days=1)) == [
        "须回避该经营主体"
    ]
    assert await service.obstacles(acting, colleague, [matter], shop, TODAY) == []
    fire = district.matters["XFJY-001"]
    assert await service.obstacles(acting, colleague, [matter, fire], shop, TODAY) == ["未持有部分检查事项的执法资格"]


async def test_a_certificate_that_does_not_hold_that_day_is_an_obstacle(database):
    district = await a_small_district(database)
    scjg, matter = district.departments["scjg"], district.matters["SCJG-001"]
    acting = database.acting(SYSTEM)
    suspended, until_today = await service.enrol(
        acting,
        [
            an_inspector(scjg, 902, state=InspectorState.SUSPENDED, matters=(matter,)),
            an_inspector(scjg, 903, valid_to=TODAY, matters=(matter,)),
        ],
    )
    shop, tomorrow = district.enterprises[0], TODAY + dt.timedelta(days=1)
    invalid = ["执法证在该日无效或已停用"]
    assert await service.obstacles(acting, suspended, [matter], shop, TODAY) == invalid
    assert await service.obstacles(acting, until_today, [matter], shop, TODAY) == []
    assert await service.obstacles(acting, until_today, [matter], shop, tomorrow) == invalid


async def test_leave_is_inclusive_at_both_ends_and_never_overlaps(database):
    district = await a_small_district(database)
    officer = district.inspectors["scjg"][0]
    acting = database.acting(SYSTEM)
    week = Leave(inspector=officer, first=dt.date(2026, 11, 23), last=dt.date(2026, 11, 27))
    await service.record_leave(acting, [week])
    assert await service.leave_between(acting, dt.date(2026, 11, 27), FAR_AWAY) == [week]
    assert await service.leave_between(acting, dt.date(2026, 11, 28), FAR_AWAY) == []
    with pytest.raises(LeaveOverlaps):
        await service.record_leave(
            acting, [Leave(inspector=officer, first=dt.date(2026, 11, 27), last=dt.date(2026, 11, 30))]
        )


async def test_an_officer_is_certified_for_matters_of_the_own_department_only(database, owner):
    district = await a_small_district(database)
    stranger = an_inspector(district.departments["scjg"], 901, matters=(district.matters["XFJY-001"],))
    with pytest.raises(InspectorUnsound, match="本部门"):
        await service.enrol(database.acting(SYSTEM), [stranger])
    assert await owner.fetchval("SELECT count(*) FROM inspector WHERE certificate = $1", stranger.certificate) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"certificate": "沪嘉消001"}, "[0].certificate"),
        ({"certificate": "０９１１４０００９０１"}, "[0].certificate"),
        ({"valid_from": FAR_AWAY, "valid_to": LONG_AGO}, "[0].valid_to"),
        ({"name": ""}, "[0].name"),
    ],
)
async def test_a_faulty_entry_is_refused_with_its_place(database, changes, field):
    district = await a_small_district(database)
    with pytest.raises(InspectorUnsound) as caught:
        await service.enrol(database.acting(SYSTEM), [an_inspector(district.departments["scjg"], 901, **changes)])
    assert [place.field for place in caught.value.places] == [field]


async def test_a_certificate_belongs_to_one_officer(database):
    district = await a_small_district(database)
    with pytest.raises(CertificateTaken):
        await service.enrol(database.acting(SYSTEM), [an_inspector(district.departments["xfjy"], 0)])


async def test_the_roster_and_single_officers_are_found(database):
    district = await a_small_district(database)
    acting = database.acting(SYSTEM)
    roster = await service.roster(acting, district.departments["scjg"])
    assert {officer.id for officer in roster} == set(district.inspectors["scjg"])
    assert len(await service.roster(acting)) == 8
    assert (await service.inspector_by_uid(acting, roster[0].uid)).id == roster[0].id
    assert (await service.recusals(acting, district.enterprises)) == []
    with pytest.raises(InspectorUnknown):
        await service.inspector(acting, 404)
    with pytest.raises(InspectorUnknown):
        await service.inspector_by_uid(acting, "nobody")
