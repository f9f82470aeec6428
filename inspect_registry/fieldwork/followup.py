"""What follows a closed record: telling the result, putting right, looking again, taking back."""

from datetime import date

from inspect_registry import ledger
from inspect_registry import rules as parameters
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import Role
from inspect_registry.catalogue import holidays
from inspect_registry.db import Tx
from inspect_registry.enterprises.credit.effects import duties_done, end_outcome
from inspect_registry.enterprises.credit.model import Ended
from inspect_registry.fieldwork import dispositions, followup_store, store
from inspect_registry.fieldwork.closing import follow
from inspect_registry.fieldwork.errors import (
    InspectionNotClosed,
    RectificationNotFound,
    RectificationStepNotAllowed,
)
from inspect_registry.fieldwork.followup_store import Recheck
from inspect_registry.fieldwork.lifecycle import rectification_after
from inspect_registry.fieldwork.model import InspectionState, RectificationState, RectificationStep
from inspect_registry.fieldwork.reading import inspection_view, rectification_views
from inspect_registry.fieldwork.records import locked, log, visible, visit_id
from inspect_registry.fieldwork.rows import InspectionRow, LateResult, RectificationRow
from inspect_registry.fieldwork.rules import PENALTY_LAW
from inspect_registry.fieldwork.views import InspectionView, RecheckInput, RectificationView
from inspect_registry.ledger import Action, Subject
from inspect_registry.triggers import service as triggers
from inspect_registry.triggers.model import TriggerDraft, TriggerKind, TriggerView
from inspect_registry.visits import rules as visit_rules
from inspect_registry.visits import service as visits

LARGEST_PAGE = 200


@act(Permission.INSPECTION_RECORD)
async def tell_result(tx: Tx, uid: str) -> InspectionView:
    """Note that the result was told to the enterprise in writing; telling twice changes nothing."""
    row = await _closed_row(tx, uid)
    await visits.lock(tx, visit_id(row))
    if row.told_at is None:
        await store.tell_result(tx, row.id)
        days = (tx.now - row.closed_at).days if row.closed_at else 0
        await log(tx, Action.NOTICE_SENT, row, {"days_after_closing": days}, {"what": "result"})
        await follow(tx, row)
    return await inspection_view(tx, row.id)


@act(Permission.INSPECTION_CORRECT)
async def revoke(tx: Tx, uid: str, reason: str) -> InspectionView:
    """Take a result back; publication takes it down within the working days of the rule."""
    reason = visit_rules.a_reason_is_given(reason)
    row = await _closed_row(tx, uid)
    calendar = await holidays.calendar(tx)
    due = calendar.add(tx.today, parameters.whole("publication.withdrawal.working_days", on=tx.today))
    await store.revoke(tx, row.id, reason, due.day)
    await end_outcome(tx, row.part, [row.uid], Ended.REVOKED)
    await log(tx, Action.INSPECTION_CORRECTED, row, {"revoked": 1}, {"reason": reason, "withdraw_due": due.day})
    return await inspection_view(tx, row.id)


@reads(Permission.INSPECTION_READ)
async def late_results(tx: Tx, limit: int = 100) -> list[LateResult]:
    """List records whose result was not told on its day or not published in time."""
    department = None if tx.actor.role in {Role.SYSTEM, Role.COORDINATOR, Role.AUDITOR} else tx.actor.department
    return await store.late_results(tx, department, max(1, min(limit, LARGEST_PAGE)))


@reads(Permission.RECTIFICATION_READ)
async def rectifications(tx: Tx, *, overdue: bool = False, limit: int = 100) -> list[RectificationView]:
    """List orders that wait: of the acting department or enterprise, or of all; the most urgent first."""
    enterprise = tx.actor.enterprise if tx.actor.role is Role.ENTERPRISE else None
    everybody = tx.actor.role in {Role.SYSTEM, Role.COORDINATOR, Role.AUDITOR, Role.ENTERPRISE}
    found = await followup_store.open_rectifications(
        tx,
        department=None if everybody else tx.actor.department,
        enterprise=enterprise,
        due_before=tx.today if overdue else None,
        limit=max(1, min(limit, LARGEST_PAGE)),
    )
    return await rectification_views(tx, found)


@reads(Permission.RECTIFICATION_READ)
async def rectification(tx: Tx, uid: str) -> RectificationView:
    """Show one order. Raises RectificationNotFound."""
    found = await followup_store.rectification_id(tx, uid)
    if found is None:
        raise RectificationNotFound
    return (await rectification_views(tx, [found]))[0]


@act(Permission.RECTIFICATION_ANSWER)
async def give_evidence(tx: Tx, uid: str, words: str) -> RectificationView:
    """The enterprise says how it put things right; until the re-check it may say more."""
    words = visit_rules.a_reason_is_given(words)
    row = await _locked(tx, uid)
    if tx.actor.role is Role.ENTERPRISE and row.enterprise != tx.actor.enterprise:
        raise RectificationNotFound
    after = rectification_after(row.state, RectificationStep.GIVE_EVIDENCE)
    await followup_store.give_evidence(tx, row.id, after, words)
    await _log(tx, Action.RECTIFICATION_ANSWERED, row, {}, {"words": words})
    return (await rectification_views(tx, [row.id]))[0]


