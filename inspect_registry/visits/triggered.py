"""From a documented reason to a visit: of one department, approved by its head before, or after in an emergency."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import msgspec

from inspect_registry import rules as parameters
from inspect_registry.access import Permission, act
from inspect_registry.catalogue import holidays
from inspect_registry.db import Tx
from inspect_registry.errors import Place
from inspect_registry.triggers import rules as trigger_rules
from inspect_registry.triggers import service as triggers
from inspect_registry.triggers.store import TriggerRow
from inspect_registry.visits import merge_store, rules, store
from inspect_registry.visits.errors import InspectorNotEligible, JointVisitNotAllowed
from inspect_registry.visits.listing import visit
from inspect_registry.visits.model import CheckDraft
from inspect_registry.visits.month import NewPart, NewVisit
from inspect_registry.visits.proposing import propose
from inspect_registry.visits.service import confirm
from inspect_registry.visits.views import VisitView
from inspect_registry.workdays import Calendar


class TriggeredVisit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When to go for a documented reason, and who goes."""

    day: date
    inspectors: Annotated[list[str], msgspec.Meta(min_length=1, max_length=20)]
    """Uids."""


class Share(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One department's documented reason, and who goes for it."""

    trigger: Annotated[str, msgspec.Meta(max_length=40)]
    inspectors: Annotated[list[str], msgspec.Meta(min_length=1, max_length=20)]
    """Uids."""


class JointTriggeredVisit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Several departments' reasons to go to the same place: one knock on the door, led by the first."""

    day: date
    shares: Annotated[list[Share], msgspec.Meta(min_length=2, max_length=10)]


@act(Permission.TRIGGER_PROPOSE)
async def visit_from_trigger(tx: Tx, trigger: str, wanted: TriggeredVisit) -> VisitView:
    """Make a visit of a trigger that the head has approved; an emergency needs its approval only afterwards.

    The visit is not announced; its share is confirmed at once, and its inspectors are judged at approval.
    """
    uid = await _propose(tx, wanted.day, [Share(trigger=trigger, inspectors=wanted.inspectors)])
    return await confirm(tx, uid)


@act(Permission.MERGE_RUN)
async def joint_visit_from_triggers(tx: Tx, wanted: JointTriggeredVisit) -> VisitView:
    """Bring approved triggers of several departments about one place together; each department then answers.

    Raises JointVisitNotAllowed for another place, too many departments, or two triggers of one department.
    """
    return await visit(tx, await _propose(tx, wanted.day, wanted.shares))


async def _propose(tx: Tx, day: date, shares: Sequence[Share]) -> str:
    reasons = [await triggers.take(tx, share.trigger) for share in shares]
    exempt = parameters.value("frequency.exempt.kinds", list[str], on=tx.today)
    calendar = await holidays.calendar(tx)
    _judge(tx, day, reasons, exempt, calendar)
    parts = [
        await _part(tx, reason, share, counted=not trigger_rules.is_exempt(reason.kind, exempt))
        for reason, share in zip(reasons, shares, strict=True)
    ]
    first = reasons[0]
    new = NewVisit(
        enterprise=first.enterprise,
        premises=first.premises,
        day=day,
        lead=first.department,
        exempt=not any(part.counted for part in parts),
        announced=False,
        parts=tuple(parts),
        reasons=tuple(
            {"kind": "triggered", "trigger": one.uid, "sentence": f"触发式检查，来源编号{one.source_number}。"}
            for one in reasons
        ),
    )
    (uid,) = await propose(tx, day.replace(day=1), [new])
    days = parameters.whole("code.emergency_approval.working_days", on=tx.today)
    due = calendar.add(day, days).day
    await store.link_trigger(tx, uid, first.id, due if all(one.emergency for one in reasons) else None)
    return uid


def _judge(tx: Tx, day: date, reasons: Sequence[TriggerRow], exempt: Sequence[str], calendar: Calendar) -> None:
    drafts = [
        CheckDraft(
            check=reason.id,
            department=reason.department,
            premises=reason.premises,
            window_start=day,
            window_end=day,
            exempt=trigger_rules.is_exempt(reason.kind, exempt),
        )
        for reason in reasons
    ]
    rules.checks_may_share_a_visit(drafts, parameters.whole("planner.departments_max", on=tx.today))
    if len({draft.department for draft in drafts}) < len(drafts):
        raise JointVisitNotAllowed("同一部门有两个事由，请先并案。", rule="checks-share-a-visit", remedy="请合并事由。")
    emergency = all(reason.emergency for reason in reasons)
    quiet = {int(one) for one in parameters.value("visit.quiet_days", list[str], on=day)}
    rules.day_is_open_for_visits(
        day,
        today=tx.today,
        working=emergency or calendar.is_workday(day),
        quiet=day.day in quiet,
        exempt=emergency or all(draft.exempt for draft in drafts),
    )


async def _part(tx: Tx, reason: TriggerRow, share: Share, *, counted: bool) -> NewPart:
    people = await merge_store.inspectors_named(tx, share.inspectors, reason.department)
    unknown = sorted(set(share.inspectors) - {one.uid for one in people})
    if unknown:
        raise InspectorNotEligible(
            "所选人员不是本部门的执法人员。",
            rule="inspector-eligible",
            remedy="请从本部门执法人员中选择。",
            places=tuple(Place(field="inspectors", text=one) for one in unknown),
        )
    return NewPart(
        department=reason.department,
        minutes=await merge_store.minutes_of_matters(tx, reason.matters),
        counted=counted,
        checks=(),
        matters=tuple(reason.matters),
        inspectors=tuple(one.id for one in people),
    )
