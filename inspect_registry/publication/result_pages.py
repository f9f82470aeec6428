"""The pages of the results: by month, and by department within a month."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from inspect_registry.publication.dates import chinese_day, chinese_month, full_day, month_slug
from inspect_registry.publication.figures import result_figures
from inspect_registry.publication.rendering import File, Renderer
from inspect_registry.publication.snapshot import (
    OUTCOME_WORDS,
    RECTIFIED_WORDS,
    MonthResults,
    Outcome,
    Result,
)

SHOWN = 200
"""Results on the month's own page; all of them are on the departments' pages and in the data."""
_TONES = {Outcome.NO_PROBLEM: "good", Outcome.GUIDANCE: "good", Outcome.NO_PENALTY: "warn", Outcome.NO_COERCION: "warn"}


def result_pages(renderer: Renderer) -> Iterator[File]:
    """Make the list of months, each month's page and its departments' pages."""
    months = renderer.snapshot.results
    yield renderer.page(
        "results/index.html",
        "results_index.html",
        "results",
        crumbs=[{"label": "首页", "href": "index.html"}, {"label": "检查结果"}],
        months=[_line(month) for month in months],
    )
    for month in months:
        yield from _month(renderer, month)


def _line(month: MonthResults) -> dict[str, Any]:
    figures = result_figures(month)
    return {
        "href": f"results/{month_slug(month.month)}/index.html",
        "label": chinese_month(month.month),
        "records": figures.records,
        "clean": figures.without_problem,
    }


def _month(renderer: Renderer, month: MonthResults) -> Iterator[File]:
    base = f"results/{month_slug(month.month)}/"
    label = chinese_month(month.month)
    crumbs = [{"label": "首页", "href": "index.html"}, {"label": "检查结果", "href": "results/index.html"}]
    order = {department.code: place for place, department in enumerate(renderer.snapshot.departments)}
    by_department: dict[str, list[Result]] = {}
    for result in month.results:
        by_department.setdefault(result.department, []).append(result)
    newest = sorted(month.results, key=lambda result: result.day, reverse=True)[:SHOWN]
    yield renderer.page(
        f"{base}index.html",
        "results.html",
        "results",
        crumbs=[*crumbs, {"label": label}],
        title=f"{label}检查结果",
        heading="检查结果" if len(newest) == len(month.results) else f"最近 {SHOWN} 份检查结果",
        figures=msgspec.to_builtins(result_figures(month)),
        departments=[
            {
                "code": code,
                "name": renderer.names.department(code),
                "records": len(found),
                "with_problems": sum(result.problems > 0 for result in found),
            }
            for code, found in sorted(by_department.items(), key=lambda item: order.get(item[0], len(order)))
        ],
        results=_views(renderer, newest),
        withdrawn=[
            {
                "uid": one.uid,
                "department": renderer.names.department(one.department),
                "day": full_day(one.withdrawn_on),
            }
            for one in month.withdrawn
        ],
    )
    for code, found in by_department.items():
        title = f"{renderer.names.department(code)}：{label}检查结果"
        yield renderer.page(
            f"{base}{code}.html",
            "department_results.html",
            "results",
            crumbs=[*crumbs, {"label": label, "href": f"{base}index.html"}, {"label": title}],
            title=title,
            results=_views(renderer, found),
        )


def _views(renderer: Renderer, results: Iterable[Result]) -> list[dict[str, Any]]:
    names = renderer.names
    return [
        {
            "uid": result.uid,
            "name": result.enterprise.name,
            "number": result.enterprise.number,
            "town": names.town(result.enterprise.town),
            "day": chinese_day(result.day),
            "department": names.department(result.department, short=True),
            "matters": "；".join(names.matter(code) for code in result.matters),
            "planned": result.planned,
            "joint": result.joint,
            "outcome": OUTCOME_WORDS[result.outcome],
            "tone": _TONES.get(result.outcome, "bad"),
            "problems": result.problems,
            "rectified": RECTIFIED_WORDS[result.rectified],
            "corrected": result.corrected,
        }
        for result in results
    ]
