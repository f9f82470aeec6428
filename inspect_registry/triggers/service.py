"""The use cases of a trigger: register it, let the head decide, hand it on to the room that makes visits of it."""

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import Role
from inspect_registry.db import Tx
from inspect_registry.errors import Place
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action, Subject
from inspect_registry.triggers import rules, store
from inspect_registry.triggers.errors import TriggerNotFound, TriggerObjectUnknown, TriggerReasonMissing
from inspect_registry.triggers.model import KIND_TEXT, TriggerDraft, TriggerId, TriggerState, TriggerView
from inspect_registry.triggers.store import NewTrigger, TriggerRow

LARGEST_PAGE = 200


@act(Permission.TRIGGER_PROPOSE)
async def propose(tx: Tx, draft: TriggerDraft) -> TriggerView:
    """Register a reason of the acting department; a re-check is registered from its order to rectify instead."""
    return await register(tx, draft)


@act(Permission.TRIGGER_APPROVE)
async def approve(tx: Tx, uid: str) -> TriggerView:
    """The head lets a visit be made of it."""
    return await _settle(tx, uid, TriggerState.APPROVED, Action.TRIGGER_ACCEPTED, "")


@act(Permission.TRIGGER_APPROVE)
async def reject(tx: Tx, uid: str, reason: str) -> TriggerView:
    """The head decides that nobody is visited for this, with a reason."""
    words = reason.strip()
    if not 2 <= len(words) <= rules.LONGEST_FACTS:
        raise TriggerReasonMissing(rule="trigger-rejected-with-reason", remedy="请写明为何不予立项。")
    return await _settle(tx, uid, TriggerState.REJECTED, Action.TRIGGER_REJECTED, words)


@reads(Permission.TRIGGER_READ)
async def triggers(tx: Tx, state: TriggerState | None = None, limit: int = 100) -> list[TriggerView]:
    """List reasons of the acting department, or of all, newest first."""
    everybody = tx.actor.role in {Role.SYSTEM, Role.COORDINATOR, Role.AUDITOR}
    department = None if everybody else tx.actor.department
    found = await store.triggers_in(tx, department, state, max(1, min(limit, LARGEST_PAGE)))
    return [view_of(row) for row in await store.triggers(tx, found)]


async def register(
    tx: Tx, draft: TriggerDraft, *, rectification: str | None = None, origin_visit: int | None = None
) -> TriggerView:
    """Judge and store a reason (joins the caller's act): a department's own, or one that fieldwork brings."""
    rules.source_is_documented(draft.facts, draft.source_number)
    rules.recheck_is_linked(draft.kind, rectification)
    rules.received_before_now(draft.received_at, tx.now)
    rules.emergency_is_real(draft.kind, emergency=draft.emergency)
    place = await store.place_of(tx, draft.premises)
    wanted = list(dict.fromkeys(draft.matters))
    matters = await store.matters_named(tx, tx.actor.department, wanted)
    unknown = [one for one in wanted if not any(one in {matter.uid, matter.code} for matter in matters)]
    if place is None or unknown:
        raise TriggerObjectUnknown(
            "检查事项须是本部门现行公布的事项，场所须在营业。",
            rule="trigger-object-known",
            basis="国办发〔2024〕54号(未经公布的不得实施)",
            remedy="请从事项库和对象库中选择。",
            places=tuple(Place(field="matters", text=one) for one in unknown)
            or (Place(field="premises", text=draft.premises),),
        )
    uid = new_uid(tx.random)
    made = await store.add_trigger(
        tx,
        NewTrigger(
            uid=uid,
            department=tx.actor.department,
            enterprise=place.enterprise,
            premises=place.id,
            kind=draft.kind,
            source_number=draft.source_number.strip(),
            facts=draft.facts.strip(),
            matters=tuple(matter.id for matter in matters),
            emergency=draft.emergency,
            origin_visit=origin_visit,
            rectification=rectification or "",
            received_at=draft.received_at,
        ),
    )
    await ledger.append(
        tx,
        Action.TRIGGER_RECORDED,
        Subject("trigger", uid),
        department=tx.actor.department,
        public={"kind": draft.kind.value, "emergency": int(draft.emergency)},
        private=draft,
    )
    return view_of((await store.triggers(tx, [made]))[0])


async def take(tx: Tx, uid: str) -> TriggerRow:
    """Use a reason up for a visit (joins the caller's act): approved before, or an emergency."""
    row = await locked(tx, uid)
    rules.step_is_possible(row.state, TriggerState.USED, emergency=row.emergency)
    await store.settle_trigger(tx, row.id, TriggerState.USED, row.reason)
    await _log(tx, Action.TRIGGER_CLOSED, row, "")
    return row


async def locked(tx: Tx, uid: str) -> TriggerRow:
    """Lock and read a reason of the acting department. Raises TriggerNotFound."""
    found: TriggerId | None = await store.trigger_of_uid(tx, uid)
    if found is None:
        raise TriggerNotFound
    row = (await store.triggers(tx, [found]))[0]
    if tx.actor.role not in {Role.SYSTEM, Role.COORDINATOR} and row.department != tx.actor.department:
        raise TriggerNotFound
    return row


def view_of(row: TriggerRow) -> TriggerView:
    """Shape one reason for an answer."""
    return TriggerView(
        uid=row.uid,
        kind=row.kind,
        kind_text=KIND_TEXT[row.kind],
        state=row.state,
        enterprise=row.enterprise_name,
        premises=row.premises_uid,
        address=row.address,
        matters=row.matter_codes,
        facts=row.facts,
        source_number=row.source_number,
        emergency=row.emergency,
        rectification=row.rectification,
        received_at=row.received_at,
        registered_at=row.created_at,
        reason=row.reason,
    )


async def _settle(tx: Tx, uid: str, state: TriggerState, action: Action, reason: str) -> TriggerView:
    row = await locked(tx, uid)
    rules.step_is_possible(row.state, state, emergency=row.emergency)
    await store.settle_trigger(tx, row.id, state, reason)
    await _log(tx, action, row, reason)
    return view_of((await store.triggers(tx, [row.id]))[0])


async def _log(tx: Tx, action: Action, row: TriggerRow, reason: str) -> None:
    await ledger.append(
        tx,
        action,
        Subject("trigger", row.uid),
        department=row.department,
        public={"kind": row.kind.value},
        private={"reason": reason, "source_number": row.source_number},
    )
