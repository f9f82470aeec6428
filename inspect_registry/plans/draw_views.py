"""Draws as their department sees them: what was committed, what came out, who was kept out by which rule."""

from collections import Counter

from inspect_registry.db import Tx
from inspect_registry.enterprises import service as enterprises
from inspect_registry.plans import month_store, store
from inspect_registry.plans.draw_shapes import DrawnEnterprise, DrawView
from inspect_registry.plans.errors import DrawUnknown


async def draw_view(tx: Tx, uid: str) -> DrawView:
    """Show one draw. Raises DrawUnknown."""
    row = await month_store.draw_by_uid(tx, uid)
    if row is None:
        raise DrawUnknown
    tasks = await store.tasks_by_id(tx, [row.task])
    plan = await month_store.monthly_plan_by_id(tx, row.monthly_plan)
    names = await enterprises.enterprises_by_id(tx, row.drawn)
    return DrawView(
        uid=row.uid,
        task=tasks[0].uid if tasks else "",
        monthly_plan=plan.uid if plan else "",
        attempt=row.attempt,
        method=row.method,
        algorithm=row.algorithm,
        wanted=row.wanted,
        pool=row.pool_size,
        excluded=dict(Counter(exclusion.reason for exclusion in row.excluded)),
        commitment=row.pool_hash.hex(),
        committed_at=row.committed_at,
        seed=row.seed,
        seed_source=row.seed_source,
        seed_independent=row.seed_independent,
        drawn_at=row.drawn_at,
        drawn=[DrawnEnterprise(uid=names[one].uid, name=names[one].name) for one in row.drawn],
        superseded=row.superseded,
        reason=row.reason,
    )