@act(Permission.TRIGGER_PROPOSE)
async def propose_recheck(tx: Tx, uid: str) -> TriggerView:
    """Register the re-check of an order as a trigger: typed, outside the caps, linked to what it follows."""
    row = await _locked_own(tx, uid)
    if row.state not in {RectificationState.ORDERED, RectificationState.EVIDENCE_GIVEN}:
        rectification_after(row.state, RectificationStep.RECHECK_PASSED)
    draft = TriggerDraft(
        kind=TriggerKind.RECHECK,
        premises=row.premises_uid,
        matters=[row.matter_code],
        facts=f"复查责令改正：{row.demand}",
        source_number=row.uid,
        received_at=tx.now,
    )
    await ledger.append(
        tx, Action.RECHECK_ORDERED, Subject("rectification", row.uid), department=row.department, private=draft
    )
    return await triggers.register(tx, draft, rectification=row.uid, origin_visit=row.visit)


@act(Permission.RECTIFICATION_CHECK)
async def recheck(tx: Tx, uid: str, found: RecheckInput) -> RectificationView:
    """Note what a re-check found; a re-check visit that has begun is linked, otherwise it was done by documents.

    A failed one leads back to the order with a new due date.
    """
    row = await _locked_own(tx, uid)
    step = RectificationStep.RECHECK_PASSED if found.passed else RectificationStep.RECHECK_FAILED
    after = rectification_after(row.state, step)
    due, provisional = (row.due, row.provisional) if found.passed else await _new_due(tx, found.new_due)
    visit = await followup_store.recheck_visit(tx, row.uid)
    if found.passed and visit is None and row.state is RectificationState.ORDERED:
        raise RectificationStepNotAllowed(
            "企业尚未提交改正材料，也没有复查的现场检查。",
            rule="recheck-looks-at-something",
            basis=f"{PENALTY_LAW}第四十七条",
            remedy="请等待企业提交材料，或者登记复查事由并到现场复查。",
        )
    await followup_store.recheck(
        tx,
        row.id,
        Recheck(state=after, passed=found.passed, note=found.note, due=due, provisional=provisional, visit=visit),
    )
    await _log(tx, Action.RECHECK_CLOSED, row, {"on_site": int(visit is not None)}, found)
    return (await rectification_views(tx, [row.id]))[0]


@act(Permission.RECTIFICATION_CHECK)
async def close_rectification(tx: Tx, uid: str) -> RectificationView:
    """End an order that was put right and looked at; the visit closes with its last order."""
    row = await _locked_own(tx, uid)
    after = rectification_after(row.state, RectificationStep.CLOSE)
    await followup_store.close_rectification(tx, row.id, after)
    await _log(tx, Action.RECTIFICATION_CLOSED, row, {}, {"demand": row.demand})
    inspection = await store.inspection(tx, await visible(tx, row.inspection_uid))
    await visits.lock(tx, visit_id(inspection))
    if await followup_store.open_orders(tx, inspection.part) == 0:
        await duties_done(tx, inspection.part)
    await follow(tx, inspection)
    return (await rectification_views(tx, [row.id]))[0]


async def _new_due(tx: Tx, asked: date | None) -> tuple[date, bool]:
    calendar = await holidays.calendar(tx)
    longest = calendar.add(tx.today, parameters.whole("rectification.working_days.longest", on=tx.today))
    if asked is not None:
        dispositions.due_date_is_reasonable(asked, today=tx.today, latest=longest.day)
        return asked, calendar.add(tx.today, calendar.count(tx.today, asked).days).provisional
    default = calendar.add(tx.today, parameters.whole("rectification.working_days.default", on=tx.today))
    return default.day, default.provisional


async def _closed_row(tx: Tx, uid: str) -> InspectionRow:
    row = await locked(tx, uid)
    if row.state is not InspectionState.CLOSED:
        raise InspectionNotClosed(rule="record-closed-first", remedy="请先办结记录，或者使用最新版本。")
    return row


async def _locked(tx: Tx, uid: str) -> RectificationRow:
    found = await followup_store.rectification_id(tx, uid)
    if found is None:
        raise RectificationNotFound
    await followup_store.lock_rectification(tx, found)
    return (await followup_store.rectifications(tx, [found]))[0]


async def _locked_own(tx: Tx, uid: str) -> RectificationRow:
    row = await _locked(tx, uid)
    if tx.actor.role is not Role.SYSTEM and row.department != tx.actor.department:
        raise RectificationNotFound
    return row


async def _log(tx: Tx, action: Action, row: RectificationRow, public: dict[str, int], private: object) -> None:
    await ledger.append(
        tx,
        action,
        Subject("rectification", row.uid),
        department=row.department,
        enterprise=row.enterprise,
        public={"visit": row.visit_uid, **public},
        private=private,
    )
