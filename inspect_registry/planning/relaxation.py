"""The smallest change of the problem that would let an unserved check be served."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

import msgspec

from .layout import (
    C_DEPT,
    C_MINUTES,
    CHECK_WIDTH,
    E_ACTIVE,
    E_BASE,
    ENT_WIDTH,
    KIND_DESK,
    NOWHERE,
    S_DAY,
    SLOT_WIDTH,
    T_KEYS,
    U_COUNT,
    U_ENT,
    U_FIRST,
    U_KIND,
    U_OVER,
    UNIT_WIDTH,
    Layout,
)
from .placing import free_slot
from .probes import DAY, department_visits_short, shortfall, total_cap_used_up, visit_blockers
from .problem import Check, Inspector, Problem
from .situation import Situation

# Prices order the changes from easy to hard; they are compared, never added to the plan's cost.
PRICE_PERSON = 5
PRICE_WINDOW = 3  # And one more for each day.
PRICE_CAP = 8
PRICE_QUIET = 12
DAYS_NAMED = 5


class Kind(StrEnum):
    """What is changed."""

    CAP_DEPARTMENT = "cap-department"
    CAP_TOTAL = "cap-total"
    PEOPLE = "people"
    QUIET = "quiet"
    WINDOW = "window"


class Relaxation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change; all changes of a list together serve the check."""

    kind: Kind
    sentence: str
    checks: tuple[int, ...] = ()
    """WINDOW, QUIET: the checks whose window or exemption changes."""
    start: int | None = None
    end: int | None = None
    """WINDOW: the new window."""
    premises: int | None = None
    department: int | None = None
    matters: tuple[int, ...] = ()
    """PEOPLE: what the further inspectors must be certified for."""
    days: tuple[int, ...] = ()
    """PEOPLE: days on any one of which they would help."""
    count: int = 1


def relax(problem: Problem, relaxations: Iterable[Relaxation]) -> Problem:
    """Return the problem with all changes made; further inspectors are there on the first named day only."""
    for change in relaxations:
        problem = _relaxed(problem, change)
    return problem


def _relaxed(problem: Problem, change: Relaxation) -> Problem:
    replace = msgspec.structs.replace
    if change.kind is Kind.PEOPLE:
        first = max((i.id for i in problem.inspectors), default=0) + 1
        off = tuple(d for d in range(problem.horizon) if d != change.days[0])
        people = tuple(
            Inspector(id=first + k, department=change.department or 0, matters=change.matters, off_days=off)
            for k in range(change.count)
        )
        return replace(problem, inspectors=problem.inspectors + people)
    if change.kind in (Kind.WINDOW, Kind.QUIET):
        fields = {"start": change.start, "end": change.end} if change.kind is Kind.WINDOW else {"exempt": True}
        return replace(
            problem, checks=tuple(replace(c, **fields) if c.id in change.checks else c for c in problem.checks)
        )
    by_total, by_department = (change.count, 0) if change.kind is Kind.CAP_TOTAL else (0, change.count)
    premises = tuple(
        replace(p, cap_total=p.cap_total + by_total, cap_department=p.cap_department + by_department)
        if p.id == change.premises
        else p
        for p in problem.premises
    )
    return replace(problem, premises=premises)


