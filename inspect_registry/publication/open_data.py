"""The same plan and results as data: CSV, XLSX and JSON, with the column names offices publish (domain.md 6.2).

One row of a plan is one visit, or for matters of which only the number is shown, one line with its number of visits.
Data and pages come from one snapshot, so they agree by construction; `totals` in the JSON let a reader check it.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from inspect_registry.publication.dates import chinese_month, month_slug
from inspect_registry.publication.figures import plan_figures, result_figures
from inspect_registry.publication.rendering import File, Names, Renderer
from inspect_registry.publication.snapshot import (
    OUTCOME_WORDS,
    RECTIFIED_WORDS,
    MonthPlan,
    MonthResults,
    PublicEnterprise,
)
from inspect_registry.sheets.writing import Cell, csv_bytes, xlsx_bytes

LICENCE: Final = "公开数据，可以自由使用，使用时注明来源和发布时间"
PLAN_COLUMNS: Final = (
    "序号", "检查主体", "检查事项", "检查依据", "检查对象", "统一社会信用代码", "街镇", "检查地址",
    "检查时间", "检查方式", "是否综合一次查", "发起部门", "参与部门", "公开方式", "次数", "检查编号",
)  # fmt: skip
RESULT_COLUMNS: Final = (
    "序号", "检查主体", "检查事项", "检查对象", "统一社会信用代码", "街镇", "检查日期", "是否综合一次查", "任务来源",
    "检查结果", "发现问题数", "整改情况", "是否更正", "检查编号", "记录编号",
)  # fmt: skip
_TO_JSON = msgspec.json.Encoder(order="deterministic")


def plan_data(renderer: Renderer, plan: MonthPlan) -> Iterator[File]:
    """Make plan.csv, plan.xlsx, plan.json and the search index of one revision; paths count from its folder."""
    rows = list(_plan_rows(plan, renderer.names))
    yield File(path="plan.csv", content=csv_bytes(PLAN_COLUMNS, rows))
    name = f"{chinese_month(plan.month)}检查计划"
    yield File(path="plan.xlsx", content=xlsx_bytes(name, PLAN_COLUMNS, rows))
    yield File(path="plan.json", content=_TO_JSON.encode(_plan_document(renderer, plan)))
    yield File(path="search.json", content=_TO_JSON.encode(_search_index(renderer, plan)))


def result_data(renderer: Renderer, month: MonthResults) -> Iterator[File]:
    """Make results.csv, results.json and the search index of one month."""
    base = f"results/{month_slug(month.month)}/"
    yield File(
        path=f"{base}results.csv",
        content=csv_bytes(RESULT_COLUMNS, _result_rows(month, renderer.names)),
    )
    document = {
        "month": month_slug(month.month),
        "publisher": renderer.snapshot.site.publisher,
        "demo": renderer.snapshot.site.demo,
        "licence": LICENCE,
        "totals": result_figures(month),
        "results": [msgspec.to_builtins(result) | {"joint": result.joint} for result in month.results],
        "words": {"outcome": OUTCOME_WORDS, "rectified": RECTIFIED_WORDS},
    }
    yield File(path=f"{base}results.json", content=_TO_JSON.encode(document))
    yield File(path=f"{base}search.json", content=_TO_JSON.encode(_result_index(renderer, month)))


def _plan_rows(plan: MonthPlan, names: Names) -> Iterator[list[Cell]]:
    number = 0
    for visit in plan.visits:
        number += 1
        departments = [names.department(code) for code in visit.departments]
        methods = dict.fromkeys(names.matters[code].method for code in visit.matters if code in names.matters)
        yield [
            number,
            "、".join(departments),
            "；".join(names.matter(code) for code in visit.matters),
            "；".join(dict.fromkeys(names.basis(code) for code in visit.matters)),
            visit.enterprise.name,
            visit.enterprise.number,
            names.town(visit.enterprise.town),
            visit.enterprise.address,
            visit.day.isoformat(),
            "、".join(methods),
            "是" if visit.joint else "否",
            departments[0],
            "、".join(departments[1:]),
            "公布名单",
            1,
            visit.uid,
        ]
    for line in plan.unnamed:
        number += 1
        department = names.department(line.department)
        matter = names.matters.get(line.matter)
        yield [
            number, department, names.matter(line.matter), names.basis(line.matter), "（只公布数量）", "", "", "",
            month_slug(plan.month), matter.method if matter else "", "否", department, "",
            "只公布数量", line.visits, "",
        ]  # fmt: skip


def _result_rows(month: MonthResults, names: Names) -> Iterator[list[Cell]]:
    for number, result in enumerate(month.results, start=1):
        yield [
            number,
            names.department(result.department),
            "；".join(names.matter(code) for code in result.matters),
            result.enterprise.name,
            result.enterprise.number,
            names.town(result.enterprise.town),
            result.day.isoformat(),
            "是" if result.joint else "否",
            "计划" if result.planned else "触发式",
            OUTCOME_WORDS[result.outcome],
            result.problems,
            RECTIFIED_WORDS[result.rectified],
            "是" if result.corrected else "否",
            result.visit,
            result.uid,
        ]


def _plan_document(renderer: Renderer, plan: MonthPlan) -> dict[str, Any]:
    names = renderer.names
    departments = {code for visit in plan.visits for code in visit.departments}
    departments |= {line.department for line in plan.unnamed}
    matters = {code for visit in plan.visits for code in visit.matters} | {line.matter for line in plan.unnamed}
    return {
        "month": month_slug(plan.month),
        "revision": plan.revision,
        "reason": plan.reason,
        "published_at": plan.published_at,
        "provisional": plan.provisional,
        "publisher": renderer.snapshot.site.publisher,
        "demo": renderer.snapshot.site.demo,
        "licence": LICENCE,
        "totals": plan_figures(plan),
        "towns": {code: names.town(code) for code in sorted({visit.enterprise.town for visit in plan.visits})},
        "departments": {code: names.department(code) for code in sorted(departments)},
        "matters": {code: {"name": names.matter(code), "basis": names.basis(code)} for code in sorted(matters)},
        "visits": [_visit(visit) for visit in plan.visits],
        "unnamed": plan.unnamed,
        "changes": plan.changes,
    }


def _visit(visit: Any) -> dict[str, Any]:
    line: dict[str, Any] = msgspec.to_builtins(visit)
    del line["enterprise"]["sort_key"]
    return line | {"joint": visit.joint}


def _search_index(renderer: Renderer, plan: MonthPlan) -> list[list[str]]:
    """Make what search.js reads: name, number, place, initials, day, departments, page and anchor of each visit."""
    names = renderer.names
    return [
        [
            *_found_by(names, visit.enterprise),
            visit.day.isoformat(),
            "、".join(names.department(code, short=True) for code in visit.departments),
            f"names/{names.letter(visit.enterprise)}.html#v-{visit.uid}",
        ]
        for visit in plan.visits
    ]


def _result_index(renderer: Renderer, month: MonthResults) -> list[list[str]]:
    """Make what search.js reads: name, number, place, initials, day, department with outcome, page of each record."""
    names = renderer.names
    return [
        [
            *_found_by(names, result.enterprise),
            result.day.isoformat(),
            f"{names.department(result.department, short=True)}：{OUTCOME_WORDS[result.outcome]}",
            f"records/{result.uid}.html",
        ]
        for result in month.results
    ]


def _found_by(names: Names, enterprise: PublicEnterprise) -> list[str]:
    place = f"{names.town(enterprise.town)} {names.street(enterprise)}".strip()
    return [enterprise.name, enterprise.number, place, enterprise.initials]
