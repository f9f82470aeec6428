"""The use cases at the door: open a record, answer, note findings, close; permission → lock → rule → store → ledger.

Drafts are kept as they are typed: saving checks what cannot be right (scope, versions, reasons); everything else is
judged when the record is closed. What follows a closed record is `followup.py`, corrections are `corrections.py`.
"""

from collections.abc import Collection, Sequence

from inspect_registry import rules as parameters
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import Role
from inspect_registry.db import Tx
from inspect_registry.fieldwork import closing, draft_store, rules, signatures, store
from inspect_registry.fieldwork.errors import InspectionNotFound
from inspect_registry.fieldwork.model import DraftSection, InspectionState
from inspect_registry.fieldwork.reading import inspection_view, view_of
from inspect_registry.fieldwork.records import (
    answers_from,
    findings_from,
    log,
    open_row,
    replace_findings,
    visible,
    visit_id,
)
from inspect_registry.fieldwork.views import AnswerInput, ClosingInput, FindingInput, InspectionView
from inspect_registry.fieldwork.words import words_can_be_printed
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action
from inspect_registry.triggers import service as triggers
from inspect_registry.triggers.model import TriggerDraft, TriggerView
from inspect_registry.visits import service as visits
from inspect_registry.visits.errors import VisitNotFound, VisitStepNotAllowed
from inspect_registry.visits.model import PartState, VisitState


@act(Permission.INSPECTION_RECORD)
async def open_inspection(tx: Tx, visit: str, late_reason: str = "") -> InspectionView:
    """Open the acting department's record of a visit that is under way; a second call shows the first one's record.

    Without a confirmed arrival a reason is needed (network failure, emergency), and it must come in time.
    """
    facts = await visits.facts_by_uid(tx, visit)
    facts = await visits.lock(tx, facts.head.id)
    part = visits.own_part_of(tx, facts)
    existing = await store.inspection_of_part(tx, part.id)
    if existing is not None:
        return await inspection_view(tx, existing)
    if part.state is not PartState.CONFIRMED:
        raise VisitNotFound
    arrived = await store.arrived(tx, facts.head.id)
    rules.arrival_is_confirmed(arrived=arrived, late_reason=late_reason)
    if not arrived:
        longest = parameters.whole("code.backfill.days", on=tx.today)
        rules.late_path_is_in_time(occurred=facts.head.day, today=tx.today, longest_days=longest)
    if facts.head.state in {VisitState.PROPOSED, VisitState.CONFIRMED, VisitState.APPROVED}:
        await visits.start(tx, facts.head.id, tx.now)
    elif facts.head.state is not VisitState.UNDER_WAY:
        raise VisitStepNotAllowed(
            "该次检查不在进行中。", rule="visit-lifecycle", remedy="更正已办结的记录，请提出更正。"
        )
    words_can_be_printed({"late_reason": late_reason})
    uid = new_uid(tx.random)
    made = await store.open_inspection(
        tx, uid, part=part.id, department=part.department, late_reason="" if arrived else late_reason.strip()
    )
    row = await store.inspection(tx, made)
    await log(tx, Action.INSPECTION_OPENED, row, {"late": int(not arrived)}, {"late_reason": row.late_reason})
    return await inspection_view(tx, made)


@reads(Permission.INSPECTION_READ)
async def sheet(tx: Tx, uid: str) -> InspectionView:
    """Show one version of a record. Enterprises see closed ones only. Raises InspectionNotFound."""
    found = await visible(tx, uid)
    view = await inspection_view(tx, found)
    if tx.actor.role is Role.ENTERPRISE and view.state is InspectionState.OPEN:
        raise InspectionNotFound
    return view


@act(Permission.INSPECTION_RECORD)
async def save_answers(tx: Tx, uid: str, answers: Sequence[AnswerInput]) -> InspectionView:
    """Add or change answers of an open record."""
    row = await open_row(tx, uid)
    points = await store.points_of_part(tx, row.part, row.day)
    given = await answers_from(tx, row, points, answers)
    await store.save_answers(tx, row.id, given)
    await draft_store.drop_draft(tx, row.id, DraftSection.ANSWERS)
    await log(tx, Action.INSPECTION_SAVED, row, {"answers": len(given)}, list(answers))
    return await view_of(tx, row, points)


@act(Permission.INSPECTION_RECORD)
async def save_findings(tx: Tx, uid: str, findings: Sequence[FindingInput]) -> InspectionView:
    """Write the findings of an open record anew; the answer shows which leniency items the facts call up."""
    row = await open_row(tx, uid)
    given = await findings_from(tx, row, findings)
    await replace_findings(tx, row.id, given)
    await draft_store.drop_draft(tx, row.id, DraftSection.FINDINGS)
    await log(tx, Action.FINDING_RECORDED, row, {"findings": len(given)}, list(findings))
    return await inspection_view(tx, row.id)


@act(Permission.INSPECTION_RECORD)
async def close_inspection(tx: Tx, uid: str, door: ClosingInput) -> InspectionView:
    """Close a record: every rule is judged, orders are given, history is remembered, the visit follows.

    The first version only; a correction is closed by its second person. Everybody must have signed it as it stands.
    """
    row = await open_row(tx, uid)
    await visits.lock(tx, visit_id(row))
    end = await closing.note_door(tx, row, await signatures.named(tx, row, door))
    await closing.close(tx, row, second_person=None)
    rules.record_is_signed(end)  # last, like the signatures: whoever must mend the record signs it again
    await signatures.judge(tx, await store.inspection(tx, row.id))
    return await inspection_view(tx, row.id)


@act(Permission.TRIGGER_PROPOSE)
async def propose_beyond_scope(tx: Tx, uid: str, draft: TriggerDraft) -> TriggerView:
    """Register what was seen outside the code's matters as a new trigger: never an extra matter of this visit."""
    row = await store.inspection(tx, await visible(tx, uid))
    facts = (await visits.facts_of(tx, [visit_id(row)]))[0]
    if row.department != tx.actor.department or draft.premises != facts.head.premises_uid:
        raise InspectionNotFound
    return await triggers.register(tx, draft, origin_visit=row.visit)


async def mark_published(tx: Tx, inspections: Collection[int]) -> int:
    """Note that a release names these records (called by publication, whose act appends the entry)."""
    return await store.mark_published(tx, inspections)
