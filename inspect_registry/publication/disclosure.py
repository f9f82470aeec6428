"""What the public may see: the one gate between rows of the database and a Snapshot.

Rules (each has a test that fails when it is taken out):
- A visit is named in advance only if it was announced, and only with those of its matters whose disclosure is `named`.
- Of `numbers` matters only the number of visits by department and matter is shown, never a day or place.
- Of `afterwards` matters nothing is shown before execution, not even that there is something (需求15).
- After execution every closed and told record is shown, whatever its disclosure, until it is withdrawn.
- A natural person's own name is masked; number and address of 个体工商户 too (个人信息保护法第六、三十四条).
- A result whose publicity has ended (信用修复, or its longest period) goes like a withdrawn one, in neutral words.
- Credit classes and grades are not in the rows at all (需求46).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from inspect_registry.catalogue.model import Disclosure
from inspect_registry.clock import day_of
from inspect_registry.enterprises.model import EnterpriseKind
from inspect_registry.identifiers import mask_code, mask_name
from inspect_registry.pinyin import initials
from inspect_registry.publication.snapshot import (
    MonthPlan,
    Outcome,
    PlannedVisit,
    PublicEnterprise,
    Rectified,
    Result,
    UnnamedChange,
    UnnamedVisits,
    VisitChange,
    Withdrawn,
)


class PlannedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One matter of one department's part of one visit, as stored: not for the public."""

    visit: str
    day: date
    announced: bool
    lead: bool
    """The row's department leads the visit."""
    department: str
    matter: str
    disclosure: Disclosure
    enterprise_name: str
    enterprise_kind: EnterpriseKind
    natural_name: bool
    enterprise_number: str
    town: str
    address: str
    sort_key: str
    initials: str


class ResultRow(msgspec.Struct, frozen=True, kw_only=True):
    """One department's closed record, as stored: not for the public."""

    inspection: str
    visit: str
    month: date
    day: date
    planned: bool
    joint: bool
    department: str
    matters: list[str]
    outcome: Outcome
    problems: int
    orders: int
    open_orders: int
    overdue_orders: int
    corrected: bool
    told: bool
    """The enterprise has the result in writing."""
    published_at: datetime | None
    revoked_at: datetime | None
    publicity_ended_on: date | None
    enterprise_name: str
    enterprise_kind: EnterpriseKind
    natural_name: bool
    enterprise_number: str
    town: str
    address: str
    sort_key: str
    initials: str


def shown_enterprise(row: PlannedRow | ResultRow) -> PublicEnterprise:
    """Mask an enterprise as far as personal information asks; companies are shown in full."""
    individual = row.enterprise_kind is EnterpriseKind.INDIVIDUAL or row.natural_name
    whole = clean(row.enterprise_name)
    name = mask_name(whole, natural=True) if row.natural_name else whole
    letters = initials(name) if row.natural_name else row.initials
    return PublicEnterprise(
        name=name,
        number=mask_code(row.enterprise_number) if individual else row.enterprise_number,
        town=row.town,
        address="" if individual else clean(row.address),
        initials=letters.upper(),
        sort_key=letters.lower() if row.natural_name else row.sort_key,
    )


def clean(text: str) -> str:
    """Put one blank for each run of blanks and control characters: pages, tables and papers then say the same."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def may_be_named(row: PlannedRow) -> bool:
    """Say whether a planned row may appear by name before its execution."""
    return row.announced and row.disclosure is Disclosure.NAMED


def planned_visits(rows: Iterable[PlannedRow]) -> tuple[PlannedVisit, ...]:
    """Return the visits that may be named in advance, by day, town and reading of the name."""
    named: dict[str, list[PlannedRow]] = {}
    for row in rows:
        if may_be_named(row):
            named.setdefault(row.visit, []).append(row)
    visits = [_visit(parts) for parts in named.values()]
    return tuple(
        sorted(
            visits,
            key=lambda one: (
                one.day,
                one.enterprise.town,
                one.enterprise.sort_key,
                one.uid,
            ),
        )
    )


def unnamed_visits(rows: Iterable[PlannedRow]) -> tuple[UnnamedVisits, ...]:
    """Count, by department and matter, the visits of which only the number is shown."""
    seen = {
        (row.department, row.matter, row.visit)
        for row in rows
        if row.disclosure is Disclosure.NUMBERS or (row.disclosure is Disclosure.NAMED and not row.announced)
    }
    counts = Counter((department, matter) for department, matter, _visit in seen)
    return tuple(
        UnnamedVisits(department=department, matter=matter, visits=count)
        for (department, matter), count in sorted(counts.items())
    )


def month_plan(
    rows: Iterable[PlannedRow],
    *,
    month: date,
    before: MonthPlan | None,
    reason: str,
    published_at: datetime,
    provisional: bool,
    avoided: int | None = None,
) -> MonthPlan:
    """Make the first or next revision of a month's plan from everything that is planned."""
    kept = list(rows)
    visits = planned_visits(kept)
    unnamed = unnamed_visits(kept)
    return MonthPlan(
        month=month,
        revision=before.revision + 1 if before else 1,
        reason=reason,
        published_at=published_at,
        visits=visits,
        unnamed=unnamed,
        provisional=provisional,
        avoided=avoided,
        changes=visit_changes(before.visits, visits) if before else (),
        unnamed_changes=unnamed_changes(before.unnamed, unnamed) if before else (),
    )


