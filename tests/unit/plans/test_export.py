"""A plan written as a table is read back alike by our own importer: bounds, frequencies, caps, days, codes."""

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_registry.plans.cells.values import Bounds, Frequency
from inspect_registry.plans.draw import Method
from inspect_registry.plans.export import COLUMNS, cells_of
from inspect_registry.plans.lifecycle import PlanState
from inspect_registry.plans.model import AnnualPlan, Parsed, Task, TaskKind, TaskMode
from inspect_registry.plans.stated import TaskRow
from inspect_registry.plans.table import read_plan
from inspect_registry.sheets.reading import read_table
from inspect_registry.sheets.writing import csv_bytes, xlsx_bytes


def a_plan(**changes: object) -> AnnualPlan:
    values: dict[str, object] = {
        "id": 1, "uid": "p" * 26, "department": 1, "year": 2026, "campaign": "", "approval_document": "",
        "approved_on": None, "emergency": False, "revision": 1, "title": "某局2026年度行政检查计划",
        "state": PlanState.DRAFT, "number": None, "reason": "", "changes": [], "upstream_plan_code": "",
        "created_at": datetime(2026, 1, 1, tzinfo=UTC), "submitted_at": None, "reviewed_at": None, "filed_at": None,
        "published_at": None, "closed_at": None,
    }  # fmt: skip
    return AnnualPlan(**(values | changes))  # type: ignore[arg-type]  # by name


def a_task(parsed: Parsed = Parsed(), **changes: object) -> Task:  # noqa: B008 - frozen
    values: dict[str, object] = {
        "id": 1, "uid": "t" * 26, "plan": 1, "position": 1, "name": "餐饮单位检查", "matters": [1],
        "joint_departments": [], "objects": "餐饮服务提供者", "kind": TaskKind.ROUTINE, "mode": TaskMode.ONSITE,
        "selection": Method.RANDOM, "parsed": parsed, "starts": date(2026, 3, 1), "ends": date(2026, 11, 30),
        "basis": "《中华人民共和国食品安全法》第一百一十条", "cells": {}, "problems": [], "source_sheet": "", "source_row": 0,
    }  # fmt: skip
    return Task(**(values | changes))  # type: ignore[arg-type]  # by name


def round_trip(plan: AnnualPlan, *tasks: Task, xlsx: bool = False, joint: tuple[str, ...] = ()) -> list[TaskRow]:
    rows = [
        cells_of(plan, task, department="区市场监管局", matters=["餐饮服务食品安全监督检查"], joint=list(joint))
        for task in tasks
    ]
    content = xlsx_bytes("计划", COLUMNS, rows) if xlsx else csv_bytes(COLUMNS, rows)
    read = read_plan(read_table(content, "计划.xlsx" if xlsx else "计划.csv"), plan.year)
    assert read.problems == ()
    assert read.unknown_columns == ()
    return list(read.tasks)


NUMBERS = st.integers(1, 100).map(Decimal)


@st.composite
def bounds(draw: st.DrawFn) -> Bounds:
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    return draw(
        st.sampled_from([Bounds(min=low, max=high), Bounds(min=low), Bounds(max=high), Bounds(min=low, max=low)])
    )


@st.composite
def frequencies(draw: st.DrawFn) -> Frequency:
    low = Decimal(draw(st.integers(1, 12)))
    per = draw(st.sampled_from(["month", "quarter", "half_year", "year"]))
    return draw(
        st.sampled_from(
            [Frequency(min=low, max=low, per=per), Frequency(min=low, per=per), Frequency(max=low, per=per)]
        )
    )


@settings(max_examples=150, deadline=None)
@given(
    st.none() | bounds(), st.none() | bounds(), st.none() | frequencies(), st.none() | st.integers(1, 12),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sampled_from(list(TaskMode)),
)  # fmt: skip
def test_what_a_task_states_comes_back(ratio, count, frequency, cap, one, other, mode) -> None:
    if ratio is None and count is None:
        ratio = Bounds(min=Decimal(5), max=Decimal(5))
    starts, ends = sorted((one, other))
    parsed = Parsed(ratio=ratio, count=count, frequency=frequency, cap=cap)
    (row,) = round_trip(a_plan(), a_task(parsed, starts=starts, ends=ends, mode=mode))
    assert (row.ratio, row.count, row.cap) == (ratio, count, cap)
    assert row.frequency == frequency
    assert row.period is not None
    assert (row.period.start, row.period.end) == (starts, ends)
    assert row.on_site is (mode is TaskMode.ONSITE)
    assert (row.name, row.department, row.objects) == ("餐饮单位检查", "区市场监管局", "餐饮服务提供者")
    assert row.matters == ("餐饮服务食品安全监督检查",)


def test_the_city_s_codes_go_out_and_come_in() -> None:
    plan = a_plan(upstream_plan_code="SH-2026-0099")
    share = Parsed(ratio=Bounds(min=Decimal(5), max=Decimal(5)))
    own = Parsed(ratio=share.ratio, upstream_code="SH-2026-0099-7")
    for xlsx in (False, True):
        rows = round_trip(plan, a_task(share), a_task(own, position=2, name="第二项"), xlsx=xlsx, joint=("区公安分局",))
        assert [row.upstream_code for row in rows] == ["SH-2026-0099", "SH-2026-0099-7"]
        assert rows[0].joint_departments == ("区公安分局",)
