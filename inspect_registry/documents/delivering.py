"""Handing papers over: one receipt (送达回证) for what was given together, signed by hand or left before a witness."""

from collections.abc import Sequence

from inspect_registry import ledger
from inspect_registry.access import Permission, act
from inspect_registry.db import Tx
from inspect_registry.documents import store
from inspect_registry.documents.delivery import DeliveredPaper, Delivery
from inspect_registry.documents.drafting import clean
from inspect_registry.documents.errors import DeliveryIncomplete, DocumentDelivered, DocumentNotInForce, DocumentUnknown
from inspect_registry.documents.forms import Hand, Officer, signed_on
from inspect_registry.documents.issuing import Issue, issue
from inspect_registry.documents.model import DeliveryInput, Document, DocumentKind, DocumentView, Press, Signing
from inspect_registry.documents.papers import PAPERS
from inspect_registry.documents.service import PLAIN_PRESS, document, view
from inspect_registry.errors import Place
from inspect_registry.fieldwork import followup
from inspect_registry.fieldwork.rules import signature_is_drawn
from inspect_registry.ledger import Action, Subject

_BASIS = "《中华人民共和国民事诉讼法》第八十七条至第八十九条"
_INTERNAL = frozenset({DocumentKind.APPROVAL, DocumentKind.DELIVERY})


@act(Permission.DOCUMENT_DELIVER)
async def deliver(tx: Tx, visit: str, given: DeliveryInput, press: Press = PLAIN_PRESS) -> DocumentView:
    """Draw up the receipt of papers that were handed over; a result notice among them counts as the telling.

    Raises DocumentUnknown, DocumentNotInForce, DocumentDelivered, DeliveryIncomplete, SignatureNotDrawn.
    """
    department = tx.actor.department or 0
    await store.lock_papers(tx, department)
    papers = [await document(tx, uid) for uid in dict.fromkeys(given.papers)]
    _refuse_unfit(papers, visit, department)
    _refuse_incomplete(tx, given)
    found = await store.noticed_visit(tx, visit)
    part = await store.approved_part(tx, visit, department)
    officers = await store.present_officers(tx, given.officers)
    if found is None or part is None:
        raise DocumentUnknown
    if not officers or any(one.department_id != department for one in officers):
        raise _incomplete("送达人须是本机关执法人员。", "officers")
    content = Delivery(
        number="",
        department=part.department_name,
        enterprise=part.enterprise_name,
        enterprise_code=part.enterprise_number,
        place=clean(given.place),
        method="直接送达" if given.receiver else "留置送达",
        delivered_at=given.delivered_at,
        papers=tuple(
            DeliveredPaper(
                title=PAPERS[one.kind].title, number=one.content["number"], uid=one.uid, sha256=one.digest.hex()
            )
            for one in papers
        ),
        officers=tuple(
            Officer(name=one.name, certificate_no=one.certificate_no, department=one.department) for one in officers
        ),
        refusal=clean(given.refusal) if not given.receiver else "",
        hands=_hands(given, officers[0].name),
    )
    what = Issue(
        kind=DocumentKind.DELIVERY,
        department=department,
        short_name=part.department_short_name,
        visit=visit,
        subject="",
    )
    receipt = await issue(tx, what, press, content)
    await store.deliver_documents(tx, [one.id for one in papers], receipt.id)
    await ledger.append_many(
        tx,
        [
            ledger.Draft(
                action=Action.DOCUMENT_DELIVERED,
                subject=Subject("document", one.uid),
                department=department,
                public={"receipt": receipt.uid, "refused": int(given.receiver is None)},
                private={"place": given.place, "delivered_at": given.delivered_at},
            )
            for one in papers
        ],
    )
    for one in papers:
        if one.kind is DocumentKind.RESULT:
            await followup.tell_result(tx, one.subject)
    return view(receipt)


def _refuse_unfit(papers: Sequence[Document], visit: str, department: int) -> None:
    for one in papers:
        if one.visit != visit or one.department != department:
            raise DocumentUnknown
        if one.delivered:
            raise DocumentDelivered(f"{one.content['number']}已经送达。", rule="delivered-once", basis=_BASIS)
        if one.void_reason:
            raise DocumentNotInForce(f"{one.content['number']}已经作废。", rule="document-in-force")
        if one.kind in _INTERNAL:
            raise _incomplete(f"{PAPERS[one.kind].title}是内部文书，不送达当事人。", "papers")


def _refuse_incomplete(tx: Tx, given: DeliveryInput) -> None:
    """直接送达由收件人签名；拒收的，写明理由并由见证人签名；送达人签名。"""
    if given.delivered_at.tzinfo is None or given.delivered_at > tx.now:
        raise _incomplete("送达时间晚于现在，或者没有写明时区。", "delivered_at")
    if not given.place.strip():
        raise _incomplete("没有写明送达地点。", "place")
    signing, field = (given.receiver, "receiver") if given.receiver else (given.witness, "witness")
    if signing is None or not signing.name.strip():
        raise _incomplete("收件人没有签名；拒收的，须有见证人签名。", field)
    if given.receiver is None and len(given.refusal.strip()) < 2:
        raise _incomplete("没有写明拒收的理由。", "refusal")
    signature_is_drawn(signing.strokes)
    signature_is_drawn(given.officer_strokes)


def _incomplete(detail: str, field: str) -> DeliveryIncomplete:
    return DeliveryIncomplete(
        detail,
        rule="delivery-complete",
        basis=_BASIS,
        remedy="请补齐送达时间、地点和签名；拒收的，写明理由并请见证人签名。",
        places=(Place(field=field),),
    )


def _hands(given: DeliveryInput, officer: str) -> tuple[Hand, ...]:
    on = signed_on(given.delivered_at)

    def hand(label: str, one: Signing) -> Hand:
        name = f"{one.name}（{one.position}）" if one.position else one.name
        return Hand(label=label, name=name, lines=one.strokes.lines, on=on)

    sides = [hand("收件人\n签名", given.receiver)] if given.receiver else []
    sides += [hand("见证人\n签名", given.witness)] if given.witness and not given.receiver else []
    return (*sides, Hand(label="送达人\n签名", name=officer, lines=given.officer_strokes.lines, on=on))
