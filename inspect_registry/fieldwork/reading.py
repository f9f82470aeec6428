"""Assemble records and orders for an answer."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from inspect_registry.catalogue import leniency, listings
from inspect_registry.db import Tx
from inspect_registry.fieldwork import followup_store, signature_store, store
from inspect_registry.fieldwork.lifecycle import STATE_TEXT, is_overdue
from inspect_registry.fieldwork.model import (
    DISPOSITION_TEXT,
    Answer,
    DispositionKind,
    InspectionId,
    Point,
    RectificationId,
    SignatureSide,
)
from inspect_registry.fieldwork.rows import FindingRow, InspectionRow, RectificationRow
from inspect_registry.fieldwork.signature_store import SignatureRow
from inspect_registry.fieldwork.signing import content_digest, refusal_digest
from inspect_registry.fieldwork.views import (
    FindingView,
    InspectionView,
    LeniencyPrompt,
    PointView,
    PresentView,
    RectificationView,
    SignatureView,
    VersionView,
)


async def inspection_view(tx: Tx, inspection: InspectionId) -> InspectionView:
    """Read one version of a record with all that belongs to it."""
    row = await store.inspection(tx, inspection)
    return await view_of(tx, row, await store.points_of_part(tx, row.part, row.day))


async def view_of(tx: Tx, row: InspectionRow, points: Sequence[Point]) -> InspectionView:
    """Read what belongs to a record whose head and criteria were read in this transaction already."""
    inspection = row.id
    answers = {answer.criterion: answer for answer in await store.answers_of(tx, inspection)}
    findings = await store.findings_of(tx, inspection)
    prompting = findings and row.state.value == "open"
    items = await listings.leniency_items(tx) if prompting else ()
    versions = await store.versions_of_part(tx, row.part)
    present = await store.people_by_id(tx, row.present)
    content = content_digest(row, points, answers, findings, [one.uid for one in present])
    signed = await signature_store.signatures_of(tx, inspection)
    orders = await rectification_views(tx, await followup_store.rectifications_of_inspection(tx, inspection))
    return InspectionView(
        uid=row.uid,
        visit=row.visit_uid,
        department=row.department_name,
        enterprise=row.enterprise_name,
        address=row.address,
        day=row.day,
        version=row.version,
        versions=[
            VersionView(
                uid=one.uid,
                version=one.version,
                state=one.state,
                correction_reason=one.correction_reason,
                opened_at=one.opened_at,
                closed_at=one.closed_at,
            )
            for one in versions
        ],
        state=row.state,
        late_reason=row.late_reason,
        points=[_point_view(point, answers.get(point.criterion)) for point in points],
        findings=_finding_views(row, points, findings, items),
        present=[PresentView(uid=one.uid, name=one.name) for one in present],
        companions=row.assistants,
        started_at=row.started_at,
        ended_at=row.ended_at,
        signature=row.signature,
        signature_note=row.signature_note,
        notes=row.notes,
        result=row.result,
        result_text=DISPOSITION_TEXT[DispositionKind(row.result)] if row.result else "",
        closed_at=row.closed_at,
        told_at=row.told_at,
        publish_due=row.publish_due,
        publish_provisional=row.publish_provisional,
        published_at=row.published_at,
        revoked_at=row.revoked_at,
        rectifications=orders,
        content=content.hex() if row.started_at else "",
        witness_content=refusal_digest(content, row.signature_note).hex() if row.started_at else "",
        signatures=_signature_views(row, signed, {one.id: one.uid for one in present}, content),
    )


async def content_of(tx: Tx, row: InspectionRow) -> bytes:
    """Return the digest of a record's content as it is stored now."""
    points = await store.points_of_part(tx, row.part, row.day)
    answers = {answer.criterion: answer for answer in await store.answers_of(tx, row.id)}
    findings = await store.findings_of(tx, row.id)
    present = await store.people_by_id(tx, row.present)
    return content_digest(row, points, answers, findings, [one.uid for one in present])


def _signature_views(
    row: InspectionRow, signed: Sequence[SignatureRow], uids: Mapping[int, str], content: bytes
) -> list[SignatureView]:
    refusal = refusal_digest(content, row.signature_note)
    return [
        SignatureView(
            uid=one.uid,
            side=one.side,
            means=one.means,
            name=one.name,
            position=one.position,
            inspector=uids.get(one.inspector or 0, ""),
            signed_at=one.signed_at,
            current=one.content == (refusal if one.side is SignatureSide.WITNESS else content),
        )
        for one in signed
    ]


async def rectification_views(tx: Tx, ids: Collection[RectificationId]) -> list[RectificationView]:
    """Read orders, the most urgent first."""
    if not ids:
        return []
    return [_rectification_view(row, tx.today) for row in await followup_store.rectifications(tx, ids)]


def _rectification_view(row: RectificationRow, today: date) -> RectificationView:
    return RectificationView(
        uid=row.uid,
        inspection=row.inspection_uid,
        visit=row.visit_uid,
        state=row.state,
        state_text=STATE_TEXT[row.state],
        facts=row.facts,
        clause=row.clause,
        demand=row.demand,
        due=row.due,
        provisional=row.provisional,
        overdue=is_overdue(row.state, row.due, today),
        evidence=row.evidence_text,
        recheck_note=row.recheck_note,
        recheck_visit=row.recheck_visit_uid,
    )


def _point_view(point: Point, answer: Answer | None) -> PointView:
    return PointView(
        criterion=point.uid,
        matter_code=point.matter_code,
        matter=point.matter_name,
        matter_version=point.matter_version,
        position=point.position,
        text=point.text,
        basis=point.basis,
        important=point.important,
        value=answer.value if answer else None,
        reason=answer.reason if answer else "",
    )


def _finding_views(
    row: InspectionRow,
    points: Sequence[Point],
    findings: Sequence[FindingRow],
    items: Sequence[leniency.LeniencyItem],
) -> list[FindingView]:
    by_criterion = {point.criterion: point for point in points}
    views = []
    for finding in findings:
        point = by_criterion.get(finding.criterion)
        code = point.matter_code if point else ""
        prompts = leniency.prompts(finding.text, code, row.day, items)
        views.append(
            FindingView(
                uid=finding.uid,
                criterion=point.uid if point else "",
                facts=finding.text,
                clause=finding.clause,
                disposition=finding.disposition,
                disposition_text=DISPOSITION_TEXT[finding.disposition],
                demand=finding.demand,
                due=finding.due,
                leniency=finding.leniency,
                third_party_opinion=finding.third_party_opinion,
                own_observation=finding.own_observation,
                leniency_declined=finding.leniency_declined,
                prompts=[_prompt(item) for item in prompts],
            )
        )
    return views


def _prompt(item: leniency.LeniencyItem) -> LeniencyPrompt:
    return LeniencyPrompt(
        list_name=item.list,
        version=item.version,
        item=item.item,
        kind=item.kind,
        violation=item.violation,
        conditions=[{"code": one.code, "text": one.text} for one in item.conditions],
        basis=item.basis,
        sample=item.sample,
    )
