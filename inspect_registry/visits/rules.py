"""The rules of a visit, one function each: it returns when the rule is kept and raises a named error when not.

Numbers are arguments: their values with basis and dates lie in `rules/parameters/`. Pure; no clock, no database.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from inspect_registry.errors import Place
from inspect_registry.visits.errors import (
    ApprovalTooLate,
    InspectorNotDrawn,
    InspectorNotEligible,
    JointVisitNotAllowed,
    LeadNotTakingPart,
    TooFewInspectors,
    VisitDayNotAllowed,
    VisitReasonMissing,
)
from inspect_registry.visits.model import Assignment, CheckDraft

LONGEST_REASON: Final = 500  # characters


def a_reason_is_given(reason: str) -> str:
    """谢绝、取消均须写明理由；返回去掉首尾空白的理由。

    区级综合一次查规程(sample)：参与部门接受或者谢绝须说明理由。
    """
    text = reason.strip()
    if not text or len(text) > LONGEST_REASON or "\x00" in text:
        raise VisitReasonMissing(
            f"理由不能为空，也不能超过{LONGEST_REASON}字。",
            rule="reason-is-given",
            remedy="请用一句话写明理由。",
            places=(Place(field="reason", text=text[:40]),),
        )
    return text


def enough_inspectors(assigned: Sequence[Assignment], needed: int, minimum: int) -> None:
    """检查应当由两名以上具有执法资格的执法人员实施；同一人不重复计数，协助人员不计。

    《中华人民共和国行政处罚法》第四十二条第一款。
    """
    people = len({one.inspector for one in assigned})
    required = max(needed, minimum)
    if people < required:
        raise TooFewInspectors(
            f"已安排持证执法人员{people}名，本次至少需要{required}名。",
            rule="two-certified-inspectors",
            basis="《中华人民共和国行政处罚法》第四十二条第一款",
            remedy="请补足持证执法人员后再提交。",
        )


def every_matter_has_its_inspectors(assigned: Sequence[Assignment], needed: Mapping[int, int], minimum: int) -> None:
    """每个检查事项应当由两名以上持有该事项执法证件的人员实施；同一次检查的不同事项可以由不同人员实施。

    《中华人民共和国行政处罚法》第四十二条第一款；执法证件载明的执法范围以本部门登记为准。
    """
    able = {matter: len({one.inspector for one in assigned if matter in one.matters}) for matter in needed}
    short = {matter: max(wanted, minimum) for matter, wanted in needed.items() if able[matter] < max(wanted, minimum)}
    if short:
        matter, required = min(short.items())
        raise TooFewInspectors(
            f"有{len(short)}个检查事项的持证执法人员不足：其中一项已安排{able[matter]}名，至少需要{required}名。",
            rule="every-matter-has-its-inspectors",
            basis="《中华人民共和国行政处罚法》第四十二条第一款",
            remedy="请补足持有该事项执法证件的人员后再提交。",
        )


def inspector_may_go(one: Assignment, *, department: int, day: date, matters: Collection[int]) -> None:
    """派出的执法人员应当属于本部门、证件当日有效并覆盖所实施的检查事项、未休假、未被决定回避。

    《中华人民共和国行政处罚法》第四十二条第一款、第四十三条；执法证件管理以本部门登记为准。
    """
    idle = bool(matters) and one.matters.isdisjoint(matters)
    obstacles = [
        text
        for bad, text in (
            (one.department != department, "不属于本部门"),
            (one.suspended, "执法证件已暂扣"),
            (not one.certificate_from <= day <= one.certificate_to, f"执法证件在{day:%Y年%m月%d日}无效"),
            (one.on_leave, "当日休假"),
            (one.recused, "对该企业已决定回避"),
            (idle, "执法证件不覆盖本次任何检查事项"),
        )
        if bad
    ]
    if obstacles:
        raise InspectorNotEligible(
            f"{one.name}：{'；'.join(obstacles)}。",
            rule="inspector-eligible",
            basis="《中华人民共和国行政处罚法》第四十二条、第四十三条",
            remedy="请改派其他执法人员。",
        )


def inspector_was_drawn(one: Assignment) -> None:
    """随机抽查的执法人员应当从抽取的名单中派出，不得另行指定。

    《国务院办公厅关于推广随机抽查规范事中事后监管的通知》(国办发〔2015〕58号)：随机选派执法检查人员。
    """
    if one.undrawn:
        raise InspectorNotDrawn(
            f"{one.name}不在本次随机抽取的执法人员名单中。",
            rule="inspector-was-drawn",
            basis="国办发〔2015〕58号",
            remedy="请从抽取的执法人员中安排；确需更换的，请重新抽取。",
        )


def day_fits_every_window(day: date, checks: Sequence[CheckDraft]) -> None:
    """检查日期应当在每个待查项的时间窗内。

    已公布的月度检查计划载明的检查时间；《上海市优化营商环境条例》第六十二条。
    """
    for check in checks:
        if not check.window_start <= day <= check.window_end:
            raise VisitDayNotAllowed(
                f"{day}不在待查项{check.check}的时间窗{check.window_start}至{check.window_end}内。",
                rule="day-in-window",
                basis="《上海市优化营商环境条例》第六十二条",
                remedy="请选择时间窗内的工作日，或者先修订月度计划。",
            )


def day_is_open_for_visits(day: date, *, today: date, working: bool, quiet: bool, exempt: bool) -> None:
    """不在过去的日期、休息日安排检查；安静期内只安排不受安静期限制的检查。

    区级企业安静期制度(sample)；休息日依国务院办公厅节假日安排。
    """
    if day < today:
        trouble = "已经过去"
    elif not working:
        trouble = "不是工作日"
    elif quiet and not exempt:
        trouble = "在企业安静期内"
    else:
        return
    raise VisitDayNotAllowed(
        f"{day}{trouble}。", rule="day-open-for-visits", basis="区级企业安静期制度(sample)", remedy="请另选工作日。"
    )


def checks_may_share_a_visit(checks: Sequence[CheckDraft], most_departments: int) -> None:
    """合并只限同一场所；不预先告知的检查不与预先告知的合并；参与部门不超过上限。

    《食品生产经营监督检查管理办法》第四十六条；《医疗器械经营监督管理办法》第四十九条；合并规则见区级规程(sample)。
    """
    departments = {check.department for check in checks}
    if len({check.premises for check in checks}) > 1:
        trouble = "不是同一经营场所"
    elif len(checks) > 1 and not all(check.announced for check in checks):
        trouble = "其中有依法不预先告知的检查，须单独实施"
    elif len(departments) > most_departments:
        trouble = f"参与部门{len(departments)}个，超过上限{most_departments}个"
    else:
        return
    raise JointVisitNotAllowed(
        f"{trouble}。",
        rule="checks-share-a-visit",
        basis="《食品生产经营监督检查管理办法》第四十六条",
        remedy="请拆分为不同的检查。",
    )


def lead_takes_part(lead: int, departments: Collection[int]) -> None:
    """检查应当由一个参与部门牵头。

    《上海市优化营商环境条例》第七十条；国办发〔2024〕54号：能联合的不得多头检查。
    """
    if lead not in departments:
        raise LeadNotTakingPart(
            "牵头部门须从参与部门中确定。",
            rule="lead-takes-part",
            basis="《上海市优化营商环境条例》第七十条",
            remedy="请在参与部门中另选牵头部门。",
            places=(Place(field="lead", text=str(lead)),),
        )


def choose_lead(parts: Sequence[tuple[int, int, bool]]) -> int:
    """Choose a lead among (department, minutes, mandatory): statutory share first, then most minutes, then lowest id.

    At least one part is needed; the order of the input never matters.
    """
    minutes: Counter[int] = Counter()
    statutory: set[int] = set()
    for department, share, mandatory in parts:
        minutes[department] += share
        if mandatory:
            statutory.add(department)
    return min(minutes, key=lambda department: (department not in statutory, -minutes[department], department))


def approved_in_time(*, day: date, today: date, emergency: bool, backfill_due: date | None) -> None:
    """检查须在实施前经行政机关负责人批准；情况紧急先行检查的，须在规定时限内补办批准。

    国务院办公厅《关于严格规范涉企行政检查的意见》(国办发〔2024〕54号)。
    """
    if emergency:
        if backfill_due is None or today <= backfill_due:
            return
        trouble, remedy = f"紧急检查补办批准的期限{backfill_due}已过", "请报监督机关处理。"
    elif today <= day:
        return
    else:
        trouble, remedy = f"检查日期{day}已过", "请取消后重新安排。"
    raise ApprovalTooLate(f"{trouble}。", rule="approved-before-visit", basis="国办发〔2024〕54号", remedy=remedy)


RULES: Final = (
    a_reason_is_given,
    enough_inspectors,
    every_matter_has_its_inspectors,
    inspector_may_go,
    inspector_was_drawn,
    day_fits_every_window,
    day_is_open_for_visits,
    checks_may_share_a_visit,
    lead_takes_part,
    approved_in_time,
)
"""All rules of the room; docs/rules.md and the tests read this list."""
