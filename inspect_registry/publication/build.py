"""All files of a release, from one snapshot and nothing else."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date

from inspect_registry.publication.announcing import announcement
from inspect_registry.publication.check_pages import check_data, check_page
from inspect_registry.publication.data_package import data_package, data_page
from inspect_registry.publication.dates import month_slug
from inspect_registry.publication.draw_pages import draw_pages
from inspect_registry.publication.feeds import calendars, feed
from inspect_registry.publication.help_pages import help_pages
from inspect_registry.publication.history_pages import history_pages
from inspect_registry.publication.languages import Language
from inspect_registry.publication.list_pages import list_data, list_pages
from inspect_registry.publication.measure_pages import measure_page
from inspect_registry.publication.month_pages import month_pages
from inspect_registry.publication.open_data import plan_data, result_data
from inspect_registry.publication.rendering import File, Kit, Renderer
from inspect_registry.publication.result_pages import result_pages
from inspect_registry.publication.site_pages import site_pages
from inspect_registry.publication.snapshot import Snapshot


def revision_base(month: date, revision: int) -> str:
    """Return where a revision stays for ever."""
    return f"plans/{month_slug(month)}/r{revision}/"


def month_base(month: date) -> str:
    """Return where a month's newest revision is."""
    return f"plans/{month_slug(month)}/"


def release_files(kit: Kit, snapshot: Snapshot, kept: Mapping[str, str] | None = None) -> Iterator[File]:
    """Make every file of the release but those of revisions that are taken over unchanged.

    Pages are made in both languages; the files that programs read, once. `kept` has the SHA-256 of what is taken over.
    """
    renderers = [Renderer(kit, snapshot, language) for language in Language]
    chinese = renderers[0]
    hashes = dict(kept or {})
    yield from kit.files()
    for file in _data(chinese):
        hashes[file.path] = hashlib.sha256(file.content).hexdigest()
        yield file
    yield feed(chinese)
    yield data_package(chinese)
    yield check_data(chinese, hashes)
    for renderer in renderers:
        yield from _pages(renderer)
        yield check_page(renderer, hashes)


def _data(renderer: Renderer) -> Iterator[File]:
    snapshot = renderer.snapshot
    for results in snapshot.results:
        yield from result_data(renderer, results)
    yield from list_data(renderer)
    newest = _newest(snapshot)
    for plan in snapshot.plans:
        bases = [revision_base(plan.month, plan.revision)]
        if newest.get(plan.month) == plan.revision:
            bases.append(month_base(plan.month))
        for file in (
            *plan_data(renderer, plan),
            *calendars(renderer, plan),
            announcement(renderer, plan),
        ):
            for base in bases:
                yield File(path=f"{base}{file.path}", content=file.content)


def _pages(renderer: Renderer) -> Iterator[File]:
    snapshot = renderer.snapshot
    yield from site_pages(renderer)
    yield from list_pages(renderer)
    yield from help_pages(renderer)
    yield from draw_pages(renderer)
    yield from history_pages(renderer, snapshot.today)
    yield from result_pages(renderer)
    yield measure_page(renderer)
    yield data_page(renderer)
    newest = _newest(snapshot)
    for plan in snapshot.plans:
        yield from month_pages(renderer, plan, revision_base(plan.month, plan.revision), fixed=True)
        if newest.get(plan.month) == plan.revision:
            yield from month_pages(renderer, plan, month_base(plan.month), fixed=False)


def _newest(snapshot: Snapshot) -> dict[date, int]:
    return {
        month: max(entry.revision for entry in snapshot.months if entry.month == month)
        for month in {entry.month for entry in snapshot.months}
    }
