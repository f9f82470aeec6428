"""Use cases of draws (双随机之随机抽取检查对象): commit pool and weights, then the seed, then the drawn.

The pool is everybody the task's matters apply to, less those a rule keeps out, each with its reason. The commitment
stands in the ledger before the seed exists; a seed of which nobody can show that it appeared later is accepted and
marked "not independent". Drawing again is a new attempt with a reason, and the attempt before stays readable.
"""

import datetime as dt
import math
from collections.abc import Sequence
from fractions import Fraction

from inspect_registry import ledger, rules
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import Matter, MatterId
from inspect_registry.db import Tx
from inspect_registry.enterprises import service as enterprises
from inspect_registry.enterprises.model import Candidate, CreditRiskClass, EnterpriseId
from inspect_registry.errors import Place
from inspect_registry.history import service as history
from inspect_registry.identifiers import new_uid
from inspect_registry.plans import month_store, quiet_store, store
from inspect_registry.plans.draw import (
    ALGORITHM,
    Ball,
    Exclusion,
    Method,
    Urn,
    commitment,
    drawn,
    seed_text,
    urn,
)
from inspect_registry.plans.draw_shapes import CommitDraw, DrawnEnterprise, DrawView, SeedDraft
from inspect_registry.plans.errors import (
    DrawAlreadyDrawn,
    DrawReasonMissing,
    DrawUnknown,
    TaskOutsidePlan,
    TaskUnknown,
)
from inspect_registry.plans.exclusions import Repeating, blocked_matters, parted, since, superiors
from inspect_registry.plans.lifecycle import PlanState, may_change
from inspect_registry.plans.lookups import monthly_plan_of
from inspect_registry.plans.model import DrawHead, DrawRow, MonthlyPlan, Task, TaskMode
from inspect_registry.plans.records import pool_entries, result_digest
from inspect_registry.plans.volume import monthly, yearly
from inspect_registry.workdays import months_later

_UNCLASSED = CreditRiskClass.B


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
    return await _view(tx, (await commit(tx, plan, task, order)).draw)


@act(Permission.DRAW_MAKE)
async def seed_draw(tx: Tx, draw_uid: str, given: SeedDraft) -> DrawView:
    """Give a committed draw its seed, and draw. Raises DrawUnknown, DrawAlreadyDrawn, SeedUnsound."""
    draw = await month_store.draw_locked(tx, draw_uid)
    if draw is None:
        raise DrawUnknown
    return await _view(tx, await reveal(tx, draw, given))


@reads(Permission.DRAW_READ)
async def draw(tx: Tx, uid: str) -> DrawView:
    """Return one draw. Raises DrawUnknown."""
    return await _view(tx, uid)


@reads(Permission.DRAW_READ)
async def draws_of_month(tx: Tx, month: dt.date) -> list[DrawHead]:
    """Return every draw of a month, drawn-again ones too, without what is secret."""
    return await month_store.draw_heads_of_month(tx, month.replace(day=1), None)


