"""Use cases of 双随机之随机选派执法检查人员: commit roster and exclusions, then the seed, then the crews.

Inspectors can only be drawn once it is known which enterprises were drawn, so theirs is a draw of its own, with its own
commitment and its own seed (docs/adr/0009). The merge gives a check to nobody but those drawn for it; when one of them
falls out and no stand-in is left, inspectors are drawn again, with a reason, and the draw before stays readable.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence

from inspect_registry import ledger, rules
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue import holidays
from inspect_registry.db import Tx
from inspect_registry.enterprises import service as enterprises
from inspect_registry.errors import Place
from inspect_registry.history import service as history
from inspect_registry.identifiers import new_uid
from inspect_registry.inspectors import service as inspectors
from inspect_registry.plans import crew_lines, crew_store, month_store
from inspect_registry.plans.crew_draw import ALGORITHM, Crew, commitment, crew_urn, crews
from inspect_registry.plans.crew_shapes import CommitCrews, CrewDrawView, CrewView, DrawnInspector
from inspect_registry.plans.crew_store import CrewCheck, CrewDrawRow
from inspect_registry.plans.draw_shapes import SeedDraft, seed_of
from inspect_registry.plans.errors import CrewDrawUnknown, CrewNotDrawable, DrawAlreadyDrawn, DrawReasonMissing
from inspect_registry.plans.lifecycle import OPEN_STATES, PlanState
from inspect_registry.plans.lookups import monthly_plan_of
from inspect_registry.plans.model import MonthlyPlan
from inspect_registry.plans.records import crew_entries, crews_digest, given_entries

BASIS = "《优化营商环境条例》第五十四条"


@act(Permission.DRAW_MAKE)
async def commit_crew_draw(tx: Tx, plan_uid: str, order: CommitCrews) -> CrewDrawView:
    """Fix roster, exclusions and enterprises, and commit to them in the ledger before any seed exists.

    Raises CrewNotDrawable (nothing to draw for, or a draw still waits), DrawReasonMissing.
    """
    plan = await monthly_plan_of(tx, plan_uid, lock=True)
    return await _view(tx, plan, await commit_crews(tx, plan, order))


@act(Permission.DRAW_MAKE)
async def seed_crew_draw(tx: Tx, draw_uid: str, given: SeedDraft) -> CrewDrawView:
    """Give a committed draw of inspectors its seed, and draw. Raises CrewDrawUnknown, DrawAlreadyDrawn, SeedUnsound."""
    row = await crew_store.crew_draw_locked(tx, draw_uid)
    plan = await month_store.monthly_plan_by_id(tx, row.monthly_plan) if row else None
    if row is None or plan is None:
        raise CrewDrawUnknown
    await reveal_crews(tx, plan, row, given)
    return (await _views(tx, plan))[row.attempt - 1]


@reads(Permission.DRAW_READ)
async def crew_draws(tx: Tx, plan_uid: str) -> list[CrewDrawView]:
    """Return every draw of inspectors of a month, first attempt first. Raises PlanUnknown."""
    return await _views(tx, await monthly_plan_of(tx, plan_uid))


async def commit_crews(tx: Tx, plan: MonthlyPlan, order: CommitCrews) -> CrewDrawRow:
    """Build and commit a draw of inspectors; joins the caller's transaction."""
    if plan.state is PlanState.CLOSED:
        raise _not_drawable("本月计划已完成")
    before = await crew_store.crew_draws_of_plan(tx, plan.id)
    if any(row.drawn_at is None for row in before):
        raise _not_drawable("上一次选派已提交名单、尚未抽取", remedy="请先为上一次选派填写种子")
    checks = await _wanted(tx, plan, order.enterprises)
    committed_for = {line.enterprise for row in before for line in row.urn.lines}
    again = bool(committed_for & {check.uid for check in checks}) or plan.state not in OPEN_STATES
    if again and not order.reason.strip():
        raise DrawReasonMissing("再次选派须说明理由", rule="crew-again-explained", places=(Place(field="reason"),))
    known = await _known(tx, plan, checks, rotating=not order.rotation_reason.strip())
    roster, away = crew_lines.members(known, checks), crew_lines.away(known, checks)
    lines = crew_lines.lines(known, checks)
    level = rules.number("draw.crew.level", on=plan.month)
    one = crew_urn(
        new_uid(tx.random),
        reserves=rules.whole("draw.crew.reserves", on=plan.month),
        most=crew_lines.fair_share(lines, len(roster) - len(away), level),
        roster=roster,
        away=away,
        lines=lines,
    )
    digest = commitment(one)
    row = await crew_store.add_crew_draw(
        tx,
        crew_store.NewCrewDraw(
            uid=one.draw,
            monthly_plan=plan.id,
            department=plan.department,
            attempt=len(before) + 1,
            algorithm=ALGORITHM,
            commitment=digest,
            urn=one,
            reason=order.reason.strip(),
            rotation_reason=order.rotation_reason.strip(),
        ),
    )
    await ledger.append(
        tx,
        ledger.Action.CREW_COMMITTED,
        ledger.Subject("crew_draw", row.uid),
        department=plan.department,
        public={
            "plan": plan.uid,
            "attempt": row.attempt,
            "algorithm": ALGORITHM,
            "roster": len(one.roster),
            "away": len(one.away),
            "lines": len(one.lines),
            "rotation": int(not row.rotation_reason),
            "commitment": digest.hex(),
        },
        private={"reason": row.reason, "rotation_reason": row.rotation_reason},
    )
    await ledger.append_many(tx, crew_entries(one, digest, plan.department))
    return row


