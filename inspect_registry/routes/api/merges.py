"""The merge of a month over JSON: ordering, watching, stopping, what-ifs, comparing, and acting on what is named."""

import datetime as dt

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from inspect_registry.db import Acting
from inspect_registry.jobs.model import JobView
from inspect_registry.routes.frame import signed_in
from inspect_registry.routes.queries import PageSize, Start, Uid
from inspect_registry.visits import comparing, orders, relaxing, runs
from inspect_registry.visits.comparing import PageOfPlaces
from inspect_registry.visits.differences import RunComparison
from inspect_registry.visits.merge_store import DeskLine
from inspect_registry.visits.orders import MergeOrder, MergeOrdered, WhatIfOrder
from inspect_registry.visits.relaxing import Decision, RelaxationView, RelaxationWanted
from inspect_registry.visits.run_rows import RunLine
from inspect_registry.visits.runs import MergeRunView


@post("/merges", operation_id="orderMerge", guards=[signed_in], status_code=202)
async def order_merge(acting: NamedDependency[Acting], data: JSONBody[MergeOrder]) -> MergeOrdered:
    """Order the merge of a month; the worker does it, `/jobs/{uid}` tells how far it is. Again = re-plan."""
    return await orders.order_merge(acting, data)


@post("/merges/what-ifs", operation_id="orderWhatIf", guards=[signed_in], status_code=202)
async def order_what_if(acting: NamedDependency[Acting], data: JSONBody[WhatIfOrder]) -> MergeOrdered:
    """Order a what-if: the month under another condition, kept as a run to compare with; nothing is carried out."""
    return await orders.order_what_if(acting, data)


@get("/jobs/{uid:str}", operation_id="readJob", guards=[signed_in])
async def read_job(acting: NamedDependency[Acting], uid: FromPath[str]) -> JobView:
    """Tell how far a background job is, and what came of it."""
    return await orders.job(acting, uid)


@post("/jobs/{uid:str}/stop", operation_id="stopMerge", guards=[signed_in], status_code=202)
async def stop_merge(acting: NamedDependency[Acting], uid: FromPath[str]) -> JobView:
    """End a merge or what-if early; it keeps the best plan it has found."""
    return await orders.stop_merge(acting, uid)


@get("/merges/{month:date}", operation_id="readMerge", guards=[signed_in])
async def read_merge(acting: NamedDependency[Acting], month: FromPath[dt.date]) -> MergeRunView:
    """Read the newest merge of a month: visits, avoided visits, changes, unserved checks with their reasons."""
    return await runs.last_run(acting, month)


@get("/merges/{month:date}/runs", operation_id="listMergeRuns", guards=[signed_in])
async def list_runs(acting: NamedDependency[Acting], month: FromPath[dt.date]) -> list[RunLine]:
    """List the merges and what-ifs of a month, newest first."""
    return await runs.runs_of_month(acting, month)


@get("/merge-runs/{uid:str}", operation_id="readMergeRun", guards=[signed_in])
async def read_run(acting: NamedDependency[Acting], uid: FromPath[str]) -> MergeRunView:
    """Read one merge or what-if."""
    return await runs.run(acting, uid)


@get("/merges/comparison", operation_id="compareMergeRuns", guards=[signed_in])
async def compare(
    acting: NamedDependency[Acting],
    before: Uid,
    after: Uid,
    start: Start = 0,
    limit: PageSize = 100,
) -> RunComparison:
    """Compare two runs of a month: figures, loads of departments, places whose visits differ, checks served by one."""
    return await comparing.compare_runs(acting, before, after, PageOfPlaces(start=start, limit=limit))


@get("/desk-checks", operation_id="listDeskChecks", guards=[signed_in])
async def desk_checks(
    acting: NamedDependency[Acting],
    month: FromQuery[dt.date],
    after: Uid = "",
    limit: PageSize = 100,
) -> list[DeskLine]:
    """List a month's desk checks: who looks at which papers on which day."""
    return await runs.desk_checks(acting, month, after, limit)


@get("/relaxations", operation_id="listRelaxations", guards=[signed_in])
async def list_relaxations(acting: NamedDependency[Acting], month: FromQuery[dt.date]) -> list[RelaxationView]:
    """List changes that would serve unserved checks: proposed and decided, of the acting department or of all."""
    return await relaxing.relaxations(acting, month)


@post("/relaxations", operation_id="proposeRelaxation", guards=[signed_in], status_code=201)
async def propose_relaxation(acting: NamedDependency[Acting], data: JSONBody[RelaxationWanted]) -> list[RelaxationView]:
    """Propose what the planner named for an unserved check; all of it together serves the check."""
    return await relaxing.propose_relaxations(acting, data)


@post("/relaxations/{uid:str}/decision", operation_id="decideRelaxation", guards=[signed_in], status_code=200)
async def decide_relaxation(
    acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Decision]
) -> RelaxationView:
    """Accept or refuse a proposed change, with a reason; the next merge plans with it."""
    return await relaxing.decide_relaxation(acting, uid, data)


handlers = [
    order_merge, order_what_if, read_job, stop_merge, read_merge, list_runs, read_run, compare, desk_checks,
    list_relaxations, propose_relaxation, decide_relaxation,
]  # fmt: skip
