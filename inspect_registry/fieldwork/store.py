"""Statements about records at the door: one function each."""

from collections.abc import Collection, Sequence
from datetime import date

import msgspec

from inspect_registry.db import SqlFile, Tx
from inspect_registry.fieldwork.model import Answer, Closing, Finding, InspectionId, Point
from inspect_registry.fieldwork.rows import (
    FindingRow,
    InspectionRow,
    KnownCriterion,
    LateResult,
    PersonPresent,
    VersionRow,
)

SQL = SqlFile(__file__, "fieldwork.sql")


async def points_of_part(tx: Tx, part: int, day: date) -> list[Point]:
    """What a record of this share must answer."""
    return await tx.many(SQL["points_of_part"], Point, part, day)


async def criteria_known(tx: Tx, part: int, uids: Collection[str]) -> list[KnownCriterion]:
    """Criteria by uid, and whether they are of this share's matters in any version."""
    return await tx.many(SQL["criteria_known"], KnownCriterion, part, list(uids))


async def inspection_id(tx: Tx, uid: str) -> InspectionId | None:
    """The record of this uid, if the actor may see it."""
    return await tx.maybe_value(SQL["inspection_id"], InspectionId, uid)


async def inspection_of_part(tx: Tx, part: int) -> InspectionId | None:
    """The newest version of a share's record."""
    return await tx.maybe_value(SQL["inspection_of_part"], InspectionId, part)


async def closed_records(tx: Tx, visit: str) -> list[InspectionId]:
    """The closed version of each share's record of a visit."""
    return await tx.values(SQL["closed_records"], InspectionId, visit)


async def inspection(tx: Tx, inspection: InspectionId) -> InspectionRow:
    """One version of a record."""
    return await tx.one(SQL["inspection"], InspectionRow, inspection)


async def lock_inspection(tx: Tx, uid: str) -> InspectionId | None:
    """Lock a record about to change; None where the actor may not see it."""
    return await tx.maybe_value(SQL["lock_inspection"], InspectionId, uid)


async def open_inspection(
    tx: Tx, uid: str, *, part: int, department: int, version: int = 1, late_reason: str = "", correction: str = ""
) -> InspectionId:
    """Open a record or a new version of one."""
    return await tx.value(
        SQL["open_inspection"],
        InspectionId,
        uid,
        part,
        department,
        version,
        late_reason,
        tx.now,
        tx.actor.person,
        correction,
    )


async def answers_of(tx: Tx, inspection: InspectionId) -> list[Answer]:
    """What was answered so far."""
    return await tx.many(SQL["answers_of"], Answer, inspection)


async def save_answers(tx: Tx, inspection: InspectionId, answers: Sequence[Answer]) -> None:
    """Add or change answers."""
    await tx.execute(
        SQL["save_answers"],
        inspection,
        [answer.criterion for answer in answers],
        [answer.value for answer in answers],
        [answer.reason for answer in answers],
    )


async def findings_of(tx: Tx, inspection: InspectionId) -> list[FindingRow]:
    """Problems found so far."""
    return await tx.many(SQL["findings_of"], FindingRow, inspection)


async def clear_findings(tx: Tx, inspection: InspectionId) -> None:
    """Make room for findings written anew."""
    await tx.execute(SQL["clear_findings"], inspection)


async def save_findings(tx: Tx, inspection: InspectionId, uids: Sequence[str], findings: Sequence[Finding]) -> None:
    """Write the findings of an open record."""
    await tx.execute(
        SQL["save_findings"],
        inspection,
        list(uids),
        [one.criterion for one in findings],
        [one.facts for one in findings],
        [one.clause for one in findings],
        [one.disposition for one in findings],
        [one.demand for one in findings],
        [one.due for one in findings],
        [None if one.leniency is None else msgspec.json.encode(one.leniency).decode() for one in findings],
        [one.third_party_opinion for one in findings],
        [one.own_observation for one in findings],
        [one.leniency_declined for one in findings],
    )


async def save_door(
    tx: Tx, inspection: InspectionId, present: Collection[int], assistants: Sequence[dict[str, str]], closing: Closing
) -> None:
    """Note who was there and how it ended."""
    await tx.execute(
        SQL["save_door"],
        inspection,
        list(present),
        list(assistants),
        closing.started_at,
        closing.ended_at,
        closing.signature,
        closing.signature_note,
        closing.notes,
    )


async def close_inspection(
    tx: Tx, inspection: InspectionId, result: str, *, publish_due: date, provisional: bool, second_person: int | None
) -> None:
    """Close a record for good."""
    await tx.execute(SQL["close_inspection"], inspection, result, tx.now, publish_due, provisional, second_person)


async def supersede(tx: Tx, inspection: InspectionId) -> None:
    """Let a closed version give way to its correction."""
    await tx.execute(SQL["supersede"], inspection)


async def versions_of_part(tx: Tx, part: int) -> list[VersionRow]:
    """Every version of a share's record."""
    return await tx.many(SQL["versions_of_part"], VersionRow, part)


async def open_shares(tx: Tx, visit: int) -> int:
    """How many live shares have no closed record yet."""
    return await tx.value(SQL["open_shares"], int, visit)


async def loose_ends(tx: Tx, visit: int) -> int:
    """What still stands between a recorded visit and its end."""
    return await tx.value(SQL["loose_ends"], int, visit)


async def arrived(tx: Tx, visit: int) -> bool:
    """Say whether the arrival was confirmed."""
    return await tx.value(SQL["arrived"], bool, visit)


async def people_present(tx: Tx, uids: Collection[str]) -> list[PersonPresent]:
    """Inspectors by uid."""
    return await tx.many(SQL["people_present"], PersonPresent, list(uids))


async def people_by_id(tx: Tx, ids: Collection[int]) -> list[PersonPresent]:
    """Inspectors by id."""
    return await tx.many(SQL["people_by_id"], PersonPresent, list(ids))


async def tell_result(tx: Tx, inspection: InspectionId) -> None:
    """Note that the result was told."""
    await tx.execute(SQL["tell_result"], inspection, tx.now)


async def mark_published(tx: Tx, inspections: Collection[int]) -> int:
    """Note that a release names these records."""
    return await tx.execute(SQL["mark_published"], list(inspections), tx.now)


async def revoke(tx: Tx, inspection: InspectionId, reason: str, withdraw_due: date) -> None:
    """Take a result back."""
    await tx.execute(SQL["revoke"], inspection, tx.now, reason, withdraw_due)


async def late_results(tx: Tx, department: int | None, limit: int) -> list[LateResult]:
    """Records past a deadline."""
    return await tx.many(SQL["late_results"], LateResult, department, tx.today, limit)
