"""Signing a record at the door: the door is noted, everybody reads the same content, each signs by hand.

A typed name is no signature: 电子签名法 第十三条 asks for something that is the signer's own and that
he alone controls.
Who cannot draw on a screen signs the printed record (or gives a fingerprint); its picture comes in as evidence.
Each signature names the content it stands under by its digest. When the record changes, the signature stays with the
old content, is shown so, and does not close the record.
"""

import msgspec

from inspect_registry.access import Permission, act, reads
from inspect_registry.db import Tx
from inspect_registry.errors import Place
from inspect_registry.fieldwork import closing, draft_store, evidence_store, rules, signature_store, store
from inspect_registry.fieldwork.errors import (
    EvidenceNotFound,
    SignatureNotDrawn,
    SignatureOutdated,
    SignerNotFitting,
)
from inspect_registry.fieldwork.model import (
    DraftSection,
    EvidenceId,
    EvidenceKind,
    Present,
    PresentRole,
    Signature,
    SignatureMeans,
    SignatureSide,
    Signed,
)
from inspect_registry.fieldwork.reading import content_of, inspection_view
from inspect_registry.fieldwork.records import log, open_row, visible
from inspect_registry.fieldwork.rows import InspectionRow
from inspect_registry.fieldwork.signature_store import NewSignature, SignatureRow
from inspect_registry.fieldwork.signing import refusal_digest
from inspect_registry.fieldwork.views import ClosingInput, InspectionView, SignatureInput
from inspect_registry.fieldwork.words import words_can_be_printed
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action

_RECORDINGS = frozenset({EvidenceKind.SOUND, EvidenceKind.VIDEO})


@act(Permission.INSPECTION_RECORD)
async def note_door(tx: Tx, uid: str, door: ClosingInput) -> InspectionView:
    """Note who was there and when, so that the record can be read through and signed; again = as said last."""
    row = await open_row(tx, uid)
    await closing.note_door(tx, row, door)
    await draft_store.drop_draft(tx, row.id, DraftSection.DOOR)
    await log(tx, Action.INSPECTION_SAVED, row, {"present": len(door.present)}, door)
    return await inspection_view(tx, row.id)


@act(Permission.SIGNATURE_TAKE)
async def sign(tx: Tx, uid: str, given: SignatureInput) -> InspectionView:
    """Keep one signature under the content that was shown; the same one again changes nothing.

    Raises SignatureOutdated when the record is another one by now, SignatureNotDrawn for a typed name.
    """
    row = await open_row(tx, uid)
    content = await signed_content(tx, row, given.side)
    if row.started_at is None or given.content != content.hex():
        raise SignatureOutdated(
            "签名人看到的内容与现在的记录不一致。" if row.started_at else "还没有登记到场人员和检查时间。",
            rule="signature-under-content",
            basis=f"{rules.PENALTY_LAW}第四十七条",
            remedy="请刷新，重新阅读后签名。" if row.started_at else "请先填写到场人员和起止时间。",
            places=(Place(field="content"),),
        )
    words_can_be_printed({"name": given.name, "position": given.position})
    inspector, name = await _signer(tx, row, given)
    means, strokes, evidence, digest = await _hand(tx, row, given)
    new = NewSignature(
        uid=new_uid(tx.random),
        inspection=row.id,
        side=given.side,
        means=means,
        inspector=inspector,
        name=name,
        position=given.position.strip(),
        strokes=strokes,
        evidence=evidence,
        digest=digest,
        content=content,
    )
    if await signature_store.add_signature(tx, new) is not None:
        private = {"signature": new.uid, "name": name, "strokes": digest.hex(), "content": content.hex()}
        await log(tx, Action.SIGNATURE_TAKEN, row, {"side": given.side.value, "means": means.value}, private)
    return await inspection_view(tx, row.id)


@reads(Permission.INSPECTION_READ)
async def strokes_of(tx: Tx, uid: str) -> list[SignatureRow]:
    """Return the signatures of one version of a record with their strokes, for its papers; none for outsiders."""
    return await signature_store.signatures_of(tx, await visible(tx, uid))


