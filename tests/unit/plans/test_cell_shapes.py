"""Every cell shape that offices write (data/plan-tables.md), in a whole table: what it means, or that it must be settled."""

import pytest

from inspect_registry.plans.report import report
from inspect_registry.plans.stated import ReadPlan
from inspect_registry.plans.table import read_plan
from inspect_registry.sheets.model import Sheet, Workbook

PLAIN = {
    "序号": "1", "任务名称": "餐饮检查", "检查主体": "区市场监管局", "检查事项": "食品经营检查", "检查对象": "餐饮单位",
    "检查方式": "现场检查", "检查比例": "5%", "检查时间": "全年",
}  # fmt: skip


def read(**cells: str) -> ReadPlan:
    row = PLAIN | cells
    return read_plan(Workbook(sheets=(Sheet(name="表", rows=[list(row), list(row.values())]),), kind="csv"), 2026)


def stated(**cells: str) -> dict[str, object]:
    plan = read(**cells)
    assert plan.problems == (), plan.problems
    return report(plan)["tasks"][0]  # type: ignore[index,no-any-return]  # JSON


EXACT = lambda low, high: {"min": low, "max": high}  # noqa: E731 - one word in a long table


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("检查比例", "5%", {"ratio": EXACT(5, 5)}),
        ("检查比例", "２％", {"ratio": EXACT(2, 2)}),
        ("检查比例", "10-20%", {"ratio": EXACT(10, 20)}),
        ("检查比例", "2%-5%", {"ratio": EXACT(2, 5)}),
        ("检查比例", "不低于0.5%", {"ratio": {"min": 0.5}}),
        ("检查比例", "检查比例不少于1%", {"ratio": {"min": 1}}),
        ("检查比例", "≥20%", {"ratio": {"min": 20}}),
        ("检查比例", "1户", {"count": EXACT(1, 1)}),
        ("检查比例", "60-70家", {"count": EXACT(60, 70)}),
        ("检查比例", "10% (20户)", {"ratio": EXACT(10, 10), "count": EXACT(20, 20)}),
        ("检查比例", "3%;2次/年", {"ratio": EXACT(3, 3), "frequency": {"min": 2, "max": 2, "per": "year"}}),
        ("检查比例", "25%,不少于1次/年", {"ratio": EXACT(25, 25), "frequency": {"min": 1, "per": "year"}}),
        ("检查比例", "全年抽查比例不低于1%,抽查1次", {"ratio": {"min": 1}}),
        ("检查频次", "=1", {"frequency": EXACT(1, 1)}),
        ("检查频次", ">=1", {"frequency": {"min": 1}}),
        ("检查频次", "至少2次", {"frequency": {"min": 2}}),
        ("检查频次", "3次/年", {"frequency": {"min": 3, "max": 3, "per": "year"}}),
        ("频次上限", "4次/年", {"cap": 4}),
        ("频次上限", "各检查对象年均1-2次", {"cap": 2}),
        (
            "检查频次",
            "检查频次:1次/年/单位 上限:2次/年/单位",
            {"cap": 2, "frequency": {"min": 1, "max": 1, "per": "year"}},
        ),
        ("抽查数量", "约27家", {"count": EXACT(27, 27)}),
        ("抽查数量", "19", {"count": EXACT(19, 19)}),
        ("抽查数量", "1户(以牵头单位抽查数为准)", {"count": EXACT(1, 1)}),
        ("抽查数量", "数量原则上不少于10家", {"count": {"min": 10}}),
        ("检查时间", "1月—12月", {"period": {"from": "2026-01-01", "to": "2026-12-31"}}),
        ("检查时间", "3-5月份", {"period": {"from": "2026-03-01", "to": "2026-05-31"}}),
        ("检查时间", "7月至12月", {"period": {"from": "2026-07-01", "to": "2026-12-31"}}),
        ("检查时间", "10月", {"period": {"from": "2026-10-01", "to": "2026-10-31"}}),
        ("检查时间", "全年", {"period": {"from": "2026-01-01", "to": "2026-12-31"}}),
        ("检查时间", "2026.01.01-2026.12.31", {"period": {"from": "2026-01-01", "to": "2026-12-31"}}),
        ("检查时间", "2026年2月24日 -2026年11月30日", {"period": {"from": "2026-02-24", "to": "2026-11-30"}}),
        ("检查时间", "2026年1月—11月", {"period": {"from": "2026-01-01", "to": "2026-11-30"}}),
        ("联合部门", "市邮政管理局、市公安局", {"joint_departments": ["市邮政管理局", "市公安局"]}),
        (
            "联合部门",
            "市公安局\n市邮政局;区民政局,区司法局",
            {"joint_departments": ["市公安局", "市邮政局", "区民政局", "区司法局"]},
        ),
        ("联合部门", "牵头：区市场监管局；配合：区公安分局", {"joint_departments": ["区公安分局"]}),
        ("联合部门", "区商务委(牵头)、区公安分局", {"joint_departments": ["区商务委", "区公安分局"]}),
        (
            "业务指导科室(牵头;配合)",
            "牵头:规划科;配合:住房科、产业科",
            {"lead_office": "规划科", "supporting_offices": ["住房科", "产业科"]},
        ),
    ],
)
def test_a_shape_means_what_the_offices_mean(column: str, cell: str, expected: dict[str, object]) -> None:
    task = stated(**{column: cell})
    assert {name: task.get(name) for name in expected} == expected
    assert "".join(task["cells"][column].split()) == "".join(cell.split())  # type: ignore[index]  # JSON


