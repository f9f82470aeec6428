"""Make a month again from its ledger entries, and compare: same pools, same draws, same checks, same inspectors.

Nothing is taken from the tables but what it is compared with. Only those who may read the private parts of all
departments (the auditor, the coordinator) can do this; for others the records are missing, and the answer says so.
"""

import base64
import hmac
from collections.abc import Sequence
from typing import Any

import msgspec

from inspect_registry.access import Permission, reads
from inspect_registry.db import Tx
from inspect_registry.ledger.leaf import commit, decode_leaf
from inspect_registry.plans import crew_store, month_store
from inspect_registry.plans.crew_replay import CrewRecords, CrewReplay, crews_again, same_crews, unlogged
from inspect_registry.plans.crew_store import CrewDrawRow, CrewOfCheck
from inspect_registry.plans.draw import Ball, Method, Urn, commitment, drawn, urn
from inspect_registry.plans.lookups import monthly_plan_of
from inspect_registry.plans.month_store import MonthRecord
from inspect_registry.plans.records import CheckLine, CheckPart, CrewPart, GivenPart, PoolPart, result_digest


class DrawReplay(msgspec.Struct, frozen=True, kw_only=True):
    """One draw made again."""

    draw: str
    commitment: bool
    """The recorded pool, weights and exclusions give the commitment that was published before the seed."""
    result: bool | None
    """The recorded pool and seed give the published result; None while it is not drawn."""
    drawn: list[str]
    """uids, in order."""


class MonthReplay(msgspec.Struct, frozen=True, kw_only=True):
    """A month made again from its ledger entries."""

    draws: list[DrawReplay]
    checks: int
    same_checks: bool
    """The recorded checks are those in the register, and each was drawn by its draw."""
    crews: list[CrewReplay]
    """Draws of inspectors, first attempt first."""
    same_crews: bool
    """Who stands for each check in the register is who was drawn for it last."""
    missing: list[str]
    """Subjects whose private record the actor may not read, or that was erased or altered."""

    @property
    def is_same(self) -> bool:
        """Whether everything could be made again and came out the same."""
        draws: list[DrawReplay | CrewReplay] = [*self.draws, *self.crews]
        if self.missing or not all(one.commitment and one.result for one in draws):
            return False
        return self.same_checks and self.same_crews


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """What the tables hold of a month, to be compared with what the ledger gives."""

    draws: set[str]
    """uids of the draws that stand."""
    checks: Sequence[CheckLine]
    crew_draws: Sequence[CrewDrawRow]
    people: Sequence[CrewOfCheck]


class _Private(msgspec.Struct, frozen=True):
    record: Any


@reads(Permission.LEDGER_READ)
async def replay_month(tx: Tx, plan_uid: str) -> MonthReplay:
    """Make a month again. Raises PlanUnknown."""
    plan = await monthly_plan_of(tx, plan_uid)
    records = await month_store.records_of_month(tx, plan.id)
    standing = {draw.uid for draw in await month_store.draw_results(tx, plan.id)}
    register = Register(
        draws=standing,
        checks=await month_store.check_lines(tx, plan.id),
        crew_draws=await crew_store.crew_draws_of_plan(tx, plan.id),
        people=await crew_store.crews_in_register(tx, plan.id),
    )
    return replayed(records, register)


def replayed(records: Sequence[MonthRecord], register: Register) -> MonthReplay:
    """Make a month again from its entries and compare it with the register."""
    pools: dict[str, list[PoolPart]] = {}
    heads: dict[str, dict[str, int | str]] = {}
    seeds: dict[str, dict[str, int | str]] = {}
    checks: list[CheckLine] = []
    crews = CrewRecords()
    missing: list[str] = []
    for entry in records:
        leaf = decode_leaf(entry.leaf)
        if entry.subject_kind == "draw":
            (heads if entry.action == "draw.committed" else seeds)[entry.subject_uid] = dict(leaf.public)
            continue
        if entry.subject_kind == "crew_draw":
            (crews.heads if entry.action == "crew.committed" else crews.seeds)[entry.subject_uid] = dict(leaf.public)
            continue
        record = _record(entry, leaf.commitment)
        if record is None:
            missing.append(f"{entry.subject_kind} {entry.subject_uid}")
        elif entry.subject_kind == "draw_pool":
            pools.setdefault(entry.subject_uid, []).append(msgspec.convert(record, PoolPart))
        elif entry.subject_kind == "crew_pool":
            crews.pools.setdefault(entry.subject_uid, []).append(msgspec.convert(record, CrewPart))
        elif entry.subject_kind == "crew_checks":
            crews.given.setdefault(entry.subject_uid, []).append(msgspec.convert(record, GivenPart))
        else:
            checks += msgspec.convert(record, CheckPart).checks
    draws = [_again(uid, head, pools[uid], seeds.get(uid)) for uid, head in heads.items() if uid in pools]
    chosen = {one.draw: set(one.drawn) for one in draws}
    drawn_right = all(line.enterprise in chosen.get(line.draw, set()) for line in checks if line.draw)
    same = sorted(checks, key=lambda line: line.check) == sorted(register.checks, key=lambda line: line.check)
    crews_made = crews_again(crews)
    missing += [f"crew_draw {uid}" for uid in unlogged(crews, register.crew_draws)]
    return MonthReplay(
        draws=[one for one in draws if one.draw in register.draws],
        checks=len(checks),
        same_checks=same and drawn_right,
        crews=crews_made,
        same_crews=same_crews(crews_made, crews, checks, register.crew_draws, register.people),
        missing=missing,
    )


def _record(entry: MonthRecord, committed: str) -> Any:
    """Return a private record that is what its leaf committed to, or None."""
    if entry.salt is None or entry.record is None:
        return None
    if not hmac.compare_digest(commit(entry.salt, entry.record), base64.b64decode(committed)):
        return None
    return msgspec.json.decode(entry.record, type=_Private).record


def _again(
    uid: str, head: dict[str, int | str], parts: Sequence[PoolPart], seed: dict[str, int | str] | None
) -> DrawReplay:
    one = _urn(uid, parts)
    method = Method(str(head["method"]))
    result: list[str] = []
    if seed is not None:
        by_lot = method is Method.RANDOM
        result = list(drawn(one, str(seed["seed"]))) if by_lot else [ball.uid for ball in one.pool]
    return DrawReplay(
        draw=uid,
        commitment=commitment(one).hex() == head["commitment"],
        result=None if seed is None else result_digest(result) == seed["result"],
        drawn=result,
    )


def _urn(uid: str, parts: Sequence[PoolPart]) -> Urn:
    ordered = sorted(parts, key=lambda part: part.part)
    return urn(
        uid,
        ordered[0].wanted,
        [Ball(member, weight) for part in ordered for member, weight in part.pool],
        [exclusion for part in ordered for exclusion in part.excluded],
        bytes.fromhex(ordered[0].salt),
    )
