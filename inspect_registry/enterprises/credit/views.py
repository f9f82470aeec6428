"""Records and applications as people read them; no grade and no input of a grade is in these."""

import datetime as dt

import msgspec

from inspect_registry.enterprises.credit.model import (
    CONDITION_TEXT,
    LOOKED_UP,
    PAPER_TEXT,
    Condition,
    Ended,
    Facts,
    Field,
    Measure,
    Paper,
    PaperKind,
    RepairState,
)
from inspect_registry.enterprises.credit.repair_store import RepairRow
from inspect_registry.enterprises.credit.store import RecordRow
from inspect_registry.enterprises.credit.terms import (
    Obstacle,
    earliest,
    obstacles_to_applying,
    publicity_ends,
    terms,
)


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A word and what people call it."""

    code: str
    text: str


class RepairView(msgspec.Struct, frozen=True, kw_only=True):
    """One application; late is computed for the day of the reading."""

    uid: str
    record: str
    state: RepairState
    papers: list[Paper]
    commitment: str
    applied_on: dt.date
    on_behalf: bool
    decide_due: dt.date
    provisional: bool
    """A deadline runs through a year without an official calendar and may still move."""
    decided_on: dt.date | None
    judged_on: dt.date | None
    decision: str
    unmet: list[str]
    share_due: dt.date | None
    shared_on: dt.date | None
    late: bool


class RecordView(msgspec.Struct, frozen=True, kw_only=True):
    """One record: what it is, and what the regime of the day asks for its repair."""

    uid: str
    inspection: str
    enterprise: str
    """uid."""
    enterprise_name: str
    department: str
    field: Field
    measure: Measure
    simplified: bool
    measure_document: str
    found_on: dt.date
    published_on: dt.date | None
    performed_on: dt.date | None
    publicity_ends: dt.date | None
    """Last day of publicity under the regime of the day, without a repair; None where it has no end of its own."""
    ended_on: dt.date | None
    ended_why: Ended | None
    regime: str
    basis: str
    minimum_months: int
    earliest: dt.date | None
    """First day for an application; None while it cannot be said."""
    papers: list[Named]
    """What has to be handed in."""
    confirm: list[Named]
    """Conditions that whoever decides has to confirm."""
    conditions: list[Named]
    """Every condition of the regime of the day: one of them is named in a refusal."""
    obstacles: list[Obstacle]
    """What stands against an application today, papers apart; empty where it may be handed in."""
    repairs: list[RepairView]


def facts_of(row: RecordRow, *, commitment: bool) -> Facts:
    """Say of a stored record what the regimes ask about."""
    return Facts(
        field=row.field,
        measure=row.measure,
        simplified=row.simplified,
        published_on=row.published_on,
        performed_on=row.performed_on,
        repeated=row.repeated,
        commitment=commitment,
    )


def record_view(row: RecordRow, repairs: list[RepairRow], today: dt.date) -> RecordView:
    """Shape a record."""
    facts = facts_of(row, commitment=True)
    asked = terms(facts, today)
    every = [Paper(kind=kind, reference="-") for kind in PaperKind]
    return RecordView(
        uid=row.uid,
        inspection=row.inspection,
        enterprise=row.enterprise_uid,
        enterprise_name=row.enterprise_name,
        department=row.department_name,
        field=row.field,
        measure=row.measure,
        simplified=row.simplified,
        measure_document=row.measure_document,
        found_on=row.found_on,
        published_on=row.published_on,
        performed_on=row.performed_on,
        publicity_ends=row.publicity_ended_on or publicity_ends(facts, today),
        ended_on=row.ended_on,
        ended_why=row.ended_why,
        regime=asked.regime,
        basis=asked.basis,
        minimum_months=asked.minimum_months,
        earliest=earliest(facts, today),
        papers=[Named(code=kind.value, text=PAPER_TEXT[kind]) for kind in asked.papers],
        confirm=[Named(code=one.value, text=CONDITION_TEXT[one]) for one in asked.conditions if one not in LOOKED_UP],
        conditions=[Named(code=one.value, text=CONDITION_TEXT[one]) for one in asked.conditions],
        obstacles=[] if row.ended_on else obstacles_to_applying(facts, every, today),
        repairs=[repair_view(one, today) for one in repairs],
    )


def repair_view(row: RepairRow, today: dt.date) -> RepairView:
    """Shape an application."""
    undecided = row.state is RepairState.APPLIED and today > row.decide_due
    still_public = row.share_due is not None and row.shared_on is None and today > row.share_due
    return RepairView(
        uid=row.uid,
        record=row.record_uid,
        state=row.state,
        papers=msgspec.convert(row.papers, list[Paper]),
        commitment=row.commitment,
        applied_on=row.applied_on,
        on_behalf=row.on_behalf,
        decide_due=row.decide_due,
        provisional=row.provisional,
        decided_on=row.decided_on,
        judged_on=row.judged_on,
        decision=row.decision,
        unmet=[CONDITION_TEXT[Condition(one)] for one in row.unmet],
        share_due=row.share_due,
        shared_on=row.shared_on,
        late=undecided or still_public,
    )
