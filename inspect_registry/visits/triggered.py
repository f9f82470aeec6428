"""From a documented reason to a visit: of one department, approved by its head before, or after in an emergency."""

from datetime import date
from typing import Annotated

import msgspec

from inspect_registry import rules as parameters
from inspect_registry.access import Permission, act
from inspect_registry.db import Tx
from inspect_registry.errors import Place
from inspect_registry.triggers import rules as trigger_rules
from inspect_registry.triggers import service as triggers
from inspect_registry.visits import merge_store, rules, store
from inspect_registry.visits.errors import InspectorNotEligible
from inspect_registry.visits.month import NewPart, NewVisit
from inspect_registry.visits.proposing import propose
from inspect_registry.visits.service import confirm
from inspect_registry.visits.views import VisitView


class TriggeredVisit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When to go for a documented reason, and who goes."""

    day: date
    inspectors: Annotated[list[str], msgspec.Meta(min_length=1, max_length=20)]
    """Uids."""


@act(Permission.TRIGGER_PROPOSE)
async def visit_from_trigger(tx: Tx, trigger: str, wanted: TriggeredVisit) -> VisitView:
    """Make a visit of a trigger that the head has approved; an emergency needs its approval only afterwards.

    The visit is not announced; its share is confirmed at once, and its inspectors are judged at approval.
    """
    reason = await triggers.take(tx, trigger)
    exempt = trigger_rules.is_exempt(reason.kind, parameters.value("frequency.exempt.kinds", list[str], on=tx.today))
    calendar = parameters.calendar()
    rules.day_is_open_for_visits(
        wanted.day,
        today=tx.today,
        working=reason.emergency or calendar.is_workday(wanted.day),
        quiet=wanted.day.day in [int(day) for day in parameters.value("visit.quiet_days", list[str], on=wanted.day)],
        exempt=exempt or reason.emergency,
    )
    people = await merge_store.inspectors_named(tx, wanted.inspectors, reason.department)
    unknown = sorted(set(wanted.inspectors) - {one.uid for one in people})
    if unknown:
        raise InspectorNotEligible(
            "所选人员不是本部门的执法人员。",
            rule="inspector-eligible",
            remedy="请从本部门执法人员中选择。",
            places=tuple(Place(field="inspectors", text=one) for one in unknown),
        )
    minutes = await merge_store.minutes_of_matters(tx, reason.matters)
    visit = NewVisit(
        enterprise=reason.enterprise,
        premises=reason.premises,
        day=wanted.day,
        lead=reason.department,
        exempt=exempt,
        announced=False,
        parts=(
            NewPart(
                department=reason.department,
                minutes=minutes,
                counted=not exempt,
                checks=(),
                matters=tuple(reason.matters),
                inspectors=tuple(one.id for one in people),
            ),
        ),
        reasons=(
            {"kind": "triggered", "trigger": reason.uid, "sentence": f"触发式检查，来源编号{reason.source_number}。"},
        ),
    )
    (uid,) = await propose(tx, wanted.day.replace(day=1), [visit])
    due = calendar.add(wanted.day, parameters.whole("code.emergency_approval.working_days", on=tx.today)).day
    await store.link_trigger(tx, uid, reason.id, due if reason.emergency else None)
    return await confirm(tx, uid)
