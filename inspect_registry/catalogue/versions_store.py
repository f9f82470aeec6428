"""Versions of matters, bundles and departments in the database: one typed function for each query of versions.sql."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from inspect_registry.catalogue.model import (
    BundleId,
    Department,
    DepartmentId,
    DepartmentKind,
    Level,
    Matter,
    MatterId,
)
from inspect_registry.db import SqlFile, Tx

SQL = SqlFile(__file__, "versions.sql")


class DepartmentVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of what is listed about a department."""

    version: int
    name: str
    short_name: str
    sort_key: str
    kind: DepartmentKind
    level: Level
    domain: str
    phone: str
    mandate: str
    needs_city_consent: bool
    valid_to: dt.date | None
    effective_from: dt.date
    reason: str


class Successor(msgspec.Struct, frozen=True, kw_only=True):
    """A version that something refers to, and the version of the same matter in force."""

    held: MatterId
    current: MatterId


class DepartmentInForce(msgspec.Struct, frozen=True, kw_only=True):
    """A department whose next version has come into force."""

    id: DepartmentId
    uid: str
    code: str
    version: int


async def matter_versions(tx: Tx, code: str) -> list[Matter]:
    """Return every version of one matter, oldest first."""
    return await tx.many(SQL["matter_versions"], Matter, code)


async def lock_matter(tx: Tx, code: str) -> None:
    """Hold every version of one matter until the transaction ends."""
    await tx.values(SQL["lock_matter"], MatterId, code)


async def end_matter(tx: Tx, matter: MatterId, on: dt.date, reason: str) -> int:
    """End one version on a day."""
    return await tx.execute(SQL["end_matter"], matter, on, reason)


async def successors(tx: Tx, ids: Sequence[MatterId], on: dt.date) -> list[Successor]:
    """Return for some versions the version in force on a day; nothing for those withdrawn."""
    return await tx.many(SQL["successors"], Successor, list(ids), on)


async def end_bundle(tx: Tx, bundle: BundleId, on: dt.date) -> int:
    """End one version of a bundle on a day."""
    return await tx.execute(SQL["end_bundle"], bundle, on)


async def lock_bundle(tx: Tx, code: str) -> None:
    """Hold every version of one bundle until the transaction ends."""
    await tx.values(SQL["lock_bundle"], BundleId, code)


async def add_first_department_versions(tx: Tx, ids: Sequence[DepartmentId]) -> int:
    """Keep what was listed as first versions."""
    return await tx.execute(SQL["add_first_department_versions"], list(ids), tx.now)


async def lock_department(tx: Tx, department: DepartmentId) -> None:
    """Hold one department until the transaction ends."""
    await tx.value(SQL["lock_department"], DepartmentId, department)


async def department_versions(tx: Tx, department: DepartmentId) -> list[DepartmentVersion]:
    """Return every version of one department, oldest first."""
    return await tx.many(SQL["department_versions"], DepartmentVersion, department)


async def department_as_of(tx: Tx, department: DepartmentId, on: dt.date) -> Department | None:
    """Return what was listed about one department on a day."""
    return await tx.maybe(SQL["department_as_of"], Department, department, on)


async def add_department_version(tx: Tx, department: DepartmentId, new: DepartmentVersion) -> int:
    """Add a later version."""
    return await tx.execute(
        SQL["add_department_version"],
        department,
        new.version,
        new.name,
        new.short_name,
        new.sort_key,
        new.kind.value,
        new.level.value,
        new.domain,
        new.phone,
        new.mandate,
        new.needs_city_consent,
        new.valid_to,
        new.effective_from,
        new.reason,
        tx.now,
    )


async def bring_departments_in_force(tx: Tx) -> list[DepartmentInForce]:
    """Let each department's row say what its version in force today says; return those that changed."""
    return await tx.many(SQL["bring_departments_in_force"], DepartmentInForce, tx.today)
