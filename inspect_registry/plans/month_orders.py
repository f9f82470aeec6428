"""A month made as background work: asked for in one act, done by the worker, watched by whoever asked."""

import datetime as dt
from typing import Annotated, Any

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import Actor, Role
from inspect_registry.catalogue.model import DepartmentId
from inspect_registry.db import Database, Tx
from inspect_registry.jobs import service as jobs
from inspect_registry.jobs.model import Job, JobView, Report, Work
from inspect_registry.plans.district import Progress, make_month
from inspect_registry.plans.draw import seed_text
from inspect_registry.plans.draw_shapes import SeedDraft
from inspect_registry.plans.lookups import acting_department

KIND = "plans.month"


class MonthWork(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which month to make, for whom, and with which seed."""

    month: dt.date
    """Any day of the month."""
    department: Annotated[str, msgspec.Meta(max_length=60)] = ""
    """Code or uid. Empty = one's own; for those who act for all, every listed department."""
    seed: SeedDraft | None = None
    """None: only commit, so that the seed can appear afterwards."""


class MonthOrdered(msgspec.Struct, frozen=True, kw_only=True):
    """Where to watch it."""

    job: str


class _Argument(msgspec.Struct, frozen=True, kw_only=True):
    """What the worker needs; written by `order_month` only, so that its role can be trusted."""

    month: dt.date
    role: Role
    department: DepartmentId | None
    seed: SeedDraft | None


@act(Permission.MONTHLY_PLAN_GENERATE)
async def order_month(tx: Tx, work: MonthWork) -> MonthOrdered:
    """Ask for a month; the worker takes it once this is committed. Raises SeedUnsound, NotAllowed."""
    if work.seed is not None:
        seed_text(work.seed.seed)
    department = None
    if work.department or tx.actor.department:
        department = (await acting_department(tx, work.department, max(tx.today, work.month))).id
    argument = _Argument(month=work.month.replace(day=1), role=tx.actor.role, department=department, seed=work.seed)
    uid = await jobs.enqueue(tx, KIND, msgspec.to_builtins(argument))
    await ledger.append(
        tx,
        ledger.Action.MONTHLY_PLAN_ORDERED,
        ledger.Subject("job", uid),
        department=department,
        public={"month": f"{argument.month:%Y-%m}", "seeded": int(work.seed is not None)},
        private=work,
    )
    return MonthOrdered(job=uid)


@reads(Permission.MONTHLY_PLAN_GENERATE)
async def month_job(tx: Tx, uid: str) -> JobView:
    """Tell how a month that one has ordered stands. Raises NotFound."""
    return await jobs.own_job(tx, uid)


def work(database: Database) -> Work:
    """Return what the worker does for one order; it acts for the one who asked."""

    async def run(job: Job, report: Report) -> dict[str, Any]:
        argument = msgspec.convert(job.argument, _Argument)
        actor = Actor(role=argument.role, person=job.requested_by, department=argument.department or 0, name="worker")

        async def tell(progress: Progress) -> None:
            await report(msgspec.to_builtins(progress))

        done = await make_month(
            database.acting(actor), argument.month, tell, department=argument.department, seed=argument.seed
        )
        return dict(msgspec.to_builtins(done))

    return run