def visit_changes(before: Iterable[PlannedVisit], after: Iterable[PlannedVisit]) -> tuple[VisitChange, ...]:
    """Compare two revisions' visits by their identity: gone and changed ones in the old order, then new ones."""
    old = {visit.uid: visit for visit in before}
    new = {visit.uid: visit for visit in after}
    kept = [VisitChange(before=visit, after=new.get(uid)) for uid, visit in old.items() if new.get(uid) != visit]
    return (
        *kept,
        *(VisitChange(after=visit) for uid, visit in new.items() if uid not in old),
    )


def unnamed_changes(before: Iterable[UnnamedVisits], after: Iterable[UnnamedVisits]) -> tuple[UnnamedChange, ...]:
    """Compare the numbers of two revisions by department and matter; equal ones are left out."""
    old = {(line.department, line.matter): line.visits for line in before}
    new = {(line.department, line.matter): line.visits for line in after}
    return tuple(
        UnnamedChange(
            department=key[0],
            matter=key[1],
            before=old.get(key, 0),
            after=new.get(key, 0),
        )
        for key in sorted({*old, *new})
        if old.get(key, 0) != new.get(key, 0)
    )


def results(rows: Iterable[ResultRow]) -> tuple[Result, ...]:
    """Return the results that may be shown: told to the enterprise and not withdrawn, by day."""
    shown = [_result(row) for row in rows if row.told and left_on(row) is None]
    return tuple(
        sorted(
            shown,
            key=lambda one: (one.day, one.enterprise.sort_key, one.department, one.uid),
        )
    )


def left_on(row: ResultRow) -> date | None:
    """Return the day from which a result is shown no more; None while it is shown."""
    revoked = row.revoked_at and day_of(row.revoked_at)
    return min((day for day in (revoked, row.publicity_ended_on) if day), default=None)


def withdrawn(rows: Iterable[ResultRow]) -> tuple[Withdrawn, ...]:
    """Return what is left of results that were shown and are no more: no name, no matter, no outcome."""
    gone = [
        Withdrawn(
            uid=row.inspection,
            department=row.department,
            withdrawn_on=day,
            ended=row.revoked_at is None,
        )
        for row in rows
        if (day := left_on(row)) and row.published_at is not None
    ]
    return tuple(sorted(gone, key=lambda one: (one.withdrawn_on, one.uid)))


def _visit(parts: list[PlannedRow]) -> PlannedVisit:
    first = parts[0]
    departments = sorted({(not row.lead, row.department) for row in parts})
    return PlannedVisit(
        uid=first.visit,
        day=first.day,
        enterprise=shown_enterprise(first),
        departments=tuple(dict.fromkeys(department for _, department in departments)),
        matters=tuple(sorted({row.matter for row in parts})),
    )


def _result(row: ResultRow) -> Result:
    if not row.orders:
        rectified = Rectified.NONE
    elif row.overdue_orders:
        rectified = Rectified.OVERDUE
    else:
        rectified = Rectified.PENDING if row.open_orders else Rectified.DONE
    return Result(
        uid=row.inspection,
        visit=row.visit,
        day=row.day,
        enterprise=shown_enterprise(row),
        department=row.department,
        matters=tuple(sorted(row.matters)),
        planned=row.planned,
        joint=row.joint,
        outcome=row.outcome,
        problems=row.problems,
        rectified=rectified,
        corrected=row.corrected,
    )
