"""What merges reached, as told to people: no planner is needed to read it."""

from datetime import date
from typing import Any

import msgspec

from inspect_registry.access import Permission, reads
from inspect_registry.db import Tx
from inspect_registry.visits import merge_store
from inspect_registry.visits.errors import NothingToPlan


class MergeRunView(msgspec.Struct, frozen=True, kw_only=True):
    """What one merge reached."""

    uid: str
    month: date
    seed: int
    checks: int
    visits: int
    joint_visits: int
    naive_visits: int
    """Visits that the same checks would need with every department planned alone, under the same rules."""
    avoided: int
    kept: int
    withdrawn: int
    unserved: list[dict[str, Any]]
    measures: dict[str, Any]


@reads(Permission.VISIT_READ)
async def last_run(tx: Tx, month: date) -> MergeRunView:
    """Show the newest merge of a month. Raises NothingToPlan when there was none."""
    row = await merge_store.last_run(tx, month.replace(day=1))
    if row is None:
        raise NothingToPlan(remedy="该月尚未合并。")
    counts = {name: int(row.measures.get(name, 0)) for name in ("joint_visits", "kept", "withdrawn")}
    return MergeRunView(
        uid=row.uid,
        month=row.month,
        seed=row.seed,
        checks=row.checks,
        visits=row.visits,
        naive_visits=row.naive_visits,
        avoided=max(row.naive_visits - row.visits, 0),
        unserved=row.unserved,
        measures=row.measures,
        **counts,
    )
