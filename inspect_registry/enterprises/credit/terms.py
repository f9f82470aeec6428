"""What a regime of credit repair asks, on a day: periods, conditions, papers, and what a repair stops.

    until 2026-03-31   periods by field (《上海市优化营商环境条例》第六十七条), conditions of
                       《市场监督管理行政处罚信息公示规定》第十三条、第十四条; a repair stops publication
    from 2026-04-01    periods by degree (《信用修复管理办法》); a repair stops publication, sharing and use

Which regime judges: the one in force on the day of the application. An application that is still open when the regime
changes is judged by either, whichever grants it (《立法法》第一百零四条: 为了更好地保护权利的特别规定). A record found
before the change and applied for after it is therefore judged by the new regime.

Pure: values in, values out; nothing here is stored.
"""

import datetime as dt
from collections.abc import Collection
from typing import Final

import msgspec

from inspect_registry import rules as parameters
from inspect_registry.enterprises.credit.model import (
    CONDITION_TEXT,
    PAPER_TEXT,
    Condition,
    Facts,
    Field,
    Measure,
    Paper,
    PaperKind,
)
from inspect_registry.workdays import Calendar, Deadline, months_later

_BY_FIELD: Final = "domain"
_ONE_DAY: Final = dt.timedelta(days=1)


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What one regime asks of one record."""

    regime: str
    """`domain` or `severity`."""
    in_force_from: dt.date
    basis: str
    degree: str
    """The field, or the degree of dishonesty, that decides the periods."""
    minimum_months: int
    maximum_months: int | None
    """After so many months publication ends by itself; None for an order, which is no penalty."""
    excluded: bool
    """No early end of publication for this measure."""
    conditions: tuple[Condition, ...]
    papers: tuple[PaperKind, ...]


class Obstacle(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that stands against a repair: which rule, in words, and what to do."""

    rule: str
    message: str
    basis: str
    remedy: str


def terms(facts: Facts, on: dt.date) -> Terms:
    """What the regime in force on a day asks of a record. Raises ParameterNotInForce for a day before any."""
    regime = parameters.parameter("repair.regime", on=on)
    minimum = parameters.value("repair.minimum_months", dict[str, int], on=on)
    maximum = parameters.value("repair.maximum_months", dict[str, int], on=on)
    if regime.value == _BY_FIELD:
        degree = facts.field.value
        months = minimum.get(degree, minimum[Field.GENERAL.value])
        longest = (
            maximum["criticism" if facts.simplified else facts.measure.value]
            if (facts.simplified or facts.measure.value in maximum)
            else maximum["other"]
        )
    else:
        degree = severity(facts, on)
        months, longest = minimum[degree], maximum[degree]
    return Terms(
        regime=str(regime.value),
        in_force_from=regime.effective_from,
        basis=regime.basis,
        degree=degree,
        minimum_months=months,
        maximum_months=None if facts.measure in {Measure.ORDER, Measure.PENDING} else longest,
        excluded=facts.measure.value in parameters.value("repair.excluded_measures", list[str], on=on),
        conditions=tuple(parameters.value("repair.conditions", list[Condition], on=on)),
        papers=tuple(parameters.value("repair.documents", list[PaperKind], on=on)),
    )


def severity(facts: Facts, on: dt.date) -> str:
    """The degree of dishonesty of a measure: light for what 简易程序 decided, moderate for an undecided case."""
    table = parameters.value("repair.severity", dict[str, str], on=on)
    return "light" if facts.simplified else table.get(facts.measure.value, "moderate")


def earliest(facts: Facts, on: dt.date) -> dt.date | None:
    """The first day for an application under the regime of a day; None while publicity has not begun.

    A period of months ends with the corresponding day (民法典第二百零二条), so the day after it is the first. Without
    a minimum it is the day on which the duties were done; None while they are not.
    """
    asked = terms(facts, on)
    if asked.minimum_months == 0:
        return facts.performed_on
    if facts.published_on is None:
        return None
    return months_later(facts.published_on, asked.minimum_months) + _ONE_DAY


def publicity_ends(facts: Facts, on: dt.date) -> dt.date | None:
    """The last day of publicity under the regime of a day, without any repair; None where it has no end of its own."""
    longest = terms(facts, on).maximum_months
    if longest is None or facts.published_on is None:
        return None
    return months_later(facts.published_on, longest)