def test_the_end_of_a_month_is_its_last_day() -> None:
    period = stated(检查时间="10月底")["period"]
    assert period["to"] == "2026-10-31"  # type: ignore[index]  # JSON


def test_a_ratio_by_class_keeps_each_class_with_its_own() -> None:
    task = stated(检查比例="守信5%、警示10%、失信20%、严重失信40%")
    assert [(one["label"], one["ratio"]) for one in task["by_class"]] == [  # type: ignore[attr-defined]  # JSON
        ("守信", EXACT(5, 5)), ("警示", EXACT(10, 10)), ("失信", EXACT(20, 20)), ("严重失信", EXACT(40, 40)),
    ]  # fmt: skip


def test_an_average_and_an_estimate_say_so() -> None:
    for cells in (
        {"频次上限": "各检查对象年均1-2次"},
        {"抽查数量": "约27家"},
        {"抽查数量": "1户(以牵头单位抽查数为准)"},
    ):
        assert stated(**cells).get("notes"), cells


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("检查时间", "待定", "cell-undetermined"),
        ("检查时间", "根据监管需要确定", "cell-undetermined"),
        ("检查时间", "春、秋季", "cell-undetermined"),
        ("检查时间", "", "element-missing"),
        ("检查比例", "待定", "cell-undetermined"),
        ("检查比例", "", "element-missing"),
        ("检查时间", "10月-次年3月", "period-crosses-year"),
        ("检查时间", "2025年", "period-outside-year"),
        ("检查时间", "2025年6月至2025年11月", "period-outside-year"),
        ("联合部门", "根据需要", "department-not-named"),
        ("业务指导科室", "根据需要", "department-not-named"),
        ("检查对象", "", "element-missing"),
        ("检查方式", "", "element-missing"),
        ("检查事项", "", "element-missing"),
        ("检查主体", "", "element-missing"),
    ],
)
def test_a_shape_that_says_nothing_is_never_guessed(column: str, cell: str, code: str) -> None:
    plan = read(**{column: cell})
    assert [(one.row, one.column, one.code) for one in plan.problems] == [(2, column, code)]
    assert plan.problems[0].message
    assert len(plan.tasks) == 1
    if cell:
        assert plan.tasks[0].cells[column] == cell


def test_a_share_of_one_is_five_percent() -> None:
    assert stated(检查比例="0.05")["ratio"] == {"min": 5, "max": 5}
