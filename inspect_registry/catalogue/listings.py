"""Use cases of the open lists: enter, change, end; what holds on a day, the history, and what is due for review.

The keeper of the catalogue writes; everybody signed in reads, and the public reads what publication/ shows. Entries of
the quiet lists come through plans/quiet.py, which knows the enterprise or matter behind them.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue import leniency, listing_store, service
from inspect_registry.catalogue.errors import (
    ListingEnded,
    ListingThere,
    ListingUnknown,
    ListingUnsound,
    MatterUnknown,
)
from inspect_registry.catalogue.leniency import LeniencyItem
from inspect_registry.catalogue.listing import (
    LENIENT,
    QUIET,
    KeyIndustryInput,
    LeniencyInput,
    Listing,
    ListKind,
    leniency_subject,
    listing_faults,
)
from inspect_registry.catalogue.versions import explained, not_backdated
from inspect_registry.db import Tx
from inspect_registry.errors import Place
from inspect_registry.identifiers import new_uid

LIST_BASIS = {
    ListKind.KEY_INDUSTRY: "《上海市优化营商环境条例》第六十一条、第七十条",
    ListKind.QUIET_ENTERPRISE: "国市监信发〔2022〕6号",
    ListKind.QUIET_MATTER: "《国务院办公厅关于严格规范涉企行政检查的意见》（国办发〔2024〕54号）",
    ListKind.NO_PENALTY: "《上海市优化营商环境条例》第六十条",
    ListKind.NO_COERCION: "《上海市优化营商环境条例》第七十一条",
}


@act(Permission.CATALOGUE_CHANGE)
async def enter_key_industry(tx: Tx, new: KeyIndustryInput) -> Listing:
    """Put an industry under comprehensive supervision. Raises ListingUnsound, ListingThere."""
    return await enter(tx, await _key_industry(tx, new))


@act(Permission.CATALOGUE_CHANGE)
async def change_key_industry(tx: Tx, new: KeyIndustryInput) -> Listing:
    """Make the next version of an industry's entry. Raises ListingUnknown, ListingUnsound, VersionUnsound."""
    return await supersede(tx, await _key_industry(tx, new))


@act(Permission.CATALOGUE_CHANGE)
async def enter_leniency(tx: Tx, kind: ListKind, new: LeniencyInput) -> Listing:
    """Put an item on a leniency list. Raises ListingUnsound, ListingThere."""
    return await enter(tx, _leniency(kind, new))


@act(Permission.CATALOGUE_CHANGE)
async def change_leniency(tx: Tx, kind: ListKind, new: LeniencyInput) -> Listing:
    """Make the next version of an item. Raises ListingUnknown, ListingUnsound, VersionUnsound."""
    return await supersede(tx, _leniency(kind, new))


@act(Permission.CATALOGUE_CHANGE)
async def end_listing(tx: Tx, kind: ListKind, subject: str, reason: str) -> Listing:
    """End an entry with today as its last day, or before it begins.

    Raises ListingUnknown, ListingEnded, VersionUnsound.
    """
    told = explained(reason)
    newest = await _newest(tx, kind, subject)
    last = max(tx.today, newest.valid_from - dt.timedelta(days=1))
    if not newest.open(tx.today) or not await listing_store.end_listing(tx, newest.uid, last, told):
        raise ListingEnded(
            f"“{newest.title}”已于 {newest.valid_to} 终止",
            rule="listing-once",
            basis=LIST_BASIS[kind],
            remedy="需要恢复的，请重新列入并说明理由",
        )
    ended = msgspec.structs.replace(newest, valid_to=last, ended_reason=told)
    await _record(tx, ended, "ended")
    return ended


async def enter(tx: Tx, new: Listing) -> Listing:
    """Add the first version of an entry, or one after it had ended. Joins the caller's act.

    Raises ListingUnsound, ListingThere where the entry is on its list already.
    """
    _check(new)
    newest = await hold(tx, new.kind, new.subject)
    if newest is not None and (newest.valid_to is None or newest.valid_to >= new.valid_from):
        raise ListingThere(
            f"“{newest.title}”自 {newest.valid_from} 起已在清单中",
            rule="listing-once-open",
            basis=LIST_BASIS[new.kind],
            remedy="需要调整的，请变更为新版本；或先终止现有条目",
        )
    return await _add(tx, msgspec.structs.replace(new, version=newest.version + 1 if newest else 1), "entered")


