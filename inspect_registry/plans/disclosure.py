"""What is published of draws: everything that lets an outsider check one, nothing that names whom it must not.

Before the inspections, the drawn enterprises of a matter that is not announced by name (只公示数量, 事后公示) are not
given away: their draws are published once the month is closed. Weights and salt follow draw.py.
"""

import datetime as dt

from inspect_registry.access import Permission, reads
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import Disclosure
from inspect_registry.db import Tx
from inspect_registry.plans import crew_store, month_store, store
from inspect_registry.plans.crew_shapes import CrewProof
from inspect_registry.plans.crew_store import CrewDrawRow
from inspect_registry.plans.draw import weights_digest
from inspect_registry.plans.draw_shapes import DrawProof
from inspect_registry.plans.drawing import urn_of
from inspect_registry.plans.errors import CrewDrawUnknown, DrawUnknown
from inspect_registry.plans.lifecycle import PlanState
from inspect_registry.plans.model import DrawRow, MonthlyPlan


@reads(Permission.DRAW_READ)
async def draw_proof(tx: Tx, uid: str) -> DrawProof:
    """Return what can be shown of a draw, to somebody of its department or who sees all. Raises DrawUnknown."""
    row = await month_store.draw_by_uid(tx, uid)
    if row is None:
        raise DrawUnknown
    return await _proof(tx, row)


@reads(Permission.DRAW_READ)
async def crew_proof(tx: Tx, uid: str) -> CrewProof:
    """Return everything of a draw of inspectors, to somebody of its department or who sees all.

    Raises CrewDrawUnknown.
    """
    row = await crew_store.crew_draw_by_uid(tx, uid)
    if row is None:
        raise CrewDrawUnknown
    return _crew_proof(row)


@reads(Permission.DRAW_READ)
async def published_crew_proofs(tx: Tx, month: dt.date) -> list[CrewProof]:
    """Return the draws of inspectors of a month that may be published now, in the order of the commitments.

    Only once the department's month is closed: who is going to inspect whom is not told in advance.
    """
    plans = await month_store.monthly_plans(tx, month.replace(day=1), None)
    rows = [
        row
        for plan in plans
        if plan.state is PlanState.CLOSED
        for row in await crew_store.crew_draws_of_plan(tx, plan.id)
    ]
    return [_crew_proof(row) for row in sorted(rows, key=lambda row: (row.committed_at, row.uid))]


@reads(Permission.DRAW_READ)
async def published_proofs(tx: Tx, month: dt.date) -> list[DrawProof]:
    """Return the proofs of a month that may be published now, in the order of the commitments."""
    proofs: list[DrawProof] = []
    for plan in await month_store.monthly_plans(tx, month.replace(day=1), None):
        if plan.state not in {PlanState.PUBLISHED, PlanState.CLOSED}:
            continue
        draws = await month_store.draws_of_monthly_plan(tx, plan.id)
        proofs += [await _proof(tx, row) for row in draws if await _may_be_shown(tx, plan, row)]
    return sorted(proofs, key=lambda proof: (proof.committed_at, proof.draw))


def _crew_proof(row: CrewDrawRow) -> CrewProof:
    return CrewProof(
        algorithm=row.algorithm,
        draw=row.uid,
        reserves=row.urn.reserves,
        most=row.urn.most,
        roster=list(row.urn.roster),
        away=list(row.urn.away),
        lines=list(row.urn.lines),
        commitment=row.commitment.hex(),
        committed_at=row.committed_at,
        seed=row.seed,
        seed_source=row.seed_source,
        seed_independent=row.seed_independent,
        crews=row.crews,
    )


async def _may_be_shown(tx: Tx, plan: MonthlyPlan, row: DrawRow) -> bool:
    if plan.state is PlanState.CLOSED:
        return True
    tasks = await store.tasks_by_id(tx, [row.task])
    matters = (await catalogue.matters_by_id(tx, tasks[0].matters)).values() if tasks else ()
    return bool(matters) and all(matter.disclosure is Disclosure.NAMED for matter in matters)


async def _proof(tx: Tx, row: DrawRow) -> DrawProof:
    one = await urn_of(tx, row)
    uids = await month_store.enterprise_uids(tx, row.drawn)
    equal = one.weights_equal
    return DrawProof(
        algorithm=row.algorithm,
        draw=row.uid,
        method=row.method,
        wanted=row.wanted,
        pool=[ball.uid for ball in one.pool],
        excluded=list(one.excluded),
        weights_digest=weights_digest(one).hex(),
        commitment=row.pool_hash.hex(),
        committed_at=row.committed_at,
        seed=row.seed,
        seed_source=row.seed_source,
        seed_independent=row.seed_independent,
        drawn=[uids[one_drawn] for one_drawn in row.drawn],
        salt=row.salt.hex() if equal else "",
        weight=one.pool[0].weight if equal and one.pool else 0,
    )
