"""Closing a record: every rule judged at once, then orders, history and the visit follow.

The same way for the first version and for a confirmed correction.
"""

from collections.abc import Sequence

import msgspec

from inspect_registry import rules as parameters
from inspect_registry.catalogue import holidays, leniency, listings
from inspect_registry.catalogue.model import DepartmentId
from inspect_registry.clock import day_of
from inspect_registry.codes import service as codes
from inspect_registry.db import Tx
from inspect_registry.enterprises.credit.effects import note_outcomes
from inspect_registry.enterprises.model import EnterpriseId, PremisesId
from inspect_registry.fieldwork import dispositions, draft_store, followup_store, rules, store
from inspect_registry.fieldwork.model import (
    Answer,
    Closing,
    DispositionKind,
    Finding,
    Leniency,
    Point,
    Present,
    PresentRole,
)
from inspect_registry.fieldwork.outcomes import outcome_of
from inspect_registry.fieldwork.records import log, visit_id
from inspect_registry.fieldwork.rows import FindingRow, InspectionRow, PersonPresent
from inspect_registry.fieldwork.views import ClosingInput
from inspect_registry.fieldwork.words import words_can_be_printed
from inspect_registry.history import service as history
from inspect_registry.history.model import Attendance, NewFact
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action
from inspect_registry.visits import service as visits
from inspect_registry.visits.model import VisitState
from inspect_registry.workdays import Calendar


async def note_door(tx: Tx, row: InspectionRow, door: ClosingInput) -> Closing:
    """Judge and store who was there and when, and store how it was signed, which is judged when the record closes."""
    day = row.day
    people = [_present(one) for one in await store.people_present(tx, door.present)]
    companions = [Present(name=one.name, role=one.role) for one in door.companions]
    minimum = parameters.whole("inspection.inspectors_min", on=day)
    rules.enough_inspectors_present([*people, *companions], minimum)
    facts = (await visits.facts_of(tx, [visit_id(row)]))[0]
    rules.only_named_inspectors(people, {one.inspector for one in facts.inspectors[row.part]})
    rules.certificates_are_valid(people, day)
    end = Closing(
        started_at=door.started_at,
        ended_at=door.ended_at,
        signature=door.signature,
        signature_note=door.signature_note.strip(),
        notes=door.notes.strip(),
    )
    words_can_be_printed(
        {"closing.signature_note": end.signature_note, "closing.notes": end.notes}
        | {f"closing.companions.{number}.name": one.name for number, one in enumerate(door.companions)}
    )
    rules.times_are_possible(end, day=day, day_of_start=day_of(end.started_at), now=tx.now)
    present = sorted(one.inspector for one in people if one.inspector is not None)
    await store.save_door(tx, row.id, present, [msgspec.to_builtins(one) for one in door.companions], end)
    return end


async def close(tx: Tx, row: InspectionRow, *, second_person: int | None) -> None:
    """Judge the whole record as it is stored, close it, and let orders, history and the visit follow."""
    points = await store.points_of_part(tx, row.part, row.day)
    answers = await store.answers_of(tx, row.id)
    stored = await store.findings_of(tx, row.id)
    findings = [finding_of(one) for one in stored]
    judge(points, answers, findings)
    calendar = await holidays.calendar(tx)
    await _judge_dispositions(tx, row, findings, points, calendar)
    result = dispositions.heaviest(findings)
    due = calendar.add(tx.today, parameters.whole("publication.result.working_days", on=tx.today))
    await store.close_inspection(
        tx, row.id, result.value, publish_due=due.day, provisional=due.provisional, second_person=second_person
    )
    await draft_store.drop_drafts(tx, row.id)
    orders = await _order(tx, row, stored, calendar)
    if row.version == 1:
        await history.remember(tx, _facts(row, points))
        await history.remember_attendance(tx, _attendances(row))
    await log(
        tx,
        Action.INSPECTION_CLOSED,
        row,
        {"answers": len(answers), "orders": orders},
        {"result": result.value, "findings": findings, "answers": answers, "second_person": second_person},
    )
    failed = {finding.criterion for finding in findings}
    await note_outcomes(tx, [await outcome_of(tx, row, points, failed, result)])
    await follow(tx, row)


async def follow(tx: Tx, row: InspectionRow) -> None:
    """Let the visit follow its records: recorded when each share has one, closed when nothing is left open."""
    facts = (await visits.facts_of(tx, [visit_id(row)]))[0]
    state = facts.head.state
    if state is VisitState.UNDER_WAY and await store.open_shares(tx, row.visit) == 0:
        await visits.record(tx, facts.head.id)
        await codes.close(tx, row.visit)
        state = VisitState.RECORDED
    if state is VisitState.RECORDED and await store.loose_ends(tx, row.visit) == 0:
        await visits.close(tx, facts.head.id)


