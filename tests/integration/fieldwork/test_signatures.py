"""Signatures: drawn by hand, bound to what the record said, kept for good; without them no record closes."""

import hashlib

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from inspect_registry.actor import Role
from inspect_registry.db import Database
from inspect_registry.errors import NotAllowed
from inspect_registry.fieldwork import corrections, errors, service, signatures
from inspect_registry.fieldwork.evidence import EvidenceOf, receive
from inspect_registry.fieldwork.evidence_folder import EvidenceFolder
from inspect_registry.fieldwork.model import AnswerValue, InspectionState, Signature, SignatureSide
from inspect_registry.fieldwork.signing import Strokes
from inspect_registry.fieldwork.views import AnswerInput, CorrectionInput, InspectionView, SignatureInput
from tests.fieldwork_doors import (
    NOW,
    a_closed_record,
    a_door,
    a_hand,
    all_conform,
    begun,
    close_signed,
    officer,
    signatures_wanted,
)
from tests.visits_builders import COORDINATOR, District, a_district, a_part, an_actor

REFUSAL = {"signature": Signature.REFUSED, "signature_note": "店长认为结果不实，拒绝签名"}
PHOTO = b"\xff\xd8\xff\xe0" + b"0" * 200
SOUND = b"RIFF\x00\x00\x00\x00WAVE" + b"0" * 200


@pytest_asyncio.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def _answered(database: Database, district: District, **door: object) -> InspectionView:
    """A record that is answered, with its door noted, and not signed yet."""
    _, visit = await begun(database, district)
    record = await service.open_inspection(database.acting(officer(district)), visit)
    await all_conform(database, officer(district), record.uid)
    at_door = await a_door(district, district.departments[0], **door)
    return await signatures.note_door(database.acting(officer(district)), record.uid, at_door)


def _hands(read: InspectionView) -> list[SignatureInput]:
    return [msgspec.convert(one, SignatureInput) for one in signatures_wanted(msgspec.to_builtins(read))]


async def test_everybody_signs_and_the_record_closes_with_the_signer_of_the_enterprise(database, district) -> None:
    read = await _answered(database, district)
    acting = database.acting(officer(district))
    for hand in _hands(read):
        read = await signatures.sign(acting, read.uid, hand)
    assert [(one.side, one.name, one.current) for one in read.signatures] == [
        (SignatureSide.INSPECTOR, read.present[0].name, True),
        (SignatureSide.INSPECTOR, read.present[1].name, True),
        (SignatureSide.ENTERPRISE, "王某", True),
    ]
    door = await a_door(district, district.departments[0], signature_note="")
    closed = await service.close_inspection(acting, read.uid, door)
    assert (closed.state, closed.signature_note) == (InspectionState.CLOSED, "王某（店长）")


@pytest.mark.parametrize(("left_out", "field"), [(0, "inspector"), (1, "inspector"), (2, "enterprise")])
async def test_one_missing_signature_refuses_the_closing_and_says_whose(database, district, owner, left_out, field):
    read = await _answered(database, district)
    acting = database.acting(officer(district))
    for number, hand in enumerate(_hands(read)):
        if number != left_out:
            await signatures.sign(acting, read.uid, hand)
    with pytest.raises(errors.SignatureMissing) as refused:
        await service.close_inspection(acting, read.uid, await a_door(district, district.departments[0]))
    (place,) = refused.value.places
    assert (refused.value.rule, place.field, place.message) == ("record-signatures", f"signatures.{field}", "未签名")
    kept = await service.sheet(acting, read.uid)
    assert (kept.state, len(kept.signatures), kept.notes) == (InspectionState.OPEN, 2, read.notes)
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'act.refused'") == 1


async def test_a_change_after_signing_leaves_the_signatures_with_the_old_content(database, district) -> None:
    read = await _answered(database, district)
    acting = database.acting(officer(district))
    for hand in _hands(read):
        await signatures.sign(acting, read.uid, hand)
    changed = AnswerInput(criterion=read.points[0].criterion, value=AnswerValue.NOT_CHECKED, reason="设备停用")
    after = await service.save_answers(acting, read.uid, [changed])
    assert after.content != read.content
    assert [one.current for one in after.signatures] == [False, False, False]
    with pytest.raises(errors.SignatureMissing) as refused:
        await service.close_inspection(acting, read.uid, await a_door(district, district.departments[0]))
    assert {place.message for place in refused.value.places} == {"签名后记录又有修改"}
    for hand in _hands(after):
        await signatures.sign(acting, after.uid, hand)
    closed = await service.close_inspection(acting, read.uid, await a_door(district, district.departments[0]))
    assert [one.current for one in closed.signatures] == [False] * 3 + [True] * 3


