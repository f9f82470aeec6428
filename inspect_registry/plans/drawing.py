"""Use cases of draws (双随机之随机抽取检查对象): commit pool and weights, then the seed, then the drawn.

The pool is everybody the task's matters apply to, less those a rule keeps out, each with its reason. The commitment
stands in the ledger before the seed exists; a seed of which nobody can show that it appeared later is accepted and
marked "not independent". Drawing again is a new attempt with a reason, and the attempt before stays readable.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue import service as catalogue
from inspect_registry.db import Tx
from inspect_registry.enterprises.model import Candidate, EnterpriseId
from inspect_registry.errors import Place
from inspect_registry.identifiers import new_uid
from inspect_registry.plans import month_store, store
from inspect_registry.plans.draw import ALGORITHM, Ball, Exclusion, Method, Urn, commitment, drawn, urn
from inspect_registry.plans.draw_shapes import CommitDraw, DrawView, SeedDraft, seed_of
from inspect_registry.plans.draw_views import draw_view
from inspect_registry.plans.errors import (
    DrawAlreadyDrawn,
    DrawReasonMissing,
    DrawUnknown,
    ObjectBarred,
    TaskOutsidePlan,
    TaskUnknown,
)
from inspect_registry.plans.exclusions import BARRED
from inspect_registry.plans.lifecycle import PlanState, may_change
from inspect_registry.plans.lookups import monthly_plan_of
from inspect_registry.plans.model import DrawHead, DrawRow, DrawTurn, MonthlyPlan, Task, turn_of
from inspect_registry.plans.population import Population, pool_and_excluded, population, rule_versions
from inspect_registry.plans.records import pool_entries, result_digest
from inspect_registry.plans.volume import monthly, yearly


@act(Permission.DRAW_MAKE)
async def commit_draw(tx: Tx, plan_uid: str, order: CommitDraw) -> DrawView:
    """Fix pool, weights, exclusions and number, and commit to them in the ledger before any seed exists.

    Raises TaskOutsidePlan, TaskUnknown, DrawReasonMissing, PlanStepForbidden.
    """
    plan = await monthly_plan_of(tx, plan_uid, lock=True)
    may_change(plan.state)
    task = await store.task_by_uid(tx, order.task)
    if task is None:
        raise TaskUnknown
    return await draw_view(tx, (await commit(tx, plan, task, order)).row.uid)


@act(Permission.DRAW_MAKE)
async def seed_draw(tx: Tx, draw_uid: str, given: SeedDraft) -> DrawView:
    """Give a committed draw its seed, and draw. Raises DrawUnknown, DrawAlreadyDrawn, SeedUnsound."""
    draw = await month_store.draw_locked(tx, draw_uid)
    if draw is None:
        raise DrawUnknown
    await reveal(tx, await committed(tx, draw), given)
    return await draw_view(tx, draw.uid)


@reads(Permission.DRAW_READ)
async def draw(tx: Tx, uid: str) -> DrawView:
    """Return one draw. Raises DrawUnknown."""
    return await draw_view(tx, uid)


@reads(Permission.DRAW_READ)
async def draws_of_month(tx: Tx, month: dt.date) -> list[DrawHead]:
    """Return every draw of a month, drawn-again ones too, without what is secret."""
    return await month_store.draw_heads_of_month(tx, month.replace(day=1), None)


class Committed(msgspec.Struct, frozen=True, kw_only=True):
    """A draw that waits for its seed, with what it is committed to still at hand."""

    row: DrawTurn
    urn: Urn
    members: list[EnterpriseId]
    """The pool in the urn's order."""


async def commit(tx: Tx, plan: MonthlyPlan, task: Task, order: CommitDraw, who: Population | None = None) -> Committed:
    """Build and commit the draw of one task. Joins the caller's transaction.

    `who` is whom the draw may be made from, where the caller has read it for many tasks at once.
    """
    await _check_task(tx, plan, task)
    attempt = await month_store.attempts(tx, task.id, plan.id) + 1
    if (attempt > 1 or task.selection is Method.TARGETED) and not order.reason.strip():
        message = "再次抽取须说明理由" if attempt > 1 else "定向检查须说明理由"
        raise DrawReasonMissing(message, rule="draw-again-explained", places=(Place(field="reason"),))
    if who is None:
        who = await population(tx, plan.month, task.matters, [await catalogue.department(tx, plan.department)])
    candidates = who.candidates_for(task)
    override = order.on_site_reason.strip()[:500]
    kept, excluded = await pool_and_excluded(tx, plan, task, candidates, who, overridden=bool(override))
    if task.selection is Method.TARGETED:
        kept = _named(kept, excluded, order.named)
    wanted = len(kept)
    if task.selection is Method.RANDOM:
        share = monthly(yearly(task.parsed.volume, len(candidates)), *_period(task), plan.month)
        wanted = min(len(kept), share if order.wanted is None else max(0, order.wanted))
    tickets = who.tickets(plan, task, kept)
    balls = [Ball(candidate.uid, weight) for candidate, weight in zip(kept, tickets, strict=True)]
    by_uid = {candidate.uid: candidate.enterprise for candidate in kept}
    one = urn(new_uid(tx.random), wanted, balls, excluded, tx.random(32))
    by_rules = rule_versions(
        plan.month,
        key_risk=any(matter.key_risk for matter in who.matters_of(task)),
        weighted=task.selection is Method.RANDOM,
    )
    return await _commit_urn(tx, plan, task, one, by_uid, order, attempt, by_rules)