async def reveal_crews(tx: Tx, plan: MonthlyPlan, row: CrewDrawRow, given: SeedDraft) -> tuple[Crew, ...]:
    """Draw the inspectors with the seed; joins the caller's transaction."""
    if row.drawn_at is not None:
        raise DrawAlreadyDrawn("本次选派已有结果", rule="draw-once", remedy="需要重新选派时请再次提交名单并说明理由")
    seed = seed_of(given, row.committed_at, tx.now)
    drawn = crews(row.urn, seed.text)
    await crew_store.record_crews(tx, row.id, seed, drawn)
    decided = await _give(tx, plan, drawn)
    await ledger.append(
        tx,
        ledger.Action.CREW_DRAWN,
        ledger.Subject("crew_draw", row.uid),
        department=row.department,
        public=seed.public()
        | {
            "crews": sum(bool(crew.inspectors) for crew in drawn),
            "short": sum(not crew.inspectors for crew in drawn),
            "result": crews_digest(drawn),
        },
    )
    if decided:
        await ledger.append_many(tx, given_entries(row.uid, decided, row.department))
    return drawn


async def _give(tx: Tx, plan: MonthlyPlan, drawn: Sequence[Crew]) -> list[tuple[str, int]]:
    """Give the checks that no visit serves yet the people drawn for their enterprise; returns each with its line.

    Where too few were eligible, whoever was drawn before stays: nobody else may go there either.
    """
    offered: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for crew in drawn:
        offered[crew.enterprise].append(crew.matters)
    lines = {(crew.enterprise, crew.matters): place for place, crew in enumerate(drawn)}
    given = [
        (check, lines[check.uid, matters])
        for check in await crew_store.crew_checks(tx, plan.id)
        if (matters := crew_lines.line_of(check, offered)) is not None and drawn[lines[check.uid, matters]].inspectors
    ]
    await crew_store.replace_crews(tx, [(check.id, drawn[line].inspectors) for check, line in given])
    return [(check.check, line) for check, line in given]


async def _wanted(tx: Tx, plan: MonthlyPlan, named: Sequence[str]) -> list[CrewCheck]:
    """Choose the checks of the named enterprises, or those that have nobody, or all."""
    checks = await crew_store.crew_checks(tx, plan.id)
    strangers = sorted(set(named) - {check.uid for check in checks})
    if strangers:
        places = tuple(Place(field="enterprises", text=one[:40]) for one in strangers[:100])
        raise _not_drawable("有的企业本月没有等待选派的随机检查", places=places)
    settled = set() if named else set(await crew_store.crewed_checks(tx, plan.id))
    asked = set(named) or {check.uid for check in checks}
    chosen = [check for check in checks if check.uid in asked and check.id not in settled] or checks
    if not chosen:
        raise _not_drawable("本月没有等待选派的随机检查", remedy="请先完成企业抽取并生成待查项")
    return chosen


