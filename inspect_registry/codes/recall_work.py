"""What the worker does when visits were called off or moved: their live codes are taken back at once."""

from typing import Annotated, Any

import msgspec

from inspect_registry.actor import SYSTEM
from inspect_registry.codes import service
from inspect_registry.db import Database
from inspect_registry.jobs.model import Job, Report, Work


class Recall(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which visits, and why in words that scanners may read."""

    visits: Annotated[list[int], msgspec.Meta(min_length=1)]
    reason: str


def work(database: Database) -> Work:
    """Return what the worker does for one recall; doing it twice changes nothing more."""

    async def run(job: Job, _report: Report) -> dict[str, Any]:
        recall = msgspec.convert(job.argument, Recall)
        return {"revoked": await service.recall(database.acting(SYSTEM), recall.visits)}

    return run
