"""Acting on what the planner names: a change that would serve a check is proposed, decided, and then planned with.

The coordinator proposes what a run named. The department whose check it is decides about its window and its people; the
coordinator about quiet days and yearly caps. Accepted changes hold from the next merge on: a window is widened for that
check alone, quiet days are lifted for it, a cap is raised in the enterprise's quota; people must be enrolled, certified
or called back by the department itself, and its word for that is what it gives.
"""

from datetime import date
from typing import Annotated

import msgspec

from inspect_registry import ledger
from inspect_registry import rules as parameters
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import Role
from inspect_registry.db import Tx
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action, Subject
from inspect_registry.visits import relaxation_store, rules, run_store, store
from inspect_registry.visits.approving import ALL_DEPARTMENTS
from inspect_registry.visits.errors import RelaxationDecided, RelaxationNotFound, RunNotFound
from inspect_registry.visits.relaxation_store import Decider, RelaxationRow, RelaxationState
from inspect_registry.visits.rows import QuotaUse
from inspect_registry.visits.run_rows import RelaxationKind

MOST = 500
DECIDED_BY = {
    RelaxationKind.PEOPLE: Decider.DEPARTMENT,
    RelaxationKind.WINDOW: Decider.DEPARTMENT,
    RelaxationKind.QUIET: Decider.COORDINATOR,
    RelaxationKind.CAP_DEPARTMENT: Decider.COORDINATOR,
    RelaxationKind.CAP_TOTAL: Decider.COORDINATOR,
}


class RelaxationWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which unserved check of which run is to be helped."""

    run: Annotated[str, msgspec.Meta(max_length=40)]
    check: Annotated[str, msgspec.Meta(max_length=40)]


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is decided, and why."""

    accepted: bool
    reason: Annotated[str, msgspec.Meta(max_length=2000)]


class RelaxationView(msgspec.Struct, frozen=True, kw_only=True):
    """One proposed change as told to people."""

    uid: str
    month: date
    check: str
    department: str
    enterprise: str
    kind: RelaxationKind
    decider: Decider
    sentence: str
    state: RelaxationState
    reason: str


@act(Permission.RELAXATION_PROPOSE)
async def propose_relaxations(tx: Tx, wanted: RelaxationWanted) -> list[RelaxationView]:
    """Propose every change that the run names for the check; together they serve it.

    Raises RunNotFound where the run has no such unserved check or knows no change that would help, and
    RelaxationAlreadyOpen.
    """
    run = await run_store.run_by_uid(tx, wanted.run)
    line = next((one for one in run.unserved if one.check == wanted.check), None) if run else None
    check = await relaxation_store.check_named(tx, wanted.check)
    if run is None or line is None or check is None or not line.ways:
        raise RunNotFound("该检查不在这次合并的未安排清单中，或者没有单一措施可以安排。", remedy="请查看最近一次合并。")
    ways = [(new_uid(tx.random), DECIDED_BY[way.kind], way) for way in line.ways]
    await relaxation_store.add_relaxations(tx, run.month, run.id, check, ways)
    await ledger.append_many(
        tx,
        [
            ledger.Draft(
                action=Action.RELAXATION_PROPOSED,
                subject=Subject("relaxation", uid),
                department=check.department,
                public={"kind": way.kind.value, "decider": decider.value},
                private={"check": wanted.check, "run": wanted.run, "sentence": way.sentence},
            )
            for uid, decider, way in ways
        ],
    )
    return [_view(await _found(tx, uid)) for uid, _, _ in ways]


@act(Permission.RELAXATION_DECIDE)
async def decide_relaxation(tx: Tx, uid: str, decision: Decision) -> RelaxationView:
    """Accept or refuse a proposal, with a reason.

    Raises RelaxationNotFound for somebody else's to decide, and RelaxationDecided.
    """
    reason = rules.a_reason_is_given(decision.reason)
    row = await _found(tx, uid)
    own = Decider.COORDINATOR if tx.actor.role is Role.COORDINATOR else Decider.DEPARTMENT
    if row.decider is not own and tx.actor.role is not Role.SYSTEM:
        raise RelaxationNotFound(remedy="执法人员和时间窗由该部门决定，安静期和年度上限由统筹部门决定。")
    state = RelaxationState.ACCEPTED if decision.accepted else RelaxationState.REFUSED
    if not await relaxation_store.decide_relaxation(tx, uid, state, reason):
        raise RelaxationDecided(remedy="如仍需要，请在下次合并后重新提出。")
    if decision.accepted and row.kind in (RelaxationKind.CAP_DEPARTMENT, RelaxationKind.CAP_TOTAL):
        await _raise_cap(tx, row, reason)
    await ledger.append(
        tx,
        Action.RELAXATION_ACCEPTED if decision.accepted else Action.RELAXATION_REFUSED,
        Subject("relaxation", uid),
        department=row.department,
        public={"kind": row.kind.value},
        private={"reason": reason, "check": row.check},
    )
    return _view(await _found(tx, uid))


@reads(Permission.RELAXATION_READ)
async def relaxations(tx: Tx, month: date) -> list[RelaxationView]:
    """List a month's proposals, those that wait first: of the actor's department, or all."""
    return [_view(row) for row in await relaxation_store.relaxations(tx, month.replace(day=1), None, MOST)]


async def _found(tx: Tx, uid: str) -> RelaxationRow:
    rows = await relaxation_store.relaxations(tx, None, uid, 1)
    if not rows:
        raise RelaxationNotFound
    return rows[0]


async def _raise_cap(tx: Tx, row: RelaxationRow, reason: str) -> None:
    total = row.kind is RelaxationKind.CAP_TOTAL
    department, year = (ALL_DEPARTMENTS if total else row.department), row.month.year
    cap = parameters.parameter("frequency.cap.enterprise" if total else "frequency.cap.department", on=tx.today)
    use = QuotaUse(enterprise=row.enterprise, department=department, year=year)
    await store.make_quota_rows(tx, [use], [msgspec.convert(cap.value, int)], [cap.basis])
    await relaxation_store.raise_cap(tx, row.enterprise, department, year, row.amount, reason)
    await ledger.append(
        tx,
        Action.QUOTA_CHANGED,
        Subject("relaxation", row.uid),
        department=row.department,
        public={"more": row.amount, "year": year},
        private={"reason": reason, "check": row.check},
    )


def _view(row: RelaxationRow) -> RelaxationView:
    return RelaxationView(
        uid=row.uid,
        month=row.month,
        check=row.check,
        department=row.short_name,
        enterprise=row.enterprise_name,
        kind=row.kind,
        decider=row.decider,
        sentence=row.sentence,
        state=row.state,
        reason=row.reason,
    )
