"""What a re-plan does to what stood: loose proposals are replaced, promised visits move only in the open.

A promised visit (published or answered) that must change is cancelled and stays readable with its old announcement; the
visit in its place says what it replaces, its departments answer and approve it anew, the enterprise that knew of the
old day is told, and the ledger holds both. Joins the merge's own act.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from inspect_registry import ledger
from inspect_registry.db import Tx
from inspect_registry.jobs import service as jobs
from inspect_registry.ledger import Action, Subject
from inspect_registry.visits import merge_store, store
from inspect_registry.visits.errors import MonthChangedMeanwhile
from inspect_registry.visits.lifecycle import PLANNED
from inspect_registry.visits.model import PartState, VisitId, VisitState
from inspect_registry.visits.month import Month, NewDeskCheck, NewVisit, Proposals
from inspect_registry.visits.run_rows import Change, ChangeKind
from inspect_registry.visits.standing import Stood, nothing_moves_silently
from inspect_registry.visits.views import VisitFacts, visit_facts
from inspect_registry.visits.withdrawing import withdraw

REPLANNED = "重新合并安排"


async def promised(tx: Tx, month: date) -> list[Stood]:
    """Read which promised visits of the month stand."""
    return await merge_store.promised(tx, month)


async def withdraw_replaced(tx: Tx, month: Month, proposals: Proposals) -> list[VisitFacts]:
    """Take out loose proposals and shaken visits that the plan did not find again; returns them as they were.

    Raises MonthChangedMeanwhile when one of them was answered, published or begun since the month was read.
    """
    shaken = {check.visit: check.shaken for check in month.checks if check.visit is not None and check.shaken}
    loose = {check.visit for check in month.checks if check.visit is not None and not check.fixed}
    gone = [VisitId(visit) for visit in sorted(loose - proposals.kept)]
    await store.lock_visits(tx, gone)
    facts = await visit_facts(tx, gone)
    for one in facts:
        expected = one.head.state in PLANNED if one.head.id in shaken else not _is_promised(one)
        if not expected:
            raise MonthChangedMeanwhile("有检查在合并期间被答复、公布或者开始。", remedy="请重新合并。")
    by_reason: dict[str, list[VisitFacts]] = defaultdict(list)
    for one in facts:
        by_reason[shaken.get(one.head.id, REPLANNED)].append(one)
    for reason, visits in by_reason.items():
        await withdraw(tx, visits, reason)
    await ledger.append_many(
        tx,
        [
            ledger.Draft(
                action=Action.VISIT_CANCELLED,
                subject=Subject("visit", one.head.uid),
                department=one.head.lead,
                public={"parts": len(one.live_parts)},
                private={"reason": reason, "day": one.head.day},
            )
            for reason, visits in by_reason.items()
            for one in visits
        ],
    )
    return facts


async def tell_changes(
    tx: Tx, month: Month, proposals: Proposals, uids: Sequence[str], gone: Sequence[VisitFacts]
) -> list[Change]:
    """Tell what became of every promised visit, and which visits are new: in the run, the ledger and by mail."""
    shaken = {check.visit: check.shaken for check in month.checks if check.visit is not None and check.shaken}
    instead: dict[int, list[tuple[str, NewVisit]]] = defaultdict(list)
    for uid, visit in zip(uids, proposals.new, strict=True):
        if visit.moved_from is not None:
            instead[visit.moved_from].append((uid, visit))
    changes: list[Change] = []
    moves: list[ledger.Draft] = []
    for old in gone:
        if old.head.id not in shaken:
            continue
        found = instead[old.head.id]
        reason = shaken[old.head.id]
        changes += [_moved(old, uid, new, month, reason) for uid, new in found] or [_dropped(old, reason)]
        moves += [_move_entry(old, uid, new, reason) for uid, new in found]
        await _notify(tx, old, [new.day for _, new in found], reason)
    changes += _added(month, proposals, uids)
    await ledger.append_many(tx, moves)
    return changes


async def nothing_was_silent(tx: Tx, month: date, before: Sequence[Stood], gone: Sequence[VisitFacts]) -> None:
    """Look again, after all is written: whatever promised visit changed must be among those told.

    Raises VisitMovedSilently, which undoes the merge.
    """
    nothing_moves_silently(before, await merge_store.promised(tx, month), {one.head.id for one in gone})


async def replace_desk_checks(tx: Tx, month: Month, desk: Sequence[NewDeskCheck]) -> None:
    """Put the month's coming desk checks in place of the former ones; past ones stay."""
    await merge_store.drop_desk_checks(tx, month.first, month.today)
    if desk:
        await merge_store.add_desk_checks(tx, desk)


