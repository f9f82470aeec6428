"""An annual plan as a table that offices and the city's system take in, and that our own importer reads back alike."""

from decimal import Decimal
from typing import Final

import msgspec

from inspect_registry.access import Permission, reads
from inspect_registry.catalogue import service as catalogue
from inspect_registry.db import Tx
from inspect_registry.plans import store
from inspect_registry.plans.cells.values import Bounds, Frequency
from inspect_registry.plans.draw import Method
from inspect_registry.plans.lookups import annual_plan_of, departments_by_id
from inspect_registry.plans.model import AnnualPlan, Task, TaskKind, TaskMode
from inspect_registry.sheets.writing import csv_bytes, xlsx_bytes

COLUMNS: Final = (
    "序号", "计划编号", "任务名称", "检查主体", "检查事项", "检查依据", "检查对象", "检查类型", "检查方式",
    "检查比例", "检查数量", "检查频次", "频次上限", "检查时间", "可联合检查部门",
)  # fmt: skip
_KINDS: Final = {TaskKind.ROUTINE: "日常", TaskKind.SPECIAL: "专项", TaskKind.CASE: "个案"}
_SELECTIONS: Final = {Method.RANDOM: "随机抽取", Method.TARGETED: "定向检查", Method.FULL: "全覆盖"}
_PER: Final = {
    "week": "周", "month": "月", "quarter": "季度", "half_year": "半年", "year": "年",
    "two_years": "两年", "three_years": "三年", "five_years": "五年",
}  # fmt: skip


class TableFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file to be handed out."""

    name: str
    content: bytes


@reads(Permission.ANNUAL_PLAN_READ)
async def annual_plan_table(tx: Tx, uid: str, *, xlsx: bool) -> TableFile:
    """Write one plan as XLSX or CSV, with its code in the city's system. Raises PlanUnknown."""
    plan = await annual_plan_of(tx, uid)
    tasks = await store.tasks_of_plan(tx, plan.id)
    departments = {one.id: one.name for one in (await departments_by_id(tx)).values()}
    wanted = sorted({matter for task in tasks for matter in task.matters})
    names = {one.id: one.name for one in (await catalogue.matters_by_id(tx, wanted)).values()} if wanted else {}
    rows = [
        cells_of(
            plan,
            task,
            department=departments[plan.department],
            matters=[names[one] for one in task.matters],
            joint=[departments[one] for one in task.joint_departments],
        )
        for task in tasks
    ]
    name = f"{plan.title}.{'xlsx' if xlsx else 'csv'}"
    content = xlsx_bytes(f"{plan.year}年计划", COLUMNS, rows) if xlsx else csv_bytes(COLUMNS, rows)
    return TableFile(name=name, content=content)


def cells_of(plan: AnnualPlan, task: Task, *, department: str, matters: list[str], joint: list[str]) -> list[str]:
    """Write one task; a cell that states nothing is empty."""
    parsed = task.parsed
    mode = "现场检查" if task.mode is TaskMode.ONSITE else "非现场检查"
    return [
        str(task.position),
        parsed.upstream_code or plan.upstream_plan_code,
        task.name,
        department,
        "\n".join(matters),
        task.basis,
        task.objects,
        _KINDS[task.kind],
        f"{mode}（{_SELECTIONS[task.selection]}）",
        _bounds(parsed.ratio, "%"),
        _bounds(parsed.count, "户"),
        _frequency(parsed.frequency),
        f"{parsed.cap}次/年" if parsed.cap is not None else "",
        f"{task.starts:%Y.%m.%d}-{task.ends:%Y.%m.%d}" if task.starts and task.ends else "",
        "、".join(joint),
    ]


def _bounds(bounds: Bounds | Frequency | None, unit: str) -> str:
    if bounds is None:
        return ""
    low, high = bounds.min, bounds.max
    if low is not None and high is not None:
        return f"{_plain(low)}{unit}" if low == high else f"{_plain(low)}-{_plain(high)}{unit}"
    if low is not None:
        return f"不少于{_plain(low)}{unit}"
    return f"不超过{_plain(high)}{unit}" if high is not None else ""


def _frequency(frequency: Frequency | None) -> str:
    told = _bounds(frequency, "次")
    return f"{told}/{_PER[frequency.per]}" if told and frequency and frequency.per else told


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
