"""What the worker does for one ordered merge; it acts for the coordinator who asked, and tells how far it is."""

import asyncio
from typing import Any

import msgspec

from inspect_registry.actor import Actor, Role
from inspect_registry.db import Database
from inspect_registry.jobs.model import Job, Report, Work
from inspect_registry.planning.solve import Progress
from inspect_registry.visits import merge
from inspect_registry.visits.orders import MergeOrder

_REPORT_SECONDS = 1.0


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
