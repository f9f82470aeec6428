"""Figures of a published month: counted once here, shown on pages, in data and on paper alike."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from typing import TypeVar

import msgspec

from inspect_registry.publication.snapshot import (
    MonthEntry,
    MonthPlan,
    MonthResults,
    Outcome,
    PlannedVisit,
    Rectified,
)

Key = TypeVar("Key", bound=Hashable)


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What one day, town, department or matter has of a month's visits."""

    visits: int
    joint: int
    unnamed: int = 0


class PlanFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The month in numbers. Visits that may not be known before execution are in none of them."""

    visits: int
    """Knocks on doors: named and numbers-only."""
    named: int
    unnamed: int
    joint: int
    avoided: int
    """Visits saved by doing them once: by the stored merge, never more than the joint visits named here can save."""
    enterprises: int
    """Different enterprises among the named visits."""
    departments: int


class ResultFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A month's results in numbers; each rate is given with its parts."""

    records: int
    visits: int
    planned: int
    without_problem: int
    problems: int
    orders: int
    rectified: int
    overdue: int


def plan_figures(plan: MonthPlan) -> PlanFigures:
    """Count a month's plan."""
    shares = sum(len(visit.departments) for visit in plan.visits)
    unnamed = sum(line.visits for line in plan.unnamed)
    departments = {code for visit in plan.visits for code in visit.departments}
    departments |= {line.department for line in plan.unnamed}
    return PlanFigures(
        visits=len(plan.visits) + unnamed,
        named=len(plan.visits),
        unnamed=unnamed,
        joint=sum(visit.joint for visit in plan.visits),
        avoided=_avoided(plan.avoided, shares - len(plan.visits)),
        enterprises=len({(visit.enterprise.name, visit.enterprise.number) for visit in plan.visits}),
        departments=len(departments),
    )


def _avoided(by_the_merge: int | None, by_joint_visits: int) -> int:
    """Take the merge's own number, but no more than what is left of it after departments declined or cancelled."""
    return by_joint_visits if by_the_merge is None else max(min(by_the_merge, by_joint_visits), 0)


def month_entry(plan: MonthPlan) -> MonthEntry:
    """Return the line that a published revision has in the list of months."""
    figures = plan_figures(plan)
    return MonthEntry(
        month=plan.month,
        revision=plan.revision,
        reason=plan.reason,
        published_at=plan.published_at,
        visits=figures.visits,
        joint=figures.joint,
        avoided=figures.avoided,
        enterprises=figures.enterprises,
        departments={code: share.visits for code, share in by_department(plan).items()},
        release=plan.release,
    )


def by_day(plan: MonthPlan) -> Mapping[date, Share]:
    """Count named visits by day."""
    return _shares(plan.visits, lambda visit: (visit.day,))


def by_town(plan: MonthPlan) -> Mapping[str, Share]:
    """Count named visits by town code."""
    return _shares(plan.visits, lambda visit: (visit.enterprise.town,))


def by_department(plan: MonthPlan) -> Mapping[str, Share]:
    """Count by department code; a joint visit counts for each department that takes part."""
    return _with_unnamed(
        _shares(plan.visits, lambda visit: visit.departments),
        ((line.department, line.visits) for line in plan.unnamed),
    )


def by_matter(plan: MonthPlan) -> Mapping[str, Share]:
    """Count by matter code; a visit counts for each of its matters."""
    return _with_unnamed(
        _shares(plan.visits, lambda visit: visit.matters),
        ((line.matter, line.visits) for line in plan.unnamed),
    )


def result_figures(month: MonthResults) -> ResultFigures:
    """Count a month's results."""
    results = month.results
    ordered = [result for result in results if result.rectified is not Rectified.NONE]
    return ResultFigures(
        records=len(results),
        visits=month.visits,
        planned=month.planned,
        without_problem=sum(result.outcome is Outcome.NO_PROBLEM for result in results),
        problems=sum(result.problems for result in results),
        orders=len(ordered),
        rectified=sum(result.rectified is Rectified.DONE for result in ordered),
        overdue=sum(result.rectified is Rectified.OVERDUE for result in ordered),
    )


def _shares(visits: Iterable[PlannedVisit], keys_of: Callable[[PlannedVisit], Iterable[Key]]) -> dict[Key, Share]:
    all_visits: Counter[Key] = Counter()
    joint: Counter[Key] = Counter()
    for visit in visits:
        for key in keys_of(visit):
            all_visits[key] += 1
            joint[key] += visit.joint
    return {key: Share(visits=count, joint=joint[key]) for key, count in all_visits.items()}


def _with_unnamed(shares: Mapping[str, Share], unnamed: Iterable[tuple[str, int]]) -> dict[str, Share]:
    counted: Counter[str] = Counter()
    for key, visits in unnamed:
        counted[key] += visits
    nothing = Share(visits=0, joint=0)
    return {
        key: msgspec.structs.replace(shares.get(key, nothing), unnamed=counted[key])
        for key in sorted({*shares, *counted})
    }
