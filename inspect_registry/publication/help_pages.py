"""Pages that explain: the code at the door, the log, and the page for addresses that do not exist."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from inspect_registry.documents.wording import (
    FIVE_PROHIBITIONS,
    NEVER_SELLS,
    NO_CODE_NO_CHECK,
    OPINION,
    RIGHTS,
)
from inspect_registry.ledger import addresses
from inspect_registry.publication.rendering import File, Renderer
from inspect_registry.publication.site_pages import home_crumb

_RELEASES = 12
"""Newest published months that the log's page leads to."""


def help_pages(renderer: Renderer) -> Iterator[File]:
    """Make the pages that explain."""
    say = renderer.words.say
    yield renderer.page(
        "help/code/index.html",
        "help_code.html",
        "code",
        crumbs=[home_crumb(renderer), {"label": say("核验检查码")}],
        official=f"{urlsplit(renderer.snapshot.site.public_url).netloc}/c/",
        no_code=NO_CODE_NO_CHECK,
        never_sells=NEVER_SELLS,
        rights=list(RIGHTS),
        prohibitions=[list(line) for line in FIVE_PROHIBITIONS],
        opinion=OPINION,
    )
    entries = sorted(renderer.snapshot.months, key=lambda entry: entry.published_at, reverse=True)
    yield renderer.page(
        "help/log/index.html",
        "help_log.html",
        "log",
        crumbs=[home_crumb(renderer), {"label": say("留痕台账")}],
        releases=[
            {
                "label": renderer.words.month(entry.month),
                "revision": entry.revision,
                "about": addresses.about("release", entry.release).removeprefix("/"),
            }
            for entry in entries[:_RELEASES]
            if entry.release
        ],
    )
    if not renderer.language.folder:
        yield renderer.missing()
