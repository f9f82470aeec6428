"""The pages of the results: by month, and by department within a month."""

from collections.abc import Iterator
from typing import Any

import msgspec

from inspect_registry.ledger import addresses
from inspect_registry.publication.dates import month_slug
from inspect_registry.publication.figures import result_figures
from inspect_registry.publication.rendering import File, Renderer
from inspect_registry.publication.site_pages import home_crumb
from inspect_registry.publication.snapshot import (
    OUTCOME_WORDS,
    RECTIFIED_WORDS,
    MonthResults,
    Outcome,
    Result,
    Withdrawn,
)

SHOWN = 50
"""Results on the month's own page; all of them are on the departments' pages and in the data."""
_TONES = {
    Outcome.NO_PROBLEM: "good",
    Outcome.GUIDANCE: "good",
    Outcome.RECTIFY_ON_SPOT: "warn",
    Outcome.NO_PENALTY: "warn",
    Outcome.NO_COERCION: "warn",
}


def result_pages(renderer: Renderer) -> Iterator[File]:
    """Make the list of months, each month's page, its departments' pages and a page for each record."""
    months = renderer.snapshot.results
    yield renderer.page(
        "results/index.html",
        "results_index.html",
        "results",
        crumbs=[home_crumb(renderer), {"label": renderer.words.say("检查结果")}],
        months=[_line(renderer, month) for month in months],
    )
    for month in months:
        yield from _MonthResultPages(renderer, month).pages()


def _line(renderer: Renderer, month: MonthResults) -> dict[str, Any]:
    figures = result_figures(month)
    return {
        "href": f"results/{month_slug(month.month)}/index.html",
        "label": renderer.words.month(month.month),
        "records": figures.records,
        "clean": figures.without_problem,
    }


