"""Every rule of the merge planner in one place.

Hard (never broken):
  H1 known once · H2 window · H3 working day · H4 quiet day · H5 open day · H6 one door, one day, announced apart
  H7 bundle whole · H8 people certified and free · H9 an inspector's day · H10 caps · H11 size of a visit
  H12 locked · H13 lead
Soft (weighed, in this order):
  S1 visits · S2 unserved ordinary checks · S3 unserved statutory checks · S4 zone switches · S5 moves · S6 level load

These plain functions define the rules. The compiled core keeps the same rules step by step; tests hold both
against each other on random plans. A basis that ends in （样例） is a sample an administrator must confirm.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

import msgspec

from .problem import Placement, Plan, PlannedVisit, Problem
from .situation import Situation


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a plan breaks a hard rule."""

    rule: str
    detail: str
    """A Chinese sentence with the identities."""
    checks: tuple[int, ...] = ()
    visit: int | None = None


Found = Iterator[tuple[str, tuple[int, ...], int | None]]


class HardRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule no plan may break."""

    id: str
    sentence: str
    basis: str
    broken: Callable[[Situation], Found]


class SoftRule(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that makes a plan better or worse."""

    id: str
    sentence: str
    basis: str
    amount: Callable[[Situation], float]


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


NOT_SERVED = -1


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


def lead_takes_part(s: Situation) -> Found:
    for v in s.visits:
        leads, departments = {p.lead for p in v.placements}, s.departments(v)
        if len(leads) > 1:
            yield f"入企 {v.id} 写有多个牵头部门", v.checks, v.id
        elif (v.lead is None and len(departments) > 1) or (v.lead is not None and v.lead not in departments):
            yield f"入企 {v.id} 的牵头部门 {'未指定' if v.lead is None else '未参加'}", v.checks, v.id


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


HARD: tuple[HardRule, ...] = (
    HardRule(
        id="H1",
        sentence="每项检查须在待查清单内，且至多安排一次",
        basis="国办发〔2024〕54号：未经公布的检查事项不得实施",
        broken=known_once,
    ),
    HardRule(
        id="H2", sentence="检查须在其时间窗内进行", basis="《上海市优化营商环境条例》第六十二条", broken=within_window
    ),
    HardRule(id="H3", sentence="非工作日不安排检查", basis="区工作日历（样例）", broken=on_working_day),
    HardRule(
        id="H4", sentence="安静期内不入企检查，豁免事项除外", basis="企业安静期制度（样例）", broken=not_on_quiet_day
    ),
    HardRule(
        id="H5",
        sentence="只在经营场所营业日检查",
        basis="国办发〔2024〕54号：严禁干扰企业正常生产经营",
        broken=on_open_day,
    ),
    HardRule(
        id="H6",
        sentence="一次入企只到一个场所、在同一天；不得事先告知的检查单独进行；书面检查不入企",
        basis="《上海市优化营商环境条例》第七十条；《食品生产经营监督检查管理办法》第四十六条",
        broken=one_door_one_day,
    ),
    HardRule(
        id="H7", sentence="一业一查组合在同一次入企中完整进行", basis="一业一查方案（样例）", broken=bundle_is_whole
    ),
    HardRule(
        id="H8",
        sentence="执法人员人数足额、属本部门、有资格、在岗、无须回避",
        basis="《中华人民共和国行政处罚法》第四十二条、第四十三条",
        broken=people_certified_and_free,
    ),
    HardRule(
        id="H9",
        sentence="执法人员每日入企次数、工作时间有上限，且只在相邻片区",
        basis="区排班规则（样例）",
        broken=day_fits_inspector,
    ),
    HardRule(
        id="H10",
        sentence="计次入企不超过场所总上限和各部门剩余次数",
        basis="国办发〔2024〕54号：年度检查频次上限",
        broken=within_caps,
    ),
    HardRule(
        id="H11",
        sentence="一次入企的部门数和每部门用时有上限",
        basis="联合检查规模规则（样例）",
        broken=visit_of_bearable_size,
    ),
    HardRule(
        id="H12",
        sentence="已锁定的检查在公布日进行，不得取消",
        basis="嘉府办发〔2024〕2号：月度检查计划公示",
        broken=locked_stays,
    ),
    HardRule(
        id="H13",
        sentence="联合入企须有参加部门牵头",
        basis="《上海市优化营商环境条例》第七十条",
        broken=lead_takes_part,
    ),
)

SOFT: tuple[SoftRule, ...] = (
    SoftRule(
        id="S1",
        sentence="入企次数尽量少",
        basis="国办发〔2024〕54号：能合并的不得重复检查，能联合的不得多头检查",
        amount=visits,
    ),
    SoftRule(id="S2", sentence="一般检查尽量不落空", basis="年度检查计划", amount=unserved_ordinary),
    SoftRule(id="S3", sentence="法定检查优先保证", basis="法定最低检查频次", amount=unserved_mandatory),
    SoftRule(id="S4", sentence="执法人员少跨片区", basis="区排班规则（样例）", amount=zone_switches),
    SoftRule(id="S5", sentence="已公布的日期尽量不变", basis="嘉府办发〔2024〕2号：月度检查计划公示", amount=moved),
    SoftRule(id="S6", sentence="人员负荷尽量均衡", basis="区排班规则（样例）", amount=uneven_load),
)

HARD_BY_ID = {rule.id: rule for rule in HARD}


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """List every place where the plan breaks a hard rule."""
    situation = Situation(problem, plan)
    return [
        Violation(rule=rule.id, detail=detail, checks=checks, visit=visit)
        for rule in HARD
        for detail, checks, visit in rule.broken(situation)
    ]
