"""Taking visits that have not begun out of the plan: shares, caps, checks and codes go with them.

One way for a visit that somebody calls off and for those that a re-plan replaces.
"""

from collections.abc import Sequence

from inspect_registry.db import Tx
from inspect_registry.jobs import service as jobs
from inspect_registry.visits import store
from inspect_registry.visits.approving import give_back
from inspect_registry.visits.model import PartState, VisitId, VisitState
from inspect_registry.visits.rows import VisitChange
from inspect_registry.visits.views import VisitFacts

RECALL_KIND = "codes.recall"
"""The job that takes back the codes of visits that were called off; done by codes/recall_work.py."""


async def withdraw(tx: Tx, visits: Sequence[VisitFacts], reason: str) -> None:
    """Take visits that have not begun out of the plan (joins the caller's act, which appends the entries)."""
    parts = [part.id for facts in visits for part in facts.live_parts]
    await store.drop_parts(tx, parts, PartState.WITHDRAWN, reason)
    await store.free_checks(tx, parts)
    for facts in visits:
        await give_back(tx, facts, facts.live_parts, whole_visit=True)
    await store.advance_visits(
        tx,
        [
            VisitChange(id=facts.head.id, state=VisitState.CANCELLED, lead=facts.head.lead, cancel_reason=reason)
            for facts in visits
        ],
    )
    coded = [facts.head.id for facts in visits if facts.head.approved_at is not None or facts.head.emergency]
    await ask_recall(tx, coded, reason)


async def ask_recall(tx: Tx, coded: Sequence[VisitId], reason: str) -> None:
    """Have the codes taken back of visits that may have one: approved ones, and emergencies before their approval.

    Codes stand above this room, so the worker asks them.
    """
    if coded:
        await jobs.enqueue(tx, RECALL_KIND, {"visits": list(coded), "reason": reason})
