"""The open lists as the public may see them: every version of every entry, and nothing that is not on the list itself.

The gate of the lists (each rule has a test that fails when it is taken out):
- An enterprise's own name is masked where it is a natural person's (个人信息保护法第六、三十四条); its number
  is not shown.
- A reason that speaks of a credit risk class is left out, although such entries are refused (需求46): what was entered
  before the rule, or by another way, must not be read here.
- Codes of departments and matters are told; who entered what is not.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from inspect_registry.catalogue.listing import (
    LENIENT,
    KeyIndustry,
    LeniencyContent,
    Listing,
    ListKind,
    tells_credit_class,
)
from inspect_registry.identifiers import mask_name

WITHHELD = "（理由不公开）"
_DAY = timedelta(days=1)


class ListedEnterprise(msgspec.Struct, frozen=True, kw_only=True):
    """An enterprise on a quiet list, as stored: not for the public."""

    uid: str
    name: str
    natural_name: bool


class PublicListing(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one entry of one open list."""

    kind: ListKind
    code: str
    """Same in all versions; for enterprises their place in the list, not their number."""
    version: int
    title: str
    basis: tuple[str, ...]
    reason: str
    """Why this version was made."""
    sample: bool
    valid_from: date
    valid_to: date | None
    """Last day in force; the day before `valid_from` where it was taken back before it began."""
    review_on: date
    ended_reason: str
    objects: str = ""
    lead: str = ""
    """Department code."""
    departments: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    """Matter codes; of a leniency item, the prefixes it is limited to."""
    list_name: str = ""
    list_version: str = ""
    item: str = ""
    conditions: tuple[str, ...] = ()

    def in_force(self, day: date) -> bool:
        """Say whether it holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def never_held(self) -> bool:
        """Say whether it was taken back before it began."""
        return self.valid_to is not None and self.valid_to < self.valid_from


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One day on which a list changed."""

    day: date
    what: str
    """列入, 调整 or 终止."""
    entry: PublicListing
    reason: str


def public_listings(
    entries: Sequence[Listing], enterprises: Mapping[str, ListedEnterprise]
) -> tuple[PublicListing, ...]:
    """Pass entries through the gate; `enterprises` by uid."""
    subjects = [one.subject for one in reversed(entries) if one.kind is ListKind.QUIET_ENTERPRISE]
    places = {subject: place for place, subject in enumerate(dict.fromkeys(subjects), start=1)}
    return tuple(_public(one, enterprises, places) for one in entries)


def _public(one: Listing, enterprises: Mapping[str, ListedEnterprise], places: Mapping[str, int]) -> PublicListing:
    code, title = one.subject, one.title
    details: dict[str, Any] = {}
    if one.kind is ListKind.QUIET_ENTERPRISE:
        code, title = f"WG-{places[one.subject]:04d}", _name(enterprises.get(one.subject))
    elif one.kind is ListKind.KEY_INDUSTRY:
        industry = msgspec.convert(one.content, KeyIndustry)
        details = {
            "objects": industry.object_class,
            "lead": industry.lead,
            "departments": (industry.lead, *(code for code in industry.departments if code != industry.lead)),
            "matters": industry.matters,
        }
    elif one.kind in LENIENT:
        item = msgspec.convert(one.content, LeniencyContent)
        details = {
            "list_name": item.list,
            "list_version": item.version,
            "item": item.item,
            "conditions": tuple(condition.text for condition in item.conditions),
            "matters": item.matters,
        }
    return PublicListing(
        kind=one.kind,
        code=code,
        version=one.version,
        title=title,
        basis=tuple(one.basis),
        reason=public_reason(one.reason),
        sample=one.sample,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        review_on=one.review_on,
        ended_reason=public_reason(one.ended_reason),
        **details,
    )


def public_reason(text: str) -> str:
    """Return a reason as the public may read it."""
    return WITHHELD if tells_credit_class(text) else text


def _name(enterprise: ListedEnterprise | None) -> str:
    """Return an enterprise's name as the public may read it; one that is not known any more has none."""
    if enterprise is None:
        return "（已注销）"
    return mask_name(enterprise.name, natural=True) if enterprise.natural_name else enterprise.name


def changes(entries: Sequence[PublicListing], today: date) -> list[Change]:
    """Return what changed when, the newest day first; what is to come later stands first."""
    held = [one for one in entries if not one.never_held]
    begins = {(one.kind, one.code, one.valid_from) for one in held}
    ends = {(one.kind, one.code, one.valid_to + _DAY) for one in held if one.valid_to is not None}
    found: list[Change] = []
    for one in held:
        renewed = (one.kind, one.code, one.valid_from) in ends
        found.append(Change(day=one.valid_from, what="调整" if renewed else "列入", entry=one, reason=one.reason))
        if one.valid_to is None or (one.kind, one.code, one.valid_to + _DAY) in begins:
            continue
        if one.valid_to < today or one.ended_reason:
            found.append(Change(day=one.valid_to + _DAY, what="终止", entry=one, reason=one.ended_reason))
    return sorted(found, key=lambda change: (change.day, change.entry.code, change.entry.version), reverse=True)
