"""Use cases of the catalogue: list departments, publish matters, and let everybody above read them."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue import store, versions_store
from inspect_registry.catalogue.errors import DepartmentUnknown, DepartmentUnsound, MatterUnknown, MatterUnsound
from inspect_registry.catalogue.model import (
    BundleId,
    BundleRow,
    Criterion,
    Department,
    DepartmentId,
    Matter,
    MatterId,
    NewBundle,
    NewDepartment,
    NewMatter,
    Town,
)
from inspect_registry.catalogue.soundness import MANDATED, mandate_fault, matter_faults
from inspect_registry.db import Tx
from inspect_registry.errors import Place
from inspect_registry.identifiers import BadNumberError, new_uid, parse_uscc
from inspect_registry.pinyin import fold


@act(Permission.CATALOGUE_CHANGE)
async def list_departments(tx: Tx, new: Sequence[NewDepartment]) -> list[DepartmentId]:
    """List authorities that may inspect, in the given order.

    Raises DepartmentUnsound for a 统一社会信用代码 that cannot be right, DepartmentAlreadyListed.
    """
    for position, department in enumerate(new):
        _check_number(position, department)
        _check_mandate(position, department)
    uids = [new_uid(tx.random) for _ in new]
    ids = await store.add_departments(tx, uids, new)
    await versions_store.add_first_department_versions(tx, ids)
    await ledger.append_many(
        tx,
        [
            ledger.Draft(
                action=ledger.Action.DEPARTMENT_LISTED,
                subject=ledger.Subject("department", uid),
                public={"code": department.code, "uscc": department.uscc, "from": department.valid_from.isoformat()},
                private=department,
            )
            for uid, department in zip(uids, new, strict=True)
        ],
    )
    return ids


def _check_number(position: int, department: NewDepartment) -> None:
    try:
        parse_uscc(department.uscc)
    except BadNumberError as fault:
        place = Place(field=f"[{position}].uscc", text=department.uscc[:40], message=str(fault))
        raise DepartmentUnsound(
            str(fault), rule="uscc-check", basis="GB 32100-2015", remedy="请核对后填写正确代码", places=(place,)
        ) from fault


def _check_mandate(position: int, department: NewDepartment) -> None:
    fault = mandate_fault(department.kind, department.mandate)
    if fault:
        place = Place(field=f"[{position}].mandate", text=department.mandate[:40], message=fault)
        raise DepartmentUnsound(fault, rule="department-mandated", basis=MANDATED, places=(place,))


@act(Permission.CATALOGUE_CHANGE)
async def publish_matters(tx: Tx, new: Sequence[NewMatter]) -> list[MatterId]:
    """Publish matters with their criteria, in the given order; all or none.

    Raises MatterUnsound with every fault of every matter, MatterAlreadyPublished.
    """
    check_matters(new)
    uids = [new_uid(tx.random) for _ in new]
    ids = await store.add_matters(tx, uids, new)
    await add_checklists(tx, ids, new)
    await ledger.append_many(
        tx,
        [
            ledger.Draft(
                action=ledger.Action.MATTER_PUBLISHED,
                subject=ledger.Subject("matter", uid),
                department=matter.department,
                public={"code": matter.code, "version": 1, "criteria": len(matter.criteria)},
                private=matter,
            )
            for uid, matter in zip(uids, new, strict=True)
        ],
    )
    return ids


def check_matters(new: Sequence[NewMatter]) -> None:
    """Pass matters that may be published. Raises MatterUnsound with every fault of every matter."""
    places = tuple(
        Place(field=f"[{position}]", text=matter.code, message=fault)
        for position, matter in enumerate(new)
        for fault in matter_faults(matter)
    )
    if places:
        raise MatterUnsound(
            f"{places[0].text}：{places[0].message}",
            rule="matter-sound",
            basis="《国务院办公厅关于严格规范涉企行政检查的意见》（国办发〔2024〕54号）",
            remedy="请按各处说明补正后重新提交",
            places=places,
        )


async def add_checklists(tx: Tx, ids: Sequence[MatterId], of: Sequence[NewMatter]) -> None:
    """Publish the checklists of new versions."""
    points = [
        (matter_id, position, criterion)
        for matter_id, matter in zip(ids, of, strict=True)
        for position, criterion in enumerate(matter.criteria, start=1)
    ]
    await store.add_criteria(
        tx, [new_uid(tx.random) for _ in points], [p[0] for p in points], [p[1] for p in points], [p[2] for p in points]
    )


@act(Permission.CATALOGUE_CHANGE)
async def make_bundles(tx: Tx, new: Sequence[NewBundle]) -> list[BundleId]:
    """Make 一业一查 bundles; their matters must be mergeable. Raises MatterUnsound."""
    return [await add_bundle_version(tx, bundle) for bundle in new]


async def add_bundle_version(tx: Tx, bundle: NewBundle, version: int = 1, reason: str = "") -> BundleId:
    """Store one version of a bundle and tell the ledger. Joins the caller's act. Raises MatterUnsound."""
    members = await matters_by_id(tx, bundle.matters)
    alone = [matter.code for matter in members.values() if not matter.mergeable]
    if alone:
        raise MatterUnsound(
            f"{bundle.name}：{'、'.join(alone)}不得合并检查",
            rule="bundle-mergeable",
            basis="《食品生产经营监督检查管理办法》第四十六条（不预先告知的检查）",
            remedy="请从一业一查中去掉不预先告知的事项",
            places=tuple(Place(field="matters", text=code, message="不预先告知，不得合并检查") for code in alone),
        )
    uid = new_uid(tx.random)
    bundle_id = await store.add_bundle(tx, uid, bundle, version, reason)
    await store.add_bundle_matters(tx, bundle_id, bundle.matters)
    public: dict[str, int | str] = {
        "list": "bundle",
        "code": bundle.code,
        "version": version,
        "from": (bundle.published_on or tx.today).isoformat(),
        "matters": len(bundle.matters),
    }
    private = {"bundle": bundle, "reason": reason}
    await ledger.append(tx, ledger.Action.LIST_CHANGED, ledger.Subject("bundle", uid), public=public, private=private)
    return bundle_id


