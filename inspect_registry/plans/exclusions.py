"""Who is kept out of a draw, and which matters are kept out of a check: the rules against repeating.

| reason | rule | source |
|---|---|---|
| `drawn-earlier` | 同一任务本年度已抽中的不再抽 | 优化营商环境条例第五十四条 |
| `cap-reached` | 本部门对该企业的计划检查已达年度上限 | 国办发〔2024〕54号 |
| `superior-inspected` | 上级已检查的同一事项，三个月内下级不重复检查 | 食品生产经营监督检查管理办法第四十二条 |
| `quiet-enterprise` | 列入无感监管名单的企业，不安排计划内现场检查 | 国市监信发〔2022〕6号 |
| `quiet-matter` | 列入无事不扰清单的事项，不安排计划内现场检查 | 国办发〔2024〕54号 |
| `off-site-sufficient` | 非现场结果充分且仍有效的，不入企现场检查 | 上海市优化营商环境条例第六十九条 |
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from inspect_registry.catalogue.model import Level, Matter, MatterId
from inspect_registry.enterprises.model import Candidate, EnterpriseId
from inspect_registry.history.model import Fact
from inspect_registry.plans.draw import Exclusion
from inspect_registry.workdays import months_later

DRAWN_EARLIER = "drawn-earlier"
CAP_REACHED = "cap-reached"
SUPERIOR_INSPECTED = "superior-inspected"
OFF_SITE_SUFFICIENT = "off-site-sufficient"
QUIET_ENTERPRISE = "quiet-enterprise"
QUIET_MATTER = "quiet-matter"
BARRED = {
    DRAWN_EARLIER: ("本年度同一任务已经抽中过该对象", "《优化营商环境条例》第五十四条"),
    CAP_REACHED: (
        "本部门对该企业的计划检查已达年度上限",
        "《国务院办公厅关于严格规范涉企行政检查的意见》（国办发〔2024〕54号）：公布年度频次上限",
    ),
    SUPERIOR_INSPECTED: (
        "上级三个月内已检查同一事项，下级不重复检查",
        "《食品生产经营监督检查管理办法》第四十二条",
    ),
    OFF_SITE_SUFFICIENT: ("非现场检查结果充分且仍有效，不入企现场检查", "《上海市优化营商环境条例》第六十九条"),
    QUIET_ENTERPRISE: ("该企业在“无感监管”对象清单中，不安排计划内现场检查", "国市监信发〔2022〕6号"),
    QUIET_MATTER: (
        "该事项在“无事不扰”事项清单中，不安排计划内现场检查",
        "《国务院办公厅关于严格规范涉企行政检查的意见》（国办发〔2024〕54号）",
    ),
}
"""What each reason says to people, with its source."""
_RANK = {Level.TOWN: 0, Level.DISTRICT: 1, Level.CITY: 2}


class Repeating(msgspec.Struct, frozen=True, kw_only=True):
    """What is known when a task's pool is made for a month."""

    starts: dt.date
    """First day of the month's window."""
    level: Level
    """Of the department that inspects."""
    onsite: bool
    superior_months: int
    off_site_days: int
    overridden: bool
    """The department has given a reason for coming on site although off-site results would do."""


def superiors(level: Level) -> tuple[Level, ...]:
    """Return the levels above one."""
    return tuple(one for one in Level if _RANK[one] > _RANK[level])


def since(known: Repeating) -> dt.date:
    """Return the earliest day of a fact that any rule here looks at."""
    return min(
        months_before(known.starts, known.superior_months), known.starts - dt.timedelta(days=known.off_site_days)
    )


def months_before(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months earlier, or that month's last day."""
    return months_later(day, -months)


def blocked_matters(
    matters: Sequence[Matter], facts: Iterable[Fact], known: Repeating
) -> dict[EnterpriseId, dict[MatterId, str]]:
    """Say which matters may not be checked at which enterprises, each with its reason."""
    by_code = {matter.code: matter for matter in matters}
    superior_since = months_before(known.starts, known.superior_months)
    off_site_since = known.starts - dt.timedelta(days=known.off_site_days)
    blocked: dict[EnterpriseId, dict[MatterId, str]] = {}
    for fact in facts:
        matter = by_code.get(fact.matter_code)
        if matter is None or fact.day >= known.starts:
            continue
        reason = ""
        if _RANK[fact.level] > _RANK[known.level] and fact.day > superior_since:
            reason = SUPERIOR_INSPECTED
        elif (
            known.onsite
            and not known.overridden
            and matter.offsite_possible
            and not fact.onsite
            and fact.sufficient
            and fact.day > off_site_since
        ):
            reason = OFF_SITE_SUFFICIENT
        if reason:
            blocked.setdefault(fact.enterprise, {}).setdefault(matter.id, reason)
    return blocked


def parted(
    candidates: Sequence[Candidate],
    matters: Collection[MatterId],
    *,
    earlier: Collection[EnterpriseId],
    planned: Mapping[EnterpriseId, int],
    cap: int,
    blocked: Mapping[EnterpriseId, Mapping[MatterId, str]],
    quiet: Collection[EnterpriseId] = (),
    quiet_matters: Collection[MatterId] = (),
) -> tuple[list[Candidate], list[Exclusion]]:
    """Part candidates into the pool and the excluded; who has at least one matter left stays in the pool."""
    used_up = {enterprise for enterprise, number in planned.items() if number >= cap}
    asked = set(quiet) | set(earlier) | used_up | set(blocked)
    nobody = cap <= 0  # Whoever was never planned for is missing in `planned`, and still has no visit left.
    if not asked and not quiet_matters and not nobody:
        return list(candidates), []
    kept: list[Candidate] = []
    excluded: list[Exclusion] = []
    for candidate in candidates:
        enterprise = candidate.enterprise
        reason = None
        if quiet_matters or nobody or enterprise in asked:  # Hardly anybody of 300,000 is asked further.
            barred = dict.fromkeys(quiet_matters, QUIET_MATTER) | dict(blocked.get(enterprise, {}))
            if enterprise in quiet:
                reason = QUIET_ENTERPRISE
            elif enterprise in earlier:
                reason = DRAWN_EARLIER
            elif nobody or enterprise in used_up:
                reason = CAP_REACHED
            elif matters and all(matter in barred for matter in matters):
                reason = next(iter(barred.values()))
        if reason is None:
            kept.append(candidate)
        else:
            excluded.append(Exclusion(uid=candidate.uid, reason=reason))
    return kept, excluded
