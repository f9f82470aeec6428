"""What makes one lawful plan better than another: the amounts behind the soft rules (S1 to S6)."""

from collections import Counter, defaultdict

from .rules_of_people import zones_of
from .situation import Situation


def visits(s: Situation) -> int:
    return len(s.visits)


def unserved_ordinary(s: Situation) -> int:
    return sum(not c.mandatory for c in s.unserved)


def unserved_mandatory(s: Situation) -> int:
    return sum(c.mandatory for c in s.unserved)


def zone_switches(s: Situation) -> int:
    """Zones beyond the first in each inspector's day."""
    return sum(max(len(zones_of(s, placements)) - 1, 0) for placements in s.inspector_days.values())


def moved(s: Situation) -> int:
    """Published checks that are served on another day; dropped ones are unserved already."""
    return sum(s.checks[p.check].published_day not in (None, p.day) for p in s.known)


def uneven_load(s: Situation) -> float:
    """Mean over departments of the spread of minutes between colleagues (standard deviation divided by mean)."""
    minutes: Counter[int] = Counter()
    for (inspector, _), placements in s.inspector_days.items():
        minutes[inspector] += sum(s.checks[p.check].minutes for p in placements)
    teams: dict[int, list[int]] = defaultdict(list)
    for person in s.problem.inspectors:
        teams[person.department].append(minutes[person.id])
    spreads = []
    for team in teams.values():
        mean = sum(team) / len(team)
        if mean > 0:
            spreads.append((sum((x - mean) ** 2 for x in team) / len(team)) ** 0.5 / mean)
    return sum(spreads) / len(spreads) if spreads else 0.0