class _MonthResultPages:
    def __init__(self, renderer: Renderer, month: MonthResults) -> None:
        self._renderer = renderer
        self._words = renderer.words
        self._names = renderer.names
        self._month = month
        self._base = f"results/{month_slug(month.month)}/"
        self._label = renderer.words.month(month.month)
        self._gone = {one.uid: self._tombstone(one) for one in month.withdrawn}
        self._visits: dict[str, list[Result]] = {}
        for result in month.results:
            self._visits.setdefault(result.visit, []).append(result)

    def pages(self) -> Iterator[File]:
        """Make the month's page, then those it leads to."""
        by_department: dict[str, list[Result]] = {}
        for result in self._month.results:
            by_department.setdefault(result.department, []).append(result)
        order = {department.code: place for place, department in enumerate(self._renderer.snapshot.departments)}
        codes = sorted(
            {*by_department, *(one.department for one in self._month.withdrawn)},
            key=lambda code: (order.get(code, len(order)), code),
        )
        yield self._overview({code: by_department.get(code, []) for code in codes})
        for code in codes:
            yield self._department(code, by_department.get(code, []))
        for result in self._month.results:
            yield self._record(result)
        for one in self._month.withdrawn:
            yield self._withdrawn(one)

    def _overview(self, departments: dict[str, list[Result]]) -> File:
        newest = sorted(self._month.results, key=lambda result: result.day, reverse=True)[:SHOWN]
        say = self._words.say
        whole = len(newest) == len(self._month.results)
        return self._renderer.page(
            f"{self._base}index.html",
            "results.html",
            "results",
            crumbs=[*self._crumbs()[:-1], {"label": self._label}],
            title=say("{month}检查结果", month=self._label),
            heading=say("检查结果") if whole else say("最近 {count} 份检查结果", count=SHOWN),
            figures=msgspec.to_builtins(result_figures(self._month)),
            departments=[
                {
                    "code": code,
                    "name": self._names.department(code),
                    "records": len(found),
                    "with_problems": sum(result.problems > 0 for result in found),
                }
                for code, found in departments.items()
            ],
            results=[self._view(result) for result in newest],
            gone=list(self._gone.values()),
        )

    def _department(self, code: str, found: list[Result]) -> File:
        title = self._words.say(
            "{who}：{month}检查结果",
            who=self._names.department(code),
            month=self._label,
        )
        return self._renderer.page(
            f"{self._base}{code}.html",
            "department_results.html",
            "results",
            crumbs=[*self._crumbs(), {"label": title}],
            title=title,
            results=[self._view(result) for result in found],
            gone=[self._gone[one.uid] for one in self._month.withdrawn if one.department == code],
        )

    def _record(self, result: Result) -> File:
        number = self._renderer.snapshot.entries.get(result.uid)
        siblings = [other for other in self._visits[result.visit] if other.uid != result.uid]
        path = self._record_path(result.uid)
        return File(
            path=f"{self._renderer.language.folder}{path}",
            content=lambda: self._record_page(result, siblings, number).content,
            recipe=self._renderer.recipe(path, result, siblings, number),
        )

    def _record_page(self, result: Result, siblings: list[Result], number: int | None) -> File:
        names = self._names
        one = self._view(result) | {
            "day": self._words.full_day(result.day),
            "address": names.street(result.enterprise),
            "department": names.department(result.department),
            "department_code": result.department,
            "matter_lines": [
                {
                    "code": code,
                    "name": names.matter(code),
                    "basis": names.basis(code),
                    "known": code in names.matters,
                }
                for code in result.matters
            ],
            "siblings": [
                {
                    "uid": other.uid,
                    "department": names.department(other.department),
                    "outcome": self._words.say(OUTCOME_WORDS[other.outcome]),
                }
                for other in siblings
            ],
        }
        return self._page_of(
            result.uid,
            title=result.enterprise.name,
            one=one,
            entry=number and _entry(number),
        )

    def _withdrawn(self, one: Withdrawn) -> File:
        title = self._words.say("公示已结束" if one.ended else "已撤下的检查结果")
        return self._page_of(one.uid, title=title, gone=self._gone[one.uid])

    def _record_path(self, uid: str) -> str:
        return f"{self._base}records/{uid}.html"

    def _page_of(self, uid: str, title: str, **context: Any) -> File:
        return self._renderer.page(
            self._record_path(uid),
            "record.html",
            "results",
            crumbs=[*self._crumbs(), {"label": title, "data": "one" in context}],
            uid=uid,
            title=title,
            about=addresses.about("inspection", uid).removeprefix("/"),
            **context,
        )

    def _crumbs(self) -> list[dict[str, str]]:
        return [
            home_crumb(self._renderer),
            {"label": self._words.say("检查结果"), "href": "results/index.html"},
            {"label": self._label, "href": f"{self._base}index.html"},
        ]

    def _view(self, result: Result) -> dict[str, Any]:
        names = self._names
        return {
            "uid": result.uid,
            "href": self._record_path(result.uid),
            "name": result.enterprise.name,
            "number": result.enterprise.number,
            "town": names.town(result.enterprise.town),
            "day": self._words.day(result.day),
            "department": names.department(result.department, short=True),
            "matters": "；".join(names.matter(code) for code in result.matters),
            "planned": result.planned,
            "joint": result.joint,
            "outcome": self._words.say(OUTCOME_WORDS[result.outcome]),
            "tone": _TONES.get(result.outcome, "bad"),
            "problems": result.problems,
            "rectified": self._words.say(RECTIFIED_WORDS[result.rectified]),
            "corrected": result.corrected,
        }

    def _tombstone(self, one: Withdrawn) -> dict[str, Any]:
        return {
            "uid": one.uid,
            "department": self._names.department(one.department),
            "day": self._words.full_day(one.withdrawn_on),
            "ended": one.ended,
        }


def _entry(number: int) -> dict[str, Any]:
    return {
        "number": number,
        "page": addresses.entry(number).removeprefix("/"),
        "proof": addresses.proof(number).removeprefix("/"),
    }
