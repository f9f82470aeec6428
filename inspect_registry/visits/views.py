"""Visits as the API and the pages show them, assembled from rows in four statements whatever their number."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

import msgspec

from inspect_registry.db import Tx
from inspect_registry.visits import store
from inspect_registry.visits.lifecycle import LIVE
from inspect_registry.visits.model import PartState, VisitId, VisitState
from inspect_registry.visits.rows import InspectorRow, MatterRow, PartRow, VisitHead


class MatterLine(msgspec.Struct, frozen=True, kw_only=True):
    """One matter of one share."""

    uid: str
    code: str
    name: str


class InspectorLine(msgspec.Struct, frozen=True, kw_only=True):
    """One inspector of one share."""

    uid: str
    name: str
    certificate: str


class PartView(msgspec.Struct, frozen=True, kw_only=True):
    """One department's share."""

    uid: str
    department_uid: str
    department: str
    short_name: str
    state: PartState
    reason: str
    answer_due: date | None
    approved: bool
    minutes: int
    matters: list[MatterLine]
    inspectors: list[InspectorLine]


class VisitView(msgspec.Struct, frozen=True, kw_only=True):
    """One visit with all its shares."""

    uid: str
    month: date
    day: date
    state: VisitState
    enterprise_uid: str
    enterprise: str
    premises_uid: str
    address: str
    lead: str
    joint: bool
    announced: bool
    exempt: bool
    emergency: bool
    approval_due: date | None
    published: bool
    reasons: list[dict[str, Any]]
    cancel_reason: str
    parts: list[PartView]


class VisitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One visit with its rows: what acts on it work with."""

    head: VisitHead
    parts: tuple[PartRow, ...]
    matters: dict[int, tuple[MatterRow, ...]]
    """By part."""
    inspectors: dict[int, tuple[InspectorRow, ...]]
    """By part."""

    @property
    def live_parts(self) -> tuple[PartRow, ...]:
        """Shares that take part."""
        return tuple(part for part in self.parts if part.state in LIVE)


async def visit_facts(tx: Tx, visits: Collection[VisitId]) -> list[VisitFacts]:
    """Read visits with their shares, matters and inspectors, in the order of day and identity."""
    if not visits:
        return []
    heads = await store.visit_heads(tx, visits)
    parts = await store.parts_of_visits(tx, visits)
    part_ids = [part.id for part in parts]
    matters: dict[int, list[MatterRow]] = defaultdict(list)
    for matter in await store.matters_of_parts(tx, part_ids):
        matters[matter.part].append(matter)
    inspectors: dict[int, list[InspectorRow]] = defaultdict(list)
    for inspector in await store.inspectors_of_parts(tx, part_ids):
        inspectors[inspector.part].append(inspector)
    by_visit: dict[int, list[PartRow]] = defaultdict(list)
    for part in parts:
        by_visit[part.visit].append(part)
    return [
        VisitFacts(
            head=head,
            parts=tuple(by_visit[head.id]),
            matters={part.id: tuple(matters[part.id]) for part in by_visit[head.id]},
            inspectors={part.id: tuple(inspectors[part.id]) for part in by_visit[head.id]},
        )
        for head in heads
    ]


def view_of(facts: VisitFacts) -> VisitView:
    """Shape one visit for an answer."""
    head = facts.head
    return VisitView(
        uid=head.uid,
        month=head.month,
        day=head.day,
        state=head.state,
        enterprise_uid=head.enterprise_uid,
        enterprise=head.enterprise_name,
        premises_uid=head.premises_uid,
        address=head.address,
        lead=head.lead_name,
        joint=len(facts.live_parts) > 1,
        announced=head.announced,
        exempt=head.exempt,
        emergency=head.emergency,
        approval_due=head.approval_due,
        published=head.published_at is not None,
        reasons=head.reasons,
        cancel_reason=head.cancel_reason,
        parts=[_part_view(part, facts.matters[part.id], facts.inspectors[part.id]) for part in facts.parts],
    )


def _part_view(part: PartRow, matters: tuple[MatterRow, ...], inspectors: tuple[InspectorRow, ...]) -> PartView:
    return PartView(
        uid=part.uid,
        department_uid=part.department_uid,
        department=part.department_name,
        short_name=part.short_name,
        state=part.state,
        reason=part.reason,
        answer_due=part.answer_due,
        approved=part.approved_at is not None,
        minutes=part.minutes,
        matters=[MatterLine(uid=one.uid, code=one.code, name=one.name) for one in matters],
        inspectors=[InspectorLine(uid=one.uid, name=one.name, certificate=one.certificate) for one in inspectors],
    )


async def views(tx: Tx, visits: Collection[VisitId]) -> list[VisitView]:
    """Read visits for an answer."""
    return [view_of(facts) for facts in await visit_facts(tx, visits)]
