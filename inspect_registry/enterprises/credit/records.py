"""Negative records: who may read them, what a case ended with, whether the duties are done, when publicity ends."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Annotated

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import SEES_ALL_DEPARTMENTS, Role
from inspect_registry.db import Tx
from inspect_registry.enterprises.credit import repair_store, store
from inspect_registry.enterprises.credit.errors import CreditRecordEnded, CreditRecordNotFound, MeasureUnsound
from inspect_registry.enterprises.credit.model import Measure, RecordId
from inspect_registry.enterprises.credit.store import RecordRow
from inspect_registry.enterprises.credit.terms import publicity_ends
from inspect_registry.enterprises.credit.views import RecordView, facts_of, record_view
from inspect_registry.errors import Place

LARGEST_PAGE = 200
_PENALTY_LAW = "《中华人民共和国行政处罚法》第五十七条"


class MeasureInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a case ended with."""

    measure: Measure
    document: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    """Number of the decision, such as 沪市监嘉处〔2026〕000123号."""
    decided_on: dt.date
    simplified: bool = False
    """By 简易程序."""


@reads(Permission.CREDIT_RECORD_READ)
async def credit_records(tx: Tx, *, alive: bool = True, limit: int = 100) -> list[RecordView]:
    """List records of the acting enterprise or department, or of all; newest first."""
    enterprise, department = whose(tx)
    return await _views(
        tx, await store.records_of(tx, enterprise, department, alive=alive, limit=max(1, min(limit, LARGEST_PAGE)))
    )


@reads(Permission.CREDIT_RECORD_READ)
async def credit_record(tx: Tx, uid: str) -> RecordView:
    """Return one record with its applications. Raises CreditRecordNotFound."""
    row = await record_row(tx, uid)
    return (await _views(tx, [row.id]))[0]


@act(Permission.CREDIT_RECORD_CHANGE)
async def note_measure(tx: Tx, uid: str, given: MeasureInput) -> RecordView:
    """Note what the case of a record ended with; corrects an earlier note of the same record.

    Raises CreditRecordNotFound, CreditRecordEnded, MeasureUnsound.
    """
    row = await own_record(tx, uid)
    wrong = _measure_faults(row, given, tx.today)
    if wrong:
        raise MeasureUnsound(wrong[0].message, rule="credit-measure", basis=_PENALTY_LAW, places=tuple(wrong))
    document = given.document.strip()
    await store.note_measure(
        tx, row.id, given.measure, simplified=given.simplified, document=document, day=given.decided_on
    )
    await _log(tx, ledger.Action.CREDIT_RECORD_DECIDED, row, given)
    return (await _views(tx, [row.id]))[0]


@act(Permission.CREDIT_RECORD_CHANGE)
async def note_performance(tx: Tx, uid: str, performed_on: dt.date) -> RecordView:
    """Note on which day the enterprise had done everything it was told to. Raises MeasureUnsound."""
    row = await own_record(tx, uid)
    earliest = row.measure_on or row.found_on
    if row.measure in {Measure.ORDER, Measure.PENDING} or not earliest <= performed_on <= tx.today:
        raise MeasureUnsound(
            "只登记处罚决定的履行日期，不早于决定之日、不晚于今日；责令改正随复查合格、办结自动登记。",
            rule="credit-performance",
            basis=_PENALTY_LAW,
            remedy="请核对处理决定和履行日期。",
            places=(Place(field="performed_on", text=performed_on.isoformat()),),
        )
    await store.note_performance(tx, row.id, performed_on)
    await _log(tx, ledger.Action.CREDIT_RECORD_PERFORMED, row, {"performed_on": performed_on})
    return (await _views(tx, [row.id]))[0]


async def mark_published(tx: Tx, inspections: Collection[str]) -> int:
    """Begin the publicity of what a release shows for the first time; joins the release's act."""
    return await store.mark_records_published(tx, inspections, tx.today)


