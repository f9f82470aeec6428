"""Open data: the columns of offices, the same content in each format, no formulas."""

import csv
import io
import json

import openpyxl
import pytest

from inspect_registry.catalogue.model import Disclosure
from inspect_registry.publication.build import release_files
from inspect_registry.publication.open_data import PLAN_COLUMNS
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.snapshot import Snapshot
from tests.publication_builders import a_plan, a_row, a_snapshot, many_rows


def data(snapshot: Snapshot) -> dict[str, bytes]:
    return {
        file.path.removeprefix("plans/2026-12/"): file.content
        for file in release_files(load_kit(), snapshot)
        if file.path.startswith(("plans/2026-12/plan.", "plans/2026-12/search.", "results/2026-11/results."))
    }


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_csv_has_a_byte_order_mark_and_the_columns_of_offices() -> None:
    content = data(a_snapshot())["plan.csv"]
    assert content.startswith(b"\xef\xbb\xbf")
    assert tuple(rows_of(content)[0]) == PLAN_COLUMNS
    row = rows_of(content)[0]
    assert row["检查主体"] == "嘉定区市场监督管理局"
    assert row["检查依据"] == "《中华人民共和国食品安全法》第一百一十条"
    assert row["检查时间"] == "2026-12-08"
    assert row["检查方式"] == "现场检查"


def test_a_numbers_only_line_gives_its_number_and_no_object() -> None:
    plan = a_plan([a_row(visit=uid, disclosure=Disclosure.NUMBERS) for uid in ("a", "b", "c")])
    (row,) = rows_of(data(a_snapshot(plan))["plan.csv"])
    assert (row["检查对象"], row["次数"], row["检查编号"]) == (
        "（只公布数量）",
        "3",
        "",
    )


def test_csv_xlsx_and_json_say_the_same() -> None:
    files = data(a_snapshot(a_plan(many_rows(40))))
    table = rows_of(files["plan.csv"])
    sheet = openpyxl.load_workbook(io.BytesIO(files["plan.xlsx"])).active
    assert sheet is not None
    lines = [[str(cell if cell is not None else "") for cell in line] for line in sheet.iter_rows(values_only=True)]
    assert lines == [list(PLAN_COLUMNS), *[list(row.values()) for row in table]]
    document = json.loads(files["plan.json"])
    assert [visit["uid"] for visit in document["visits"]] == [row["检查编号"] for row in table]
    assert document["totals"]["visits"] == sum(int(row["次数"]) for row in table)
    assert document["totals"]["joint"] == sum(row["是否综合一次查"] == "是" for row in table)


@pytest.mark.parametrize("start", list("=+-@|\t\r\n") + list("＝＋－＠"))
def test_a_name_that_looks_like_a_formula_is_text_everywhere(start: str) -> None:
    name = f"{start}HYPERLINK(1)"
    files = data(a_snapshot(a_plan([a_row(enterprise_name=name, address=name)])))
    row = rows_of(files["plan.csv"])[0]
    assert row["检查对象"] in {f"'{start}HYPERLINK(1)", "HYPERLINK(1)"}
    assert row["检查对象"][0] in "'H"
    sheet = openpyxl.load_workbook(io.BytesIO(files["plan.xlsx"])).active
    assert sheet is not None
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}


def test_the_search_index_finds_each_visit_s_page() -> None:
    index = json.loads(data(a_snapshot())["search.json"])
    name, number, place, initials, day, departments, target = index[0]
    assert (name, number, place) == (
        "上海安亭好味道餐饮有限公司",
        "91310114MA1GT0XX0X",
        "安亭镇 墨玉路1号",
    )
    assert (initials, day, departments) == (
        "SHATHWDCYYXGS",
        "2026-12-08",
        "区市场监管局",
    )
    assert target == "names/A.html#v-" + "v" * 25 + "2"


def test_results_are_data_too() -> None:
    files = data(a_snapshot())
    (row,) = rows_of(files["results/2026-11/results.csv"])
    assert (row["检查结果"], row["任务来源"], row["整改情况"]) == (
        "未发现问题",
        "计划",
        "无须整改",
    )
    document = json.loads(files["results/2026-11/results.json"])
    assert document["totals"]["records"] == 1
    assert document["results"][0]["outcome"] == "no_problem"
