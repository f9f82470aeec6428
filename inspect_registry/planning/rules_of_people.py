"""Who may inspect, and what fits into an inspector's day (H8, H9)."""

from collections.abc import Iterable
from itertools import combinations

from .problem import Placement
from .situation import Found, Situation


def people_certified_and_free(s: Situation) -> Found:
    for p in s.known:
        c = s.checks[p.check]
        if len(set(p.inspectors)) != c.inspectors or len(p.inspectors) != c.inspectors:
            yield (
                f"检查 {c.id} 须有 {c.inspectors} 名不同的执法人员，实有 {len(set(p.inspectors))} 名",
                (c.id,),
                p.visit,
            )
        for inspector in p.inspectors:
            reason = unfit(s, inspector, p)
            if reason:
                yield f"检查 {c.id}：执法人员 {inspector} {reason}", (c.id,), p.visit


def unfit(s: Situation, inspector: int, p: Placement) -> str:
    """Say why the inspector may not do this placement's check, '' when he may."""
    c, person = s.checks[p.check], s.inspectors.get(inspector)
    if person is None:
        return "不在执法人员名录内"
    if person.department != c.department:
        return f"不属于部门 {c.department}"
    if c.matter not in person.matters:
        return f"未取得事项 {c.matter} 的资格"
    if p.day in s.days_off[inspector]:
        return f"第 {p.day} 天休假"
    if (inspector, c.premises) in s.recusals:
        return f"对场所 {c.premises} 须回避"
    return ""


def day_fits_inspector(s: Situation) -> Found:
    for (inspector, day), placements in s.inspector_days.items():
        visits = {p.visit for p in placements if p.visit is not None}
        minutes = sum(s.checks[p.check].minutes for p in placements) + s.problem.visit_overhead * len(visits)
        ids = tuple(p.check for p in placements)
        if len(visits) > s.problem.visits_per_inspector_day:
            yield (
                f"执法人员 {inspector} 第 {day} 天入企 {len(visits)} 次，上限 {s.problem.visits_per_inspector_day} 次",
                ids,
                None,
            )
        if minutes > s.problem.day_minutes:
            yield f"执法人员 {inspector} 第 {day} 天需 {minutes} 分钟，上限 {s.problem.day_minutes} 分钟", ids, None
        for a, b in combinations(sorted(zones_of(s, placements)), 2):
            if b not in s.problem.near[a]:
                yield f"执法人员 {inspector} 第 {day} 天跨越不相邻的片区 {a} 与 {b}", ids, None


def zones_of(s: Situation, placements: Iterable[Placement]) -> set[int]:
    return {s.premises[s.checks[p.check].premises].zone for p in placements if p.visit is not None}