async def stop_publicity(tx: Tx) -> int:
    """Before a release: end publicity whose longest period is over, and note repairs as shared; returns how many.

    Joins the release's act. Each end has its entry, so that the ledger shows why a result is gone.
    """
    rows = await store.records(tx, await store.public_penalties(tx))
    over = [
        row for row in rows if (last := publicity_ends(facts_of(row, commitment=False), tx.today)) and last < tx.today
    ]
    repairs = await repair_store.repairs(tx, await repair_store.unshared_repairs(tx))
    if over:
        await store.end_publicity(tx, [row.id for row in over], tx.today)
    if repairs:
        await repair_store.mark_shared(tx, [row.id for row in repairs], tx.today)
    ended = [
        _draft(ledger.Action.CREDIT_PUBLICITY_ENDED, "credit_record", row.uid, row.department, row.enterprise)
        for row in over
    ]
    shared = [
        _draft(ledger.Action.CREDIT_REPAIR_SHARED, "credit_repair", row.uid, row.department, row.enterprise)
        for row in repairs
    ]
    if ended or shared:
        await ledger.append_many(tx, [*ended, *shared])
    return len(ended) + len(shared)


def whose(tx: Tx) -> tuple[int | None, int | None]:
    """Return the enterprise and the department whose lists the actor reads; None: any."""
    if tx.actor.role is Role.ENTERPRISE:
        return tx.actor.enterprise, None
    return None, None if tx.actor.role in SEES_ALL_DEPARTMENTS else tx.actor.department


async def record_row(tx: Tx, uid: str) -> RecordRow:
    """Return a record that the actor may read. Raises CreditRecordNotFound."""
    found = await store.record_by_uid(tx, uid)
    if found is None:
        raise CreditRecordNotFound
    return (await store.records(tx, [found]))[0]


async def own_record(tx: Tx, uid: str) -> RecordRow:
    """Hold a record of the acting department that has not ended. Raises CreditRecordNotFound, CreditRecordEnded."""
    row = await record_row(tx, uid)
    if tx.actor.role is not Role.SYSTEM and row.department != tx.actor.department:
        raise CreditRecordNotFound
    return await alive(tx, row)


async def alive(tx: Tx, row: RecordRow) -> RecordRow:
    """Hold a record and read it again. Raises CreditRecordEnded."""
    await store.lock_record(tx, row.id)
    held = (await store.records(tx, [row.id]))[0]
    if held.ended_on is not None:
        raise CreditRecordEnded(rule="credit-record-alive", remedy="该记录已更正、撤销或者修复，无需再办理。")
    return held


async def _views(tx: Tx, ids: Sequence[RecordId]) -> list[RecordView]:
    rows = await store.records(tx, ids)
    by_record: dict[int, list[repair_store.RepairRow]] = {}
    for repair in await repair_store.repairs(tx, await repair_store.repairs_of_records(tx, ids)):
        by_record.setdefault(repair.record, []).append(repair)
    return [record_view(row, by_record.get(row.id, []), tx.today) for row in rows]


def _measure_faults(row: RecordRow, given: MeasureInput, today: dt.date) -> list[Place]:
    faults = []
    if row.measure is Measure.ORDER or given.measure in {Measure.ORDER, Measure.PENDING}:
        text = "只有移送立案的记录登记处理决定"
        faults.append(Place(field="measure", text=given.measure.value, message=text))
    if not row.found_on <= given.decided_on <= today:
        text = f"决定日期应在 {row.found_on.isoformat()} 至今日之间"
        faults.append(Place(field="decided_on", text=given.decided_on.isoformat(), message=text))
    if not given.document.strip() or "\0" in given.document:
        faults.append(Place(field="document", message="请填写决定书文号"))
    return faults


def _draft(action: ledger.Action, kind: str, uid: str, department: int, enterprise: int) -> ledger.Draft:
    return ledger.Draft(action=action, subject=ledger.Subject(kind, uid), department=department, enterprise=enterprise)


async def _log(tx: Tx, action: ledger.Action, row: RecordRow, private: object) -> None:
    await ledger.append(
        tx,
        action,
        ledger.Subject("credit_record", row.uid),
        department=row.department,
        enterprise=row.enterprise,
        private={"inspection": row.inspection, "given": private},
    )
