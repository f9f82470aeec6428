"""Monthly plans, draws and checks in the database: one typed function for each query of months.sql."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from inspect_registry.catalogue.model import DepartmentId
from inspect_registry.db import SqlFile, Tx
from inspect_registry.enterprises.model import EnterpriseId
from inspect_registry.plans.draw import ALGORITHM, Exclusion, Method
from inspect_registry.plans.draw_shapes import Seed
from inspect_registry.plans.lifecycle import PlanState
from inspect_registry.plans.model import (
    Check,
    CheckId,
    CheckState,
    DrawHead,
    DrawId,
    DrawResult,
    DrawRow,
    DrawTurn,
    MonthlyPlan,
    MonthlyPlanId,
    NewCheck,
    TaskId,
)
from inspect_registry.plans.records import CheckLine

SQL = SqlFile(__file__, "months.sql")


class NewDraw(msgspec.Struct, frozen=True, kw_only=True):
    """A draw to be committed."""

    uid: str
    task: TaskId
    monthly_plan: MonthlyPlanId
    department: DepartmentId
    attempt: int
    method: Method
    wanted: int
    commitment: bytes
    pool: list[EnterpriseId]
    weights: list[int]
    excluded: list[Exclusion]
    salt: bytes
    reason: str
    override_reason: str


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """How many counted checks of a department an enterprise has in a year."""

    enterprise: EnterpriseId
    planned: int


class EnterpriseUid(msgspec.Struct, frozen=True, kw_only=True):
    """An enterprise's two identities."""

    id: EnterpriseId
    uid: str


class MonthRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One ledger entry about a month's draws or checks."""

    action: str
    subject_kind: str
    subject_uid: str
    leaf: bytes
    salt: bytes | None
    record: bytes | None


async def add_monthly_plan(
    tx: Tx, uid: str, department: DepartmentId, month: dt.date, *, provisional: bool
) -> MonthlyPlan:
    """Open a plan of a month."""
    return await tx.one(SQL["add_monthly_plan"], MonthlyPlan, uid, department, month, provisional, tx.now)


async def monthly_plan_by_uid(tx: Tx, uid: str) -> MonthlyPlan | None:
    """Return one plan, if the actor may see it."""
    return await tx.maybe(SQL["monthly_plan_by_uid"], MonthlyPlan, uid)


async def monthly_plan_by_id(tx: Tx, plan: MonthlyPlanId) -> MonthlyPlan | None:
    """Return one plan, if the actor may see it."""
    return await tx.maybe(SQL["monthly_plan_by_id"], MonthlyPlan, plan)


async def monthly_plan_locked(tx: Tx, uid: str) -> MonthlyPlan | None:
    """Return one plan and hold it until the transaction ends."""
    return await tx.maybe(SQL["monthly_plan_locked"], MonthlyPlan, uid)


async def monthly_plans(tx: Tx, month: dt.date, department: DepartmentId | None) -> list[MonthlyPlan]:
    """Return the plans of a month."""
    return await tx.many(SQL["monthly_plans"], MonthlyPlan, month, department)


async def move_monthly_plan(tx: Tx, plan: MonthlyPlanId, state: PlanState, number: str | None = None) -> MonthlyPlan:
    """Take a plan to its next state."""
    return await tx.one(SQL["move_monthly_plan"], MonthlyPlan, plan, state.value, tx.now, number)


async def add_draw(tx: Tx, new: NewDraw) -> DrawTurn:
    """Commit a draw."""
    return await tx.one(
        SQL["add_draw"],
        DrawTurn,
        new.uid,
        new.task,
        new.monthly_plan,
        new.department,
        new.attempt,
        new.method.value,
        ALGORITHM,
        new.wanted,
        len(new.pool),
        new.commitment,
        new.pool,
        new.weights,
        new.excluded,
        new.salt,
        tx.now,
        new.reason,
        new.override_reason,
    )


async def draw_locked(tx: Tx, uid: str) -> DrawRow | None:
    """Return one draw and hold it."""
    return await tx.maybe(SQL["draw_locked"], DrawRow, uid)


async def draw_by_uid(tx: Tx, uid: str) -> DrawRow | None:
    """Return one draw, if the actor may see it."""
    return await tx.maybe(SQL["draw_by_uid"], DrawRow, uid)


async def draws_of_monthly_plan(tx: Tx, plan: MonthlyPlanId) -> list[DrawRow]:
    """Return the draws that stand."""
    return await tx.many(SQL["draws_of_monthly_plan"], DrawRow, plan)


async def draw_results(tx: Tx, plan: MonthlyPlanId) -> list[DrawResult]:
    """Return the draws that stand with what came out of them."""
    return await tx.many(SQL["draw_results"], DrawResult, plan)


async def draws_with_checks(tx: Tx, plan: MonthlyPlanId) -> list[DrawId]:
    """Return the draws whose checks are made."""
    return await tx.values(SQL["draws_with_checks"], DrawId, plan)


