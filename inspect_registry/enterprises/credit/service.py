"""Credit repair (信用修复): apply, decide, take back; whoever made the record decides (谁认定、谁修复).

The regime that judges is in terms.py. A granted repair ends the record: the next release drops its result, draws and
grades stop using it as far as the regime of their day says. The ledger keeps every step with its rule, and names
neither enterprise nor record in public.
"""

from typing import Annotated

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import Role
from inspect_registry.catalogue import holidays
from inspect_registry.db import Tx
from inspect_registry.enterprises.credit import repair_store, store
from inspect_registry.enterprises.credit.errors import (
    CreditRecordNotFound,
    RepairNotFound,
    RepairNotPossible,
    RepairNotYours,
    RepairSettled,
    RepairUnfounded,
)
from inspect_registry.enterprises.credit.model import (
    CONDITION_TEXT,
    Condition,
    Ended,
    Paper,
    RepairId,
    RepairState,
)
from inspect_registry.enterprises.credit.records import alive, record_row, whose
from inspect_registry.enterprises.credit.repair_store import Decision, RepairRow
from inspect_registry.enterprises.credit.store import RecordRow
from inspect_registry.enterprises.credit.terms import (
    Obstacle,
    against_granting,
    decision_due,
    obstacles_to_applying,
    sharing_due,
    terms,
)
from inspect_registry.enterprises.credit.views import RepairView, facts_of, repair_view
from inspect_registry.errors import Place
from inspect_registry.identifiers import new_uid
from inspect_registry.jobs import service as jobs

LARGEST_PAGE = 200
COMMITMENT_SHORTEST = 10
"""Characters of a commitment that says something."""
Words = Annotated[str, msgspec.Meta(max_length=2000)]


