"""What each paper of a visit says, read from the register: one function for each kind, nothing is kept here."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec

from inspect_registry.db import Tx
from inspect_registry.documents import store
from inspect_registry.documents.approval import Approval
from inspect_registry.documents.errors import ApprovalMissing, NothingToRectify, RecordNotClosed
from inspect_registry.documents.forms import Hand, Officer, chinese_day, chinese_minute, signed_on
from inspect_registry.documents.notice import CheckedMatter, Count, Notice
from inspect_registry.documents.order import Order, OrderedItem
from inspect_registry.documents.record import BLANK_HANDS, AnsweredCriterion, Exchange, Record
from inspect_registry.documents.result import Result, ToldFinding
from inspect_registry.fieldwork import evidence, signatures
from inspect_registry.fieldwork.model import ANSWER_TEXT, DispositionKind, Signature, SignatureMeans, SignatureSide
from inspect_registry.fieldwork.signature_store import SignatureRow
from inspect_registry.fieldwork.signing import Strokes
from inspect_registry.fieldwork.views import InspectionView
from inspect_registry.identifiers import new_uid

_ORDERS = frozenset({DispositionKind.RECTIFY_ON_SPOT, DispositionKind.RECTIFY_BY_DATE})
_SIDES = {
    SignatureSide.ENTERPRISE: "当事人\n签名",
    SignatureSide.INSPECTOR: "执法人员\n签名",
    SignatureSide.WITNESS: "见证人\n签名",
}
TOLD = (
    Exchange(
        question="我们是上列执法人员，现出示执法证件和检查码，请核对。是否看清、是否一致？", answer="已核对，一致。"
    ),
    Exchange(question="你认为我们与本次检查有直接利害关系的，可以申请回避。是否申请？", answer="不申请。"),
    Exchange(question="你有权陈述、申辩，检查不收取任何费用。是否明白？", answer="明白。"),
)
"""What the template of 司法部 has every enterprise told; the answers stand as signed below it."""


async def notice(tx: Tx, visit: store.NoticedVisit, code_url: str) -> Notice:
    """Say what the notice of a visit says."""
    departments = await store.noticed_departments(tx, visit.id)
    matters = await store.noticed_matters(tx, visit.id)
    day = visit.day
    source = f"登记编号 {visit.source_number}" if visit.source_number else "、".join(visit.plan_numbers)
    return Notice(
        number="",
        department=visit.lead_name,
        departments=tuple(one.name for one in departments),
        enterprise=visit.enterprise_name,
        enterprise_code=visit.enterprise_number,
        address=visit.address,
        source=source,
        kind=_kind(triggered=bool(visit.source_number)),
        window=f"{day.year}年{day.month}月{day.day}日",
        method="现场检查",
        matters=_matters(matters),
        officers=_officers(await store.noticed_officers(tx, visit.id)),
        assistants="",
        counts=_counts(departments),
        prepare=tuple(dict.fromkeys(one.prepare for one in matters if one.prepare)),
        contact=_contact(visit.lead_short_name, visit.phone),
        code_no=visit.code,
        code_url=code_url,
        issued_on=tx.today,
    )


async def approval(tx: Tx, part: store.ApprovedPart, department: int, source: str) -> Approval:
    """Say what the approval form of one department's share says. Raises ApprovalMissing."""
    if part.approved_at is None:
        raise ApprovalMissing(remedy="请负责人先批准；紧急情况先行检查的，批准补办后再出具。")
    departments = await store.noticed_departments(tx, part.visit)
    day = part.day
    return Approval(
        number="",
        department=part.department_name,
        enterprise=part.enterprise_name,
        enterprise_code=part.enterprise_number,
        address=part.address,
        kind=_kind(triggered=part.triggered),
        source=source,
        reason=part.trigger_facts or "列入已公布的年度、月度检查计划。",
        window=f"{day.year}年{day.month}月{day.day}日",
        method="现场检查",
        matters=_matters(
            [one for one in await store.noticed_matters(tx, part.visit) if one.department_id == department]
        ),
        officers=_officers(
            [one for one in await store.noticed_officers(tx, part.visit) if one.department_id == department]
        ),
        assistants="",
        counts=_counts([one for one in departments if one.id == department]),
        joint="、".join(one.name for one in departments if one.id != department),
        proposed=f"{part.department_short_name}　{chinese_minute(part.answered_at)}" if part.answered_at else "",
        approver=part.approver or "负责人",
        approved_at=part.approved_at,
        late="紧急情况，先行检查，批准于事后补办。" if part.emergency else "",
        issued_on=tx.today,
    )


