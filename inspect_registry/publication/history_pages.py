"""What a month's plan said when: its revisions, what was in force on each day, and two revisions side by side."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from inspect_registry.clock import day_of, shanghai
from inspect_registry.ledger import addresses
from inspect_registry.publication.dates import month_after, month_slug
from inspect_registry.publication.rendering import File, Renderer
from inspect_registry.publication.snapshot import MonthEntry, MonthPlan, PlannedVisit

_TO_JSON = msgspec.json.Encoder(order="deterministic")
_TONES = {"新增": "good", "取消": "bad", "调整": "warn"}


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """One revision and how long it was the month's plan."""

    entry: MonthEntry
    until: datetime | None
    """When the next one was published; None for the one in force."""


def spans(entries: Sequence[MonthEntry]) -> list[Span]:
    """Return a month's revisions, oldest first, each with its end."""
    ordered = sorted(entries, key=lambda entry: entry.revision)
    ends = [entry.published_at for entry in ordered[1:]]
    return [Span(entry=entry, until=until) for entry, until in zip(ordered, [*ends, None], strict=True)]


def days_in_force(entries: Sequence[MonthEntry], today: date) -> list[tuple[date, MonthEntry]]:
    """Return, for each day from the first publication, the revision in force when that day ended in Shanghai.

    The list ends with the month's own last day or its last correction, whichever is later, and never after today.
    """
    ordered = sorted(entries, key=lambda entry: entry.revision)
    first, newest = day_of(ordered[0].published_at), day_of(ordered[-1].published_at)
    last = min(today, max(month_after(ordered[0].month) - timedelta(days=1), newest))
    days = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        days.append((day, [entry for entry in ordered if day_of(entry.published_at) <= day][-1]))
    return days


def history_pages(renderer: Renderer, today: date) -> Iterator[File]:
    """Make each month's history.html and, with the Chinese pages, history.json."""
    by_month: dict[date, list[MonthEntry]] = {}
    for entry in renderer.snapshot.months:
        by_month.setdefault(entry.month, []).append(entry)
    for month, entries in by_month.items():
        yield _history(renderer, month, entries, today)
        if not renderer.language.folder:
            yield _history_data(renderer, month, entries)


def _history(renderer: Renderer, month: date, entries: Sequence[MonthEntry], today: date) -> File:
    words = renderer.words
    slug = month_slug(month)
    days = days_in_force(entries, today)
    label = words.month(month)
    return renderer.page(
        f"plans/{slug}/history.html",
        "history.html",
        "plans",
        title=words.say("{month}计划的历次版本", month=label),
        crumbs=[
            {"label": words.say("首页"), "href": "index.html"},
            {"label": words.say("检查计划"), "href": "plans/index.html"},
            {
                "label": words.say("{month}计划", month=label),
                "href": f"plans/{slug}/index.html",
            },
            {"label": words.say("历次版本")},
        ],
        example=days[-1][0].isoformat() if days else month.isoformat(),
        revisions=[
            {
                "revision": span.entry.revision,
                "href": f"plans/{slug}/r{span.entry.revision}/index.html",
                "changes": f"plans/{slug}/r{span.entry.revision}/changes.html",
                "published": words.minute(span.entry.published_at),
                "until": words.minute(span.until) if span.until else "",
                "reason": span.entry.reason,
                "visits": span.entry.visits,
                "release": span.entry.release,
                "about": addresses.about("release", span.entry.release).removeprefix("/"),
            }
            for span in reversed(spans(entries))
        ],
        days=[_day_line(renderer, slug, day, entry) for day, entry in days],
        last=words.full_day(days[-1][0]) if days else "",
    )


def _day_line(renderer: Renderer, slug: str, day: date, entry: MonthEntry) -> dict[str, Any]:
    at = shanghai(entry.published_at)
    return {
        "iso": day.isoformat(),
        "label": f"{renderer.words.full_day(day)} {renderer.words.weekday(day)}",
        "revision": entry.revision,
        "href": f"plans/{slug}/r{entry.revision}/index.html",
        "published": f"{at.hour}:{at.minute:02d}" if at.date() == day else "",
    }


def _history_data(renderer: Renderer, month: date, entries: Sequence[MonthEntry]) -> File:
    """Make what a program asks: which revision was in force from when to when, and where it stays."""
    slug = month_slug(month)
    address = f"{renderer.snapshot.site.public_url}/plans/{slug}/"
    document = {
        "month": slug,
        "revisions": [
            {
                "revision": span.entry.revision,
                "in_force_from": span.entry.published_at,
                "in_force_until": span.until,
                "reason": span.entry.reason,
                "address": f"{address}r{span.entry.revision}/",
                "plan": f"{address}r{span.entry.revision}/plan.json",
                "visits": span.entry.visits,
                "release": span.entry.release,
            }
            for span in spans(entries)
        ],
    }
    return File(
        path=f"plans/{slug}/history.json",
        content=msgspec.json.format(_TO_JSON.encode(document), indent=1),
    )


def change_counts(plan: MonthPlan) -> dict[str, int]:
    """Count a revision's new, dropped and changed visits."""
    changes = plan.changes
    added = sum(change.before is None for change in changes)
    removed = sum(change.after is None for change in changes)
    return {
        "added": added,
        "removed": removed,
        "changed": len(changes) - added - removed,
    }


def changes_page(renderer: Renderer, plan: MonthPlan, base: str) -> File:
    """Make changes.html: this revision beside the one before, line by line, and what only numbers tell."""
    words = renderer.words
    label = words.month(plan.month)
    slug = month_slug(plan.month)
    lines = []
    for change in plan.changes:
        kind = "新增" if change.before is None else "取消" if change.after is None else "调整"
        lines.append(
            {
                "kind": words.say(kind),
                "key": "added" if change.before is None else "removed" if change.after is None else "changed",
                "tone": _TONES[kind],
                "before": visit_view(renderer, change.before) if change.before else None,
                "after": visit_view(renderer, change.after) if change.after else None,
            }
        )
    return renderer.page(
        f"{base}changes.html",
        "changes.html",
        "plans",
        title=words.say(
            "{month}计划第\u00a0{revision}\u00a0版与上一版的差别",
            month=label,
            revision=plan.revision,
        ),
        crumbs=[
            {"label": words.say("首页"), "href": "index.html"},
            {"label": words.say("检查计划"), "href": "plans/index.html"},
            {
                "label": words.say("{month}计划", month=label),
                "href": f"{base}index.html",
            },
            {"label": words.say("更正内容")},
        ],
        lines=lines,
        counts=change_counts(plan),
        unnamed=[
            {
                "department": renderer.names.department(line.department),
                "matter": renderer.names.matter(line.matter),
                "before": line.before,
                "after": line.after,
            }
            for line in plan.unnamed_changes
        ],
        reason=plan.reason,
        before=f"plans/{slug}/r{plan.revision - 1}/index.html",
        after=f"plans/{slug}/r{plan.revision}/index.html",
    )


def visit_view(renderer: Renderer, visit: PlannedVisit) -> dict[str, Any]:
    """Return what pages show of one visit."""
    names = renderer.names
    return {
        "uid": visit.uid,
        "day": renderer.words.day(visit.day),
        "name": visit.enterprise.name,
        "number": visit.enterprise.number,
        "town": names.town(visit.enterprise.town),
        "address": names.street(visit.enterprise),
        "departments": "、".join(names.department(code, short=True) for code in visit.departments),
        "matters": [{"code": code, "name": names.matter(code)} for code in visit.matters],
        "joint": visit.joint,
    }