class _Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way to serve a unit: a day and what must change for it."""

    day: int
    price: int
    quiet: bool
    cap_total: bool
    cap_short: int
    cap_departments: tuple[int, ...]
    people: tuple[tuple[int, int, tuple[int, ...]], ...]
    """Department, how many, certified for which matters."""


class RelaxationSearch:
    """Looks for the cheapest change for unserved units of one finished plan, which `layout` holds."""

    def __init__(self, situation: Situation, layout: Layout) -> None:
        self.s = situation
        self.layout = layout
        core = layout.core
        self.units = core.table("units", UNIT_WIDTH)
        self.checks = core.table("checks", CHECK_WIDTH)
        self.ents = core.table("ents", ENT_WIDTH)
        self.slots = core.table("slots", SLOT_WIDTH)
        self.active = core.table("active")

    def smallest(self, unit: int, members: tuple[Check, ...]) -> tuple[Relaxation, ...]:
        """Return the cheapest list of changes, empty when no single day can be made to work."""
        if self.units[unit, U_OVER] == 2 or self.s.problem.visits_per_inspector_day == 0:
            return ()
        start, end = max(c.start for c in members), min(c.end for c in members)
        best: list[_Way] = []
        for distance, day in sorted((max(start - d, d - end, 0), d) for d in range(self.s.problem.horizon)):
            price = PRICE_WINDOW + distance if distance else 0
            if best and price > best[0].price:
                break
            way = self._way(unit, members, day, price)
            if way is not None and (not best or way.price < best[0].price):
                best = [way]
            elif way is not None and not distance and way.price == best[0].price:
                best.append(way)
        return self._as_relaxations(best, members, start, end) if best else ()

    def _way(self, unit: int, members: tuple[Check, ...], day: int, price: int) -> _Way | None:
        """Return what this day would need, None when no change that we offer is enough."""
        if day in self.s.nonwork or not self.s.is_open(members[0].premises, day):
            return None
        desk = self.units[unit, U_KIND] == KIND_DESK
        quiet = day in self.s.quiet and not desk and not all(c.exempt for c in members)
        price += PRICE_QUIET * quiet
        joined = [self._people(unit, slot, day) for slot in self._visits_that_take(unit, day)]
        found = min((people for people in joined if people is not None), key=_price_of, default=None)
        new = NOWHERE if desk else int(free_slot(self.layout.core.m, self.units[unit, U_ENT]))
        opened = self._people(unit, new, day)
        total, short, departments = self._caps(unit) if not quiet and not desk else (False, 0, ())
        cap_price = PRICE_CAP * (total + short)
        if opened is None and found is None:
            return None
        if opened is None or (found is not None and _price_of(found) <= _price_of(opened) + cap_price):
            return _Way(
                day=day,
                price=price + _price_of(found or ()),
                quiet=quiet,
                cap_total=False,
                cap_short=0,
                cap_departments=(),
                people=found or (),
            )
        price += _price_of(opened) + cap_price
        return _Way(
            day=day,
            price=price,
            quiet=quiet,
            cap_total=total,
            cap_short=short,
            cap_departments=departments,
            people=opened,
        )

    def _visits_that_take(self, unit: int, day: int) -> list[int]:
        """Return the visits of that day that the unit could join if it had the day and the people."""
        ent = self.ents[self.units[unit, U_ENT]]
        slots = self.active[ent[E_BASE] : ent[E_BASE] + ent[E_ACTIVE]].tolist()
        return [
            slot
            for slot in slots
            if self.slots[slot, S_DAY] == day and visit_blockers(*self.layout.core, unit, slot) & ~DAY == 0
        ]

    def _caps(self, unit: int) -> tuple[bool, int, tuple[int, ...]]:
        """Return whether the total cap is short, by how many the department cap is short, and for which departments."""
        core, first = self.layout.core, int(self.units[unit, U_FIRST])
        short: dict[int, int] = {}
        for check in range(first, first + int(self.units[unit, U_COUNT])):
            lacking = int(department_visits_short(core.m, unit, check))
            if lacking:
                short[int(self.layout.department_ids[self.checks[check, C_DEPT]])] = lacking
        return bool(total_cap_used_up(core.m, unit)), max(short.values(), default=0), tuple(sorted(short))

    def _people(self, unit: int, slot: int, day: int) -> tuple[tuple[int, int, tuple[int, ...]], ...] | None:
        """Return the further people that would be needed, None when a check is longer than anybody's day."""
        core, problem = self.layout.core, self.s.problem
        if not shortfall(*core, unit, slot, day):
            return ()
        first = int(self.units[unit, U_FIRST])
        missing: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        overhead = 0 if slot == NOWHERE else problem.visit_overhead
        for k in range(int(self.units[unit, U_COUNT])):
            lacking = int(core.t[T_KEYS + k])
            minutes = int(self.checks[first + k, C_MINUTES])
            if lacking and minutes + overhead > problem.day_minutes:
                return None
            if lacking:
                check = self.s.checks[int(self.layout.check_ids[first + k])]
                missing[check.department].append((lacking, minutes, check.matter))
        needs = []
        for department, rows in sorted(missing.items()):
            one_team = sum(minutes for _, minutes, _ in rows) + overhead <= problem.day_minutes
            count = max(n for n, _, _ in rows) if one_team else sum(n for n, _, _ in rows)
            needs.append((department, count, tuple(sorted({matter for _, _, matter in rows}))))
        return tuple(needs)

    def _as_relaxations(
        self, ways: list[_Way], members: tuple[Check, ...], start: int, end: int
    ) -> tuple[Relaxation, ...]:
        way = ways[0]
        ids, premises = tuple(c.id for c in members), members[0].premises
        name = "、".join(map(str, ids))
        changes: list[Relaxation] = []
        if not start <= way.day <= end:
            shift, new = ("延后", way.day - end) if way.day > end else ("提前", start - way.day)
            changes.append(
                Relaxation(
                    kind=Kind.WINDOW,
                    checks=ids,
                    start=min(start, way.day),
                    end=max(end, way.day),
                    sentence=f"检查 {name} 的时间窗{shift} {new} 天（至 {self._date(way.day)}）",
                )
            )
        if way.quiet:
            sentence = f"允许检查 {name} 在安静期的 {self._date(way.day)} 进行"
            changes.append(Relaxation(kind=Kind.QUIET, checks=ids, days=(way.day,), sentence=sentence))
        if way.cap_total:
            changes.append(
                Relaxation(kind=Kind.CAP_TOTAL, premises=premises, sentence=f"场所 {premises} 的计次入企上限增加 1 次")
            )
        if way.cap_short:
            named = "、".join(map(str, way.cap_departments))
            sentence = f"部门 {named} 对场所 {premises} 的入企上限增加 {way.cap_short} 次"
            department = way.cap_departments[0]
            kind = Kind.CAP_DEPARTMENT
            changes.append(
                Relaxation(kind=kind, premises=premises, department=department, count=way.cap_short, sentence=sentence)
            )
        days = tuple(w.day for w in ways if w.people == way.people)
        changes += [self._people_change(department, count, matters, days) for department, count, matters in way.people]
        return tuple(changes)

    def _people_change(
        self, department: int, count: int, matters: tuple[int, ...], days: tuple[int, ...]
    ) -> Relaxation:
        named = "、".join(self._date(d) for d in days[:DAYS_NAMED]) + (" 等日" if len(days) > DAYS_NAMED else "")
        choice = "之一" if len(days) > 1 else ""
        what = "、".join(map(str, matters))
        sentence = f"{named}{choice}，部门 {department} 增加 {count} 名具备事项 {what} 资格的执法人员"
        return Relaxation(
            kind=Kind.PEOPLE, department=department, matters=matters, days=days, count=count, sentence=sentence
        )

    def _date(self, day: int) -> str:
        on = self.s.problem.start_date + timedelta(days=day)
        return f"{on.month}月{on.day}日"


def _price_of(people: tuple[tuple[int, int, tuple[int, ...]], ...]) -> int:
    return sum(PRICE_PERSON * count for _, count, _ in people)
