"""Where everybody sees that the files, the database and the ledger say the same, by department and kind."""

from collections.abc import Mapping
from typing import Any

import msgspec

from inspect_registry.publication.checking import PLAN_FILES, RESULT_FILES
from inspect_registry.publication.dates import month_slug
from inspect_registry.publication.proving import Check
from inspect_registry.publication.rendering import File, Renderer
from inspect_registry.publication.site_pages import home_crumb

_TO_JSON = msgspec.json.Encoder(order="deterministic")


def check_page(renderer: Renderer, hashes: Mapping[str, str]) -> File:
    """Make data/check.html. Its numbers are the database's; a release whose files say others is never committed."""
    words = renderer.words
    return renderer.page(
        "data/check.html",
        "check.html",
        "data",
        crumbs=[
            home_crumb(renderer),
            {"label": words.say("开放数据"), "href": "data/index.html"},
            {"label": words.say("三方核对")},
        ],
        parts=[
            {
                "key": _key(check),
                "title": words.say(
                    "{month}检查计划第 {revision} 版" if check.revision else "{month}检查结果",
                    month=words.month(check.month),
                    revision=check.revision,
                ),
                "lines": [
                    {
                        "department": renderer.names.department(line.department),
                        "kind": words.say(line.kind),
                        "exported": line.stored,
                        "stored": line.stored,
                        "logged": line.logged,
                    }
                    for line in check.lines
                ],
                "files": _files(check, hashes),
            }
            for check in renderer.snapshot.checks
            if check.lines
        ],
    )


def check_data(renderer: Renderer, hashes: Mapping[str, str]) -> File:
    """Make data/check.json: the same for programs."""
    document = [
        {
            "what": _key(check),
            "month": month_slug(check.month),
            "revision": check.revision or None,
            "lines": check.lines,
            "files": _files(check, hashes),
        }
        for check in renderer.snapshot.checks
    ]
    return File(
        path="data/check.json",
        content=msgspec.json.format(_TO_JSON.encode(document), indent=1),
    )


def _key(check: Check) -> str:
    return f"{'plan' if check.revision else 'results'}-{month_slug(check.month)}"


def _files(check: Check, hashes: Mapping[str, str]) -> list[dict[str, Any]]:
    base = f"{'plans' if check.revision else 'results'}/{month_slug(check.month)}/"
    base += f"r{check.revision}/" if check.revision else ""
    return [
        {"path": f"{base}{name}", "sha256": hashes[f"{base}{name}"]}
        for name in (PLAN_FILES if check.revision else RESULT_FILES)
        if f"{base}{name}" in hashes
    ]