async def commit(tx: Tx, plan: MonthlyPlan, task: Task, order: CommitDraw) -> Urn:
    """Build and commit the draw of one task; returns what it is committed to. Joins the caller's transaction."""
    await _check_task(tx, plan, task)
    attempt = await month_store.attempts(tx, task.id, plan.id) + 1
    if (attempt > 1 or task.selection is Method.TARGETED) and not order.reason.strip():
        message = "再次抽取须说明理由" if attempt > 1 else "定向检查须说明理由"
        raise DrawReasonMissing(message, rule="draw-again-explained", places=(Place(field="reason"),))
    matters = list((await catalogue.matters_by_id(tx, task.matters)).values())
    candidates = await enterprises.objects_for(tx, task.matters)
    override = order.on_site_reason.strip()[:500]
    kept, excluded = await _kept_and_excluded(tx, plan, task, candidates, overridden=bool(override))
    if task.selection is Method.TARGETED:
        kept = _named(kept, excluded, order.named)
    wanted = len(kept)
    if task.selection is Method.RANDOM:
        share = monthly(yearly(task.parsed.volume, len(candidates)), *_period(task), plan.month)
        wanted = min(len(kept), share if order.wanted is None else max(0, order.wanted))
    weights = await _weights(tx, plan, task, matters, kept)
    uid = new_uid(tx.random)
    balls = [Ball(candidate.uid, weight) for candidate, weight in zip(kept, weights, strict=True)]
    one = urn(uid, wanted, balls, excluded, tx.random(32))
    by_uid = {candidate.uid: candidate.enterprise for candidate in kept}
    digest = commitment(one)
    await month_store.supersede_draw(tx, task.id, plan.id)
    await month_store.add_draw(
        tx,
        month_store.NewDraw(
            uid=uid,
            task=task.id,
            monthly_plan=plan.id,
            department=plan.department,
            attempt=attempt,
            method=task.selection,
            wanted=wanted,
            commitment=digest,
            pool=[by_uid[ball.uid] for ball in one.pool],
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
        ledger.Subject("draw", uid),
        department=plan.department,
        public={
            "task": task.uid,
            "plan": plan.uid,
            "attempt": attempt,
            "method": task.selection.value,
            "algorithm": ALGORITHM,
            "pool": len(one.pool),
            "excluded": len(one.excluded),
            "wanted": wanted,
            "commitment": digest.hex(),
        },
        private={"reason": order.reason, "on_site_reason": override},
    )
    await ledger.append_many(tx, pool_entries(one))
    return one


async def reveal(tx: Tx, draw: DrawRow, given: SeedDraft, one: Urn | None = None) -> str:
    """Draw with the seed; returns the draw's uid. Joins the caller's transaction.

    `one` is what the draw is committed to, where the caller still has it; else it is rebuilt from the row.
    """
    if draw.drawn_at is not None or draw.superseded:
        raise DrawAlreadyDrawn("本次抽取已有结果", rule="draw-once", remedy="需要重抽时请重新提交名单并说明理由")
    seed = seed_text(given.seed)
    one = one or await urn_of(tx, draw)
    by_uid = {ball.uid: enterprise for ball, enterprise in zip(one.pool, draw.pool, strict=True)}
    uids = {enterprise: uid for uid, enterprise in by_uid.items()}
    by_lot = draw.method is Method.RANDOM
    chosen = [by_uid[uid] for uid in drawn(one, seed)] if by_lot else list(draw.pool)
    independent = bool(given.source.strip() and given.appeared_at and draw.committed_at < given.appeared_at <= tx.now)
    await month_store.record_drawn(tx, draw.id, seed, given.source.strip()[:200], chosen, independent=independent)
    await ledger.append(
        tx,
        ledger.Action.DRAW_DRAWN,
        ledger.Subject("draw", draw.uid),
        department=draw.department,
        public={
            "seed": seed[:120],
            "source": given.source.strip()[:120],
            "independent": int(independent),
            "drawn": len(chosen),
            "result": result_digest([uids[one_drawn] for one_drawn in chosen]),
        },
    )
    return draw.uid


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


async def blocked_now(
    tx: Tx, plan: MonthlyPlan, task: Task, ids: Sequence[EnterpriseId], *, overridden: bool
) -> dict[EnterpriseId, dict[MatterId, str]]:
    """Say which of a task's matters may not be checked at some enterprises in a month, each with its reason."""
    matters = list((await catalogue.matters_by_id(tx, task.matters)).values())
    known = Repeating(
        starts=plan.month,
        level=(await catalogue.department(tx, plan.department)).level,
        onsite=task.mode is TaskMode.ONSITE,
        superior_months=rules.whole("frequency.superior.repeat_months", on=plan.month),
        off_site_days=rules.whole("frequency.offsite.fresh_days", on=plan.month),
        overridden=overridden,
    )
    codes = [matter.code for matter in matters]
    found = await history.inspected_since(tx, ids, codes, since(known), superiors(known.level))
    found += await history.inspected_since(tx, ids, codes, since(known), onsite=False)
    return blocked_matters(matters, found, known)


async def quiet_now(tx: Tx, plan: MonthlyPlan, task: Task) -> tuple[set[EnterpriseId], set[MatterId]]:
    """Return the enterprises and the task's matters that planned on-site checks leave alone in a month."""
    if task.mode is not TaskMode.ONSITE:
        return set(), set()
    last = months_later(plan.month, 1) - dt.timedelta(days=1)
    entries = await quiet_store.quiet_in_force(tx, plan.month, last)
    codes = {entry.matter_code for entry in entries}
    matters = (await catalogue.matters_by_id(tx, task.matters)).values()
    return (
        {entry.enterprise for entry in entries if entry.enterprise is not None},
        {matter.id for matter in matters if matter.code in codes},
    )


async def _kept_and_excluded(
    tx: Tx, plan: MonthlyPlan, task: Task, candidates: Sequence[Candidate], *, overridden: bool
) -> tuple[list[Candidate], list[Exclusion]]:
    """Part the candidates into the pool and those whom a rule keeps out."""
    earlier: set[EnterpriseId] = set()
    if task.selection is Method.RANDOM:
        earlier = set(await month_store.drawn_this_year(tx, task.id, plan.id))
    year = plan.month.year
    planned = await month_store.planned_this_year(tx, plan.department, dt.date(year, 1, 1), dt.date(year, 12, 31))
    by_rule = rules.whole("frequency.cap.department", on=plan.month)
    blocked = await blocked_now(
        tx, plan, task, [candidate.enterprise for candidate in candidates], overridden=overridden
    )
    quiet, quiet_matters = await quiet_now(tx, plan, task)
    return parted(
        candidates,
        task.matters,
        quiet=quiet,
        quiet_matters=quiet_matters,
        earlier=earlier,
        planned=planned,
        cap=task.parsed.cap if task.parsed.cap is not None else by_rule,
        blocked=blocked,
    )


def _named(kept: Sequence[Candidate], excluded: Sequence[Exclusion], named: Sequence[str]) -> list[Candidate]:
    by_uid = {candidate.uid: candidate for candidate in kept}
    why = {exclusion.uid: exclusion.reason for exclusion in excluded}
    wrong = [
        Place(field=f"named[{index}]", text=uid[:40], message=f"不能列入：{why.get(uid, '不是该任务的检查对象')}")
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


async def _weights(
    tx: Tx, plan: MonthlyPlan, task: Task, matters: Sequence[Matter], kept: Sequence[Candidate]
) -> list[int]:
    """Return whole tickets by 企业信用风险分类: the weights in force, over their common denominator."""
    if task.selection is not Method.RANDOM:
        return [1] * len(kept)
    name = "credit.draw.weight.key" if any(matter.key_risk for matter in matters) else "credit.draw.weight.general"
    table = rules.value(name, dict, on=plan.month)
    parts = {key: Fraction(str(value)) for key, value in table.items()}
    scale = math.lcm(*(part.denominator for part in parts.values()))
    tickets = {key: int(part * scale) for key, part in parts.items()}
    classes = await enterprises.credit_classes(tx, [candidate.enterprise for candidate in kept], plan.month)
    return [tickets[classes.get(candidate.enterprise, _UNCLASSED).value] for candidate in kept]


async def urn_of(tx: Tx, row: DrawRow) -> Urn:
    """Rebuild what a stored draw was committed to."""
    uids = await month_store.enterprise_uids(tx, row.pool)
    balls = [Ball(uids[one], weight) for one, weight in zip(row.pool, row.weights, strict=True)]
    return urn(row.uid, row.wanted, balls, row.excluded, row.salt)


async def _view(tx: Tx, uid: str) -> DrawView:
    row = await month_store.draw_by_uid(tx, uid)
    if row is None:
        raise DrawUnknown
    task = await store.task_by_id(tx, row.task)
    plan = await month_store.monthly_plan_by_id(tx, row.monthly_plan)
    names = await enterprises.enterprises_by_id(tx, row.drawn)
    counts: dict[str, int] = {}
    for exclusion in row.excluded:
        counts[exclusion.reason] = counts.get(exclusion.reason, 0) + 1
    return DrawView(
        uid=row.uid,
        task=task.uid if task else "",
        monthly_plan=plan.uid if plan else "",
        attempt=row.attempt,
        method=row.method,
        algorithm=row.algorithm,
        wanted=row.wanted,
        pool=row.pool_size,
        excluded=counts,
        commitment=row.pool_hash.hex(),
        committed_at=row.committed_at,
        seed=row.seed,
        seed_source=row.seed_source,
        seed_independent=row.seed_independent,
        drawn_at=row.drawn_at,
        drawn=[DrawnEnterprise(uid=names[one].uid, name=names[one].name) for one in row.drawn],
        superseded=row.superseded,
        reason=row.reason,
    )


def _period(task: Task) -> tuple[dt.date, dt.date]:
    if task.starts is None or task.ends is None:
        raise TaskOutsidePlan(f"“{task.name}”没有检查时间", rule="check-from-published-plan")
    return task.starts, task.ends
