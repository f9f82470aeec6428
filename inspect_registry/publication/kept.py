"""What a release takes over from the one before instead of making it anew."""

import re
from datetime import date

from inspect_registry.publication.build import month_base, revision_base
from inspect_registry.publication.dates import month_slug
from inspect_registry.publication.languages import Language
from inspect_registry.publication.manifest import Manifest, stays_forever
from inspect_registry.publication.snapshot import Snapshot

_PROOF = re.compile(r"draws/(\d{4}-\d{2})/([^/]+)\.json")


class Before:
    """The release in force, as far as the next one asks what it holds."""

    def __init__(self, manifest: Manifest) -> None:
        self._files = manifest.files
        self._draws: dict[str, set[str]] = {}
        for path in manifest.files:
            if found := _PROOF.fullmatch(path):
                self._draws.setdefault(found[1], set()).add(found[2])

    def has_plan(self, month: date, revision: int = 0) -> bool:
        """Say whether it has the pages of a month's revision; 0 = of the newest one."""
        base = revision_base(month, revision) if revision else month_base(month)
        return f"{base}index.html" in self._files

    def draws(self, month: date) -> set[str]:
        """Return the draws of a month whose proofs it has."""
        return self._draws.get(month_slug(month), set())


def taken_over(snapshot: Snapshot, before: Manifest) -> frozenset[str]:
    """Return the paths that come from the release before: months not made anew, results of old months, old assets."""
    made = {(plan.month, plan.revision) for plan in snapshot.plans}
    newest = {entry.month: entry.revision for entry in reversed(snapshot.months)}
    kept = {
        revision_base(entry.month, entry.revision)
        for entry in snapshot.months
        if (entry.month, entry.revision) not in made
    }
    current = {month_base(month) for month, revision in newest.items() if (month, revision) not in made}
    shown = {f"results/{month_slug(results.month)}/" for results in snapshot.results}
    drawn = {draw.month for draw in snapshot.draws} | {draw.month for draw in snapshot.crew_draws}
    proven = {f"draws/{month_slug(month)}/" for month in drawn}
    return frozenset(path for path in before.files if _stays(path, kept, current, shown | proven))


def _stays(path: str, kept: set[str], current: set[str], made: set[str]) -> bool:
    path = path.removeprefix(Language.ENGLISH.folder)
    parts = path.split("/")
    if parts[0] == "assets":
        return True
    if parts[0] in ("results", "draws"):
        return len(parts) > 2 and f"{parts[0]}/{parts[1]}/" not in made
    if parts[0] != "plans" or len(parts) < 3:
        return False
    if stays_forever(path):
        return f"plans/{parts[1]}/{parts[2]}/" in kept
    return f"plans/{parts[1]}/" in current
