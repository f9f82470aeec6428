"""Queries about the catalogue: one function each."""

import datetime as dt
from collections.abc import Sequence

from inspect_registry.catalogue.model import (
    BundleId,
    BundleRow,
    Criterion,
    Department,
    DepartmentId,
    Matter,
    MatterId,
    NewBundle,
    NewCriterion,
    NewDepartment,
    NewMatter,
    Town,
)
from inspect_registry.db import SqlFile, Tx
from inspect_registry.pinyin import sort_key

SQL = SqlFile(__file__, "catalogue.sql")


async def departments(tx: Tx) -> list[Department]:
    """Return every authority ever listed."""
    return await tx.many(SQL["departments"], Department)


async def department_by_id(tx: Tx, department: DepartmentId) -> Department | None:
    """Return one authority."""
    return await tx.maybe(SQL["department_by_id"], Department, department)


async def department_by_code(tx: Tx, code: str) -> Department | None:
    """Return one authority by its code or uid."""
    return await tx.maybe(SQL["department_by_code"], Department, code)


async def add_departments(tx: Tx, uids: Sequence[str], new: Sequence[NewDepartment]) -> list[DepartmentId]:
    """List authorities, in the given order."""
    return await tx.values(
        SQL["add_departments"],
        DepartmentId,
        list(uids),
        [d.code for d in new],
        [d.name for d in new],
        [d.short_name for d in new],
        [sort_key(d.name) for d in new],
        [d.uscc for d in new],
        [d.kind.value for d in new],
        [d.level.value for d in new],
        [d.domain for d in new],
        [d.phone for d in new],
        [d.mandate for d in new],
        [d.needs_city_consent for d in new],
        [d.valid_from for d in new],
        [d.valid_to for d in new],
    )


async def towns(tx: Tx) -> list[Town]:
    """Return the towns."""
    return await tx.many(SQL["towns"], Town)


async def add_towns(tx: Tx, new: Sequence[Town]) -> int:
    """Enter towns; each is near itself only until `near_zones`."""
    return await tx.execute(SQL["add_towns"], [t.code for t in new], [t.name for t in new], [t.zone for t in new])


async def near_zones(tx: Tx, pairs: Sequence[tuple[int, int]]) -> int:
    """Say which zones are near which, both directions and each zone itself included in the pairs."""
    return await tx.execute(SQL["near_zones"], [zone for zone, _ in pairs], [near for _, near in pairs])


async def matters(tx: Tx, department: DepartmentId | None, on: dt.date) -> list[Matter]:
    """Return the versions in force on a day."""
    return await tx.many(SQL["matters"], Matter, department, on)


async def matters_by_id(tx: Tx, ids: Sequence[MatterId]) -> list[Matter]:
    """Return some versions, whatever their time."""
    return await tx.many(SQL["matters_by_id"], Matter, list(ids))


async def matter_by_code(tx: Tx, code: str, on: dt.date) -> Matter | None:
    """Return the version in force on a day, by code or uid."""
    return await tx.maybe(SQL["matter_by_code"], Matter, code, on)


async def add_matters(
    tx: Tx, uids: Sequence[str], new: Sequence[NewMatter], version: int = 1, reason: str = ""
) -> list[MatterId]:
    """Publish first versions, or one of a later number with its reason, in the given order."""
    return await tx.values(
        SQL["add_matters"],
        MatterId,
        list(uids),
        [m.code for m in new],
        [m.department for m in new],
        [m.name for m in new],
        [sort_key(m.name) for m in new],
        [m.object_class for m in new],
        [{"industries": m.industries, "tags": m.tags, "basis": m.basis} for m in new],
        [m.mode.value for m in new],
        [m.disclosure.value for m in new],
        [m.disclosure_basis for m in new],
        [m.mergeable for m in new],
        [m.offsite_possible for m in new],
        [m.mandatory for m in new],
        [m.min_inspectors for m in new],
        [m.minutes for m in new],
        [m.key_risk for m in new],
        [m.sample for m in new],
        [m.prepare for m in new],
        [m.published_on for m in new],
        [version] * len(new),
        [reason] * len(new),
    )


async def criteria(tx: Tx, of: Sequence[MatterId]) -> list[Criterion]:
    """Return checklists, point by point."""
    return await tx.many(SQL["criteria"], Criterion, list(of))


async def add_criteria(
    tx: Tx, uids: Sequence[str], of: Sequence[MatterId], positions: Sequence[int], new: Sequence[NewCriterion]
) -> int:
    """Publish checklist points."""
    return await tx.execute(
        SQL["add_criteria"],
        list(uids),
        list(of),
        list(positions),
        [c.text for c in new],
        [c.basis for c in new],
        [c.important for c in new],
    )


async def bundles(tx: Tx, on: dt.date | None, code: str | None = None) -> list[BundleRow]:
    """Return the bundles in force on a day, or every version of one."""
    return await tx.many(SQL["bundles"], BundleRow, on, code)


async def add_bundle(tx: Tx, uid: str, new: NewBundle, version: int = 1, reason: str = "") -> BundleId:
    """Make one version of a bundle without its matters."""
    return await tx.value(
        SQL["add_bundle"],
        BundleId,
        uid,
        new.code,
        version,
        new.name,
        new.lead,
        list(new.industries),
        list(new.tags),
        new.sample,
        new.published_on or tx.today,
        reason,
    )


async def add_bundle_matters(tx: Tx, bundle: BundleId, of: Sequence[MatterId]) -> int:
    """Put matters into a bundle."""
    return await tx.execute(SQL["add_bundle_matters"], bundle, list(of))