async def _commit_urn(
    tx: Tx,
    plan: MonthlyPlan,
    task: Task,
    one: Urn,
    by_uid: Mapping[str, EnterpriseId],
    order: CommitDraw,
    attempt: int,
    by_rules: Mapping[str, int | str],
) -> Committed:
    """Store what was fixed and say it in the ledger; the draw before stays readable."""
    digest = commitment(one)
    override = order.on_site_reason.strip()[:500]
    members = [by_uid[ball.uid] for ball in one.pool]
    await month_store.supersede_draw(tx, task.id, plan.id)
    row = await month_store.add_draw(
        tx,
        month_store.NewDraw(
            uid=one.draw,
            task=task.id,
            monthly_plan=plan.id,
            department=plan.department,
            attempt=attempt,
            method=task.selection,
            wanted=one.wanted,
            commitment=digest,
            pool=members,
            weights=[ball.weight for ball in one.pool],
            excluded=list(one.excluded),
            salt=one.salt,
            reason=order.reason.strip()[:500],
            override_reason=override,
        ),
    )
    await ledger.append(
        tx,
        ledger.Action.DRAW_COMMITTED,
        ledger.Subject("draw", one.draw),
        department=plan.department,
        public={
            "task": task.uid,
            "plan": plan.uid,
            "attempt": attempt,
            "method": task.selection.value,
            "algorithm": ALGORITHM,
            "pool": len(one.pool),
            "excluded": len(one.excluded),
            "wanted": one.wanted,
            "commitment": digest.hex(),
            **by_rules,
        },
        private={"reason": order.reason, "on_site_reason": override},
    )
    await ledger.append_many(tx, pool_entries(one, digest))
    return Committed(row=row, urn=one, members=members)


async def committed(tx: Tx, row: DrawRow) -> Committed:
    """Return a stored draw with what it is committed to."""
    return Committed(row=turn_of(row), urn=await urn_of(tx, row), members=row.pool)


async def reveal(tx: Tx, draw: Committed, given: SeedDraft) -> list[EnterpriseId]:
    """Draw with the seed; returns the drawn in their order. Joins the caller's transaction."""
    row = draw.row
    if row.drawn_at is not None or row.superseded:
        raise DrawAlreadyDrawn("本次抽取已有结果", rule="draw-once", remedy="需要重抽时请重新提交名单并说明理由")
    seed = seed_of(given, row.committed_at, tx.now)
    uids = drawn(draw.urn, seed.text) if row.method is Method.RANDOM else tuple(ball.uid for ball in draw.urn.pool)
    wanted = set(uids)
    members = zip(draw.urn.pool, draw.members, strict=True)
    by_uid = {ball.uid: enterprise for ball, enterprise in members if ball.uid in wanted}
    chosen = [by_uid[uid] for uid in uids]
    await month_store.record_drawn(tx, row.id, seed, chosen)
    await ledger.append(
        tx,
        ledger.Action.DRAW_DRAWN,
        ledger.Subject("draw", row.uid),
        department=row.department,
        public=seed.public() | {"drawn": len(chosen), "result": result_digest(uids)},
    )
    return chosen


async def _check_task(tx: Tx, plan: MonthlyPlan, task: Task) -> None:
    annual = await store.annual_plan_by_id(tx, task.plan)
    if annual is None or annual.department != plan.department:
        raise TaskUnknown
    starts, ends = _period(task)
    month_end = (plan.month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    if annual.state is not PlanState.PUBLISHED or starts > month_end or ends < plan.month:
        raise TaskOutsidePlan(
            f"“{task.name}”的时间为 {starts} 至 {ends}，不含 {plan.month:%Y-%m}，或所在年度计划未公布",
            rule="check-from-published-plan",
            basis="《上海市优化营商环境条例》第六十二条",
            remedy="请先修订并公布年度计划",
        )


def _named(kept: Sequence[Candidate], excluded: Sequence[Exclusion], named: Sequence[str]) -> list[Candidate]:
    by_uid = {candidate.uid: candidate for candidate in kept}
    why = {exclusion.uid: exclusion.reason for exclusion in excluded}
    barred = [uid for uid in named if uid in why]
    if barred:
        reason = why[barred[0]]
        told, basis = BARRED[reason]
        raise ObjectBarred(
            told,
            rule=reason,
            basis=basis,
            remedy="请从名单中去掉；确有投诉举报、转办交办等事由的，登记来源后按触发式检查办理",
            places=tuple(
                Place(field=f"named[{index}]", text=uid, message=BARRED[why[uid]][0])
                for index, uid in enumerate(named)
                if uid in why
            )[:100],
        )
    wrong = [
        Place(field=f"named[{index}]", text=uid[:40], message="不能列入：不是该任务的检查对象")
        for index, uid in enumerate(named)
        if uid not in by_uid
    ]
    if wrong or not named:
        raise DrawReasonMissing(
            wrong[0].message if wrong else "定向检查须逐一列明检查对象",
            rule="draw-targeted-named",
            places=tuple(wrong[:100]) or (Place(field="named"),),
        )
    return [by_uid[uid] for uid in dict.fromkeys(named)]


async def urn_of(tx: Tx, row: DrawRow) -> Urn:
    """Rebuild what a stored draw was committed to."""
    uids = await month_store.enterprise_uids(tx, row.pool)
    balls = [Ball(uids[one], weight) for one, weight in zip(row.pool, row.weights, strict=True)]
    return urn(row.uid, row.wanted, balls, row.excluded, row.salt)


def _period(task: Task) -> tuple[dt.date, dt.date]:
    if task.starts is None or task.ends is None:
        raise TaskOutsidePlan(f"“{task.name}”没有检查时间", rule="check-from-published-plan")
    return task.starts, task.ends
