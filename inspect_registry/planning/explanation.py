"""Why each visit was merged as it was, and why each unserved check was left: reasons as data with Chinese sentences."""

from collections import Counter

import msgspec

from .layout import (
    C_UNIT,
    CHECK_WIDTH,
    E_ACTIVE,
    E_BASE,
    E_UNITS,
    ENT_WIDTH,
    KIND_DESK,
    NOWHERE,
    S_DAY,
    S_FIRST,
    SLOT_WIDTH,
    U_COUNT,
    U_DAY,
    U_ENT,
    U_FIRST,
    U_KIND,
    U_OVER,
    U_SLOT,
    UNIT_WIDTH,
    Layout,
)
from .loading import lay_out
from .placing import free_slot, may_open
from .probes import (
    ALONE,
    BUSY,
    CAPS,
    DAY,
    DEPARTMENTS,
    MINUTES,
    UNQUALIFIED,
    blockers_with_own_people_free,
    join_blockers,
    shortfall,
)
from .problem import Check, Plan, PlannedVisit, Problem
from .relaxation import Relaxation, RelaxationSearch
from .situation import Situation
from .warm import adopt

MOST_HELD_OFF = 12
"""Of one visit; the nearest in time are told."""

FREE = ("S1",)


class HeldOff(msgspec.Struct, frozen=True, kw_only=True):
    """Another check of the same premises that is not in this visit, and the rules that kept it out."""

    check: int
    rules: tuple[str, ...]
    sentence: str


class VisitReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a visit holds what it holds."""

    visit: int
    checks: tuple[int, ...]
    sentence: str
    held_off: tuple[HeldOff, ...]


class UnservedReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a check is not served, and the smallest changes that together would serve it."""

    check: int
    rules: tuple[str, ...]
    sentence: str
    relaxations: tuple[Relaxation, ...]
    remedy: str


class Reasons(msgspec.Struct, frozen=True, kw_only=True):
    """All reasons of one plan."""

    visits: tuple[VisitReason, ...]
    unserved: tuple[UnservedReason, ...]


def explain(problem: Problem, plan: Plan) -> Reasons:
    """Give the reasons of every visit and of every unserved check of a lawful plan."""
    layout = lay_out(problem)
    adopt(layout, plan)
    return explain_with(Situation(problem, plan), layout)


def explain_with(situation: Situation, layout: Layout) -> Reasons:
    """Give the reasons of the plan that the layout holds; it holds the same plan afterwards."""
    return _Explainer(situation, layout).reasons()


