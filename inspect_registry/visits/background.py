"""The merge of a month as background work: asked for in one act, done by the worker, watched by its progress."""

import asyncio
from datetime import date
from typing import Annotated, Any

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import Actor, Role
from inspect_registry.db import Database, Tx
from inspect_registry.jobs import service as jobs
from inspect_registry.jobs.model import Job, JobView, Report, Work
from inspect_registry.ledger import Action, Subject
from inspect_registry.planning.solve import Progress
from inspect_registry.visits import merge

KIND = "visits.merge"
_REPORT_SECONDS = 1.0


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


def work(database: Database) -> Work:
    """Return what the worker does for one order; it acts for the coordinator who asked."""

    async def run(job: Job, report: Report) -> dict[str, Any]:
        order = msgspec.convert(job.argument, MergeOrder)
        acting = database.acting(Actor(role=Role.COORDINATOR, person=job.requested_by, name="worker"))
        newest: list[Progress] = []

        async def tell() -> None:
            while True:
                await asyncio.sleep(_REPORT_SECONDS)
                if newest:
                    await report(msgspec.to_builtins(newest[-1]))

        telling = asyncio.create_task(tell())
        try:
            done = await merge.merge_month(
                acting, order.month, seconds=order.seconds, seed=order.seed, progress=newest.append
            )
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
        return dict(msgspec.to_builtins(done))

    return run