async def _known(tx: Tx, plan: MonthlyPlan, checks: Sequence[CrewCheck], *, rotating: bool) -> crew_lines.Known:
    first, last = min(check.starts for check in checks), max(check.ends for check in checks)
    ids = sorted({check.enterprise for check in checks})
    matters = sorted({matter for check in checks for matter in check.matters})
    certified: dict[object, set[object]] = defaultdict(set)
    for one in await inspectors.certified_for(tx, matters, first):
        certified[one.inspector].add(one.matter)
    leave: dict[object, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for absence in await inspectors.leave_between(tx, first, last):
        leave[absence.inspector].append((absence.first, absence.last))
    recused: dict[object, set[object]] = defaultdict(set)
    for recusal in await inspectors.recusals(tx, ids):
        recused[recusal.enterprise].add(recusal.inspector)
    rotating = rotating and bool(rules.whole("draw.crew.rotation", on=plan.month))
    return crew_lines.Known(
        inspectors=await inspectors.roster(tx, plan.department),
        certified=certified,  # type: ignore[arg-type]  # ids as the rows have them
        leave=leave,  # type: ignore[arg-type]  # the same
        recused=recused,  # type: ignore[arg-type]  # the same
        last_there=await history.last_there(tx, plan.department, ids, plan.month) if rotating else {},
        calendar=await holidays.calendar(tx),
        least=rules.whole("inspection.inspectors_min", on=plan.month),
    )


async def _view(tx: Tx, plan: MonthlyPlan, row: CrewDrawRow) -> CrewDrawView:
    return (await _views(tx, plan))[row.attempt - 1]


async def _views(tx: Tx, plan: MonthlyPlan) -> list[CrewDrawView]:
    rows = await crew_store.crew_draws_of_plan(tx, plan.id)
    people = {one.uid: one for one in await inspectors.roster(tx, plan.department)}
    ids = await month_store.enterprise_ids(tx, sorted({crew.enterprise for row in rows for crew in row.crews}))
    names = {one.uid: one.name for one in (await enterprises.enterprises_by_id(tx, sorted(ids.values()))).values()}

    def crew_view(crew: Crew, wanted: int) -> CrewView:
        return CrewView(
            enterprise=crew.enterprise,
            enterprise_name=names[crew.enterprise],
            matters=crew.matters,
            inspectors=[
                DrawnInspector(
                    uid=uid, name=people[uid].name, certificate=people[uid].certificate, stand_in=place >= wanted
                )
                for place, uid in enumerate(crew.inspectors)
            ],
        )

    return [
        CrewDrawView(
            uid=row.uid,
            monthly_plan=plan.uid,
            attempt=row.attempt,
            algorithm=row.algorithm,
            roster=len(row.urn.roster),
            away=dict(Counter(exclusion.reason for exclusion in row.urn.away)),
            enterprises=len({line.enterprise for line in row.urn.lines}),
            excluded=dict(Counter(exclusion.reason for line in row.urn.lines for exclusion in line.excluded)),
            most=row.urn.most,
            commitment=row.commitment.hex(),
            committed_at=row.committed_at,
            seed=row.seed,
            seed_source=row.seed_source,
            seed_independent=row.seed_independent,
            drawn_at=row.drawn_at,
            crews=[crew_view(crew, line.wanted) for crew, line in zip(row.crews, row.urn.lines, strict=False)],
            short=sum(not crew.inspectors for crew in row.crews),
            reason=row.reason,
            rotation_reason=row.rotation_reason,
        )
        for row in rows
    ]


def _not_drawable(detail: str, *, remedy: str = "", places: tuple[Place, ...] = ()) -> CrewNotDrawable:
    return CrewNotDrawable(detail, rule="crew-drawable", basis=BASIS, remedy=remedy, places=places)
