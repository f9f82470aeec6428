"""Objections to a recorded result (异议): marked within one working day, decided within five, by somebody else.

《上海市社会信用条例》第三十六条. An upheld objection changes nothing by itself: the department corrects or revokes the
record, which are acts of their own.
"""

from datetime import date, datetime

import msgspec

from inspect_registry import ledger
from inspect_registry import rules as parameters
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import Role
from inspect_registry.catalogue import holidays
from inspect_registry.db import Tx
from inspect_registry.fieldwork import objection_store, rules, store
from inspect_registry.fieldwork.errors import ObjectionNotAllowed, ObjectionNotFound
from inspect_registry.fieldwork.model import InspectionState, ObjectionState
from inspect_registry.fieldwork.objection_store import ObjectionRow
from inspect_registry.fieldwork.records import visible
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action, Subject
from inspect_registry.visits import rules as visit_rules

LARGEST_PAGE = 200
_OPEN = frozenset({ObjectionState.RAISED, ObjectionState.MARKED})


class ObjectionView(msgspec.Struct, frozen=True, kw_only=True):
    """One objection; late is computed for the day of the reading."""

    uid: str
    inspection: str
    state: ObjectionState
    words: str
    raised_at: datetime
    mark_due: date
    decide_due: date
    marked_at: datetime | None
    decided_at: datetime | None
    decision: str
    late: bool


@act(Permission.OBJECTION_RAISE)
async def object_to(tx: Tx, inspection: str, words: str) -> ObjectionView:
    """The inspected enterprise objects to the newest closed version of a record, once at a time."""
    found = await visible(tx, inspection)
    row = await store.inspection(tx, found)
    words = words.strip()
    if row.state is not InspectionState.CLOSED or row.enterprise != tx.actor.enterprise or not 5 <= len(words) <= 2000:
        raise ObjectionNotAllowed(
            "只能对本企业已办结的最新记录提出异议，并写明理由(5至2000字)。",
            rule="objection-to-closed-record",
            basis="《上海市社会信用条例》第三十六条",
            remedy="请在记录办结后提出，并写明哪里有误。",
        )
    calendar = await holidays.calendar(tx)
    uid = new_uid(tx.random)
    made = await objection_store.raise_objection(
        tx,
        uid,
        found,
        department=row.department,
        words=words,
        mark_due=calendar.add(tx.today, parameters.whole("credit.objection.mark_working_days", on=tx.today)).day,
        decide_due=calendar.add(tx.today, parameters.whole("credit.objection.decide_working_days", on=tx.today)).day,
    )
    shown = (await objection_store.objections(tx, [made]))[0]
    await _log(tx, Action.OBJECTION_RAISED, shown, words)
    return view_of(shown, tx.today)


@act(Permission.OBJECTION_DECIDE)
async def mark(tx: Tx, uid: str) -> ObjectionView:
    """Show the result as objected to while the objection is looked into."""
    row = await _locked(tx, uid)
    if row.state is not ObjectionState.RAISED:
        raise ObjectionNotAllowed("该异议已经标注或者办结。", rule="objection-lifecycle", remedy="请刷新后查看。")
    await objection_store.mark_objection(tx, row.id)
    await _log(tx, Action.OBJECTION_MARKED, row, "")
    return view_of((await objection_store.objections(tx, [row.id]))[0], tx.today)


@act(Permission.OBJECTION_DECIDE)
async def decide(tx: Tx, uid: str, *, upheld: bool, decision: str) -> ObjectionView:
    """Decide with reasons; whoever made the record does not decide on the objection to it."""
    decision = visit_rules.a_reason_is_given(decision)
    row = await _locked(tx, uid)
    if row.state not in _OPEN:
        raise ObjectionNotAllowed("该异议已经办结。", rule="objection-lifecycle", remedy="请刷新后查看。")
    rules.confirmed_by_a_second_person(proposed_by=row.recorded_by, confirmed_by=tx.actor.person)
    state = ObjectionState.UPHELD if upheld else ObjectionState.REJECTED
    await objection_store.decide_objection(tx, row.id, state, decision)
    await _log(tx, Action.OBJECTION_DECIDED, row, decision)
    return view_of((await objection_store.objections(tx, [row.id]))[0], tx.today)


@reads(Permission.INSPECTION_READ)
async def objections(tx: Tx, limit: int = 100) -> list[ObjectionView]:
    """List objections that wait: of the acting department or enterprise, or all; the most urgent first."""
    enterprise = tx.actor.enterprise if tx.actor.role is Role.ENTERPRISE else None
    everybody = tx.actor.role in {Role.SYSTEM, Role.COORDINATOR, Role.AUDITOR, Role.ENTERPRISE}
    found = await objection_store.open_objections(
        tx, None if everybody else tx.actor.department, enterprise, max(1, min(limit, LARGEST_PAGE))
    )
    return [view_of(row, tx.today) for row in await objection_store.objections(tx, found)]


async def _locked(tx: Tx, uid: str) -> ObjectionRow:
    found = await objection_store.lock_objection(tx, uid)
    rows = await objection_store.objections(tx, [] if found is None else [found])
    if not rows or (tx.actor.role is not Role.SYSTEM and rows[0].department != tx.actor.department):
        raise ObjectionNotFound
    return rows[0]


def view_of(row: ObjectionRow, today: date) -> ObjectionView:
    """Shape one objection for a day's reading."""
    late = (row.marked_at is None and today > row.mark_due) or (row.decided_at is None and today > row.decide_due)
    return ObjectionView(
        uid=row.uid,
        inspection=row.inspection_uid,
        state=row.state,
        words=row.words,
        raised_at=row.raised_at,
        mark_due=row.mark_due,
        decide_due=row.decide_due,
        marked_at=row.marked_at,
        decided_at=row.decided_at,
        decision=row.decision,
        late=late,
    )


async def _log(tx: Tx, action: Action, row: ObjectionRow, words: str) -> None:
    await ledger.append(
        tx,
        action,
        Subject("objection", row.uid),
        department=row.department,
        public={"inspection": row.inspection_uid},
        private={"words": words},
    )
