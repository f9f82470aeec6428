"""Reading all that one merge of a month needs, in one transaction."""

from calendar import monthrange
from datetime import date, timedelta

from inspect_registry import rules
from inspect_registry.access import Permission, reads
from inspect_registry.catalogue import holidays
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import MatterId
from inspect_registry.db import Tx
from inspect_registry.planning.problem import Weights
from inspect_registry.visits import merge_store
from inspect_registry.visits.crews import with_crews
from inspect_registry.visits.errors import NothingToPlan
from inspect_registry.visits.month import Bundle, Limits, Month
from inspect_registry.visits.standing import with_shaken
from inspect_registry.workdays import Calendar


@reads(Permission.MERGE_RUN)
async def month_to_plan(tx: Tx, month: date) -> Month:
    """Read the month; promised visits that can no longer stand are marked shaken. Raises NothingToPlan."""
    first = month.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    checks = await merge_store.plannable_checks(tx, first)
    if not checks:
        raise NothingToPlan(remedy="请先完成各部门月度计划的备案。")
    premises = sorted({check.premises for check in checks})
    departments = sorted({check.department for check in checks})
    matters = sorted({MatterId(matter) for check in checks for matter in check.matters})
    pairs = sorted({(check.enterprise, who) for check in checks for who in (check.department, 0)})
    inspectors = await merge_store.planned_inspectors(tx, departments, first, last)
    read = Month(
        first=first,
        last=last,
        today=tx.today,
        checks=tuple(checks),
        premises=tuple(await merge_store.planned_premises(tx, premises)),
        zones=tuple(await merge_store.zones(tx)),
        inspectors=tuple(inspectors),
        recusals=tuple(await merge_store.planned_recusals(tx, premises, [one.id for one in inspectors])),
        caps=tuple(await merge_store.caps_used(tx, pairs, first.year)),
        occupied=tuple(await merge_store.occupied(tx, premises, first, last)),
        limits=_limits(first, last, await holidays.calendar(tx)),
        bundles=tuple(
            Bundle(id=one.id, name=one.name, lead=one.lead, matters=list(one.matters))
            for one in await catalogue.bundles(tx, first)
        ),
        departments={one.id: one.short_name for one in await catalogue.departments(tx)},
        matters={one: matter.name for one, matter in (await catalogue.matters_by_id(tx, matters)).items()},
    )
    return with_shaken(with_crews(read))


def _limits(first: date, last: date, calendar: Calendar) -> Limits:
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    quiet = {int(day) for day in rules.value("visit.quiet_days", list[str], on=first)}
    weights = rules.value("planner.weight", dict[str, int], on=first)
    return Limits(
        nonwork_days=tuple(day for day in days if not calendar.is_workday(day)),
        quiet_days=tuple(day for day in days if day.day in quiet),
        visits_per_day=rules.whole("planner.visits_per_day", on=first),
        day_minutes=rules.whole("planner.day_minutes", on=first),
        visit_overhead=rules.whole("planner.visit_overhead", on=first),
        departments_max=rules.whole("planner.departments_max", on=first),
        visit_minutes_max=rules.whole("planner.visit_minutes_max", on=first),
        cap_department=rules.whole("frequency.cap.department", on=first),
        cap_enterprise=rules.whole("frequency.cap.enterprise", on=first),
        weights=Weights(visit=weights["visit"], ordinary=weights["unserved"], mandatory=weights["unserved_mandatory"]),
    )
