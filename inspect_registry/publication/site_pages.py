"""The living pages: made anew with every release, from the same snapshot as the month's."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from inspect_registry.publication.dates import month_slug
from inspect_registry.publication.figures import result_figures
from inspect_registry.publication.rendering import File, Renderer
from inspect_registry.publication.snapshot import (
    AnnualFiling,
    AnnualPlans,
    MonthEntry,
    PublicMatter,
)


def site_pages(renderer: Renderer) -> Iterator[File]:
    """Make every living page but the results."""
    yield _home(renderer)
    yield _months(renderer)
    for plans in renderer.snapshot.annual:
        yield _annual(renderer, plans)
    yield from _departments(renderer)
    yield from _matters(renderer)


def latest_entries(renderer: Renderer) -> list[MonthEntry]:
    """Return the newest revision of every published month, newest month first."""
    latest: dict[date, MonthEntry] = {}
    for entry in renderer.snapshot.months:
        if entry.month not in latest or latest[entry.month].revision < entry.revision:
            latest[entry.month] = entry
    return sorted(latest.values(), key=lambda entry: entry.month, reverse=True)


def home_crumb(renderer: Renderer) -> dict[str, str]:
    """Return the first step of every way."""
    return {"label": renderer.words.say("首页"), "href": "index.html"}


def _home(renderer: Renderer) -> File:
    snapshot = renderer.snapshot
    entries = latest_entries(renderer)
    newest = entries[0] if entries else None
    shown = next((month for month in snapshot.results if month.results), None)
    figures = result_figures(shown) if shown else None
    return renderer.page(
        "index.html",
        "home.html",
        "home",
        plan=_month_line(renderer, newest) if newest else None,
        coming=_coming(renderer),
        results=shown
        and figures
        and {
            "label": renderer.words.month(shown.month),
            "href": f"results/{month_slug(shown.month)}/index.html",
            "records": figures.records,
            "clean": figures.without_problem,
            "orders": figures.orders,
            "rectified": figures.rectified,
        },
        years=[_year_line(plans) for plans in snapshot.annual],
        months=[_month_line(renderer, entry) for entry in entries],
    )


def _months(renderer: Renderer) -> File:
    return renderer.page(
        "plans/index.html",
        "months.html",
        "plans",
        crumbs=[home_crumb(renderer), {"label": renderer.words.say("检查计划")}],
        months=[_month_line(renderer, entry) for entry in latest_entries(renderer)],
        coming=_coming(renderer),
        years=[plans.year for plans in renderer.snapshot.annual],
    )


def _coming(renderer: Renderer) -> dict[str, str] | None:
    coming = renderer.snapshot.coming
    if coming is None:
        return None
    return {
        "label": renderer.words.month(coming.month),
        "day": renderer.words.day(coming.day),
    }


def _month_line(renderer: Renderer, entry: MonthEntry) -> dict[str, Any]:
    base = f"plans/{month_slug(entry.month)}/"
    words = renderer.words
    return {
        "base": base,
        "index": f"{base}search.json",
        "href": f"{base}index.html",
        "find": f"{base}index.html#find",
        "history": f"{base}history.html",
        "label": words.month(entry.month),
        "title": words.say("{month}检查计划", month=words.month(entry.month)),
        "revision": entry.revision,
        "corrected": entry.revision > 1,
        "reason": entry.reason,
        "published": words.minute(entry.published_at),
        "visits": entry.visits,
        "joint": entry.joint,
        "avoided": entry.avoided,
        "enterprises": entry.enterprises,
    }


def _year_line(plans: AnnualPlans) -> dict[str, int]:
    published = [filing for filing in plans.filings if filing.published_on]
    return {
        "year": plans.year,
        "published": len(published),
        "late": sum(filing.late_days > 0 for filing in plans.filings),
    }


def _filing(renderer: Renderer, filing: AnnualFiling) -> dict[str, Any]:
    words = renderer.words
    if filing.published_on is None and filing.late_days:
        state, tone = words.say("逾期未公布 {days} 天", days=filing.late_days), "bad"
    elif filing.published_on is None:
        state, tone = words.say("尚未到期"), ""
    elif filing.late_days:
        state, tone = words.say("逾期 {days} 天公布", days=filing.late_days), "warn"
    else:
        state, tone = words.say("按时公布"), "good"
    return {
        "code": filing.department,
        "name": renderer.names.department(filing.department),
        "state": state,
        "tone": tone,
        "published_on": words.full_day(filing.published_on) if filing.published_on else "",
        "plan_number": filing.plan_number,
        "revision": filing.revision,
        "tasks": len(filing.tasks),
    }


def _annual(renderer: Renderer, plans: AnnualPlans) -> File:
    filings = [_filing(renderer, filing) for filing in plans.filings]
    late = [filing for filing in plans.filings if filing.late_days and filing.published_on]
    return renderer.page(
        f"plans/{plans.year}/index.html",
        "annual.html",
        "plans",
        crumbs=[
            home_crumb(renderer),
            {"label": renderer.words.say("检查计划"), "href": "plans/index.html"},
            {"label": renderer.words.say("{year} 年度", year=plans.year)},
        ],
        year=plans.year,
        deadline=renderer.words.full_day(plans.deadline),
        filings=filings,
        tardy=[line for line, filing in zip(filings, plans.filings, strict=True) if filing.late_days],
        overdue=any(filing.late_days and filing.published_on is None for filing in plans.filings),
        on_time=sum(bool(filing.published_on) and not filing.late_days for filing in plans.filings),
        late=len(late),
        missing=sum(filing.published_on is None for filing in plans.filings),
    )


def _departments(renderer: Renderer) -> Iterator[File]:
    snapshot = renderer.snapshot
    matters: dict[str, list[PublicMatter]] = {}
    for matter in snapshot.matters:
        matters.setdefault(matter.department, []).append(matter)
    label = renderer.words.say("检查主体")
    crumbs = [home_crumb(renderer), {"label": label, "href": "departments/index.html"}]
    yield renderer.page(
        "departments/index.html",
        "departments.html",
        "departments",
        crumbs=[home_crumb(renderer), {"label": label}],
        departments=[
            {
                "code": one.code,
                "name": one.name,
                "kind": renderer.words.say(one.kind),
                "matters": len(matters.get(one.code, ())),
            }
            for one in snapshot.departments
        ],
    )
    for one in snapshot.departments:
        yield renderer.page(
            f"departments/{one.code}/index.html",
            "department.html",
            "departments",
            crumbs=[*crumbs, {"label": one.name, "data": True}],
            name=one.name,
            kind=renderer.words.say(one.kind),
            plans=[
                {
                    "href": f"plans/{month_slug(entry.month)}/departments/{one.code}.html",
                    "label": renderer.words.month(entry.month),
                    "visits": entry.departments[one.code],
                }
                for entry in latest_entries(renderer)
                if entry.departments.get(one.code)
            ],
            outcomes=[
                {
                    "href": f"results/{month_slug(month.month)}/{one.code}.html",
                    "label": renderer.words.month(month.month),
                    "records": count,
                }
                for month in snapshot.results
                if (count := sum(result.department == one.code for result in month.results))
            ],
            years=[_department_year(renderer, plans, one.code) for plans in snapshot.annual],
            matters=[{"code": matter.code, "name": matter.name} for matter in matters.get(one.code, ())],
        )


def _department_year(renderer: Renderer, plans: AnnualPlans, code: str) -> dict[str, Any]:
    filing = next((filing for filing in plans.filings if filing.department == code), None)
    if filing is None:
        return {
            "year": plans.year,
            "state": renderer.words.say("不需要公布"),
            "tone": "",
            "tasks": [],
            "revision": 1,
        }
    line = _filing(renderer, filing)
    line["year"] = plans.year
    line["tasks"] = [
        {
            "name": task.name,
            "matters": "；".join(renderer.names.matter(matter) for matter in task.matters),
            "objects": task.objects,
            "method": task.method,
            "ratio": task.ratio,
            "frequency": task.frequency,
            "period": task.period,
            "joint_departments": "、".join(
                renderer.names.department(joint, short=True) for joint in task.joint_departments
            ),
        }
        for task in filing.tasks
    ]
    return line


def _matters(renderer: Renderer) -> Iterator[File]:
    snapshot = renderer.snapshot
    yield renderer.page(
        "matters/index.html",
        "matters.html",
        "matters",
        crumbs=[home_crumb(renderer), {"label": renderer.words.say("检查事项")}],
        count=len(snapshot.matters),
        groups=[
            {
                "code": one.code,
                "name": one.name,
                "short": one.short_name,
                "matters": [
                    {
                        "code": matter.code,
                        "name": matter.name,
                        "basis": "；".join(matter.basis),
                    }
                    for matter in snapshot.matters
                    if matter.department == one.code
                ],
            }
            for one in snapshot.departments
            if any(matter.department == one.code for matter in snapshot.matters)
        ],
    )
    crumbs = [
        home_crumb(renderer),
        {"label": renderer.words.say("检查事项"), "href": "matters/index.html"},
    ]
    for matter in snapshot.matters:
        yield renderer.page(
            f"matters/{matter.code}/index.html",
            "matter.html",
            "matters",
            crumbs=[*crumbs, {"label": matter.name, "data": True}],
            code=matter.code,
            name=matter.name,
            department={
                "code": matter.department,
                "name": renderer.names.department(matter.department),
            },
            objects=matter.objects,
            method=renderer.words.say(matter.method),
            basis=list(matter.basis),
            prepare=matter.prepare,
            sample=matter.sample,
            criteria=[msgspec.to_builtins(criterion) for criterion in matter.criteria],
        )
