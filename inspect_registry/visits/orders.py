"""The merge of a month as background work: asked for in one act, done by the worker (merge_work.py), watched here.

Kept apart from the planner, so that the web server never loads its compiled core.
"""

from datetime import date
from typing import Annotated

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.db import Tx
from inspect_registry.jobs import service as jobs
from inspect_registry.jobs.model import JobView
from inspect_registry.ledger import Action, Subject

KIND = "visits.merge"


class MergeOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the coordinator asks for."""

    month: date
    seconds: Annotated[float, msgspec.Meta(ge=0.1, le=600)] = 10.0
    """Wall time for the search; the first complete plan comes in any case."""
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31)] = 0


class MergeOrdered(msgspec.Struct, frozen=True, kw_only=True):
    """Where to watch it."""

    job: str


@act(Permission.MERGE_RUN)
async def order_merge(tx: Tx, order: MergeOrder) -> MergeOrdered:
    """Ask for a merge; the worker takes it once this is committed."""
    uid = await jobs.enqueue(tx, KIND, msgspec.to_builtins(order))
    await ledger.append(
        tx, Action.MERGE_ORDERED, Subject("job", uid), public={"month": order.month.isoformat()}, private=order
    )
    return MergeOrdered(job=uid)


@reads(Permission.JOB_READ)
async def job(tx: Tx, uid: str) -> JobView:
    """Tell how a job stands. Raises NotFound."""
    return await jobs.job(tx, uid)
