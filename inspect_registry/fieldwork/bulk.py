"""Record many visits at once under the same rules: for loading what was recorded elsewhere, and for the demo.

Every live share of each visit gets a closed record whose points all conform except where a finding says otherwise.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from inspect_registry import ledger
from inspect_registry import rules as parameters
from inspect_registry.access import Permission, act
from inspect_registry.catalogue import holidays
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import DepartmentId
from inspect_registry.clock import day_of
from inspect_registry.codes import service as codes
from inspect_registry.db import Tx
from inspect_registry.enterprises.credit.effects import note_outcomes
from inspect_registry.enterprises.credit.model import Outcome
from inspect_registry.enterprises.model import EnterpriseId, PremisesId
from inspect_registry.fieldwork import bulk_store, dispositions, rules
from inspect_registry.fieldwork.bulk_store import NewFinding, NewOrder, NewRecord, PointOfPart
from inspect_registry.fieldwork.closing import judge
from inspect_registry.fieldwork.model import (
    Answer,
    AnswerValue,
    Closing,
    DispositionKind,
    Finding,
    InspectionId,
    Present,
    PresentRole,
    Signature,
)
from inspect_registry.fieldwork.outcomes import tags_of
from inspect_registry.history import service as history
from inspect_registry.history.model import Attendance, NewFact
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action, Subject
from inspect_registry.visits import service as visits
from inspect_registry.visits.model import VisitId
from inspect_registry.visits.rows import InspectorRow, PartRow
from inspect_registry.visits.views import VisitFacts
from inspect_registry.workdays import Deadline


class BulkFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One problem found by one department at one of its points, counted from 0 in the order of the checklist."""

    department: int
    point: int
    facts: str
    clause: str
    disposition: DispositionKind
    demand: str = ""


class BulkRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One visit as it went."""

    visit: VisitId
    started_at: datetime
    ended_at: datetime
    signature_note: str = "企业负责人"
    findings: tuple[BulkFinding, ...] = ()


class _Whole(msgspec.Struct, frozen=True, kw_only=True):
    """One share's record, judged and ready to be stored."""

    facts: VisitFacts
    new: NewRecord
    answers: tuple[Answer, ...]
    findings: tuple[Finding, ...]
    codes: tuple[str, ...]
    matters: dict[int, int]
    """Matter of each criterion."""
    exempt: bool


@act(Permission.INSPECTION_RECORD)
async def record_bulk(tx: Tx, records: Sequence[BulkRecord], *, told: bool = True) -> int:
    """Record visits that are approved or under way, and close those that leave nothing open; returns the records made.

    All or nothing: the first broken rule refuses the whole load.
    """
    if not records:
        return 0
    by_visit = {record.visit: record for record in records}
    found = await visits.locked_many(tx, list(by_visit))
    shares = [(facts, part) for facts in found for part in facts.live_parts]
    points: dict[int, list[PointOfPart]] = defaultdict(list)
    for point in await bulk_store.points_of_parts(tx, [(part.id, facts.head.day) for facts, part in shares]):
        points[point.part].append(point)
    calendar = await holidays.calendar(tx)
    default = calendar.add(tx.today, parameters.whole("rectification.working_days.default", on=tx.today))
    wholes = [_judged(tx, by_visit[facts.head.id], facts, part, points[part.id], default) for facts, part in shares]
    ids = await bulk_store.open_records(tx, [whole.new for whole in wholes])
    await bulk_store.add_answers(
        tx, [(ids[whole.new.uid], one.criterion, one.value) for whole in wholes for one in whole.answers]
    )
    orders = await _store_findings(tx, wholes, ids, provisional=default.provisional)
    due = calendar.add(tx.today, parameters.whole("publication.result.working_days", on=tx.today))
    results = [(ids[whole.new.uid], dispositions.heaviest(whole.findings).value) for whole in wholes]
    await bulk_store.close_records(tx, results, publish_due=due.day, provisional=due.provisional, told=told)
    await history.remember(tx, [fact for whole in wholes for fact in _facts(whole)])
    await history.remember_attendance(tx, [one for whole in wholes for one in _attendances(whole)])
    await ledger.append_many(tx, [_closed_entry(whole) for whole in wholes] + [_order_entry(one) for one in orders])
    await note_outcomes(tx, await _outcomes(tx, wholes))
    waiting = {order.inspection for order in orders}
    open_visits = {whole.facts.head.id for whole in wholes if not told or ids[whole.new.uid] in waiting}
    await visits.finish_many(
        tx, [(facts, by_visit[facts.head.id].started_at) for facts in found], still_open=open_visits
    )
    for facts in found:
        await codes.close(tx, facts.head.id)
    return len(wholes)