def _is_promised(facts: VisitFacts) -> bool:
    answered = any(part.state is PartState.CONFIRMED for part in facts.parts)
    return answered or facts.head.published_at is not None or facts.head.state is not VisitState.PROPOSED


def _moved(old: VisitFacts, uid: str, new: NewVisit, month: Month, reason: str) -> Change:
    return Change(
        kind=ChangeKind.MOVED if new.day != old.head.day else ChangeKind.RESTAFFED,
        enterprise=old.head.enterprise_name,
        departments=[month.departments.get(part.department, "") for part in new.parts],
        department_ids=[part.department for part in new.parts],
        before=old.head.uid,
        after=uid,
        day_before=old.head.day,
        day_after=new.day,
        published=old.head.published_at is not None,
        reason=reason,
    )


def _dropped(old: VisitFacts, reason: str) -> Change:
    return Change(
        kind=ChangeKind.DROPPED,
        enterprise=old.head.enterprise_name,
        departments=[part.short_name for part in old.live_parts],
        department_ids=[part.department for part in old.live_parts],
        before=old.head.uid,
        day_before=old.head.day,
        published=old.head.published_at is not None,
        reason=reason,
    )


def _added(month: Month, proposals: Proposals, uids: Sequence[str]) -> list[Change]:
    """List the visits for checks that had no visit before, once the month had any."""
    if all(check.visit is None for check in month.checks):
        return []
    had = {check.id for check in month.checks if check.visit is not None}
    names = {place.id: place.name for place in month.premises}
    return [
        Change(
            kind=ChangeKind.NEW,
            enterprise=names.get(visit.premises, ""),
            departments=[month.departments.get(part.department, "") for part in visit.parts],
            department_ids=[part.department for part in visit.parts],
            after=uid,
            day_after=visit.day,
        )
        for uid, visit in zip(uids, proposals.new, strict=True)
        if not had.intersection(visit.checks)
    ]


def _move_entry(old: VisitFacts, uid: str, new: NewVisit, reason: str) -> ledger.Draft:
    return ledger.Draft(
        action=Action.VISIT_MOVED,
        subject=Subject("visit", uid),
        department=new.lead,
        public={"replaces": old.head.uid, "parts": len(new.parts), "published": int(old.head.published_at is not None)},
        private={"reason": reason, "day_before": old.head.day, "day_after": new.day},
    )


async def _notify(tx: Tx, old: VisitFacts, days: Sequence[date], reason: str) -> None:
    """Tell the enterprise that knew of the old day; one that did not know is told nothing."""
    head = old.head
    if not head.announced or (head.approved_at is None and head.published_at is None):
        return
    then = f"拟改在{'、'.join(_said(day) for day in days)}进行，须重新批准后生效" if days else "已取消，另行安排"
    for contact in await merge_store.contacts_of_enterprises(tx, [head.enterprise]):
        await jobs.notify_enterprise(
            tx,
            head.enterprise,
            contact.contact,
            "visit.moved",
            "检查安排变更通知",
            f"{head.enterprise_name}：\n原定{_said(head.day)}对贵单位（{head.address}）的检查，因{reason}，{then}。"
            "原公布的内容继续保留，可以查阅。如有疑问请拨打12345。\n",
        )


def _said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
