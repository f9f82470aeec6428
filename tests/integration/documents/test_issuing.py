"""Numbers without gaps, papers that never change, corrections that say what they replace, receipts of what was handed over."""

import asyncio
import hashlib

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from inspect_registry.actor import Actor, Role
from inspect_registry.documents import delivering, service
from inspect_registry.documents.errors import (
    ApprovalMissing,
    DeliveryIncomplete,
    DocumentDelivered,
    DocumentNotInForce,
    DocumentUnknown,
    GlyphMissing,
    NothingToRectify,
    VoidingNotReasoned,
)
from inspect_registry.documents.model import DeliveryInput, DocumentKind, Press, Signing
from inspect_registry.errors import NotAllowed
from inspect_registry.fieldwork import corrections, errors
from inspect_registry.fieldwork import service as fieldwork
from inspect_registry.fieldwork.model import DispositionKind
from inspect_registry.fieldwork.signing import Strokes
from inspect_registry.fieldwork.views import CorrectionInput
from inspect_registry.visits import service as visits
from tests.documents_builders import text_of
from tests.fieldwork_doors import NOW, a_closed_record, a_hand, begun, officer
from tests.visits_builders import COORDINATOR, SYSTEM, TODAY, District, a_district, a_part, a_visit, an_actor

PRESS = Press(base="https://jiancha.example", mark="演示数据")
SPOT = {
    "facts": "疏散通道堆物",
    "clause": "《消防法》第二十八条",
    "disposition": DispositionKind.RECTIFY_ON_SPOT,
    "demand": "当场清理",
}


@pytest_asyncio.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


def head(district: District, which: int = 0) -> Actor:
    return an_actor(Role.HEAD, district.departments[which], person=78)


async def _handing(district: District, *papers: str, **changes: object) -> DeliveryInput:
    inspector = district.inspectors[district.departments[0]][0]
    values = {
        "papers": list(papers),
        "place": "上海市嘉定区墨玉路1号",
        "delivered_at": NOW,
        "officers": [await district.uid_of("inspector", inspector)],
        "officer_strokes": a_hand(7),
        "receiver": Signing(name="王某", position="店长", strokes=a_hand(3)),
    }
    return DeliveryInput(**values | changes)


async def test_every_paper_of_a_visit_is_drawn_up_and_printed_byte_by_byte_again(database, district, owner) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit, {"facts": "冷藏柜温度12摄氏度"}, SPOT)
    acting = database.acting(officer(district))
    drawn = [
        await service.issue_approval(acting, visit, PRESS),
        await service.issue_record(acting, closed.uid, PRESS),
        await service.issue_result(acting, closed.uid, PRESS),
        await service.issue_order(acting, closed.uid, PRESS),
    ]
    drawn.append(await delivering.deliver(acting, visit, await _handing(district, drawn[2].uid, drawn[3].uid), PRESS))
    await owner.execute("UPDATE enterprise SET name = '改名以后的公司'")
    await owner.execute("UPDATE inspector SET name = '改名'")
    for one in drawn:
        paper = await service.document(database.acting(COORDINATOR), one.uid)
        pdf = service.pdf_of(paper)
        assert hashlib.sha256(pdf).hexdigest() == one.sha256
        assert "改名" not in text_of(pdf)
        assert f"document/{one.uid}" in text_of(pdf)
    leaves = await owner.fetch("SELECT leaf FROM ledger_entry WHERE action = 'document.issued' ORDER BY id")
    assert all(one.sha256.encode() in row["leaf"] for one, row in zip(drawn, leaves, strict=True))
    listed = await service.documents_of(acting, visit)
    assert [one.kind for one in listed] == [
        DocumentKind.APPROVAL, DocumentKind.RECORD, DocumentKind.RESULT, DocumentKind.ORDER, DocumentKind.DELIVERY,
    ]  # fmt: skip
    assert [one.delivered for one in listed] == [False, False, True, True, False]
    assert (await fieldwork.sheet(acting, closed.uid)).told_at is not None


async def test_a_newer_setting_says_that_it_is_no_byte_copy(database, district) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    drawn = await service.issue_record(database.acting(officer(district)), closed.uid, PRESS)
    paper = await service.document(database.acting(officer(district)), drawn.uid)
    older = msgspec.structs.replace(paper, digest=b"0" * 32)
    assert "版式已更新，与原件字节不同；内容同原件" in text_of(service.pdf_of(older))
    assert "版式已更新" not in text_of(service.pdf_of(paper))


async def test_signatures_of_the_record_stand_on_its_paper(database, district) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    acting = database.acting(officer(district))
    drawn = await service.issue_record(acting, closed.uid)
    hands = (await service.document(acting, drawn.uid)).content["hands"]
    assert [one["label"] for one in hands] == ["当事人\n签名", "执法人员\n签名", "执法人员\n签名"]
    assert all(one["lines"] and one["on"] and not one["note"] for one in hands)


