"""The use cases of a visit: permission, lock, rule, store, ledger; one transaction each.

A department acts on its own share only; the visit's state follows its shares. How checks become visits is `merging.py`,
how approval uses up caps `approving.py`.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act
from inspect_registry.actor import Role
from inspect_registry.db import Tx
from inspect_registry.ledger import Action, Subject
from inspect_registry.visits import rules, store
from inspect_registry.visits.approving import Candidate, Judged, approve, share_of
from inspect_registry.visits.errors import VisitNotFound
from inspect_registry.visits.lifecycle import LIVE, PLANNED, share_after, still_open, visit_after, visit_state
from inspect_registry.visits.model import PartState, PartStep, Share, VisitId, VisitState, VisitStep
from inspect_registry.visits.rows import PartRow, VisitChange
from inspect_registry.visits.views import VisitFacts, VisitView, views, visit_facts
from inspect_registry.visits.withdrawing import ask_recall, withdraw


class RefusedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One visit that a bulk approval left out, and why."""

    uid: str
    code: str
    detail: str


class Approved(msgspec.Struct, frozen=True, kw_only=True):
    """What a bulk approval did."""

    approved: int
    refused: list[RefusedVisit]


@act(Permission.VISIT_CONFIRM)
async def confirm(tx: Tx, uid: str) -> VisitView:
    """The actor's department takes part."""
    facts = await _locked(tx, await visible(tx, uid))
    await _confirm(tx, [(facts, _own_part(tx, facts))])
    return (await views(tx, [facts.head.id]))[0]


@act(Permission.VISIT_CONFIRM)
async def confirm_month(tx: Tx, month: date) -> int:
    """The actor's department (the system: every department) takes part in all that it was asked for."""
    department = own_department(tx)
    pairs = [
        (facts, part)
        for facts in await _locked_many(tx, await store.awaiting_answer(tx, month, department))
        for part in facts.parts
        if part.state is PartState.PROPOSED and department in {None, part.department}
    ]
    await _confirm(tx, pairs)
    return len(pairs)


@act(Permission.VISIT_CONFIRM)
async def decline(tx: Tx, uid: str, reason: str) -> VisitView:
    """The actor's department does not take part; its checks are planned anew, the others go on."""
    reason = rules.a_reason_is_given(reason)
    facts = await _locked(tx, await visible(tx, uid))
    part = _own_part(tx, facts)
    share_after(share_of(part), PartStep.DECLINE)
    still_open(facts.head.state, PartStep.DECLINE)
    await store.drop_parts(tx, [part.id], PartState.DECLINED, reason)
    await store.free_checks(tx, [part.id])
    rest = [other for other in facts.parts if other.id != part.id]
    await _advance(tx, [(facts, rest)], reason="参与部门均已谢绝")
    if facts.head.emergency:  # Its code may be out already, and names this department.
        await ask_recall(tx, [facts.head.id], reason)
    await _log(tx, Action.VISIT_DECLINED, [(facts, part)], reason)
    return (await views(tx, [facts.head.id]))[0]


@act(Permission.VISIT_APPROVE)
async def approve_visit(tx: Tx, uid: str) -> VisitView:
    """The head approves the department's share; the last approval approves the visit. Emergencies are back-filled."""
    facts = await _locked(tx, await visible(tx, uid))
    part = _own_part(tx, facts)
    judged = await approve(tx, [Candidate(facts, part)])
    if judged.refused:
        raise judged.refused[0][1]
    await _follow_approval(tx, judged)
    return (await views(tx, [facts.head.id]))[0]


@act(Permission.VISIT_APPROVE)
async def approve_month(tx: Tx, month: date) -> Approved:
    """The head approves all confirmed shares of a month; what a rule forbids is left out and listed."""
    department = own_department(tx)
    candidates = [
        Candidate(facts, part)
        for facts in await _locked_many(tx, await store.awaiting_approval(tx, month, department))
        for part in facts.parts
        if part.state is PartState.CONFIRMED and part.approved_at is None and department in {None, part.department}
    ]
    judged = await approve(tx, candidates)
    await _follow_approval(tx, judged)
    refused = [
        RefusedVisit(uid=candidate.facts.head.uid, code=error.code, detail=error.detail)
        for candidate, error in judged.refused
    ]
    if refused:
        await _log_refusals(tx, judged)
    return Approved(approved=len(judged.approved), refused=refused)


