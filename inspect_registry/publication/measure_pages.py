"""How supervision works, in numbers: each share with its numerator and denominator, from what is published.

No measure counts inspections or fines as better (国办发〔2024〕54号: 严禁下达检查指标).
A share of too few cases is a dash, not a zero: it would mislead, and point at single enterprises.
"""

from typing import Any

import msgspec

from inspect_registry.publication.figures import result_figures
from inspect_registry.publication.rendering import File, Renderer
from inspect_registry.publication.site_pages import home_crumb, latest_entries
from inspect_registry.publication.snapshot import MonthResults

SMALLEST = 5
"""Shares of fewer cases are not shown: they would point at single enterprises."""


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """One share."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """Return it in percent, or None where there are too few cases."""
        return round(100 * self.part / self.whole, 1) if self.whole >= SMALLEST else None


def measure_page(renderer: Renderer) -> File:
    """Make measures/index.html."""
    entries = list(reversed(latest_entries(renderer)))[-13:]
    plans = [
        {
            "label": renderer.words.month(entry.month),
            "visits": entry.visits,
            "avoided": entry.avoided,
            "joint": _line(Share(part=entry.joint, whole=entry.visits)),
        }
        for entry in entries
    ]
    results = [_results_line(renderer, month) for month in reversed(renderer.snapshot.results) if month.results]
    return renderer.page(
        "measures/index.html",
        "measures.html",
        "measures",
        crumbs=[home_crumb(renderer), {"label": renderer.words.say("监管效能")}],
        plans=plans,
        results=results,
        smallest=SMALLEST,
        log=msgspec.to_builtins(renderer.snapshot.log) if renderer.snapshot.log else None,
    )


def _results_line(renderer: Renderer, month: MonthResults) -> dict[str, Any]:
    figures = result_figures(month)
    planned = sum(result.planned for result in month.results)
    return {
        "label": renderer.words.month(month.month),
        "records": figures.records,
        "planned": _line(Share(part=planned, whole=figures.records)),
        "rectified": _line(Share(part=figures.rectified, whole=figures.orders)),
        "clean": _line(Share(part=figures.without_problem, whole=figures.records)),
    }


def _line(share: Share) -> dict[str, Any]:
    return {"part": share.part, "whole": share.whole, "percent": share.percent}
