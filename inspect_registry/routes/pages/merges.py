"""The coordinator's pages: merge a month, watch and stop it, read why, act on what is named, compare plans.

Departments read what concerns them here and decide what was proposed to them. Plain forms, no script.
"""

import re
from datetime import date
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from inspect_registry.actor import Role
from inspect_registry.clock import day_of
from inspect_registry.db import Acting
from inspect_registry.errors import NotFound, Place
from inspect_registry.routes.frame import only
from inspect_registry.routes.merge_pages import PLACES, comparison_of, month_of, months_of
from inspect_registry.routes.templates import page
from inspect_registry.visits import comparing, orders, relaxing, service
from inspect_registry.visits.comparing import PageOfPlaces
from inspect_registry.visits.errors import ScenarioUnsound
from inspect_registry.visits.orders import MergeOrder, WhatIfOrder
from inspect_registry.visits.relaxing import Decision, RelaxationWanted
from inspect_registry.visits.scenario import MoreInspectors, Scenario

INSIDE = only(Role.COORDINATOR, Role.CLERK, Role.HEAD, Role.AUDITOR)
COORDINATES = only(Role.COORDINATOR)
ANSWERS = only(Role.CLERK, Role.HEAD)
LONGEST_SECONDS = 600.0


class MergeForm(msgspec.Struct, frozen=True):
    """How long to search."""

    seconds: str = "10"


class WhatIfForm(msgspec.Struct, frozen=True):
    """What is imagined, as typed."""

    merging: str = "yes"
    quiet: str = ""
    """Nothing: as it is; 无: no quiet day; otherwise days of the month."""
    department: str = ""
    count: str = "2"
    seconds: str = "10"


class StopForm(msgspec.Struct, frozen=True):
    """Which job."""

    job: str = ""


class ProposalForm(msgspec.Struct, frozen=True):
    """Which unserved check of which run."""

    run: str = ""
    check: str = ""


class DecisionForm(msgspec.Struct, frozen=True):
    """What was decided, and why."""

    decision: str = ""
    reason: str = ""


@get("/merges", operation_id="mergesPage", guards=[INSIDE], include_in_schema=False)
async def index(request: Request[Any, Any, Any], acting: NamedDependency[Acting]) -> Response[str]:
    """List the months that can be merged."""
    today = day_of(request.app.state.database.clock.now())
    return page(request, "merges.html", **await months_of(acting, today))


@get("/merges/{month:str}", operation_id="mergePage", guards=[INSIDE], include_in_schema=False)
async def month_page(
    request: Request[Any, Any, Any],
    acting: NamedDependency[Acting],
    month: FromPath[str],
    start: FromQuery[int] = 0,
    after: FromQuery[str] = "",
    visits: FromQuery[str] = "",
) -> Response[str]:
    """Show one month: progress, figures, changes, unserved checks with reasons, visits with reasons, runs."""
    shown = await month_of(acting, _month(month), max(start, 0), after[:40], joint=visits != "all")
    return page(request, "merge.html", **shown)


@post(
    "/merges/{month:str}/order",
    operation_id="mergeForm",
    guards=[COORDINATES],
    include_in_schema=False,
    status_code=303,
)
async def order(
    acting: NamedDependency[Acting],
    month: FromPath[str],
    data: URLEncodedBody[MergeForm],
) -> Redirect:
    """Order a merge and go back to watch it."""
    await orders.order_merge(acting, MergeOrder(month=_month(month), seconds=_seconds(data.seconds)))
    return Redirect(f"/merges/{month}", status_code=303)


@post(
    "/merges/{month:str}/what-if",
    operation_id="whatIfForm",
    guards=[COORDINATES],
    include_in_schema=False,
    status_code=303,
)
async def what_if(
    acting: NamedDependency[Acting],
    month: FromPath[str],
    data: URLEncodedBody[WhatIfForm],
) -> Redirect:
    """Order a what-if and go back to watch it."""
    wanted = WhatIfOrder(month=_month(month), scenario=_scenario(data), seconds=_seconds(data.seconds))
    await orders.order_what_if(acting, wanted)
    return Redirect(f"/merges/{month}", status_code=303)


@post(
    "/merges/{month:str}/stop", operation_id="stopForm", guards=[COORDINATES], include_in_schema=False, status_code=303
)
async def stop(
    acting: NamedDependency[Acting],
    month: FromPath[str],
    data: URLEncodedBody[StopForm],
) -> Redirect:
    """Ask the work to end with the best plan so far."""
    await orders.stop_merge(acting, data.job[:40])
    return Redirect(f"/merges/{month}", status_code=303)