async def test_a_correction_gets_new_papers_that_say_what_they_replace_and_whose_signature_that_is(database, district):
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit, {"facts": "冷藏柜温度12摄氏度"})
    acting = database.acting(officer(district))
    first = await service.issue_record(acting, closed.uid, PRESS)
    told = await service.issue_result(acting, closed.uid, PRESS)
    proposed = await corrections.propose_correction(acting, closed.uid, CorrectionInput(reason="温度读数抄错"))
    await corrections.confirm_correction(database.acting(head(district)), proposed.uid)
    second = await service.issue_record(acting, proposed.uid, PRESS)
    assert (second.number.rpartition("〕")[2], second.edition) == ("2号", 2)
    text = text_of(service.pdf_of(await service.document(acting, second.uid)))
    assert f"本文书替换《现场检查笔录》（{first.number}）：温度读数抄错" in text
    assert "签名所签为更正前的版本" in text
    assert "第2版（更正）：温度读数抄错" in text
    old = await service.document(acting, first.uid)
    assert hashlib.sha256(service.pdf_of(old)).hexdigest() == first.sha256
    assert (await service.issue_record(acting, proposed.uid, PRESS)) == second
    assert (await service.issue_result(acting, proposed.uid, PRESS)).uid != told.uid


async def test_a_voided_number_is_never_used_again_and_is_told(database, district, owner) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    acting = database.acting(officer(district))
    first = await service.issue_record(acting, closed.uid, PRESS)
    with pytest.raises(VoidingNotReasoned):
        await service.void(database.acting(head(district)), first.uid, " 错 ")
    with pytest.raises(NotAllowed):
        await service.void(acting, first.uid, "附件漏列一项")
    taken_back = await service.void(database.acting(head(district)), first.uid, "附件漏列一项")
    assert taken_back.void_reason == "附件漏列一项"
    with pytest.raises(DocumentNotInForce):
        await service.void(database.acting(head(district)), first.uid, "再作废一次")
    second = await service.issue_record(acting, closed.uid, PRESS)
    assert [one.number.rpartition("〕")[2] for one in (first, second)] == ["1号", "2号"]
    assert [(one.number, one.void_reason) for one in await service.documents_of(acting, visit)] == [
        (first.number, "附件漏列一项"), (second.number, ""),
    ]  # fmt: skip
    paper = await service.document(acting, first.uid)
    assert "已作废：附件漏列一项" in text_of(service.pdf_of(paper, as_issued=False))
    assert hashlib.sha256(service.pdf_of(paper)).hexdigest() == first.sha256
    with pytest.raises(asyncpg.PostgresError):
        await owner.execute("DELETE FROM document_void")


async def test_who_asks_at_once_gets_the_same_paper_and_refusals_cost_no_number(database, district, owner) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    acting = database.acting(officer(district))
    drawn = await asyncio.gather(*[service.issue_record(acting, closed.uid) for _ in range(5)])
    assert len({one.uid for one in drawn}) == 1
    for _ in range(3):
        with pytest.raises(NothingToRectify):
            await service.issue_order(acting, closed.uid)
    numbers = await owner.fetch("SELECT kind, ordinal, edition FROM document")
    assert [tuple(row) for row in numbers] == [("record", 1, 1)]


async def test_a_rare_character_refuses_the_paper_and_costs_no_number(database, district, owner) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    acting = database.acting(officer(district))
    await owner.execute("UPDATE enterprise SET name = '上海𠮷野饭店'")
    with pytest.raises(GlyphMissing) as refused:
        await service.issue_record(acting, closed.uid)
    assert refused.value.places[0].field == "enterprise"
    await owner.execute("UPDATE enterprise SET name = '上海龘记饭店'")
    drawn = await service.issue_record(acting, closed.uid)
    assert drawn.number.endswith("〔2026〕1号")
    assert "上海龘记饭店" in text_of(service.pdf_of(await service.document(acting, drawn.uid)))


async def test_the_approval_form_needs_the_approval_and_its_own_department(database, district, owner) -> None:
    _, visit = await a_visit(database, district)
    await visits.confirm_month(database.acting(SYSTEM), TODAY.replace(day=1))
    with pytest.raises(ApprovalMissing):
        await service.issue_approval(database.acting(officer(district)), visit)
    await visits.approve_month(database.acting(SYSTEM), TODAY.replace(day=1))
    with pytest.raises(DocumentUnknown):
        await service.issue_approval(database.acting(head(district, 1)), visit)
    drawn = await service.issue_approval(database.acting(officer(district)), visit)
    text = text_of(service.pdf_of(await service.document(database.acting(COORDINATOR), drawn.uid)))
    for words in ("行政检查审批表", "负责人意见同意。", "执法证号", "列入已公布的年度、月度检查计划"):
        assert words in text, words