async def test_other_times_at_the_closing_are_another_content_than_was_signed(database, district) -> None:
    read = await _answered(database, district)
    acting = database.acting(officer(district))
    for hand in _hands(read):
        await signatures.sign(acting, read.uid, hand)
    with pytest.raises(errors.SignatureMissing):
        door = await a_door(district, district.departments[0], notes="签名以后才写的话")
        await service.close_inspection(acting, read.uid, door)


async def test_what_was_not_shown_cannot_be_signed(database, district) -> None:
    read = await _answered(database, district)
    hand = msgspec.structs.replace(_hands(read)[0], content="0" * 64)
    with pytest.raises(errors.SignatureOutdated):
        await signatures.sign(database.acting(officer(district)), read.uid, hand)


async def test_before_the_door_is_noted_there_is_nothing_to_sign(database, district) -> None:
    _, visit = await begun(database, district)
    opened = await service.open_inspection(database.acting(officer(district)), visit)
    assert (opened.content, opened.signatures) == ("", [])
    given = SignatureInput(side=SignatureSide.ENTERPRISE, name="王某", content="", strokes=a_hand())
    with pytest.raises(errors.SignatureOutdated):
        await signatures.sign(database.acting(officer(district)), opened.uid, given)


@pytest.mark.parametrize(
    "strokes",
    [
        Strokes(lines=()),
        Strokes(lines=((500, 200),)),
        Strokes(lines=(tuple([500, 200] * 40),)),
        Strokes(lines=((1, 1, 2),)),
        Strokes(lines=(tuple(range(-40, 40)),)),
        Strokes(lines=tuple((0, 0, 900, 300) for _ in range(101))),
        Strokes(lines=(tuple([0, 0, 900, 300] * 2001),)),
        None,
    ],
    ids=["nothing", "a dot", "a blot", "odd", "outside", "too many strokes", "too many points", "a typed name"],
)
async def test_what_is_no_handwriting_is_refused(database, district, owner, strokes) -> None:
    read = await _answered(database, district)
    given = SignatureInput(side=SignatureSide.ENTERPRISE, name="王某", content=read.content, strokes=strokes)
    with pytest.raises(errors.SignatureNotDrawn) as refused:
        await signatures.sign(database.acting(officer(district)), read.uid, given)
    assert refused.value.basis == "《中华人民共和国电子签名法》第十三条"
    assert await owner.fetchval("SELECT count(*) FROM signature") == 0


async def test_a_refusal_needs_a_witness_who_signs_the_reason_too(database, district) -> None:
    read = await _answered(database, district, **REFUSAL)
    acting = database.acting(officer(district))
    door = await a_door(district, district.departments[0], **REFUSAL)
    hands = _hands(read)
    for hand in hands[:2]:
        await signatures.sign(acting, read.uid, hand)
    with pytest.raises(errors.SignatureMissing) as refused:
        await service.close_inspection(acting, read.uid, door)
    assert [place.field for place in refused.value.places] == ["signatures.witness"]
    await signatures.sign(acting, read.uid, hands[2])
    with pytest.raises(errors.SignatureMissing):
        other = msgspec.structs.replace(door, signature_note="店长没有说明理由，拒绝签名")
        await service.close_inspection(acting, read.uid, other)
    assert (await service.close_inspection(acting, read.uid, door)).signature is Signature.REFUSED


async def test_a_recording_stands_in_for_the_witness(database, district, tmp_path) -> None:
    read = await _answered(database, district, **REFUSAL)
    acting = database.acting(officer(district))
    for hand in _hands(read)[:2]:
        await signatures.sign(acting, read.uid, hand)
    await receive(
        acting, EvidenceFolder(tmp_path), EvidenceOf(inspection=read.uid, name="a.wav", taken_at=NOW), _bytes(SOUND)
    )
    door = await a_door(district, district.departments[0], **REFUSAL)
    assert (await service.close_inspection(acting, read.uid, door)).state is InspectionState.CLOSED


async def test_a_sheet_signed_on_paper_counts_by_its_picture(database, district, owner, tmp_path) -> None:
    read = await _answered(database, district)
    acting = database.acting(officer(district))
    folder = EvidenceFolder(tmp_path)
    photo = await receive(acting, folder, EvidenceOf(inspection=read.uid, name="a.jpg", taken_at=NOW), _bytes(PHOTO))
    sound = await receive(acting, folder, EvidenceOf(inspection=read.uid, name="a.wav", taken_at=NOW), _bytes(SOUND))
    for hand in _hands(read):
        with pytest.raises(errors.EvidenceNotFound):
            await signatures.sign(acting, read.uid, msgspec.structs.replace(hand, strokes=None, evidence=sound.uid))
        await signatures.sign(acting, read.uid, msgspec.structs.replace(hand, strokes=None, evidence=photo.uid))
    closed = await service.close_inspection(acting, read.uid, await a_door(district, district.departments[0]))
    assert {one.means.value for one in closed.signatures} == {"paper"}
    assert await owner.fetchval("SELECT count(DISTINCT digest) FROM signature") == 1


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        ({"side": SignatureSide.INSPECTOR, "inspector": "somebody else"}, "不在到场人员之列"),
        ({"name": "  "}, "没有写明签名人"),
        ({"side": SignatureSide.WITNESS}, "没有拒签"),
    ],
)
async def test_who_does_not_fit_a_side_does_not_sign_there(database, district, change, trouble) -> None:
    read = await _answered(database, district)
    given = msgspec.structs.replace(_hands(read)[2], **change)
    if given.side is SignatureSide.WITNESS:
        given = msgspec.structs.replace(given, content=read.witness_content)
    with pytest.raises(errors.SignerNotFitting, match=trouble):
        await signatures.sign(database.acting(officer(district)), read.uid, given)


