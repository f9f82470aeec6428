"""On which day a check may stand: the calendar, its window and what was promised (H1 to H5, H12)."""

from collections import Counter

from .situation import Found, Situation


def known_once(s: Situation) -> Found:
    times = Counter(p.check for p in s.plan.placements)
    for check, n in times.items():
        if check not in s.checks:
            yield f"检查 {check} 不在待查清单内", (check,), None
        elif n > 1:
            yield f"检查 {check} 被安排了 {n} 次", (check,), None


def within_window(s: Situation) -> Found:
    for p in s.known:
        c = s.checks[p.check]
        if not max(c.start, 0) <= p.day <= min(c.end, s.problem.horizon - 1):
            yield f"检查 {c.id} 排在第 {p.day} 天，超出时间窗 {c.start}—{c.end}", (c.id,), p.visit


def on_working_day(s: Situation) -> Found:
    for p in s.known:
        if p.day in s.nonwork:
            yield f"检查 {p.check} 排在非工作日第 {p.day} 天", (p.check,), p.visit


def not_on_quiet_day(s: Situation) -> Found:
    for p in s.known:
        c = s.checks[p.check]
        if c.onsite and not c.exempt and p.day in s.quiet:
            yield f"入企检查 {c.id} 排在安静期第 {p.day} 天", (c.id,), p.visit


def on_open_day(s: Situation) -> Found:
    for p in s.known:
        c = s.checks[p.check]
        if not s.is_open(c.premises, p.day):
            yield f"检查 {c.id} 排在场所 {c.premises} 不营业的第 {p.day} 天", (c.id,), p.visit


def locked_stays(s: Situation) -> Found:
    for c in s.problem.checks:
        if c.locked:
            p = s.placement_of.get(c.id)
            if p is None or p.day != c.published_day:
                yield (
                    f"已锁定的检查 {c.id} 未在公布日第 {c.published_day} 天进行",
                    (c.id,),
                    None if p is None else p.visit,
                )
    for v in s.visits:
        if any(s.checks[c].closed for c in v.checks) and len({s.unit_of(s.checks[c]) for c in v.checks}) > 1:
            yield f"入企 {v.id} 在已约定的检查中加入了其他检查", v.checks, v.id
