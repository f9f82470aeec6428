"""What an annual plan must hold before it can be submitted, and what no plan may hold.

The five statutory elements are 检查主体、检查对象范围、检查方式、检查项目、检查比例 (上海市优化营商环境条例第六十二条);
the district's own order adds basis, cap, time and the departments that may join.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from inspect_registry.catalogue.model import Matter, MatterId
from inspect_registry.errors import Place
from inspect_registry.plans.cells.values import TIMES_A_YEAR
from inspect_registry.plans.draw import Method
from inspect_registry.plans.model import AnnualPlan, Task

FIVE_ELEMENTS = "《上海市优化营商环境条例》第六十二条"
PUBLISHED_ONLY = "《国务院办公厅关于严格规范涉企行政检查的意见》（国办发〔2024〕54号）：未经公布的不得实施"
CAP_BASIS = "《国务院办公厅关于严格规范涉企行政检查的意见》（国办发〔2024〕54号）：公布年度频次上限"


SPECIAL_BASIS = (
    "《国务院办公厅关于严格规范涉企行政检查的意见》（国办发〔2024〕54号）："
    "专项检查应经县级以上政府或上级主管部门批准并备案"
)


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that keeps a plan from being submitted."""

    rule: str
    basis: str
    place: Place


def unsettled_places(tasks: Sequence[Task]) -> tuple[Place, ...]:
    """Return where cells are still to be settled."""
    return tuple(
        Place(
            field=f"tasks[{task.position}].{problem.field}",
            sheet=problem.sheet,
            row=problem.row,
            column=problem.column,
            text=problem.text[:200],
            message=problem.message,
        )
        for task in tasks
        for problem in task.problems
    )


def campaign_faults(plan: AnnualPlan, today: dt.date) -> list[Fault]:
    """Return what a special campaign lacks; in an emergency the approval may follow, but not be of tomorrow."""
    if not plan.campaign:
        return []
    messages: list[str] = []
    if not plan.emergency and not (plan.approval_document and plan.approved_on):
        messages.append("专项检查缺少批准文号或批准日期；紧急情况请标明，并在公布前补办")
    if plan.approved_on is not None and (plan.approved_on > today or not plan.approval_document):
        messages.append("批准日期在今天之后，或没有批准文号")
    places = [Place(field="approval", message=message) for message in messages]
    return [Fault(rule="special-approved", basis=SPECIAL_BASIS, place=place) for place in places]


def faults(tasks: Sequence[Task], year: int, matters: Mapping[MatterId, Matter], cap_by_rule: int) -> list[Fault]:
    """Return everything that keeps a plan from being submitted; empty for a sound one."""
    if not tasks:
        return [_fault(None, "tasks", "plan-elements", FIVE_ELEMENTS, "计划中没有检查任务")]
    return [fault for task in tasks for fault in _task_faults(task, year, matters, cap_by_rule)]


def _task_faults(task: Task, year: int, matters: Mapping[MatterId, Matter], cap_by_rule: int) -> Iterator[Fault]:
    if not task.name:
        yield _fault(task, "name", "plan-elements", FIVE_ELEMENTS, "缺少任务名称")
    if not task.objects:
        yield _fault(task, "objects", "plan-elements", FIVE_ELEMENTS, "缺少检查对象范围")
    if not task.matters:
        yield _fault(task, "matters", "plan-elements", FIVE_ELEMENTS, "缺少检查项目（已公布的检查事项）")
    if task.parsed.ratio is None and task.parsed.count is None and task.selection is not Method.FULL:
        yield _fault(task, "ratio", "plan-elements", FIVE_ELEMENTS, "缺少检查比例（或数量）")
    if not task.basis:
        yield _fault(task, "basis", "plan-elements", FIVE_ELEMENTS, "缺少检查依据")
    yield from _period_faults(task, year)
    yield from _matter_faults(task, matters)
    yield from _frequency_faults(task, cap_by_rule)


def _period_faults(task: Task, year: int) -> Iterator[Fault]:
    if task.starts is None or task.ends is None:
        yield _fault(task, "period", "plan-period", FIVE_ELEMENTS, "缺少检查时间")
    elif task.starts > task.ends:
        yield _fault(task, "period", "plan-period", FIVE_ELEMENTS, "检查时间的起点晚于终点")
    elif task.starts.year != year or task.ends.year != year:
        yield _fault(task, "period", "plan-period", FIVE_ELEMENTS, f"检查时间应在 {year} 年之内，跨年的请分年安排")


def _matter_faults(task: Task, matters: Mapping[MatterId, Matter]) -> Iterator[Fault]:
    for identity in task.matters:
        matter = matters.get(identity)
        day = task.starts or dt.date.min
        if matter is None or not (matter.in_force(day) or matter.in_force(task.ends or day)):
            name = matter.name if matter else str(identity)
            yield _fault(task, "matters", "matter-published", PUBLISHED_ONLY, f"“{name}”在计划期间不是已公布的事项")


def _frequency_faults(task: Task, cap_by_rule: int) -> Iterator[Fault]:
    frequency = task.parsed.frequency
    cap = task.parsed.cap if task.parsed.cap is not None else cap_by_rule
    if frequency is None:
        return
    stated = frequency.min if frequency.min is not None else Decimal(0)
    a_year = stated * TIMES_A_YEAR[frequency.per or "year"]
    if a_year > cap:
        yield _fault(
            task,
            "frequency",
            "frequency-within-cap",
            CAP_BASIS,
            f"计划频次每年 {a_year.normalize():f} 次，超过上限 {cap} 次；请调低频次，或写明本任务的年度上限",
        )


def _fault(task: Task | None, field: str, rule: str, basis: str, message: str) -> Fault:
    if task is None:
        return Fault(rule=rule, basis=basis, place=Place(field=field, message=message))
    return Fault(
        rule=rule,
        basis=basis,
        place=Place(
            field=f"tasks[{task.position}].{field}",
            sheet=task.source_sheet,
            row=task.source_row,
            text=task.name[:100],
            message=message,
        ),
    )