async def draw_heads_of_month(tx: Tx, month: dt.date, department: DepartmentId | None) -> list[DrawHead]:
    """Return every draw of a month without what is secret."""
    return await tx.many(SQL["draw_heads_of_month"], DrawHead, month, department)


async def attempts(tx: Tx, task: TaskId, plan: MonthlyPlanId) -> int:
    """Return how often a task was drawn for a month."""
    return await tx.value(SQL["attempts"], int, task, plan)


async def supersede_draw(tx: Tx, task: TaskId, plan: MonthlyPlanId) -> int:
    """Mark the standing draw as drawn again."""
    return await tx.execute(SQL["supersede_draw"], task, plan)


async def record_drawn(tx: Tx, draw: DrawId, seed: Seed, drawn: Sequence[EnterpriseId]) -> int:
    """Write seed and result; 0 where the draw has its result already."""
    return await tx.execute(SQL["record_drawn"], draw, seed.text, seed.source, seed.independent, list(drawn), tx.now)


async def drawn_this_year(tx: Tx, task: TaskId, plan: MonthlyPlanId) -> list[EnterpriseId]:
    """Return whom other months of a task have taken."""
    return await tx.values(SQL["drawn_this_year"], EnterpriseId, task, plan)


async def planned_this_year(tx: Tx, department: DepartmentId, first: dt.date, last: dt.date) -> dict[EnterpriseId, int]:
    """Return how many counted checks of a department every enterprise has in a year."""
    rows = await tx.many(SQL["planned_this_year"], Planned, department, first, last)
    return {row.enterprise: row.planned for row in rows}


async def add_checks(tx: Tx, plan: MonthlyPlanId, department: DepartmentId, new: Sequence[NewCheck]) -> list[CheckId]:
    """Add checks with their matters."""
    ids = await tx.values(
        SQL["add_checks"],
        CheckId,
        plan,
        department,
        [check.uid for check in new],
        [check.task for check in new],
        [check.draw for check in new],
        [check.enterprise for check in new],
        [check.premises for check in new],
        [check.starts for check in new],
        [check.ends for check in new],
        [check.onsite for check in new],
        [check.mandatory for check in new],
        [check.override_reason for check in new],
    )
    await _add_check_matters(tx, [(check.uid, matter) for check in new for matter in check.matters])
    return ids


async def _add_check_matters(tx: Tx, pairs: Sequence[tuple[str, int]]) -> int:
    return await tx.execute(SQL["add_check_matters"], [uid for uid, _ in pairs], [matter for _, matter in pairs])


async def checks_of_month(
    tx: Tx, month: dt.date, states: Sequence[PlanState], department: DepartmentId | None
) -> list[Check]:
    """Return the live checks of a month."""
    return await tx.many(SQL["checks_of_month"], Check, month, [state.value for state in states], department)


async def checks_of_plan(tx: Tx, plan: MonthlyPlanId, after: CheckId, limit: int) -> list[Check]:
    """Return checks of a plan, page by page."""
    return await tx.many(SQL["checks_of_plan"], Check, plan, after, limit)


async def check_by_uid(tx: Tx, uid: str) -> Check | None:
    """Return one check, if the actor may see it."""
    return await tx.maybe(SQL["check_by_uid"], Check, uid)


async def checks_by_id(tx: Tx, ids: Sequence[CheckId]) -> list[Check]:
    """Return some checks."""
    return await tx.many(SQL["checks_by_id"], Check, list(ids))


async def count_checks(tx: Tx, plan: MonthlyPlanId) -> int:
    """Return how many live checks a plan holds."""
    return await tx.value(SQL["count_checks"], int, plan)


async def move_checks(tx: Tx, ids: Sequence[CheckId], state: CheckState) -> int:
    """Take checks to another state."""
    return await tx.execute(SQL["move_checks"], list(ids), state.value)


async def withdraw_check(tx: Tx, check: CheckId, reason: str) -> int:
    """Take a planned check out; 0 where a visit already serves it."""
    return await tx.execute(SQL["withdraw_check"], check, reason)


async def enterprise_uids(tx: Tx, ids: Sequence[EnterpriseId]) -> dict[EnterpriseId, str]:
    """Return outside identities of many enterprises."""
    return {row.id: row.uid for row in await tx.many(SQL["enterprise_uids"], EnterpriseUid, list(ids))}


async def enterprise_ids(tx: Tx, uids: Sequence[str]) -> dict[str, EnterpriseId]:
    """Return inside identities of many enterprises."""
    return {row.uid: row.id for row in await tx.many(SQL["enterprise_ids"], EnterpriseUid, list(uids))}


async def records_of_month(tx: Tx, plan: MonthlyPlanId) -> list[MonthRecord]:
    """Return what the ledger holds of a month's draws and checks."""
    return await tx.many(SQL["records_of_month"], MonthRecord, plan)


async def check_lines(tx: Tx, plan: MonthlyPlanId) -> list[CheckLine]:
    """Return a plan's checks by outside identities."""
    return await tx.many(SQL["check_lines"], CheckLine, plan)
