"""From the draws of published months to what everybody may check: lines of a table, and proofs.

What may be shown is asked twice: publication.sql lists draws without their pools, so that months that are public
already cost nothing; plans.disclosure then gives the proofs of a month, and only a draw that both know is shown.
"""

from collections.abc import Callable, Collection
from datetime import date

import msgspec

from inspect_registry.db import Tx
from inspect_registry.plans import disclosure
from inspect_registry.plans.crew_shapes import CrewProof
from inspect_registry.plans.draw_shapes import DrawProof
from inspect_registry.publication import store
from inspect_registry.publication.proving import DrawMonth, PublicCrewDraw, PublicDraw
from inspect_registry.publication.store import CrewLine, DrawLine


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """Every month's numbers, and the draws of those months whose proofs are not all in the release before."""

    months: tuple[DrawMonth, ...]
    draws: tuple[PublicDraw, ...]
    crews: tuple[PublicCrewDraw, ...]


async def shown(tx: Tx, since: date, held: Callable[[date], Collection[str]]) -> Shown:
    """Read what may be shown; `held` gives the draws of a month that the release before has."""
    lines, crew_lines = await store.shown_draws(tx, since), await store.shown_crew_draws(tx, since)
    draws: list[PublicDraw] = []
    crews: list[PublicCrewDraw] = []
    months: list[DrawMonth] = []
    for month in sorted({line.month for line in lines} | {line.month for line in crew_lines}, reverse=True):
        of_month = [line for line in lines if line.month == month]
        crews_of_month = [line for line in crew_lines if line.month == month]
        months.append(_numbers(month, of_month, len(crews_of_month)))
        if set(held(month)) != {line.uid for line in of_month} | {line.uid for line in crews_of_month}:
            proofs = {proof.draw: proof for proof in await disclosure.published_proofs(tx, month)}
            draws += [_draw(line, proofs[line.uid]) for line in of_month if line.uid in proofs]
            rosters = {proof.draw: proof for proof in await disclosure.published_crew_proofs(tx, month)}
            crews += [_crew(line, rosters[line.uid]) for line in crews_of_month if line.uid in rosters]
    return Shown(months=tuple(months), draws=tuple(draws), crews=tuple(crews))


def _numbers(month: date, lines: list[DrawLine], crews: int) -> DrawMonth:
    lots = [line for line in lines if line.method == "random"]
    return DrawMonth(
        month=month,
        draws=len(lines),
        drawn=sum(line.drawn for line in lines),
        by_lot=len(lots),
        independent=sum(line.independent for line in lots),
        crews=crews,
    )


def _crew(line: CrewLine, proof: CrewProof) -> PublicCrewDraw:
    return PublicCrewDraw(
        uid=line.uid,
        month=line.month,
        department=line.department,
        attempt=line.attempt,
        roster=len(proof.roster),
        excluded=len({exclusion.uid for exclusion in proof.away}),
        lines=len(proof.lines),
        reserves=proof.reserves,
        short=sum(not crew.inspectors for crew in proof.crews),
        independent=proof.seed_independent,
        source=proof.seed_source,
        proof=msgspec.to_builtins(proof),
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
