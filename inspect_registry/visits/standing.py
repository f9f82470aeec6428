"""What was promised and can be kept: fixed visits stay as they are, shaken ones are planned anew. Pure.

A visit is fixed once it is published, answered or approved. It is shaken when one of its people can no longer go
(leave, certificate, recusal), when its day is closed meanwhile, or when a check's window no longer holds its day.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date

import msgspec

from inspect_registry.visits.errors import VisitMovedSilently
from inspect_registry.visits.month import Month, PlannableCheck, PlannedInspector


def with_shaken(month: Month) -> Month:
    """Return the month with its shaken visits no longer fixed; every check of such a visit carries the reason."""
    trouble = trouble_in(month)
    by_visit: dict[int, list[PlannableCheck]] = defaultdict(list)
    for check in month.checks:
        if _is_coming_promise(check, month) and check.visit is not None:
            by_visit[check.visit].append(check)
    shaken = {
        visit: reason
        for visit, checks in by_visit.items()
        if (reason := next(filter(None, (trouble(one) for one in checks)), ""))
    }
    if not shaken:
        return month
    checks = tuple(
        msgspec.structs.replace(check, fixed=False, shaken=shaken[check.visit])
        if check.visit is not None and check.visit in shaken
        else check
        for check in month.checks
    )
    return msgspec.structs.replace(month, checks=checks)


def with_promises_held(month: Month) -> Month:
    """Return the month where every promise that can stand is held: its day, its people, its company."""
    checks = tuple(
        msgspec.structs.replace(check, held=True) if _is_coming_promise(check, month) and check.crew else check
        for check in month.checks
    )
    return msgspec.structs.replace(month, checks=checks)


def _is_coming_promise(check: PlannableCheck, month: Month) -> bool:
    coming = check.day is not None and check.day >= month.today
    return check.fixed and not check.begun and check.visit is not None and coming


def trouble_in(month: Month) -> Callable[[PlannableCheck], str]:
    """Return what says why a check cannot stay with its day and people; empty where it can."""
    people = {one.id: one for one in month.inspectors}
    recused = {(one.inspector, one.premises) for one in month.recusals}
    masks = {place.id: place.open_mask for place in month.premises}

    def trouble(check: PlannableCheck) -> str:
        if check.day is None:
            return ""
        held_back = (_held_back(one, check, people.get(one), recused) for one in check.inspectors)
        return _day_closed(check, check.day, month, masks[check.premises]) or next(filter(None, held_back), "")

    return trouble


def _day_closed(check: PlannableCheck, day: date, month: Month, open_mask: int) -> str:
    if not check.starts <= day <= check.ends:
        return f"{_said(day)}不再在时间窗内"
    if day in month.limits.nonwork_days:
        return f"{_said(day)}改为非工作日"
    if day in month.limits.quiet_days and check.onsite and not (check.exempt or check.lifted):
        return f"{_said(day)}列入安静期"
    return "" if open_mask >> day.weekday() & 1 else f"{_said(day)}该场所不营业"


def _held_back(
    inspector: int, check: PlannableCheck, one: PlannedInspector | None, recused: Collection[tuple[int, int]]
) -> str:
    """Say why an inspector of the visit cannot go; unknown ones are no longer in service."""
    day = check.day
    if one is None or day is None or not one.valid_from <= day <= one.valid_to:
        return "原定执法人员届时没有有效的执法证件"
    if day in one.absent:
        return f"原定执法人员{_said(day)}请假"
    if (inspector, check.premises) in recused:
        return "原定执法人员应当回避"
    serves = inspector in (check.crew or check.inspectors)
    return "原定执法人员的执法证件不再覆盖检查事项" if serves and not set(check.matters) <= set(one.matters) else ""


def _said(day: date) -> str:
    return f"{day.month}月{day.day}日"


class Stood(msgspec.Struct, frozen=True, kw_only=True):
    """One promised visit at one moment."""

    id: int
    uid: str
    day: date
    live: bool
    """Not cancelled."""


def nothing_moves_silently(before: Collection[Stood], after: Collection[Stood], told: Collection[int]) -> None:
    """已公布或者已答复的检查，改期、取消必须逐件说明并留痕，不得悄悄变动。

    Raises VisitMovedSilently naming every visit that changed and is not among those told.
    """
    now = {one.id: one for one in after}
    silent = [
        one.uid
        for one in before
        if one.live and one.id not in told and (one.id not in now or not now[one.id].live or now[one.id].day != one.day)
    ]
    if silent:
        raise VisitMovedSilently(f"共 {len(silent)} 次：{'、'.join(sorted(silent)[:5])}")
