"""What-ifs of a month: the same month under another condition, to be planned and compared, never carried out. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec

from inspect_registry.errors import Place
from inspect_registry.visits.errors import ScenarioUnsound
from inspect_registry.visits.month import Month, PlannableCheck, PlannedInspector
from inspect_registry.visits.sharing import used_up_within
from inspect_registry.visits.standing import with_shaken

IMAGINED: int = 2**40
"""Identities from here on are inspectors that a what-if imagines."""


class MoreInspectors(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Further inspectors of one department, certified for all that it checks this month and there every day."""

    department: Annotated[str, msgspec.Meta(max_length=40)]
    """Its uid."""
    count: Annotated[int, msgspec.Meta(ge=1, le=50)]


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is imagined; everything left out is as it is."""

    merging: bool = True
    """False: every department goes by itself; what stands is planned anew, too, since it was merged."""
    quiet_days: tuple[Annotated[int, msgspec.Meta(ge=1, le=31)], ...] | None = None
    """Days of the month in place of the quiet days in force; empty = no quiet day."""
    more_inspectors: Annotated[tuple[MoreInspectors, ...], msgspec.Meta(max_length=50)] = ()


def told(scenario: Scenario, departments: Mapping[str, str]) -> str:
    """Say in Chinese what is imagined; `departments` are short names by uid."""
    parts = [] if scenario.merging else ["各部门单独检查（不合并）"]
    if scenario.quiet_days is not None:
        days = "、".join(str(day) for day in sorted(set(scenario.quiet_days)))
        parts.append(f"安静期改为每月{days}日" if days else "不设安静期")
    parts += [f"{departments.get(one.department, '')}增加{one.count}名执法人员" for one in scenario.more_inspectors]
    return "；".join(parts) or "条件不变"


def imagined(month: Month, scenario: Scenario, departments: Mapping[str, int]) -> Month:
    """Return the month under the scenario; `departments` are ids by uid. Raises ScenarioUnsound."""
    if not scenario.merging:
        month = alone(afresh(month, today=month.today))
    if scenario.quiet_days is not None:
        last = month.last.day
        beyond = [day for day in scenario.quiet_days if day > last]
        if beyond:
            raise ScenarioUnsound(
                f"{month.first:%Y年%m月}没有{beyond[0]}日。",
                rule="scenario-days-exist",
                remedy=f"请填写1至{last}之间的日期。",
                places=(Place(field="quiet_days", text=str(beyond[0])),),
            )
        quiet = tuple(sorted({month.first.replace(day=day) for day in scenario.quiet_days}))
        month = msgspec.structs.replace(month, limits=msgspec.structs.replace(month.limits, quiet_days=quiet))
    people: list[PlannedInspector] = []
    for more in scenario.more_inspectors:
        people += _more(month, more, departments, first=IMAGINED + len(people))
    return with_shaken(msgspec.structs.replace(month, inspectors=month.inspectors + tuple(people)))


def afresh(month: Month, *, today: date) -> Month:
    """Return the month as if nothing had been proposed, answered or begun yet, and caps not yet used by it."""
    spent = used_up_within(month.checks)
    caps = tuple(
        msgspec.structs.replace(cap, used=max(cap.used - spent[cap.enterprise, cap.department], 0))
        for cap in month.caps
    )
    checks = tuple(_afresh(check) for check in month.checks)
    return msgspec.structs.replace(month, checks=checks, caps=caps, occupied=(), today=today)


def alone(month: Month) -> Month:
    """Return the month with every department going by itself; trade bundles exist only where they go together."""
    return msgspec.structs.replace(month, bundles=(), limits=msgspec.structs.replace(month.limits, departments_max=1))


def _afresh(check: PlannableCheck) -> PlannableCheck:
    return msgspec.structs.replace(
        check,
        visit=None,
        day=None,
        fixed=False,
        begun=False,
        approved=False,
        declined=False,
        inspectors=[],
        crew=[],
        held=False,
        shaken="",
    )


def _more(month: Month, more: MoreInspectors, departments: Mapping[str, int], first: int) -> list[PlannedInspector]:
    department = departments.get(more.department)
    matters = sorted({matter for check in month.checks if check.department == department for matter in check.matters})
    if department is None or not matters:
        raise ScenarioUnsound(
            "该部门本月没有待查项。",
            rule="scenario-department-plans",
            remedy="请选择本月有待查项的部门。",
            places=(Place(field="more_inspectors", text=more.department),),
        )
    return [
        PlannedInspector(
            id=first + number,
            department=department,
            valid_from=month.first,
            valid_to=month.last,
            matters=matters,
            absent=[],
        )
        for number in range(more.count)
    ]
