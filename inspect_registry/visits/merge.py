"""The merge of a whole district's month: read, solve, store.

Reading and storing are transactions of their own; solving, which takes seconds of CPU, happens between them in a thread
and holds none. What changed in between is found when storing: a check that got another live place meanwhile violates
visit_check_served_once, and the merge is simply run again.
"""

import asyncio
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec

from inspect_registry import ledger, rules
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import MatterId
from inspect_registry.db import Acting, Tx
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action, Subject
from inspect_registry.planning.naive import avoided_visits
from inspect_registry.planning.problem import Weights
from inspect_registry.planning.solve import Effort, Progress, Solution, solve
from inspect_registry.visits import merge_store, store
from inspect_registry.visits.errors import NothingToPlan
from inspect_registry.visits.merging import problem_of, proposals_of, warm_plan_of
from inspect_registry.visits.month import Limits, Month, PlannableCheck
from inspect_registry.visits.naming import readable
from inspect_registry.visits.orders import MergeOrder
from inspect_registry.visits.proposing import propose
from inspect_registry.visits.runs import MergeRunView
from inspect_registry.visits.service import withdraw
from inspect_registry.visits.views import visit_facts

REPLANNED = "重新合并安排"


class Solved:
    """The planner's answer on its way to the store."""

    def __init__(self, month: Month, solution: Solution, naive_visits: int) -> None:
        self.month = month
        self.solution = solution
        self.naive_visits = naive_visits

    def __repr__(self) -> str:
        """Say nothing of the content, so that repeats of one order have one fingerprint."""
        return "solved"


async def merge_month(
    acting: Acting,
    month: date,
    *,
    seconds: float = 2.0,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
) -> MergeRunView:
    """Merge the month's checks into visits; a further call re-plans and keeps what is published or answered.

    Raises NothingToPlan for a month without filed checks.
    """
    order = MergeOrder(month=month.replace(day=1), seconds=seconds, seed=seed)
    facts = await month_to_plan(acting, order.month)
    solved = await asyncio.to_thread(_solve, facts, order, progress)
    return await store_solution(acting, order, solved)


@reads(Permission.MERGE_RUN)
async def month_to_plan(tx: Tx, month: date) -> Month:
    """Read all that one merge needs."""
    first = month.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    checks = await merge_store.plannable_checks(tx, first)
    if not checks:
        raise NothingToPlan(remedy="请先完成各部门月度计划的备案。")
    premises = sorted({check.premises for check in checks})
    departments = sorted({check.department for check in checks})
    matters = sorted({MatterId(matter) for check in checks for matter in check.matters})
    pairs = sorted({(check.enterprise, who) for check in checks for who in (check.department, 0)})
    inspectors = await merge_store.planned_inspectors(tx, departments, first, last)
    return Month(
        first=first,
        last=last,
        today=tx.today,
        checks=tuple(checks),
        premises=tuple(await merge_store.planned_premises(tx, premises)),
        zones=tuple(await merge_store.zones(tx)),
        inspectors=tuple(inspectors),
        recusals=tuple(await merge_store.planned_recusals(tx, premises, [one.id for one in inspectors])),
        caps=tuple(await merge_store.caps_used(tx, pairs, first.year)),
        occupied=tuple(await merge_store.occupied(tx, premises, first, last)),
        limits=_limits(first, last, tx.today),
        departments={one.id: one.short_name for one in await catalogue.departments(tx)},
        matters={one: matter.name for one, matter in (await catalogue.matters_by_id(tx, matters)).items()},
    )


@act(Permission.MERGE_RUN)
async def store_solution(tx: Tx, order: MergeOrder, solved: Solved) -> MergeRunView:
    """Store what the planner found: new proposals in, loose ones that it did not find again out."""
    month, solution = solved.month, solved.solution
    proposals = proposals_of(month, solution.plan, _sentences(solution, readable(month)))
    loose = {check.visit for check in month.checks if check.visit is not None and not check.fixed}
    gone = sorted(loose - proposals.kept)
    await store.lock_visits(tx, gone)  # type: ignore[arg-type]  # visit ids as the rows have them
    withdrawn = await visit_facts(tx, gone)  # type: ignore[arg-type]  # the same
    await withdraw(tx, withdrawn, REPLANNED)
    await ledger.append_many(
        tx,
        [
            ledger.Draft(
                action=Action.VISIT_CANCELLED,
                subject=Subject("visit", facts.head.uid),
                department=facts.head.lead,
                public={"parts": len(facts.live_parts)},
                private={"reason": REPLANNED},
            )
            for facts in withdrawn
        ],
    )
    await propose(tx, month.first, proposals.new)
    view = _run_view(
        tx, order, solved, proposals.clashes, new=len(proposals.new), kept=len(proposals.kept), withdrawn=len(gone)
    )
    view = msgspec.structs.replace(view, joint_visits=sum(len(visit.parts) > 1 for visit in proposals.new))
    await merge_store.add_run(
        tx,
        merge_store.RunRow(
            uid=view.uid,
            month=view.month,
            seed=view.seed,
            effort=solution.effort.units,
            checks=view.checks,
            visits=view.visits,
            naive_visits=view.naive_visits,
            unserved=view.unserved,
            measures=view.measures,
            created_at=tx.now,
        ),
    )
    await ledger.append(
        tx,
        Action.VISIT_MERGED,
        Subject("merge_run", view.uid),
        public={
            "month": f"{view.month:%Y-%m}",
            "checks": view.checks,
            "visits": view.visits,
            "naive_visits": view.naive_visits,
            "unserved": len(view.unserved),
        },
        private={"seed": view.seed, "effort": solution.effort.units, "measures": view.measures},
    )
    return view