def judge(points: Sequence[Point], answers: Sequence[Answer], findings: Sequence[Finding]) -> None:
    """Judge what a whole record must keep, whatever its department."""
    in_force = {point.criterion for point in points}
    rules.answers_are_in_scope(answers, points, {answer.criterion for answer in answers})
    rules.answers_are_complete_in_themselves(answers)
    rules.every_point_is_answered(answers, points)
    dispositions.findings_are_in_scope(findings, in_force)
    dispositions.findings_are_complete(findings)
    dispositions.findings_match_answers(findings, answers)
    dispositions.third_party_is_not_alone(findings)


async def _judge_dispositions(
    tx: Tx, row: InspectionRow, findings: Sequence[Finding], points: Sequence[Point], calendar: Calendar
) -> None:
    matters = {point.criterion: point.matter_code for point in points}
    longest = parameters.whole("rectification.working_days.longest", on=tx.today)
    latest = calendar.add(tx.today, longest).day
    items = await listings.leniency_items(tx) if findings else ()
    for finding in findings:
        dispositions.disposition_fits(finding)
        if finding.due is not None and row.version == 1:
            dispositions.due_date_is_reasonable(finding.due, today=tx.today, latest=latest)
        if finding.leniency is not None:
            cited = finding.leniency
            item = leniency.item_of(cited.list, cited.version, cited.item, items, row.day)
            dispositions.leniency_applies(finding, item, row.day)
        prompted = leniency.prompts(finding.facts, matters[finding.criterion], row.day, items)
        dispositions.prompt_is_answered(finding, prompted)


async def _order(tx: Tx, row: InspectionRow, findings: Sequence[FindingRow], calendar: Calendar) -> int:
    """Give an order for each dated finding whose criterion has none yet; returns how many."""
    standing = set(await followup_store.ordered_criteria(tx, row.part))
    wanted = [
        one for one in findings if one.disposition is DispositionKind.RECTIFY_BY_DATE and one.criterion not in standing
    ]
    if not wanted:
        return 0
    orders = [
        followup_store.NewOrder(
            uid=new_uid(tx.random),
            finding=one.id,
            demand=one.demand,
            due=one.due,
            provisional=calendar.add(tx.today, calendar.count(tx.today, one.due).days).provisional,
        )
        for one in wanted
        if one.due is not None
    ]
    await followup_store.order_rectifications(tx, row.id, orders, department=row.department, enterprise=row.enterprise)
    for order in orders:
        await log(tx, Action.RECTIFICATION_ORDERED, row, {}, {"rectification": order.uid, "due": order.due})
    return len(orders)


def _facts(row: InspectionRow, points: Sequence[Point]) -> list[NewFact]:
    return [
        NewFact(
            enterprise=EnterpriseId(row.enterprise),
            premises=PremisesId(row.premises),
            department=DepartmentId(row.department),
            matter_code=code,
            day=row.day,
            exempt=row.exempt,
            visit_uid=row.visit_uid,
        )
        for code in sorted({point.matter_code for point in points})
    ]


def _attendances(row: InspectionRow) -> list[Attendance]:
    return [
        Attendance(
            enterprise=EnterpriseId(row.enterprise),
            department=DepartmentId(row.department),
            day=row.day,
            inspector=one,
        )
        for one in row.present
    ]


def _present(one: PersonPresent) -> Present:
    return Present(
        name=one.name,
        role=PresentRole.INSPECTOR,
        inspector=one.id,
        certificate_from=one.valid_from,
        certificate_to=one.valid_to,
        active=one.state == "active",
    )


def finding_of(row: FindingRow) -> Finding:
    """Read a stored finding."""
    return Finding(
        criterion=row.criterion,
        facts=row.text,
        clause=row.clause,
        disposition=row.disposition,
        demand=row.demand,
        due=row.due,
        leniency=None if row.leniency is None else msgspec.convert(row.leniency, Leniency),
        third_party_opinion=row.third_party_opinion,
        own_observation=row.own_observation,
        leniency_declined=row.leniency_declined,
    )


def door_of(row: InspectionRow, *, notes: str | None) -> Closing:
    """Return how a closed record ended, with other notes where they are given."""
    if row.started_at is None or row.ended_at is None or row.signature is None:
        raise ValueError(f"record {row.uid} is not closed")
    return Closing(
        started_at=row.started_at,
        ended_at=row.ended_at,
        signature=row.signature,
        signature_note=row.signature_note,
        notes=row.notes if notes is None else notes.strip(),
    )