async def test_only_findings_that_are_to_be_put_right_make_an_order(database, district) -> None:
    _, visit = await begun(database, district)
    guided = {"disposition": DispositionKind.GUIDANCE, "demand": ""}
    closed = await a_closed_record(database, district, visit, guided)
    with pytest.raises(NothingToRectify):
        await service.issue_order(database.acting(officer(district)), closed.uid)


async def test_a_paper_is_handed_over_once(database, district) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    acting = database.acting(officer(district))
    told = await service.issue_result(acting, closed.uid)
    receipt = await delivering.deliver(acting, visit, await _handing(district, told.uid))
    with pytest.raises(DocumentDelivered):
        await delivering.deliver(acting, visit, await _handing(district, told.uid))
    with pytest.raises(DocumentNotInForce):
        await service.void(database.acting(head(district)), told.uid, "送达以后才想作废")
    with pytest.raises(DeliveryIncomplete):
        await delivering.deliver(acting, visit, await _handing(district, receipt.uid))


async def test_a_voided_paper_is_not_handed_over_but_its_successor_is(database, district) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    acting = database.acting(officer(district))
    first = await service.issue_result(acting, closed.uid)
    await service.void(database.acting(head(district)), first.uid, "附件漏列一项")
    with pytest.raises(DocumentNotInForce) as refused:
        await delivering.deliver(acting, visit, await _handing(district, first.uid))
    assert refused.value.rule == "document-in-force"
    second = await service.issue_result(acting, closed.uid)
    await delivering.deliver(acting, visit, await _handing(district, second.uid))
    delivered = {one.uid: one.delivered for one in await service.documents_of(acting, visit)}
    assert (delivered[first.uid], delivered[second.uid]) == (False, True)


async def test_a_refused_receipt_is_left_before_a_witness(database, district) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    acting = database.acting(officer(district))
    told = await service.issue_result(acting, closed.uid)
    witness = Signing(name="刘某", position="居委会干部", strokes=a_hand(4))
    left = await _handing(district, told.uid, receiver=None, witness=witness, refusal="店长拒绝签收")
    drawn = await delivering.deliver(acting, visit, left)
    text = text_of(service.pdf_of(await service.document(acting, drawn.uid)))
    for words in ("留置送达", "店长拒绝签收", "刘某（居委会干部）", told.number):
        assert words in text, words


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"receiver": None}, "witness"),
        ({"receiver": None, "witness": Signing(name="刘某", strokes=a_hand())}, "refusal"),
        ({"receiver": Signing(name=" ", strokes=a_hand())}, "receiver"),
        ({"place": " "}, "place"),
        ({"delivered_at": NOW.replace(year=2027)}, "delivered_at"),
        ({"delivered_at": NOW.replace(tzinfo=None)}, "delivered_at"),
    ],
)
async def test_an_incomplete_delivery_is_refused_with_its_place(database, district, change, field) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    acting = database.acting(officer(district))
    told = await service.issue_result(acting, closed.uid)
    with pytest.raises(DeliveryIncomplete) as refused:
        await delivering.deliver(acting, visit, await _handing(district, told.uid, **change))
    assert [place.field for place in refused.value.places] == [field]
    assert [one.delivered for one in await service.documents_of(acting, visit)] == [False]


async def test_a_dot_is_no_signature_under_a_receipt_either(database, district) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit)
    acting = database.acting(officer(district))
    told = await service.issue_result(acting, closed.uid)
    dot = Signing(name="王某", strokes=Strokes(lines=((1, 1),)))
    with pytest.raises(errors.SignatureNotDrawn):
        await delivering.deliver(acting, visit, await _handing(district, told.uid, receiver=dot))


async def test_neighbours_read_the_notice_only(database, district) -> None:
    market, fire = district.departments
    _, visit = await begun(database, district, a_part(district, market), a_part(district, fire))
    closed = await a_closed_record(database, district, visit)
    acting = database.acting(officer(district))
    await service.issue_notice(acting, visit)
    drawn = await service.issue_record(acting, closed.uid)
    neighbour = database.acting(officer(district, 1))
    assert [one.kind for one in await service.documents_of(neighbour, visit)] == [DocumentKind.NOTICE]
    with pytest.raises(DocumentUnknown):
        await service.document(neighbour, drawn.uid)
    with pytest.raises(DocumentUnknown):
        await delivering.deliver(neighbour, visit, await _handing(district, drawn.uid))