async def record(tx: Tx, found: store.RecordedCheck, sheet: InspectionView) -> Record:
    """Say what the on-site record says. Raises RecordNotClosed."""
    started, ended = _times(sheet)
    officers = _officers(await store.present_officers(tx, [one.uid for one in sheet.present]))
    refused = sheet.signature is Signature.REFUSED
    findings = [
        f"{place}. {one.facts}（{one.clause}；{one.disposition_text}）" for place, one in enumerate(sheet.findings, 1)
    ]
    signed = await _signed(tx, sheet)
    of_enterprise = [one for one in signed if one.side is SignatureSide.ENTERPRISE and one.strokes]
    return Record(
        number="",
        department=found.department_name,
        code_no=found.code or "（未出示检查码）",
        started_at=started,
        ended_at=ended,
        address=found.address,
        enterprise=found.enterprise_name,
        enterprise_code=found.enterprise_number,
        present="" if refused else sheet.signature_note,
        officers=officers,
        recorder=officers[-1].name if officers else "",
        told=TOLD,
        answers=tuple(
            AnsweredCriterion(
                matter=point.matter,
                criterion=point.text,
                answer=ANSWER_TEXT[point.value] if point.value else "未检查",
                note=clean(point.reason),
            )
            for point in sheet.points
        ),
        findings=clean("\n".join([*findings, sheet.notes] if sheet.notes else findings)),
        statement="",
        attachments=tuple(f"{one.name}（{one.uid}）" for one in await evidence.evidence_of(tx, sheet.uid)),
        refusal=sheet.signature_note if refused else "",
        witness="、".join(one.name for one in signed if one.side is SignatureSide.WITNESS),
        version=_version(sheet),
        hands=tuple(_hand(one, sheet) for one in signed) or BLANK_HANDS,
        initial=_lines(of_enterprise[-1]) if of_enterprise and sheet.version == 1 else (),
    )


async def result(tx: Tx, found: store.RecordedCheck, department: int, sheet: InspectionView) -> Result:
    """Say what the result notice says. Raises RecordNotClosed."""
    started, ended = _times(sheet)
    counts = _counts([one for one in await store.noticed_departments(tx, found.visit) if one.id == department])
    tally = Counter(ANSWER_TEXT[point.value] for point in sheet.points if point.value)
    return Result(
        number="",
        department=found.department_name,
        enterprise=found.enterprise_name,
        enterprise_code=found.enterprise_number,
        address=found.address,
        started_at=started,
        ended_at=ended,
        matters=tuple(dict.fromkeys(point.matter for point in sheet.points)),
        officers=_officers(await store.present_officers(tx, [one.uid for one in sheet.present])),
        count="\n".join(str(one) for one in counts) or "不计入频次",
        tally=tuple((text, tally[text]) for text in ANSWER_TEXT.values()),
        result=sheet.result_text,
        findings=tuple(
            ToldFinding(
                facts=clean(one.facts),
                clause=one.clause,
                disposition=one.disposition_text,
                demand=clean(_demand(one.demand, chinese_day(one.due) if one.due else "")),
            )
            for one in sheet.findings
        ),
        version=_version(sheet),
        publish_by=sheet.publish_due,
        contact=_contact(found.department_short_name, found.phone),
        issued_on=tx.today,
    )


