"""The versioned leniency lists: what is not penalised and what is not seized, when its conditions are met.

Lists are dated data with their sources: those that come with the program (`leniency.toml`), and what the catalogue's
keeper has entered since (`listings.py`). A check is judged by the version in force on its day. An item names the
matters by code prefix and words that make it worth prompting; whether it applies, a person decides.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from inspect_registry.catalogue.listing import Condition, LeniencyContent, Listing, ListKind, leniency_subject

_FILE: Final = Path(__file__).with_name("leniency.toml")


class LeniencyItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One item of one version of one list."""

    list: str
    version: str
    item: str
    kind: str
    """`no_penalty` or `no_coercion`."""
    violation: str
    basis: str
    source: str
    """Evidence mark of the sources list."""
    sample: bool = False
    """Not verified: an administrator has to confirm it."""
    effective_from: date
    effective_to: date | None = None
    """Last day in force; None while open."""
    reason: str
    """Why this version was made."""
    review_on: date
    ended_reason: str = ""
    conditions: tuple[Condition, ...]
    matters: tuple[str, ...]
    """Prefixes of matter codes; empty for every matter."""
    words: tuple[str, ...]
    """Any of these in the facts prompts the item."""

    def in_force(self, day: date) -> bool:
        """Say whether this version holds on the day."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


class _LeniencyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    item: tuple[LeniencyItem, ...]


@cache
def items() -> tuple[LeniencyItem, ...]:
    """Read every version of every list."""
    return msgspec.toml.decode(_FILE.read_bytes(), type=_LeniencyFile).item


def item_of(name: str, version: str, item: str, among: Sequence[LeniencyItem], day: date) -> LeniencyItem | None:
    """Return the cited item: the version in force on the day, else any; None where no list has it."""
    cited = [one for one in among if (one.list, one.version, one.item) == (name, version, item)]
    return next((one for one in cited if one.in_force(day)), cited[0] if cited else None)


def prompts(facts: str, matter_code: str, day: date, among: Sequence[LeniencyItem]) -> tuple[LeniencyItem, ...]:
    """Items in force whose matters and words fit the facts: shown to the officer, who must choose and justify."""
    return tuple(
        one
        for one in among
        if one.in_force(day)
        and (not one.matters or matter_code.startswith(one.matters))
        and any(word in facts for word in one.words)
    )


def shipped() -> list[Listing]:
    """Return the lists that come with the program as entries, oldest version of an item first."""
    found: list[Listing] = []
    for one in sorted(items(), key=lambda item: item.effective_from):
        content = LeniencyContent(
            list=one.list,
            version=one.version,
            item=one.item,
            source=one.source,
            conditions=one.conditions,
            matters=one.matters,
            words=one.words,
        )
        subject, kind = leniency_subject(content), ListKind(one.kind)
        found.append(
            Listing(
                uid="",
                kind=kind,
                subject=subject,
                version=1 + sum((other.kind, other.subject) == (kind, subject) for other in found),
                title=one.violation,
                content=msgspec.to_builtins(content),
                basis=one.basis.split("；"),
                reason=one.reason,
                sample=one.sample,
                valid_from=one.effective_from,
                valid_to=one.effective_to,
                review_on=one.review_on,
                ended_reason=one.ended_reason,
            )
        )
    return found


def item_from(listing: Listing) -> LeniencyItem:
    """Return an entry of a leniency list as the item that findings cite."""
    content = msgspec.convert(listing.content, LeniencyContent)
    return LeniencyItem(
        list=content.list,
        version=content.version,
        item=content.item,
        kind=listing.kind.value,
        violation=listing.title,
        basis="；".join(listing.basis),
        source=content.source,
        sample=listing.sample,
        effective_from=listing.valid_from,
        effective_to=listing.valid_to,
        reason=listing.reason,
        review_on=listing.review_on,
        ended_reason=listing.ended_reason,
        conditions=content.conditions,
        matters=content.matters,
        words=content.words,
    )