async def judge(tx: Tx, row: InspectionRow) -> None:
    """Refuse to close a record that not everybody has signed as it stands. Raises SignatureMissing."""
    body = await content_of(tx, row)
    wanted = dict.fromkeys(SignatureSide, body) | {SignatureSide.WITNESS: refusal_digest(body, row.signature_note)}
    signed = [
        Signed(side=one.side, inspector=one.inspector, current=one.content == wanted[one.side])
        for one in await signature_store.signatures_of(tx, row.id)
    ]
    present = [
        Present(name=one.name, role=PresentRole.INSPECTOR, inspector=one.id)
        for one in await store.people_by_id(tx, row.present)
    ]
    kinds = {one.kind for one in await evidence_store.evidence_of_record(tx, row.id)}
    refused = row.signature is Signature.REFUSED
    rules.record_has_all_signatures(signed, present, refused=refused, recorded=bool(kinds & _RECORDINGS))


async def named(tx: Tx, row: InspectionRow, door: ClosingInput) -> ClosingInput:
    """Fill in who signed for the enterprise from the signature, where the closing does not say."""
    if door.signature is not Signature.SIGNED or door.signature_note.strip():
        return door
    of_enterprise = [
        one for one in await signature_store.signatures_of(tx, row.id) if one.side is SignatureSide.ENTERPRISE
    ]
    if not of_enterprise:
        return door
    last = of_enterprise[-1]
    who = f"{last.name}（{last.position}）" if last.position else last.name
    return msgspec.structs.replace(door, signature_note=who)


async def signed_content(tx: Tx, row: InspectionRow, side: SignatureSide) -> bytes:
    """Return the digest that somebody on this side signs."""
    body = await content_of(tx, row)
    return refusal_digest(body, row.signature_note) if side is SignatureSide.WITNESS else body


async def _signer(tx: Tx, row: InspectionRow, given: SignatureInput) -> tuple[int | None, str]:
    """Judge who signs; returns the inspector's id and the name."""
    present = await store.people_by_id(tx, row.present)
    if given.side is SignatureSide.INSPECTOR:
        for one in present:
            if one.uid == given.inspector:
                return one.id, one.name
        trouble, field = "该执法人员不在到场人员之列", "inspector"
    elif not given.name.strip():
        trouble, field = "没有写明签名人的姓名", "name"
    elif given.name.strip() in {one.name for one in present}:
        trouble, field = "检查人员不能代当事人或者见证人签名", "name"
    elif given.side is SignatureSide.WITNESS and row.signature is not Signature.REFUSED:
        trouble, field = "当事人没有拒签，不需要见证人", "side"
    elif given.side is SignatureSide.ENTERPRISE and row.signature is Signature.REFUSED:
        trouble, field = "已登记当事人拒签", "side"
    else:
        return None, given.name.strip()
    raise SignerNotFitting(
        f"{trouble}。",
        rule="signer-fits",
        basis="司法部《行政检查文书基本格式文本(试行)》",
        remedy="执法人员各签各的；当事人由企业在场人员签；拒签的由检查人员以外的人见证。",
        places=(Place(field=field, text=given.name[:40]),),
    )


async def _hand(
    tx: Tx, row: InspectionRow, given: SignatureInput
) -> tuple[SignatureMeans, bytes | None, EvidenceId | None, bytes]:
    """Judge how it was signed; returns means, strokes, evidence and the digest of what is kept."""
    if given.strokes is not None and not given.evidence:
        rules.signature_is_drawn(given.strokes)
        strokes = given.strokes.canonical
        return SignatureMeans.DRAWN, strokes, None, given.strokes.digest
    if given.evidence and given.strokes is None:
        found = await evidence_store.evidence(tx, given.evidence)
        if found is None or found.inspection_uid != row.uid or found.kind in _RECORDINGS:
            raise EvidenceNotFound(
                "没有这份签名页，或者它不是照片、PDF。",
                rule="signature-drawn",
                remedy="请先把签了名的纸质笔录拍照，作为本记录的证据上传。",
                places=(Place(field="evidence", text=given.evidence[:40]),),
            )
        return SignatureMeans.PAPER, None, found.id, found.digest
    raise SignatureNotDrawn(
        "键入姓名不是签名：签名须由本人手写，或者附上纸质签名页。",
        rule="signature-drawn",
        basis="《中华人民共和国电子签名法》第十三条",
        remedy="请在签名框内手写；不便手写的，在纸质笔录上签名或者按指印，拍照上传后选择该照片。",
        places=(Place(field="strokes"),),
    )
