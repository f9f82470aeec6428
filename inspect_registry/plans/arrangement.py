"""How often and in what manner a task's objects are to be checked by 企业信用风险分类 and risk of its matters. Pure.

Advice for the inside (上海市优化营商环境条例第七十条): how many checks a year the table in force asks for, class by
class, beside what the task plans. It decides nothing about anybody: what follows from a class for one enterprise is
its weight in a draw, because an exclusion by class would stand in a published proof and tell the class.
"""

import datetime as dt
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

import msgspec

from inspect_registry import rules
from inspect_registry.enterprises.model import CreditRiskClass, EnterpriseId

UNCLASSED = CreditRiskClass.B
"""Who has no class counts as 一般."""


class Manner(StrEnum):
    """Which way of checking is preferred for a class."""

    OFF_SITE = "off_site"
    EITHER = "either"
    ON_SITE = "on_site"


class ClassLine(msgspec.Struct, frozen=True, kw_only=True):
    """What the tables say of one class among a task's objects."""

    credit_class: CreditRiskClass
    enterprises: int
    weight: float
    """In draws."""
    times: Decimal
    """Checks a year of each."""
    manner: Manner
    remarks: list[str]
    """What of the task does not fit; Chinese."""


class Arrangement(msgspec.Struct, frozen=True, kw_only=True):
    """A task beside what the tables ask for; internal like the class."""

    key_risk: bool
    """A matter of the task is 重点风险."""
    basis: str
    sample: bool
    """A number of the tables was not verified."""
    lines: list[ClassLine]
    asked: int
    """Checks a year by the table of frequencies."""
    planned: int
    """Checks a year by the task itself."""


def arranged(
    everybody: Sequence[EnterpriseId],
    classes: Mapping[EnterpriseId, CreditRiskClass],
    lightened: Collection[EnterpriseId],
    *,
    on: dt.date,
    key_risk: bool,
    onsite: bool,
    cap: int,
    planned: int,
) -> Arrangement:
    """Put a task's objects, counted by class, beside the tables in force on a day. Raises ParameterNotInForce.

    Whose class rests on a record repaired since (`lightened`) counts as having none where that weighs less.
    """
    of = "key" if key_risk else "general"
    names = f"credit.frequency.{of}", f"credit.mode.{of}", f"credit.draw.weight.{of}"
    times = rules.value(names[0], dict[str, float], on=on)
    manners = rules.value(names[1], dict[str, str], on=on)
    weights = rules.value(names[2], dict[str, float], on=on)
    known = (classes.get(one, UNCLASSED) for one in everybody if one not in lightened)
    rested = (classes.get(one, UNCLASSED) for one in everybody if one in lightened)
    counts = Counter(known)
    counts.update(min(one, UNCLASSED, key=lambda each: weights[each.value]) for one in rested)
    lines = [
        ClassLine(
            credit_class=one,
            enterprises=counts[one],
            weight=weights[one.value],
            times=Decimal(str(times[one.value])),
            manner=Manner(manners[one.value]),
            remarks=_remarks(Manner(manners[one.value]), Decimal(str(times[one.value])), onsite=onsite, cap=cap),
        )
        for one in CreditRiskClass
    ]
    used = [rules.parameter(name, on=on) for name in names]
    return Arrangement(
        key_risk=key_risk,
        basis=used[0].basis,
        sample=any(one.sample for one in used),
        lines=lines,
        asked=math.ceil(sum(line.enterprises * line.times for line in lines)),
        planned=planned,
    )


def _remarks(manner: Manner, times: Decimal, *, onsite: bool, cap: int) -> list[str]:
    found = []
    if onsite and manner is Manner.OFF_SITE:
        found.append("宜优先采用非现场检查，该任务为现场检查")
    if not onsite and manner is Manner.ON_SITE:
        found.append("宜采用现场检查，该任务为非现场检查")
    if times > cap:
        found.append(f"安排 {times} 次/年，高于该任务的上限 {cap} 次/年")
    return found