async def test_an_inspector_is_no_witness_and_does_not_sign_for_the_shop(database, district) -> None:
    read = await _answered(database, district, **REFUSAL)
    given = msgspec.structs.replace(_hands(read)[2], name=read.present[0].name)
    with pytest.raises(errors.SignerNotFitting, match="检查人员不能代"):
        await signatures.sign(database.acting(officer(district)), read.uid, given)


async def test_the_same_signature_twice_is_one(database, district, owner) -> None:
    read = await _answered(database, district)
    hand = _hands(read)[0]
    for _ in range(2):
        await signatures.sign(database.acting(officer(district)), read.uid, hand)
    assert await owner.fetchval("SELECT count(*) FROM signature") == 1
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'signature.taken'") == 1


async def test_the_public_leaf_holds_no_name_and_no_hand(database, district, owner) -> None:
    read = await _answered(database, district)
    hand = _hands(read)[2]
    await signatures.sign(database.acting(officer(district)), read.uid, hand)
    row = await owner.fetchrow("SELECT * FROM signature")
    leaf = await owner.fetchval("SELECT leaf FROM ledger_entry WHERE action = 'signature.taken'")
    assert row["digest"] == hashlib.sha256(row["strokes"]).digest() == hand.strokes.digest
    for secret in ("王某", row["digest"].hex(), row["content"].hex()):
        assert secret.encode() not in leaf


async def test_signatures_are_kept_for_good(database, district, owner) -> None:
    read = await _answered(database, district)
    await signatures.sign(database.acting(officer(district)), read.uid, _hands(read)[0])
    for statement in ("UPDATE signature SET name = 'x'", "DELETE FROM signature"):
        with pytest.raises(asyncpg.PostgresError):
            await owner.execute(statement)
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute(
            """INSERT INTO signature (uid, inspection, side, means, inspector, name, strokes, digest, content, signed_at, taken_by)
               SELECT 'other', inspection, side, means, inspector, name, strokes, sha256('x'), content, signed_at, 0 FROM signature"""
        )


async def test_a_closed_record_takes_no_more_signatures_even_in_sql(database, district, owner) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    with pytest.raises(errors.InspectionClosed):
        await signatures.sign(database.acting(officer(district)), closed.uid, _hands(closed)[0])
    with pytest.raises(asyncpg.PostgresError):
        await owner.execute(
            """INSERT INTO signature (uid, inspection, side, means, inspector, name, strokes, digest, content, signed_at, taken_by)
               SELECT 'other', inspection, side, means, inspector, 'x', strokes, digest, content, signed_at, 0 FROM signature LIMIT 1"""
        )


async def test_a_correction_shows_no_signature_as_its_own(database, district) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    acting = database.acting(officer(district))
    proposed = await corrections.propose_correction(acting, closed.uid, CorrectionInput(reason="地址写错一个字"))
    second = an_actor(Role.HEAD, district.departments[0], person=77)
    confirmed = await corrections.confirm_correction(database.acting(second), proposed.uid)
    assert (confirmed.version, confirmed.signatures) == (2, [])
    old = await service.sheet(acting, closed.uid)
    assert [one.current for one in old.signatures] == [True, True, True]


async def test_neighbours_and_enterprises_see_no_hand(database, district) -> None:
    market, fire = district.departments
    _, visit = await begun(database, district, a_part(district, market), a_part(district, fire))
    closed = await a_closed_record(database, district, visit)
    assert len(await signatures.strokes_of(database.acting(COORDINATOR), closed.uid)) == 3
    keeper = an_actor(Role.ENTERPRISE, 0, enterprise=district.enterprise)
    for who in (officer(district, 1), keeper):
        assert await signatures.strokes_of(database.acting(who), closed.uid) == []
    with pytest.raises(NotAllowed):
        await signatures.sign(database.acting(keeper), closed.uid, _hands(closed)[0])


async def test_close_signed_is_what_the_other_tests_take_it_for(database, district) -> None:
    read = await _answered(database, district)
    door = await a_door(district, district.departments[0])
    assert (await close_signed(database, officer(district), read.uid, door)).state is InspectionState.CLOSED


async def _bytes(content: bytes):
    yield content
