"""What every act on a record shares: find and lock it, judge what was typed, append what happened."""

from collections.abc import Mapping, Sequence

from inspect_registry import ledger
from inspect_registry import rules as parameters
from inspect_registry.actor import Role
from inspect_registry.catalogue import holidays
from inspect_registry.db import Tx
from inspect_registry.fieldwork import dispositions, rules, store
from inspect_registry.fieldwork.errors import InspectionClosed, InspectionNotFound
from inspect_registry.fieldwork.model import Answer, DispositionKind, Finding, InspectionId, InspectionState, Point
from inspect_registry.fieldwork.rows import InspectionRow
from inspect_registry.fieldwork.views import AnswerInput, FindingInput
from inspect_registry.fieldwork.words import words_can_be_printed
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action, Subject
from inspect_registry.visits.model import VisitId

UNKNOWN_CRITERION = -1
"""Stands for a uid that no criterion has: outside every scope."""


async def open_row(tx: Tx, uid: str) -> InspectionRow:
    """Lock and read an open record of the acting department. Raises InspectionNotFound, InspectionClosed."""
    row = await locked(tx, uid)
    if row.state is not InspectionState.OPEN:
        raise InspectionClosed(rule="record-closed-for-good", remedy="如有错误，请提出更正，由另一人复核。")
    return row


async def locked(tx: Tx, uid: str) -> InspectionRow:
    """Lock a record of the acting department, then read it: what is judged is what is changed.

    Raises InspectionNotFound.
    """
    found = await store.lock_inspection(tx, uid)
    row = await store.inspection(tx, found) if found else None
    if row is None or (tx.actor.role is not Role.SYSTEM and row.department != tx.actor.department):
        raise InspectionNotFound
    return row


async def answers_from(
    tx: Tx, row: InspectionRow, points: Sequence[Point], answers: Sequence[AnswerInput]
) -> list[Answer]:
    """Judge answers as they came in: scope, version in force (`points`), reasons."""
    known = {one.uid: one for one in await store.criteria_known(tx, row.part, [one.criterion for one in answers])}
    given = [
        Answer(
            criterion=known[one.criterion].id if one.criterion in known else UNKNOWN_CRITERION,
            value=one.value,
            reason=one.reason.strip(),
        )
        for one in answers
    ]
    rules.answers_are_in_scope(given, points, {one.id for one in known.values() if one.of_this_share})
    rules.answers_are_complete_in_themselves(given)
    words_can_be_printed({f"answers.{position}.reason": one.reason for position, one in enumerate(given)})
    return given


async def findings_from(tx: Tx, row: InspectionRow, findings: Sequence[FindingInput]) -> list[Finding]:
    """Judge findings as they came in: scope, facts, clause, disposition; a missing due date becomes the default."""
    points = {point.uid: point.criterion for point in await store.points_of_part(tx, row.part, row.day)}
    calendar = await holidays.calendar(tx)
    default = calendar.add(tx.today, parameters.whole("rectification.working_days.default", on=tx.today))
    given = [
        Finding(
            criterion=points.get(one.criterion, UNKNOWN_CRITERION),
            facts=one.facts.strip(),
            clause=one.clause.strip(),
            disposition=one.disposition,
            demand=one.demand.strip(),
            due=one.due or (default.day if one.disposition is DispositionKind.RECTIFY_BY_DATE else None),
            leniency=one.leniency,
            third_party_opinion=one.third_party_opinion,
            own_observation=one.own_observation.strip(),
            leniency_declined=one.leniency_declined.strip(),
        )
        for one in findings
    ]
    dispositions.findings_are_in_scope(given, set(points.values()))
    dispositions.findings_are_complete(given)
    words_can_be_printed(
        {f"findings.{number}.{name}": text for number, one in enumerate(given) for name, text in _words_of(one)}
    )
    for finding in given:
        dispositions.disposition_fits(finding)
    return given


def _words_of(finding: Finding) -> list[tuple[str, str]]:
    cited = finding.leniency
    return [
        *(
            (name, getattr(finding, name))
            for name in ("facts", "clause", "demand", "own_observation", "leniency_declined")
        ),
        ("leniency.education", cited.education if cited else ""),
        ("leniency.justification", cited.justification if cited else ""),
    ]


async def replace_findings(tx: Tx, inspection: InspectionId, findings: Sequence[Finding]) -> None:
    """Store the findings of an open record in place of those before."""
    await store.clear_findings(tx, inspection)
    await store.save_findings(tx, inspection, [new_uid(tx.random) for _ in findings], findings)


def visit_id(row: InspectionRow) -> VisitId:
    """Return the visit of a record as the visits' room names it."""
    return VisitId(row.visit)


TOLD = frozenset({Action.INSPECTION_CLOSED, Action.INSPECTION_CORRECTED, Action.RECTIFICATION_ORDERED})
"""Acts that the enterprise is told of, so that it may hold their receipts."""


async def log(tx: Tx, action: Action, row: InspectionRow, public: Mapping[str, int | str], private: object) -> None:
    """Append what happened to a record; the leaf names the visit, never a result.

    Of what the enterprise is told, it may fetch the receipt.
    """
    await ledger.append(
        tx,
        action,
        Subject("inspection", row.uid),
        department=row.department,
        enterprise=row.enterprise if action in TOLD else None,
        public={"visit": row.visit_uid, "version": row.version, **public},
        private=private,
    )


async def visible(tx: Tx, uid: str) -> InspectionId:
    found = await store.inspection_id(tx, uid)
    if found is None:
        raise InspectionNotFound
    return found
