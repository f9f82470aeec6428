"""Changing one row of the catalogue: a new version supersedes the old one from a day on, with its reason.

Nothing that was published is altered. A version ends where the next begins or where the row is withdrawn, so "what
held on that day" has one answer for every day, and plans keep the version they were made with. No version begins in
the past: what was answered about a day stays the answer (rule `version-not-backdated`).
"""

import datetime as dt
from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue import service, store, versions_store
from inspect_registry.catalogue.errors import BundleUnknown, DepartmentUnknown, MatterUnknown, VersionUnsound
from inspect_registry.catalogue.model import (
    BundleContent,
    BundleRow,
    Department,
    DepartmentKind,
    Level,
    Matter,
    MatterContent,
    MatterId,
    NewBundle,
    NewMatter,
)
from inspect_registry.catalogue.soundness import MANDATED, mandate_fault
from inspect_registry.catalogue.versions_store import DepartmentVersion
from inspect_registry.db import Tx
from inspect_registry.errors import Place
from inspect_registry.identifiers import new_uid
from inspect_registry.pinyin import sort_key

REASON_MIN, REASON_MAX = 4, 500
PUBLISHED_LIST = "《国务院办公厅关于严格规范涉企行政检查的意见》（国办发〔2024〕54号）：检查事项公布并动态管理"
PUBLISHED_DEPARTMENTS = "《国务院办公厅关于严格规范涉企行政检查的意见》（国办发〔2024〕54号）：检查主体应经确认并公告"