@post(
    "/merges/{month:str}/relaxations", operation_id="relaxationForm", guards=[COORDINATES], include_in_schema=False,
    status_code=303,
)  # fmt: skip
async def propose(
    acting: NamedDependency[Acting],
    month: FromPath[str],
    data: URLEncodedBody[ProposalForm],
) -> Redirect:
    """Propose what the planner named for an unserved check."""
    await relaxing.propose_relaxations(acting, RelaxationWanted(run=data.run[:40], check=data.check[:40]))
    return Redirect(f"/merges/{month}#proposals", status_code=303)


@post(
    "/merges/{month:str}/relaxations/{uid:str}", operation_id="decisionForm", guards=[INSIDE], include_in_schema=False,
    status_code=303,
)  # fmt: skip
async def decide(
    acting: NamedDependency[Acting],
    month: FromPath[str],
    uid: FromPath[str],
    data: URLEncodedBody[DecisionForm],
) -> Redirect:
    """Accept or refuse a proposed change."""
    decision = Decision(accepted=data.decision == "accept", reason=data.reason[:2000])
    await relaxing.decide_relaxation(acting, uid, decision)
    return Redirect(f"/merges/{month}#proposals", status_code=303)


@post(
    "/merges/{month:str}/visits/{uid:str}", operation_id="answerForm", guards=[ANSWERS], include_in_schema=False,
    status_code=303,
)  # fmt: skip
async def answer(
    acting: NamedDependency[Acting],
    month: FromPath[str],
    uid: FromPath[str],
    data: URLEncodedBody[DecisionForm],
) -> Redirect:
    """Take part in a proposed visit, or decline with a reason."""
    if data.decision == "accept":
        await service.confirm(acting, uid[:40])
    else:
        await service.decline(acting, uid[:40], data.reason[:2000])
    return Redirect(f"/merges/{month}#visits", status_code=303)


@get("/merges/{month:str}/comparison", operation_id="comparisonPage", guards=[INSIDE], include_in_schema=False)
async def comparison(
    request: Request[Any, Any, Any],
    acting: NamedDependency[Acting],
    month: FromPath[str],
    before: FromQuery[str] = "",
    after: FromQuery[str] = "",
    start: FromQuery[int] = 0,
) -> Response[str]:
    """Show two plans of a month side by side."""
    _month(month)
    places = PageOfPlaces(start=max(start, 0), limit=PLACES)
    found = await comparing.compare_runs(acting, before[:40], after[:40], places)
    return page(request, "merge_comparison.html", **comparison_of(found, places.start))


def _month(text: str) -> date:
    """Read a month of an address. Raises NotFound."""
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text)
    if found is None:
        raise NotFound("月份写作2026-12这样的形式。")
    return date(int(found.group(1)), int(found.group(2)), 1)


def _seconds(text: str) -> float:
    return min(max(float(text), 0.1), LONGEST_SECONDS) if re.fullmatch(r"\d{1,4}(\.\d)?", text) else 10.0


def _scenario(form: WhatIfForm) -> Scenario:
    """Read what is imagined. Raises ScenarioUnsound for days and numbers that are none."""
    quiet = form.quiet.strip()
    days = [] if quiet in ("", "无") else re.split(r"[、,，;；\s]+", quiet)
    wrong = [one for one in days if not re.fullmatch(r"\d{1,2}", one) or not 1 <= int(one) <= 31]
    count = form.count if form.department else "1"
    if wrong or not re.fullmatch(r"\d{1,2}", count) or not 1 <= int(count) <= 50:
        raise ScenarioUnsound(
            "安静期请填写每月第几日，用顿号分开，不设安静期请填“无”；增加人数请填1至50。",
            rule="scenario-form",
            remedy="请返回修改后再提交。",
            places=tuple(Place(field="quiet", text=one[:20]) for one in wrong[:5]),
        )
    return Scenario(
        merging=form.merging != "no",
        quiet_days=tuple(int(one) for one in days) if quiet else None,
        more_inspectors=(MoreInspectors(department=form.department[:40], count=int(count)),) if form.department else (),
    )


handlers = [index, month_page, order, what_if, stop, propose, decide, answer, comparison]
