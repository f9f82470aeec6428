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
from inspect_registry.visits.scenario import Scenario

KIND = "visits.merge"
WHAT_IF_KIND = "visits.what_if"
Seconds = Annotated[float, msgspec.Meta(ge=0.1, le=600)]
Seed = Annotated[int, msgspec.Meta(ge=0, le=2**31)]
MOST_JOBS = 20


class MergeOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the coordinator asks for."""

    month: date
    seconds: Seconds = 10.0
    """Work of so many seconds for the search; the first complete plan comes in any case."""
    seed: Seed = 0


class WhatIfOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A month to be planned under another condition, to compare with; nothing of it is carried out."""

    month: date
    scenario: Scenario
    seconds: Seconds = 10.0
    seed: Seed = 0


class MergeOrdered(msgspec.Struct, frozen=True, kw_only=True):
    """Where to watch it."""

    job: str


@act(Permission.MERGE_RUN)
async def order_merge(tx: Tx, order: MergeOrder) -> MergeOrdered:
    """Ask for a merge; the worker takes it once this is committed."""
    return await _order(tx, KIND, order)


@act(Permission.MERGE_RUN)
async def order_what_if(tx: Tx, order: WhatIfOrder) -> MergeOrdered:
    """Ask for a what-if."""
    return await _order(tx, WHAT_IF_KIND, order)


async def _order(tx: Tx, kind: str, order: MergeOrder | WhatIfOrder) -> MergeOrdered:
    uid = await jobs.enqueue(tx, kind, msgspec.to_builtins(order))
    await ledger.append(
        tx, Action.MERGE_ORDERED, Subject("job", uid), public={"month": order.month.isoformat()}, private=order
    )
    return MergeOrdered(job=uid)


@act(Permission.MERGE_RUN)
async def stop_merge(tx: Tx, uid: str) -> JobView:
    """Ask a merge or what-if to end early: it keeps the best plan it has. Raises NotFound, JobEnded."""
    view = await jobs.ask_stop(tx, uid, (KIND, WHAT_IF_KIND))
    await ledger.append(tx, Action.MERGE_STOPPED, Subject("job", uid), public={}, private={"progress": view.progress})
    return view


@reads(Permission.JOB_READ)
async def merges_under_way(tx: Tx, month: date) -> list[JobView]:
    """List the month's merges and what-ifs that wait, run or ended lately, newest first."""
    return await jobs.jobs_about(tx, (KIND, WHAT_IF_KIND), month.replace(day=1), MOST_JOBS)


@reads(Permission.JOB_READ)
async def job(tx: Tx, uid: str) -> JobView:
    """Tell how a job stands. Raises NotFound."""
    return await jobs.job(tx, uid)
