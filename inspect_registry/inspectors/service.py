"""Use cases around officers: enrol, record leave and recusals, and say who may inspect what on which day."""

import datetime as dt
from collections.abc import Sequence

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue.model import DepartmentId, MatterId
from inspect_registry.db import Tx
from inspect_registry.enterprises.model import EnterpriseId
from inspect_registry.errors import Place
from inspect_registry.identifiers import BadNumberError, new_uid, parse_certificate_no
from inspect_registry.inspectors import store
from inspect_registry.inspectors.errors import InspectorUnknown, InspectorUnsound
from inspect_registry.inspectors.model import Inspector, InspectorId, Leave, NewInspector, Qualified, Recusal


@act(Permission.INSPECTOR_CHANGE)
async def enrol(tx: Tx, new: Sequence[NewInspector]) -> list[InspectorId]:
    """Enrol officers with what they are certified for, in the given order; all or none.

    Raises InspectorUnsound (number, validity, a matter of another department), CertificateTaken.
    """
    places = tuple(place for row, inspector in enumerate(new) for place in _faults(row, inspector))
    if places:
        raise InspectorUnsound(places[0].message, rule="inspector-sound", remedy="请核对后重新提交", places=places)
    uids = [new_uid(tx.random) for _ in new]
    ids = await store.add_inspectors(tx, uids, new)
    pairs = [(inspector, matter) for inspector, n in zip(ids, new, strict=True) for matter in dict.fromkeys(n.matters)]
    if await store.add_certified_matters(tx, pairs) != len(pairs):
        raise InspectorUnsound(
            "执法人员只能对本部门的检查事项持证",
            rule="inspector-own-department",
            basis="《中华人民共和国行政处罚法》第四十二条",
            remedy="请去掉其他部门的事项",
        )
    await ledger.append_many(
        tx,
        [
            ledger.Draft(
                action=ledger.Action.INSPECTOR_ENROLLED,
                subject=ledger.Subject("inspector", uid),
                department=inspector.department,
                public={"matters": len(inspector.matters), "to": inspector.valid_to.isoformat()},
                private=inspector,
            )
            for uid, inspector in zip(uids, new, strict=True)
        ],
    )
    return ids


def _faults(row: int, new: NewInspector) -> list[Place]:
    faults = []
    try:
        if parse_certificate_no(new.certificate) != new.certificate:
            faults.append(("certificate", "执法证号应写作半角数字、不含空格"))
    except BadNumberError as fault:
        faults.append(("certificate", str(fault)))
    if new.valid_to < new.valid_from:
        faults.append(("valid_to", "执法证有效期截止日早于起始日"))
    if not new.name.strip():
        faults.append(("name", "姓名为空"))
    return [Place(field=f"[{row}].{field}", row=row + 1, text=new.certificate[:40], message=m) for field, m in faults]


@act(Permission.INSPECTOR_CHANGE)
async def record_leave(tx: Tx, new: Sequence[Leave]) -> None:
    """Record absences. Raises LeaveOverlaps."""
    await store.add_leave(tx, new)
    subject = ledger.Subject("leave", new_uid(tx.random))
    await ledger.append(tx, ledger.Action.LEAVE_RECORDED, subject, public={"rows": len(new)}, private=list(new))


@act(Permission.INSPECTOR_CHANGE)
async def recuse(tx: Tx, new: Sequence[tuple[InspectorId, EnterpriseId, str]]) -> None:
    """Record that officers do not inspect enterprises, each with its reason. Raises RecusalAlreadyRecorded."""
    await store.add_recusals(tx, new)
    subject = ledger.Subject("recusal", new_uid(tx.random))
    await ledger.append(tx, ledger.Action.RECUSAL_RECORDED, subject, public={"rows": len(new)}, private=list(new))


@reads(Permission.INSPECTOR_READ)
async def inspector(tx: Tx, inspector_id: InspectorId) -> Inspector:
    """Return one officer. Raises InspectorUnknown."""
    found = await store.inspectors_by_id(tx, [inspector_id])
    if not found:
        raise InspectorUnknown
    return found[0]


@reads(Permission.INSPECTOR_READ)
async def inspector_by_uid(tx: Tx, uid: str) -> Inspector:
    """Return one officer by the outside identity. Raises InspectorUnknown."""
    found = await store.inspector_by_uid(tx, uid)
    if found is None:
        raise InspectorUnknown
    return found


@reads(Permission.INSPECTOR_READ)
async def inspectors_by_id(tx: Tx, ids: Sequence[InspectorId]) -> dict[InspectorId, Inspector]:
    """Return some officers; those that do not exist are left out."""
    return {found.id: found for found in await store.inspectors_by_id(tx, ids)}


@reads(Permission.INSPECTOR_READ)
async def roster(tx: Tx, department: DepartmentId | None = None) -> list[Inspector]:
    """Return the officers of one department or of all, by name."""
    return await store.roster(tx, department)


@reads(Permission.INSPECTOR_READ)
async def certified_for(tx: Tx, matters: Sequence[MatterId], on: dt.date) -> list[Qualified]:
    """Return who is certified for what on a day, leave not considered."""
    return await store.certified_for(tx, matters, on)


@reads(Permission.INSPECTOR_READ)
async def leave_between(tx: Tx, first: dt.date, last: dt.date) -> list[Leave]:
    """Return absences that touch a span of days, both included."""
    return await store.leave_between(tx, first, last)


@reads(Permission.INSPECTOR_READ)
async def recusals(tx: Tx, enterprises: Sequence[EnterpriseId]) -> list[Recusal]:
    """Return who must not inspect some enterprises."""
    return await store.recusals(tx, enterprises)


@reads(Permission.INSPECTOR_READ)
async def obstacles(
    tx: Tx, inspector_id: InspectorId, matters: Sequence[MatterId], enterprise: EnterpriseId, on: dt.date
) -> list[str]:
    """Say in Chinese why an officer may not inspect these matters there on a day; empty when he may."""
    officer = await inspector(tx, inspector_id)
    reasons = []
    if not officer.certified_on(on):
        reasons.append("执法证在该日无效或已停用")
    if set(matters) - set(await store.certified_matters(tx, inspector_id)):
        reasons.append("未持有部分检查事项的执法资格")
    if any(leave.inspector == inspector_id for leave in await store.leave_between(tx, on, on)):
        reasons.append("该日离岗")
    if any(recusal.inspector == inspector_id for recusal in await store.recusals(tx, [enterprise])):
        reasons.append("须回避该经营主体")
    return reasons