async def supersede(tx: Tx, new: Listing) -> Listing:
    """Add the next version of an entry that is open; the one before ends the day before. Joins the caller's act.

    Raises ListingUnknown, ListingEnded, ListingUnsound, VersionUnsound.
    """
    _check(new)
    newest = await _newest(tx, new.kind, new.subject)
    if not newest.open(tx.today):
        raise ListingEnded(
            f"“{newest.title}”已于 {newest.valid_to} 终止", rule="listing-once", remedy="需要恢复的，请重新列入"
        )
    not_backdated(tx, new.valid_from, newest.valid_from, "valid_from")
    await listing_store.end_listing(tx, newest.uid, new.valid_from - dt.timedelta(days=1), "")
    return await _add(tx, msgspec.structs.replace(new, version=newest.version + 1), "changed")


async def hold(tx: Tx, kind: ListKind, subject: str) -> Listing | None:
    """Return an entry's newest version, held; a shipped entry is stored first, to be changed like any other."""
    newest = await listing_store.listing_newest(tx, kind, subject)
    if newest is None:
        for one in leniency.shipped():
            if (one.kind, one.subject) == (kind, subject):
                newest = msgspec.structs.replace(one, uid=new_uid(tx.random))
                await listing_store.add_listing(tx, newest)
    return newest


@reads(Permission.CATALOGUE_READ)
async def history(tx: Tx, kind: ListKind | None = None) -> list[Listing]:
    """Return every version of every entry of one list or of all; an entry's newest version first."""
    stored = await listing_store.listings(tx, kind)
    known = {(one.kind, one.subject) for one in stored}
    shipped = [one for one in leniency.shipped() if kind in (None, one.kind) and (one.kind, one.subject) not in known]
    return [*stored, *reversed(shipped)]


@reads(Permission.CATALOGUE_READ)
async def listed_on(tx: Tx, kind: ListKind, on: dt.date) -> list[Listing]:
    """Return what a list said on a day."""
    return [one for one in await history(tx, kind) if one.in_force(on)]


@reads(Permission.CATALOGUE_READ)
async def due_for_review(tx: Tx, on: dt.date | None = None) -> list[Listing]:
    """Return the entries whose day of review has come, the longest overdue first."""
    day = on or tx.today
    due = [one for one in await history(tx) if one.review_due(day)]
    return sorted(due, key=lambda one: (one.review_on, one.kind, one.subject))


@reads(Permission.CATALOGUE_READ)
async def leniency_items(tx: Tx) -> tuple[LeniencyItem, ...]:
    """Return every version of every item of the leniency lists."""
    return tuple([leniency.item_from(one) for kind in sorted(LENIENT) for one in await history(tx, kind)])


async def _key_industry(tx: Tx, new: KeyIndustryInput) -> Listing:
    content = new.content
    places: list[Place] = []
    if len(set(content.matters)) < 2:
        message = "综合监管事项应由两项以上事项组成"
        places.append(Place(field="content.matters", text="、".join(content.matters)[:100], message=message))
    if content.lead not in content.departments or len(set(content.departments)) < 2:
        message = "应有两个以上部门，牵头部门在内"
        places.append(Place(field="content.departments", text="、".join(content.departments)[:100], message=message))
    if not content.object_class.strip():
        places.append(Place(field="content.object_class", message="请写明检查对象"))
    departments = {one.code: one for one in await service.departments(tx)}
    codes = {one.id: one.code for one in departments.values()}

    async def department_fault(code: str) -> str:
        found = departments.get(code)
        return "" if found and found.listed_on(new.valid_from) else f"{new.valid_from} 时不是已公告的检查主体"

    async def matter_fault(code: str) -> str:
        try:
            matter = await service.matter_by_code(tx, code, new.valid_from)
        except MatterUnknown:
            return f"{new.valid_from} 时不是已公布的检查事项，未经公布的不得实施"
        if codes[matter.department] not in content.departments:
            return "所属部门不在参加部门之内"
        return "" if matter.mergeable else "不预先告知的事项不得并入综合监管"

    places += await _places("departments", content.departments, department_fault)
    places += await _places("matters", content.matters, matter_fault)
    if places:
        raise _unsound(ListKind.KEY_INDUSTRY, places)
    return _listing(ListKind.KEY_INDUSTRY, new.code.strip(), new.title, new)