class _Explainer:
    def __init__(self, situation: Situation, layout: Layout) -> None:
        self.s = situation
        self.layout = layout
        core = layout.core
        self.units = core.table("units", UNIT_WIDTH)
        self.ents = core.table("ents", ENT_WIDTH)
        self.slots = core.table("slots", SLOT_WIDTH)
        self.active = core.table("active")
        self.unit_of = dict(
            zip(layout.check_ids.tolist(), core.table("checks", CHECK_WIDTH)[:, C_UNIT].tolist(), strict=True)
        )
        self.search = RelaxationSearch(situation, layout)

    def reasons(self) -> Reasons:
        visits = tuple(self._visit(v) for v in self.s.visits)
        unserved_ids = {c.id for c in self.s.problem.checks} - self.s.placement_of.keys()
        units = sorted({self.unit_of[c] for c in unserved_ids})
        unserved = [reason for unit in units for reason in self._unserved(unit)]
        return Reasons(visits=visits, unserved=tuple(sorted(unserved, key=lambda r: r.check)))

    def _members(self, unit: int) -> tuple[Check, ...]:
        u = self.units[unit]
        ids = self.layout.check_ids[u[U_FIRST] : u[U_FIRST] + u[U_COUNT]].tolist()
        return tuple(self.s.checks[c] for c in ids)

    def _visit(self, visit: PlannedVisit) -> VisitReason:
        unit = self.unit_of[visit.checks[0]]
        slot, ent = int(self.units[unit, U_SLOT]), self.ents[self.units[unit, U_ENT]]
        own = {self.unit_of[c] for c in visit.checks}
        others = [
            int(u)
            for u in range(ent[E_BASE], ent[E_BASE] + ent[E_UNITS])
            if u not in own and self._is_onsite_and_served(u)
        ]
        others.sort(key=lambda u: (abs(int(self.units[u, U_DAY]) - visit.day), u))
        held = tuple(item for other in others[:MOST_HELD_OFF] for item in self._held_off(other, slot))
        return VisitReason(visit=visit.id, checks=visit.checks, sentence=self._merged(visit), held_off=held)

    def _is_onsite_and_served(self, unit: int) -> bool:
        return bool(self.units[unit, U_KIND] != KIND_DESK and self.units[unit, U_DAY] != NOWHERE)

    def _merged(self, visit: PlannedVisit) -> str:
        """Say what was put together and why this day."""
        checks = [self.s.checks[c] for c in visit.checks]
        departments = sorted(self.s.departments(visit))
        on = self._date(visit.day)
        if len(checks) == 1:
            sentence = f"{on}单独入企：检查 {checks[0].id}"
            return sentence + ("（须单独进行，不与其他检查合并）" if not checks[0].mergeable else "")
        start, end = max(c.start for c in checks), min(c.end for c in checks)
        joint = (
            f"{len(departments)} 个部门联合，部门 {visit.lead} 牵头"
            if len(departments) > 1
            else f"均属部门 {departments[0]}"
        )
        sentence = (
            f"{len(checks)} 项检查合并为{on}的一次入企（{joint}），共同时间窗为{self._date(start)}至{self._date(end)}"
        )
        if any(c.locked for c in checks):
            sentence += "，其中已锁定的检查决定了日期"
        if checks[0].bundle is not None and len({c.bundle for c in checks}) == 1:
            sentence += "，属同一一业一查组合"
        return sentence + f"，少入企 {len(checks) - 1} 次"

    def _held_off(self, unit: int, slot: int) -> tuple[HeldOff, ...]:
        """Ask, with the unit's own people free again, what keeps it out of the visit."""
        bits = int(blockers_with_own_people_free(*self.layout.core, unit, slot))
        rules, sentence = self._told(unit, bits, int(self.slots[slot, S_DAY]), closed=self._is_closed(slot))
        return tuple(
            HeldOff(check=c.id, rules=rules, sentence=f"检查 {c.id} 未并入：{sentence}") for c in self._members(unit)
        )

    def _is_closed(self, slot: int) -> bool:
        """Tell whether the visit was promised in just this company."""
        host = int(self.slots[slot, S_FIRST])
        return host != NOWHERE and any(c.closed for c in self._members(host))

    def _told(self, unit: int, bits: int, day: int, *, closed: bool) -> tuple[tuple[str, ...], str]:
        """Turn blockers into rule ids and one sentence; `closed` tells that the visit takes nobody in."""
        if bits == 0:
            return FREE, "可以并入，但不会减少入企次数"
        members = self._members(unit)
        parts: list[tuple[str, str]] = []
        if bits & DAY:
            parts += self._day_reasons(members, day)
        on = self._date(day)
        if bits & ALONE and (closed or any(c.closed for c in members)):
            parts.append(("H12", "其中一方已公布或者已答复，不再与其他检查合并"))
        elif bits & ALONE:
            parts.append(("H6", "其中一方须单独进行，不得合并"))
        if bits & DEPARTMENTS:
            parts.append(("H11", f"合并后超过 {self.s.problem.max_departments} 个部门"))
        if bits & MINUTES:
            parts.append(("H11", f"合并后有部门用时超过 {self.s.problem.max_visit_minutes} 分钟"))
        if bits & CAPS:
            parts.append(("H10", "计次入企次数已用完"))
        if bits & UNQUALIFIED:
            parts.append(("H8", f"{on}部门 {_departments(members)} 在岗且具备资格、无须回避的人员不足"))
        if bits & BUSY:
            parts.append(("H9", f"{on}部门 {_departments(members)} 有资格的人员已排满或在不相邻的片区"))
        return tuple(dict.fromkeys(rule for rule, _ in parts)), "；".join(text for _, text in parts)

    def _day_reasons(self, members: tuple[Check, ...], day: int) -> list[tuple[str, str]]:
        """Name the first check of the unit that may not stand on the day, and why."""
        on = self._date(day)
        for c in members:
            if c.locked and day != c.published_day:
                return [("H12", f"检查 {c.id} 已锁定在{self._date(c.published_day or 0)}")]
            if not max(c.start, 0) <= day <= c.end:
                return [("H2", f"{on}不在其时间窗{self._date(c.start)}至{self._date(c.end)}内")]
            if day in self.s.nonwork:
                return [("H3", f"{on}是非工作日")]
            if c.onsite and not c.exempt and day in self.s.quiet:
                return [("H4", f"{on}在安静期内，检查 {c.id} 未获豁免")]
            if not self.s.is_open(c.premises, day):
                return [("H5", f"场所 {c.premises} {on}不营业")]
        return []

    def _unserved(self, unit: int) -> list[UnservedReason]:
        members = self._members(unit)
        days = [d for d in self.s.window(members) if self.s.unit_allowed(members, d)]
        rules, sentence = self._blocked(unit, members, days) if days else self._impossible(members)
        relaxations = self.search.smallest(unit, members)
        remedy = "；并且".join(r.sentence for r in relaxations) or "没有单一措施可以安排，请拆分检查或组合"
        return [
            UnservedReason(
                check=c.id,
                rules=rules,
                sentence=f"检查 {c.id} 未列入：{sentence}",
                relaxations=relaxations,
                remedy=remedy,
            )
            for c in members
        ]

    def _impossible(self, members: tuple[Check, ...]) -> tuple[tuple[str, ...], str]:
        causes: Counter[str] = Counter(
            rule for d in self.s.window(members) for rule, _ in self._day_reasons(members, d)[:1]
        )
        if not causes:
            return ("H2",), "时间窗为空（组合内各检查的时间窗没有交集，或超出计划期）"
        told = "、".join(f"{n} 天因{NAMES[rule]}" for rule, n in sorted(causes.items()))
        return tuple(sorted(causes, key=_rule_number)), f"时间窗内没有可行日：{told}"

    def _blocked(self, unit: int, members: tuple[Check, ...], days: list[int]) -> tuple[tuple[str, ...], str]:
        """Count for each allowed day what is in the way of a visit of its own and of joining one."""
        if self.units[unit, U_OVER] == 2:
            return ("H11",), f"组合涉及的部门超过 {self.s.problem.max_departments} 个"
        causes: Counter[str] = Counter()
        open_allowed = self.units[unit, U_KIND] == KIND_DESK or bool(may_open(self.layout.core.m, unit))
        for day in days:
            causes.update(self._rules_against(unit, day, open_allowed=open_allowed))
        told = "；".join(f"{n} 天因{NAMES[rule]}" for rule, n in sorted(causes.items(), key=lambda item: -item[1]))
        rules = tuple(sorted(causes, key=_rule_number))
        return rules, f"时间窗内有 {len(days)} 个可行日，{told}（部门 {_departments(members)}）"

    def _rules_against(self, unit: int, day: int, *, open_allowed: bool) -> set[str]:
        core, u = self.layout.core, self.units[unit]
        rules: set[str] = set()
        if open_allowed:
            slot = NOWHERE if u[U_KIND] == KIND_DESK else int(free_slot(core.m, u[U_ENT]))
            rules |= _rules_of(int(shortfall(*core, unit, slot, day)))
        else:
            rules.add("H10")
        ent = self.ents[u[U_ENT]]
        for other in self.active[ent[E_BASE] : ent[E_BASE] + ent[E_ACTIVE]].tolist():
            if u[U_KIND] != KIND_DESK and self.slots[other, S_DAY] == day:
                against = _rules_of(int(join_blockers(*core, unit, other)))
                rules |= {"H12" if rule == "H6" else rule for rule in against} if self._is_closed(other) else against
        return rules

    def _date(self, day: int) -> str:
        on = self.s.problem.date_of(day)
        return f"{on.month}月{on.day}日"


NAMES = {
    "H2": "时间窗",
    "H3": "非工作日",
    "H4": "安静期",
    "H5": "不营业",
    "H6": "须单独进行",
    "H8": "在岗且有资格的人员不足",
    "H9": "有资格的人员已排满或在不相邻的片区",
    "H10": "计次上限已用完",
    "H11": "联合检查规模已满",
    "H12": "当日的检查已公布或者已答复、不再加入其他检查",
}
_BITS = (
    (DAY, "H2"),
    (ALONE, "H6"),
    (DEPARTMENTS, "H11"),
    (MINUTES, "H11"),
    (CAPS, "H10"),
    (UNQUALIFIED, "H8"),
    (BUSY, "H9"),
)


def _rules_of(bits: int) -> set[str]:
    return {rule for bit, rule in _BITS if bits & bit}


def _rule_number(rule: str) -> int:
    return int(rule[1:])


def _departments(members: tuple[Check, ...]) -> str:
    return "、".join(str(d) for d in sorted({c.department for c in members}))
