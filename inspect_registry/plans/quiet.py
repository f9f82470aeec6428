"""The quiet lists: enterprises under 无感监管 and matters under 无事不扰, which planned on-site checks leave alone.

Only triggered checks reach them (complaint, transfer, data, request, re-check, accident). The entries are two of the
open lists of catalogue/listings.py, with the same history, reasons and days of review; here are the enterprise and the
matter behind them (国办发〔2024〕54号; 国市监信发〔2022〕6号).
"""

import datetime as dt
from collections.abc import Sequence

import msgspec

from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue import listing_store, listings
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.errors import ListingUnknown, ListingUnsound
from inspect_registry.catalogue.listing import QUIET, Listing, ListKind
from inspect_registry.db import Tx
from inspect_registry.enterprises import service as enterprises
from inspect_registry.errors import Place


class QuietInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One enterprise, or one matter, to be left alone."""

    reason: str
    valid_from: dt.date
    review_on: dt.date
    enterprise: str = ""
    """uid."""
    matter: str = ""
    """Code."""


class QuietRenewal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The next version of an entry, after somebody has looked whether it still holds."""

    reason: str
    valid_from: dt.date
    review_on: dt.date


class QuietView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one entry of a quiet list."""

    uid: str
    enterprise: str
    """uid; empty for a matter."""
    matter: str
    """Code; empty for an enterprise."""
    name: str
    version: int
    reason: str
    valid_from: dt.date
    valid_to: dt.date | None
    review_on: dt.date
    review_due: bool
    ended_reason: str


@act(Permission.CATALOGUE_CHANGE)
async def enter_quiet(tx: Tx, new: QuietInput) -> QuietView:
    """Put an enterprise or a matter on its list.

    Raises ListingUnsound, ListingThere, EnterpriseUnknown, MatterUnknown.
    """
    if bool(new.enterprise) == bool(new.matter):
        raise ListingUnsound(
            "请写明企业或事项其中之一",
            rule="listing-sound",
            basis=listings.LIST_BASIS[ListKind.QUIET_MATTER],
            remedy="请只填企业，或只填事项",
            places=(Place(field="enterprise"), Place(field="matter")),
        )
    if new.enterprise:
        found = await enterprises.enterprise_by_uid(tx, new.enterprise)
        kind, subject, title = ListKind.QUIET_ENTERPRISE, found.uid, found.name
    else:
        matter = await catalogue.matter_by_code(tx, new.matter)
        kind, subject, title = ListKind.QUIET_MATTER, matter.code, matter.name
    return _view(tx, await listings.enter(tx, _listing(kind, subject, title, new)))


@act(Permission.CATALOGUE_CHANGE)
async def renew_quiet(tx: Tx, uid: str, renewal: QuietRenewal) -> QuietView:
    """Keep an entry after its review, as a new version. Raises ListingUnknown, ListingEnded, ListingUnsound."""
    entry = await _entry(tx, uid)
    new = _listing(entry.kind, entry.subject, entry.title, renewal)
    return _view(tx, await listings.supersede(tx, new))


@act(Permission.CATALOGUE_CHANGE)
async def end_quiet(tx: Tx, uid: str, reason: str) -> QuietView:
    """Take an entry off its list from tomorrow on. Raises ListingUnknown, ListingEnded, VersionUnsound."""
    entry = await _entry(tx, uid)
    return _view(tx, await listings.end_listing(tx, entry.kind, entry.subject, reason))


@reads(Permission.CATALOGUE_READ)
async def quiet_lists(tx: Tx) -> list[QuietView]:
    """Return both lists with every version, newest entry first; what is due for review says so."""
    found: Sequence[Listing] = [
        *await listings.history(tx, ListKind.QUIET_ENTERPRISE),
        *await listings.history(tx, ListKind.QUIET_MATTER),
    ]
    return [_view(tx, entry) for entry in found]


async def _entry(tx: Tx, uid: str) -> Listing:
    entry = await listing_store.listing_by_uid(tx, uid)
    if entry is None or entry.kind not in QUIET:
        raise ListingUnknown
    return entry


def _listing(kind: ListKind, subject: str, title: str, given: QuietInput | QuietRenewal) -> Listing:
    return Listing(
        uid="",
        kind=kind,
        subject=subject,
        version=0,
        title=title,
        content={},
        basis=[listings.LIST_BASIS[kind]],
        reason=given.reason.strip(),
        sample=False,
        valid_from=given.valid_from,
        valid_to=None,
        review_on=given.review_on,
        ended_reason="",
    )


def _view(tx: Tx, entry: Listing) -> QuietView:
    of_enterprise = entry.kind is ListKind.QUIET_ENTERPRISE
    return QuietView(
        uid=entry.uid,
        enterprise=entry.subject if of_enterprise else "",
        matter="" if of_enterprise else entry.subject,
        name=entry.title,
        version=entry.version,
        reason=entry.reason,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        review_on=entry.review_on,
        review_due=entry.review_due(tx.today),
        ended_reason=entry.ended_reason,
    )