class MatterVersion(MatterContent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The next version of a matter: all that the published version says, but its code and department."""

    effective_on: dt.date
    reason: str


class BundleVersion(BundleContent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The next version of a 一业一查 bundle."""

    effective_on: dt.date
    reason: str
    matters: tuple[str, ...]
    """Codes, of the versions in force on the day."""


class DepartmentChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes about a listed department from a day on; what is left out stays."""

    effective_on: dt.date
    reason: str
    name: str | UnsetType = UNSET
    short_name: str | UnsetType = UNSET
    kind: DepartmentKind | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    domain: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET
    mandate: str | UnsetType = UNSET
    needs_city_consent: bool | UnsetType = UNSET
    valid_to: dt.date | UnsetType | None = UNSET
    """Last day on which it is listed; None = open again."""


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which day a published matter no longer holds, and why."""

    on: dt.date
    reason: str


def explained(reason: str) -> str:
    """Return a reason of the right length. Raises VersionUnsound."""
    told = reason.strip()
    if not REASON_MIN <= len(told) <= REASON_MAX or "\0" in told:
        raise VersionUnsound(
            "变更须说明理由",
            rule="version-explained",
            basis=PUBLISHED_LIST,
            remedy=f"请写明变更理由（{REASON_MIN} 至 {REASON_MAX} 字），理由将公开",
            places=(Place(field="reason", text=told[:40]),),
        )
    return told


def not_backdated(tx: Tx, day: dt.date, current_from: dt.date, field: str = "effective_on") -> None:
    """Pass a day on which a next version may begin. Raises VersionUnsound."""
    earliest = max(tx.today, current_from + dt.timedelta(days=1))
    if day < earliest:
        raise VersionUnsound(
            f"{day} 早于可以生效的最早日期 {earliest}",
            rule="version-not-backdated",
            basis=PUBLISHED_LIST,
            remedy=f"生效日最早可填 {earliest}；过去的日子以当时公布的版本为准",
            places=(Place(field=field, text=day.isoformat()),),
        )


@act(Permission.CATALOGUE_CHANGE)
async def change_matter(tx: Tx, code: str, new: MatterVersion) -> Matter:
    """Publish the next version of a matter, which supersedes the one before from its day on.

    A withdrawn matter may be published again so. Raises MatterUnknown, MatterUnsound, VersionUnsound.
    """
    reason = explained(new.reason)
    await versions_store.lock_matter(tx, code)
    newest = await _newest_matter(tx, code)
    not_backdated(tx, new.effective_on, newest.withdrawn_on or newest.published_on)
    fields = {name: getattr(new, name) for name in MatterContent.__struct_fields__}
    matter = NewMatter(code=code, department=newest.department, published_on=new.effective_on, **fields)
    service.check_matters([matter])
    if newest.withdrawn_on is None:
        await versions_store.end_matter(tx, newest.id, new.effective_on, "")
    uid, version = new_uid(tx.random), newest.version + 1
    ids = await store.add_matters(tx, [uid], [matter], version, reason)
    await service.add_checklists(tx, ids, [matter])
    public: dict[str, int | str] = {
        "code": code,
        "version": version,
        "supersedes": newest.uid,
        "from": new.effective_on.isoformat(),
        "criteria": len(matter.criteria),
    }
    await ledger.append(
        tx,
        ledger.Action.MATTER_CHANGED,
        ledger.Subject("matter", uid),
        department=matter.department,
        public=public,
        private={"matter": matter, "reason": reason},
    )
    return await _newest_matter(tx, code)


@act(Permission.CATALOGUE_CHANGE)
async def withdraw_matter(tx: Tx, code: str, withdrawal: Withdrawal) -> Matter:
    """Let a matter hold no longer from a day on. Raises MatterUnknown, VersionUnsound."""
    reason = explained(withdrawal.reason)
    await versions_store.lock_matter(tx, code)
    newest = await _newest_matter(tx, code)
    if newest.withdrawn_on is not None:
        raise VersionUnsound(
            f"{code}已自 {newest.withdrawn_on} 起废止", rule="matter-withdrawn-once", remedy="需要恢复的，请公布新版本"
        )
    not_backdated(tx, withdrawal.on, newest.published_on, "on")
    await versions_store.end_matter(tx, newest.id, withdrawal.on, reason)
    await ledger.append(
        tx,
        ledger.Action.MATTER_WITHDRAWN,
        ledger.Subject("matter", newest.uid),
        department=newest.department,
        public={"code": code, "version": newest.version, "on": withdrawal.on.isoformat()},
        private={"reason": reason},
    )
    return await _newest_matter(tx, code)


@act(Permission.CATALOGUE_CHANGE)
async def change_bundle(tx: Tx, code: str, new: BundleVersion) -> BundleRow:
    """Make the next version of a 一业一查 bundle; its lead stays.

    Raises BundleUnknown, MatterUnknown, MatterUnsound, VersionUnsound.
    """
    reason = explained(new.reason)
    await versions_store.lock_bundle(tx, code)
    newest = await _newest_bundle(tx, code)
    not_backdated(tx, new.effective_on, newest.published_on)
    matters = [(await service.matter_by_code(tx, one, new.effective_on)).id for one in new.matters]
    await versions_store.end_bundle(tx, newest.id, new.effective_on)
    content = {name: getattr(new, name) for name in BundleContent.__struct_fields__}
    bundle = NewBundle(code=code, lead=newest.lead, published_on=new.effective_on, matters=tuple(matters), **content)
    await service.add_bundle_version(tx, bundle, newest.version + 1, reason)
    return await _newest_bundle(tx, code)


@act(Permission.CATALOGUE_CHANGE)
async def change_department(tx: Tx, code: str, change: DepartmentChange) -> Department:
    """Change what is listed about a department from a day on; its number and code stay. Returns it as of that day.

    Raises DepartmentUnknown, VersionUnsound.
    """
    reason = explained(change.reason)
    department = await service.department_by_code(tx, code)
    await versions_store.lock_department(tx, department.id)
    newest = (await versions_store.department_versions(tx, department.id))[-1]
    not_backdated(tx, change.effective_on, newest.effective_from)
    given = {
        name: getattr(change, name)
        for name in change.__struct_fields__
        if name not in {"effective_on", "reason"} and getattr(change, name) is not UNSET
    }
    _check_department(department, change, given)
    next_one = msgspec.structs.replace(
        newest, version=newest.version + 1, effective_from=change.effective_on, reason=reason, **given
    )
    unmandated = mandate_fault(next_one.kind, next_one.mandate)
    if unmandated:
        raise VersionUnsound(unmandated, rule="department-mandated", basis=MANDATED, places=(Place(field="mandate"),))
    next_one = msgspec.structs.replace(next_one, sort_key=sort_key(next_one.name))
    await versions_store.add_department_version(tx, department.id, next_one)
    await ledger.append(
        tx,
        ledger.Action.DEPARTMENT_CHANGED,
        ledger.Subject("department", department.uid),
        public={
            "code": department.code,
            "version": next_one.version,
            "from": change.effective_on.isoformat(),
            "changed": ",".join(sorted(given)),
        },
        private={"before": newest, "after": next_one},
    )
    await versions_store.bring_departments_in_force(tx)
    return await department_as_of(tx, code, change.effective_on)


def _check_department(department: Department, change: DepartmentChange, given: dict[str, object]) -> None:
    message = ""
    if not given:
        message = "没有要变更的内容"
    elif any(name in given and not str(given[name]).strip() for name in ("name", "short_name")):
        message = "名称不能为空"
    elif isinstance(change.valid_to, dt.date) and change.valid_to < max(change.effective_on, department.valid_from):
        message = "公告终止日不得早于变更生效日"
    if message:
        raise VersionUnsound(
            message, rule="department-change-sound", basis=PUBLISHED_DEPARTMENTS, remedy="请更正后重新提交"
        )


@act(Permission.CATALOGUE_CHANGE)
async def bring_in_force(tx: Tx) -> int:
    """Let departments say what their versions in force today say; returns how many changed. Safe to repeat."""
    changed = await versions_store.bring_departments_in_force(tx)
    await ledger.append_many(
        tx,
        [
            ledger.Draft(
                action=ledger.Action.DEPARTMENT_CHANGED,
                subject=ledger.Subject("department", one.uid),
                public={"code": one.code, "version": one.version, "in_force": tx.today.isoformat()},
            )
            for one in changed
        ],
    )
    return len(changed)


@reads(Permission.CATALOGUE_READ)
async def matter_history(tx: Tx, code: str) -> list[Matter]:
    """Return every version of a matter, oldest first. Raises MatterUnknown."""
    found = await versions_store.matter_versions(tx, code)
    if not found:
        raise MatterUnknown(f"没有编码为“{code[:40]}”的检查事项")
    return found


@reads(Permission.CATALOGUE_READ)
async def bundle_history(tx: Tx, code: str) -> list[BundleRow]:
    """Return every version of a bundle, oldest first. Raises BundleUnknown."""
    found = await store.bundles(tx, None, code)
    if not found:
        raise BundleUnknown(f"没有编码为“{code[:40]}”的一业一查组合")
    return found


@reads(Permission.CATALOGUE_READ)
async def department_history(tx: Tx, code: str) -> list[DepartmentVersion]:
    """Return every version of what is listed about a department, oldest first. Raises DepartmentUnknown."""
    return await versions_store.department_versions(tx, (await service.department_by_code(tx, code)).id)


@reads(Permission.CATALOGUE_READ)
async def department_as_of(tx: Tx, code: str, on: dt.date) -> Department:
    """Return what was listed about a department on a day. Raises DepartmentUnknown, also before its first day."""
    department = await service.department_by_code(tx, code)
    found = await versions_store.department_as_of(tx, department.id, on)
    if found is None:
        raise DepartmentUnknown(f"{on} 时名录中还没有{department.name}")
    return found


@reads(Permission.CATALOGUE_READ)
async def in_force(tx: Tx, ids: Sequence[MatterId], on: dt.date) -> dict[MatterId, MatterId]:
    """Return for each version the version of the same matter in force on a day; withdrawn matters are left out."""
    return {one.held: one.current for one in await versions_store.successors(tx, ids, on)}


async def _newest_matter(tx: Tx, code: str) -> Matter:
    return (await matter_history(tx, code))[-1]


async def _newest_bundle(tx: Tx, code: str) -> BundleRow:
    return (await bundle_history(tx, code))[-1]
