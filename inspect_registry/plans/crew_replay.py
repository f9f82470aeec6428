"""Make a month's draws of inspectors again from their ledger entries, and compare: same crews, same people a check."""

from collections.abc import Mapping, Sequence

import msgspec

from inspect_registry.plans.crew_draw import Crew, CrewUrn, commitment, crew_urn, crews
from inspect_registry.plans.crew_store import CrewDrawRow, CrewOfCheck
from inspect_registry.plans.draw import PoolUnsound
from inspect_registry.plans.records import CheckLine, CrewPart, GivenPart, crews_digest


class CrewReplay(msgspec.Struct, frozen=True, kw_only=True):
    """One draw of inspectors made again."""

    draw: str
    commitment: bool
    """Recorded roster, exclusions and enterprises give the commitment that was published before the seed."""
    result: bool | None
    """The recorded roster and seed give the published result; None while it is not drawn."""
    crews: list[Crew]
    """In the order of the lines."""


class CrewRecords(msgspec.Struct, kw_only=True):
    """What the ledger holds of a month's draws of inspectors, collected entry by entry in the order of the log."""

    heads: dict[str, Mapping[str, int | str]] = {}
    """By draw, first commitment first."""
    seeds: dict[str, Mapping[str, int | str]] = {}
    pools: dict[str, list[CrewPart]] = {}
    given: dict[str, list[GivenPart]] = {}


def crews_again(records: CrewRecords) -> list[CrewReplay]:
    """Draw everything again whose entries could be read; a draw without its pool is left out."""
    return [_again(uid, head, records) for uid, head in records.heads.items() if uid in records.pools]


def unlogged(records: CrewRecords, in_register: Sequence[CrewDrawRow]) -> list[str]:
    """Return draws of the register that the ledger knows nothing of, or not what they were committed to."""
    return [row.uid for row in in_register if row.uid not in records.heads or row.uid not in records.pools]


def same_crews(
    again: Sequence[CrewReplay],
    records: CrewRecords,
    checks: Sequence[CheckLine],
    draws: Sequence[CrewDrawRow],
    people: Sequence[CrewOfCheck],
) -> bool:
    """Say whether the register's draws and who stands for its checks are those drawn, each by the last that decided it.

    Each check must be one that the ledger knows, of the enterprise and within the matters of its line.
    """
    drawn = {one.draw: one.crews for one in again}
    if {row.uid: row.crews for row in draws} != drawn:
        return False
    known = {line.check: line for line in checks}
    expected: dict[str, list[str]] = {}
    for uid in records.seeds:
        for part in records.given.get(uid, ()):
            for check, place in part.given:
                crew = drawn[uid][place] if place < len(drawn.get(uid, ())) else None
                line = known.get(check)
                if crew is None or line is None or crew.enterprise != line.enterprise:
                    return False
                if not set(line.matters) <= set(crew.matters):
                    return False
                expected[check] = list(crew.inspectors)
    return expected == {one.check: one.inspectors for one in people}


def _again(uid: str, head: Mapping[str, int | str], records: CrewRecords) -> CrewReplay:
    seed = records.seeds.get(uid)
    try:
        one = _urn(uid, records.pools[uid])
        found = list(crews(one, str(seed["seed"]))) if seed is not None else []
    except PoolUnsound:
        return CrewReplay(draw=uid, commitment=False, result=None if seed is None else False, crews=[])
    return CrewReplay(
        draw=uid,
        commitment=commitment(one).hex() == head["commitment"],
        result=None if seed is None else crews_digest(found) == seed["result"],
        crews=found,
    )


def _urn(uid: str, parts: Sequence[CrewPart]) -> CrewUrn:
    ordered = sorted(parts, key=lambda part: part.part)
    return crew_urn(
        uid,
        reserves=ordered[0].reserves,
        most=ordered[0].most,
        roster=[member for part in ordered for member in part.roster],
        away=[exclusion for part in ordered for exclusion in part.away],
        lines=[line for part in ordered for line in part.lines],
    )
