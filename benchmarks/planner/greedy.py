"""What one would write in an afternoon: checks by urgency, into the first visit of the premises that takes them, else
on the day that suits most checks there and where the department is least booked, with the nearest people.
"""

from collections import Counter, defaultdict

from inspect_registry.planning.extraction import leading_department
from inspect_registry.planning.problem import Check, Placement, Plan, Problem
from inspect_registry.planning.situation import Situation


class _Visit:
    def __init__(self, number: int, day: int) -> None:
        self.number = number
        self.day = day
        self.checks: list[Check] = []


class _Greedy:
    def __init__(self, problem: Problem) -> None:
        self.p = problem
        self.s = Situation(problem, Plan())
        self.minutes: dict[tuple[int, int], int] = defaultdict(int)
        self.going: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)  # inspector and day: visit, zone
        self.visits: dict[int, list[_Visit]] = defaultdict(list)
        self.able: dict[tuple[int, int], list[int]] = defaultdict(list)
        for inspector in problem.inspectors:
            for matter in inspector.matters:
                self.able[inspector.department, matter].append(inspector.id)
        self.wanted: Counter[tuple[int, int]] = Counter()  # premises and day: units that could be there
        self.booked: Counter[tuple[int, int]] = Counter()  # department and day: minutes of people
        self.rows: list[tuple[Check, _Visit | None, int, tuple[int, ...]]] = []
        self.number = 0

    def team(self, check: Check, day: int, visit: int | None, extra: dict[int, int]) -> tuple[int, ...] | None:
        """Return the nearest people that fit: on the visit already, in its zone already, near it, not out yet.

        `extra` holds minutes the same unit has just asked of them.
        """
        zone = self.s.premises[check.premises].zone
        found: list[tuple[int, int, int]] = []
        for inspector in self.able[check.department, check.matter]:
            going = self.going[inspector, day]
            is_new = visit is not None and visit not in going and inspector not in extra
            minutes = (
                self.minutes[inspector, day] + extra.get(inspector, 0) + check.minutes + is_new * self.p.visit_overhead
            )
            if minutes > self.p.day_minutes or (is_new and len(going) >= self.p.visits_per_inspector_day):
                continue
            if day in self.s.days_off[inspector] or (inspector, check.premises) in self.s.recusals:
                continue
            zones = going.values()
            if is_new and any(zone not in self.p.near[other] for other in zones):
                continue
            far = 3 if not zones else 2 if zone not in zones else 1
            found.append((far if is_new else 0, -minutes, inspector))
        if len(found) < check.inspectors:
            return None
        return tuple(inspector for _, _, inspector in sorted(found)[: check.inspectors])

    def teams(self, unit: tuple[Check, ...], day: int, visit: int | None) -> list[tuple[int, ...]] | None:
        extra: dict[int, int] = {}
        teams = []
        for check in unit:
            team = self.team(check, day, visit, extra)
            if team is None:
                return None
            for inspector in team:
                first = visit is not None and inspector not in extra and visit not in self.going[inspector, day]
                extra[inspector] = extra.get(inspector, 0) + check.minutes + first * self.p.visit_overhead
            teams.append(team)
        return teams

    def fits(self, checks: list[Check], unit: tuple[Check, ...]) -> bool:
        """Ask H6, H11 and H10 of a visit that would hold both; an empty visit is a new one."""
        both = [*checks, *unit]
        if checks and not all(c.mergeable for c in both):
            return False
        minutes: dict[int, int] = defaultdict(int)
        for c in both:
            minutes[c.department] += c.minutes
        if len(minutes) > self.p.max_departments or (checks and max(minutes.values()) > self.p.max_visit_minutes):
            return False
        premises = unit[0].premises
        counted = [
            v.checks for v in self.visits[premises] if v.checks is not checks and any(not c.exempt for c in v.checks)
        ]
        if all(c.exempt for c in both):
            return True
        if len(counted) + 1 > self.s.premises[premises].cap_total:
            return False
        cap = self.s.premises[premises].cap_department
        for department in minutes:
            visits = sum(any(c.department == department for c in there) for there in counted) + 1
            if visits > cap - self.s.used.get((premises, department), 0):
                return False
        return True

    def dearness(self, unit: tuple[Check, ...], day: int) -> tuple[int, int, int]:
        others = self.wanted[unit[0].premises, day] if unit[0].mergeable else 0
        return -others, sum(self.booked[c.department, day] for c in unit), day

    def serve(self, unit: tuple[Check, ...], preferred: int | None = None) -> None:
        days = self.s.allowed_days(unit)
        if not unit[0].onsite:
            self.first_desk_day(unit, days)
            return
        for visit in sorted(self.visits[unit[0].premises], key=lambda v: v.day != preferred):
            if visit.day in days and self.fits(visit.checks, unit):
                teams = self.teams(unit, visit.day, visit.number)
                if teams:
                    self.book(unit, visit, teams)
                    return
        if not self.fits([], unit):
            return
        for day in sorted(days, key=lambda d: (d != preferred, *self.dearness(unit, d))):
            teams = self.teams(unit, day, self.number + 1)
            if teams:
                self.number += 1
                visit = _Visit(self.number, day)
                self.visits[unit[0].premises].append(visit)
                self.book(unit, visit, teams)
                return

    def first_desk_day(self, unit: tuple[Check, ...], days: list[int]) -> None:
        for day in days:
            teams = self.teams(unit, day, None)
            if teams:
                for inspector in teams[0]:
                    self.minutes[inspector, day] += unit[0].minutes
                self.booked[unit[0].department, day] += unit[0].minutes * len(teams[0])
                self.rows.append((unit[0], None, day, teams[0]))
                return

    def book(self, unit: tuple[Check, ...], visit: _Visit, teams: list[tuple[int, ...]]) -> None:
        zone = self.s.premises[unit[0].premises].zone
        for check, team in zip(unit, teams, strict=True):
            visit.checks.append(check)
            self.rows.append((check, visit, visit.day, team))
            for inspector in team:
                going = self.going[inspector, visit.day]
                if visit.number not in going:
                    going[visit.number] = zone
                    self.minutes[inspector, visit.day] += self.p.visit_overhead
                self.minutes[inspector, visit.day] += check.minutes
            self.booked[check.department, visit.day] += check.minutes * len(team)


def plain_greedy(problem: Problem, preferred: dict[int, int] | None = None) -> Plan:
    """Return the greedy plan; `preferred` names days that are tried first, by check."""
    greedy = _Greedy(problem)
    units = [u for u in greedy.s.units if greedy.s.allowed_days(u)]
    for unit in units:
        if unit[0].onsite and unit[0].mergeable:
            greedy.wanted.update((unit[0].premises, day) for day in greedy.s.allowed_days(unit))
    for unit in sorted(
        units, key=lambda u: (not any(c.locked for c in u), not any(c.mandatory for c in u), min(c.end for c in u))
    ):
        greedy.serve(unit, (preferred or {}).get(unit[0].id))
    return Plan(
        placements=tuple(
            Placement(
                check=check.id,
                day=day,
                visit=None if visit is None else visit.number,
                inspectors=team,
                lead=None if visit is None else leading_department(visit.checks),
            )
            for check, visit, day, team in greedy.rows
        )
    )
