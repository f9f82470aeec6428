"""The report of a checked plan table, as JSON values and as a table for the terminal.

The JSON is an outer interface (docs/plan-tables.md): percentages are numbers from 0 to 100, unknown keys are left out,
rows count from 1 as the file shows them, `column` is the header's text.
"""

from collections.abc import Iterable
from decimal import Decimal
from unicodedata import east_asian_width

from inspect_registry.plans.cells.amounts import ClassAmount
from inspect_registry.plans.cells.values import Bounds, Frequency, Period
from inspect_registry.plans.stated import CellProblem, ReadPlan, TaskRow

Json = dict[str, object]


def report(plan: ReadPlan) -> Json:
    """Shape a read plan as JSON values."""
    return {
        "tasks": [task_json(task) for task in plan.tasks],
        "problems": [problem_json(problem) for problem in plan.problems],
        "skipped": [
            {"sheet": row.sheet, "row": row.row, "reason": row.reason, "text": row.text} for row in plan.skipped
        ],
        "unknown_columns": list(plan.unknown_columns),
    }


def problem_json(problem: CellProblem) -> Json:
    """Shape one problem."""
    return {
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "code": problem.code,
        "message": problem.message,
        "text": problem.text,
    }


def task_json(task: TaskRow) -> Json:
    """Shape one task; what the row does not state is left out.

    Where a row names offices and no department (业务指导科室), the office that leads stands as `department`, beside
    `lead_office`, so that a reader always finds who is responsible in one place.
    """
    from_offices = task.department is None and task.lead_office is not None
    values: Json = {
        "sheet": task.sheet,
        "row": task.row,
        "name": task.name or None,
        "matters": list(task.matters) or None,
        "department": task.lead_office if from_offices else task.department,
        "joint_departments": list(task.joint_departments or (task.supporting_offices if from_offices else ())) or None,
        "lead_office": task.lead_office,
        "supporting_offices": list(task.supporting_offices) or None,
        "objects": task.objects or None,
        "mode": task.mode or None,
        "on_site": task.on_site,
        "kind": task.kind or None,
        "selection": task.selection,
        "ratio": bounds_json(task.ratio),
        "count": bounds_json(task.count),
        "frequency": frequency_json(task.frequency),
        "cap": task.cap,
        "by_class": [_class_json(amount) for amount in task.by_class] or None,
        "period": period_json(task.period),
        "basis": task.basis or None,
        "joint": task.joint,
        "notes": [
            {"column": note.column, "code": note.code, **({"text": note.text} if note.text else {})}
            for note in task.notes
        ]
        or None,
        "cells": task.cells,
    }
    return {key: value for key, value in values.items() if value is not None}


def bounds_json(bounds: Bounds | None) -> Json | None:
    """Shape bounds as {min, max}."""
    if bounds is None:
        return None
    return _stated({"min": plain_number(bounds.min), "max": plain_number(bounds.max)})


def frequency_json(frequency: Frequency | None) -> Json | None:
    """Shape a frequency as {min, max, per}."""
    if frequency is None:
        return None
    return _stated({"min": plain_number(frequency.min), "max": plain_number(frequency.max), "per": frequency.per})


def period_json(period: Period | None) -> Json | None:
    """Shape a period as {from, to} in ISO days."""
    if period is None:
        return None
    return _stated(
        {
            "from": period.start.isoformat() if period.start else None,
            "to": period.end.isoformat() if period.end else None,
        }
    )


def plain_number(value: Decimal | None) -> int | float | None:
    """Return the JSON number: whole numbers whole, others as the shortest decimal."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def lines(plan: ReadPlan) -> Iterable[str]:
    """Say the same to a person at a terminal."""
    yield f"读到 {len(plan.tasks)} 项任务，{len(plan.problems)} 处需要处理，{len(plan.skipped)} 行不是任务。"
    if plan.unknown_columns:
        yield "未识别的列（原文保留）：" + "、".join(plan.unknown_columns)
    if plan.tasks:
        yield ""
        yield from _table(
            ("行", "任务", "主体", "比例", "数量", "频次", "上限", "时间"),
            [
                (
                    str(task.row),
                    task.name or "；".join(task.matters),
                    task.department or task.lead_office or "",
                    _between(task.ratio, "%"),
                    _between(task.count, "户"),
                    _between(task.frequency, "次"),
                    "" if task.cap is None else f"{task.cap}次",
                    f"{task.period.start or ''}~{task.period.end or ''}" if task.period else "",
                )
                for task in plan.tasks
            ],
        )
    for problem in plan.problems:
        place = f"{problem.sheet} 第{problem.row}行「{problem.column}」“{problem.text}”"
        yield f"{place} [{problem.code}] {problem.message}"


def _class_json(amount: ClassAmount) -> Json:
    return _stated(
        {
            "label": amount.label,
            "ratio": bounds_json(amount.ratio),
            "frequency": frequency_json(amount.frequency),
        }
    )


def _stated(values: Json) -> Json:
    return {key: value for key, value in values.items() if value is not None}


def _between(bounds: Bounds | Frequency | None, unit: str) -> str:
    if bounds is None:
        return ""
    low, high = plain_number(bounds.min), plain_number(bounds.max)
    if low == high:
        return f"{low}{unit}"
    if high is None:
        return f"≥{low}{unit}"
    return f"≤{high}{unit}" if low is None else f"{low}-{high}{unit}"


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterable[str]:
    """Lay out columns in a terminal, where a Chinese character is two cells wide."""
    cut = [tuple(cell if _width(cell) <= 36 else cell[:16] + "…" for cell in row) for row in rows]
    widths = [max(_width(row[index]) for row in [header, *cut]) for index in range(len(header))]
    for row in [header, *cut]:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
