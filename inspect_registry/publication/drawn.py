"""From the draws of published months to what everybody may check: lines of a table, and proofs.

What may be shown is asked twice: publication.sql lists draws without their pools, so that months that are public
already cost nothing; plans.disclosure then gives the proofs of a month, and only a draw that both know is shown.
"""

from collections.abc import Callable, Collection
from datetime import date

import msgspec

from inspect_registry.db import Tx
from inspect_registry.plans import disclosure
from inspect_registry.plans.draw_shapes import DrawProof
from inspect_registry.publication import store
from inspect_registry.publication.proving import DrawMonth, PublicDraw
from inspect_registry.publication.store import DrawLine


async def shown(
    tx: Tx, since: date, held: Callable[[date], Collection[str]]
) -> tuple[tuple[DrawMonth, ...], tuple[PublicDraw, ...]]:
    """Return every month's numbers, and the draws of those months whose proofs are not all in the release before."""
    by_month: dict[date, list[DrawLine]] = {}
    for line in await store.shown_draws(tx, since):
        by_month.setdefault(line.month, []).append(line)
    draws: list[PublicDraw] = []
    for month, lines in by_month.items():
        if set(held(month)) != {line.uid for line in lines}:
            proofs = {proof.draw: proof for proof in await disclosure.published_proofs(tx, month)}
            draws += [_draw(line, proofs[line.uid]) for line in lines if line.uid in proofs]
    return tuple(_numbers(month, lines) for month, lines in by_month.items()), tuple(draws)


def _numbers(month: date, lines: list[DrawLine]) -> DrawMonth:
    lots = [line for line in lines if line.method == "random"]
    return DrawMonth(
        month=month,
        draws=len(lines),
        drawn=sum(line.drawn for line in lines),
        by_lot=len(lots),
        independent=sum(line.independent for line in lots),
    )


def _draw(line: DrawLine, proof: DrawProof) -> PublicDraw:
    return PublicDraw(
        uid=line.uid,
        month=line.month,
        department=line.department,
        task=line.task,
        method=line.method,
        attempt=line.attempt,
        reason=line.reason,
        pool=len(proof.pool),
        excluded=len(proof.excluded),
        drawn=len(proof.drawn),
        independent=proof.seed_independent,
        source=proof.seed_source,
        open=bool(proof.salt),
        proof=msgspec.to_builtins(proof),
    )
