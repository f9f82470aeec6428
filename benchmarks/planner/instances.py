"""Realistic instances of the merge planner: heavy-tailed departments and enterprises, as planner.md section 4
describes.
"""

import random
from collections import Counter
from datetime import date
from pathlib import Path

import msgspec

from inspect_registry.planning.instance import instance_lines, meta_json
from inspect_registry.planning.problem import Check, Inspector, Premises, Problem, Recusal, Used

DEPARTMENTS = 20
DAY_MINUTES = 420
OVERHEAD = 25
# Tails and bundles are set so that 10,000 checks have the counts planner.md tells of its months: bound about 5,430
# visits, per-department visits 7,550, each check its own 8,600 (here 5,440, 7,620 and 8,630 on the mean).
DEPARTMENT_TAIL = 1.2
PREMISES_TAIL, BUSIEST = 0.9, 110.0
BUNDLED = 0.027
# planner.md does not say of which time its loads are shares. "told" gives overload the weight its reference figures
# tell of; "strict" leaves people a tenth less time.
SHARE_OF_DAYS = {"told": 0.767, "strict": 0.84}


def generate(
    *,
    checks: int,
    load: float = 0.85,
    seed: int = 0,
    horizon: int = 30,
    premises: int = 20_000,
    quiet: str = "first-week",
    zones: int = 12,
    reading: str = "told",
) -> Problem:
    """Make one instance; load is the share of inspector time asked for if every unit were a visit of its own."""
    rng = random.Random(f"{checks}/{seed}/{horizon}/{quiet}")
    start = date(2026, 12, 1) if horizon <= 31 else date(2026, 1, 1)
    nonwork = tuple(d for d in range(horizon) if (start.weekday() + d) % 7 >= 5)
    quiet_days = _quiet_days(quiet, horizon)
    near = _near(zones)
    places = [_premises(rng, k + 1, zones, 1 if horizon <= 31 else 4) for k in range(premises)]
    dept_weight = [1 / (k + 1) ** DEPARTMENT_TAIL for k in range(DEPARTMENTS)]
    matters = [tuple(range(100 * d, 100 * d + rng.randint(4, 12))) for d in range(DEPARTMENTS)]
    rows = _checks(rng, checks, places, dept_weight, matters, horizon, set(nonwork), set(quiet_days), start)
    inspectors = _inspectors(rng, rows, matters, load * SHARE_OF_DAYS[reading], horizon, {*nonwork, *quiet_days})
    recusals = _recusals(rng, inspectors, places)
    rows = [_held_only_when_staffed(c, inspectors, recusals) for c in rows]
    return Problem(
        start_date=start, horizon=horizon, nonwork_days=nonwork, quiet_days=quiet_days, visits_per_inspector_day=5,
        day_minutes=DAY_MINUTES,
        visit_overhead=OVERHEAD, max_departments=4, max_visit_minutes=240, near=near, premises=tuple(places),
        used=_used(rng, rows),
        inspectors=tuple(inspectors), recusals=recusals, checks=tuple(rows),
    )  # fmt: skip


def _quiet_days(quiet: str, horizon: int) -> tuple[int, ...]:
    rules = {
        "none": lambda _: False,
        "first-week": lambda d: d % 30 < 5,
        "last-days": lambda d: d % 30 >= 26,
        "alternate": lambda d: d % 5 == 2,
    }
    return tuple(d for d in range(horizon) if rules[quiet](d))


def _near(zones: int) -> tuple[tuple[int, ...], ...]:
    """Zones on a ring: each is near itself and its neighbours."""
    return tuple(tuple(sorted({z, (z + 1) % zones, (z - 1) % zones})) for z in range(zones))


def _premises(rng: random.Random, ident: int, zones: int, months: int) -> Premises:
    mask = rng.choices((127, 31, 63, 62, 28), weights=(40, 40, 10, 7, 3))[0]
    return Premises(
        id=ident,
        zone=min(int(rng.expovariate(1 / (zones / 3))), zones - 1),
        open_weekdays=mask,
        grade=rng.choice("ABCD"),
        cap_total=months * rng.choices((2, 4, 6, 8, 12), weights=(4, 16, 30, 30, 20))[0],
        cap_department=months * rng.choices((1, 2, 3, 4), weights=(8, 42, 30, 20))[0],
    )


