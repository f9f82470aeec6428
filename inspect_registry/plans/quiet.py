"""The quiet lists: enterprises under 无感监管 and matters under 无事不扰, which planned on-site checks leave alone.

Only triggered checks reach them (complaint, transfer, data, request, re-check, accident). Every entry has its reason,
its days, and a day on which somebody must look whether it still holds (国办发〔2024〕54号; 国市监信发〔2022〕6号).
"""

import datetime as dt

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue import service as catalogue
from inspect_registry.db import Tx
from inspect_registry.enterprises import service as enterprises
from inspect_registry.errors import Place
from inspect_registry.identifiers import new_uid
from inspect_registry.plans import quiet_store
from inspect_registry.plans.errors import QuietEntryEnded, QuietEntryUnknown, QuietEntryUnsound
from inspect_registry.plans.quiet_store import Quiet

REASON_MAX = 500


class QuietInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One enterprise, or one matter, to be left alone."""

    reason: str
    valid_from: dt.date
    review_on: dt.date
    enterprise: str = ""
    """uid."""
    matter: str = ""
    """Code."""


class QuietView(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a quiet list."""

    uid: str
    enterprise: str
    """uid; empty for a matter."""
    name: str
    """The enterprise's name, or the matter's code."""
    reason: str
    valid_from: dt.date
    valid_to: dt.date | None
    review_on: dt.date
    review_overdue: bool
    ended_reason: str


@act(Permission.CATALOGUE_CHANGE)
async def enter_quiet(tx: Tx, new: QuietInput) -> QuietView:
    """Put an enterprise or a matter on its list. Raises QuietEntryUnsound, EnterpriseUnknown, MatterUnknown."""
    if bool(new.enterprise) == bool(new.matter):
        raise QuietEntryUnsound("请写明企业或事项其中之一", places=(Place(field="enterprise"), Place(field="matter")))
    if not 1 <= len(new.reason.strip()) <= REASON_MAX or "\0" in new.reason:
        raise QuietEntryUnsound(f"请说明理由（不超过 {REASON_MAX} 字）", places=(Place(field="reason"),))
    if new.review_on <= new.valid_from:
        raise QuietEntryUnsound("复核日应在生效日之后", places=(Place(field="review_on"),))
    enterprise = await enterprises.enterprise_by_uid(tx, new.enterprise) if new.enterprise else None
    matter = await catalogue.matter_by_code(tx, new.matter) if new.matter else None
    entry = Quiet(
        uid=new_uid(tx.random),
        enterprise=enterprise.id if enterprise else None,
        matter_code=matter.code if matter else None,
        reason=new.reason.strip(),
        valid_from=new.valid_from,
        valid_to=None,
        review_on=new.review_on,
        ended_reason="",
    )
    await quiet_store.add_quiet(tx, entry)
    await _record(tx, entry, "entered")
    return await _view(tx, entry)


@act(Permission.CATALOGUE_CHANGE)
async def end_quiet(tx: Tx, uid: str, reason: str) -> QuietView:
    """Take an entry off its list from tomorrow on. Raises QuietEntryUnknown, QuietEntryEnded, QuietEntryUnsound."""
    if not 1 <= len(reason.strip()) <= REASON_MAX or "\0" in reason:
        raise QuietEntryUnsound(f"请说明理由（不超过 {REASON_MAX} 字）", places=(Place(field="reason"),))
    entry = await quiet_store.quiet_by_uid(tx, uid)
    if entry is None:
        raise QuietEntryUnknown
    last = max(tx.today, entry.valid_from)
    if not await quiet_store.end_quiet(tx, uid, last, reason.strip()):
        raise QuietEntryEnded("该条目已经终止", rule="quiet-once")
    ended = msgspec.structs.replace(entry, valid_to=last, ended_reason=reason.strip())
    await _record(tx, ended, "ended")
    return await _view(tx, ended)


@reads(Permission.CATALOGUE_READ)
async def quiet_lists(tx: Tx) -> list[QuietView]:
    """Return both lists, newest entry first; what is due for review says so."""
    return [await _view(tx, entry) for entry in await quiet_store.quiet_entries(tx)]


async def _record(tx: Tx, entry: Quiet, change: str) -> None:
    public: dict[str, int | str] = {"list": "quiet", "change": change, "review_on": entry.review_on.isoformat()}
    if entry.matter_code:
        public["matter"] = entry.matter_code
    await ledger.append(
        tx, ledger.Action.LIST_CHANGED, ledger.Subject("quiet", entry.uid), public=public, private=entry
    )


async def _view(tx: Tx, entry: Quiet) -> QuietView:
    enterprise = await enterprises.enterprise(tx, entry.enterprise) if entry.enterprise else None
    return QuietView(
        uid=entry.uid,
        enterprise=enterprise.uid if enterprise else "",
        name=enterprise.name if enterprise else entry.matter_code or "",
        reason=entry.reason,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        review_on=entry.review_on,
        review_overdue=entry.valid_to is None and entry.review_on < tx.today,
        ended_reason=entry.ended_reason,
    )