@act(Permission.VISIT_CANCEL)
async def cancel(tx: Tx, uid: str, reason: str) -> VisitView:
    """Call a visit off before it begins: every share is withdrawn, caps are given back, checks go to the pool.

    A head cancels visits that his department leads; the coordinator any.
    """
    reason = rules.a_reason_is_given(reason)
    facts = await _locked(tx, await visible(tx, uid))
    if own_department(tx) not in {None, facts.head.lead}:
        raise VisitNotFound(remedy="只有牵头部门或者统筹部门可以取消；参与部门请谢绝。")
    visit_after(facts.head.state, VisitStep.CANCEL)
    await withdraw(tx, [facts], reason)
    await _log(tx, Action.VISIT_CANCELLED, [(facts, None)], reason)
    return (await views(tx, [facts.head.id]))[0]


async def start(tx: Tx, visit_id: VisitId, occurred_at: datetime) -> None:
    """Begin a visit: the arrival is confirmed (called by codes inside its own act)."""
    facts = await _locked(tx, visit_id)
    visit_after(facts.head.state, VisitStep.START, emergency=facts.head.emergency)
    await store.start_visit(tx, visit_id, occurred_at)
    await _log(tx, Action.VISIT_STARTED, [(facts, None)])


async def record(tx: Tx, visit_id: VisitId) -> None:
    """Note that every share has its record (called by fieldwork inside its own act)."""
    facts = await _locked(tx, visit_id)
    visit_after(facts.head.state, VisitStep.RECORD)
    await store.record_visit(tx, visit_id)
    await _log(tx, Action.VISIT_RECORDED, [(facts, None)])


async def close(tx: Tx, visit_id: VisitId) -> None:
    """End a visit: results are told, nothing is left to put right (called by fieldwork inside its own act)."""
    facts = await _locked(tx, visit_id)
    visit_after(facts.head.state, VisitStep.CLOSE)
    await store.close_visit(tx, visit_id)
    await _log(tx, Action.VISIT_CLOSED, [(facts, None)])


async def locked_many(tx: Tx, visits: Collection[VisitId]) -> list[VisitFacts]:
    """Lock visits for an act of the rooms above and read them as they then stand."""
    return await _locked_many(tx, visits)


async def finish_many(tx: Tx, begun: Sequence[tuple[VisitFacts, datetime]], *, still_open: Collection[VisitId]) -> None:
    """Record visits whose records came in whole, as (visit, started); close those that leave nothing open."""
    finished = []
    for facts, started in begun:
        state = facts.head.state
        if state is not VisitState.UNDER_WAY:
            state = visit_after(state, VisitStep.START, emergency=facts.head.emergency)
        state = visit_after(state, VisitStep.RECORD)
        if facts.head.id not in still_open:
            state = visit_after(state, VisitStep.CLOSE)
        finished.append((facts.head.id, state, started))
    await store.finish_visits(tx, finished)
    fresh = [(facts, None) for facts, _ in begun if facts.head.state is not VisitState.UNDER_WAY]
    await _log(tx, Action.VISIT_STARTED, fresh)
    await _log(tx, Action.VISIT_RECORDED, [(facts, None) for facts, _ in begun])
    await _log(tx, Action.VISIT_CLOSED, [(facts, None) for facts, _ in begun if facts.head.id not in still_open])


async def mark_published(tx: Tx, visits: Collection[VisitId]) -> int:
    """Note that a release names these visits (called by publication, whose act appends the entry)."""
    return await store.mark_published(tx, visits)


async def facts_of(tx: Tx, visits: Collection[VisitId]) -> list[VisitFacts]:
    """Read visits with their rows, for the rooms above."""
    return await visit_facts(tx, visits)


async def facts_by_uid(tx: Tx, uid: str) -> VisitFacts:
    """Read one visit with its rows. Raises VisitNotFound."""
    return (await visit_facts(tx, [await visible(tx, uid)]))[0]


async def lock(tx: Tx, visit_id: VisitId) -> VisitFacts:
    """Lock a visit for an act of the rooms above and read it as it then stands."""
    return await _locked(tx, visit_id)


def own_part_of(tx: Tx, facts: VisitFacts) -> PartRow:
    """Return the acting department's live share. Raises VisitNotFound where it has none."""
    return _own_part(tx, facts)


def own_department(tx: Tx) -> int | None:
    """Return the department whose rows the actor works on; None for those who see all."""
    return None if tx.actor.role in {Role.SYSTEM, Role.COORDINATOR, Role.AUDITOR} else tx.actor.department


def _own_part(tx: Tx, facts: VisitFacts) -> PartRow:
    """Return the acting department's share, dropped or not; who sees all must mean the only live one."""
    department = own_department(tx)
    own = facts.live_parts if department is None else [part for part in facts.parts if part.department == department]
    if len(own) != 1:
        raise VisitNotFound
    return own[0]


