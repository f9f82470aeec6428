"""Off-site checks (非现场) in their closed loop: found, reviewed by another person, acted on.

A sufficient result is remembered as a fact that no visit was needed for: plans then leave the place alone for the
period of `frequency.offsite.fresh_days`. 《上海市优化营商环境条例》第六十九条.
"""

from datetime import datetime
from typing import Annotated

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import Role
from inspect_registry.catalogue.model import DepartmentId
from inspect_registry.clock import day_of
from inspect_registry.db import Tx
from inspect_registry.enterprises.model import EnterpriseId, PremisesId
from inspect_registry.fieldwork import offsite_store, rules
from inspect_registry.fieldwork.errors import OffsiteNotFound, OffsiteStepNotAllowed
from inspect_registry.fieldwork.model import OffsiteMeans, OffsiteState
from inspect_registry.fieldwork.offsite_store import OffsiteRow
from inspect_registry.history import service as history
from inspect_registry.history.model import NewFact
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action, Subject
from inspect_registry.visits import rules as visit_rules

LARGEST_PAGE = 200


class OffsiteDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was seen without going there."""

    premises: Annotated[str, msgspec.Meta(max_length=40)]
    matter: Annotated[str, msgspec.Meta(max_length=40)]
    """Code or uid of the department's own matter."""
    means: OffsiteMeans
    observation: Annotated[str, msgspec.Meta(min_length=2, max_length=2000)]
    problem: bool


class OffsiteView(msgspec.Struct, frozen=True, kw_only=True):
    """One off-site check."""

    uid: str
    enterprise: str
    matter: str
    means: OffsiteMeans
    observation: str
    problem: bool
    state: OffsiteState
    found_at: datetime
    sufficient: bool | None
    action: str


@act(Permission.OFFSITE_RECORD)
async def find(tx: Tx, draft: OffsiteDraft) -> OffsiteView:
    """Register what was seen from afar at a matter that the catalogue allows to be checked so."""
    what = await offsite_store.offsite_object(tx, draft.premises, draft.matter)
    if what is None:
        raise OffsiteNotFound
    if not what.offsite_possible:
        raise OffsiteStepNotAllowed(
            f"检查事项{what.matter_code}未列为可以非现场检查。",
            rule="offsite-possible",
            basis="《上海市优化营商环境条例》第六十九条",
            remedy="请改用现场检查，或者先修订检查事项。",
        )
    uid = new_uid(tx.random)
    made = await offsite_store.find_offsite(
        tx, uid, what, means=draft.means, observation=draft.observation.strip(), problem=draft.problem
    )
    row = (await offsite_store.offsite_checks(tx, [made]))[0]
    await _log(tx, Action.OFFSITE_FOUND, row, draft)
    return _view(row)


@act(Permission.OFFSITE_REVIEW)
async def review(tx: Tx, uid: str, *, sufficient: bool) -> OffsiteView:
    """A second person says whether what was seen is enough to do without a visit."""
    row = await _locked(tx, uid, OffsiteState.FOUND)
    rules.confirmed_by_a_second_person(proposed_by=row.found_by, confirmed_by=tx.actor.person)
    await offsite_store.review_offsite(tx, row.id, sufficient=sufficient)
    await _log(tx, Action.OFFSITE_REVIEWED, row, {"sufficient": sufficient})
    return _view((await offsite_store.offsite_checks(tx, [row.id]))[0])


@act(Permission.OFFSITE_REVIEW)
async def act_on(tx: Tx, uid: str, action: str) -> OffsiteView:
    """Close the loop: say what was done, and remember the check so that nobody is visited for it again soon."""
    action = visit_rules.a_reason_is_given(action)
    row = await _locked(tx, uid, OffsiteState.REVIEWED)
    await offsite_store.act_offsite(tx, row.id, action)
    fact = NewFact(
        enterprise=EnterpriseId(row.enterprise),
        premises=PremisesId(row.premises),
        department=DepartmentId(row.department),
        matter_code=row.matter_code,
        day=day_of(row.found_at),
        onsite=False,
        sufficient=bool(row.sufficient),
    )
    await history.remember(tx, [fact])
    await _log(tx, Action.OFFSITE_ACTED, row, {"action": action})
    return _view((await offsite_store.offsite_checks(tx, [row.id]))[0])


@reads(Permission.INSPECTION_READ)
async def open_loops(tx: Tx, limit: int = 100) -> list[OffsiteView]:
    """List off-site checks whose loop is not closed, oldest first."""
    everybody = tx.actor.role in {Role.SYSTEM, Role.COORDINATOR, Role.AUDITOR}
    department = None if everybody else tx.actor.department
    found = await offsite_store.open_offsite(tx, department, max(1, min(limit, LARGEST_PAGE)))
    return [_view(row) for row in await offsite_store.offsite_checks(tx, found)]


async def _locked(tx: Tx, uid: str, needed: OffsiteState) -> OffsiteRow:
    found = await offsite_store.lock_offsite(tx, uid)
    rows = await offsite_store.offsite_checks(tx, [] if found is None else [found])
    if not rows or (tx.actor.role is not Role.SYSTEM and rows[0].department != tx.actor.department):
        raise OffsiteNotFound
    if rows[0].state is not needed:
        raise OffsiteStepNotAllowed(
            "非现场检查须先发现、再复核、后处置，每步一次。", rule="offsite-lifecycle", remedy="请刷新后查看当前状态。"
        )
    return rows[0]


def _view(row: OffsiteRow) -> OffsiteView:
    return OffsiteView(
        uid=row.uid,
        enterprise=row.enterprise_name,
        matter=row.matter_code,
        means=row.means,
        observation=row.observation,
        problem=row.problem,
        state=row.state,
        found_at=row.found_at,
        sufficient=row.sufficient,
        action=row.action,
    )


async def _log(tx: Tx, action: Action, row: OffsiteRow, private: object) -> None:
    await ledger.append(
        tx,
        action,
        Subject("offsite_check", row.uid),
        department=row.department,
        public={"matter": row.matter_code},
        private=private,
    )