def _solve(month: Month, order: MergeOrder, progress: Callable[[Progress], None] | None) -> Solved:
    problem = problem_of(month)
    if not problem.checks:
        raise NothingToPlan("该月的待查项都已开始或者已过期。", remedy="不需要重新合并。")
    effort = Effort.for_seconds(order.seconds)
    solution = solve(problem, effort=effort, seed=order.seed, warm=warm_plan_of(month), progress=progress)
    served = bool(solution.plan.placements)
    naive = avoided_visits(problem, solution.plan, effort=effort, seed=order.seed).per_department if served else 0
    return Solved(month, solution, naive)


def _limits(first: date, last: date, today: date) -> Limits:
    calendar = rules.calendar()
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    quiet = {int(day) for day in rules.value("visit.quiet_days", list[str], on=first)}
    weights = rules.value("planner.weight", dict[str, int], on=first)
    return Limits(
        nonwork_days=tuple(day for day in days if not calendar.is_workday(day) or day < today),
        quiet_days=tuple(day for day in days if day.day in quiet),
        visits_per_day=rules.whole("planner.visits_per_day", on=first),
        day_minutes=rules.whole("planner.day_minutes", on=first),
        visit_overhead=rules.whole("planner.visit_overhead", on=first),
        departments_max=rules.whole("planner.departments_max", on=first),
        visit_minutes_max=rules.whole("planner.visit_minutes_max", on=first),
        cap_department=rules.whole("frequency.cap.department", on=first),
        cap_enterprise=rules.whole("frequency.cap.enterprise", on=first),
        weights=Weights(visit=weights["visit"], ordinary=weights["unserved"], mandatory=weights["unserved_mandatory"]),
    )


def _sentences(solution: Solution, said: Callable[[str], str]) -> dict[int, list[dict[str, Any]]]:
    """Turn the planner's reasons into what a visit stores: data with a Chinese sentence each."""
    if solution.reasons is None:
        return {}
    return {
        reason.visit: [
            {"kind": "merged", "checks": len(reason.checks), "sentence": said(reason.sentence)},
            *(
                {"kind": "held_off", "rules": list(other.rules), "sentence": said(other.sentence)}
                for other in reason.held_off
            ),
        ]
        for reason in solution.reasons.visits
    }


def _run_view(
    tx: Tx, order: MergeOrder, solved: Solved, clashes: tuple[int, ...], *, new: int, kept: int, withdrawn: int
) -> MergeRunView:
    by_id = {check.id: check for check in solved.month.checks}
    reasons = solved.solution.reasons
    said = readable(solved.month)
    unserved = [
        {
            **_whose(by_id[reason.check], solved.month),
            "rules": list(reason.rules),
            "sentence": said(reason.sentence),
            "remedy": said(reason.remedy),
        }
        for reason in (reasons.unserved if reasons else ())
    ]
    unserved += [
        {
            **_whose(by_id[check], solved.month),
            "rules": ["visit_part_no_overlap"],
            "sentence": "同一部门当日对该场所已有检查。",
            "remedy": "请改期。",
        }
        for check in clashes
    ]
    fixed = len({check.visit for check in solved.month.checks if check.fixed and check.visit})
    visits = new + kept + fixed
    measures = msgspec.to_builtins(solved.solution.measures)
    return MergeRunView(
        uid=new_uid(tx.random),
        month=solved.month.first,
        seed=order.seed,
        checks=len(solved.month.checks),
        visits=visits,
        joint_visits=0,
        naive_visits=solved.naive_visits,
        avoided=max(solved.naive_visits - visits, 0),
        kept=kept,
        withdrawn=withdrawn,
        unserved=unserved,
        measures={**(measures or {}), "kept": kept, "withdrawn": withdrawn},
    )


def _whose(check: PlannableCheck, month: Month) -> dict[str, Any]:
    place = next((place.name for place in month.premises if place.id == check.premises), "")
    return {
        "check": check.uid,
        "department": month.departments.get(check.department, ""),
        "enterprise": place,
        "matters": [month.matters.get(matter, "") for matter in check.matters],
        "mandatory": check.mandatory,
    }
