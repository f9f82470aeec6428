"""Reading visits: one, a month's, what waits for an answer, where an inspector goes, what an enterprise may see."""

from datetime import date

from inspect_registry.access import Permission, reads
from inspect_registry.actor import Role
from inspect_registry.db import Tx
from inspect_registry.visits import store
from inspect_registry.visits.errors import VisitNotFound
from inspect_registry.visits.model import VisitState
from inspect_registry.visits.service import own_department, visible
from inspect_registry.visits.views import VisitView, views

LARGEST_PAGE = 200


@reads(Permission.VISIT_READ)
async def visit(tx: Tx, uid: str) -> VisitView:
    """Show one visit. Raises VisitNotFound: for other people's visits, and for an enterprise before it may know."""
    found = await visible(tx, uid)
    if tx.actor.role is Role.ENTERPRISE and found not in await store.visits_of_enterprise(
        tx, tx.actor.enterprise, None
    ):
        raise VisitNotFound
    return (await views(tx, [found]))[0]


@reads(Permission.VISIT_READ)
async def visits_of_month(
    tx: Tx, month: date, state: VisitState | None = None, after: str = "", limit: int = 100
) -> list[VisitView]:
    """Show a page of a month's visits: of the actor's department, or of all."""
    page = await store.visits_of_month(
        tx, month, state=state, department=own_department(tx), after=after, limit=max(1, min(limit, LARGEST_PAGE))
    )
    return await views(tx, page)


@reads(Permission.VISIT_READ)
async def joint_proposals(tx: Tx, month: date, after: str = "", limit: int = 100) -> list[VisitView]:
    """Show the joint visits that wait for the actor's department, or for any."""
    page = await store.joint_proposals(
        tx, month, department=own_department(tx), after=after, limit=max(1, min(limit, LARGEST_PAGE))
    )
    return await views(tx, page)


@reads(Permission.MERGE_READ)
async def standing_visits(
    tx: Tx, month: date, after: str = "", limit: int = 100, *, joint: bool = True
) -> list[VisitView]:
    """Show a page of a month's visits that stand (joint ones, or all) with the reasons of the merge, by uid."""
    page = await store.standing_visits(
        tx,
        month,
        department=own_department(tx),
        after=after,
        limit=max(1, min(limit, LARGEST_PAGE)),
        least=2 if joint else 1,
    )
    return await views(tx, page)


@reads(Permission.VISIT_READ)
async def todays_visits(tx: Tx, day: date | None = None) -> list[VisitView]:
    """Show where the acting inspector goes on a day (today by default)."""
    return await views(tx, await store.visits_of_inspector(tx, tx.actor.inspector, day or tx.today))


@reads(Permission.VISIT_READ)
async def own_visits(tx: Tx, limit: int = 50) -> list[VisitView]:
    """Show an enterprise its visits: announced ones once approved, unannounced ones only once begun."""
    return await views(tx, await store.visits_of_enterprise(tx, tx.actor.enterprise, max(1, min(limit, LARGEST_PAGE))))


@reads(Permission.VISIT_READ)
async def overdue_approvals(tx: Tx, limit: int = 100) -> list[VisitView]:
    """List emergency visits whose approval was not back-filled in time: of the actor's department, or of all."""
    page = max(1, min(limit, LARGEST_PAGE))
    return await views(tx, await store.overdue_approvals(tx, own_department(tx), page))
