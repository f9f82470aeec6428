"""Whole tables in the shapes that offices publish; nothing typed is lost, every problem has its place."""

import time
from datetime import date

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspect_registry.plans.headers import Column, column_of
from inspect_registry.plans.report import report
from inspect_registry.plans.row_state import visible
from inspect_registry.plans.stated import ReadPlan
from inspect_registry.plans.table import read_plan
from inspect_registry.sheets.model import Sheet, Workbook
from inspect_registry.sheets.reading import read_table
from tests.plan_tables import ALL, FUCHENG, SHANGGAO, a_csv, a_workbook, xlsx_of


def read(table, *, xlsx=False, **options) -> ReadPlan:
    if xlsx:
        return read_plan(read_table(xlsx_of(a_workbook(table, **options)), "计划.xlsx"), 2026)
    return read_plan(read_table(a_csv(table, **options), "计划.csv"), 2026)


def sheet_of(*rows: list[str], formulas=()) -> Workbook:
    return Workbook(sheets=(Sheet(name="表", rows=list(rows), formulas=frozenset(formulas)),), kind="csv")


@pytest.mark.parametrize("name", sorted(set(ALL) - {"rushan"}))
@pytest.mark.parametrize("xlsx", [False, True], ids=["csv", "xlsx"])
def test_every_published_column_set_is_read_without_a_problem(name: str, xlsx: bool) -> None:
    plan = read(ALL[name], xlsx=xlsx, title="某单位2026年度计划", footer="填表说明：比例按在册企业数计算")
    assert plan.problems == ()
    assert plan.unknown_columns == ()
    assert len(plan.tasks) == len(ALL[name]) - 1
    assert [row.reason for row in plan.skipped] == ["title", "header", "note"]
    assert [task.row for task in plan.tasks] == list(range(3, 2 + len(ALL[name])))


def test_a_full_row_says_everything_that_it_states() -> None:
    task = report(read(FUCHENG))["tasks"][0]
    cells = task.pop("cells")
    assert task == {
        "sheet": "计划",
        "row": 2,
        "name": "食品经营单位日常检查",
        "matters": ["食品经营许可检查"],
        "department": "区市场监管局",
        "joint_departments": ["区卫生健康委", "区城管执法局"],
        "objects": "食品经营单位",
        "mode": "现场检查",
        "on_site": True,
        "kind": "日常",
        "ratio": {"min": 10, "max": 20},
        "cap": 4,
        "period": {"from": "2026-01-01", "to": "2026-12-31"},
        "basis": "《中华人民共和国食品安全法》第一百零九条",
        "joint": True,
    }
    assert cells["检查对象基数"] == "3200"


def test_two_columns_that_contradict_each_other_are_told_and_the_own_column_stands() -> None:
    plan = read(ALL["rushan"])
    assert [(p.column, p.code, p.text) for p in plan.problems] == [("抽查频次", "cell-contradicts", "=1")]
    assert plan.tasks[0].frequency is not None
    assert plan.tasks[0].frequency.min == 1


def test_offices_stand_for_the_department_where_none_is_named() -> None:
    task = report(read(ALL["jiading"]))["tasks"][0]
    assert (task["department"], task["joint_departments"]) == ("规划科", ["住房科", "产业科"])
    assert (task["lead_office"], task["supporting_offices"]) == ("规划科", ["住房科", "产业科"])


def test_a_two_line_header_is_one_header() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["2026年计划", None, None, None, None, None],
        ["序号", "任务名称", "检查事项", "责任部门", None, "抽查比例"],
        [None, None, None, "牵头部门", "配合部门", None],
        ["1", "联合抽查", "许可检查", "区商务委", "区公安分局", "5%"],
    ):
        sheet.append(row)
    for area in ("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3"):
        sheet.merge_cells(area)
    plan = read_plan(read_table(xlsx_of(book), "a.xlsx"), 2026)
    assert plan.problems == ()
    task = plan.tasks[0]
    assert (task.row, task.department, task.joint_departments) == (4, "区商务委", ("区公安分局",))
    assert task.cells["责任部门/牵头部门"] == "区商务委"


