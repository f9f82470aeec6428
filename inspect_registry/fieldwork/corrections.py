"""Corrections: a closed record never changes; a new version says what was wrong, and a second person confirms it.

Both versions stay and both are shown; each has its entry in the ledger.
"""

from inspect_registry.access import Permission, act
from inspect_registry.db import Tx
from inspect_registry.enterprises.credit.effects import end_outcome
from inspect_registry.enterprises.credit.model import Ended
from inspect_registry.fieldwork import closing, rules, store
from inspect_registry.fieldwork.errors import InspectionNotClosed
from inspect_registry.fieldwork.model import InspectionState
from inspect_registry.fieldwork.reading import inspection_view
from inspect_registry.fieldwork.records import (
    answers_from,
    findings_from,
    locked,
    log,
    open_row,
    replace_findings,
    visit_id,
)
from inspect_registry.fieldwork.views import CorrectionInput, InspectionView
from inspect_registry.fieldwork.words import words_can_be_printed
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action
from inspect_registry.visits import service as visits


@act(Permission.INSPECTION_CORRECT)
async def propose_correction(tx: Tx, uid: str, correction: CorrectionInput) -> InspectionView:
    """Open the next version of a closed record with what it should say; nothing is in force yet.

    Raises InspectionNotClosed for an open record or an old version.
    """
    reason = rules.correction_is_reasoned(correction.reason)
    words_can_be_printed({"reason": reason, "notes": correction.notes or ""})
    row = await locked(tx, uid)
    newest = await store.inspection_of_part(tx, row.part)
    if row.state is not InspectionState.CLOSED or newest != row.id:
        raise InspectionNotClosed(
            rule="correct-the-newest", remedy="请对已办结的最新版本提出更正；待复核的更正先处理。"
        )
    made = await store.open_inspection(
        tx, new_uid(tx.random), part=row.part, department=row.department, version=row.version + 1, correction=reason
    )
    new = await store.inspection(tx, made)
    await store.save_answers(tx, made, await store.answers_of(tx, row.id))
    if correction.answers:
        points = await store.points_of_part(tx, new.part, new.day)
        await store.save_answers(tx, made, await answers_from(tx, new, points, correction.answers))
    if correction.findings is None:
        await replace_findings(tx, made, [closing.finding_of(one) for one in await store.findings_of(tx, row.id)])
    else:
        await replace_findings(tx, made, await findings_from(tx, new, correction.findings))
    door = closing.door_of(row, notes=correction.notes)
    await store.save_door(tx, made, row.present, row.assistants, door)
    await log(
        tx, Action.INSPECTION_OPENED, new, {"corrects": row.version}, {"reason": reason, "correction": correction}
    )
    return await inspection_view(tx, made)


@act(Permission.INSPECTION_CORRECT)
async def confirm_correction(tx: Tx, uid: str) -> InspectionView:
    """A second person puts the new version in force; the old one stays readable as corrected."""
    row = await open_row(tx, uid)
    if row.version == 1:
        raise InspectionNotClosed(rule="correct-the-newest", remedy="首次记录由执法人员办结，不需要复核更正。")
    rules.confirmed_by_a_second_person(proposed_by=row.opened_by, confirmed_by=tx.actor.person)
    await visits.lock(tx, visit_id(row))
    before = [one for one in await store.versions_of_part(tx, row.part) if one.state is InspectionState.CLOSED]
    for old in before:
        await store.supersede(tx, old.id)
    await end_outcome(tx, row.part, [old.uid for old in before], Ended.CORRECTED)
    await closing.close(tx, row, second_person=tx.actor.person)
    await log(tx, Action.INSPECTION_CORRECTED, row, {"corrects": row.version - 1}, {"reason": row.correction_reason})
    return await inspection_view(tx, row.id)