def missing_papers(asked: Terms, papers: Collection[Paper]) -> tuple[PaperKind, ...]:
    """The papers that an application still lacks, in the regime's order."""
    given = {paper.kind for paper in papers if paper.reference.strip()}
    return tuple(kind for kind in asked.papers if kind not in given)


def obstacles_to_applying(facts: Facts, papers: Collection[Paper], on: dt.date) -> list[Obstacle]:
    """What stands against handing an application in on a day; empty where nothing does."""
    asked = terms(facts, on)
    found = []
    if facts.measure is Measure.PENDING:
        found.append(_obstacle(asked, "repair-decided-first", "该案件尚未作出处理决定。", "请在处理决定作出后再申请。"))
    if asked.excluded:
        found.append(_obstacle(asked, "repair-measure-excluded", "该类处罚不适用提前停止公示。", _until(facts, on)))
    first = earliest(facts, on)
    if asked.minimum_months and (first is None or on < first):
        months = f"最短公示期为 {asked.minimum_months} 个月"
        when = f"最早可于 {first.isoformat()} 申请。" if first else "该记录尚未公示，公示期从公示之日起算。"
        found.append(_obstacle(asked, "repair-minimum-publicity", f"{months}，尚未届满。", when))
    lacking = missing_papers(asked, papers)
    if lacking:
        names = "、".join(f"《{PAPER_TEXT[kind]}》" for kind in lacking)
        basis = parameters.parameter("repair.documents", on=on).basis
        found.append(
            Obstacle(
                rule="repair-papers", message=f"申请材料不齐，缺少{names}。", basis=basis, remedy=f"请补交{names}。"
            )
        )
    return found + unmet_conditions(facts, on, confirmed=frozenset(Condition))


def unmet_conditions(facts: Facts, on: dt.date, confirmed: Collection[Condition]) -> list[Obstacle]:
    """The conditions of the regime of a day that are not met: looked up here, or not confirmed by whoever decides."""
    basis = parameters.parameter("repair.conditions", on=on).basis
    met = {
        Condition.DUTIES_DONE: facts.performed_on is not None and facts.performed_on <= on,
        Condition.NO_REPEAT: not facts.repeated,
        Condition.COMMITMENT: facts.commitment,
        Condition.HARM_REMOVED: Condition.HARM_REMOVED in confirmed,
        Condition.NOT_LISTED: Condition.NOT_LISTED in confirmed,
    }
    return [
        Obstacle(
            rule=f"repair-{condition.value.replace('_', '-')}",
            message=f"不符合条件：{CONDITION_TEXT[condition]}。",
            basis=basis,
            remedy="条件具备后可以再次申请。",
        )
        for condition in terms(facts, on).conditions
        if not met[condition]
    ]


def against_granting(
    facts: Facts, papers: Collection[Paper], confirmed: Collection[Condition], *, applied: dt.date, decided: dt.date
) -> tuple[dt.date, list[Obstacle]]:
    """The day whose regime judges, and what stands against the repair under it; an empty list grants.

    Judged as of the day of application; an application that a change of regime overtook is granted where either regime
    grants it, the new one as of the day of the decision.
    """
    days = [applied]
    if terms(facts, applied).in_force_from != terms(facts, decided).in_force_from:
        days.append(decided)
    judged = [(day, _against(facts, papers, confirmed, day)) for day in days]
    return next(((day, found) for day, found in judged if not found), judged[0])


def _against(facts: Facts, papers: Collection[Paper], confirmed: Collection[Condition], day: dt.date) -> list[Obstacle]:
    conditions = {f"repair-{condition.value.replace('_', '-')}" for condition in Condition}
    formal = [one for one in obstacles_to_applying(facts, papers, day) if one.rule not in conditions]
    return formal + unmet_conditions(facts, day, confirmed)


def decision_due(applied: dt.date, calendar: Calendar) -> Deadline:
    """The last working day for the decision on an application."""
    return calendar.add(applied, parameters.whole("repair.decide_working_days", on=applied))


def sharing_due(decided: dt.date, calendar: Calendar) -> Deadline:
    """The last working day on which the result must have been shared and publication must have stopped."""
    return calendar.add(decided, parameters.whole("repair.share_working_days", on=decided))


def _until(facts: Facts, on: dt.date) -> str:
    last = publicity_ends(facts, on)
    return f"公示至 {last.isoformat()} 届满后自动停止。" if last else "公示期届满后自动停止。"


def _obstacle(asked: Terms, rule: str, message: str, remedy: str) -> Obstacle:
    return Obstacle(rule=rule, message=message, basis=asked.basis, remedy=remedy)
