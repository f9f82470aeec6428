"""What a closed record says for credit, in the words of enterprises.credit."""

from collections.abc import Collection, Iterable

from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import DepartmentId, MatterId
from inspect_registry.db import Tx
from inspect_registry.enterprises.credit.model import Outcome
from inspect_registry.enterprises.model import EnterpriseId
from inspect_registry.fieldwork.model import DispositionKind, Point
from inspect_registry.fieldwork.rows import InspectionRow


async def outcome_of(
    tx: Tx, row: InspectionRow, points: Iterable[Point], failed: Collection[int], result: DispositionKind
) -> Outcome:
    """Return what one closed record says; `failed` are the criteria with a finding."""
    matters = {point.criterion: point.matter for point in points}
    tags = await tags_of(tx, set(matters.values()))
    department = await catalogue.department(tx, DepartmentId(row.department))
    return Outcome(
        part=row.part,
        inspection=row.uid,
        version=row.version,
        enterprise=EnterpriseId(row.enterprise),
        department=row.department,
        department_domain=department.domain,
        day=row.day,
        disposition=result.value,
        tags=frozenset(tag for matter in matters.values() for tag in tags[matter]),
        failed_tags=frozenset(tag for one in failed for tag in tags[matters[one]]),
    )


async def tags_of(tx: Tx, matters: Collection[int]) -> dict[int, frozenset[str]]:
    """Return the activities that each matter is about."""
    found = await catalogue.matters_by_id(tx, [MatterId(one) for one in sorted(matters)])
    return {int(matter): frozenset(one.tags) for matter, one in found.items()}