def test_a_header_is_named_as_it_is_written_even_over_two_lines_of_a_cell() -> None:
    header = ["任务名称", "检查\n事项", "抽查比例\n（%）", "检查时间"]
    plan = read_plan(sheet_of(header, ["甲", "甲检查", "5", "3月"], header, ["乙", "乙检查", "待定", "4月"]), 2026)
    assert [(p.row, p.column) for p in plan.problems] == [(4, "抽查比例\n（%）")]
    assert plan.tasks[0].ratio is not None
    assert plan.tasks[0].ratio.min == 5
    assert len(plan.tasks) == 2


def test_merged_departments_reach_the_rows_below_and_unmerged_gaps_do_not() -> None:
    rows = [*SHANGGAO, ("3", "", "三号任务", "三号检查", "5月", "水政股", "1%", "1次/年", "3")]
    book = a_workbook(rows)
    book.active["B3"] = None
    book.active.merge_cells("B2:B3")
    plan = read_plan(read_table(xlsx_of(book), "a.xlsx"), 2026)
    assert [task.department for task in plan.tasks] == ["区水务局", "区水务局", None]
    assert [(p.row, p.column, p.code) for p in plan.problems] == [(4, "检查主体", "element-missing")]


def test_a_percent_cell_and_a_formula_are_told_apart() -> None:
    book = a_workbook(SHANGGAO)
    sheet = book.active
    sheet["G2"], sheet["G2"].number_format = 0.05, "0%"
    sheet["H2"] = "=1"
    sheet["H3"] = "=SUM(I2:I3)"
    plan = read_plan(read_table(xlsx_of(book), "a.xlsx"), 2026)
    first = report(plan)["tasks"][0]
    assert first["ratio"] == {"min": 5, "max": 5}
    assert first["frequency"] == {"min": 1, "max": 1}
    assert [(p.row, p.column, p.code, p.text) for p in plan.problems] == [
        (3, "抽查频次", "cell-is-formula", "=SUM(I2:I3)")
    ]


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("抽查比例", "待定", "cell-undetermined"),
        ("计划开展时间", "春、秋季", "cell-undetermined"),
        ("计划开展时间", "10月-次年3月", "period-crosses-year"),
        ("计划开展时间", "2026年2月30日", "date-impossible"),
        ("计划开展时间", "", "element-missing"),
        ("检查主体", "", "element-missing"),
        ("检查内容", "待定", "cell-undetermined"),
        ("年度计划名称", '=HYPERLINK("http://x")', "cell-is-formula"),
        ("抽查频次", "看情况", "cell-unreadable"),
        ("抽查数量", "1180591620717411303424", "number-too-large"),
        ("检查内容", "水\x00井", "cell-has-control-characters"),
        ("检查内容", "长" * 5_000, "cell-too-long"),
    ],
)
def test_a_cell_that_must_be_settled_is_told_with_its_place(column: str, text: str, code: str) -> None:
    header, row = list(SHANGGAO[0]), list(SHANGGAO[1])
    row[header.index(column)] = text
    plan = read_plan(sheet_of(["某局计划"], header, row), 2026)
    assert [(p.sheet, p.row, p.column, p.code) for p in plan.problems] == [("表", 3, column, code)]
    assert plan.problems[0].text == visible(text)
    assert plan.problems[0].message
    assert len(plan.tasks) == 1


def test_a_repeated_row_is_told() -> None:
    plan = read_plan(sheet_of(list(SHANGGAO[0]), list(SHANGGAO[1]), ["2", *SHANGGAO[1][1:]]), 2026)
    assert [(p.row, p.code) for p in plan.problems] == [(3, "row-duplicate")]
    assert "第 2 行" in plan.problems[0].message


def test_unknown_columns_are_kept_and_named() -> None:
    header = [*SHANGGAO[0], "经费来源", "经费来源"]
    plan = read_plan(sheet_of(header, [*SHANGGAO[1], "财政", "自筹"]), 2026)
    assert plan.unknown_columns == ("经费来源",)
    assert plan.tasks[0].cells["经费来源"] == "财政"
    assert plan.tasks[0].cells["经费来源(K)"] == "自筹"


