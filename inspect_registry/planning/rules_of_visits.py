"""What may go through one door together, and how often: the shape of visits (H6, H7, H10, H11, H13)."""

from collections import Counter, defaultdict

from .problem import PlannedVisit
from .situation import Found, Situation

NOT_SERVED = -1


def one_door_one_day(s: Situation) -> Found:
    for p in s.known:
        if s.checks[p.check].onsite == (p.visit is None):
            what = "入企检查没有对应的入企" if p.visit is None else "书面检查不应占用入企"
            yield f"检查 {p.check}：{what}", (p.check,), p.visit
    for v in s.visits:
        checks = [s.checks[c] for c in v.checks]
        if len({c.premises for c in checks}) > 1 or len({p.day for p in v.placements}) > 1:
            yield f"入企 {v.id} 涉及多个场所或多个日期", v.checks, v.id
        if len(checks) > 1 and any(not c.mergeable for c in checks):
            yield f"入企 {v.id} 把须单独进行的检查与其他检查合并", v.checks, v.id


def bundle_is_whole(s: Situation) -> Found:
    for bundle, members in s.bundles.items():
        places = {(s.placement_of[c.id].visit if c.id in s.placement_of else NOT_SERVED) for c in members}
        if len(places) > 1:
            yield f"一业一查组合 {bundle} 未在同一次入企中完整进行", tuple(c.id for c in members), None


def within_caps(s: Situation) -> Found:
    by_premises: dict[int, list[PlannedVisit]] = defaultdict(list)
    by_department: dict[tuple[int, int], list[PlannedVisit]] = defaultdict(list)
    for v in s.counted_visits:
        # A visit over two premises breaks H6; each of them counts it.
        for premises in {s.checks[c].premises for c in v.checks}:
            by_premises[premises].append(v)
            for department in s.departments(v):
                by_department[premises, department].append(v)
    for premises, visits in by_premises.items():
        cap = s.premises[premises].cap_total
        if len(visits) > cap:
            yield (
                f"场所 {premises} 计次入企 {len(visits)} 次，上限 {cap} 次",
                tuple(c for v in visits for c in v.checks),
                visits[-1].id,
            )
    for (premises, department), visits in by_department.items():
        cap = s.premises[premises].cap_department - s.used[premises, department]
        if len(visits) > max(cap, 0):
            yield (
                f"部门 {department} 对场所 {premises} 计次入企 {len(visits)} 次，剩余 {max(cap, 0)} 次",
                tuple(c for v in visits for c in v.checks),
                visits[-1].id,
            )


def visit_of_bearable_size(s: Situation) -> Found:
    for v in s.visits:
        departments = s.departments(v)
        alone = len({s.checks[c].bundle for c in v.checks}) == 1 and (
            len(v.checks) == 1 or s.checks[v.checks[0]].bundle is not None
        )
        if len(departments) > s.problem.max_departments:
            yield f"入企 {v.id} 有 {len(departments)} 个部门，上限 {s.problem.max_departments} 个", v.checks, v.id
        minutes: Counter[int] = Counter()
        for c in v.checks:
            minutes[s.checks[c].department] += s.checks[c].minutes
        longest = max(minutes.values())
        if longest > s.problem.max_visit_minutes and not alone:
            yield f"入企 {v.id} 有部门用时 {longest} 分钟，上限 {s.problem.max_visit_minutes} 分钟", v.checks, v.id


def lead_takes_part(s: Situation) -> Found:
    for v in s.visits:
        leads, departments = {p.lead for p in v.placements}, s.departments(v)
        if len(leads) > 1:
            yield f"入企 {v.id} 写有多个牵头部门", v.checks, v.id
        elif (v.lead is None and len(departments) > 1) or (v.lead is not None and v.lead not in departments):
            yield f"入企 {v.id} 的牵头部门 {'未指定' if v.lead is None else '未参加'}", v.checks, v.id