async def _places(field: str, codes: Sequence[str], fault: Callable[[str], Awaitable[str]]) -> list[Place]:
    """Name the codes of one field that have a fault, each at its place."""
    told = [(index, code, await fault(code)) for index, code in enumerate(codes)]
    return [
        Place(field=f"content.{field}[{index}]", text=code[:40], message=message)
        for index, code, message in told
        if message
    ]


def _leniency(kind: ListKind, new: LeniencyInput) -> Listing:
    if kind not in LENIENT:
        raise _unsound(kind, [Place(field="list", text=kind.value, message="不是免罚或不予强制清单")])
    content = new.content
    missing = [name for name in ("list", "version", "item") if not getattr(content, name).strip()]
    places = [Place(field=f"content.{name}", message="请写明清单名称、版本和序号") for name in missing]
    if not content.conditions:
        places.append(Place(field="content.conditions", message="请逐条写明适用条件"))
    if len({one.code for one in content.conditions}) < len(content.conditions):
        places.append(Place(field="content.conditions", message="适用条件的代码重复"))
    if places:
        raise _unsound(kind, places)
    return _listing(kind, leniency_subject(content), new.violation, new)


def _listing(kind: ListKind, subject: str, title: str, new: KeyIndustryInput | LeniencyInput) -> Listing:
    return Listing(
        uid="",
        kind=kind,
        subject=subject,
        version=0,
        title=title.strip(),
        content=msgspec.to_builtins(new.content),
        basis=list(new.basis),
        reason=new.reason.strip(),
        sample=new.sample,
        valid_from=new.valid_from,
        valid_to=None,
        review_on=new.review_on,
        ended_reason="",
    )


def _check(new: Listing) -> None:
    """Raise ListingUnsound with everything that an entry lacks."""
    faults = listing_faults(
        title=new.title,
        basis=new.basis,
        reason=new.reason,
        valid_from=new.valid_from,
        review_on=new.review_on,
        quiet=new.kind in QUIET,
    )
    if not new.subject or len(new.subject) > 200:
        faults.append(("subject", "条目的编码应为 1 至 200 字"))
    if faults:
        raise _unsound(new.kind, [Place(field=field, message=message) for field, message in faults])


def _unsound(kind: ListKind, places: Sequence[Place]) -> ListingUnsound:
    return ListingUnsound(
        places[0].message,
        rule="listing-sound",
        basis=LIST_BASIS[kind],
        remedy="请按各处说明补正后重新提交",
        places=tuple(places),
    )


async def _newest(tx: Tx, kind: ListKind, subject: str) -> Listing:
    newest = await hold(tx, kind, subject)
    if newest is None:
        raise ListingUnknown(f"“{subject[:60]}”")
    return newest


async def _add(tx: Tx, new: Listing, change: str) -> Listing:
    added = msgspec.structs.replace(new, uid=new_uid(tx.random))
    await listing_store.add_listing(tx, added)
    await _record(tx, added, change)
    return added


async def _record(tx: Tx, entry: Listing, change: str) -> None:
    public: dict[str, int | str] = {
        "list": entry.kind.value,
        "change": change,
        "version": entry.version,
        "from": entry.valid_from.isoformat(),
        "review_on": entry.review_on.isoformat(),
    }
    if entry.kind is not ListKind.QUIET_ENTERPRISE:  # The list itself says which, masked where it must be.
        public["subject"] = entry.subject[:120]
    if entry.valid_to is not None:
        public["to"] = entry.valid_to.isoformat()
    await ledger.append(
        tx, ledger.Action.LIST_CHANGED, ledger.Subject("listing", entry.uid), public=public, private=entry
    )
