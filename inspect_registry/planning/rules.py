"""Every rule of the merge planner in one place.

Hard (never broken):
  H1 known once · H2 window · H3 working day · H4 quiet day · H5 open day · H6 one door, one day, announced apart
  H7 bundle whole · H8 people certified and free · H9 an inspector's day · H10 caps · H11 size of a visit
  H12 locked · H13 lead
Soft (weighed, in this order):
  S1 visits · S2 unserved ordinary checks · S3 unserved statutory checks · S4 zone switches · S5 moves · S6 level load

The plain functions of `rules_of_days`, `rules_of_visits`, `rules_of_people` and `preferences` define them; this file
lists them with sentence and basis. The compiled core keeps the same rules step by step; tests hold both against each
other on random plans. A basis that ends in （样例） is a sample an administrator must confirm.
"""

from collections.abc import Callable

import msgspec

from . import preferences, rules_of_days, rules_of_people, rules_of_visits
from .problem import Plan, Problem
from .situation import Found, Situation


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a plan breaks a hard rule."""

    rule: str
    detail: str
    """A Chinese sentence with the identities."""
    checks: tuple[int, ...] = ()
    visit: int | None = None


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


HARD: tuple[HardRule, ...] = (
    HardRule(
        id="H1",
        sentence="每项检查须在待查清单内，且至多安排一次",
        basis="国办发〔2024〕54号：未经公布的检查事项不得实施",
        broken=rules_of_days.known_once,
    ),
    HardRule(
        id="H2",
        sentence="检查须在其时间窗内进行",
        basis="《上海市优化营商环境条例》第六十二条",
        broken=rules_of_days.within_window,
    ),
    HardRule(id="H3", sentence="非工作日不安排检查", basis="区工作日历（样例）", broken=rules_of_days.on_working_day),
    HardRule(
        id="H4",
        sentence="安静期内不入企检查，豁免事项除外",
        basis="企业安静期制度（样例）",
        broken=rules_of_days.not_on_quiet_day,
    ),
    HardRule(
        id="H5",
        sentence="只在经营场所营业日检查",
        basis="国办发〔2024〕54号：严禁干扰企业正常生产经营",
        broken=rules_of_days.on_open_day,
    ),
    HardRule(
        id="H6",
        sentence="一次入企只到一个场所、在同一天；不得事先告知的检查单独进行；书面检查不入企",
        basis="《上海市优化营商环境条例》第七十条；《食品生产经营监督检查管理办法》第四十六条",
        broken=rules_of_visits.one_door_one_day,
    ),
    HardRule(
        id="H7",
        sentence="一业一查组合在同一次入企中完整进行",
        basis="一业一查方案（样例）",
        broken=rules_of_visits.bundle_is_whole,
    ),
    HardRule(
        id="H8",
        sentence="执法人员人数足额、属本部门、有资格、在岗、无须回避",
        basis="《中华人民共和国行政处罚法》第四十二条、第四十三条",
        broken=rules_of_people.people_certified_and_free,
    ),
    HardRule(
        id="H9",
        sentence="执法人员每日入企次数、工作时间有上限，且只在相邻片区",
        basis="区排班规则（样例）",
        broken=rules_of_people.day_fits_inspector,
    ),
    HardRule(
        id="H10",
        sentence="计次入企不超过场所总上限和各部门剩余次数",
        basis="国办发〔2024〕54号：年度检查频次上限",
        broken=rules_of_visits.within_caps,
    ),
    HardRule(
        id="H11",
        sentence="一次入企的部门数和每部门用时有上限",
        basis="联合检查规模规则（样例）",
        broken=rules_of_visits.visit_of_bearable_size,
    ),
    HardRule(
        id="H12",
        sentence="已锁定的检查在公布日进行，不得取消；已约定的检查不再加入其他检查",
        basis="嘉府办发〔2024〕2号：月度检查计划公示",
        broken=rules_of_days.locked_stays,
    ),
    HardRule(
        id="H13",
        sentence="联合入企须有参加部门牵头",
        basis="《上海市优化营商环境条例》第七十条",
        broken=rules_of_visits.lead_takes_part,
    ),
)

SOFT: tuple[SoftRule, ...] = (
    SoftRule(
        id="S1",
        sentence="入企次数尽量少",
        basis="国办发〔2024〕54号：能合并的不得重复检查，能联合的不得多头检查",
        amount=preferences.visits,
    ),
    SoftRule(id="S2", sentence="一般检查尽量不落空", basis="年度检查计划", amount=preferences.unserved_ordinary),
    SoftRule(id="S3", sentence="法定检查优先保证", basis="法定最低检查频次", amount=preferences.unserved_mandatory),
    SoftRule(id="S4", sentence="执法人员少跨片区", basis="区排班规则（样例）", amount=preferences.zone_switches),
    SoftRule(
        id="S5",
        sentence="已公布的日期尽量不变",
        basis="嘉府办发〔2024〕2号：月度检查计划公示",
        amount=preferences.moved,
    ),
    SoftRule(id="S6", sentence="人员负荷尽量均衡", basis="区排班规则（样例）", amount=preferences.uneven_load),
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
