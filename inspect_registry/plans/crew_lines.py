"""Who may be drawn to inspect whom: the roster of a department, and what keeps an inspector from an enterprise. Pure.

| reason | rule | source |
|---|---|---|
| `certificate-invalid` | 执法证在检查期内无效或已停用的不参加选派 | 《中华人民共和国行政处罚法》第四十二条 |
| `on-leave` | 检查期内每个工作日都离岗的不参加选派 | 本系统设计 |
| `recused` | 须回避的不选派 | 《中华人民共和国行政处罚法》第四十三条 |
| `last-time` | 上一次检查过该企业的不连续选派 | 《优化营商环境条例》第五十四条 |
"""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from inspect_registry.catalogue.model import MatterId
from inspect_registry.enterprises.model import EnterpriseId
from inspect_registry.inspectors.model import Inspector, InspectorId
from inspect_registry.plans.crew_draw import Line, Member
from inspect_registry.plans.crew_store import CrewCheck
from inspect_registry.plans.draw import Exclusion
from inspect_registry.workdays import Calendar

CERTIFICATE_INVALID = "certificate-invalid"
ON_LEAVE = "on-leave"
RECUSED = "recused"
LAST_TIME = "last-time"
Span = tuple[dt.date, dt.date]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a department's inspectors when their draw is committed."""

    inspectors: Sequence[Inspector]
    certified: Mapping[InspectorId, Collection[MatterId]]
    leave: Mapping[InspectorId, Sequence[Span]]
    """Absences, both days included."""
    recused: Mapping[EnterpriseId, Collection[InspectorId]]
    last_there: Mapping[EnterpriseId, Collection[int]]
    """Empty where rotation is not asked for."""
    calendar: Calendar
    least: int
    """Fewest inspectors of any inspection."""


def members(known: Known, checks: Iterable[CrewCheck]) -> list[Member]:
    """Return everybody of the department with the asked matters he is certified for."""
    code_of = {matter: code for check in checks for matter, code in zip(check.matters, check.codes, strict=True)}
    return [
        Member(
            inspector=one.uid,
            matters=tuple(sorted(code_of[matter] for matter in known.certified.get(one.id, ()) if matter in code_of)),
        )
        for one in known.inspectors
    ]


def away(known: Known, checks: Sequence[CrewCheck]) -> list[Exclusion]:
    """Return who can be drawn for none of the checks, whatever the enterprise."""
    spans = {(check.starts, check.ends) for check in checks}
    reasons = ((one, {_absent(known, one, span) for span in spans}) for one in known.inspectors)
    return [Exclusion(uid=one.uid, reason=min(why)) for one, why in reasons if spans and "" not in why]


def lines(known: Known, checks: Sequence[CrewCheck]) -> list[Line]:
    """Make the lines: one for an enterprise, so that one knock takes one crew.

    Where too few are certified for all its matters together, one for each set of matters.
    """
    gone = {exclusion.uid for exclusion in away(known, checks)}
    by_enterprise: dict[EnterpriseId, list[CrewCheck]] = defaultdict(list)
    for check in checks:
        by_enterprise[check.enterprise].append(check)
    made: list[Line] = []
    for own in by_enterprise.values():
        whole = _line(known, own, gone)
        if len(own) > 1 and _able(known, own, whole, gone) < whole.wanted:
            apart: dict[tuple[str, ...], list[CrewCheck]] = defaultdict(list)
            for check in own:
                apart[tuple(sorted(check.codes))].append(check)
            made += [_line(known, group, gone) for group in apart.values()]
        else:
            made.append(whole)
    return made


def fair_share(wanted: Sequence[Line], people: int, level: float) -> int:
    """Return how many lines one person takes at most: the average, and so much above it."""
    return max(1, math.ceil(sum(line.wanted for line in wanted) * level / max(1, people)))


def line_of(check: CrewCheck, crews: Mapping[str, Sequence[tuple[str, ...]]]) -> tuple[str, ...] | None:
    """Return the matters of the line that a check belongs to: its own set, or the one that holds it."""
    offered = crews.get(check.uid, ())
    own = tuple(sorted(check.codes))
    if own in offered:
        return own
    return next((matters for matters in offered if set(own) <= set(matters)), None)


def _line(known: Known, checks: Sequence[CrewCheck], gone: Collection[str]) -> Line:
    enterprise = checks[0].enterprise
    span = (min(check.starts for check in checks), max(check.ends for check in checks))
    reasons = {
        one.uid: _absent(known, one, span)
        or (RECUSED if one.id in known.recused.get(enterprise, ()) else "")
        or (LAST_TIME if one.id in known.last_there.get(enterprise, ()) else "")
        for one in known.inspectors
    }
    return Line(
        enterprise=checks[0].uid,
        matters=tuple(sorted({code for check in checks for code in check.codes})),
        wanted=max(known.least, *(check.wanted for check in checks)),
        excluded=tuple(
            Exclusion(uid=uid, reason=reason) for uid, reason in reasons.items() if reason and uid not in gone
        ),
    )


def _able(known: Known, checks: Sequence[CrewCheck], line: Line, gone: Collection[str]) -> int:
    barred = {exclusion.uid for exclusion in line.excluded} | set(gone)
    asked = {matter for check in checks for matter in check.matters}
    return sum(one.uid not in barred and asked <= set(known.certified.get(one.id, ())) for one in known.inspectors)


def _absent(known: Known, one: Inspector, span: Span) -> str:
    """Say why an inspector cannot go in a span of days at all; empty where he can on some working day."""
    first, last = span
    if not (one.certified_on(first) and one.certified_on(last)):
        return CERTIFICATE_INVALID
    spans = known.leave.get(one.id, ())
    days = known.calendar.workdays(first, last) if spans else []
    if days and all(any(begins <= day <= ends for begins, ends in spans) for day in days):
        return ON_LEAVE
    return ""
