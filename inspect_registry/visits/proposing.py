"""Store proposed visits with their shares, scope and people: the way in for planned and for triggered visits alike."""

from collections.abc import Sequence
from datetime import date

from inspect_registry import ledger, rules
from inspect_registry.catalogue import holidays
from inspect_registry.db import Tx
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action, Subject
from inspect_registry.visits import merge_store
from inspect_registry.visits.month import NewVisit


async def propose(tx: Tx, month: date, visits: Sequence[NewVisit]) -> list[str]:
    """Store new visits, each with its ledger entry; returns their uids in the given order.

    Raises VisitOverlapsAnother when a department already has a live visit to the place on that day.
    """
    if not visits:
        return []
    calendar = await holidays.calendar(tx)
    due = calendar.add(tx.today, rules.whole("joint.answer.working_days", on=tx.today)).day
    uids = [new_uid(tx.random) for _ in visits]
    ids = await merge_store.add_visits(tx, uids, month, visits)
    pairs = [(ids[uid], visit) for uid, visit in zip(uids, visits, strict=True)]
    parts = [part for visit in visits for part in visit.parts]
    part_uids = [new_uid(tx.random) for _ in parts]
    part_ids = await merge_store.add_parts(tx, part_uids, pairs, due)
    rows = [(part_ids[uid], part) for uid, part in zip(part_uids, parts, strict=True)]
    checks = [(row, check) for row, part in rows for check in part.checks]
    if checks:
        await merge_store.add_part_checks(tx, checks)
    await merge_store.add_part_matters(tx, [(row, matter) for row, part in rows for matter in part.matters])
    await merge_store.add_part_inspectors(tx, [(row, one) for row, part in rows for one in part.inspectors])
    await ledger.append_many(
        tx,
        [
            ledger.Draft(
                action=Action.VISIT_PROPOSED,
                subject=Subject("visit", uid),
                department=visit.lead,
                public={"parts": len(visit.parts), "checks": len(visit.checks)},
                private={"day": visit.day, "premises": visit.premises, "reasons": list(visit.reasons)},
            )
            for uid, visit in zip(uids, visits, strict=True)
        ],
    )
    return uids