@act(Permission.CATALOGUE_CHANGE)
async def enter_towns(tx: Tx, new: Sequence[Town]) -> None:
    """Enter the district's towns with the zones near each."""
    await store.add_towns(tx, new)
    await store.near_zones(tx, [(town.zone, near) for town in new for near in {town.zone, *town.near}])
    subject = ledger.Subject("town", new_uid(tx.random))
    await ledger.append(
        tx, ledger.Action.LIST_IMPORTED, subject, public={"list": "town", "rows": len(new)}, private=list(new)
    )


@reads(Permission.CATALOGUE_READ)
async def departments(tx: Tx) -> list[Department]:
    """Return every authority ever listed, by name."""
    return await store.departments(tx)


@reads(Permission.CATALOGUE_READ)
async def department(tx: Tx, department_id: DepartmentId) -> Department:
    """Return one authority. Raises DepartmentUnknown."""
    found = await store.department_by_id(tx, department_id)
    if found is None:
        raise DepartmentUnknown
    return found


@reads(Permission.CATALOGUE_READ)
async def department_by_code(tx: Tx, code: str) -> Department:
    """Return one authority by its code or uid. Raises DepartmentUnknown."""
    found = await store.department_by_code(tx, code)
    if found is None:
        raise DepartmentUnknown(f"没有代码为“{code[:40]}”的检查主体")
    return found


@reads(Permission.CATALOGUE_READ)
async def department_by_name(tx: Tx, text: str) -> Department | None:
    """Return the authority whose name or short name this is, however its widths and blanks are written."""
    wanted = fold(text)
    named = [d for d in await store.departments(tx) if wanted in {fold(d.name), fold(d.short_name)}]
    return named[0] if len(named) == 1 else None


@reads(Permission.CATALOGUE_READ)
async def towns(tx: Tx) -> list[Town]:
    """Return the district's towns."""
    return await store.towns(tx)


@reads(Permission.CATALOGUE_READ)
async def matters(tx: Tx, of: DepartmentId | None = None, on: dt.date | None = None) -> list[Matter]:
    """Return the matters in force on a day (today), of one department or of all, by code."""
    return await store.matters(tx, of, on or tx.today)


@reads(Permission.CATALOGUE_READ)
async def matters_by_id(tx: Tx, ids: Sequence[MatterId]) -> dict[MatterId, Matter]:
    """Return versions of matters, whatever their time. Raises MatterUnknown when one of them does not exist."""
    found = {matter.id: matter for matter in await store.matters_by_id(tx, ids)}
    if set(ids) - set(found):
        raise MatterUnknown
    return found


@reads(Permission.CATALOGUE_READ)
async def matter_by_code(tx: Tx, code: str, on: dt.date | None = None) -> Matter:
    """Return the version in force on a day (today), by code or uid. Raises MatterUnknown."""
    found = await store.matter_by_code(tx, code, on or tx.today)
    if found is None:
        raise MatterUnknown(f"没有编码为“{code[:40]}”的检查事项")
    return found


@reads(Permission.CATALOGUE_READ)
async def criteria(tx: Tx, of: Sequence[MatterId]) -> list[Criterion]:
    """Return the checklists of some matters, point by point."""
    return await store.criteria(tx, of)


@reads(Permission.CATALOGUE_READ)
async def bundles(tx: Tx, on: dt.date | None = None) -> list[BundleRow]:
    """Return the 一业一查 bundles in force on a day (today), with their matters in the versions of that day."""
    day = on or tx.today
    found = await store.bundles(tx, day)
    held = sorted({matter for one in found for matter in one.matters})
    current = {one.held: one.current for one in await versions_store.successors(tx, held, day)}
    return [
        msgspec.structs.replace(one, matters=[current[matter] for matter in one.matters if matter in current])
        for one in found
    ]
