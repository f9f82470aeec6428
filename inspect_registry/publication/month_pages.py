"""The pages of one month's plan: the overview, and the visits by day, town, department and first letter."""

import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
from minijinja import safe

from inspect_registry.publication.dates import month_before, month_slug, weeks_of
from inspect_registry.publication.figures import (
    Share,
    by_day,
    by_department,
    by_matter,
    by_town,
    plan_figures,
)
from inspect_registry.publication.history_pages import (
    change_counts,
    changes_page,
    visit_view,
)
from inspect_registry.publication.rendering import OTHER_LETTER, File, Renderer
from inspect_registry.publication.snapshot import MonthPlan, PlannedVisit


def month_pages(renderer: Renderer, plan: MonthPlan, base: str, *, fixed: bool) -> Iterator[File]:
    """Make every page of a revision under `base` (plans/2026-12/ or, for ever, plans/2026-12/r1/)."""
    pages = _MonthPages(renderer, plan, base)
    yield pages.overview(fixed=fixed)
    yield from pages.lists()
    if plan.revision > 1:
        yield changes_page(renderer, plan, base)


class _MonthPages:
    def __init__(self, renderer: Renderer, plan: MonthPlan, base: str) -> None:
        self._renderer = renderer
        self._names = renderer.names
        self._words = renderer.words
        self._plan = plan
        self._base = base
        self._label = renderer.words.month(plan.month)
        self._pieces = {visit.uid: renderer.piece("visit.html", one=self._view(visit)) for visit in plan.visits}

    def overview(self, *, fixed: bool) -> File:
        plan = self._plan
        words = self._words
        slug = month_slug(plan.month)
        entries = [entry for entry in self._renderer.snapshot.months if entry.month == plan.month]
        last = month_before(plan.month)
        shown = any(month.month == last for month in self._renderer.snapshot.results)
        figures = plan_figures(plan)
        return self._renderer.page(
            f"{self._base}index.html",
            "month.html",
            "plans",
            title=words.say("{month}涉企行政检查计划", month=self._label),
            label=self._label,
            crumbs=[
                *self._crumbs()[:-1],
                {"label": words.say("{month}计划", month=self._label)},
            ],
            published=words.minute(plan.published_at),
            revision=plan.revision,
            reason=plan.reason,
            fixed=fixed,
            latest=f"plans/{slug}/",
            revisions=[
                {
                    "revision": entry.revision,
                    "href": f"plans/{slug}/r{entry.revision}/index.html",
                    "published": words.minute(entry.published_at),
                }
                for entry in entries
                if entry.revision < plan.revision
            ],
            changes=change_counts(plan) if plan.changes else None,
            provisional=plan.provisional,
            figures=msgspec.to_builtins(figures),
            letters=self._letters(),
            weeks=self._weeks(),
            towns=self._town_lines(),
            departments=self._department_lines(),
            matters=self._matter_lines(),
            last_month=month_slug(last) if shown else "",
            last_label=words.month(last),
        )

    def lists(self) -> Iterator[File]:
        visits = self._plan.visits
        say = self._words.say
        for day, found in _grouped(visits, lambda visit: (visit.day,)).items():
            title = say(
                "{day}（{weekday}）入企检查",
                day=self._words.full_day(day),
                weekday=self._words.weekday(day),
            )
            yield self._list(
                f"days/{day.isoformat()}.html",
                title,
                self._by_town(found),
                show_day=False,
            )
        for town, found in _grouped(visits, lambda visit: (visit.enterprise.town,)).items():
            title = say("{who}：{month}入企检查", who=self._names.town(town), month=self._label)
            yield self._list(f"towns/{town}.html", title, self._by_day(found))
        for code, found in _grouped(visits, lambda visit: visit.departments).items():
            title = say(
                "{who}：{month}入企检查",
                who=self._names.department(code),
                month=self._label,
            )
            yield self._list(
                f"departments/{code}.html",
                title,
                self._by_day(found),
                calendar=f"{code}.ics",
            )
        for letter, found in _grouped(visits, lambda visit: (self._names.letter(visit.enterprise),)).items():
            shown = say("其他") if letter == OTHER_LETTER else letter
            title = say(
                "名称拼音 {letter} 开头的企业：{month}入企检查",
                letter=shown,
                month=self._label,
            )
            ordered = sorted(found, key=lambda visit: (visit.enterprise.sort_key, visit.day))
            yield self._list(f"names/{letter}.html", title, [self._group(letter, shown, ordered)])
        joint = [visit for visit in visits if visit.joint]
        if joint:
            yield self._list(
                "joint.html",
                say("{month}综合一次查", month=self._label),
                self._by_day(joint),
            )

    def _list(
        self,
        name: str,
        title: str,
        groups: list[dict[str, Any]],
        *,
        show_day: bool = True,
        calendar: str = "",
    ) -> File:
        return self._renderer.page(
            f"{self._base}{name}",
            "visits.html",
            "plans",
            title=title,
            crumbs=[*self._crumbs(), {"label": title}],
            groups=groups,
            jumps=len(groups) > 1,
            count=sum(group["count"] for group in groups),
            joint=sum(group["joint"] for group in groups),
            show_day=show_day,
            calendar=calendar,
        )

    def _crumbs(self) -> list[dict[str, str]]:
        return [
            {"label": self._words.say("首页"), "href": "index.html"},
            {"label": self._words.say("检查计划"), "href": "plans/index.html"},
            {
                "label": self._words.say("{month}计划", month=self._label),
                "href": f"{self._base}index.html",
            },
        ]

    def _view(self, visit: PlannedVisit) -> dict[str, Any]:
        return visit_view(self._renderer, visit)

    def _group(self, key: str, label: str, visits: list[PlannedVisit], *, data: bool = False) -> dict[str, Any]:
        """Make one headed list; `data` says that its heading is Chinese whatever the page's language."""
        return {
            "key": key,
            "label": label,
            "data": data,
            "count": len(visits),
            "joint": sum(visit.joint for visit in visits),
            "html": safe("".join(self._pieces[visit.uid] for visit in visits)),
        }

    def _by_day(self, visits: Iterable[PlannedVisit]) -> list[dict[str, Any]]:
        return [
            self._group(
                day.isoformat(),
                f"{self._words.day(day)} {self._words.weekday(day)}",
                found,
            )
            for day, found in sorted(_grouped(visits, lambda visit: (visit.day,)).items())
        ]

    def _by_town(self, visits: Iterable[PlannedVisit]) -> list[dict[str, Any]]:
        groups = _grouped(visits, lambda visit: (visit.enterprise.town,))
        return [
            self._group(code, self._names.town(code), groups[code], data=True)
            for code in self._in_order(groups, self._names.towns)
        ]

    def _letters(self) -> list[dict[str, str]]:
        found = {self._names.letter(visit.enterprise) for visit in self._plan.visits}
        keys = [letter for letter in string.ascii_uppercase if letter in found]
        keys += [OTHER_LETTER] if OTHER_LETTER in found else []
        return [
            {
                "key": key,
                "label": self._words.say("其他") if key == OTHER_LETTER else key,
            }
            for key in keys
        ]

    def _weeks(self) -> list[list[dict[str, Any]]]:
        shares = by_day(self._plan)
        most = max((share.visits for share in shares.values()), default=1)
        least = min((share.visits for share in shares.values()), default=0)
        weeks = []
        for week in weeks_of(self._plan.month):
            line: list[dict[str, Any]] = []
            for day in week:
                visits = shares[day].visits if day and day in shares else 0
                heat = 1 + min(2, 3 * (visits - least) // (most - least + 1)) if visits else 0
                cell = (
                    {
                        "number": day.day,
                        "iso": day.isoformat(),
                        "visits": visits,
                        "heat": heat,
                    }
                    if day
                    else {}
                )
                line.append(cell)
            weeks.append(line)
        return weeks

    def _town_lines(self) -> list[dict[str, Any]]:
        shares = by_town(self._plan)
        most = max((share.visits for share in shares.values()), default=0)
        return [
            {
                "code": code,
                "name": self._names.town(code),
                "most": most,
                **_share(shares[code]),
            }
            for code in self._in_order(shares, self._names.towns)
        ]

    def _department_lines(self) -> list[dict[str, Any]]:
        shares = by_department(self._plan)
        return [
            {"code": code, "name": self._names.department(code), **_share(shares[code])}
            for code in self._in_order(shares, self._names.departments)
        ]

    def _matter_lines(self) -> list[dict[str, Any]]:
        shares = by_matter(self._plan)
        lines = []
        for code in self._in_order(shares, self._names.matters):
            matter = self._names.matters.get(code)
            department = self._names.department(matter.department, short=True) if matter else ""
            lines.append(
                {
                    "code": code,
                    "name": self._names.matter(code),
                    "department": department,
                    "basis": self._names.basis(code),
                    **_share(shares[code]),
                }
            )
        return lines

    @staticmethod
    def _in_order(keys: Iterable[str], order: Mapping[str, object]) -> list[str]:
        places = {code: place for place, code in enumerate(order)}
        return sorted(keys, key=lambda code: (places.get(code, len(places)), code))


def _share(share: Share) -> dict[str, int]:
    return {"visits": share.visits, "joint": share.joint, "unnamed": share.unnamed}


def _grouped(
    visits: Iterable[PlannedVisit], keys_of: Callable[[PlannedVisit], Iterable[Any]]
) -> dict[Any, list[PlannedVisit]]:
    groups: dict[Any, list[PlannedVisit]] = {}
    for visit in visits:
        for key in keys_of(visit):
            groups.setdefault(key, []).append(visit)
    return groups