async def order(tx: Tx, found: store.RecordedCheck, sheet: InspectionView, record_number: str) -> Order:
    """Say what the order to rectify says. Raises RecordNotClosed, NothingToRectify."""
    _times(sheet)
    items = tuple(
        OrderedItem(facts=clean(one.facts), clause=one.clause, demand=clean(one.demand), due=one.due)
        for one in sheet.findings
        if one.disposition in _ORDERS
    )
    if not items:
        raise NothingToRectify(remedy="没有“责令当场改正”或者“责令限期改正”的问题，不需要出具。")
    return Order(
        number="",
        department=found.department_name,
        enterprise=found.enterprise_name,
        enterprise_code=found.enterprise_number,
        address=found.address,
        inspected_on=sheet.day,
        record=record_number,
        items=items,
        officers=_officers(await store.present_officers(tx, [one.uid for one in sheet.present])),
        contact=_contact(found.department_short_name, found.phone),
        issued_on=tx.today,
    )


def clean(text: str) -> str:
    """Return typed text with one kind of line end and no tabs: how phones and browsers send them is no fault."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "　")


def fresh_uid(tx: Tx) -> str:
    """Return the outside identity of a paper about to be drawn up."""
    return new_uid(tx.random)


async def _signed(tx: Tx, sheet: InspectionView) -> list[SignatureRow]:
    """Return the signatures that the paper shows: the record's own, or of the version that was signed.

    Of several by the same person the last one counts.
    """
    for version in [one for one in reversed(sheet.versions) if one.version <= sheet.version]:
        rows = await signatures.strokes_of(tx, version.uid)
        if rows:
            last = {(one.side, one.inspector, one.name if one.inspector is None else ""): one for one in rows}
            order = list(_SIDES)
            return sorted(last.values(), key=lambda one: (order.index(one.side), one.id))
    return []


def _hand(one: SignatureRow, sheet: InspectionView) -> Hand:
    current = {view.uid: view.current for view in sheet.signatures}
    notes = []
    if one.uid not in current:
        notes.append("签名所签为更正前的版本，本版未重新签名")
    elif not current[one.uid]:
        notes.append("签名后记录又有修改，签名所签为修改前的内容")
    if one.means is SignatureMeans.PAPER:
        notes.append(f"签于纸面，见证据 {one.evidence_uid}")
    return Hand(
        label=_SIDES[one.side],
        name=f"{one.name}（{one.position}）" if one.position else one.name,
        lines=_lines(one),
        on=signed_on(one.signed_at),
        note="；".join(notes),
    )


def _lines(one: SignatureRow) -> tuple[tuple[int, ...], ...]:
    return msgspec.json.decode(one.strokes, type=Strokes).lines if one.strokes else ()


def _times(sheet: InspectionView) -> tuple[datetime, datetime]:
    if sheet.started_at is None or sheet.ended_at is None or sheet.closed_at is None:
        raise RecordNotClosed(remedy="请先办结检查记录")
    return sheet.started_at, sheet.ended_at


def _version(sheet: InspectionView) -> str:
    if sheet.version == 1:
        return ""
    why = next((one.correction_reason for one in sheet.versions if one.version == sheet.version), "")
    return f"第{sheet.version}版（更正）：{clean(why)}"


def _demand(demand: str, due: str) -> str:
    return f"{demand}（{due}前）" if due else demand


def _kind(*, triggered: bool) -> str:
    return "触发式检查" if triggered else "有计划检查"


def _contact(name: str, phone: str) -> str:
    return f"{name} {phone or '12345'}"


def _matters(rows: Sequence[store.NoticedMatter]) -> tuple[CheckedMatter, ...]:
    return tuple(
        CheckedMatter(name=one.name, department=one.department, basis=tuple(one.basis), criteria=tuple(one.criteria))
        for one in rows
    )


def _counts(rows: Sequence[store.NoticedDepartment]) -> tuple[Count, ...]:
    return tuple(Count(department=one.short_name, nth=max(one.used, 1), cap=one.cap) for one in rows)


def _officers(rows: Sequence[store.NamedOfficer]) -> tuple[Officer, ...]:
    return tuple(Officer(name=row.name, certificate_no=row.certificate_no, department=row.department) for row in rows)
