"""What an inspected enterprise reads of one visit: records that are closed, and what came of its objections.

Which visits it may know of is the visits' room's to say (announced ones once approved, others once begun); rows of
other enterprises are behind the row policies.
"""

from inspect_registry.access import Permission, reads
from inspect_registry.db import Tx
from inspect_registry.fieldwork import objection_store, store
from inspect_registry.fieldwork.objections import ObjectionView, view_of
from inspect_registry.fieldwork.reading import inspection_view
from inspect_registry.fieldwork.views import InspectionView
from inspect_registry.visits import listing


@reads(Permission.INSPECTION_READ)
async def records_of(tx: Tx, visit: str) -> list[InspectionView]:
    """Show the newest closed record of each department. Raises VisitNotFound."""
    await listing.visit(tx, visit)
    return [await inspection_view(tx, one) for one in await store.closed_records(tx, visit)]


@reads(Permission.INSPECTION_READ)
async def objections_of(tx: Tx, visit: str) -> list[ObjectionView]:
    """Show every objection to a visit's records, decided ones too. Raises VisitNotFound."""
    await listing.visit(tx, visit)
    found = await objection_store.objections(tx, await objection_store.objections_of_visit(tx, visit))
    return [view_of(one, tx.today) for one in found]