def _window(rng: random.Random, horizon: int) -> tuple[int, int]:
    length = rng.choices((7, 10, 14, 21, 30, 60, 90), weights=(14, 14, 20, 18, 22, 6, 6))[0]
    start = rng.randint(-length // 3, max(horizon - 5, 1))
    return max(start, 0), min(max(start, 0) + length - 1, horizon - 1)


def _checks(rng, n, places, dept_weight, matters, horizon, nonwork, quiet, start) -> list[Check]:
    popularity = [min(rng.paretovariate(PREMISES_TAIL), BUSIEST) for _ in places]
    at = rng.choices(range(len(places)), weights=popularity, k=n)
    rows: list[Check] = []
    bundles = 0
    locked: set[object] = set()
    while len(rows) < n:
        place = places[at[len(rows)]]
        size = rng.choice((2, 3)) if rng.random() < BUNDLED and len(rows) + 3 <= n else 1
        bundle = bundles = bundles + 1 if size > 1 else bundles
        window = _window(rng, horizon)
        desk = size == 1 and rng.random() < 0.10
        for _ in range(size):
            dept = rng.choices(range(DEPARTMENTS), weights=dept_weight)[0]
            exempt = rng.random() < 0.06
            row = Check(
                id=len(rows) + 1, department=dept, premises=place.id, matter=rng.choice(matters[dept]),
                start=window[0], end=window[1],
                minutes=rng.choice((20, 30, 40, 45, 60, 60, 90, 120)), inspectors=3 if rng.random() < 0.08 else 2,
                onsite=not desk,
                mergeable=size > 1 or rng.random() >= 0.05, exempt=exempt, bundle=bundle if size > 1 else None,
                mandatory=rng.random() < 0.15,
            )  # fmt: skip
            if size == 1:
                row = _published(rng, row, place, nonwork, quiet, start, may_lock=place.id not in locked, taken=locked)
            if row.locked:
                locked |= {place.id, (row.department, row.published_day)}
            rows.append(row)
    return rows


def _published(
    rng, check: Check, place: Premises, nonwork: set, quiet: set, start: date, *, may_lock: bool, taken: set
) -> Check:
    """Give some checks a published day, and lock a few of them there."""
    if rng.random() >= 0.08:
        return check
    days = [
        d
        for d in range(check.start, check.end + 1)
        if d not in nonwork
        and (d not in quiet or check.exempt)
        and (place.open_weekdays >> ((start.weekday() + d) % 7)) & 1
    ]
    if not days:
        return check
    day = rng.choice(days)
    # One locked check of a department and day, so that the locked ones never exclude each other.
    lock = rng.random() < 0.2 and may_lock and (check.department, day) not in taken
    return msgspec.structs.replace(check, published_day=day, locked=lock)


def _inspectors(rng, rows, matters, load, horizon, closed) -> list[Inspector]:
    """Size each department so that `load` of its working days outside quiet ones is asked for."""
    demand: Counter = Counter()
    for c in rows:
        demand[c.department] += c.inspectors * (c.minutes + (OVERHEAD if c.onsite else 0))
    workdays = horizon - len(closed)
    people: list[Inspector] = []
    for dept in range(DEPARTMENTS):
        count = max(4, round(demand[dept] / (load * workdays * DAY_MINUTES)))
        for k in range(count):
            known = {m for m in matters[dept] if rng.random() < 0.7}
            known |= {m for j, m in enumerate(matters[dept]) if (j - k) % count < 3 or (k - j) % count < 3}
            off = tuple(d for d in range(horizon) if rng.random() < 0.05)
            people.append(
                Inspector(id=1000 * (dept + 1) + k, department=dept, matters=tuple(sorted(known)), off_days=off)
            )
    return people


def _held_only_when_staffed(check: Check, inspectors: list[Inspector], recusals: tuple[Recusal, ...]) -> Check:
    """Unlock a check that too few present, certified people could serve on its day."""
    if not check.locked:
        return check
    away = {r.inspector for r in recusals if r.premises == check.premises}
    able = [
        i
        for i in inspectors
        if i.department == check.department
        and check.matter in i.matters
        and check.published_day not in i.off_days
        and i.id not in away
    ]
    return check if len(able) > check.inspectors else msgspec.structs.replace(check, locked=False)


def _used(rng, rows) -> tuple[Used, ...]:
    pairs = sorted({(c.premises, c.department) for c in rows} - {(c.premises, c.department) for c in rows if c.locked})
    return tuple(Used(premises=p, department=d, count=1) for p, d in pairs if rng.random() < 0.08)


def _recusals(rng, inspectors, places) -> tuple[Recusal, ...]:
    pairs = {(rng.choice(inspectors).id, rng.choice(places).id) for _ in range(len(places) // 10)}
    return tuple(Recusal(inspector=i, premises=p) for i, p in sorted(pairs))


def write(problem: Problem, folder: Path) -> None:
    """Write an instance in the plain format."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "meta.json").write_bytes(meta_json(problem))
    for name, lines in instance_lines(problem).items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
