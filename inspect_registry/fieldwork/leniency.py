"""The versioned leniency lists: what is not penalised and what is not seized, when its conditions are met.

Lists are dated data with their sources (`leniency.toml`); a check is judged by the version in force on its day. An item
names the matters by code prefix and words that make it worth prompting; whether it applies, a person decides.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

_FILE: Final = Path(__file__).with_name("leniency.toml")


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One condition of an item."""

    code: str
    text: str


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


def item_of(name: str, version: str, item: str) -> LeniencyItem | None:
    """Return the cited item, in force or not; None where no list has it."""
    return next((one for one in items() if (one.list, one.version, one.item) == (name, version, item)), None)


def prompts(facts: str, matter_code: str, day: date, among: Sequence[LeniencyItem]) -> tuple[LeniencyItem, ...]:
    """Items in force whose matters and words fit the facts: shown to the officer, who must choose and justify."""
    return tuple(
        one
        for one in among
        if one.in_force(day)
        and (not one.matters or matter_code.startswith(one.matters))
        and any(word in facts for word in one.words)
    )
