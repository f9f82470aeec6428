"""The pages of one month's plan: the overview, and the visits by day, town, department and first letter."""

import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from inspect_registry.publication.dates import (
    chinese_day,
    chinese_minute,
    chinese_month,
    chinese_weekday,
    month_before,
    month_slug,
    weeks_of,
)
from inspect_registry.publication.figures import (
    Share,
    by_day,
    by_department,
    by_matter,
    by_town,
    plan_figures,
)
from inspect_registry.publication.rendering import OTHER_LETTER, File, Renderer
from inspect_registry.publication.snapshot import MonthPlan, PlannedVisit


def month_pages(renderer: Renderer, plan: MonthPlan, base: str, *, fixed: bool) -> Iterator[File]:
    """Make every page of a revision under `base` (plans/2026-12/ or, for ever, plans/2026-12/r1/)."""
    pages = _MonthPages(renderer, plan, base)
    yield pages.overview(fixed=fixed)
    yield from pages.lists()
    if plan.changes:
        yield pages.changes()


class _MonthPages:
    def __init__(self, renderer: Renderer, plan: MonthPlan, base: str) -> None:
        self._renderer = renderer
        self._names = renderer.names
        self._plan = plan
        self._base = base
        self._label = chinese_month(plan.month)
        self._views = {visit.uid: self._view(visit) for visit in plan.visits}

    def overview(self, *, fixed: bool) -> File:
        plan = self._plan
        slug = month_slug(plan.month)
        entries = [entry for entry in self._renderer.snapshot.months if entry.month == plan.month]
        last = month_before(plan.month)
        return self._renderer.page(
            f"{self._base}index.html",
            "month.html",
            "plans",
            title=f"{self._label}涉企行政检查计划",
            label=self._label,
            crumbs=[*self._crumbs()[:-1], {"label": f"{self._label}计划"}],
            published=chinese_minute(plan.published_at),
            revision=plan.revision,
            reason=plan.reason,
            fixed=fixed,
            latest=f"plans/{slug}/index.html",
            revisions=[
                {
                    "revision": entry.revision,
                    "href": f"plans/{slug}/r{entry.revision}/index.html",
                    "published": chinese_minute(entry.published_at),
                }
                for entry in entries
                if entry.revision < plan.revision
            ],
            changes=self._change_counts(),
            provisional=plan.provisional,
            figures=msgspec.to_builtins(plan_figures(plan)),
            letters=self._letters(),
            weeks=self._weeks(),
            towns=self._town_lines(),
            departments=self._department_lines(),
            matters=self._matter_lines(),
            last_month=month_slug(last),
            last_label=chinese_month(last),
        )

    def lists(self) -> Iterator[File]:
        visits = self._plan.visits
        for day, found in _grouped(visits, lambda visit: (visit.day,)).items():
            title = f"{chinese_month(self._plan.month)}{day.day}日（{chinese_weekday(day)}）入企检查"
            yield self._list(f"days/{day.isoformat()}.html", title, self._by_town(found), show_day=False)
        for town, found in _grouped(visits, lambda visit: (visit.enterprise.town,)).items():
            title = f"{self._names.town(town)}：{self._label}入企检查"
            yield self._list(f"towns/{town}.html", title, self._by_day(found))
        for code, found in _grouped(visits, lambda visit: visit.departments).items():
            title = f"{self._names.department(code)}：{self._label}入企检查"
            yield self._list(f"departments/{code}.html", title, self._by_day(found), calendar=f"{code}.ics")
        for letter, found in _grouped(visits, lambda visit: (self._names.letter(visit.enterprise),)).items():
            shown = "其他" if letter == OTHER_LETTER else letter
            title = f"名称拼音 {shown} 开头的企业：{self._label}入企检查"
            ordered = sorted(found, key=lambda visit: (visit.enterprise.sort_key, visit.day))
            group = {"key": letter, "label": shown, "visits": [self._views[visit.uid] for visit in ordered]}
            yield self._list(f"names/{letter}.html", title, [group])
        joint = [visit for visit in visits if visit.joint]
        if joint:
            yield self._list("joint.html", f"{self._label}综合一次查", self._by_day(joint))

    def changes(self) -> File:
        lines = [
            {
                "kind": "新增" if change.before is None else "取消" if change.after is None else "调整",
                "before": self._view(change.before) if change.before else None,
                "after": self._view(change.after) if change.after else None,
            }
            for change in self._plan.changes
        ]
        title = f"{self._label}计划第 {self._plan.revision} 版与上一版的差别"
        crumbs = [*self._crumbs(), {"label": "更正内容"}]
        return self._renderer.page(
            f"{self._base}changes.html", "changes.html", "plans", title=title, crumbs=crumbs, lines=lines,
            reason=self._plan.reason,
        )  # fmt: skip

    def _list(
        self, name: str, title: str, groups: list[dict[str, Any]], *, show_day: bool = True, calendar: str = ""
    ) -> File:
        visits = [visit for group in groups for visit in group["visits"]]
        return self._renderer.page(
            f"{self._base}{name}",
            "visits.html",
            "plans",
            title=title,
            crumbs=[*self._crumbs(), {"label": title}],
            groups=groups,
            jumps=len(groups) > 1,
            count=len(visits),
            joint=sum(visit["joint"] for visit in visits),
            show_day=show_day,
            calendar=calendar,
        )

    def _crumbs(self) -> list[dict[str, str]]:
        return [
            {"label": "首页", "href": "index.html"},
            {"label": "检查计划", "href": "plans/index.html"},
            {"label": f"{self._label}计划", "href": f"{self._base}index.html"},
        ]

    def _view(self, visit: PlannedVisit) -> dict[str, Any]:
        return {
            "uid": visit.uid,
            "day": chinese_day(visit.day),
            "name": visit.enterprise.name,
            "number": visit.enterprise.number,
            "town": self._names.town(visit.enterprise.town),
            "address": self._names.street(visit.enterprise),
            "departments": "、".join(self._names.department(code, short=True) for code in visit.departments),
            "matters": [{"code": code, "name": self._names.matter(code)} for code in visit.matters],
            "joint": visit.joint,
        }

    def _by_day(self, visits: Iterable[PlannedVisit]) -> list[dict[str, Any]]:
        return [
            {
                "key": day.isoformat(),
                "label": f"{chinese_day(day)} {chinese_weekday(day)}",
                "visits": [self._views[visit.uid] for visit in found],
            }
            for day, found in sorted(_grouped(visits, lambda visit: (visit.day,)).items())
        ]

    def _by_town(self, visits: Iterable[PlannedVisit]) -> list[dict[str, Any]]:
        groups = _grouped(visits, lambda visit: (visit.enterprise.town,))
        return [
            {"key": code, "label": self._names.town(code), "visits": [self._views[visit.uid] for visit in groups[code]]}
            for code in self._in_order(groups, self._names.towns)
        ]

    def _letters(self) -> list[dict[str, str]]:
        found = {self._names.letter(visit.enterprise) for visit in self._plan.visits}
        keys = [letter for letter in string.ascii_uppercase if letter in found]
        keys += [OTHER_LETTER] if OTHER_LETTER in found else []
        return [{"key": key, "label": "其他" if key == OTHER_LETTER else key} for key in keys]

    def _weeks(self) -> list[list[dict[str, Any]]]:
        shares = by_day(self._plan)
        most = max((share.visits for share in shares.values()), default=1)
        weeks = []
        for week in weeks_of(self._plan.month):
            line: list[dict[str, Any]] = []
            for day in week:
                visits = shares[day].visits if day and day in shares else 0
                heat = 1 + min(2, 3 * visits // (most + 1))
                cell = {"number": day.day, "iso": day.isoformat(), "visits": visits, "heat": heat} if day else {}
                line.append(cell)
            weeks.append(line)
        return weeks

    def _town_lines(self) -> list[dict[str, Any]]:
        shares = by_town(self._plan)
        most = max((share.visits for share in shares.values()), default=0)
        return [
            {"code": code, "name": self._names.town(code), "most": most, **_share(shares[code])}
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

    def _change_counts(self) -> dict[str, int] | None:
        changes = self._plan.changes
        if not changes:
            return None
        added = sum(change.before is None for change in changes)
        removed = sum(change.after is None for change in changes)
        return {"added": added, "removed": removed, "changed": len(changes) - added - removed}

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