def _judged(
    tx: Tx, record: BulkRecord, facts: VisitFacts, part: PartRow, points: Sequence[PointOfPart], default: Deadline
) -> _Whole:
    people = [_present(one) for one in facts.inspectors[part.id]]
    minimum = parameters.whole("inspection.inspectors_min", on=facts.head.day)
    rules.enough_inspectors_present(people, minimum)
    rules.certificates_are_valid(people, facts.head.day)
    end = Closing(
        started_at=record.started_at,
        ended_at=record.ended_at,
        signature=Signature.SIGNED,
        signature_note=record.signature_note,
    )
    rules.times_are_possible(end, day=facts.head.day, day_of_start=day_of(end.started_at), now=tx.now)
    rules.record_is_signed(end)
    findings = tuple(_finding(one, points, default.day) for one in record.findings if one.department == part.department)
    failed = {one.criterion for one in findings}
    answers = tuple(
        Answer(criterion=one.criterion, value=AnswerValue.FAILS if one.criterion in failed else AnswerValue.CONFORMS)
        for one in points
    )
    judge(points, answers, findings)
    for finding in findings:
        dispositions.disposition_fits(finding)
    return _Whole(
        facts=facts,
        new=NewRecord(
            uid=new_uid(tx.random),
            part=part.id,
            department=part.department,
            enterprise=facts.head.enterprise,
            present=tuple(one.inspector for one in people if one.inspector is not None),
            started_at=record.started_at,
            ended_at=record.ended_at,
            signature_note=record.signature_note,
        ),
        answers=answers,
        findings=findings,
        codes=tuple(sorted({one.matter_code for one in points})),
        matters={one.criterion: one.matter for one in points},
        exempt=not part.counted,
    )


def _finding(one: BulkFinding, points: Sequence[PointOfPart], default: date) -> Finding:
    dated = one.disposition is DispositionKind.RECTIFY_BY_DATE
    return Finding(
        criterion=points[one.point % len(points)].criterion,
        facts=one.facts,
        clause=one.clause,
        disposition=one.disposition,
        demand=one.demand,
        due=default if dated else None,
    )


async def _store_findings(
    tx: Tx, wholes: Sequence[_Whole], ids: dict[str, InspectionId], *, provisional: bool
) -> list[NewOrder]:
    """Store findings and the orders that follow from them."""
    new = [
        (whole, NewFinding(uid=new_uid(tx.random), inspection=ids[whole.new.uid], position=position, finding=finding))
        for whole in wholes
        for position, finding in enumerate(whole.findings, start=1)
    ]
    if not new:
        return []
    stored = await bulk_store.add_findings(tx, [one for _, one in new])
    orders = [
        NewOrder(
            uid=new_uid(tx.random),
            inspection=one.inspection,
            finding=stored[one.uid],
            department=whole.new.department,
            enterprise=whole.new.enterprise,
            demand=one.finding.demand,
            due=one.finding.due,
        )
        for whole, one in new
        if one.finding.due is not None
    ]
    if orders:
        await bulk_store.add_orders(tx, orders, provisional=provisional)
    return orders


def _facts(whole: _Whole) -> list[NewFact]:
    head = whole.facts.head
    return [
        NewFact(
            enterprise=EnterpriseId(head.enterprise),
            premises=PremisesId(head.premises),
            department=DepartmentId(whole.new.department),
            matter_code=code,
            day=head.day,
            exempt=whole.exempt,
            visit_uid=head.uid,
        )
        for code in whole.codes
    ]


async def _outcomes(tx: Tx, wholes: Sequence[_Whole]) -> list[Outcome]:
    tags = await tags_of(tx, {matter for whole in wholes for matter in whole.matters.values()})
    domains = {one.id: one.domain for one in await catalogue.departments(tx)}
    return [
        Outcome(
            part=whole.new.part,
            inspection=whole.new.uid,
            version=1,
            enterprise=EnterpriseId(whole.facts.head.enterprise),
            department=whole.new.department,
            department_domain=domains[DepartmentId(whole.new.department)],
            day=whole.facts.head.day,
            disposition=dispositions.heaviest(whole.findings).value,
            tags=frozenset(tag for matter in whole.matters.values() for tag in tags[matter]),
            failed_tags=frozenset(tag for one in whole.findings for tag in tags[whole.matters[one.criterion]]),
        )
        for whole in wholes
    ]


def _attendances(whole: _Whole) -> list[Attendance]:
    head = whole.facts.head
    return [
        Attendance(
            enterprise=EnterpriseId(head.enterprise),
            department=DepartmentId(whole.new.department),
            day=head.day,
            inspector=one,
        )
        for one in whole.new.present
    ]


def _closed_entry(whole: _Whole) -> ledger.Draft:
    return ledger.Draft(
        action=Action.INSPECTION_CLOSED,
        subject=Subject("inspection", whole.new.uid),
        department=whole.new.department,
        enterprise=whole.facts.head.enterprise,
        public={"visit": whole.facts.head.uid, "version": 1, "answers": len(whole.answers)},
        private={"findings": whole.findings, "answers": whole.answers},
    )


def _order_entry(order: NewOrder) -> ledger.Draft:
    return ledger.Draft(
        action=Action.RECTIFICATION_ORDERED,
        subject=Subject("rectification", order.uid),
        department=order.department,
        enterprise=order.enterprise,
        private={"demand": order.demand, "due": order.due},
    )


def _present(row: InspectorRow) -> Present:
    return Present(
        name=row.name,
        role=PresentRole.INSPECTOR,
        inspector=row.inspector,
        certificate_from=row.valid_from,
        certificate_to=row.valid_to,
        active=row.state == "active",
    )