async def visible(tx: Tx, uid: str) -> VisitId:
    """Return the inside identity of a visit that the actor may see. Raises VisitNotFound."""
    found = await store.visit_id(tx, uid)
    if found is None:
        raise VisitNotFound
    return found


async def _locked(tx: Tx, visit_id: VisitId) -> VisitFacts:
    found = await _locked_many(tx, [visit_id])
    if not found:
        raise VisitNotFound
    return found[0]


async def _locked_many(tx: Tx, visits: Collection[VisitId]) -> list[VisitFacts]:
    """Lock first, read afterwards: what is judged is what is changed."""
    await store.lock_visits(tx, visits)
    return await visit_facts(tx, visits)


async def _confirm(tx: Tx, pairs: Sequence[tuple[VisitFacts, PartRow]]) -> None:
    for _, part in pairs:
        share_after(share_of(part), PartStep.CONFIRM)
    if not pairs:
        return
    await store.confirm_parts(tx, [part.id for _, part in pairs])
    confirmed = {part.id for _, part in pairs}
    visits = {facts.head.id: facts for facts, _ in pairs}
    await _advance(
        tx,
        [
            (facts, [_with(part, PartState.CONFIRMED) if part.id in confirmed else part for part in facts.parts])
            for facts in visits.values()
        ],
    )
    await _log(tx, Action.VISIT_CONFIRMED, pairs)


async def _follow_approval(tx: Tx, judged: Judged) -> None:
    if not judged.approved:
        return
    done = {candidate.part.id for candidate in judged.approved}
    visits = {candidate.facts.head.id: candidate.facts for candidate in judged.approved}
    changed = []
    for facts in visits.values():
        parts = [msgspec.structs.replace(part, approved_at=tx.now) if part.id in done else part for part in facts.parts]
        if facts.head.state in PLANNED:
            changed.append((facts, parts))
        elif all(part.approved_at is not None for part in parts if part.state in LIVE):
            await store.backfill_approval(tx, facts.head.id)
    await _advance(tx, changed)
    for action, begun in ((Action.VISIT_APPROVED, False), (Action.VISIT_BACKFILLED, True)):
        pairs = [
            (candidate.facts, candidate.part)
            for candidate in judged.approved
            if (candidate.facts.head.state not in PLANNED) == begun
        ]
        await _log(tx, action, pairs)


async def _advance(tx: Tx, changed: Sequence[tuple[VisitFacts, Sequence[PartRow]]], reason: str = "") -> None:
    """Let visits follow their shares as they stand now; the lead passes on when the lead left.

    A visit that has begun goes on by what happens at the door, whatever an emergency's other departments say later.
    """
    changes = []
    for facts, parts in changed:
        if facts.head.state not in PLANNED:
            continue
        live = [part for part in parts if part.state in LIVE]
        state = visit_state([Share(state=part.state, approved=part.approved_at is not None) for part in parts])
        lead = facts.head.lead
        if live and lead not in {part.department for part in live}:
            lead = rules.choose_lead([(part.department, part.minutes, False) for part in live])
        changes.append(
            VisitChange(
                id=facts.head.id, state=state, lead=lead, cancel_reason=reason if state is VisitState.CANCELLED else ""
            )
        )
    if changes:
        await store.advance_visits(tx, changes)


def _with(part: PartRow, state: PartState) -> PartRow:
    return msgspec.structs.replace(part, state=state)


async def _log(tx: Tx, action: Action, pairs: Sequence[tuple[VisitFacts, PartRow | None]], reason: str = "") -> None:
    await ledger.append_many(
        tx,
        [
            ledger.Draft(
                action=action,
                subject=Subject("visit", facts.head.uid),
                department=part.department if part else facts.head.lead,
                public={"part": part.uid} if part else {"parts": len(facts.live_parts)},
                private={"reason": reason, "day": facts.head.day, "enterprise": facts.head.enterprise_uid},
            )
            for facts, part in pairs
        ],
    )


async def _log_refusals(tx: Tx, judged: Judged) -> None:
    await ledger.append_many(
        tx,
        [
            ledger.Draft(
                action=Action.REFUSED,
                subject=Subject("visit", candidate.facts.head.uid),
                department=candidate.part.department,
                public={"act": "visits.service.approve_month", "code": error.code, "rule": error.rule},
                private={"detail": error.detail, "part": candidate.part.uid},
            )
            for candidate, error in judged.refused
        ],
    )
