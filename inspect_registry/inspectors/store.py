"""Queries about officers: one function each."""

import datetime as dt
from collections.abc import Sequence

from inspect_registry.catalogue.model import DepartmentId, MatterId
from inspect_registry.db import SqlFile, Tx
from inspect_registry.enterprises.model import EnterpriseId
from inspect_registry.inspectors.model import Inspector, InspectorId, Leave, NewInspector, Qualified, Recusal
from inspect_registry.pinyin import sort_key

SQL = SqlFile(__file__, "inspectors.sql")


async def inspectors_by_id(tx: Tx, ids: Sequence[InspectorId]) -> list[Inspector]:
    """Return some officers."""
    return await tx.many(SQL["inspectors_by_id"], Inspector, list(ids))


async def inspector_by_uid(tx: Tx, uid: str) -> Inspector | None:
    """Return one officer by the outside identity."""
    return await tx.maybe(SQL["inspector_by_uid"], Inspector, uid)


async def roster(tx: Tx, department: DepartmentId | None) -> list[Inspector]:
    """Return the officers of one department or of all."""
    return await tx.many(SQL["roster"], Inspector, department)


async def add_inspectors(tx: Tx, uids: Sequence[str], new: Sequence[NewInspector]) -> list[InspectorId]:
    """Enrol officers, in the given order."""
    return await tx.values(
        SQL["add_inspectors"],
        InspectorId,
        list(uids),
        [i.department for i in new],
        [i.name for i in new],
        [sort_key(i.name) for i in new],
        [i.certificate for i in new],
        [i.valid_from for i in new],
        [i.valid_to for i in new],
        [i.state.value for i in new],
    )


async def add_certified_matters(tx: Tx, pairs: Sequence[tuple[InspectorId, MatterId]]) -> int:
    """Certify officers for matters of their own department; return how many pairs were such."""
    return await tx.execute(SQL["add_certified_matters"], [i for i, _ in pairs], [m for _, m in pairs])


async def certified_for(tx: Tx, matters: Sequence[MatterId], on: dt.date) -> list[Qualified]:
    """Return who may inspect what on a day."""
    return await tx.many(SQL["certified_for"], Qualified, list(matters), on)


async def certified_matters(tx: Tx, inspector: InspectorId) -> list[MatterId]:
    """Return what one officer is certified for."""
    return await tx.values(SQL["certified_matters"], MatterId, inspector)


async def add_leave(tx: Tx, new: Sequence[Leave]) -> int:
    """Record absences."""
    return await tx.execute(
        SQL["add_leave"], [row.inspector for row in new], [row.first for row in new], [row.last for row in new]
    )


async def leave_between(tx: Tx, first: dt.date, last: dt.date) -> list[Leave]:
    """Return absences that touch a span of days."""
    return await tx.many(SQL["leave_between"], Leave, first, last)


async def add_recusals(tx: Tx, new: Sequence[tuple[InspectorId, EnterpriseId, str]]) -> int:
    """Record 回避 declared today."""
    return await tx.execute(
        SQL["add_recusals"], [r[0] for r in new], [r[1] for r in new], [r[2] for r in new], tx.today
    )


async def recusals(tx: Tx, enterprises: Sequence[EnterpriseId]) -> list[Recusal]:
    """Return who must not inspect some enterprises."""
    return await tx.many(SQL["recusals"], Recusal, list(enterprises))