class Application(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an applicant hands in."""

    papers: Annotated[list[Paper], msgspec.Meta(max_length=20)]
    commitment: Words = ""
    """The public commitment (信用承诺), in the enterprise's own words."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a department decides."""

    granted: bool
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    confirmed: list[Condition] = []
    """Conditions that were looked into and are met."""
    unmet: list[Condition] = []
    """For a refusal: the conditions that are not met."""


@act(Permission.REPAIR_APPLY)
async def apply(tx: Tx, record: str, application: Application) -> RepairView:
    """Apply for the repair of a record: the enterprise itself, or a clerk of the deciding department on its behalf.

    Raises CreditRecordNotFound, CreditRecordEnded, RepairNotPossible (with every rule that stands against it and the
    first possible day), RepairUnderWay.
    """
    row = await record_row(tx, record)
    on_behalf = tx.actor.role is not Role.ENTERPRISE
    if on_behalf and tx.actor.role is not Role.SYSTEM and row.department != tx.actor.department:
        raise CreditRecordNotFound
    row = await alive(tx, row)
    commitment = application.commitment.strip()
    facts = facts_of(row, commitment=len(commitment) >= COMMITMENT_SHORTEST)
    against = obstacles_to_applying(facts, application.papers, tx.today)
    if against:
        raise _not_possible(against)
    due = decision_due(tx.today, await holidays.calendar(tx))
    made = await repair_store.add_repair(
        tx,
        repair_store.NewRepair(
            uid=new_uid(tx.random),
            record=row.id,
            department=row.department,
            enterprise=row.enterprise,
            papers=application.papers,
            commitment=commitment,
            on_behalf=on_behalf,
            decide_due=due.day,
            provisional=due.provisional,
        ),
    )
    repair = await _row(tx, made)
    await _log(tx, ledger.Action.CREDIT_REPAIR_APPLIED, row, repair, application)
    return repair_view(repair, tx.today)


@act(Permission.REPAIR_DECIDE)
async def decide(tx: Tx, uid: str, verdict: Verdict) -> RepairView:
    """Grant or refuse, by somebody else than who entered it, under the regime of the day of application.

    Granting against a condition is refused with it; refusing needs a condition and a reason. Raises RepairNotFound,
    RepairSettled, RepairNotYours, RepairNotPossible, RepairUnfounded.
    """
    repair = await _open(tx, uid)
    if tx.actor.role is not Role.SYSTEM and repair.department != tx.actor.department:
        raise RepairNotFound
    if tx.actor.person == repair.applied_by:
        raise RepairNotYours(rule="repair-second-person", remedy="请由其他人员办理。")
    record = await alive(tx, (await store.records(tx, [repair.record]))[0])
    facts = facts_of(record, commitment=len(repair.commitment) >= COMMITMENT_SHORTEST)
    papers = msgspec.convert(repair.papers, list[Paper])
    judged_on, against = against_granting(facts, papers, verdict.confirmed, applied=repair.applied_on, decided=tx.today)
    if verdict.granted:
        if against:
            raise _not_possible(against)
        due = sharing_due(tx.today, await holidays.calendar(tx))
        decided = Decision(
            state=RepairState.GRANTED,
            words=_said(verdict.reason),
            unmet=(),
            judged_on=judged_on,
            share_due=due.day,
            provisional=due.provisional,
        )
        await store.repair_record(tx, record.id, tx.today)
        await store.end_inputs(tx, [record.inspection], tx.today, Ended.REPAIRED)
        action = ledger.Action.CREDIT_REPAIR_GRANTED
    else:
        asked = terms(facts, judged_on).conditions
        unmet = [one for one in asked if one in verdict.unmet]
        if not unmet:
            names = "、".join(f"{one.value}（{CONDITION_TEXT[one]}）" for one in asked)
            raise RepairUnfounded("没有写明不符合的条件", rule="repair-refusal", remedy=f"请从以下条件中选择：{names}")
        decided = Decision(
            state=RepairState.REFUSED,
            words=_said(verdict.reason),
            unmet=[one.value for one in unmet],
            judged_on=judged_on,
        )
        action = ledger.Action.CREDIT_REPAIR_REFUSED
    await repair_store.decide_repair(tx, repair.id, decided)
    after = await _row(tx, repair.id)
    asked_by = terms(facts, judged_on)
    await _log(
        tx, action, record, after, {"verdict": verdict, "regime": asked_by, "facts": facts, "judged_on": judged_on}
    )
    await _tell(tx, record, after, asked_by.basis)
    return repair_view(after, tx.today)


@act(Permission.REPAIR_APPLY)
async def withdraw(tx: Tx, uid: str) -> RepairView:
    """Take an open application back: its enterprise, or the department that entered it. Raises RepairSettled."""
    repair = await _open(tx, uid)
    if tx.actor.role is not Role.SYSTEM and repair.on_behalf is (tx.actor.role is Role.ENTERPRISE):
        raise RepairNotFound
    await repair_store.withdraw_repair(tx, repair.id)
    record = (await store.records(tx, [repair.record]))[0]
    after = await _row(tx, repair.id)
    await _log(tx, ledger.Action.CREDIT_REPAIR_WITHDRAWN, record, after, None)
    return repair_view(after, tx.today)


@reads(Permission.CREDIT_RECORD_READ)
async def waiting(tx: Tx, limit: int = 100) -> list[RepairView]:
    """List applications that wait for a decision or for publication to stop; the most urgent first."""
    enterprise, department = whose(tx)
    found = await repair_store.waiting_repairs(tx, department, enterprise, max(1, min(limit, LARGEST_PAGE)))
    return [repair_view(row, tx.today) for row in await repair_store.repairs(tx, found)]


@reads(Permission.CREDIT_RECORD_READ)
async def repair(tx: Tx, uid: str) -> RepairView:
    """Return one application. Raises RepairNotFound."""
    found = await repair_store.repair_by_uid(tx, uid)
    if found is None:
        raise RepairNotFound
    return repair_view(await _row(tx, found), tx.today)


async def _open(tx: Tx, uid: str) -> RepairRow:
    found = await repair_store.repair_by_uid(tx, uid)
    if found is None:
        raise RepairNotFound
    if await repair_store.lock_repair(tx, found) is not RepairState.APPLIED:
        raise RepairSettled(rule="repair-lifecycle", remedy="请刷新后查看结果。")
    return await _row(tx, found)


async def _row(tx: Tx, repair: RepairId) -> RepairRow:
    return (await repair_store.repairs(tx, [repair]))[0]


def _said(reason: str) -> str:
    words = reason.strip()
    if not words or "\0" in words:
        raise RepairUnfounded("没有写明理由", rule="repair-refusal", places=(Place(field="reason"),))
    return words


def _not_possible(against: list[Obstacle]) -> RepairNotPossible:
    return RepairNotPossible(
        "；".join(one.message.rstrip("。") for one in against) + "。",
        rule=against[0].rule,
        basis=against[0].basis,
        remedy="".join(dict.fromkeys(one.remedy for one in against)),
        places=tuple(Place(field=one.rule, text=one.basis, message=one.message) for one in against),
    )


async def _tell(tx: Tx, record: RecordRow, repair: RepairRow, basis: str) -> None:
    """Tell the applicant (《上海市优化营商环境条例》第六十七条) at its registered contact."""
    if not record.contact:
        return
    granted = repair.state is RepairState.GRANTED
    result = "准予信用修复" if granted else "不予信用修复"
    then = (
        f"我局将于 {repair.share_due} 前停止公示并共享修复结果。"
        if granted
        else f"理由：{repair.decision}。条件具备后可以再次申请；对结果有异议的，可以向我局提出。"
    )
    body = f"您单位 {repair.applied_on} 提交的信用修复申请，经审查，{result}（依据：{basis}）。{then}"
    await jobs.notify_enterprise(
        tx, record.enterprise, record.contact, "credit_repair", f"信用修复申请结果：{result}", body
    )


async def _log(tx: Tx, action: ledger.Action, record: RecordRow, repair: RepairRow, private: object) -> None:
    await ledger.append(
        tx,
        action,
        ledger.Subject("credit_repair", repair.uid),
        department=record.department,
        enterprise=record.enterprise,
        private={"record": record.uid, "inspection": record.inspection, "given": private},
    )
