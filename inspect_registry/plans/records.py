"""What the ledger keeps of draws and checks, so that a month can be made again from its entries alone.

The pool with weights and salt stands under the subject `draw_pool`, of no department: only those who see all may read
its private part, because weights follow the internal class. Checks stand under `check_list`. Both come in parts, since
an entry's private part is at most 1 MB.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence

import msgspec

from inspect_registry import ledger
from inspect_registry.plans.crew_draw import Crew, CrewUrn, Line, Member
from inspect_registry.plans.draw import Exclusion, Urn

PART_LINES = 15_000
"""Members of a pool, or checks, in one entry: some 60 bytes each."""
CREW_LINES = 500
"""Enterprises of a draw of inspectors in one entry: each with the inspectors who are kept out there."""


class PoolPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a draw's pool."""

    part: int
    parts: int
    wanted: int
    salt: str
    """Hex."""
    pool: list[tuple[str, int]]
    """uid and weight."""
    excluded: list[Exclusion]


class CheckLine(msgspec.Struct, frozen=True, kw_only=True):
    """One check by outside identities."""

    check: str
    draw: str
    enterprise: str
    starts: dt.date
    ends: dt.date
    matters: list[str]
    """Codes."""


class CheckPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the checks that were made at once."""

    checks: list[CheckLine]


def pool_entries(one: Urn, digest: bytes) -> list[ledger.Draft]:
    """Write a pool as ledger entries; `digest` is its commitment."""
    size = max(len(one.pool), len(one.excluded), 1)
    parts = -(-size // PART_LINES)
    return [
        ledger.Draft(
            action=ledger.Action.DRAW_COMMITTED,
            subject=ledger.Subject("draw_pool", one.draw),
            public={"part": part + 1, "parts": parts, "commitment": digest.hex()},
            private=PoolPart(
                part=part + 1,
                parts=parts,
                wanted=one.wanted,
                salt=one.salt.hex(),
                pool=[(ball.uid, ball.weight) for ball in one.pool[part * PART_LINES : (part + 1) * PART_LINES]],
                excluded=list(one.excluded[part * PART_LINES : (part + 1) * PART_LINES]),
            ),
        )
        for part in range(parts)
    ]


class CrewPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of what a draw of inspectors was committed to; roster and who is away stand in the first."""

    part: int
    parts: int
    reserves: int
    most: int
    roster: tuple[Member, ...]
    away: tuple[Exclusion, ...]
    lines: tuple[Line, ...]


def crew_entries(one: CrewUrn, digest: bytes, department: int) -> list[ledger.Draft]:
    """Write what a draw of inspectors is committed to as ledger entries; its department may read them."""
    starts = range(0, max(len(one.lines), 1), CREW_LINES)
    return [
        ledger.Draft(
            action=ledger.Action.CREW_COMMITTED,
            subject=ledger.Subject("crew_pool", one.draw),
            department=department,
            public={"part": part, "parts": len(starts), "commitment": digest.hex()},
            private=CrewPart(
                part=part,
                parts=len(starts),
                reserves=one.reserves,
                most=one.most,
                roster=one.roster if part == 1 else (),
                away=one.away if part == 1 else (),
                lines=one.lines[start : start + CREW_LINES],
            ),
        )
        for part, start in enumerate(starts, start=1)
    ]


class GivenPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the checks that a draw of inspectors gave its people to."""

    part: int
    parts: int
    given: list[tuple[str, int]]
    """uid of the check, and the place of its line among those drawn for."""


def given_entries(draw: str, given: Sequence[tuple[str, int]], department: int) -> list[ledger.Draft]:
    """Write which checks a draw of inspectors decided: a visit may have served some before it was drawn again."""
    starts = range(0, len(given), PART_LINES)
    return [
        ledger.Draft(
            action=ledger.Action.CREW_DRAWN,
            subject=ledger.Subject("crew_checks", draw),
            department=department,
            public={"part": part, "parts": len(starts), "checks": len(given[start : start + PART_LINES])},
            private=GivenPart(part=part, parts=len(starts), given=list(given[start : start + PART_LINES])),
        )
        for part, start in enumerate(starts, start=1)
    ]


def crews_digest(crews: Sequence[Crew]) -> str:
    """Return what the ledger publishes of drawn inspectors: SHA-256 over enterprise, matters and people in order."""
    lines = (f"{crew.enterprise} {','.join(crew.matters)} {','.join(crew.inspectors)}\n" for crew in crews)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def check_entries(plan: str, checks: Sequence[CheckLine]) -> list[ledger.Draft]:
    """Write the checks of a monthly plan as ledger entries."""
    return [
        ledger.Draft(
            action=ledger.Action.CHECK_ADDED,
            subject=ledger.Subject("check_list", plan),
            public={"checks": len(checks[start : start + PART_LINES])},
            private=CheckPart(checks=list(checks[start : start + PART_LINES])),
        )
        for start in range(0, len(checks), PART_LINES)
    ]


def result_digest(drawn: Sequence[str]) -> str:
    """Return what the ledger publishes of a draw's result: SHA-256 over the uids in the order drawn."""
    return hashlib.sha256("".join(f"{uid}\n" for uid in drawn).encode()).hexdigest()
