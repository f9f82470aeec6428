"""What programs subscribe to: an Atom feed of plans and corrections, a calendar of each department's named visits.

Atom is RFC 4287, iCalendar RFC 5545. Times are those of publication, so an unchanged site gives unchanged feeds.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from inspect_registry.publication.dates import chinese_month, month_slug
from inspect_registry.publication.rendering import File, Renderer
from inspect_registry.publication.snapshot import MonthEntry, MonthPlan, PlannedVisit

ATOM: Final = "http://www.w3.org/2005/Atom"
ENTRIES: Final = 60
"""Newest revisions in the feed."""
_FOLD: Final = 75  # Octets of one content line, line end not counted (RFC 5545 3.1).


def feed(renderer: Renderer) -> File:
    """Make feed.xml: one entry for each published revision, newest first."""
    site = renderer.snapshot.site
    entries = sorted(renderer.snapshot.months, key=lambda entry: entry.published_at, reverse=True)[:ENTRIES]
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN"})
    _text(root, "id", _tag(site.public_url, "plans"))
    _text(
        root,
        "title",
        f"{site.district}涉企行政检查计划" + ("（演示数据）" if site.demo else ""),
    )
    _text(
        root,
        "updated",
        _instant(entries[0].published_at if entries else datetime(2026, 1, 1, tzinfo=UTC)),
    )
    ET.SubElement(root, "link", {"rel": "self", "href": f"{site.public_url}/feed.xml"})
    ET.SubElement(
        root,
        "link",
        {"rel": "alternate", "type": "text/html", "href": f"{site.public_url}/plans/"},
    )
    _text(ET.SubElement(root, "author"), "name", site.publisher)
    for entry in entries:
        _entry(root, site.public_url, entry)
    return File(
        path="feed.xml",
        content=ET.tostring(root, encoding="utf-8", xml_declaration=True),
    )


def _entry(root: ET.Element, public_url: str, entry: MonthEntry) -> None:
    slug = month_slug(entry.month)
    line = ET.SubElement(root, "entry")
    _text(line, "id", _tag(public_url, f"plans/{slug}/r{entry.revision}"))
    correction = f"（更正第{entry.revision}版）" if entry.revision > 1 else ""
    _text(line, "title", f"{chinese_month(entry.month)}检查计划{correction}")
    _text(line, "updated", _instant(entry.published_at))
    address = f"{public_url}/plans/{slug}/r{entry.revision}/"
    ET.SubElement(line, "link", {"rel": "alternate", "type": "text/html", "href": address})
    words = f"入企检查{entry.visits}次，综合一次查{entry.joint}次，合并后少入企{entry.avoided}次。"
    _text(
        line,
        "summary",
        words + (f"更正原因：{entry.reason}" if entry.revision > 1 else ""),
    )


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _tag(public_url: str, what: str) -> str:
    """Return a name that never changes, whatever the address of the site becomes (RFC 4151)."""
    return f"tag:{urlsplit(public_url).hostname},2026:{what}"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def calendars(renderer: Renderer, plan: MonthPlan) -> Iterator[File]:
    """Make each department's calendar of a month; paths count from the revision's folder."""
    for code in sorted({code for visit in plan.visits for code in visit.departments}):
        visits = [visit for visit in plan.visits if code in visit.departments]
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//inspect-registry//plans//ZH",
            "CALSCALE:GREGORIAN",
        ]
        lines.append(f"X-WR-CALNAME:{escaped(renderer.names.department(code))} {chinese_month(plan.month)}检查")
        for visit in visits:
            lines += _event(renderer, plan, visit)
        lines.append("END:VCALENDAR")
        content = "".join(f"{folded(line)}\r\n" for line in lines).encode()
        yield File(path=f"departments/{code}.ics", content=content)


def _event(renderer: Renderer, plan: MonthPlan, visit: PlannedVisit) -> list[str]:
    names = renderer.names
    host = urlsplit(renderer.snapshot.site.public_url).hostname
    matters = "；".join(names.matter(code) for code in visit.matters)
    departments = "、".join(names.department(code, short=True) for code in visit.departments)
    place = f"{names.town(visit.enterprise.town)} {names.street(visit.enterprise)}".strip()
    return [
        "BEGIN:VEVENT",
        f"UID:{visit.uid}@{host}",
        f"SEQUENCE:{plan.revision - 1}",
        f"DTSTAMP:{plan.published_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{visit.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{visit.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(('综合一次查：' if visit.joint else '检查：') + visit.enterprise.name)}",
        f"LOCATION:{escaped(place)}",
        f"DESCRIPTION:{escaped(f'{departments}：{matters}')}",
        "END:VEVENT",
    ]


def escaped(text: str) -> str:
    r"""Escape a text value (RFC 5545 3.3.11): backslash, semicolon, comma and line end."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r", "").replace("\n", "\\n")


def folded(line: str) -> str:
    """Fold a content line so that no piece has more than 75 octets and no character is cut."""
    pieces: list[str] = []
    piece, used = "", 0
    for character in line:
        size = len(character.encode())
        if used + size > _FOLD:
            pieces.append(piece)
            piece, used = " ", 1
        piece += character
        used += size
    return "\r\n".join([*pieces, piece])
