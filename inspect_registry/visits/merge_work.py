"""What the worker does for one ordered merge or what-if; it acts for the coordinator who asked.

It tells how far it is, and looks whether somebody wants it to end: then the best plan so far is kept.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from inspect_registry.actor import Actor, Role
from inspect_registry.db import Acting, Database
from inspect_registry.jobs.model import Job, Report, Work
from inspect_registry.planning.solve import Progress
from inspect_registry.visits import merge
from inspect_registry.visits.orders import KIND, WHAT_IF_KIND, MergeOrder, WhatIfOrder
from inspect_registry.visits.runs import MergeRunView
from inspect_registry.visits.solving import SEARCH, Told

_REPORT_SECONDS = 1.0
Doing = Callable[[Acting, Job, Told, Callable[[], bool]], Awaitable[MergeRunView]]


def works(database: Database) -> dict[str, Work]:
    """Return what the worker does for each kind of order."""
    return {KIND: _work(database, _merge), WHAT_IF_KIND: _work(database, _try)}


async def _merge(acting: Acting, job: Job, told: Told, stop: Callable[[], bool]) -> MergeRunView:
    order = msgspec.convert(job.argument, MergeOrder)
    return await merge.merge_month(acting, order.month, seconds=order.seconds, seed=order.seed, told=told, stop=stop)


async def _try(acting: Acting, job: Job, told: Told, stop: Callable[[], bool]) -> MergeRunView:
    return await merge.try_month(acting, msgspec.convert(job.argument, WhatIfOrder), told=told, stop=stop)


def _work(database: Database, doing: Doing) -> Work:
    async def run(job: Job, report: Report) -> dict[str, Any]:
        acting = database.acting(Actor(role=Role.COORDINATOR, person=job.requested_by, name="worker"))
        newest: dict[str, Any] = {"stage": SEARCH}
        stop = threading.Event()

        def told(stage: str, progress: Progress | None) -> None:
            newest["stage"] = stage
            if progress is not None:
                newest.update(msgspec.to_builtins(progress))

        async def tell() -> None:
            while True:
                if await report(dict(newest)):
                    stop.set()
                await asyncio.sleep(_REPORT_SECONDS)

        telling = asyncio.create_task(tell())
        try:
            done = await doing(acting, job, told, stop.is_set)
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
        return _result(done)

    return run


def _result(done: MergeRunView) -> dict[str, Any]:
    """Return the run without its long lists: they are read from the run itself."""
    short = {"unserved": len(done.unserved), "changes": len(done.changes)}
    return {**msgspec.to_builtins(done), **short}
