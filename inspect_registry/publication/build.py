"""All files of a release, from one snapshot and nothing else."""

from collections.abc import Iterator
from datetime import date

from inspect_registry.publication.announcing import announcement
from inspect_registry.publication.data_package import data_files
from inspect_registry.publication.dates import month_slug
from inspect_registry.publication.feeds import calendars, feed
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


def release_files(kit: Kit, snapshot: Snapshot) -> Iterator[File]:
    """Make every file of the release but those of revisions that are taken over unchanged."""
    renderer = Renderer(kit, snapshot)
    yield from kit.files()
    yield from site_pages(renderer)
    yield from result_pages(renderer)
    yield measure_page(renderer)
    yield feed(renderer)
    yield from data_files(renderer)
    for results in snapshot.results:
        yield from result_data(renderer, results)
    newest = {
        month: max(entry.revision for entry in snapshot.months if entry.month == month)
        for month in {entry.month for entry in snapshot.months}
    }
    for plan in snapshot.plans:
        bases = [revision_base(plan.month, plan.revision)]
        yield from month_pages(renderer, plan, bases[0], fixed=True)
        if newest.get(plan.month) == plan.revision:
            bases.append(month_base(plan.month))
            yield from month_pages(renderer, plan, bases[1], fixed=False)
        for file in (*plan_data(renderer, plan), *calendars(renderer, plan), announcement(renderer, plan)):
            for base in bases:
                yield File(path=f"{base}{file.path}", content=file.content)