def test_first_and_last_day_may_stand_in_two_columns() -> None:
    header = ["任务名称", "检查事项", "检查比例", "开始时间", "结束时间"]
    rows = [
        ["甲", "甲检查", "5%", "3月", "2026年5月15日"],
        ["乙", "乙检查", "5%", "6月", "5月"],
        ["丙", "丙检查", "5%", "", ""],
    ]
    plan = read_plan(sheet_of(header, *rows), 2026)
    period = plan.tasks[0].period
    assert period is not None
    assert (period.start, period.end) == (date(2026, 3, 1), date(2026, 5, 15))
    assert [(p.row, p.column, p.code) for p in plan.problems] == [
        (3, "结束时间", "period-inverted"),
        (4, "开始时间", "element-missing"),
    ]


def test_a_column_without_a_header_never_takes_the_place_of_one_that_is_named_like_its_letters() -> None:
    header = ["任务名称", "检查事项", "检查比例", "检查时间", "", "E"]
    plan = read_plan(sheet_of(header, ["甲", "甲检查", "5%", "3月", "无题", "有题", "题外"]), 2026)
    assert set(plan.tasks[0].cells.values()) == {"甲", "甲检查", "5%", "3月", "无题", "有题", "题外"}


def test_sections_totals_and_repeated_headers_are_no_tasks() -> None:
    header, row = list(SHANGGAO[0]), list(SHANGGAO[1])
    plan = read_plan(
        sheet_of(
            header,
            ["一、日常检查"],
            row,
            header,
            ["2", *SHANGGAO[2][1:]],
            ["合计", "", "", "", "", "", "", "", "46"],
            ["3"],
        ),
        2026,
    )
    assert len(plan.tasks) == 2
    assert [(row.row, row.reason) for row in plan.skipped] == [
        (1, "header"),
        (2, "section"),
        (4, "header"),
        (6, "total"),
        (7, "serial-only"),
    ]


def test_a_file_without_a_table_says_so() -> None:
    plan = read_plan(sheet_of(["随便", "写写"], ["一", "二"]), 2026)
    assert [p.code for p in plan.problems] == ["header-not-found"]
    assert len(plan.skipped) == 2


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("检查频次上限", Column.CAP),
        ("抽查比例\n(数量)", Column.RATIO_OR_COUNT),
        ("拟抽查对象数（户）", Column.COUNT),
        ("检查对象基数", Column.POPULATION),
        ("被检查单位", Column.OBJECTS),
        ("牵头单位", Column.DEPARTMENT),
        ("可联合检查部门", Column.JOINT_DEPARTMENTS),
        ("参与部门的检查内容(检查事项)", Column.JOINT_MATTERS),
        ("检查周期", Column.FREQUENCY),
        ("实施时间", Column.PERIOD),
        ("经费来源", Column.UNKNOWN),
    ],
)
def test_headers_are_known_by_their_words(header: str, column: Column) -> None:
    assert column_of(header) is column


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_any_text_in_any_cell_never_crashes_and_is_never_lost(data: st.DataObject) -> None:
    header, row = list(SHANGGAO[0]), list(SHANGGAO[1])
    at = data.draw(st.integers(0, len(row) - 1))
    text = data.draw(st.text(min_size=1))
    row[at] = text
    plan = read_plan(sheet_of(["某局计划"], header, row), 2026)
    kept = [cell for task in plan.tasks for cell in task.cells.values()] + [one.text for one in plan.skipped]
    if text.strip():
        squeezed = "".join(visible(text).split())
        assert any(squeezed in "".join(cell.split()) for cell in kept)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.lists(st.text(max_size=12) | st.sampled_from(SHANGGAO[0]), max_size=10), max_size=8))
def test_any_table_is_read_and_every_text_is_kept_somewhere(rows: list[list[str]]) -> None:
    plan = read_plan(sheet_of(*rows), 2026)
    kept = "".join("".join(cell for task in plan.tasks for cell in task.cells.values()).split())
    kept += "".join("".join(one.text for one in plan.skipped).split())
    for row in rows:
        for text in row:
            assert "".join(visible(text).split()) in kept or "".join(text.split()) in kept


def test_five_thousand_rows_are_read_in_time() -> None:
    table = [FUCHENG[0], *([str(n), f"任务{n}", *FUCHENG[1][2:]] for n in range(5_000))]
    content = xlsx_of(a_workbook(table))
    started = time.monotonic()
    plan = read_plan(read_table(content, "计划.xlsx"), 2026)
    assert len(plan.tasks) == 5_000
    assert plan.problems == ()
    assert time.monotonic() - started < 10
